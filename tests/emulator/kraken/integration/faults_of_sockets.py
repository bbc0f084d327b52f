"""Rows of the faults' table: orders by way of the private socket, and messages of its channels."""

from emulator_client import Socket, check, expect
from fault_table import MARKET, ORDER

ENTRY = {"order_type": "limit", "side": "buy", "order_qty": 0.01, "symbol": "BTC/USD", "limit_price": 40000}


class Private:
    """A private socket with a subscription, and its token."""

    def __init__(self, emulator, *channels):
        self.token = emulator.result("GetWebSocketsToken")["token"]
        self.socket = Socket(emulator, "/auth/v2")
        self.socket.message()
        for channel in channels or ("balances",):
            self.socket.send(method="subscribe", params={"channel": channel, "token": self.token, "snapshot": False,
                                                         "snap_orders": False})
            check(self.socket.message()["success"], channel)

    def enter(self, method, **params):
        self.socket.send(method=method, params={**params, "token": self.token}, req_id=1)

    def answers(self):
        """All that were there before the answer to a ping; "closed" for the end."""
        out = []
        try:
            self.socket.send(method="ping", req_id=2)
            while True:
                text = self.socket.text()
                if '"pong"' in text:
                    return out
                if text.startswith('{"channel":"heartbeat"') or text.startswith('{"channel":"balances"'):
                    continue
                out.append(text)
        except ConnectionError:
            return [*out, "closed"]


def words_of(answers):
    """An ack, what was refused, or what it is else."""
    out = []
    for text in answers:
        if text == "closed":
            out.append("closed")
        elif not text.endswith("}"):
            out.append("half of the JSON")
        elif '"success":true' in text:
            out.append("ack")
        else:
            out.append(text.split('"error":"')[1].split('"')[0])
    return out or ["silence"]


def order_entry(table):
    cases = [
        # the fault, its members, what the client sees, what became of the order
        ("socket: accepted, no ack", {"answered": "timeout"}, ["silence"], "order new"),
        ("socket: not accepted, no ack", {"landing": "never", "answered": "timeout"}, ["silence"], "no order"),
        ("socket: ack doubled", {"answered": "doubled"}, ["ack", "ack"], "order new"),
        ("socket: ack cut off", {"answered": "cut"}, ["half of the JSON"], "order new"),
        ("socket: refused, accepted", {"answered": "refusal", "refusal": "EService:Unavailable"},
         ["EService:Unavailable"], "order new"),
        ("socket: refused, not accepted", {"landing": "never", "answered": "refusal"}, ["EService:Busy"], "no order"),
        ("socket: disconnect before", {"landing": "never", "answered": "reset"}, ["closed"], "no order"),
        ("socket: disconnect after", {"answered": "reset"}, ["closed"], "order new"),
    ]
    for number, (fault, members, seen, became) in enumerate(cases):
        table.begin()
        name = f"entry-{number}"
        private = Private(table.emulator)
        table.emulator.control("faults", faults=[{"at": "add_order", "times": 1, **members}])
        private.enter("add_order", cl_ord_id=name, **ENTRY)
        saw = words_of(private.answers())
        private.socket.close()
        there = table.emulator.result("OpenOrders", cl_ord_id=name)["open"]
        expect(len(there), int(became == "order new"), f"open orders after {fault}")
        how = f"fault {members.get('landing', 'yes')}/{members['answered']}"
        table.row(fault, saw, seen, (table.landed(name), table.struck()), (became, how))


def entry_late(table):
    table.begin()
    private = Private(table.emulator)
    table.emulator.control("faults", faults=[
        {"at": "add_order", "answered": "late", "delay": "10s", "times": 1},
        {"at": "add_order", "landing": "later", "answered": "timeout", "delay": "3s", "times": 1},
        {"at": "add_order", "landing": "later", "answered": "timeout", "delay": "20s", "times": 1}])
    for name in ("ack-late", "lands-late", "too-late"):
        private.enter("add_order", cl_ord_id=name, **ENTRY)
    saw = words_of(private.answers())
    expect(len(table.emulator.result("OpenOrders")["open"]), 1, "open at first")
    table.emulator.control("time", advance="30s")
    saw += words_of(private.answers())
    private.socket.close()
    table.row("socket: ack late", saw, ["silence", "ack"], table.landed("ack-late"), "order new")
    landings = [line.get("refusal", "landed") for line in table.told("landing")]
    table.row("socket: delayed landing", saw[:1], ["silence"], (table.landed("lands-late"), landings[0]),
              ("order new", "landed"))
    table.row("socket: delayed beyond 5s", saw[:1], ["silence"], (table.landed("too-late"), landings[1]),
              ("no order", "EService:Deadline elapsed"))


