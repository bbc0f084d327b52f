"""Risk caps of a sleeve, a vault, a user and the whole daemon on a real vaultd that is killed.

For each level and each thing that a trip can block: a position is opened on candles of our own, the price
falls, the cap trips, the daemon is killed with SIGKILL and started again. Then the cap must still be
latched with the same arithmetic, the sleeve do what the cap says, why-not-trading name the level, and the
very remedy that it recommends let the vault trade again.
"""

import json
import shlex

from falling_market import LEVELS, PRICES, kill, run_until, set_caps, set_up
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
        done = daemon.run(*words[1:])
        check(words[0] == "vaultctl" and done.code == 0, blocked["remedy"], done.stderr)
        check(of_level(daemon, level, "max_daily_loss")["standing"] != "latched", "still latched")
        check(why(daemon) is None, "still in the way:", why(daemon))
        kill(daemon)
        check(why(daemon) is None, "in the way again:", why(daemon))
        run_until(daemon, END)
        bought = len(daemon.ctl("order", "list", "--vault", "v1")) > orders
        check(bought == (on_trip == "liquidate"), "buys after the resume:", bought)
        return before["arithmetic"]


def every_cap(vaultd, vaultctl):
    for level in LEVELS:
        for on_trip in ON_TRIP:
            print(f"{level:7} {on_trip:10} {trips(vaultd, vaultctl, level, on_trip)}")


main(every_cap)
