"""Everybody tries everything on a live daemon, and gets what the rights policy declares.

rights_table prints the policy: each method, each kind of caller, each owner of the object that is
named. Here every cell of it is tried over a real connection of a uid of its own (as root; else all
share one). Refusals come first: each has the code and the shape of its kind, a foreign object is
refused in the words for one that is not there, and afterwards nothing has changed and each stands in
the audit trail. Then what is allowed: no right is in its way.
"""

import collections
import json
import os
import socket
import subprocess

from private_daemon import Daemon, Wire, check, main

PASSWORD = "purple kettle 9 mountain"
ABSENT = {"vault": "v999", "account": "a999", "user": "zoltan", "job": "j999",
          "key": "k999"}

# What a call needs beside the object that it names.
REST = {
    "why_not_trading": {}, "account.deposit": {"asset": "USDT", "amount": "1"},
    "account.attribute": {"asset": "USDT", "to": "ignore"}, "account.skip_history": {"why": "a try"},
    "account.withdraw": {"asset": "USDT", "amount": "1"},
    "account.trade": {"pair": "ETH/USDT", "side": "buy", "quantity": "1"},
    "account.add": {"exchange": "paper", "label": "another"},
    "vault.create": {"asset": "EUR"}, "vault.set_tradeable": {"amount": "1"},
    "vault.allocate": {"quiet": "1"}, "vault.unallocate": {"quiet": "1"},
    "vault.release": {"amount": "1"}, "vault.reserve": {"pct": "10"},
    "vault.auto_raise": {"mode": "off"}, "vault.liquidate": {"confirm": True},
    "vault.mode": {"mode": "paper"}, "sleeve.set": {"settings": {"max_daily_loss": "10"}},
    "risk.set": {"settings": {"max_daily_loss": "10"}}, "risk.test": {"since": "2024-01-01"},
    "sleeve.strategy": {"strategy": "cycle"}, "sleeve.mode": {"mode": "rules"},
    "position.resolve": {"as": "kept"}, "position.adopt": {"qty": "1", "cost": "2000"}, "market.candles": {"pair": "ETH/USDT"},
    "replay.start": {"file": "synthetic"}, "ledger.correct": {"reverses": 1, "reason": "a try"},
    "user.set_password": {"password": PASSWORD + " too"}, "user.set_role": {"role": "member"},
    "user.permit": {"add": ["trade"]}, "user.create": {"name": "newcomer", "role": "member"},
    "market.import": {"file": "/none.csv", "pair": "ETH/USDT", "interval": "1m"},
    "sub.open": {"topic": "events"}, "sub.credit": {"sub": 99, "n": 1}, "sub.close": {"sub": 99},
    "passwd": {"password": PASSWORD, "new_password": PASSWORD + " too"},
    "mfa.enroll": {"password": PASSWORD}, "mfa.confirm": {"code": "123456"},
    "mfa.verify": {"code": "123456"}, "session.revoke": {"session": "s999"},
    "key.add": {"api_key": "paper-matrix", "secret": "any"},
    "key.rotate": {"api_key": "paper-matrix", "secret": "any"}, "key.policy": {"policy": "health"},
    "alert.ack": {"alert": "n999"}, "alert.test": {"target": "nobody"},
    "backup.verify": {"name": "vault-20000101T000000Z.backup"},
    "secrets.rotate": {"what": "data-keys"},
    "secrets.escrow": {"passphrase": PASSWORD}, "secrets.drill": {"copy": "x", "passphrase": PASSWORD},
    "preset.show": {"preset": "quiet"}, "preset.diff": {"preset": "quiet", "other": "flash"},
    "preset.create": {"preset": "another", "from": "quiet"}, "preset.remove": {"preset": "another"},
    "preset.apply": {"preset": "quiet"},
    "token.create": {"label": "a try", "methods": ["report.*"]}, "token.revoke": {"token": "t999"},
}
SLEEVES = {"sleeve": "quiet"}
# What they make or remove is the caller's, and no parameter names whose it is.
MAKES_OWN = {"account.add", "preset.create", "preset.remove"}
# Open to everybody, and about no object: they have tests of their own.
LEFT_OUT = {"hello", "login", "register"}
RIGHT_CODES = {"sign_in": "AUTH_REQUIRED", "absent": "NOT_FOUND"}  # all others: PERM_DENIED
REFUSED_BY_RIGHT = {"AUTH_REQUIRED", "PERM_DENIED", "MFA_REQUIRED"}