def amends_and_cancels(table):
    table.begin()
    private = Private(table.emulator)
    for name in ("amended", "canceled"):
        private.enter("add_order", cl_ord_id=name, **ENTRY)
    expect(words_of(private.answers()), ["ack", "ack"], "two orders")
    table.emulator.control("faults", faults=[{"at": "amend_order", "answered": "timeout"},
                                             {"at": "cancel_order", "answered": "refusal"}])
    private.enter("amend_order", cl_ord_id="amended", order_qty=0.02)
    saw = words_of(private.answers())
    table.row("socket: amended, no ack", saw, ["silence"], (table.landed("amended"), table.struck()),
              ("order amended", "fault yes/timeout"))
    private.enter("cancel_order", cl_ord_id=["canceled"])
    saw = words_of(private.answers())
    private.socket.close()
    table.row("socket: canceled, refused", saw, ["EService:Busy"], (table.landed("canceled"), table.struck()),
              ("order canceled", "fault yes/refusal"))


def executions(private):
    """What the channel says until a ping is answered: sequence and kind."""
    out = []
    private.socket.send(method="ping")
    try:
        while True:
            message = private.socket.message()
            if message.get("channel") == "executions":
                out.append(f"{message['sequence']} {message['data'][0]['exec_type']}")
            if message.get("method") == "pong":
                return out
    except ConnectionError:
        return [*out, "closed"]


def messages(table):
    whole = ["1 pending_new", "2 new", "3 trade", "4 filled"]
    cases = [
        # the fault, which message, what happens to it, what the client sees
        ("message doubled", "new", "doubled", [*whole[:2], *whole[1:]]),
        ("messages out of order", "new", "swapped", [whole[0], whole[2], whole[1], whole[3]]),
        ("sequence gap", "new", "lost", [whole[0], *whole[2:]]),
        ("missing filled", "filled", "lost", whole[:3]),
        ("disconnect", "trade", "disconnect", [*whole[:2], "closed"]),
        ("message late", "trade", "late", [*whole[:2], whole[3], "5s later", whole[2]]),
    ]
    for fault, kind, mishap, seen in cases:
        table.begin()
        private = Private(table.emulator, "executions")
        table.emulator.control("message_faults", faults=[
            {"at": f"executions/{kind}", "mishap": mishap, "delay": "5s", "times": 1}])
        txid = table.emulator.result("AddOrder", **MARKET)["txid"][0]
        saw = executions(private)
        if mishap == "late":
            table.emulator.control("time", advance="5s")
            saw += ["5s later", *executions(private)]
        private.socket.close()
        told = [f"{line['message']} {line['mishap']}" for line in table.told("mishap")]
        steps = [line["execution"] for line in table.told("order") if line["order"] == txid]
        table.row(fault, saw, seen, (*steps, *told), ("pending_new", "new", "trade", "filled",
                                                      f"executions/{kind} {mishap}"))


def book_gap(table):
    table.begin()
    market = Socket(table.emulator, "/v2")
    market.send(method="subscribe", params={"channel": "book", "symbol": ["BTC/USD"], "depth": 10})
    snapshot = market.until(lambda message: message.get("type") == "snapshot")["data"][0]
    best = snapshot["bids"][0]["price"]
    table.emulator.control("message_faults", faults=[{"at": "book", "mishap": "lost", "times": 1}])
    for better in (0.1, 0.2):
        table.emulator.result("AddOrder", **{**ORDER, "price": f"{best + better:.1f}"})
    update = market.message()
    market.close()
    new_best = max(level["price"] for level in update["data"][0]["bids"] if level["qty"] > 0)
    told = [f"{line['message']} {line['mishap']}" for line in table.told("mishap")]
    table.row("book update lost", f"best bid moved by {new_best - best:.1f}", "best bid moved by 0.2", told, ["book lost"])


def rows(table):
    order_entry(table)
    entry_late(table)
    amends_and_cancels(table)
    messages(table)
    book_gap(table)
