"""The emulator's server by raw requests: keep-alive, form and JSON, plain and TLS, sockets, how-to."""

import json
import socket
import subprocess
import sys
import tempfile

from emulator_client import Emulator, Socket, check, expect, tls_options


TIME = b'{"error":[],"result":{"unixtime":1772582400,"rfc1123":"Wed, 04 Mar 26 00:00:00 +0000"}}'


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


def head_has_no_body(emulator):
    """By bytes: a client library drops what a reply has too much."""
    asked = b"".join(method + b" /0/public/Time HTTP/1.1\r\nHost: 127.0.0.1\r\n" + more + b"\r\n"
                     for method, more in ((b"HEAD", b""), (b"GET", b"Connection: close\r\n")))
    with socket.create_connection(("127.0.0.1", emulator.api.port), timeout=60) as stream:
        stream.sendall(asked)
        got = b"".join(iter(lambda: stream.recv(65536), b""))
    first, second, body = got.split(b"\r\n\r\n")
    for head in (first, second):
        check(head.startswith(b"HTTP/1.1 200"), got)
        check(b"Content-Length: %d" % len(TIME) in head, got)
    expect(body, TIME, "the body of the GET")


def long_messages_come_whole(emulator):
    market = Socket(emulator, "/v2")
    market.message()
    for depth in (100, 1000):
        market.send(method="subscribe", params={"channel": "book", "symbol": ["BTC/USD"], "depth": depth})
        check(market.message()["success"], depth)
        text = market.text()
        book = json.loads(text)["data"][0]
        check(len(text) > 4096 and len(book["bids"]) == len(book["asks"]) == 100, depth, text)
    market.close()


def sockets_ask_what_the_key_may(emulator):
    """With a key that may not trade, and is then revoked."""
    full = emulator.key, emulator.secret
    made = emulator.control("key", name="reader", account="main",
                            permissions=["query-funds", "query-open-trades", "create-ws-token"])
    emulator.key, emulator.secret = made["key"], made["secret"]
    order = {"symbol": "BTC/USD", "side": "buy", "order_type": "limit", "order_qty": 0.01, "limit_price": 100}
    own = Socket(emulator, "/auth/v2")
    own.message()
    token = emulator.result("GetWebSocketsToken")["token"]
    own.send(method="subscribe", params={"channel": "executions", "token": token})
    check(own.message()["success"], "subscribing")
    own.message()
    own.send(method="add_order", params={**order, "token": token})
    expect(own.message()["error"], "EGeneral:Permission denied", "an order of a reader")
    emulator.control("revoke", name="reader")
    own.send(method="subscribe", params={"channel": "balances", "token": token})
    expect(own.message()["error"], "ESession:Invalid session", "a token of a revoked key")
    own.close()
    emulator.key, emulator.secret = full


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
    for options in (["--market", "bull"], ["--scale", "-1"], ["--tls-key", "x"], ["--start", "noon"],
                    ["--port", "-1"], ["--port", "65536"], ["--control-port", "-1"], ["foo"], ["--json", "foo"]):
        ended = subprocess.run([program, *options], capture_output=True, text=True, timeout=60, check=False)
        expect(ended.returncode, 64, options)
        check(options[-1 if "foo" in options else 0] in ended.stderr, options, ended.stderr)


def main():
    program = sys.argv[1]
    with Emulator(program) as emulator:
        keeps_connections_alive(emulator)
        head_has_no_body(emulator)
        long_messages_come_whole(emulator)
        sockets_ask_what_the_key_may(emulator)
        sockets_follow_orders(emulator)
        another_path_is_no_socket(emulator)
    ends_with_sockets_open(program)
    speaks_tls(program)
    refuses_wrong_options(program)


if __name__ == "__main__":
    main()
