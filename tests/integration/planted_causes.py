"""why-not-trading against planted causes: each is put into a vault that would trade, alone, and has to
be the first thing that the answer names, in words that say what it is; then what the answer recommends
is done, and it must not be named again.

The market is a file of candles: flat, one rise that makes the sleeve buy, in one of two files a fall
that makes it sell again, then flat for weeks. It runs ten minutes a second, so a scene is there within
seconds and stays.
"""

import itertools
import json
import shlex
import time

from private_daemon import Daemon, check, main

RISE, FALL, END = 30, 45, 60 * 24 * 14  # minutes
SETTINGS = ("history=5m momentum_window=1m buy_check=1s sell_check=1s spike=1.01 bounce=2 near_low=1 "
            "spike_needs_trend=false spend=1 min_quote=10 hold_uptrend=2 stop_loss=0.05 trail_arm=0.5")


class Scene:
    """An account of its own with a vault whose flash sleeve has 1000 USDT and may buy. `good`: candles
    that it could go on with."""

    def __init__(self, who, candles, speed, good):
        self.who = who
        self.good = good
        self.account = who.ctl("account", "add", "--exchange", "paper", "--label", f"scene-{time.monotonic_ns()}")["id"]
        self.vault = who.ctl("vault", "create", "--account", self.account, "--asset", "USDT", "--balance",
                             "2000")["id"]
        self.candles = candles
        self.speed = speed
        self.do(f"vault pairs V --add ETH/USDT; vault set-tradeable V 2000; vault allocate V --flash 1000; "
                f"sleeve set V flash {SETTINGS}")

    def do(self, commands):
        for command in commands.split(";"):
            words = [word.replace("V", self.vault) if word in ("V", "V.flash") else word
                     for word in shlex.split(command)]
            self.who.ctl(*[self.account if word == "A" else word for word in words])

    def start(self, run=True):
        self.do(f"replay start {self.candles} --account A --pair ETH/USDT --interval 1m --speed {self.speed}")
        if run:
            self.do("replay run --account A")

    def ask(self):
        told = self.who.run("why-not-trading", self.vault, "flash", "--json")
        answer = json.loads(told.stdout)["data"]
        check(told.code == (0 if answer["ok"] else 3), "exit", told.code, answer)
        return answer

    def wait(self, what, holds):
        until = time.monotonic() + 60
        while not holds():
            check(time.monotonic() < until, "never came:", what, json.dumps(self.ask()))
            time.sleep(0.05)

    def wait_told(self, words):
        self.wait(words, lambda: words in (self.ask()["message"] or ""))

    def positions(self):
        return self.who.ctl("position", "list", "--vault", self.vault)

    def wait_for_coins(self):
        self.wait("a position", self.positions)

    def wait_for_prices(self):
        self.wait("a decision", lambda: self.who.ctl("decision", "list", "--vault", self.vault))


def candle_file(daemon, name, after):
    """2000, from RISE on 2030, from FALL on `after`."""
    file = daemon.directory / name
    with file.open("w", encoding="ascii") as out:
        for minute in range(END):
            price = 2000 if minute < RISE else 2030 if minute < FALL else after
            out.write(f"{1_704_067_200 + 60 * minute},{price},{price},{price},{price},1\n")
    return file


def wrong_prices(daemon, name):
    """2000 for a while, then four prices a minute of which none is near the one before."""
    file = daemon.directory / name
    with file.open("w", encoding="ascii") as out:
        for minute in range(END):
            row = "2000,2000,2000,2000" if minute < RISE else "1,1000000,0.01,100"
            out.write(f"{1_704_067_200 + 60 * minute},{row},1\n")
    return file