def object_params(method):
    """The parameters of a method that name an object with an owner."""
    names = [p["name"] for p in method["params"]]
    found = [name for name in names if name in ("vault", "account", "order", "decision", "sweep",
                                                "trade", "user", "job")]
    if method["object"] == "key" and "key" in names:
        found.append("key")
    if method["object"] == "user" and "name" in names and method["name"] != "user.create":
        found.append("name")
    return found


def named(param, owner):
    """The value of an object parameter for an owner's object, and the plain object in it."""
    kind = {"name": "user", "order": "vault", "decision": "vault", "sweep": "vault",
            "trade": "account"}.get(param, param)
    base = owner[kind]
    text = {"order": base + ".flash.1", "decision": base + ".flash.ETH@2024-01-24T23:40:15Z",
            "sweep": base + ".flash@1", "trade": base + ":T1"}.get(param, base)
    return text, base


def connect_as(path, uid):
    """A connection of that uid: a child becomes it, connects and hands the descriptor over."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            made.connect(str(path))
            socket.send_fds(theirs, [b"x"], [made.fileno()])
            os._exit(0)
        except BaseException:
            os._exit(1)
    theirs.close()
    _, fds, _, _ = socket.recv_fds(ours, 1, 1)
    _, status = os.waitpid(child, 0)
    check(status == 0 and len(fds) == 1, "uid", uid, "cannot connect")
    return socket.socket(fileno=fds[0])


class Caller:
    """Somebody with a connection and, once signed in, a token."""

    def __init__(self, daemon, name, uid):
        self.name, self.uid, self.token = name, uid, None
        if os.geteuid() == 0:
            self.wire = Wire.__new__(Wire)
            self.wire.socket = connect_as(daemon.socket, uid)
            self.wire.socket.settimeout(30.0)
            self.wire.rest, self.wire.next_id = b"", 1
            self.wire.token = None
            hello = self.say("hello", {"protocol": {"min": 1, "max": 1}, "client": "matrix 1"})
            check(hello["result"]["data"]["auth"]["peer_uid"] == uid, name, "is not seen as", uid)
        else:
            self.wire = daemon.wire()

    def say(self, method, params, token=None, **meta):
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        token = token or self.token
        request["meta"] = {**meta, **({"token": token} if token else {})}
        self.wire.send(json.dumps(request).encode() + b"\n")
        reply = self.wire.line()
        check(reply is not None, self.name, method, "was not answered")
        return reply

    def must(self, method, params, **meta):
        reply = self.say(method, params, idem_key=f"setup-{self.name}-{Caller.count()}", **meta)
        check("result" in reply, self.name, method, params, "failed:", reply.get("error"))
        return reply["result"]["data"]

    def login(self, name, password=PASSWORD):
        self.token = self.must("login", {"name": name, "password": password})["token"]

    calls = 0

    @classmethod
    def count(cls):
        cls.calls += 1
        return cls.calls


def possessions(person):
    """An account, a vault, an API key and a job of this person's own."""
    account = person.must("account.add", {"exchange": "paper", "label": person.name})["id"]
    vault = person.must("vault.create", {"account": account, "asset": "USDT", "balance": "1000"})["id"]
    job = person.must("vault.liquidate", {"vault": vault, "confirm": True})["job"]
    person.must("vault.resume", {"vault": vault})
    key = person.must("key.add", {"account": account, "api_key": f"paper-{person.name}", "secret": "any"})["id"]
    return {"account": account, "vault": vault, "job": job, "key": key, "user": person.name}


