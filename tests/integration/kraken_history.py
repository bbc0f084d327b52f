"""After a restore, what happened meanwhile at the exchange is read before an account trades again, against
the emulator over real sockets.

A backup is taken, then its owner trades by hand at the exchange; the backup is put back three times, each in a
state directory of its own. First all is well: every order and trade is told, and the account goes on. Then the
exchange refuses for a while: the account stays halted, says why, and goes on by itself. At last the key is gone
for good: somebody says so.
"""

import datetime
import json
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "emulator/kraken/integration"))
from backups import put_back  # noqa: E402
from emulator_client import Emulator  # noqa: E402
from kraken_accounts import TRADING, until  # noqa: E402
from private_daemon import Daemon, check, main  # noqa: E402

BY_HAND = 120  # more than two pages


def prepare(daemon, key):
    ctl = daemon.ctl
    ctl("account", "add", "--exchange", "kraken")
    ctl("account", "add", "--exchange", "paper")
    ctl("user", "wallets", "alice", "--add", "USD", "--add", "USDT")
    added = ctl("key", "add", "--account", "a1", "--api-key-file", daemon.secret_file("key", key["key"]),
                "--secret-file", daemon.secret_file("secret", key["secret"]))
    check(added["state"] == "valid", added)
    for account, asset in (("a1", "USD"), ("a2", "USDT")):
        ctl("vault", "create", "--account", account, "--asset", asset, "--balance", "1000")
    ctl("backup", "create")
    return ctl("backup", "list")[-1]


def trade_by_hand(emulator):
    """An open order, a canceled one and many trades; the ids of all."""
    for asset, amount in (("ZUSD", "10000000"), ("XETH", "1000")):
        emulator.control("transfer", account="main", asset=asset, amount=amount)
    resting = {"pair": "ETHUSD", "type": "buy", "ordertype": "limit", "price": "100.00", "volume": "1"}
    emulator.result("AddOrder", **resting)
    canceled = emulator.result("AddOrder", **resting)["txid"][0]
    emulator.result("CancelOrder", txid=canceled)
    for n in range(BY_HAND):
        emulator.control("order", account="main", pair="ETHUSD", type=("buy", "sell")[n % 2], ordertype="market",
                         volume="0.01")
    emulator.control("time", advance="10m")  # the counters of the key are empty again
    trades = set()
    while len(trades) < (emulator.result("TradesHistory")["count"] if not trades else count):
        page = emulator.result("TradesHistory", ofs=len(trades))
        count = page["count"]
        trades |= set(page["trades"])
    orders = set(emulator.result("OpenOrders")["open"]) | {canceled}
    emulator.control("time", advance="10m")
    return trades, orders


def restored(daemon, label, n):
    """A daemon that will start on the backup."""
    folder = put_back(daemon, label["name"], label)
    state = daemon.directory / f"state-{n}"
    shutil.move(folder, state)
    back = Daemon(daemon.vaultd, daemon.vaultctl, signed_in=False)
    back.config.write_text(daemon.config.read_text())
    shutil.rmtree(back.state, ignore_errors=True)
    back.state = state
    return back


def history_of(back):
    return back.ctl("account", "show", "a1")


def held(back):
    return [row["target"] for row in back.ctl("status")["pauses"] if row["level"] == "account"]


def all_is_well(back, trades, orders):
    read = until("its history", lambda: history_of(back)["history_unread_since"] is None and history_of(back))
    check(f"1 open orders, {BY_HAND + 1} ended, {len(trades)} trades" in read["history"], read)
    events = back.ctl("events", "--limit", "1000", "--account", "a1")
    told = {kind: [row["message"] for row in events if row["type"] == kind]
            for kind in ("exchange_order", "exchange_trade", "history_read")}
    check(len(told["exchange_trade"]) == len(trades) and len(told["history_read"]) == 1, told)
    for trade in trades:
        check(sum(f"trade {trade} " in message for message in told["exchange_trade"]) == 1, trade)
    for order in orders:
        check(sum(f"order {order}: buy 1 ETHUSD" in message for message in told["exchange_order"]) == 1, order)
    check(not held(back), "it is read and held")
    back.ctl("resume")
    check(not back.ctl("status")["pauses"], "resumed and read")
    check(back.ctl("vault", "show", "v1")["state"] == "running", "v1")


