"""Rows of the faults' table: requests over HTTP that go wrong."""

import json
import socket

from emulator_client import check, expect
from fault_table import IMPATIENCE, ORDER, PATIENCE, ask, moment, outcome, sees, used_connection


def answers_and_orders(table):
    cases = [
        # the fault, its members, what the client sees, what became of the order
        ("accepted, then a timeout", {"answered": "timeout"}, "timeout", "order new"),
        ("a timeout, not accepted", {"landing": "never", "answered": "timeout"}, "timeout", "no order"),
        ("connection reset before", {"landing": "never", "answered": "reset"}, "reset", "no order"),
        ("connection reset after", {"answered": "reset"}, "reset", "order new"),
        ("502, accepted", {"answered": "page", "status": 502}, "HTML page 502", "order new"),
        ("520, not accepted", {"landing": "never", "answered": "page", "status": 520}, "HTML page 520", "no order"),
        ("JSON cut off, accepted", {"answered": "cut"}, "half of the JSON", "order new"),
        ("JSON cut off, not accepted", {"landing": "never", "answered": "cut"}, "half of the JSON", "no order"),
        ("broken gzip, accepted", {"answered": "gzip"}, "gzip that is none", "order new"),
        ("broken gzip, not accepted", {"landing": "never", "answered": "gzip"}, "gzip that is none", "no order"),
        ("busy, accepted", {"answered": "refusal"}, "EService:Busy", "order new"),
        ("internal error, not accepted", {"landing": "never", "answered": "refusal",
                                          "refusal": "EGeneral:Internal error"}, "EGeneral:Internal error", "no order"),
    ]
    for number, (fault, members, seen, became) in enumerate(cases):
        table.begin()
        name = f"case-{number}"
        table.emulator.control("faults", faults=[{"at": "AddOrder", "times": 1, **members}])
        patience = IMPATIENCE if seen == "timeout" else PATIENCE
        saw = sees(table.emulator, "AddOrder", {**ORDER, "cl_ord_id": name}, patience)
        table.wait_for_request(f"cl_ord_id={name}")
        there = table.emulator.result("OpenOrders", cl_ord_id=name)["open"]
        expect(len(there), int(became == "order new"), f"open orders after {fault}")
        how = f"fault {members.get('landing', 'yes')}/{members['answered']}"
        table.row(fault, saw, seen, (table.landed(name), table.struck()), (became, how))


def half_of_them(table):
    table.begin()
    emulator = table.emulator
    emulator.control("faults", faults=[{"at": "AddOrder", "landing": "half", "answered": "page"}])
    names = [f"half-{i}" for i in range(12)]
    saw = {sees(emulator, "AddOrder", {**ORDER, "cl_ord_id": name}) for name in names}
    emulator.control("faults", faults=[])
    told = [name for name in names if table.landed(name) == "order new"]
    there = [order["cl_ord_id"] for order in emulator.result("OpenOrders")["open"].values()]
    expect(sorted(there), sorted(told), "open orders")
    check(0 < len(told) < len(names), "of", len(names), "landed", len(told))
    landings = [line["fault"]["landing"] for line in table.told("request") if "fault" in line]
    expect(landings.count("yes"), len(told), "landings")
    table.row("502, half accepted", saw, {"HTML page 502"}, f"{len(told)} of {len(names)} landed",
              f"{len(told)} of {len(names)} landed")


