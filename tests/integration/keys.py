"""API keys of paper accounts on a real daemon, from end to end.

What a paper key's text makes happen (daemon/exchange/paper/key_validator.hpp) is called up one by one:
what is refused is not kept, what could not be asked waits, and what is kept is shown masked. Then keys
are validated, picked by each policy, rotated, retired and removed; others' keys are as if they were not
there; a restart and a kill -9 lose nothing. Every key and secret has a word in it that nothing else has:
at the end no output, no log, no file of the store and no row of the trail may have it.
"""

import contextlib
import datetime
import json
import pathlib
import secrets
import signal
import sqlite3
import threading
import time

from private_daemon import Daemon, Failed, check, main

ENOUGH_KEYS = "quota:\n  keys_per_account: 64\n"
SOON = 3  # seconds until a key expires
TENDED = 75  # the daemon looks every 30 s for keys to ask about

REFUSED = [
    ("+bad-signature", "refused by the exchange: invalid signature"),
    ("+wrong-ip", "refused by the exchange: the key is not valid from this address"),
    ("+expired", "it expired at 2020-01-01"),
    ("+no-funds", "it may not query funds"),
    ("+no-trade", "it may not trade"),
    ("+no-funds+no-trade", "it may not query funds; it may not trade"),
    ("+withdraw", "it can withdraw; take that right from it at the exchange, or accept it with "
                  "--allow-withdrawal-permission"),
]
UNANSWERED = [("+down", "cannot be reached"), ("+rate-limited", "too many calls"),
              ("+maintenance", "closed for maintenance")]


class Desk:
    """Who calls, and everything that they were shown."""

    def __init__(self, daemon):
        self.daemon, self.printed, self.canaries = daemon, [], []
        self.files = 0

    def canary(self, word):
        """A word that is in no other text."""
        self.canaries.append(f"{word}{secrets.token_hex(8)}")
        return self.canaries[-1]

    def run(self, who, *words, **options):
        done = self.daemon.user(who).run(*words, **options)
        self.printed.append(done.stdout + done.stderr)
        return done

    def ctl(self, who, *words):
        done = self.run(who, *words, "--json")
        check(done.code == 0, who, *words, "ended with", done.code, done.stdout, done.stderr)
        return json.loads(done.stdout)["data"]

    def refusal(self, who, *words):
        """The error of a call that must fail."""
        done = self.run(who, *words, "--json")
        check(done.code != 0, who, *words, "was done:", done.stdout)
        return {"exit": done.code, **json.loads(done.stdout)["error"]}

    def private(self, text):
        """A file of mode 0600 that nothing but `text` is in."""
        self.files += 1
        path = self.daemon.directory / f"secret-{self.files}"
        path.write_text(text + "\n")
        path.chmod(0o600)
        return path

    def key_flags(self, text, secret=None):
        return ["--api-key-file", self.private(text),
                "--secret-file", self.private(secret or self.canary("Secret"))]

    def add(self, who, account, text, *flags):
        return self.ctl(who, "key", "add", "--account", account, *self.key_flags(text), *flags)

    def keys(self, who="alice", *flags):
        return {row["id"]: row for row in self.ctl(who, "key", "list", *flags)}

    def tables(self):
        """What the store has of keys."""
        path = self.daemon.state / "vault.db"
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
            return {"keys": store.execute("SELECT count(*) FROM api_key").fetchone()[0],
                    "fields": sorted(store.execute("SELECT api_key, name FROM secret_field "
                                                   "WHERE api_key > 0").fetchall()),
                    "policies": dict(store.execute("SELECT vault, policy || coalesce(' k' || pinned, "
                                                   "'') FROM key_policy").fetchall())}


def says(error, code, number, words):
    check((error["code"], error["exit"]) == (code, number) and words in error["message"]
          and error["hint"], "expected", code, repr(words), "but got", error)


