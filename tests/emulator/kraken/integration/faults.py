"""Every fault of the emulator once: what a client sees, and what the truth log says happened."""

import http.client
import json
import socket
import sys

from emulator_client import Emulator, Socket, check, expect

ORDER = {"pair": "XBTUSD", "type": "buy", "ordertype": "limit", "price": "40000", "volume": "0.01"}


def sees(emulator, form, timeout=2):
    """How AddOrder ends for a client, in a word."""
    try:
        status, kind, body = emulator.raw_call("AddOrder", form, timeout)
    except socket.timeout:
        return "timeout"
    except ConnectionResetError:
        return "reset"
    except http.client.IncompleteRead:
        return "cut"
    if kind == "text/html":
        check(body.startswith(b"<html>"), body)
        return f"page {status}"
    return json.loads(body)["error"][0] if json.loads(body)["error"] else "done"


def faults_of_requests(emulator):
    cases = [
        # landing, answered, more, what the client sees, whether the order is there
        ("yes", "timeout", {}, "timeout", True),
        ("never", "timeout", {}, "timeout", False),
        ("never", "reset", {}, "reset", False),
        ("yes", "reset", {}, "reset", True),
        ("yes", "page", {"status": 502}, "page 502", True),
        ("never", "page", {"status": 520}, "page 520", False),
        ("yes", "cut", {}, "cut", True),
        ("yes", "refusal", {"refusal": "EService:Unavailable"}, "EService:Unavailable", True),
        ("never", "refusal", {}, "EService:Busy", False),
    ]
    for number, (landing, answered, more, seen, there) in enumerate(cases):
        name = f"case-{number}"
        emulator.control("faults", faults=[
            {"at": "AddOrder", "landing": landing, "answered": answered, "times": 1, **more}])
        expect(sees(emulator, {**ORDER, "cl_ord_id": name}), seen, (landing, answered))
        open_now = emulator.result("OpenOrders", cl_ord_id=name)["open"]
        expect(len(open_now), int(there), f"open orders after {landing}, {answered}")
        struck = [line["fault"] for line in emulator.truth("request") if "fault" in line][-1]
        expect(struck, {"landing": landing, "answered": answered}, "the truth log")
        told = [line for line in emulator.truth("order") if line.get("cl_ord_id") == name]
        expect(bool(told), there, f"orders of the truth log after {landing}, {answered}")
        emulator.control("time", advance="10m")  # so that no rate limit is met


def a_compressed_answer_that_is_none(emulator):
    emulator.control("faults", faults=[{"at": "Balance", "answered": "gzip", "times": 1}])
    connection = emulator.connection()
    path, body, headers = emulator.signed("Balance")
    connection.request("POST", path, body, headers)
    reply = connection.getresponse()
    expect(reply.getheader("Content-Encoding"), "gzip", "the encoding")
    check(not reply.read().startswith(b"\x1f\x8b"), "it is compressed after all")
    connection.close()


def an_order_that_lands_later(emulator):
    emulator.control("faults", faults=[
        {"at": "AddOrder", "landing": "later", "delay": "20s", "answered": "page", "times": 2}])
    now = emulator.control("time")["now"]
    expect(sees(emulator, {**ORDER, "cl_ord_id": "late"}), "page 502", "the late one")
    soon = f"{now[:17]}05Z"  # the clock stands at a whole minute
    expect(sees(emulator, {**ORDER, "cl_ord_id": "bounded", "deadline": soon}), "page 502", "the bounded one")
    for name in ("late", "bounded"):
        expect(emulator.result("OpenOrders", cl_ord_id=name)["open"], {}, f"{name}, at first")
    emulator.control("time", advance="20s")
    expect(len(emulator.result("OpenOrders", cl_ord_id="late")["open"]), 1, "late, in the end")
    expect(emulator.result("OpenOrders", cl_ord_id="bounded")["open"], {}, "a deadline bounds it")
    landings = [line.get("refusal") for line in emulator.truth("landing")]
    expect(landings, [None, "EService:Deadline elapsed"], "landings of the truth log")