def settle_people(daemon, root):
    """Callers by the policy's name for them, and who owns what."""
    uid = iter(range(61001, 61020))
    people = {}
    for name in ("admin", "admin2", "moderator", "member", "member2", "auditor", "bare"):
        role = {"admin2": "admin", "member2": "member"}.get(name, name)
        root.must("user.create", {"name": name, "role": "member" if role in ("auditor", "bare") else role,
                                  "password": PASSWORD + " first"})
        people[name] = Caller(daemon, name, next(uid))
        people[name].login(name, PASSWORD + " first")
        people[name].must("passwd", {"password": PASSWORD + " first", "new_password": PASSWORD})
    owned = {name: possessions(person) for name, person in people.items()}
    root.must("user.set_role", {"name": "auditor", "role": "auditor"})
    root.must("user.permit", {"name": "bare", "remove": ["trade", "allocate", "keys", "reports", "live"]})
    everything = sorted({name.split(".")[0] + ".*" if "." in name else name
                         for name in (m["name"] for m in daemon.methods)})
    for name, patterns in (("robot", everything), ("robot_out_of_scope", ["health"])):
        made = people["member"].must("token.create", {"label": name, "methods": patterns, "rate": 600})
        people[name] = Caller(daemon, name, people["member"].uid)
        people[name].token = made["token"]
        owned[name] = owned["member"]
    people["nobody"] = Caller(daemon, "nobody", next(uid))
    people["last_resort"] = Caller(daemon, "last_resort", 0)
    return people, owned


def owner_for(caller, whose, owned):
    if whose == "own":
        return owned.get(caller)
    if whose == "members":
        return owned["member2"]
    if whose == "foreign":
        return owned["admin2"]
    return ABSENT


def cells(daemon, rows, owned):
    """(caller, method, params, refusal, scope, the object named) of everything that can be tried."""
    for row in rows:
        if row["method"] in LEFT_OUT:
            continue
        method = next(m for m in daemon.methods if m["name"] == row["method"])
        rest = dict(REST.get(row["method"], {}))
        if any(p["name"] == "sleeve" and p.get("required") for p in method["params"]):
            rest.update(SLEEVES)
        params = object_params(method)
        makes_own = row["method"] in MAKES_OWN
        if row["whose"] == "none" or (makes_own and row["whose"] == "own"):
            required = {p["name"] for p in method["params"] if p.get("required")}
            if required & set(params) or (makes_own and row["whose"] == "none"):
                continue
            if row["method"] == "ledger.verify":
                rest["all"] = True
            yield row, rest, None
            continue
        owner = owner_for(row["caller"], row["whose"], owned)
        if owner is None:
            continue
        for param in params:
            text, base = named(param, owner)
            yield row, {**rest, param: text}, base


def fingerprint(root):
    """Everything that a call could have changed, as the admin sees it."""
    parts = {}
    for method in ("user.list", "account.list", "vault.list", "sleeve.list", "replay.status", "job.list",
                   "key.list"):
        parts[method] = root.must(method, {})
    applied = root.must("audit.list", {"outcome": "applied", "limit": 10000})
    parts["applied"] = len([row for row in applied if row["action"] != "status"])
    return json.dumps(parts, sort_keys=True)


def shape(error):
    """What a refusal tells apart from its words."""
    return sorted(error["data"].keys())


def try_refusals(people, todo):
    words = collections.defaultdict(set)
    shapes = collections.defaultdict(set)
    for number, (row, params, base) in enumerate(todo):
        reply = people[row["caller"]].say(row["method"], params, idem_key=f"try-{number}")
        what = (row["caller"], row["method"], params, "should be refused as", row["refusal"])
        check("error" in reply, *what, "but was done:", reply)
        error = reply["error"]
        wanted = RIGHT_CODES.get(row["refusal"], "PERM_DENIED")
        check(error["data"]["code"] == wanted, *what, "but got", error)
        check(error["data"]["effect"] == "none" and error["data"]["hint"], *what, error)
        shapes[row["refusal"]].add(tuple(shape(error)))
        if row["refusal"] == "absent":
            text = error["message"].replace(base, "X")
            words[row["method"], tuple(sorted(params))].add((text, error["data"]["hint"], error["data"].get("field")))
    for call, said in words.items():
        check(len(said) == 1, "what is foreign and what is absent can be told apart in", call, said)
    for refusal, kinds in shapes.items():
        check(len(kinds) == 1, "refusals as", refusal, "have several shapes:", kinds)


