"""whoami, metrics and doctor on a daemon that works, that was killed, and that is none.

The metrics are checked by a reader of the Prometheus text format that knows its rules: a HELP and a
TYPE before the samples, one family in one place, no sample twice, histograms whose buckets only grow
and end in the count. Counters never go down and count what was called; no label names a user, a vault
or an order.
"""

import json
import os
import re
import signal
import socket
import stat

from private_daemon import Daemon, User, check, main

SAMPLE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?[0-9]+(?:\.[0-9]+)?)$')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
LABELS = {"method", "code", "le", "version", "reason", "state"}


def read_labels(text):
    labels, at = {}, 0
    while at < len(text):
        match = LABEL.match(text, at)
        check(match, "not labels:", text)
        check(match[1] not in labels, "a label twice:", text)
        labels[match[1]] = match[2]
        at = match.end()
    return labels


def family_of(name, kinds):
    for ending in ("_bucket", "_sum", "_count"):
        if name.endswith(ending) and kinds.get(name.removesuffix(ending)) == "histogram":
            return name.removesuffix(ending)
    return name


def read_metrics(text):
    """{family: (type, {(name, labels): value})}; whatever breaks a rule of the format fails."""
    check(text.endswith("\n") and "\n\n" not in text, "not lines")
    kinds, helped, values = {}, set(), {}
    current = None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            current = line.split(" ")[2]
            check(current not in helped and len(line.split(" ", 3)) == 4, "HELP:", line)
            helped.add(current)
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            check(name == current and name not in kinds, "TYPE out of place:", line)
            check(kind in ("counter", "gauge", "histogram"), line)
            kinds[name], values[name] = kind, {}
        else:
            match = SAMPLE.match(line)
            check(match, "not a sample:", line)
            labels = read_labels(match[2] or "")
            family = family_of(match[1], kinds)
            check(family == current, "a sample outside its family:", line)
            key = (match[1], tuple(sorted(labels.items())))
            check(key not in values[family], "a sample twice:", line)
            check(set(labels) <= LABELS, "a label that may have too many values:", line)
            values[family][key] = float(match[3])
    check(kinds.keys() == helped == values.keys(), "HELP without TYPE")
    return {name: (kinds[name], values[name]) for name in kinds}


def check_families(families):
    for name, (kind, samples) in families.items():
        check(name.startswith("vault_"), "a name of somebody else:", name)
        check(name.endswith("_total") == (kind == "counter"), name, "is a", kind)
        if kind == "histogram":
            check_histogram(name, samples)


def check_histogram(name, samples):
    series = {}
    for (sample, labels), value in samples.items():
        rest = tuple(label for label in labels if label[0] != "le")
        series.setdefault(rest, {})[(sample, dict(labels).get("le"))] = value
    for labels, values in series.items():
        buckets = sorted((float(bound), value) for (sample, bound), value in values.items()
                         if sample == name + "_bucket")
        counts = [value for _, value in buckets]
        check(buckets[-1][0] == float("inf") and counts == sorted(counts), labels, buckets)
        check(counts[-1] == values[(name + "_count", None)], labels, "ends in another count")
        check(values[(name + "_sum", None)] >= 0, labels, "has a negative sum")


def metrics(daemon):
    done = daemon.run("metrics")
    check(done.code == 0 and done.stderr == "", "metrics:", done)
    families = read_metrics(done.stdout)
    check_families(families)
    return families


def value(families, name, **labels):
    return families[name][1][(name, tuple(sorted(labels.items())))]


def check_metrics(daemon):
    before = metrics(daemon)
    for _ in range(3):
        daemon.ctl("user", "list")
    check(daemon.run("vault", "show", "v99").code == 4, "v99 is there")
    daemon.run("no-such-command")
    with daemon.wire() as wire:
        wire.ask("no.such.method")
        check(wire.line()["error"]["data"]["code"] == "NOT_FOUND", "no.such.method")
        after = metrics(daemon)
        check(value(after, "vault_connections") == 2, "connections")
    calls = "vault_rpc_requests_total"
    check(value(after, calls, method="user.list", code="OK") == 3, "user.list is not counted")
    check(value(after, calls, method="vault.show", code="NOT_FOUND") == 1, "vault.show")
    check(value(after, calls, method="unknown", code="NOT_FOUND") == 1, "unknown methods")
    for name, (kind, samples) in before.items():
        for key, was in samples.items() if kind != "gauge" else ():
            check(after[name][1][key] >= was, name, key, "went down")
    users = len(daemon.ctl("user", "list"))
    check(value(after, "vault_users") == users == 1, "users")
    check(value(after, "vault_engine_state", state="running") == 1, "state")
    check(value(after, "vault_entries_total") == daemon.ctl("status")["entries"] > 0, "entries")
    check(value(after, "vault_batches_durable_total") > 0, "batches")
    check(value(after, "vault_uptime_seconds") > value(before, "vault_uptime_seconds"), "uptime")
    plain = daemon.run("metrics", "-o", "plain").stdout
    check(read_metrics(plain).keys() == after.keys(), "-o plain is another format")
    document = daemon.ctl("metrics")
    check({one["name"] for one in document["metrics"]} == set(after), "--json has other families")
    names = daemon.run("metrics", "-q").stdout.split()
    check(names == [one["name"] for one in document["metrics"]], "-q:", names)
    return sum(len(samples) for _, samples in after.values())


