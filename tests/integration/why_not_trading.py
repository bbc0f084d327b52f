"""A vault that nothing lets trade, and an operator who knows one command: why-not-trading.

Everything that can stand in the way is put there. Then only what the answer itself recommends is done,
one remedy after the other, until it says that trading is possible; and the vault trades.
"""

import json
import shlex
import time

from private_daemon import Daemon, check, main

SCENE = """
account add --exchange paper
vault create --account a1 --asset USDT --balance 1000
sleeve pause v1 quiet --why 'a look at it'
sleeve pause v1 flash
vault pause v1 --why 'news day'
halt --why 'drill'
"""

# The order in which a walk from the daemon to the sleeve meets them.
WANTED = ["daemon", "vault", "tradeable", "pairs", "price", "price", "replay", "sleeve", "allocation"]


def ask(daemon, *words):
    done = daemon.run("why-not-trading", "v1", *words)
    told = daemon.run("why-not-trading", "v1", *words, "--json")
    told = json.loads(told.stdout)["data"]
    check(done.code == (0 if told["ok"] else 3), "exit", done.code, told)
    failed = [row for row in told["checks"] if not row["ok"]]
    for row in told["checks"]:
        check(bool(row["remedy"]) == (not row["ok"]), "remedy of", row)
    if not told["ok"]:
        check(failed and told["blocked_by"] == failed[0]["name"] and
              told["remedy"] == failed[0]["remedy"], "the first:", told)
        check(f"blocked by  {told['blocked_by']}" in done.stdout, done.stdout)
    return told


def follow(daemon, remedy):
    words = shlex.split(remedy.replace("AMOUNT", "500"))
    check(words[0] == "vaultctl", "no command:", remedy)
    if words[1:3] == ["replay", "start"]:
        words += ["--speed", "36000", "--days", "365"]  # slow enough to be seen running
    done = daemon.run(*words[1:])
    check(done.code == 0, remedy, "ended with", done.code, done.stderr)


def every_obstacle(vaultd, vaultctl):
    with Daemon(vaultd, vaultctl) as daemon:
        for line in filter(None, SCENE.splitlines()):
            done = daemon.run(*shlex.split(line))
            check(done.code == 0, line, done.stderr)
        met = []
        while not (told := ask(daemon, "flash"))["ok"]:
            met.append(told["blocked_by"])
            check(len(met) < 20, "no end:", met, told)
            follow(daemon, told["remedy"])
            if met[-1] in ("price", "replay"):
                time.sleep(0.3)  # the first price
        # The first tick comes when it comes: a start and a run may each be asked for once.
        thinned = [name for i, name in enumerate(met) if i == 0 or met[i - 1] != name]
        wanted = [name for i, name in enumerate(WANTED) if i == 0 or WANTED[i - 1] != name]
        check([name for name in thinned if name not in ("replay", "decision")] ==
              [name for name in wanted if name != "replay"], "met", met)
        both = ask(daemon)
        check(both["ok"], "one sleeve that can trade is enough:", both)
        check(any(row["of"] == "v1.quiet" and not row["ok"] for row in both["checks"]), both)
        check(not ask(daemon, "quiet")["ok"], "quiet is still paused")
        until = time.monotonic() + 20
        while not daemon.ctl("trade", "list", "--vault", "v1", "--sleeve", "flash"):
            check(time.monotonic() < until, "it said that it trades, but it does not")
            time.sleep(0.1)
        daemon.ctl("replay", "stop", "--account", "a1")
        check(ask(daemon, "flash")["blocked_by"] == "replay", "after a stop")
        print("followed", len(met), "remedies:", ", ".join(met))


main(every_obstacle)
