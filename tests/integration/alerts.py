"""Alerts, from what happens in a vault to a real receiver on the loopback.

Every receiver checks signatures as vaultd(8) says. They fail with 500s, hang, cut the connection, answer
garbage, redirect, flood, and show certificates that are not to be trusted; the daemon is killed between
event and delivery, and between delivery and its booking. Nothing may be lost, nothing may be told twice
under different ids, and `alert list` must say what became of each.
"""

import json
import random
import time

from alert_receivers import Authority, Receiver
from private_daemon import Daemon, check, main

SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

SCENE = """
account add --exchange paper
vault create --account a1 --asset USDT --balance 1000
vault set-tradeable v1 900
vault allocate v1 --quiet 400 --flash 400
"""


def target(name, url, **more):
    fields = {"name": name, "url": f'"{url}"', **more}
    return "{" + ", ".join(f"{key}: {value}" for key, value in fields.items()) + "}"


def configure(daemon, *targets, **more):
    keys = {"retry_after": "200ms", "repeat_after": "0s", **more}
    lines = "".join(f"  {key}: {value}\n" for key, value in keys.items())
    lines += "".join(f"    - {one}\n" for one in targets)
    text = daemon.config.read_text().split("alerts:\n")[0]
    lines = lines.replace("    - ", "  targets:\n    - ", 1)
    daemon.config.write_text(f"{text}alerts:\n{lines}")
    if daemon.process and daemon.process.poll() is None:
        daemon.ctl("config", "reload", "--wait")


def correct(daemon, reason):
    """Something that asks for attention: a warning about v1, kind entry_corrected. Makes 3 events of
    which one is an alert."""
    daemon.ctl("account", "deposit", "a1", "USDT", "1")
    entry = daemon.ctl("ledger", "list", "v1")[-1]["seq"]
    daemon.ctl("ledger", "correct", "v1", "--reverses", str(entry), "--reason", reason)


def alarm(daemon):
    """A critical alert: an API key that expires soon."""
    daemon.alarms = getattr(daemon, "alarms", 0) + 1
    soon = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 2 * 86400))
    key = daemon.secret_file("alarm.key", f"paper-alarm+key={daemon.alarms}+expires={soon}")
    daemon.ctl("key", "add", "--account", "a1", "--api-key-file", str(key), "--secret-file", str(key))


def alerts(daemon, *words):
    return daemon.ctl("alert", "list", "--all", *words)


def until(daemon, holds, what, limit=60.0):
    end = time.monotonic() + limit
    while True:
        rows = alerts(daemon)
        if holds(rows):
            return rows
        check(time.monotonic() < end, what, "- after", limit, "s:", json.dumps(rows)[-3000:])
        time.sleep(0.1)


def states(rows, name):
    return [one["state"] for row in rows for one in row["deliveries"] if one["target"] == name]


def all_over(name):
    return lambda rows: rows and all(state != "pending" for state in states(rows, name))


def kill(daemon):
    daemon.process.kill()
    daemon.process.wait()


def test_of(daemon, name, code):
    done = daemon.run("alert", "test", name, "--json")
    check(done.code == code, "alert test", name, "ended with", done.code, done.stdout, done.stderr)
    return json.loads(done.stdout)["data"]


def nobody_to_tell(daemon):
    daemon.play(SCENE)
    alarm(daemon)
    rows = alerts(daemon)
    check([row["kind"] for row in rows if row["severity"] == "critical"] == ["api_key"],
          "no alert was kept:", rows)
    check(all(row["deliveries"] == [] for row in rows), "told somebody:", rows)
    done = daemon.run("alert", "test")
    check(done.code == 4 and "alerts.targets" in done.stderr, done.code, done.stderr)


def signed_and_told_once(daemon, receiver):
    outcome = test_of(daemon, "ops", 0)
    check(outcome["ok"] and outcome["deliveries"][0]["state"] == "delivered", outcome)
    alarm(daemon)
    rows = until(daemon, all_over("ops"), "an alert is not delivered")
    check(set(states(rows, "ops")) == {"delivered"}, rows)
    got = receiver.until(lambda got: len(got) >= 2, "no message came")
    check(all(one["signed"] for one in got), "a signature is wrong:", got)
    check(all(one["method"] == "POST" and one["path"] == "/hook?x=1" for one in got), got)
    kinds = [alert["kind"] for alert in receiver.alerts()]
    check(kinds == ["alert_test", "api_key"], "told:", kinds)
    alert = receiver.alerts()[1]
    check(alert["subject"] == "k2" and alert["user"] == "alice" and alert["severity"] == "critical", alert)
    check("vaultctl key rotate k2" in alert["next"], "does not say what to do:", alert)
    said = daemon.log.read_text() + json.dumps(rows) + json.dumps(daemon.ctl("config", "show"))
    check(SECRET not in said, "the secret is shown")