def half_of_them_land(emulator):
    emulator.control("faults", faults=[{"at": "AddOrder", "landing": "half", "answered": "page"}])
    names = [f"half-{i}" for i in range(12)]
    for name in names:
        expect(sees(emulator, {**ORDER, "cl_ord_id": name}), "page 502", name)
    emulator.control("faults", faults=[])
    there = sum(1 for order in emulator.result("OpenOrders")["open"].values() if order["cl_ord_id"] in names)
    check(0 < there < len(names), "of", len(names), "landed", there)


def mishaps_of_messages(emulator):
    emulator.control("time", advance="10m")
    token = emulator.result("GetWebSocketsToken")["token"]
    own = Socket(emulator, "/auth/v2")
    own.send(method="subscribe", params={"channel": "executions", "token": token, "snap_orders": False})
    own.until(lambda message: message.get("method") == "subscribe")
    emulator.control("message_faults", faults=[
        {"at": "executions/filled", "mishap": "lost", "times": 1},
        {"at": "executions/filled", "mishap": "disconnect", "times": 1}])
    market = {"pair": "XBTUSD", "type": "buy", "ordertype": "market", "volume": "0.001"}
    emulator.result("AddOrder", **market)
    for sequence, kind in enumerate(("pending_new", "new", "trade"), 1):
        message = own.message()
        expect((message["sequence"], message["data"][0]["exec_type"]), (sequence, kind), "the first order")
    emulator.result("AddOrder", **market)
    try:
        expect(own.message()["sequence"], 5, "the gap that the lost one leaves")
        while True:
            own.message()
    except (ConnectionError, socket.timeout) as ended:
        check(not isinstance(ended, socket.timeout), "the socket was not closed")
    told = [(line["message"], line["mishap"]) for line in emulator.truth("mishap")]
    expect(told, [("executions/filled", "lost"), ("executions/filled", "disconnect")], "the truth log")


def what_others_do(emulator):
    emulator.control("time", advance="10m")
    emulator.control("foreign_nonce", name="main")
    expect(emulator.call("Balance")["error"], ["EAPI:Invalid nonce"], "after a foreign nonce")
    emulator.nonce += 3_600_000
    by_hand = emulator.control("order", account="main", pair="XBTUSD", type="sell", ordertype="market",
                               volume="0.5")["txid"]
    check(by_hand in emulator.result("ClosedOrders")["closed"], "a trade by hand")
    emulator.control("transfer", account="main", asset="ETH.F", amount="1.5", type="earn")
    emulator.control("transfer", account="main", asset="ZUSD", amount="-100")
    balances = emulator.result("Balance")
    expect(balances["ETH.F"], "1.5000000000", "a staked balance")
    rows = emulator.result("Ledgers", type="withdrawal")["ledger"].values()
    expect([row["amount"] for row in rows], ["-100.0000"], "the withdrawal")
    emulator.control("pair", pair="XBTUSD", order_min="0.5")
    expect(emulator.call("AddOrder", **ORDER)["error"], ["EOrder:Order minimum not met"], "a raised minimum")
    emulator.control("pair", pair="XBTUSD", status="delisted")
    expect(emulator.call("AddOrder", **ORDER)["error"], ["EQuery:Unknown asset pair"], "a delisted pair")
    socket_of_market = Socket(emulator, "/v2")
    socket_of_market.message()
    emulator.control("status", status="maintenance")
    expect(socket_of_market.message()["data"][0]["system"], "maintenance", "the status that is pushed")
    expect(emulator.call("CancelAll")["error"], ["EService:Unavailable"], "maintenance")
    socket_of_market.close()
    emulator.control("revoke", name="main")
    expect(emulator.call("Balance")["error"], ["EAPI:Invalid key"], "a revoked key")


def main():
    with Emulator(sys.argv[1]) as emulator:
        faults_of_requests(emulator)
        a_compressed_answer_that_is_none(emulator)
        an_order_that_lands_later(emulator)
        half_of_them_land(emulator)
        mishaps_of_messages(emulator)
        what_others_do(emulator)


if __name__ == "__main__":
    main()