def lands_later(table):
    table.begin()
    emulator = table.emulator
    emulator.control("faults", faults=[
        {"at": "AddOrder", "landing": "later", "delay": "20s", "answered": "page", "times": 2}])
    saw = [sees(emulator, "AddOrder", {**ORDER, "cl_ord_id": "late"}),
           sees(emulator, "AddOrder", {**ORDER, "cl_ord_id": "bounded", "deadline": moment(emulator, 5)})]
    for name in ("late", "bounded"):
        expect(emulator.result("OpenOrders", cl_ord_id=name)["open"], {}, f"{name}, at first")
    emulator.control("time", advance="20s")
    expect(len(emulator.result("OpenOrders", cl_ord_id="late")["open"]), 1, "late, in the end")
    landings = [line.get("refusal", "landed") for line in table.told("landing")]
    table.row("delayed landing", saw[0], "HTML page 502", (table.landed("late"), landings[0]), ("order new", "landed"))
    table.row("delayed beyond its deadline", saw[1], "HTML page 502", (table.landed("bounded"), landings[1]),
              ("no order", "EService:Deadline elapsed"))


def answers_late(table):
    table.begin()
    emulator = table.emulator
    emulator.control("faults", faults=[{"at": "AddOrder", "answered": "late", "delay": "40s", "times": 1}])
    connection = used_connection(emulator)
    ask(emulator, connection, "AddOrder", {**ORDER, "cl_ord_id": "slow"})
    table.wait_for_request("cl_ord_id=slow")
    expect(len(emulator.result("OpenOrders", cl_ord_id="slow")["open"]), 1, "open while the answer is on its way")
    connection.sock.settimeout(IMPATIENCE)
    try:
        connection.sock.recv(1)
        check(False, "it was answered at once")
    except TimeoutError:
        pass
    connection.sock.settimeout(PATIENCE)
    emulator.control("time", advance="40s")
    saw = ("silence for 40s", outcome(connection.getresponse()))
    connection.close()
    table.row("answer late", saw, ("silence for 40s", "done"), (table.landed("slow"), table.struck()),
              ("order new", "fault yes/late"))


def next_answer(stream):
    """What stands next on a connection, of whichever call."""
    size = 0
    while (line := stream.readline()) not in (b"\r\n", b""):
        if line.lower().startswith(b"content-length:"):
            size = int(line.split(b":")[1])
    return json.loads(stream.read(size))


def answers_twice(table):
    table.begin()
    emulator = table.emulator
    emulator.control("faults", faults=[{"at": "AddOrder", "answered": "doubled", "times": 1}])
    path, body, headers = emulator.signed("AddOrder", {**ORDER, "cl_ord_id": "twice"})
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    call = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}"
    after = "GET /0/public/Time HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with socket.create_connection(("127.0.0.1", emulator.api.port), timeout=PATIENCE) as link:
        stream = link.makefile("rb")
        link.sendall(call.encode())
        first = next_answer(stream)
        link.sendall(after.encode())
        second, third = next_answer(stream), next_answer(stream)
        stream.close()
    expect(second, first, "what follows on its connection")
    check("unixtime" in third["result"], third)
    orders = [line for line in table.told("order") if line["execution"] == "new"]
    table.row("answer doubled", "its next call got the order's answer", "its next call got the order's answer",
              (f"{len(orders)} order", table.struck()), ("1 order", "fault yes/doubled"))


def at_any_endpoint(table):
    table.begin()
    calls = [("Balance", {}), ("OpenOrders", {}), ("ClosedOrders", {}), ("TradesHistory", {}), ("Ledgers", {}),
             ("CancelOrder", {"txid": "OAAAAA-AAAAA-AAAAAA"}), ("CancelAll", {}), ("GetWebSocketsToken", {})]
    table.emulator.control("faults", faults=[{"at": name, "answered": "page", "status": 504} for name, _ in calls])
    saw = {sees(table.emulator, name, form) for name, form in calls}
    told = [line["path"].split("/")[-1] for line in table.told("request") if "fault" in line]
    table.row("504 at any endpoint", saw, {"HTML page 504"}, told, [name for name, _ in calls])


def rows_of_any_transport(table):
    answers_and_orders(table)
    half_of_them(table)
    lands_later(table)
    answers_late(table)
    at_any_endpoint(table)


def rows(table):
    rows_of_any_transport(table)
    answers_twice(table)
