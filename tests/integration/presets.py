"""Presets and the settings of a sleeve, as their owner meets them on the command line.

A position is opened, its sleeve is set otherwise, and the daemon is killed: what the position keeps
is shown, is what it is sold by, and ends with it. Presets are made, compared, applied and removed;
other users neither see nor change them; the history says who set what, and why.
"""

import json

from private_daemon import Daemon, check, main

SCENE = """
account add --exchange paper
vault create --account a1 --asset USDT --balance 10000
vault pairs v1 --add ETH/USDT
vault set-tradeable v1 10000
vault allocate v1 --flash 5000
replay start synthetic --account a1 --seed 7 --days 60
"""


def lines(daemon, text):
    for line in filter(None, text.splitlines()):
        daemon.ctl(*line.split())


def open_position(daemon):
    """Runs the replay on until flash holds coins."""
    for day in range(2, 60):
        for hour in range(0, 24, 2):
            until = f"2024-{1 + (day - 1) // 31:02}-{(day - 1) % 31 + 1:02}T{hour:02}:00:00Z"
            daemon.ctl("replay", "run", "--account", "a1", "--until", until, "--wait")
            position = [row for row in daemon.ctl("position", "list", "--vault", "v1") if row["state"] == "open"]
            if position:
                return position[0]
    raise AssertionError("no position was opened in 60 days")


def kill_and_start(daemon):
    daemon.process.kill()
    daemon.process.wait()
    daemon.start()


def shown(daemon, key):
    settings = daemon.ctl("sleeve", "show", "v1", "flash")["settings"]
    return next(row["value"] for row in settings if row["key"] == key)


def kept_exits(vaultd, vaultctl):
    with Daemon(vaultd, vaultctl) as daemon:
        lines(daemon, SCENE)
        position = open_position(daemon)
        check(position["kept_exits"] == {}, "nothing was changed yet:", position)
        tried = daemon.run("preset", "apply", "quiet", "v1", "flash", "--dry-run")
        check(tried.code == 0, tried.stderr)
        check(shown(daemon, "stop_loss") == "0.016", "a dry run changed it")
        daemon.ctl("preset", "apply", "quiet", "v1", "flash", "--why", "fewer trades")
        wanted = {"stop_first": "false", "stop_loss": "0.016", "trail_arm": "0.001", "trail_drop": "0",
                  "trail_reset": "0"}
        kept = daemon.ctl("position", "list", "--vault", "v1")[0]["kept_exits"]
        check(kept == wanted, "kept", kept, "instead of", wanted)
        check(shown(daemon, "stop_loss") == "0.05", "the sleeve has the new one")
        kill_and_start(daemon)
        check(daemon.ctl("position", "list", "--vault", "v1")[0]["kept_exits"] == wanted,
              "a kill forgot what the position keeps")
        table = daemon.run("position", "show", "v1", "flash").stdout
        check("ETH/USDT" in table, table)
        daemon.ctl("sleeve", "set", "v1", "flash", "cooldown=5h", "--apply-to-open", "--why", "sure")
        check(daemon.ctl("position", "list", "--vault", "v1")[0]["kept_exits"] == {}, "--apply-to-open kept some")
        told = daemon.ctl("sleeve", "history", "v1", "flash")
        check({(row["why"], row["action"], row["by"]) for row in told} ==
              {("fewer trades", "preset.apply", "alice"), ("sure", "sleeve.set", "alice")}, told)
        changes = {row["key"]: (row["from"], row["to"]) for row in told if row["why"] == "fewer trades"}
        check(changes["preset"] == ("flash", "quiet") and changes["stop_loss"] == ("0.016", "0.05"), changes)
        sure = {row["key"]: (row["from"], row["to"]) for row in told if row["why"] == "sure"}
        check(sure == {"cooldown": ("4h", "5h"), "ETH/USDT stop_first": ("false", "true"),
                       "ETH/USDT stop_loss": ("0.016", "0.05"), "ETH/USDT trail_arm": ("0.001", "0.01"),
                       "ETH/USDT trail_drop": ("0", "0.03"), "ETH/USDT trail_reset": ("0", "-1")}, sure)
        trail = daemon.ctl("audit", "list", "--action", "preset.apply")[-1]["message"]
        check("open ETH/USDT keeps stop_loss 0.016" in trail, trail)
        last = daemon.ctl("sleeve", "history", "v1", "flash", "--limit", "1")
        check({row["why"] for row in last} == {"sure"}, last)
        check(daemon.ctl("sleeve", "history", "v1", "quiet") == [], "quiet was never set")
        check(daemon.run("ledger", "verify", "--all").code == 0, "the books")
        check(daemon.run("audit", "verify").code == 0, "the trail")


def presets_of_users(vaultd, vaultctl):
    with Daemon(vaultd, vaultctl) as daemon:
        lines(daemon, SCENE)
        bob = daemon.user("bob")
        daemon.ctl("sleeve", "set", "v1", "flash", "max_position=900", "cooldown=2h")
        made = daemon.ctl("preset", "create", "mine", "--vault", "v1", "--sleeve", "flash", "spike=1.02",
                          "--note", "of v1")
        differs = {row["key"]: row["value"] for row in made["settings"] if not row["default"]}
        check(differs == {"cooldown": "2h", "spike": "1.02"} and made["base"] == "flash", made)
        diff = daemon.ctl("preset", "diff", "mine", "flash")
        check([(row["key"], row["value"], row["other"]) for row in diff] ==
              [("spike", "1.02", "1.0125"), ("cooldown", "2h", "0s")], diff)
        diff = daemon.ctl("preset", "diff", "mine", "--vault", "v1", "--sleeve", "flash")
        check([row["key"] for row in diff] == ["spike"], diff)
        check({row["name"] for row in bob.ctl("preset", "list")} == {"quiet", "flash"}, "bob sees alice's")
        check(bob.run("preset", "show", "mine").code == 4, "bob was shown alice's")
        bob.ctl("preset", "create", "mine", "--from", "quiet")  # names are each user's own
        both = daemon.ctl("preset", "list")
        check([(row["name"], row["user"]) for row in both] ==
              [("quiet", None), ("flash", None), ("mine", "alice"), ("mine", "bob")], both)
        check(daemon.ctl("preset", "show", "mine", "--user", "bob")["base"] == "quiet", "an admin sees bob's")
        check(bob.run("preset", "apply", "quiet", "v1", "flash").code == 4, "bob set alice's sleeve")
        daemon.ctl("preset", "apply", "mine", "v1", "flash")
        sleeve = daemon.ctl("sleeve", "show", "v1", "flash")
        check(sleeve["preset"] == "mine" and shown(daemon, "max_position") == "900",
              "applying a preset must leave the caps:", sleeve)
        daemon.ctl("preset", "remove", "mine")
        kill_and_start(daemon)
        check(shown(daemon, "spike") == "1.02", "a sleeve lost what its preset had set")
        check(daemon.run("preset", "show", "mine").code == 4, "it was removed")
        check(bob.ctl("preset", "show", "mine")["base"] == "quiet", "bob's went along")
        screen = daemon.run("preset", "list").stdout
        check("quiet" in screen and "bob" in screen, screen)
        trail = daemon.ctl("audit", "list", "--action", "preset.*")
        check([row["action"] for row in trail if row["outcome"] == "applied"] ==
              ["preset.create", "preset.create", "preset.apply", "preset.remove"], json.dumps(trail))


def both(vaultd, vaultctl):
    kept_exits(vaultd, vaultctl)
    presets_of_users(vaultd, vaultctl)


main(both)