def failures(daemon, receiver):
    """Each failure is told with what is wrong, and what failed is delivered once that is over."""
    words = {"500": "answered 500", "redirect": "redirects are not followed", "cut": "its answer",
             "garbage": "its answer", "flood": "its answer"}
    for mood, word in words.items():
        receiver.mood = mood
        outcome = test_of(daemon, "ops", 3)
        check(outcome["ok"] is False and word in outcome["deliveries"][0]["problem"], mood, outcome)
        check(outcome["deliveries"][0]["state"] == "given_up", "a test is tried again:", outcome)
    check(not any(one["path"] == "/elsewhere" for one in receiver.got), "a redirect was followed")
    before = len(receiver.alerts("ok"))
    receiver.mood = "500"
    correct(daemon, "a try")
    tried = lambda rows: any(one["tries"] >= 3 for row in rows for one in row["deliveries"])
    rows = until(daemon, tried, "what failed is not tried again")
    check("answered 500" in json.dumps(rows), rows)
    receiver.mood = "ok"
    until(daemon, all_over("ops"), "what had failed is not delivered")
    told = receiver.alerts("ok")[before:]
    check([alert["kind"] for alert in told] == ["entry_corrected"], "told:", told)
    tries = [alert["delivery"] for alert in receiver.alerts() if alert["kind"] == "entry_corrected"]
    check(len(set(tries)) == 1 and len(tries) >= 4, "the id changed with the try:", tries)


def hangs(daemon, receiver):
    """A receiver that says nothing costs a deadline, and holds up neither the daemon nor its end."""
    receiver.mood = "hang"
    began = time.monotonic()
    outcome = test_of(daemon, "ops", 3)
    check("took too long" in outcome["deliveries"][0]["problem"], outcome)
    check(time.monotonic() - began < 40, "alert test took", time.monotonic() - began)
    alarm(daemon)
    check(daemon.ctl("health")["state"] in ("ok", "degraded"), "no answer")
    began = time.monotonic()
    daemon.stop()
    check(time.monotonic() - began < 20, "a receiver that hangs held up the end:",
          time.monotonic() - began)
    receiver.mood = "ok"
    daemon.start()
    until(daemon, all_over("ops"), "what hung is not delivered after a restart")


def killed_before_delivery(daemon, receiver, chance):
    for number in range(5):
        before = len(receiver.alerts())
        receiver.mood = "500"
        correct(daemon, f"killed {number}")
        time.sleep(chance.uniform(0, 0.3))
        kill(daemon)
        receiver.mood = "ok"
        daemon.start()
        until(daemon, all_over("ops"), "a kill has lost an alert")
        ids = {alert["delivery"] for alert in receiver.alerts()[before:]}
        check(len(ids) == 1, "one event, but ids", ids)


def killed_before_booking(daemon, receiver):
    """The receiver has it, the daemon does not know: it comes again under the same id, and no more."""
    before = len(receiver.alerts())
    receiver.mood = "hang"
    receiver.let_go.clear()
    correct(daemon, "killed with the message on its way")
    end = time.monotonic() + 60
    while len(receiver.alerts()) == before:
        check(time.monotonic() < end, "no message came")
        time.sleep(0.05)
    kill(daemon)
    receiver.mood = "ok"
    receiver.let_go.set()
    daemon.start()
    until(daemon, all_over("ops"), "a kill has lost an alert")
    ids = [alert["delivery"] for alert in receiver.alerts()[before:]]
    check(len(ids) == 2 and len(set(ids)) == 1, "ids:", ids)


def tls(daemon, authority, secret):
    ours = authority.certificate("good", "IP:127.0.0.1", "DNS:localhost")
    others = authority.certificate("other", "DNS:elsewhere.example")
    with Receiver(SECRET.encode(), ours) as good, Receiver(SECRET.encode(), others) as wrong:
        url = f"https://localhost:{good.port}/"
        configure(daemon,
                  target("named", url, secret_file=secret, ca_file=authority.ca),
                  target("address", f"https://127.0.0.1:{good.port}/", secret_file=secret,
                         ca_file=authority.ca),
                  target("nobodys", url, secret_file=secret),
                  target("wrong", f"https://localhost:{wrong.port}/", secret_file=secret,
                         ca_file=authority.ca),
                  target("plain", f"http://127.0.0.1:{good.port}/", secret_file=secret),
                  target("noroots", url, ca_file="/no/such/file"))
        check(test_of(daemon, "named", 0)["ok"] and test_of(daemon, "address", 0)["ok"], "TLS")
        check(all(one["signed"] for one in good.got) and len(good.got) == 2, good.got)
        for name, word in (("nobodys", "not trusted"), ("wrong", "not trusted"), ("noroots", "/no/such"),
                           ("plain", "http://127.0.0.1")):
            problem = test_of(daemon, name, 3)["deliveries"][0]["problem"]
            check(word in problem, name, "failed with", problem)
        check(not wrong.got, "a message went to a host that is not the one")


