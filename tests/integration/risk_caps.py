"""Risk caps of a sleeve, a vault, a user and the whole daemon on a real vaultd that is killed.

For each level and each thing that a trip can block: a position is opened on candles of our own, the price
falls, the cap trips, the daemon is killed with SIGKILL and started again. Then the cap must still be
latched with the same arithmetic, the sleeve do what the cap says, why-not-trading name the level, and the
very remedy that it recommends let the vault trade again.
"""

import json
import shlex

from falling_market import LEVELS, PRICES, at, candles, kill, run_until, set_caps, set_up
from private_daemon import Daemon, check, main

FALLEN, RISEN, END = 20, 45, len(PRICES)

ON_TRIP = {"entries": ("holding", 1), "all": ("halted", 1), "liquidate": ("halted", 0)}


def of_level(daemon, level, cap):
    rows = [row for row in daemon.ctl("risk", "show", "v1") if row["level"] == level and
            row["cap"] == cap and (level != "sleeve" or row["of"] == "v1.flash")]
    check(len(rows) == 1, level, cap, "is shown", len(rows), "times")
    return rows[0]


def why(daemon):
    done = daemon.run("why-not-trading", "v1", "flash", "--json")
    told = json.loads(done.stdout)["data"]
    return next((row for row in told["checks"] if row["name"] == "caps" and not row["ok"]), None)


def trips(vaultd, vaultctl, level, on_trip):
    with Daemon(vaultd, vaultctl, paper="  slippage: 0\n") as daemon:
        set_up(daemon)
        set_caps(daemon, level, {"max_daily_loss": "25", "max_daily_loss_on_trip": on_trip})
        run_until(daemon, FALLEN)
        before = of_level(daemon, level, "max_daily_loss")
        check(before["standing"] == "latched" and before["blocks"] == on_trip, before)
        check("the cap is 25" in before["arithmetic"], before["arithmetic"])
        kill(daemon)
        after = of_level(daemon, level, "max_daily_loss")
        check(after == before, "after the kill:", after, "before:", before)
        run_until(daemon, RISEN)
        state, open_positions = ON_TRIP[on_trip]
        sleeve = daemon.ctl("sleeve", "show", "v1", "flash")
        check(sleeve["state"] == state and len(sleeve["positions"]) == open_positions, sleeve)
        orders = len(daemon.ctl("order", "list", "--vault", "v1"))
        blocked = why(daemon)
        check(blocked and f"(of the {level}" in blocked["message"], "why:", blocked)
        text = daemon.run("risk", "explain", "v1", "flash").stdout
        check("max_daily_loss 25: latched" in text and "the cap is" in text, text)
        words = shlex.split(blocked["remedy"])
        check(words[0] == "vaultctl", blocked["remedy"])
        check(daemon.ctl(*words[1:])["changed"], blocked["remedy"], "says that it changed nothing")
        check(of_level(daemon, level, "max_daily_loss")["standing"] != "latched", "still latched")
        check(why(daemon) is None, "still in the way:", why(daemon))
        kill(daemon)
        check(why(daemon) is None, "in the way again:", why(daemon))
        run_until(daemon, END)
        bought = len(daemon.ctl("order", "list", "--vault", "v1")) > orders
        check(bought == (on_trip == "liquidate"), "buys after the resume:", bought)
        return before["arithmetic"]


def told(user):
    """Whatever a user reads of caps that have tripped."""
    rows = [row["message"] for row in user.ctl("events") if row["type"].startswith("cap_")]
    rows += [row["message"] + row["next"] for row in user.ctl("alert", "list")]
    rows += [json.dumps(row) for row in user.ctl("risk", "show") if row["level"] == "daemon"]
    return rows + user.ctl("status")["warnings"]


def a_member_under_the_daemons_cap(vaultd, vaultctl):
    """What bob says that his coins cost trips nothing. When alice's loss does, he learns that his buys
    are held and whom to ask, and not what all users lost."""
    with Daemon(vaultd, vaultctl, paper="  slippage: 0\n") as daemon:
        set_up(daemon)
        set_caps(daemon, "daemon", {"max_daily_loss": "25", "max_daily_loss_on_trip": "liquidate"})
        bob = daemon.user("bob")
        daemon.play(f"""
            bob: account add --exchange paper
            bob: replay start {candles(daemon)} --account a2 --pair ETH/USDT --interval 1m
            bob: vault create --account a2 --asset USDT --balance 5000
            bob: vault pairs v2 --add ETH/USDT
            bob: vault set-tradeable v2 2000
            bob: vault allocate v2 --flash 1000
            bob: account deposit a2 ETH 1
            bob: replay run --account a2 --until {at(5)} --wait
        """)
        adopt = ["position", "adopt", "v2", "flash", "--qty", "0.001", "--cost", "900000"]
        refused = bob.run(*adopt)
        check(refused.code == 64 and "--yes" in refused.stderr, refused.stderr)
        bob.ctl(*adopt, "--yes")
        bob.ctl("vault", "pause", "v2")
        bob.ctl("replay", "run", "--account", "a2", "--until", at(8), "--wait")
        check(of_level(daemon, "daemon", "max_daily_loss")["standing"] == "free", "what bob said counts")
        run_until(daemon, FALLEN)
        row = of_level(daemon, "daemon", "max_daily_loss")
        check(row["standing"] == "latched" and row["tripped"].startswith("lost "), row)
        check(any("lost " in text for text in told(daemon.admin)), "the admin is not told the figures")
        texts = told(bob)
        check(texts and not any("lost " in text for text in texts), "bob reads the figures of all:", texts)
        check(any("ask an admin" in text for text in texts), "nobody tells bob what to do:", texts)
        daemon.ctl("resume")


def who_sets_and_ends_caps(vaultd, vaultctl):
    """Caps are set by their owner. An admin and a moderator end what a member's cap blocks."""
    with Daemon(vaultd, vaultctl) as daemon:
        bob = daemon.user("bob")
        rows = daemon.ctl("risk", "set", "max_daily_loss_on_trip=all")
        check([(row["of"], row["limit"], row["blocks"]) for row in rows] == [("alice", "off", "all")], rows)
        check(daemon.run("risk", "set", "--user", "bob", "max_daily_loss=5").code == 77, "alice sets bob's")
        bob.ctl("risk", "set", "max_daily_loss=5")
        daemon.ctl("resume", "--user", "bob")
        daemon.user("carol", "moderator").ctl("resume", "--user", "bob")
        check(bob.run("resume", "--user", "alice").code == 4, "bob resumes alice's")


def every_cap(vaultd, vaultctl):
    for level in LEVELS:
        for on_trip in ON_TRIP:
            print(f"{level:7} {on_trip:10} {trips(vaultd, vaultctl, level, on_trip)}")
    a_member_under_the_daemons_cap(vaultd, vaultctl)
    who_sets_and_ends_caps(vaultd, vaultctl)


main(every_cap)