def try_allowed(people, todo):
    for number, (row, params, base) in enumerate(todo):
        reply = people[row["caller"]].say(row["method"], params, idem_key=f"may-{number}", dry_run=True)
        if "error" not in reply:
            continue
        error = reply["error"]
        absent = error["data"]["code"] == "NOT_FOUND" and base is not None and error["message"].endswith(
            (f"vault {base}", f"account {base}", f"job {base}", f"API key {base}", f"user '{base}'"))
        check(error["data"]["code"] not in REFUSED_BY_RIGHT and not absent,
              row["caller"], "may", row["method"], params, "but got", error)


def lists_are_cut(people, owned):
    """A list shows what its caller may see, and nothing else."""
    see = {"admin": set(owned), "auditor": set(owned), "member": {"member"}, "bare": {"bare"},
           "moderator": {"moderator", "member", "member2", "bare"}, "robot": {"member"}}
    for caller, names in see.items():
        vaults = {owned[name]["vault"] for name in names}
        rows = people[caller].must("vault.list", {})
        check({row["id"] for row in rows} == vaults, caller, "sees the vaults", rows)
        rows = people[caller].must("user.list", {})
        users = {owned[name]["user"] for name in names}
        check({row["name"] for row in rows} - {"root"} == users, caller, "sees the users", rows)
        rows = people[caller].must("events", {"limit": 10000})
        check({row["user"] for row in rows if row["object"].startswith("v")} <= users, caller, "sees events of", rows)
        status = people[caller].must("status", {})
        check(status["vaults"] == len(vaults), caller, "counts", status["vaults"], "vaults")


def test(vaultd, vaultctl, rights_table):
    table = subprocess.run([rights_table], capture_output=True, text=True, check=True).stdout
    rows = [json.loads(line) for line in table.splitlines()]
    with Daemon(vaultd, vaultctl, control="  mode: 0666\n", signed_in=False) as daemon:
        os.chmod(daemon.directory, 0o711)
        root = Caller(daemon, "root", 0)
        root.must("user.create", {"name": "root", "role": "admin", "password": PASSWORD})
        root.login("root")
        daemon.methods = root.must("api.describe", {})["methods"]
        check({row["method"] for row in rows} == {m["name"] for m in daemon.methods},
              "the daemon has other methods than the policy")
        people, owned = settle_people(daemon, root)
        todo = [cell for cell in cells(daemon, rows, owned)]
        refused = [cell for cell in todo if cell[0]["refusal"] != "none"]
        before = fingerprint(root)
        try_refusals(people, refused)
        check(fingerprint(root) == before, "refused calls have changed something")
        trail = root.must("audit.list", {"outcome": "refused", "limit": 10000})
        told = collections.Counter((row["actor"].split(":")[0], row["action"]) for row in trail)
        for name in ("admin", "moderator", "auditor", "bare"):
            tried = collections.Counter((name, cell[0]["method"]) for cell in refused
                                        if cell[0]["caller"] == name)
            check(all(told[call] == count for call, count in tried.items()),
                  name, "was refused", tried, "but the trail has", told)
        allowed = [cell for cell in todo if cell[0]["refusal"] == "none"]
        try_allowed(people, allowed)
        check(fingerprint(root) == before, "dry runs have changed something")
        lists_are_cut(people, owned)
        if os.geteuid() == 0:
            stolen = people["member2"].say("whoami", {}, token=people["member"].token)
            check(stolen["result"]["data"]["kind"] == "nobody", "a copied token opens:", stolen)
            stolen = people["last_resort"].say("status", {}, token=people["member"].token)
            check(stolen["error"]["data"]["code"] == "AUTH_REQUIRED", "root uses a member's token")
        else:
            print("left out: callers of different uids (needs root)")
        print(f"{len(refused)} refused, {len(allowed)} allowed, all as declared")


if __name__ == "__main__":
    main(test)
