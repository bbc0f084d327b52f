"""An account of kraken from its first key to its first trades, against the emulator over real sockets.

The daemon's configuration names the emulator's addresses, and nothing else is different. Prices come
from its socket and rules from what it lists; what is bought is filled on paper, so the emulator never
sees an order.
"""

import json
import pathlib
import sys
import time
from decimal import Decimal

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "emulator/kraken/integration"))
from emulator_client import Emulator  # noqa: E402
from private_daemon import Daemon, check, main  # noqa: E402

TRADING = ["query-funds", "query-open-trades", "query-closed-trades", "modify-trades", "close-trades"]
FLASH = ("history=5m", "momentum_window=1m", "buy_check=1s", "sell_check=1s", "spike=1.01", "spike_needs_trend=false",
         "max_slippage=0.02")


def until(what, holds, seconds=30):
    """What `holds` gives once it is true of something."""
    end = time.monotonic() + seconds
    while True:
        found = holds()
        if found:
            return found
        check(time.monotonic() < end, "this did not come within", seconds, "s:", what)
        time.sleep(0.1)


class Desk:
    """alice with the account a1 of kraken, and the exchange behind it."""

    def __init__(self, daemon, emulator):
        self.daemon, self.emulator = daemon, emulator
        self.files = 0

    def ctl(self, *words):
        return self.daemon.ctl(*words)

    def refusal(self, *words):
        done = self.daemon.run(*words, "--json")
        check(done.code != 0, *words, "was done:", done.stdout)
        return {"exit": done.code, **json.loads(done.stdout)["error"]}

    def key_flags(self, key, secret):
        self.files += 1
        return ["--api-key-file", self.daemon.secret_file(f"key-{self.files}", key),
                "--secret-file", self.daemon.secret_file(f"secret-{self.files}", secret)]

    def mid(self, pair):
        connection = self.emulator.connection()
        connection.request("GET", f"/0/public/Ticker?pair={pair}")
        ticker = next(iter(json.loads(connection.getresponse().read())["result"].values()))
        connection.close()
        return (Decimal(ticker["a"][0]) + Decimal(ticker["b"][0])) / 2

    def price(self, pair="ETH/USD"):
        rows = self.ctl("market", "prices", pair)
        return Decimal(rows[0]["price"]) if rows else None

    def follows(self, seconds=20):
        """The daemon's price is the exchange's."""
        until("the exchange's mid", lambda: self.price() == self.mid("ETHUSD"), seconds)

    def trades(self):
        return self.ctl("trade", "list", "--vault", "v1")


def keys(desk):
    """What the exchange says of a key decides."""
    emulator = desk.emulator
    good = emulator.control("key", name="good", account="main", permissions=TRADING)
    rich = emulator.control("key", name="rich", account="main", permissions=[*TRADING, "withdraw-funds"])
    poor = emulator.control("key", name="poor", account="main", permissions=["query-funds"])
    refused = desk.refusal("key", "add", "--account", "a1", *desk.key_flags(good["key"], rich["secret"]))
    check(refused["code"] == "key_refused" and "signature" in refused["message"].lower(), refused)
    for made, word in ((rich, "withdraw"), (poor, "trade")):
        refused = desk.refusal("key", "add", "--account", "a1", *desk.key_flags(made["key"], made["secret"]))
        check(refused["code"] == "key_refused" and word in refused["message"], word, refused)
    odd = desk.refusal("key", "add", "--account", "a1", *desk.key_flags(good["key"], "no base64!"))
    check(odd["code"] == "INVALID_PARAMS" and odd["field"] == "api_secret", odd)
    added = desk.ctl("key", "add", "--account", "a1", *desk.key_flags(good["key"], good["secret"]))
    check(added["state"] == "valid" and added["check"]["rights"] == ["query_funds", "trade"], added)
    emulator.control("revoke", name="good")
    checked = desk.ctl("key", "validate", added["id"])
    check("EAPI:Invalid key" in checked["check"]["message"], checked)


def market(desk):
    """Pairs, rules and prices are the exchange's."""
    early = desk.daemon.run("vault", "pairs", "v1", "--add", "ETH/USD", "--json")
    check(early.code in (0, 75), "before the exchange was reached:", early.stdout)
    until("the exchange's pairs", lambda: desk.daemon.run("vault", "pairs", "v1", "--add", "ETH/USD").code == 0)
    rows = {row["pair"]: row for row in desk.ctl("market", "pairs", "--exchange", "kraken")}
    check(set(rows) == {"ETH/USD", "BTC/USD"} and all(row["exchange"] == "kraken" for row in rows.values()), rows)
    connection = desk.emulator.connection()
    connection.request("GET", "/0/public/AssetPairs?pair=ETHUSD")
    listed = next(iter(json.loads(connection.getresponse().read())["result"].values()))
    connection.close()
    eth = rows["ETH/USD"]
    for ours, theirs in (("tick", "tick_size"), ("min_cost", "costmin"), ("min_quantity", "ordermin")):
        check(Decimal(eth[ours]) == Decimal(listed[theirs]), ours, eth, listed)
    check(Decimal(eth["lot"]) == Decimal(1).scaleb(-listed["lot_decimals"]), eth, listed)
    desk.follows()
    refused = desk.refusal("replay", "start", "synthetic", "--account", "a1", "--pair", "ETH/USD")
    check(refused["code"] == "wrong_state" and "follows the prices of kraken" in refused["message"], refused)
    unknown = desk.refusal("vault", "pairs", "v1", "--add", "SOL/USD")
    check(unknown["code"] == "NOT_FOUND" and "no pair of kraken" in unknown["message"].replace("not a", "no"), unknown)


