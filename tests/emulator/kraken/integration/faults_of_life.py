"""Rows of the faults' table: what happens in the life of a client without a request of its own going wrong."""

import base64
import json
import os

from emulator_client import Socket, check, expect
from fault_table import MARKET, ORDER, ask, moment, outcome, used_connection
from faults_of_sockets import ENTRY, Private, words_of


def error_of(emulator, method, **form):
    error = emulator.call(method, **form)["error"]
    return error[0] if error else "done"


def refusals(table):
    """Of the requests since the row began."""
    return [line["refusal"] for line in table.told("request") if "refusal" in line]


def public(emulator, method):
    connection = emulator.connection()
    connection.request("GET", f"/0/public/{method}")
    document = json.loads(connection.getresponse().read())
    connection.close()
    return document


def clock_skew(table):
    """A deadline that is 10 s ahead of the true time is behind a clock that is 30 s fast."""
    table.begin()
    emulator = table.emulator
    now, deadline = moment(emulator), moment(emulator, 10)
    before = public(emulator, "Time")["result"]["unixtime"]
    emulator.control("time", skew="30s")
    ahead = public(emulator, "Time")["result"]["unixtime"] - before
    stamp = public(emulator, "SystemStatus")["result"]["timestamp"]
    expect(stamp, moment(emulator, 30), "SystemStatus")
    private = Private(emulator)
    private.socket.send(method="ping")
    expect(private.socket.message()["time_in"], moment(emulator, 30).replace("Z", ".000000Z"), "a socket's time")
    private.enter("add_order", cl_ord_id="skewed-ws", deadline=deadline, **ENTRY)
    expect(words_of(private.answers()), ["EService:Deadline elapsed"], "a deadline on a socket")
    private.socket.close()
    fast = error_of(emulator, "AddOrder", **ORDER, cl_ord_id="skewed", deadline=deadline)
    emulator.control("time", skew="-30s")
    behind = before - public(emulator, "Time")["result"]["unixtime"]
    slow = error_of(emulator, "AddOrder", **ORDER, cl_ord_id="skewed", deadline=moment(emulator, 50))
    emulator.control("time", skew="0")
    order = error_of(emulator, "AddOrder", **ORDER, cl_ord_id="skewed", deadline=deadline)
    times = {line["time"] for line in table.told("request")}
    expect(times, {now.replace("Z", ".000000000Z")}, "the truth log's time stands still")
    table.row("clock skew", (f"+{ahead}s", fast, f"-{behind}s", slow, order),
              ("+30s", "EService:Deadline elapsed", "-30s", "EGeneral:Invalid arguments:deadline", "done"),
              (*refusals(table)[1:], table.landed("skewed")),
              ("EService:Deadline elapsed", "EGeneral:Invalid arguments:deadline", "order new"))


def statuses(table):
    cases = [("maintenance", "EService:Unavailable", "EService:Unavailable"),
             ("cancel_only", "EService:Market in cancel_only mode", "done"),
             ("post_only", "EService:Market in post_only mode", "done")]
    for status, added, canceled in cases:
        table.begin()
        emulator = table.emulator
        market = Socket(emulator, "/v2")
        market.message()
        emulator.control("status", status=status)
        saw = [market.message()["data"][0]["system"], public(emulator, "SystemStatus")["result"]["status"],
               error_of(emulator, "AddOrder", **MARKET), error_of(emulator, "CancelAll")]
        emulator.control("status", status="online")
        expect(market.message()["data"][0]["system"], "online", "its end")
        market.close()
        told = [line["status"] for line in table.told("status")]
        table.row(f"status {status}", saw, [status, status, added, canceled], (*told, *refusals(table)),
                  (status, "online", *[each for each in (added, canceled) if each != "done"]))