def doctor(daemon, ended):
    done = daemon.run("doctor", "--json")
    document = json.loads(done.stdout)
    check(done.code == ended, "doctor ended with", done.code, document)
    check(document["ok"] == (ended == 0), "ok is", document["ok"])
    checks = {one["name"]: one for one in document["data"]["checks"]}
    for one in checks.values():
        check(one["status"] == "ok" or one["fix"], "no remedy:", one)
    page = daemon.run("doctor").stdout
    check(all(len(line) <= 80 for line in page.splitlines()), "doctor is too wide:", page)
    for one in checks.values():
        check(one["status"] == "ok" or " fix: " in page, "no remedy on the page:", page)
    check(daemon.run("doctor", "-q").stdout.strip() == document["data"]["state"], "doctor -q")
    return checks


def check_sound(daemon):
    checks = doctor(daemon, 0)
    wanted = {"socket", "peer", "versions", "engine", "store", "books", "disk", "config", "state",
              "limits", "daemon_clock", "clock", "unit"}
    check(wanted <= checks.keys(), "doctor looks not at", wanted - checks.keys())
    for name in ("socket", "peer", "versions", "engine", "store", "books", "config", "limits"):
        check(checks[name]["status"] == "ok", name, checks[name])


def check_findings(daemon):
    """What is wrong on purpose is found, and mended by what doctor says."""
    daemon.ctl("halt", "--why", "a test")
    halted = doctor(daemon, 0)["engine"]
    check(halted["status"] == "warning" and "resume" in halted["fix"], halted)
    daemon.ctl("resume", "--why", "all clear")
    daemon.state.chmod(0o755)
    state = doctor(daemon, 0)["state"]
    check(state["status"] == "warning" and state["fix"] == f"chmod 0700 {daemon.state}", state)
    os.system(state["fix"])
    check(doctor(daemon, 0)["state"]["status"] == "ok", "the remedy did not help")
    daemon.socket.chmod(0o666)
    open_to_all = doctor(daemon, 0)["socket"]
    check(open_to_all["status"] == "warning" and "everybody" in open_to_all["message"], open_to_all)
    daemon.socket.chmod(0o660)


def check_nobody(daemon):
    """Who has not signed in learns that, and what can be seen without it."""
    done = User(daemon, "nobody").run("doctor", "--json")
    checks = {one["name"]: one for one in json.loads(done.stdout)["data"]["checks"]}
    check(done.code == 3 and checks["daemon"]["status"] == "failed", "nobody's doctor:", done)
    check("vaultctl login" in checks["daemon"]["fix"], checks["daemon"])
    check(checks["socket"]["status"] == "ok" and "books" not in checks, checks)


def check_stranger(daemon):
    """Somebody without the group's right learns which group it is. Needs root."""
    if os.geteuid() != 0:
        return
    daemon.directory.chmod(0o755)
    done = daemon.run("doctor", "--json", user=65534, group=65534, extra_groups=[])
    check(done.code == 3, "a stranger's doctor:", done)
    one = json.loads(done.stdout)["data"]["checks"][0]
    check(one["status"] == "failed" and "group" in one["message"], one)
    check(one["fix"].startswith("usermod -aG root "), one)
    daemon.directory.chmod(0o700)
    done = daemon.run("doctor", "--json", user=65534, group=65534, extra_groups=[], cwd="/")
    one = json.loads(done.stdout)["data"]["checks"][0]
    check(done.code == 3 and str(daemon.directory) in one["message"], "a closed folder:", one)


def check_without_daemon(daemon):
    daemon.process.send_signal(signal.SIGKILL)
    daemon.process.wait()
    check(stat.S_ISSOCK(daemon.socket.stat().st_mode), "the socket has gone with it")
    stale = doctor(daemon, 3)["daemon"]
    check("nobody listens" in stale["message"] and "vaultd" in stale["fix"], stale)
    daemon.socket.unlink()
    gone = doctor(daemon, 3)["socket"]
    check("No such file" in gone["message"] and "vaultd" in gone["fix"], gone)
    daemon.socket.write_text("")
    check("is no socket" in doctor(daemon, 3)["socket"]["message"], "a file in its place")
    daemon.socket.unlink()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as deaf:
        deaf.bind(str(daemon.socket))
        deaf.listen()
        done = daemon.run("doctor", "--json", "--timeout", "300ms")
        names = {one["name"]: one["status"] for one in json.loads(done.stdout)["data"]["checks"]}
        check(done.code == 3 and names.get("daemon") == "failed", "a deaf daemon:", done)
    daemon.socket.unlink()


def test(vaultd, vaultctl):
    with Daemon(vaultd, vaultctl) as daemon:
        daemon.ctl("account", "add", "--exchange", "paper")
        daemon.ctl("vault", "create", "--account", "a1", "--asset", "USDT", "--balance", "100")
        me = daemon.ctl("whoami")
        check(me["uid"] == os.getuid() and me["name"] == "alice" and me["role"] == "admin", me)
        count = check_metrics(daemon)
        check_sound(daemon)
        check_findings(daemon)
        check_nobody(daemon)
        check_stranger(daemon)
        check_without_daemon(daemon)
        print(f"{count} samples")


main(test)