def secrets_and_targets(daemon, receiver, secret):
    url = f"http://127.0.0.1:{receiver.port}/"
    secret.chmod(0o644)
    configure(daemon, target("ops", url, secret_file=secret))
    problem = test_of(daemon, "ops", 3)["deliveries"][0]["problem"]
    check("others can read it" in problem, problem)
    secret.chmod(0o600)
    check(test_of(daemon, "ops", 0)["ok"], "a secret that was mended")
    configure(daemon, target("ops", url, secret_file=secret),
              target("void", "http://127.0.0.1:1/", severity="info"))
    alarm(daemon)
    until(daemon, lambda rows: "pending" in states(rows, "void"), "no delivery to void")
    configure(daemon, target("ops", url, secret_file=secret))
    rows = until(daemon, all_over("void"), "a target that is gone is still waited for")
    check("not configured any more" in json.dumps(rows), rows)
    dry = daemon.run("alert", "test", "ops", "--dry-run", "--json")
    check(dry.code == 3 and json.loads(dry.stdout)["data"]["alert"] is None, dry.stdout, dry.stderr)


def given_up_and_seen(daemon):
    configure(daemon, target("void", "http://127.0.0.1:1/"), give_up_after="1s")
    correct(daemon, "nobody hears of it")
    rows = until(daemon, all_over("void"), "it is never given up")
    check("given_up" in states(rows, "void") and "connecting" in json.dumps(rows), rows)
    configure(daemon, target("void", "http://127.0.0.1:1/"), retry_after="1h")
    correct(daemon, "somebody sees it")
    newest = alerts(daemon)[-1]
    check(newest["deliveries"][0]["state"] == "pending", newest)
    seen = daemon.ctl("alert", "ack", newest["id"])
    check(seen[0]["seen_by"] == "alice" and seen[0]["deliveries"][0]["state"] == "given_up", seen)
    check(newest["id"] not in [row["id"] for row in daemon.ctl("alert", "list")], "it is listed still")
    daemon.ctl("alert", "ack", "--all")
    check(daemon.ctl("alert", "list") == [], "--all has left some")


def others_alerts(daemon):
    """A member sees what is his and nobody's, and not where the operator's targets are."""
    bob = daemon.user("bob")
    check(all(row["user"] == "" for row in bob.ctl("alert", "list", "--all")), "bob sees alice's")
    done = bob.run("alert", "test")
    check(done.code == 77, done.code, done.stderr)


def quiet_hours(daemon, receiver, secret):
    """All day but the minute that has just passed is quiet: only what is critical comes."""
    before = len(receiver.alerts())
    now = time.time()
    clock = lambda at: time.strftime("%H:%M", time.gmtime(at))
    quiet = f'"{clock(now - 3600)}-{clock(now - 7200)}"'
    configure(daemon, target("ops", f"http://127.0.0.1:{receiver.port}/", secret_file=secret, quiet=quiet))
    correct(daemon, "in quiet hours")
    alarm(daemon)
    until(daemon, lambda _: len(receiver.alerts()) > before, "a critical alert was held")
    configure(daemon, target("ops", f"http://127.0.0.1:{receiver.port}/", secret_file=secret))
    until(daemon, all_over("ops"), "what was held is not sent after the quiet hours")
    kinds = [alert["kind"] for alert in receiver.alerts()[before:]]
    check(kinds == ["api_key", "entry_corrected"], "told:", kinds)


def test(vaultd, vaultctl):
    chance = random.Random(7)
    with Daemon(vaultd, vaultctl) as daemon:
        nobody_to_tell(daemon)
        secret = daemon.secret_file("ops.secret", SECRET)
        with Receiver(SECRET.encode()) as receiver:
            daemon.ctl("alert", "ack", "--all")
            url = f"http://127.0.0.1:{receiver.port}/hook?x=1"
            configure(daemon, target("ops", url, secret_file=secret))
            signed_and_told_once(daemon, receiver)
            failures(daemon, receiver)
            hangs(daemon, receiver)
            killed_before_delivery(daemon, receiver, chance)
            killed_before_booking(daemon, receiver)
            check(all(one["signed"] for one in receiver.got), "a signature is wrong")
            quiet_hours(daemon, receiver, secret)
            secrets_and_targets(daemon, receiver, secret)
        tls(daemon, Authority(daemon.directory / "ca"), secret)
        given_up_and_seen(daemon)
        others_alerts(daemon)
        daemon.stop()


if __name__ == "__main__":
    main(test)
