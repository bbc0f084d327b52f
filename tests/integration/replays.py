"""Ten thousand frames that were sent before are sent again, byte for byte: none has an effect.

Lines of an admin and of a user that changed something (with their tokens and idempotency keys in them) are
recorded, and then repeated: on the same connection, on new ones, after the session has ended, and from a
process of another uid. A repeated command is answered as it was the first time, or refused; whatever else
happens, books, lists and trail stay as they were.
"""

import collections
import json
import os
import random
import time

from matrix import connect_as
from private_daemon import Daemon, Wire, check, main

FRAMES = 10_000
SEED = int(os.environ.get("VAULT_SEED", time.time_ns() % 1_000_000))
OTHER_UID = 4242

BEGINNING = """
account add --exchange paper
bob: account add --exchange paper
"""

# Of alice and of bob; each may be done once.
ALICE = [("vault.create", {"account": "a1", "asset": "USDT", "balance": "10000"}),
         ("vault.set_tradeable", {"vault": "v1", "amount": "5000"}),
         ("vault.allocate", {"vault": "v1", "quiet": "1000", "flash": "1000"}),
         ("account.deposit", {"account": "a1", "asset": "USDT", "amount": "7"}),
         ("key.add", {"account": "a1", "api_key": "paper-alice", "secret": "any"}),
         ("user.create", {"name": "dave", "role": "member"}),
         ("secrets.rotate", {"what": "data-keys"}),
         ("vault.pause", {"vault": "v1"}), ("vault.resume", {"vault": "v1"}),
         ("token.create", {"label": "nightly", "methods": ["report.*"]})]
BOB = [("account.deposit", {"account": "a2", "asset": "USDT", "amount": "11"}),
       ("vault.create", {"account": "a2", "asset": "USDT", "balance": "500"}),
       ("passwd", {"password": "purple kettle 9 mountain", "new_password": "green kettle 9 mountain"})]


def frame(method, params, token, key):
    return json.dumps({"jsonrpc": "2.0", "id": 7, "method": method, "params": params,
                       "meta": {"token": token, "idem_key": key}}).encode() + b"\n"


def recorded(daemon):
    frames = []
    for user, calls in (("alice", ALICE), ("bob", BOB)):
        token = daemon.users[user].token()
        with daemon.wire() as wire:
            for n, (method, params) in enumerate(calls):
                frames.append(frame(method, params, token, f"{user}-{n}"))
                wire.send(frames[-1])
                reply = wire.line()
                check("result" in reply, method, "was refused the first time:", reply)
    return frames


def picture(daemon):
    """All that a frame could have changed."""
    lists = {line: daemon.ctl(*line.split()) for line in (
        "account show a1", "account show a2", "vault list", "user list", "token list", "key list",
        "ledger list v1 --limit 1000", "ledger list v2 --limit 1000", "secrets show")}
    trail = daemon.ctl("audit", "list", "--outcome", "applied", "--limit", "10000")
    lists["trail"] = [row for row in trail if row["action"] not in ("login", "logout")]
    return lists


def wire_of(daemon, uid):
    if os.geteuid() != 0 or uid == os.geteuid():
        return Wire(daemon.socket)
    wire = Wire.__new__(Wire)
    wire.socket = connect_as(daemon.socket, uid)
    wire.socket.settimeout(30.0)
    wire.rest, wire.next_id, wire.token = b"", 1, None
    wire.call("hello", {"protocol": {"min": 1, "max": 1}, "client": "replay 1"})
    return wire


def sent_again(daemon, frames, dice, count, uid, outcomes, where):
    wire = wire_of(daemon, uid)
    for n in range(count):
        if n % 500 == 499:
            wire.close()
            wire = wire_of(daemon, uid)
        wire.send(dice.choice(frames))
        reply = wire.line()
        check(reply is not None, "no answer")
        if "result" in reply:
            check(reply["result"].get("repeated") is True, "done once more:", reply)
            outcomes[where, "answered as before"] += 1
        else:
            outcomes[where, reply["error"]["data"]["code"]] += 1
    wire.close()


def test(vaultd, vaultctl):
    dice = random.Random(SEED)
    print("seed", SEED, flush=True)
    with Daemon(vaultd, vaultctl) as daemon:
        daemon.play(BEGINNING)
        if os.geteuid() == 0:  # so that another uid can connect at all
            daemon.directory.chmod(0o711)
            daemon.socket.chmod(0o666)
        frames = recorded(daemon)
        before = picture(daemon)
        outcomes = collections.Counter()
        sent_again(daemon, frames, dice, FRAMES // 2, os.geteuid(), outcomes, "same uid")
        sent_again(daemon, frames, dice, FRAMES // 4, OTHER_UID, outcomes, "another uid")
        check(picture(daemon) == before, "a repeated frame has changed something")
        daemon.users["bob"].ctl("logout")
        daemon.ctl("logout")
        sent_again(daemon, frames, dice, FRAMES // 4, os.geteuid(), outcomes, "after logout")
        daemon.admin.sign_in()
        check(picture(daemon) == before, "a repeated frame has changed something after the logout")
        for where in ("after logout", "another uid") if os.geteuid() == 0 else ("after logout",):
            codes = {code for place, code in outcomes if place == where}
            check(codes <= {"AUTH_REQUIRED", "RATE_LIMITED"}, where, codes)
        print(json.dumps({f"{where}: {code}": n for (where, code), n in sorted(outcomes.items())}))


main(test)