def refused_for_a_while(back, emulator):
    read = until("why not", lambda: history_of(back)["history"] and history_of(back))
    check(read["history_unread_since"] and read["history"].startswith("not read yet: "), read)
    back.ctl("resume")
    check(held(back) == ["a1"], "the daemon's halt is over, not the account's:", back.ctl("status"))
    check(back.ctl("vault", "show", "v1")["state"] == "halted", "v1")
    check(back.ctl("vault", "show", "v2")["state"] == "running", "paper's history is in the store")
    why = json.loads(back.run("why-not-trading", "v1", "--json").stdout)["data"]
    check(why["blocked_by"] == "account" and "amnesia" in why["message"], why)
    back.ctl("vault", "resume", "v1")
    check(back.ctl("vault", "show", "v1")["state"] == "halted", "a resume of the vault is not enough")
    back.process.kill()
    back.process.wait()
    emulator.control("time", advance="10m")  # for the exchange it is the same key: its counter goes on
    back.start()
    check(held(back) == ["a1"], "forgotten by a restart")
    emulator.control("faults", faults=[])
    back.ctl("key", "validate", "k1")  # any change of a key asks again at once
    until("its history", lambda: not held(back), 60)
    check(back.ctl("vault", "show", "v1")["state"] == "running", "v1 goes on by itself")
    check(f"{BY_HAND} trades" in history_of(back)["history"], history_of(back))


def gone_for_good(back):
    read = until("why not", lambda: history_of(back)["history"] and history_of(back))
    check("EAPI:Invalid key" in read["history"], read)
    back.ctl("resume")
    check(held(back) == ["a1"], back.ctl("status"))
    check(back.run("account", "skip-history", "a1").code == 64, "without a reason")
    tried = back.ctl("account", "skip-history", "a1", "--why", "the key is gone", "--dry-run")
    check(tried["history_unread_since"] is None and held(back) == ["a1"], "a dry run did it")
    done = back.ctl("account", "skip-history", "a1", "--why", "the key is gone")
    check("by alice: the key is gone" in done["history"] and not held(back), done)
    check(back.ctl("vault", "show", "v1")["state"] == "running", "v1")
    trail = back.ctl("audit", "list", "--action", "account.skip_history")
    check([row["actor"] for row in trail] == ["alice"], trail)
    check(back.run("account", "skip-history", "a1", "--why", "again").code == 1, "there is nothing to skip")


def put_back_three_times(daemon, emulator, key):
    label = prepare(daemon, key)
    trades, orders = trade_by_hand(emulator)
    check(len(trades) == BY_HAND, "the emulator has", len(trades))
    daemon.stop()
    lives = [lambda back: all_is_well(back, trades, orders),
             lambda back: refused_for_a_while(back, emulator), gone_for_good]
    for n, life in enumerate(lives):
        if n == 1:
            emulator.control("faults", faults=[{"at": "TradesHistory", "answered": "page", "landing": "never"}])
        if n == 2:
            emulator.control("revoke", name="trader")
        emulator.control("time", advance="10m")
        back = restored(daemon, label, n)
        try:
            back.start()
            back.admin.sign_in()
            pauses = back.ctl("status")["pauses"]
            check(pauses[0]["level"] == "daemon" and "amnesia" in pauses[0]["why"], pauses)
            life(back)
            check(back.ctl("ledger", "verify", "--all")["ok"], "the books")
            back.stop()
        except BaseException as failure:
            back.__exit__(failure)
            raise
        back.__exit__(None)


def test(vaultd, vaultctl, program):
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    with Emulator(program, "--scale", "1", "--start", now) as emulator:
        key = emulator.control("key", name="trader", account="main", permissions=TRADING)
        daemon = Daemon(vaultd, vaultctl)
        port = emulator.api.port
        daemon.config.write_text(
            daemon.config.read_text() + f"kraken:\n  rest: http://127.0.0.1:{port}\n"
            f"  websocket: ws://127.0.0.1:{port}/v2\n  pairs: ETH/USD BTC/USD\n")
        daemon.__enter__()
        try:
            put_back_three_times(daemon, emulator, key)
        except BaseException as failure:
            daemon.__exit__(failure)
            raise
        daemon.__exit__(None)


if __name__ == "__main__":
    main(test)
