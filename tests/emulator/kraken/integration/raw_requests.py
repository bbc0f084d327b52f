"""The emulator's server by raw requests: keep-alive, form and JSON, plain and TLS, sockets, how-to."""

import json
import subprocess
import sys
import tempfile

from emulator_client import Emulator, Socket, check, expect, tls_options


def keeps_connections_alive(emulator):
    connection = emulator.connection()
    for _ in range(3):
        connection.request("GET", "/0/public/Time")
        reply = connection.getresponse()
        expect(json.loads(reply.read())["result"]["unixtime"], 1772582400, "Time")
        check(connection.sock is not None, "the connection was closed")
    for as_json in (False, True):
        path, body, headers = emulator.signed("Balance", as_json=as_json)
        connection.request("POST", path, body, headers)
        reply = json.loads(connection.getresponse().read())
        expect(reply["result"]["ZUSD"], "100000.0000", f"Balance, JSON: {as_json}")
    connection.close()


def sockets_follow_orders(emulator):
    market = Socket(emulator, "/v2")
    expect(market.message()["data"][0]["system"], "online", "the greeting")
    market.send(method="subscribe", params={"channel": "book", "symbol": ["BTC/USD"], "depth": 10}, req_id=1)
    check(market.message()["success"], "subscribing to the book")
    snapshot = market.message()["data"][0]
    expect((len(snapshot["bids"]), len(snapshot["asks"])), (10, 10), "levels of the snapshot")

    token = emulator.result("GetWebSocketsToken")["token"]
    own = Socket(emulator, "/auth/v2")
    own.message()
    for channel in ("executions", "balances"):
        own.send(method="subscribe", params={"channel": channel, "token": token})
        check(own.message()["success"], "subscribing to", channel)
        expect(own.message()["sequence"], 1, f"the snapshot of {channel}")
    better = snapshot["bids"][0]["price"] + 0.1
    txid = emulator.result("AddOrder", pair="XBTUSD", type="buy", ordertype="limit", volume="0.01",
                           price=f"{better:.1f}", cl_ord_id="mine")["txid"][0]
    pending = own.message()["data"][0]
    expect((pending["exec_type"], pending["order_id"]), ("pending_new", txid), "the order")
    expect(own.message()["data"][0]["exec_type"], "new", "the order")
    level = market.message()["data"][0]["bids"][0]
    expect((level["price"], level["qty"]), (round(better, 1), 0.01), "its level in the book")
    emulator.control("trade", pair="XBTUSD", price=f"{better:.1f}", quantity="1")
    kinds = []
    while "filled" not in kinds:
        message = own.message()
        kinds.append(message["data"][0].get("exec_type", message["channel"]))
    expect(kinds, ["balances", "balances", "trade", "filled"], "the fill")
    market.close()
    own.close()


def ends_with_sockets_open(program):
    """Its exit is checked where the block ends."""
    still_open = []
    with Emulator(program) as emulator:
        token = emulator.result("GetWebSocketsToken")["token"]
        for path, params in (("/v2", {"channel": "ticker", "symbol": ["BTC/USD"]}),
                             ("/auth/v2", {"channel": "executions", "token": token})):
            still_open.append(Socket(emulator, path))
            still_open[-1].message()
            still_open[-1].send(method="subscribe", params=params)
            check(still_open[-1].message()["success"], params)


def another_path_is_no_socket(emulator):
    other = Socket(emulator, "/v1")
    try:
        other.message()
        check(False, "/v1 greets")
    except ConnectionError:
        pass


def speaks_tls(program):
    with tempfile.TemporaryDirectory() as folder:
        with Emulator(program, *tls_options(folder)) as emulator:
            expect(emulator.api.scheme, "https", "the address")
            expect(emulator.result("Balance")["XXBT"], "2.0000000000", "Balance over TLS")
            sockets_follow_orders(emulator)


def refuses_wrong_options(program):
    for options in (["--market", "bull"], ["--scale", "-1"], ["--tls-key", "x"], ["--start", "noon"]):
        ended = subprocess.run([program, *options], capture_output=True, text=True, timeout=60, check=False)
        expect(ended.returncode, 64, options)
        check(options[0] in ended.stderr, options, ended.stderr)


def main():
    program = sys.argv[1]
    with Emulator(program) as emulator:
        keeps_connections_alive(emulator)
        sockets_follow_orders(emulator)
        another_path_is_no_socket(emulator)
    ends_with_sockets_open(program)
    speaks_tls(program)
    refuses_wrong_options(program)


if __name__ == "__main__":
    main()