def when(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def good_key(desk, name):
    text = f"paper-{name}"
    key = desk.add("alice", "a1", text, "--label", "main")
    check((key["id"], key["account"], key["user"], key["exchange"], key["label"], key["state"])
          == ("k1", "a1", "alice", "paper", "main", "valid"), key)
    check(key["key"] == f"{text[:4]}…{text[-4:]}", "shown as", key["key"])
    found = key["check"]
    check(found["rights"] == ["query_funds", "trade"] and found["signature_accepted"] is True
          and found["ip_restricted"] == "no" and found["expires_at"] is None, found)
    health = key["health"]
    check(health["calls"] == 1 and health["errors"] == 0 and health["last_success"]
          and health["latency_ms"] > 0, health)
    check(key["next_check_at"] > found["at"] and key["why"] == "", key)
    check(desk.keys()["k1"] == key, "the list has", desk.keys())
    check(desk.tables()["fields"] == [(1, "api_key"), (1, "api_secret")], desk.tables())
    page = desk.run("alice", "key", "validate", "k1").stdout
    check("can query funds, can trade, cannot withdraw" in page, page)
    twice = desk.refusal("alice", "key", "add", "--account", "a1", *desk.key_flags(text))
    says(twice, "EXISTS", 5, "in use already")
    check("k1" in twice["hint"], twice)
    foreign = desk.refusal("bob", "key", "add", "--account", "a3", *desk.key_flags(text))
    says(foreign, "EXISTS", 5, "in use already")
    check("k1" not in json.dumps(foreign), "tells of another's key:", foreign)
    there = desk.refusal("alice", "key", "add", "--account", "a2", *desk.key_flags(text + "+key=9"))
    says(there, "key_refused", 1, "in use here as another account")
    other = desk.refusal("alice", "key", "add", "--account", "a1",
                         *desk.key_flags("paper-" + desk.canary("somebody")))
    says(other, "key_refused", 1, "another account at the exchange")


def every_suffix(desk, name):
    before = desk.keys(), desk.tables()
    for suffix, words in REFUSED:
        error = desk.refusal("alice", "key", "add", "--account", "a1",
                             *desk.key_flags(f"paper-{name}{suffix}"))
        says(error, "key_refused", 1, words)
        check(error["effect"] == "none" and error["field"] == "api_key", error)
    for text in (f"paper-{name}+frob", f"paper-{name}+", name, f"paper-{name}+withdraw+withdraw"):
        error = desk.refusal("alice", "key", "add", "--account", "a1", *desk.key_flags(text))
        says(error, "INVALID_PARAMS", 65, "paper")
        check(error["field"] == "api_key", error)
    check((desk.keys(), desk.tables()) == before, "a refused key was kept:", desk.keys())
    for suffix, path, value in (("+ip-restricted", "ip_restricted", "yes"),
                                ("+ip-unknown", "ip_restricted", "unknown"),
                                ("+expires=2099-01-01", "expires_at", "2099-01-01T00:00:00.000Z")):
        key = desk.add("alice", "a1", f"paper-{name}{suffix}")
        check(key["state"] == "valid" and key["check"][path] == value, suffix, key)
        desk.ctl("alice", "key", "remove", key["id"])
    slow = desk.add("alice", "a1", f"paper-{name}+slow", "--timeout", "30s")
    check(slow["state"] == "valid" and slow["health"]["latency_ms"] >= 5000, slow)
    desk.ctl("alice", "key", "remove", slow["id"])
    key = desk.add("alice", "a1", f"paper-{name}+withdraw+key=3", "--allow-withdrawal-permission")
    check(key["state"] == "valid" and key["allow_withdrawal"] == "alice"
          and "withdraw" in key["check"]["rights"] and "alice accepts" in key["check"]["message"], key)
    desk.ctl("alice", "key", "remove", key["id"])


def unanswered(desk, name):
    """Keys that wait; the first is asked about by hand, the last is left to the daemon."""
    waiting = []
    for suffix, words in UNANSWERED:
        done = desk.run("alice", "key", "add", "--account", "a1",
                        *desk.key_flags(f"paper-{name}{suffix}"), "--json")
        document = json.loads(done.stdout)
        check(done.code == 0 and any(words in text and "could not be asked" in text
                                     for text in document["warnings"]), suffix, document, done.stderr)
        key = document["data"]
        check(key["state"] == "new" and key["check"] is None and key["next_check_at"], suffix, key)
        waiting.append(key["id"])
    key = desk.ctl("alice", "key", "validate", waiting[0])
    check(key["state"] == "new" and key["health"]["calls"] >= 1 and key["health"]["last_error"]
          == "the paper exchange cannot be reached" and key["next_check_at"] > when(now()), key)
    for gone in waiting[:-1]:
        desk.ctl("alice", "key", "remove", gone)
    return waiting[-1]


def policies(desk, name):
    """v1 on a1 with k1 and another; what each rule picks."""
    def policy(*words):
        return desk.ctl("alice", "key", "policy", "v1", *words)

    other = desk.add("alice", "a1", f"paper-{name}+key=2")["id"]
    told = policy("round-robin")
    check(told == {"vault": "v1", "policy": "round_robin", "pinned": None, "picked": "k1",
                   "why_none": ""}, told)
    check(policy("health")["picked"] == "k1", "the healthiest is", policy("health"))
    check(policy("pinned", other) == {"vault": "v1", "policy": "pinned", "pinned": other,
                                      "picked": other, "why_none": ""}, policy("pinned", other))
    check(desk.tables()["policies"] == {1: f"pinned {other}"}, desk.tables())
    says(desk.refusal("alice", "key", "policy", "v1", "pinned"), "INVALID_PARAMS", 65, "needs the key")
    says(desk.refusal("alice", "key", "policy", "v1", "health", "k1"), "INVALID_PARAMS", 65, "only pinned")
    says(desk.refusal("alice", "key", "policy", "v2", "pinned", "k1"), "INVALID_PARAMS", 65,
         "is a key of a1, not of a2")
    none = desk.ctl("alice", "key", "policy", "v2", "round-robin")
    check(none["picked"] is None and none["why_none"] == "account a2 has no API key", none)
    check(desk.tables()["policies"] == {1: f"pinned {other}", 2: "round_robin"}, desk.tables())
    return other


def rotation(desk, name, old):
    """The pinned key of v1 is replaced; before that, by keys that cannot take its place."""
    before = desk.keys(), desk.tables()
    for suffix, words in REFUSED:
        error = desk.refusal("alice", "key", "rotate", old, *desk.key_flags(f"paper-{name}{suffix}+key=4"))
        says(error, "key_refused", 1, words)
    check((desk.keys(), desk.tables()) == before, "a refused rotation left something:", desk.keys())
    waiting = desk.ctl("alice", "key", "rotate", old, *desk.key_flags(f"paper-{name}+down+key=5"))
    check(waiting["state"] == "new", waiting)
    row = desk.keys()[old]
    check(row["state"] == "valid" and row["replaced_by"] == waiting["id"], row)
    check(desk.ctl("alice", "key", "policy", "v1", "pinned", old)["picked"] == old, "v1 lost its key")
    busy = desk.refusal("alice", "key", "rotate", old, *desk.key_flags(f"paper-{name}+key=6"))
    says(busy, "wrong_state", 1, f"{old} is being replaced by {waiting['id']} already")
    check(len(desk.keys()) == len(before[0]) + 1, "a refused rotation left a key:", desk.keys())
    desk.ctl("alice", "key", "retire", waiting["id"])
    row = desk.keys()[old]
    check(row["state"] == "valid" and row["replaced_by"] is None, "the old key does not stay:", row)
    key = desk.ctl("alice", "key", "rotate", old, *desk.key_flags(f"paper-{name}+key=7"),
                   "--label", "new")
    check(key["state"] == "valid" and key["label"] == "new", key)
    row = desk.keys()[old]
    check((row["state"], row["why"], row["replaced_by"])
          == ("retired", f"replaced by {key['id']}", key["id"]), row)
    check(desk.tables()["policies"][1] == f"pinned {key['id']}", "v1 was not moved:", desk.tables())
    done = desk.refusal("alice", "key", "rotate", old, *desk.key_flags(f"paper-{name}+key=8"))
    check(done["code"] == "wrong_state", done)
    return key["id"]


def ends(desk, name, key):
    """Retired for good, and removed with its secret; v1 is pinned to the key."""
    retired = desk.ctl("alice", "key", "retire", key)
    check((retired["state"], retired["why"]) == ("retired", "by alice"), retired)
    check(desk.ctl("alice", "key", "retire", key) == retired, "retired twice is another")
    number = int(key[1:])
    check((number, "api_key") in desk.tables()["fields"], "retiring destroyed the secret")
    desk.ctl("alice", "key", "remove", key)
    check(not [row for row in desk.tables()["fields"] if row[0] == number], desk.tables())
    error = desk.refusal("alice", "key", "validate", key)
    says(error, "wrong_state", 1, f"{key} is retired for good")
    again = desk.add("alice", "a1", f"paper-{name}+key=7")  # its text is free again
    check(again["id"] != key and again["state"] == "valid", again)
    pinned = desk.ctl("alice", "key", "policy", "v1", "pinned", key)
    check(pinned["picked"] is None and "retired" in pinned["why_none"], pinned)
    desk.ctl("alice", "key", "policy", "v1", "health")
    return again["id"]


def of_others(desk):
    """bob owns a key, alice another; to each other's eyes there is none."""
    bobs = desk.add("bob", "a3", "paper-" + desk.canary("bob"))["id"]
    flags = desk.key_flags("paper-" + desk.canary("thief"))
    for words in (("validate",), ("rotate",), ("retire",), ("remove",)):
        more = flags if words[0] == "rotate" else []
        said = [desk.refusal("bob", "key", *words, key, *more) for key in ("k1", "k999")]
        check(said[0]["code"] == "NOT_FOUND" and said[0]["exit"] == 4, said)
        said[0]["message"] = said[0]["message"].replace("k1", "k999")
        check(said[0] == said[1], "another's key shows:", said)
    pins = [desk.refusal("bob", "key", "policy", "v3", "pinned", key) for key in ("k1", "k999")]
    pins[0]["message"] = pins[0]["message"].replace("k1", "k999")
    check(pins[0]["code"] == "NOT_FOUND" and pins[0] == pins[1], "another's key shows:", pins)
    for words in (("key", "list", "--account", "a1"), ("key", "policy", "v1", "health")):
        check(desk.refusal("bob", *words)["code"] == "NOT_FOUND", words)
    check(set(desk.keys("bob")) == {bobs}, "bob sees", desk.keys("bob"))
    check(bobs in desk.keys("alice"), "an admin sees everybody's keys")
    says(desk.refusal("alice", "key", "retire", bobs), "PERM_DENIED", 77, "")
    says(desk.refusal("mona", "key", "retire", bobs), "PERM_DENIED", 77, "")
    check(desk.refusal("mona", "key", "remove", "k1")["code"] == "NOT_FOUND", "mona sees an admin's key")
    gone = desk.ctl("mona", "key", "remove", bobs)
    check((gone["state"], gone["why"]) == ("retired", "by mona"), gone)
    check(int(bobs[1:]) not in [row[0] for row in desk.tables()["fields"]], desk.tables())
    dans = desk.add("dan", "a4", "paper-" + desk.canary("dan"))["id"]
    desk.ctl("alice", "user", "permit", "dan", "--remove", "keys")
    for words in (("add", "--account", "a4", *flags), ("validate", dans), ("rotate", dans, *flags),
                  ("retire", dans), ("remove", dans), ("policy", "v4", "health")):
        says(desk.refusal("dan", "key", *words), "PERM_DENIED", 77, "")
    check(desk.keys("dan")[dans]["state"] == "valid", desk.keys("dan"))


def with_its_account(desk):
    """An account goes when its keys are retired, and takes along what was kept of them."""
    account = desk.ctl("alice", "account", "add", "--exchange", "paper", "--label", "short")["id"]
    key = desk.add("alice", account, "paper-" + desk.canary("short"))["id"]
    error = desk.refusal("alice", "account", "remove", account)
    says(error, "wrong_state", 1, f"{account} has the API key {key}")
    desk.ctl("alice", "key", "retire", key)
    desk.ctl("alice", "account", "remove", account)
    check(int(key[1:]) not in [row[0] for row in desk.tables()["fields"]], desk.tables())


def dry_runs(desk, name, key):
    before = desk.keys(), desk.tables()
    dry = desk.add("alice", "a1", f"paper-{name}+key=20", "--dry-run")
    check(dry["state"] == "valid", dry)
    says(desk.refusal("alice", "key", "add", "--account", "a1", "--dry-run",
                      *desk.key_flags(f"paper-{name}+no-trade+key=20")), "key_refused", 1, "may not trade")
    desk.ctl("alice", "key", "validate", key, "--dry-run")
    rotated = desk.ctl("alice", "key", "rotate", key, *desk.key_flags(f"paper-{name}+key=21"), "--dry-run")
    check(rotated["state"] == "valid", rotated)
    check(desk.ctl("alice", "key", "retire", key, "--dry-run")["state"] == "retired", "not rehearsed")
    check(desk.ctl("alice", "key", "remove", key, "--dry-run")["state"] == "retired", "not rehearsed")
    check(desk.ctl("alice", "key", "policy", "v1", "pinned", key, "--dry-run")["picked"] == key, key)
    check((desk.keys(), desk.tables()) == before, "a dry run changed something:", before, desk.keys())


def lasting(rows):
    """What a restart must not change; the daemon may ask about a key at any moment."""
    names = ("account", "user", "label", "key", "state", "state_since", "why", "replaced_by",
             "allow_withdrawal", "created_at", "created_by")
    return {key: {name: row[name] for name in names} for key, row in rows.items()}


def restarts(desk):
    before = lasting(desk.keys()), desk.tables()
    desk.daemon.stop()
    desk.daemon.start()
    check((lasting(desk.keys()), desk.tables()) == before, "a restart changed", before, desk.keys())
    check(desk.ctl("alice", "key", "validate", "k1")["state"] == "valid", "the secret is lost")


def killed(desk):
    """kill -9 while 20 keys are added at once: who was answered is kept, who asks again is not doubled."""
    account = desk.ctl("alice", "account", "add", "--exchange", "paper", "--label", "crash")["id"]
    name = desk.canary("crash")
    texts = {f"crash-{n}": f"paper-{name}+key={n}" for n in range(20)}
    secret, answered = desk.canary("Secret"), {}

    def add(idem, wire):
        wire.ask("key.add", {"account": account, "api_key": texts[idem], "secret": secret}, idem_key=idem)
        line = wire.line()
        if line is not None:
            desk.printed.append(json.dumps(line))
        return line and line.get("result", {}).get("data")

    def one(idem):
        with contextlib.suppress(OSError, Failed), desk.daemon.wire() as wire:  # it dies meanwhile
            if (data := add(idem, wire)) is not None:
                answered[idem] = data["id"]
                if len(answered) >= 7:
                    desk.daemon.process.send_signal(signal.SIGKILL)

    threads = [threading.Thread(target=one, args=(idem,)) for idem in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    desk.daemon.process.wait(30)
    desk.daemon.start()
    there = {row["id"] for row in desk.ctl("alice", "key", "list", "--account", account)}
    check(7 <= len(answered) and set(answered.values()) <= there, "lost:", answered, there)
    with desk.daemon.wire() as wire:
        for idem in texts:
            data = add(idem, wire)
            check(data is not None, idem, "cannot be added again")
            check(data["id"] == answered.get(idem, data["id"]), idem, "was added twice:", data)
    rows = desk.ctl("alice", "key", "list", "--account", account)
    check(len(rows) == 20 and all(row["state"] == "valid" for row in rows), len(rows), "keys:", rows)
    fields = [row[0] for row in desk.tables()["fields"]]
    check(all(fields.count(int(row["id"][1:])) == 2 for row in rows), "secrets:", fields)
    return len(answered), len(there)


def expiring(desk):
    """A key that has expired since is quarantined with an alert: one is asked about by hand, the
    other by the daemon itself."""
    account = desk.ctl("alice", "account", "add", "--exchange", "paper", "--label", "expiring")["id"]
    name, end = desk.canary("expiring"), now() + datetime.timedelta(seconds=SOON)
    keys = [desk.add("alice", account, f"paper-{name}+expires={when(end)}+key={n}")["id"] for n in (1, 2)]
    check(all(desk.keys()[key]["state"] == "valid" for key in keys), "expired early")
    check({key: alerts(desk, key) for key in keys} ==
          {key: [text for text in alerts(desk, key) if "expires at" in text] for key in keys}
          and all(alerts(desk, key) for key in keys), "no alert of the end", alerts(desk, keys[0]))
    while now() < end + datetime.timedelta(seconds=1):
        time.sleep(0.1)
    key = desk.ctl("alice", "key", "validate", keys[0])
    check(key["state"] == "quarantined" and key["why"].startswith("it expired at"), key)
    check(any("is quarantined: it expired at" in text for text in alerts(desk, keys[0])),
          alerts(desk, keys[0]))
    return keys[1]


def alerts(desk, key):
    return [row["message"] for row in desk.ctl("alice", "events", "--limit", "1000")
            if (row["type"], row["object"], row["severity"]) == ("api_key", key, "alert")]


def tended(desk, expired, waiting):
    """The daemon asks by itself: about the key that ends, and about the one that waits."""
    until = time.monotonic() + TENDED
    while True:
        rows = desk.keys()
        if rows[expired]["state"] == "quarantined" and rows[waiting]["health"]["calls"] > 0:
            break
        check(time.monotonic() < until, "not asked about:", rows[expired], rows[waiting])
        time.sleep(1)
    check(any("is quarantined" in text for text in alerts(desk, expired)), alerts(desk, expired))
    check(rows[waiting]["state"] == "new" and rows[waiting]["next_check_at"] > when(now()), rows[waiting])


def trail(desk):
    rows = desk.ctl("alice", "audit", "list", "--limit", "10000")
    done = {(row["action"], row["outcome"]) for row in rows if row["action"].startswith("key.")}
    wanted = {(f"key.{verb}", outcome) for verb in ("add", "validate", "rotate", "retire", "remove",
                                                    "policy") for outcome in ("applied", "refused")}
    check(wanted <= done, "the trail lacks", sorted(wanted - done))
    by = {(row["actor"], row["action"], row["outcome"]) for row in rows}
    check({("mona", "key.remove", "applied"), ("dan", "key.remove", "refused"),
           ("bob", "key.validate", "refused"), ("engine", "key.validate", "applied")} <= by, sorted(by))
    adds = [row for row in rows if row["action"] == "key.add"]
    check(("k1", "alice") in [(row["object"], row["user"]) for row in adds], adds)
    check(all(set(row["params"]) <= {"account", "label", "allow_withdrawal_permission"} for row in adds),
          "the trail keeps", adds)
    check(desk.ctl("alice", "audit", "verify")["ok"] is True, "the trail is broken")
    return len(rows)


def nothing_leaks(desk):
    """Not in what was printed, not in the log, not in any file of the store."""
    places = {"output": "\n".join(desk.printed).encode(), "log": desk.daemon.log.read_bytes()}
    for name in ("environ", "cmdline"):
        places[name] = pathlib.Path(f"/proc/{desk.daemon.process.pid}/{name}").read_bytes()
    for when_read in ("running", "stopped"):
        if when_read == "stopped":
            desk.daemon.stop()
        for path in filter(pathlib.Path.is_file, desk.daemon.state.rglob("*")):
            places[f"{path.name}, {when_read}"] = path.read_bytes()
    for place, data in places.items():
        for canary in desk.canaries:
            check(canary.encode() not in data, place, "has", canary)
    check("vault.db, stopped" in places and len(places["output"]) > 10_000, "nothing was looked at:", list(places))
    return len(places)


def test(vaultd, vaultctl):
    with Daemon(vaultd, vaultctl) as daemon:
        with daemon.config.open("a") as config:
            config.write(ENOUGH_KEYS)
        daemon.stop()
        daemon.start()
        daemon.user("mona", "moderator")
        daemon.play("""
            account add --exchange paper
            account add --exchange paper --label second
            bob: account add --exchange paper
            dan: account add --exchange paper
            vault create --account a1 --asset USDT --balance 1000
            vault create --account a2 --asset USDT --balance 1000
            bob: vault create --account a3 --asset USDT --balance 1000
            dan: vault create --account a4 --asset USDT --balance 1000
        """)
        desk = Desk(daemon)
        name = desk.canary("alice")
        good_key(desk, name)
        waiting = unanswered(desk, name)
        expired = expiring(desk)
        every_suffix(desk, name)
        other = policies(desk, name)
        new = rotation(desk, name, other)
        key = ends(desk, name, new)
        of_others(desk)
        with_its_account(desk)
        dry_runs(desk, name, key)
        tended(desk, expired, waiting)
        restarts(desk)
        answered, kept = killed(desk)
        rows = trail(desk)
        files = nothing_leaks(desk)
        print(f"{len(REFUSED)} ways to be refused; {answered} of 20 answered before kill -9, {kept} kept, "
              f"20 after asking again; {rows} rows of the trail; {len(desk.canaries)} canaries in none of "
              f"{files} places")


if __name__ == "__main__":
    main(test)
