"""A private socket that never reads is cut off before it costs much memory; nobody else notices."""

import os
import pathlib
import sys
import time

from emulator_client import Emulator, Socket, check, expect

MOST_KIB = 64 * 1024  # what the emulator may grow by: the queue of one socket, and what lies around it
ORDERS = 15 * 12      # Kraken takes 225 of a pair
SNAPSHOTS = 400       # each of 80 KB: much more than the emulator and the kernel keep
PATIENCE = 600        # tenths of a second


def most_kib(process):
    """The most that it ever had in memory."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise ValueError("no VmHWM")


def rest_orders(emulator):
    """Many that rest, so that a snapshot of them is long."""
    for batch in range(ORDERS // 15):
        orders = [{"ordertype": "limit", "type": "buy", "price": f"{30000 + batch * 15 + i}", "volume": "0.0001"}
                  for i in range(15)]
        path, body, headers = emulator.signed("AddOrderBatch", {"pair": "XBTUSD", "orders": orders}, as_json=True)
        connection = emulator.connection()
        connection.request("POST", path, body, headers)
        check(b"txid" in connection.getresponse().read(), "a batch is refused")
        connection.close()


def subscribed(emulator, token):
    own = Socket(emulator, "/auth/v2")
    own.message()
    own.send(method="subscribe", params={"channel": "executions", "token": token, "snap_orders": False})
    check(own.message()["success"], "subscribing")
    return own


def asks_and_never_reads(deaf, token):
    params = {"channel": "executions", "token": token}
    try:
        for _ in range(SNAPSHOTS):
            deaf.send(method="unsubscribe", params=params)
            deaf.send(method="subscribe", params=params)
    except (BrokenPipeError, ConnectionResetError):
        pass


def is_cut_off(emulator):
    """In the end: a slow emulator may still have requests to read."""
    for _ in range(PATIENCE):
        if b'"kind":"closed"' in emulator.truth_file.read_bytes():
            return
        time.sleep(0.1)
    check(False, "it may ask for ever")


def reads_on(emulator, reader):
    emulator.control("time", advance="1m")
    txid = emulator.result("AddOrder", pair="XBTUSD", type="buy", ordertype="limit", price="30000", volume="0.0001")
    for sequence, kind in enumerate(("pending_new", "new"), 1):
        message = reader.until(lambda each: each.get("channel") == "executions")
        row = message["data"][0]
        expect((message["sequence"], row["exec_type"], row["order_id"]), (sequence, kind, txid["txid"][0]),
               "what one that reads is told")


def main():
    with Emulator(sys.argv[1]) as emulator:
        rest_orders(emulator)
        token = emulator.result("GetWebSocketsToken")["token"]
        deaf, reader = subscribed(emulator, token), subscribed(emulator, token)
        before = most_kib(emulator.process)
        asks_and_never_reads(deaf, token)
        is_cut_off(emulator)
        grown = most_kib(emulator.process) - before
        print(f"the emulator grew by {grown} KiB")
        # A sanitizer keeps what was freed.
        check(grown < MOST_KIB or "VAULT_SLOWDOWN" in os.environ, "the emulator grew by", grown, "KiB")
        reads_on(emulator, reader)
        expect([(line["socket"], line["reason"]) for line in emulator.truth("closed")], [(1, "not read")],
               "who was cut off, by the truth log")
        reader.close()


if __name__ == "__main__":
    main()