def listings(table):
    emulator = table.emulator
    for fault, change, back, refused in (
            ("minimum raised", {"order_min": "0.5"}, {"order_min": "0.00005"}, "EOrder:Order minimum not met"),
            ("delisting", {"status": "delisted"}, {"status": "online"}, "EQuery:Unknown asset pair")):
        table.begin()
        market = Socket(emulator, "/v2")
        market.send(method="subscribe", params={"channel": "instrument", "snapshot": False})
        check(market.until(lambda message: "success" in message)["success"], "instrument")
        emulator.control("pair", pair="XBTUSD", **change)
        pair = market.until(lambda message: message.get("channel") == "instrument")["data"]["pairs"][0]
        pushed = {"status": pair["status"], "order_min": str(pair["qty_min"])}
        saw = [pushed[next(iter(change))], error_of(emulator, "AddOrder", **ORDER)]
        emulator.control("pair", pair="XBTUSD", **back)
        market.close()
        line = table.told("listing")[0]
        wanted = next(iter(change.values()))
        table.row(fault, saw, [wanted, refused], (line["pair"], line[next(iter(change))], *refusals(table)),
                  ("XXBTZUSD", wanted, refused))


def other_users(table):
    emulator = table.emulator
    table.begin()
    emulator.control("foreign_nonce", name="main")
    saw = error_of(emulator, "Balance")
    emulator.nonce += 3_600_000
    expect(error_of(emulator, "Balance"), "done", "with a nonce beyond it")
    table.row("foreign nonce", saw, "EAPI:Invalid nonce", refusals(table), ["EAPI:Invalid nonce"])

    table.begin()
    private = Private(emulator, "executions")
    txid = emulator.control("order", account="main", pair="XBTUSD", type="sell", ordertype="market",
                            volume="0.5")["txid"]
    order = private.socket.until(lambda message: message.get("channel") == "executions")["data"][0]
    private.socket.close()
    saw = (f"an order of {order['order_qty']} BTC that it did not send",
           emulator.result("ClosedOrders")["closed"][txid]["status"])
    steps = [line["execution"] for line in table.told("order") if line["order"] == txid]
    table.row("manual trade", saw, ("an order of 0.5 BTC that it did not send", "closed"), steps[-1], "filled")
    expect(order["order_id"], txid, "whose it is")


def transfers(table):
    emulator = table.emulator
    cases = [
        ("deposit", {"asset": "ZUSD", "amount": "250"}, ("USD 250.0", "deposit 250.0000"), "ZUSD 250 deposit"),
        ("withdrawal", {"asset": "ZUSD", "amount": "-100"}, ("USD -100.0", "withdrawal -100.0000"),
         "ZUSD -100 withdrawal"),
        ("staking reward", {"asset": "ETH.F", "amount": "1.5", "type": "earn", "subtype": "reward"},
         ("ETH.F 1.5", "earn 1.5000000000"), "ETH.F 1.5 earn"),
        ("staked balance", {"asset": "DOT.S", "amount": "7", "type": "staking"},
         ("DOT.S 7.0", "staking 7.00000000"), "DOT.S 7 staking"),
    ]
    for fault, members, seen, told in cases:
        table.begin()
        private = Private(emulator, "balances")
        asset = members["asset"]
        before = float(emulator.result("Balance").get(asset, "0"))
        emulator.control("transfer", account="main", **members)
        pushed = private.socket.until(lambda message: message.get("channel") == "balances")["data"][0]
        private.socket.close()
        row = next(iter(emulator.result("Ledgers")["ledger"].values()))  # newest first
        change = float(emulator.result("Balance")[asset]) - before
        expect(change, float(members["amount"]), f"Balance after {fault}")
        saw = (f"{pushed['asset']} {float(pushed['amount'])}", f"{row['type']} {row['amount']}")
        line = table.told("balance")[0]
        table.row(fault, saw, seen, f"{line['asset']} {line['amount']} {line['type']}", told)


def upgrade(emulator):
    """The status that a client gets who asks for a socket; it hangs up at once."""
    connection = emulator.connection()
    connection.request("GET", "/v2", headers={
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode()})
    status = connection.getresponse().status
    connection.close()
    return status


