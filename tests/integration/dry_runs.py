"""A dry run says what would be, that it is one, and never that it is durable; and it changes nothing.

Every hold is rehearsed at every level before it is done, and a few other changes; a vault that was made
before its account's first price has a time.
"""

from private_daemon import Daemon, check, main

NOTE = "a dry run: shown as it would be, nothing was changed"

SCENE = """
account add --exchange paper
vault create --account a1 --asset USDT --balance 1000
vault pairs v1 --add ETH/USDT
vault set-tradeable v1 900
vault allocate v1 --quiet 400 --flash 400
"""

HOLDS = [("vault.pause", {"vault": "v1"}), ("vault.resume", {"vault": "v1"}),
         ("sleeve.pause", {"vault": "v1", "sleeve": "flash"}),
         ("sleeve.resume", {"vault": "v1", "sleeve": "flash"}), ("halt", {}), ("resume", {})]

OTHERS = [("user.create", {"name": "bob", "role": "member"}),
          ("key.add", {"account": "a1", "api_key": "paper-alice", "secret": "any"}),
          ("key.rotate", {"key": "k1", "api_key": "paper-alice+key=2", "secret": "any"}),
          ("key.policy", {"vault": "v1", "policy": "pinned", "key": "k2"}),
          ("secrets.rotate", {"what": "data-keys"}), ("secrets.rotate", {"what": "master-key"}),
          ("secrets.escrow", {"passphrase": "five words nobody puts together"}),
          ("key.retire", {"key": "k2"}), ("key.remove", {"key": "k2"}),
          ("account.deposit", {"account": "a1", "asset": "USDT", "amount": "5"}),
          ("vault.set_tradeable", {"vault": "v1", "amount": "950"}),
          ("vault.release", {"vault": "v1", "amount": "100"})]


def reply(wire, method, params, **meta):
    number = wire.ask(method, params, **meta)
    line = wire.line()
    check(line["id"] == number and "result" in line, method, params, line)
    return line["result"]


def everything(wire):
    return [wire.call(method) for method in ("user.list", "account.list", "vault.list", "sleeve.list",
                                                "key.list")]


def rehearsed(wire, method, params):
    before = everything(wire)
    result = reply(wire, method, params, idem_key=f"dry-{method}.{params.get('what', '')}", dry_run=True)
    check(result["dry_run"] is True and result["effect"] == "none", method, result)
    check(NOTE in result["warnings"], method, result["warnings"])
    check(everything(wire) == before, method, "changed something in a dry run")
    return result["data"]


def check_holds(wire):
    for method, params in HOLDS:
        dry = rehearsed(wire, method, params)
        check((dry["changed"], dry["durable"], dry["dry_run"]) == (True, False, True), method, dry)
        real = reply(wire, method, params, idem_key=f"real-{method}")["data"]
        check((real["changed"], real["dry_run"]) == (True, False), method, real)
        check(real["state"] == dry["state"] and real["sleeves"] == dry["sleeves"], method, dry, real)


def every_dry_run(vaultd, vaultctl):
    with Daemon(vaultd, vaultctl) as daemon, daemon.wire() as wire:
        daemon.play(SCENE)
        vault = daemon.ctl("vault", "show", "v1")
        check(vault["created_at"], "a vault without a time:", vault)
        check_holds(wire)
        for method, params in OTHERS:
            rehearsed(wire, method, params)
            result = reply(wire, method, params, idem_key=f"real-{method}.{params.get('what', '')}")
            check(NOTE not in result["warnings"] and result["effect"] == "applied", method, result)
        daemon.ctl("replay", "start", "synthetic", "--account", "a1", "--seed", "7", "--days", "1")
        later = daemon.ctl("vault", "show", "v1")
        check(later["created_at"] == vault["created_at"], "created anew:", later, vault)


main(every_dry_run)
