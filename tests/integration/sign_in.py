"""Signing in as people do it with vaultctl: the first admin, a first password that has to be changed,
sessions that are listed and ended, users who are kept out, a second factor that the configuration asks
for, and recovery codes.
"""

import json

from private_daemon import ADMIN, PASSWORD, Authenticator, Daemon, User, check, main


def ended(done, code, *words):
    """It ended with that code and says those words."""
    check(done.code == code, done.args[1:], "ended with", done.code, "not", code, done.stdout, done.stderr)
    for word in words:
        check(word in done.stdout + done.stderr, done.args[1:], "does not say", repr(word), "but", done.stderr)


def first_admin(daemon):
    """The daemon's own user may make one admin and nothing else, and only once."""
    root = User(daemon, "root")
    ended(root.run("status"), 77, "AUTH_REQUIRED", "vaultctl login")
    ended(root.run("user", "create", "bob", "--role", "member", "--password-file", daemon.password), 77,
          "the first user is an admin")
    ended(root.run("user", "create", ADMIN, "--role", "admin"), 65, "--password-file")
    check(root.ctl("whoami")["kind"] == "last_resort", root.ctl("whoami"))
    daemon.sign_up()
    ended(root.run("user", "create", "eve", "--role", "admin", "--password-file", daemon.password), 77,
          "AUTH_REQUIRED")
    check([user["name"] for user in daemon.ctl("user", "list")] == [ADMIN], "more than one user")


def first_password(daemon):
    """Whoever got a password from somebody else may do nothing before it is changed."""
    first, own = daemon.secret_file("first", "brown kettle 9 mountain"), daemon.password
    daemon.ctl("user", "create", "carol", "--role", "member", "--password-file", first)
    carol = User(daemon, "carol")
    login = carol.run("login", "carol", "--password-file", first)
    ended(login, 0, "change your password first")
    ended(carol.run("vault", "list"), 77, "your password has to be changed first", "vaultctl passwd")
    check(carol.ctl("whoami")["must"] == ["change_password"], "nothing is due")
    carol.ctl("passwd", "--password-file", first, "--new-password-file", own)
    check(carol.ctl("vault", "list") == [] and carol.ctl("whoami")["must"] == [], "it is still due")
    ended(User(daemon, "tablet").run("login", "carol", "--password-file", first), 77, "is wrong")
    return carol


def sessions(daemon, carol):
    """Each is on its own; whoever ends one ends no other, and a new password ends all others."""
    phone = User(daemon, "phone")
    phone.ctl("login", "carol", "--password-file", daemon.password)
    listed = carol.ctl("session", "list")
    check([row["current"] for row in listed] == [True, False], listed)
    check([row["current"] for row in phone.ctl("session", "list")] == [False, True], "on the phone")
    stolen = phone.token()
    ended(carol.run("session", "revoke", listed[1]["id"]), 0)
    with daemon.wire(token=stolen) as wire:
        wire.ask("vault.list")
        check(wire.line()["error"]["data"]["code"] == "AUTH_REQUIRED", "a revoked session goes on")
    ended(phone.run("vault", "list"), 77, "has ended")
    check(phone.token() is None, "vaultctl keeps a session that has ended")
    phone.ctl("login", "carol", "--password-file", daemon.password)
    other = daemon.secret_file("other", "green kettle 9 mountain")
    done = carol.ctl("passwd", "--password-file", daemon.password, "--new-password-file", other)
    check(len(done["ended"]) == 1 and phone.run("vault", "list").code == 77, "the phone goes on:", done)
    check(carol.ctl("vault", "list") == [], "one's own session has ended")
    carol.ctl("logout")
    ended(carol.run("logout"), 0, "nobody was signed in")
    carol.ctl("login", "carol", "--password-file", other)
    return other


def kept_out(daemon, carol, password):
    daemon.ctl("user", "disable", "carol")
    ended(carol.run("vault", "list"), 77, "AUTH_REQUIRED")
    ended(carol.run("login", "carol", "--password-file", password), 77, "disabled")
    daemon.ctl("user", "enable", "carol")
    carol.ctl("login", "carol", "--password-file", password)


def configure(daemon, security):
    text = daemon.config.read_text().split("security:\n")[0]
    daemon.config.write_text(text + "security:\n" + security)
    daemon.ctl("config", "reload")


def closed_registration(daemon):
    configure(daemon, "  registration: closed\n")
    ended(User(daemon, "dave").run("register", "dave", "--password-file", daemon.password), 77,
          "nobody can register here")
    check(len(daemon.ctl("user", "list")) == 2, "dave is there")


def second_factor(daemon):
    """Asked of everybody: first the app, then the rest; a recovery code signs in without it, once."""
    configure(daemon, "  second_factor: required\n")
    ended(daemon.run("vault", "list"), 77, "asks everybody for a second factor", "mfa enroll")
    secret = daemon.ctl("mfa", "enroll", "--password-file", daemon.password)["secret"]
    ended(daemon.run("vault", "list"), 77, "mfa enroll")
    code = daemon.secret_file("code", Authenticator(secret).code())
    codes = daemon.ctl("mfa", "confirm", "--code-file", code)["recovery_codes"]
    check(daemon.ctl("vault", "list") == [], "it is still asked for")
    ended(daemon.run("mfa", "verify", "--code-file", code), 77, "was used before")
    daemon.ctl("mfa", "verify", "--code-file", daemon.secret_file("code", codes[1]))
    ended(daemon.run("mfa", "disable"), 1, "asks everybody", "security.")
    login = ["login", ADMIN, "--password-file", daemon.password]
    tablet = User(daemon, "tablet")
    ended(tablet.run(*login), 77, "MFA_REQUIRED", "--code-file")
    recovery = daemon.secret_file("recovery", codes[0])
    tablet.ctl(*login, "--code-file", recovery)
    ended(User(daemon, "laptop").run(*login, "--code-file", recovery), 77, "was used before")
    check(tablet.ctl("mfa", "status")["recovery_codes_left"] == len(codes) - 2, "codes left")
    text = json.dumps(daemon.ctl("audit", "list", "--limit", "10000")) + daemon.log.read_text()
    for word in (PASSWORD, secret, *codes, tablet.token()):
        check(word not in text, "a secret is in the trail or the log")


def people(vaultd, vaultctl):
    with Daemon(vaultd, vaultctl, signed_in=False) as daemon:
        first_admin(daemon)
        carol = first_password(daemon)
        password = sessions(daemon, carol)
        kept_out(daemon, carol, password)
        closed_registration(daemon)
        made = ["token", "create", "once", "--methods", "status", "--idem-key", "only-once"]
        daemon.ctl(*made)
        ended(daemon.run(*made), 5, "REPLY_NOT_REPEATABLE")
        daemon.stop()
        daemon.start()  # sessions outlive it, and tries are counted anew
        ended(daemon.run(*made), 5, "REPLY_NOT_REPEATABLE")  # the store alone knows it now
        check(len(daemon.ctl("token", "list")) == 1, "a repeated call made another token")
        second_factor(daemon)
        daemon.stop()
    print("people sign in, are kept out and show a second factor")


if __name__ == "__main__":
    main(people)
