"""A guesser who tries 100,000 passwords as fast as the daemon answers.

It has one uid, knows the user's name and asks over many connections at once. What counts is how many
of its guesses are checked at all, that nothing it does locks the user out who sits elsewhere, and that
others are answered meanwhile. Then ten more uids guess, which had never signed in to the account.
"""

import json
import os
import threading
import time

from matrix import connect_as
from private_daemon import PASSWORD, Daemon, Skipped, Wire, check, main

GUESSES = 100_000
AT_ONCE = 16  # of one connection
CONNECTIONS = 4
GUESSER, HONEST, STRANGERS = 61700, 61701, range(61710, 61720)


def wire_as(daemon, uid):
    wire = Wire.__new__(Wire)
    wire.socket = connect_as(daemon.socket, uid)
    wire.socket.settimeout(60.0)
    wire.rest, wire.next_id, wire.token = b"", 1, None
    wire.call("hello", {"protocol": {"min": 1, "max": 1}, "client": "guesser 1"})
    return wire


def guess(wire, first, count, codes):
    """Keeps AT_ONCE guesses under way; counts what they are answered."""
    sent = got = 0
    while got < count:
        while sent < count and sent - got < AT_ONCE:
            params = {"name": "alice", "password": f"a guess that is wrong {first + sent}"}
            wire.ask("login", params, idem_key=f"g-{first + sent}")
            sent += 1
        reply = wire.line()
        check("error" in reply, "a guess opened:", reply)
        code = reply["error"]["data"]["code"]
        codes[code] = codes.get(code, 0) + 1
        got += 1


def checked(daemon):
    """Guesses at alice that were checked, as the trail has them."""
    rows = daemon.ctl("audit", "list", "--action", "login", "--outcome", "refused", "--limit", "10000")
    return [row for row in rows if "name or the password is wrong" in row["message"]]


def honest_sign_in(daemon):
    with wire_as(daemon, HONEST) as wire:
        begun = time.monotonic()
        wire.call("login", {"name": "alice", "password": PASSWORD}, idem_key=f"honest-{begun}")
        return time.monotonic() - begun


def test(vaultd, vaultctl):
    if os.geteuid() != 0:
        raise Skipped("needs root, for callers of several uids")
    with Daemon(vaultd, vaultctl, control="  mode: 0666\n") as daemon:
        os.chmod(daemon.directory, 0o711)
        honest_sign_in(daemon)  # this uid is known to the account from now on
        codes = [{} for _ in range(CONNECTIONS)]
        wires = [wire_as(daemon, GUESSER) for _ in range(CONNECTIONS)]
        share = GUESSES // CONNECTIONS
        threads = [threading.Thread(target=guess, args=(wire, number * share, share, codes[number]))
                   for number, wire in enumerate(wires)]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        waits = []
        while any(thread.is_alive() for thread in threads):
            waits.append(honest_sign_in(daemon))
            check(len(waits) < 15, "the guesser takes too long for the honest user's share of tries")
            time.sleep(4)
        took = time.monotonic() - begun
        for thread in threads:
            thread.join()
        answered = {code: sum(part.get(code, 0) for part in codes) for part in codes for code in part}
        check(sum(answered.values()) == GUESSES, "guesses without an answer:", answered)
        tried = len(checked(daemon))
        check(1 <= tried <= 40, tried, "guesses of one uid were checked")
        check(waits, "the honest user had no turn")
        for uid in STRANGERS:
            with wire_as(daemon, uid) as wire:
                guess(wire, 10 ** 6 + uid * 100, 30, {})
        total = len(checked(daemon))
        check(total <= 100, total, "guesses were checked in a day")
        honest_sign_in(daemon)
        print(json.dumps({"guesses": GUESSES, "per_second": round(GUESSES / took), "checked_of_one_uid": tried,
                          "checked_of_all": total, "honest_sign_ins": len(waits),
                          "slowest_of_them_s": round(max(waits), 2), "answers": answered}))


if __name__ == "__main__":
    main(test)
