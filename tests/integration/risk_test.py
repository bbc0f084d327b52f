"""risk test on a real vaultd: what it says of a paper replay that is over.

Candles of our own: a rise that is bought, a fall of 3.5 %, a sale, and a rise that is bought again. First
without any cap: caps that are only proposed must have tripped at the minute of the fall, with figures that
are computed here, and the second buy must be counted as blocked. Then, on daemons of their own, with a cap in
force at each level: the test of what is in force must find the very trip that the event log has. Nothing of
it may depend on what the daemon remembers, so all is asked again after a SIGKILL.
"""

import json

from falling_market import LEVELS, PRICES, at, kill, run_until, set_caps, set_up
from private_daemon import Daemon, check, main

FALL = next(n for n in range(1, len(PRICES)) if PRICES[n] == "1960")
SINCE = "2024-01-01"
TARGETS = {"sleeve": ["v1", "flash"], "vault": ["v1"], "user": ["--user", "alice"], "daemon": []}


def test(daemon, level, *caps):
    options = [word for cap in caps for word in ("--set", cap)]
    return daemon.ctl("risk", "test", *TARGETS[level], "--since", SINCE, *options)


def minute(text):
    return text.replace(".000Z", "Z")


def loss_of_the_fall(daemon):
    """What the position that was bought on the rise lost when the price fell, without a fee."""
    trade = daemon.ctl("trade", "list", "--vault", "v1")[0]
    check(trade["side"] == "buy", trade)
    return float(trade["cost"]) - float(trade["quantity"]) * 1960


def proposed(vaultd, vaultctl):
    with Daemon(vaultd, vaultctl, paper="  slippage: 0\n  fee_rate: 0\n") as daemon:
        set_up(daemon)
        run_until(daemon, FALL + 5)
        daemon.ctl("vault", "liquidate", "v1", "--yes")
        run_until(daemon, FALL + 12)
        daemon.ctl("vault", "resume", "v1")
        run_until(daemon, len(PRICES))
        buys = [row for row in daemon.ctl("trade", "list", "--vault", "v1") if row["side"] == "buy"]
        check(len({row["order"] for row in buys}) == 2, "buys:", buys)
        lost = loss_of_the_fall(daemon)
        check(30 < lost < 40, "lost", lost)
        for level in LEVELS:
            loose = test(daemon, level, f"max_daily_loss={lost + 1:.2f}")
            check(loose["rows"] == [] and loose["buys"] == 2 and loose["events"] == [], loose)
            told = test(daemon, level, "max_daily_loss=25", "max_daily_loss_on_trip=all")
            check(told["level"] == level and told["asset"] == "USDT", told)
            check(told["caps"]["max_daily_loss"] == "25", told["caps"])
            (row,) = told["rows"]
            check(minute(row["at"]) == at(FALL) and minute(row["earliest"]) == at(FALL - 1), row)
            check(row["blocks"] == "all" and row["until"] is None and "resume" in row["ends"], row)
            check(f"lost {lost:.2f}"[:9] in row["arithmetic"], lost, row["arithmetic"])
            check(row["buys_blocked"] == told["buys_blocked"] == 1, told)
            check(told["longest_step"] == "1m" and told["unjudged"] == 0, told)
            fallen = test(daemon, level, "max_drawdown=0.02")
            check([row["cap"] for row in fallen["rows"]] == ["max_drawdown"], fallen["rows"])
        gates = test(daemon, "sleeve", "max_position=500", "max_trades_per_day=1")
        check([row["cap"] for row in gates["rows"]] == ["max_position", "max_trades_per_day"], gates)
        later = daemon.ctl("risk", "test", "v1", "--since", at(FALL + 5), "--set", "max_daily_loss=25")
        check(later["rows"] == [], "after the fall:", later["rows"])
        formats(daemon)
        strangers(daemon)
        before = [test(daemon, level, "max_daily_loss=25") for level in LEVELS]
        kill(daemon)
        check([test(daemon, level, "max_daily_loss=25") for level in LEVELS] == before, "a restart")


def formats(daemon):
    words = ["risk", "test", "v1", "flash", "--since", SINCE, "--set", "max_daily_loss=25"]
    page = daemon.run(*words).stdout
    check("max_daily_loss 25" in page and "1 of 2 buys would have been blocked" in page, page)
    check("in truth" in page and max(map(len, page.splitlines())) <= 80, page)
    check(json.loads(daemon.run(*words, "-o", "jsonl").stdout)["rows"], "jsonl")
    table = daemon.run(*words, "-o", "csv").stdout.splitlines()
    check(len(table) == 2 and table[0].startswith("at,earliest,oldest_price,cap,limit,blocks,until"), table)
    check(minute(daemon.run(*words, "--quiet").stdout.strip()) == at(FALL), "--quiet")
    told = daemon.run(*words).stderr
    check("what happened between two is not seen" in told, "the notes:", told)


def strangers(daemon):
    bob, carol = daemon.user("bob"), daemon.user("carol", "auditor")
    for words in (["v1"], ["v1", "flash"], ["--user", "alice"]):
        done = bob.run("risk", "test", *words, "--since", SINCE, "--json")
        check(done.code == 4 and json.loads(done.stdout)["error"]["code"] == "NOT_FOUND", done.stdout)
        check(carol.ctl("risk", "test", *words, "--since", SINCE)["rows"] == [], "the auditor", words)
    own = bob.ctl("risk", "test", "--since", SINCE)
    check(own["level"] == "user" and own["of"] == "bob" and own["buys"] == 0, own)
    check(carol.ctl("risk", "test", "--since", SINCE)["level"] == "daemon", "the auditor's daemon")


def in_force(vaultd, vaultctl, level):
    with Daemon(vaultd, vaultctl, paper="  slippage: 0\n") as daemon:
        set_up(daemon)
        set_caps(daemon, level, {"max_daily_loss": "25"})
        run_until(daemon, len(PRICES))
        told = test(daemon, level)
        (row,), (event,) = told["rows"], told["events"]
        check(row["at"] == event["at"] and event["type"] == "cap_tripped", told)
        # What all users lost is told apart, to who may see all of them.
        texts = [one["message"] for one in daemon.ctl("events", "--limit", "1000")
                 if one["type"] in ("cap_tripped", "cap_arithmetic")]
        check(any(row["arithmetic"] in text for text in texts), row["arithmetic"], texts)
        check(row["buys_blocked"] == 0, "it was in force:", row)
        print(f"{level:7} {row['at']} {row['arithmetic']}")


def everything(vaultd, vaultctl):
    proposed(vaultd, vaultctl)
    for level in LEVELS:
        in_force(vaultd, vaultctl, level)


main(everything)