def end_of(link):
    """What a socket says until it closes."""
    try:
        while True:
            link.message()
    except ConnectionError:
        return "closed"


def connections(table):
    emulator = table.emulator
    table.begin()
    silent, talking = Socket(emulator, "/v2"), Socket(emulator, "/v2")
    private = Private(emulator)
    bare = Socket(emulator, "/auth/v2")
    for link in (silent, talking, bare):
        link.message()
    emulator.control("time", advance="50s")
    for link in (talking, bare):
        link.send(method="ping")
        link.message()
    emulator.control("time", advance="10s")
    saw = [end_of(silent), end_of(bare)]
    talking.send(method="ping")
    expect(talking.message()["method"], "pong", "one that talked")
    expect(private.answers(), [], "one with a subscription")
    for link in (silent, talking, bare, private.socket):
        link.close()
    told = [line["reason"] for line in table.told("closed")]
    table.row("idle socket, 60s", saw[0], "closed", told[0], "idle")
    table.row("no private subscription, 60s", saw[1], "closed", told[1], "no subscription")

    table.begin()
    emulator.control("limits", connects=3)
    saw = [upgrade(emulator) for _ in range(4)]
    emulator.control("time", advance="9m59s")
    saw.append(upgrade(emulator))
    emulator.control("time", advance="1s")
    saw.append(upgrade(emulator))
    emulator.control("limits", connects=0)
    table.row("too many reconnects, 10m", saw, [101, 101, 101, 429, 429, 101], refusals(table),
              ["too many connections"] * 2)


def too_much(table):
    emulator = table.emulator
    table.begin()
    emulator.control("limits", concurrent=2)
    emulator.control("faults", faults=[{"at": "Balance", "answered": "late", "delay": "20s", "times": 2}])
    now = public(emulator, "Time")["result"]["unixtime"]
    slow = [used_connection(emulator) for _ in range(2)]
    for number, connection in enumerate(slow):
        ask(emulator, connection, "Balance", {"mark": f"slow-{number}"})
        table.wait_for_request(f"mark=slow-{number}")
    saw = [error_of(emulator, "OpenOrders")]
    emulator.control("time", advance="20s")
    for connection in slow:
        expect(outcome(connection.getresponse()), "done", "a slow one")
        connection.close()
    saw.append(error_of(emulator, "OpenOrders"))
    emulator.control("limits", concurrent=0)
    throttled = f"EService:Throttled: {now + 20}"
    table.row("too many at once of a key", saw, [throttled, "done"], refusals(table), [throttled])

    table.begin()
    emulator.control("limits", public_calls=2)
    saw = [(public(emulator, "Time")["error"] or ["done"])[0] for _ in range(3)]
    emulator.control("limits", public_calls=0)
    many = "EGeneral:Too many requests"
    table.row("public calls too fast", saw, ["done", "done", many], refusals(table), [many])

    table.begin()
    private = Private(emulator)
    emulator.control("limits", messages=2)
    for number in range(3):
        private.enter("add_order", cl_ord_id=f"flood-{number}", **ENTRY)
    saw = []
    while len(saw) < 3:
        saw += words_of([private.socket.text()])
    emulator.control("limits", messages=0)
    private.socket.close()
    orders = [table.landed(f"flood-{number}") for number in range(3)]
    table.row("socket messages too fast", saw, ["ack", "ack", "Exceeded msg rate"], (*orders, *refusals(table)),
              ("order new", "order new", "no order", "Exceeded msg rate"))


def revoked(table):
    """The last row: nobody may ask afterwards."""
    table.begin()
    table.emulator.control("revoke", name="main")
    table.row("key revoked", error_of(table.emulator, "Balance"), "EAPI:Invalid key", refusals(table),
              ["EAPI:Invalid key"])


def rows(table):
    clock_skew(table)
    statuses(table)
    listings(table)
    other_users(table)
    transfers(table)
    connections(table)
    too_much(table)
    revoked(table)