def trade(desk):
    """A jump of the price buys, a fall sells; the fills are paper's and the books balance."""
    desk.ctl("sleeve", "set", "v1", "flash", *FLASH)
    desk.ctl("vault", "set-tradeable", "v1", "500")
    desk.ctl("vault", "allocate", "v1", "--flash", "500")
    until("the sleeve is warm", lambda: desk.ctl("sleeve", "show", "v1", "flash")["state"] == "watching", 90)
    high = (desk.mid("ETHUSD") * Decimal("1.02")).quantize(Decimal("0.01"))
    desk.emulator.control("trade", pair="ETHUSD", price=str(high))
    bought = until("a buy", desk.trades)[0]
    check(bought["side"] == "buy" and bought["pair"] == "ETH/USD", bought)
    near = abs(Decimal(bought["price"]) / high - 1)
    check(near < Decimal("0.002"), "it was filled far from the market:", bought, high)
    low = (high * Decimal("0.97")).quantize(Decimal("0.01"))
    desk.emulator.control("trade", pair="ETHUSD", price=str(low))
    sold = until("a sale", lambda: [row for row in desk.trades() if row["side"] == "sell"])[0]
    check(sold["reason"] == "stop_loss", sold)
    verified = desk.ctl("ledger", "verify", "v1")
    check(verified["ok"], verified)
    orders = [line for line in desk.emulator.truth("request") if "Order" in line.get("method", "")]
    check(not orders, "the exchange saw an order:", orders)


def standing(desk):
    """What the exchange does with a pair is told, and undone."""
    desk.emulator.control("pair", pair="ETHUSD", status="cancel_only")
    told = until("the pair's status", lambda: [row for row in desk.ctl("vault", "pairs", "v1")["pairs"]
                                               if row["status"] == "cancel_only"])
    check("it takes no order" in told[0]["trouble"], told)
    desk.emulator.control("pair", pair="ETHUSD", status="online")
    until("it trades again", lambda: desk.ctl("vault", "pairs", "v1")["pairs"][0]["status"] == "trading")


def lives(daemon, desk):
    """What was learned of the exchange is known at once after a crash; prices go on when it answers."""
    before = desk.ctl("vault", "show", "v1")
    daemon.process.kill()
    daemon.process.wait()
    daemon.start()
    pairs = desk.ctl("vault", "pairs", "v1")["pairs"]
    check(pairs[0]["pair"] == "ETH/USD" and pairs[0]["status"] == "trading", pairs)
    after = desk.ctl("vault", "show", "v1")
    check(after["total"] == before["total"], before, after)
    desk.follows()


def comes_back(vaultd_port, program, desk):
    """The exchange is gone for a while, and comes back at another price."""
    start = desk.price()
    with Emulator(program, "--port", str(vaultd_port), "--scale", "1") as again:
        desk.emulator = again
        again.control("trade", pair="ETHUSD", price=str((start * Decimal("1.01")).quantize(Decimal("0.01"))))
        desk.follows(60)


def test(vaultd, vaultctl, program):
    daemon = Daemon(vaultd, vaultctl)
    with Emulator(program, "--scale", "1") as emulator:
        port = emulator.api.port
        daemon.config.write_text(
            daemon.config.read_text() + f"kraken:\n  rest: http://127.0.0.1:{port}\n"
            f"  websocket: ws://127.0.0.1:{port}/v2\n  pairs: ETH/USD BTC/USD\n")
        daemon.__enter__()
        try:
            desk = Desk(daemon, emulator)
            shown = {row["exchange"]: row["available"] for row in desk.ctl("account", "exchanges")}
            check(shown == {"paper": True, "kraken": True, "binance": False, "coinbase": False}, shown)
            check(desk.ctl("account", "add", "--exchange", "kraken")["id"] == "a1", "the account")
            desk.ctl("user", "wallets", "alice", "--add", "USD")
            desk.ctl("vault", "create", "--account", "a1", "--asset", "USD", "--balance", "1000")
            keys(desk)
            market(desk)
            trade(desk)
            standing(desk)
            lives(daemon, desk)
        except BaseException as failure:
            daemon.__exit__(failure)
            raise
    try:
        comes_back(port, program, desk)
        daemon.stop()
    except BaseException as failure:
        daemon.__exit__(failure)
        raise
    daemon.__exit__(None)


if __name__ == "__main__":
    main(test)
