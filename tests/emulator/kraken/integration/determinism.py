"""The program twice with the same seed and the same requests: the same answers and the same truth log,
byte for byte; with another seed neither."""

import json
import random
import sys

from emulator_client import Emulator, Socket, check

STEPS = 300
PAIRS = (("XBTUSD", "BTC/USD", "0.001"), ("ETHUSDT", "ETH/USDT", "0.01"), ("SOLUSD", "SOL/USD", "0.5"))


class Life:
    """What one client says and hears. Every request waits for its answer, so that their order is the script's."""

    def __init__(self, emulator, script_seed):
        self.emulator = emulator
        self.random = random.Random(script_seed)
        self.heard = []
        self.asked = 0
        self.market = Socket(emulator, "/v2")
        self.heard.append(self.market.text())
        self.own = Socket(emulator, "/auth/v2")
        self.heard.append(self.own.text())
        self.token = emulator.result("GetWebSocketsToken")["token"]
        for channel in ("executions", "balances"):
            self.ask(self.own, "subscribe", channel=channel, token=self.token)
        symbols = [symbol for _, symbol, _ in PAIRS]
        for channel in ("trade", "ticker"):
            self.ask(self.market, "subscribe", channel=channel, symbol=symbols)
        self.ask(self.market, "subscribe", channel="book", symbol=symbols, depth=25)

    def ask(self, socket, method, **params):
        """Hears everything up to the answer to a ping behind it, so that nothing is on its way any more."""
        self.asked += 1
        socket.send(method=method, params=params, req_id=self.asked)
        self.hear(socket)

    def hear(self, socket):
        self.asked += 1
        socket.send(method="ping", req_id=self.asked)
        while True:
            text = socket.text()
            self.heard.append(text)
            message = json.loads(text)
            if message.get("method") == "pong" and message["req_id"] == self.asked:
                return

    def call(self, method, **form):
        status, _, body = self.emulator.raw_call(method, form)
        self.heard.append(f"{status} {body.decode()}")

    def step(self):
        pair, symbol, volume = self.random.choice(PAIRS)
        side = self.random.choice(("buy", "sell"))
        off = f"{self.random.choice('+-')}{self.random.randint(0, 20)}"
        what = self.random.randrange(9)
        if what < 2:
            self.call("AddOrder", pair=pair, type=side, ordertype="limit", price=off, volume=volume)
        elif what == 2:
            self.ask(self.own, "add_order", symbol=symbol, side=side, order_type="market",
                     order_qty=float(volume), token=self.token)
        elif what == 3:
            self.ask(self.own, "add_order", symbol="SOL/USD", side=side, order_type="stop-loss", token=self.token,
                     order_qty=0.5, triggers={"price": 60 if side == "sell" else 80}, cl_ord_id=f"stop-{self.asked}")
        elif what == 4:
            self.call("OpenOrders")
        elif what == 5:
            self.ask(self.own, "cancel_all", token=self.token)
        elif what == 6:
            self.call("TradesHistory", start="0")
        elif what == 7:
            self.emulator.control("trade", pair="SOLUSD", price=self.random.choice(("59", "70", "81")))
            for socket in (self.market, self.own):
                self.hear(socket)
        else:
            self.emulator.control("time", advance=f"{self.random.randint(1, 40)}s")
            for socket in (self.market, self.own):
                self.hear(socket)

    def live(self):
        for _ in range(STEPS):
            self.step()
        for socket in (self.market, self.own):
            self.hear(socket)
            socket.close()


def lived(program, seed):
    with Emulator(program, "--seed", str(seed), "--market", "synthetic") as emulator:
        refuses = {"at": "OpenOrders", "answered": "refusal", "landing": "half", "chance": "0.5"}
        emulator.control("faults", faults=[refuses])
        emulator.control("message_faults", faults=[{"at": "executions", "mishap": "doubled", "chance": "0.2"}])
        for asset in ("XETH", "SOL"):
            emulator.control("transfer", account="main", asset=asset, amount="1000")
        life = Life(emulator, script_seed=7)
        life.live()
        emulator.control("time")
        return emulator.truth_file.read_bytes(), life.heard


def first_difference(one, other):
    for number, (left, right) in enumerate(zip(one, other)):
        if left != right:
            return number, left, right
    return len(one), len(other)


def main():
    program = sys.argv[1]
    truth, heard = lived(program, 11)
    again_truth, again_heard = lived(program, 11)
    print(f"{len(truth)} bytes of truth, {len(heard)} answers and messages, {truth.count(b'filled')} ends by a fill")
    check(truth == again_truth, "two truth logs of one seed differ:",
          first_difference(truth.splitlines(), again_truth.splitlines()))
    check(heard == again_heard, "two clients of one seed heard differently:", first_difference(heard, again_heard))
    for kind in (b'"execution":"filled"', b'"kind":"mishap"', b'"execution":"status"', b'"fault":{'):
        check(kind in truth, "this life is too quiet to prove anything: no", kind)
    other_truth, other_heard = lived(program, 12)
    check(truth != other_truth and heard != other_heard, "another seed makes no difference")


if __name__ == "__main__":
    main()