class Configuration:
    """What it says of ETH/USDT, which every scene trades, and of orders."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.text = daemon.config.read_text()

    def take(self, more):
        self.daemon.config.write_text(self.text + more)
        self.daemon.ctl("config", "reload")

    def say(self, rules):
        self.take(f"paper:\n  pairs:\n    - {{pair: ETH/USDT, {rules}}}\n" if rules else "")


def planted_in_pairs(scene_of, daemon, wrong):
    """The causes that lie with the exchange, as planted() yields them."""
    exchange = Configuration(daemon)
    for status in ("halted", "cancel_only"):
        scene = scene_of()
        scene.start()
        scene.wait_for_prices()
        exchange.say(f"status: {status}")
        yield f"the pair is {status}", scene, "pair_status", f"ETH/USDT is {status}", \
            lambda: exchange.say("")

    scene = scene_of()
    scene.start()
    scene.wait_for_prices()
    exchange.say("renamed_to: BTC/USDT")
    yield "the pair was renamed", scene, "pair_status", "it is BTC/USDT now", None
    exchange.say("")

    scene = scene_of()
    scene.do("vault pairs V --add BTC/USDT")
    scene.start()
    scene.wait_for_coins()
    exchange.say("status: delisted")
    yield "coins of a delisted pair", scene, "person", "take them off the exchange", None
    exchange.say("")

    scene = scene_of(candles=wrong)
    scene.start()
    scene.wait_told("is not believed")
    yield "absurd prices", scene, "price", "is not believed", \
        (f"replay stop --account A; replay start {scene.good} --account A --pair ETH/USDT --interval 1m "
         "--speed 600 --from 2024-01-12T00:00:00Z; replay run --account A")


def planted_in_orders(scene_of, daemon):
    """The causes that lie with the order rules: the sleeve wants to buy at every check."""
    configuration = Configuration(daemon)
    for rule, value in (("max_order", 100), ("price_band", 0.0001)):
        scene = scene_of()
        configuration.take(f"risk:\n  {rule}: {value}\n")
        scene.do("sleeve set V flash spike=1")
        scene.start()
        scene.wait_told(rule)
        yield rule, scene, "decision", rule, lambda: configuration.take("")

    configuration.take("paper:\n  slippage: 0.01\n")  # of accounts that are added from now on
    scene = scene_of()
    scene.start()
    scene.wait_told("said hold: max_slippage")
    yield "fills too far from the price", scene, "decision", "max_slippage", \
        "sleeve set V flash max_slippage=0.02"
    configuration.take("")


def planted(scene_of, daemon, fall):
    """Yields (cause, scene, check, words, what ends it: commands, or something to call; None: the remedy as
    it stands)."""
    scene = scene_of()
    scene.start()
    scene.do("vault pause V --why 'news day'")
    yield "the vault is paused", scene, "vault", "paused by alice: news day", None

    scene = scene_of()
    scene.start()
    scene.do("sleeve pause V flash --why lunch")
    yield "the sleeve is paused", scene, "sleeve", "paused by alice: lunch", None

    scene = scene_of()
    yield "no replay was started", scene, "price", "no selected pair has a price", \
        f"replay start {scene.candles} --account A --pair ETH/USDT --interval 1m --speed 600; replay run --account A"

    scene = scene_of()
    scene.start(run=False)
    scene.do("replay run --account A --until 2024-01-01T00:02:00Z --wait")
    yield "the replay stands still", scene, "replay", "stands still", None

    scene = scene_of(speed="max")
    scene.start(run=False)
    scene.do("replay run --account A --wait")
    yield "the replay is at its end", scene, "replay", "at its end", None

    scene = scene_of()
    scene.start()
    scene.wait_for_prices()
    scene.do("replay stop --account A")
    yield "the replay was stopped", scene, "replay", "was stopped", None

    scene = scene_of()
    scene.start()
    scene.do("vault pairs V --remove ETH/USDT")
    yield "no pair is selected", scene, "pairs", "no pair is selected", None

    scene = scene_of()
    scene.start()
    scene.do("vault unallocate V --flash 1000; vault set-tradeable V 0")
    yield "Tradeable is 0", scene, "tradeable", "no money is put at risk", None

    scene = scene_of()
    scene.start()
    scene.do("vault unallocate V --flash 1000")
    yield "nothing is allocated", scene, "allocation", "nothing is allocated", None

    scene = scene_of()
    scene.start()
    scene.do("vault unallocate V --flash 995")
    yield "less cash than a buy needs", scene, "cash", "5 USDT free to buy with, a buy needs 10", \
        "vault allocate V --flash 100"

    scene = scene_of()
    scene.start()
    scene.do("vault unallocate V --flash 995; sleeve set V flash min_quote=0")
    scene.wait_told("below_minimum")
    yield "less than the pair's minimum", scene, "decision", "below_minimum", None

    scene = scene_of()
    scene.do("sleeve set V flash history=7d momentum_window=7d")
    scene.start()
    scene.wait_told("said hold: warming_up")
    yield "warming up", scene, "decision", "warming_up", "sleeve set V flash momentum_window=1m history=5m"

    scene = scene_of()
    scene.do("sleeve set V flash 'trading_windows=sun 03:00-03:01'")
    scene.start()
    scene.wait_told("said hold: window")
    yield "outside its trading window", scene, "decision", "window", None

    for key in ("cooldown", "loss_cooldown"):
        scene = scene_of(candles=fall)
        scene.do(f"sleeve set V flash {key}=30d")
        scene.start()
        scene.wait_told("said hold: cooldown")
        yield f"{key} after a loss", scene, "decision", "cooldown", None

    for cap, words in (("max_position=100", "risk cap max_position"),
                       ("max_position_pct=5", "risk cap max_position_pct")):
        scene = scene_of()
        scene.start()
        scene.do(f"sleeve set V flash {cap}")
        yield cap, scene, "caps", words, f"sleeve set V flash {cap.split('=')[0]}=off"

    scene = scene_of(candles=fall)
    scene.do("sleeve set V flash max_trades_per_day=1")
    scene.start()
    scene.wait_told("risk cap max_trades_per_day")
    yield "max_trades_per_day", scene, "caps", "risk cap max_trades_per_day", \
        "sleeve set V flash max_trades_per_day=off"

    for cap in ("max_daily_loss=1", "max_drawdown=0.001"):
        scene = scene_of(candles=fall)
        scene.do(f"sleeve set V flash {cap}")
        scene.start()
        scene.wait_told("was reached")
        yield cap, scene, "caps", f"risk cap {cap.split('=')[0]} was reached", None

    scene = scene_of()
    scene.do(f"vault allocate V --quiet 900; sleeve set V quiet preset=flash {SETTINGS}")
    scene.start()
    scene.wait("two positions", lambda: len(scene.positions()) == 2)
    scene.do("account trade A ETH/USDT sell 0.4")  # whose they were, nobody can tell
    yield "coins were sold by hand", scene, "person", "position resolve", "position resolve V flash --as sold --price 2030"

    scene = scene_of()
    scene.start()
    scene.wait_for_coins()
    scene.do("vault liquidate V --yes")
    scene.wait("flat", lambda: not scene.positions())
    yield "it was liquidated", scene, "vault", "", None

    bob = daemon.user("bob")
    scene = scene_of(who=bob)
    scene.start()
    bob.ctl("halt", "--why", "my own business")
    yield "the user halted what is his", scene, "user", "halted by bob: my own business", None

    scene = scene_of()
    scene.start()
    daemon.ctl("halt", "--why", "drill")
    yield "the daemon is halted", scene, "daemon", "halted by alice: drill", None


def run(vaultd, vaultctl):
    found = []
    with Daemon(vaultd, vaultctl) as daemon:
        rise = candle_file(daemon, "rise.csv", 2030)
        fall = candle_file(daemon, "fall.csv", 1900)

        def scene_of(who=daemon, candles=rise, speed="600"):
            return Scene(who, candles, speed, rise)

        causes = itertools.chain(planted_in_pairs(scene_of, daemon, wrong_prices(daemon, "wrong.csv")),
                                 planted_in_orders(scene_of, daemon),
                                 planted(scene_of, daemon, fall))
        for cause, scene, name, words, remedy in causes:
            answer = scene.ask()
            check(not answer["ok"], cause, "was not found:", json.dumps(answer))
            check(answer["blocked_by"] == name and words in answer["message"], cause, "was told as",
                  answer["blocked_by"], answer["message"])
            check(answer["remedy"], cause, "has no remedy")
            print(f"{cause:32} {answer['blocked_by']:10} {answer['message'][:70]}\n{'':32} -> {answer['remedy']}")
            if remedy is None:
                words = shlex.split(answer["remedy"].replace("AMOUNT", "500"))
                check(words[0] == "vaultctl", "no command:", answer["remedy"])
                done = scene.who.run(*words[1:])
                check(done.code == 0, answer["remedy"], done.stderr)
            elif callable(remedy):
                remedy()
            else:
                scene.do(remedy)
            scene.wait(f"an end of: {cause}", lambda scene=scene, told=(name, answer["message"]): told !=
                       (scene.ask()["blocked_by"], scene.ask()["message"]))
            found.append(cause)
            scene.do("replay stop --account A")
    check(len(found) >= 32, len(found), "causes")
    print(len(found), "causes were planted and found")


main(run)
