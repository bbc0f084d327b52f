"""Wrong input of every command: the rows of bad_input.table against a real daemon.

Each row is run as a person sees it and with --json. Exit code, error code, field and message must be
the row's; nothing may have changed: not the journal, not one list, not one row of the store's tables.
A command of the registry without a row is a failure, so whoever adds one adds its rows.
"""

import hashlib
import json
import pathlib
import shlex
import sqlite3

from private_daemon import Daemon, check, main

TABLE = pathlib.Path(__file__).with_name("bad_input.table")

# What the commands of the table meet; ids are given in this order.
SCENE = """
account add --exchange paper --label main
account add --exchange paper --label spare
account add --exchange paper --label third
replay start synthetic --account a1 --seed 7 --days 30
replay start synthetic --account a3 --seed 7 --days 30
replay stop --account a3
vault create --account a1 --asset USDT --balance 10000
vault create --account a2 --asset USDT --balance 500
vault create --account a1 --asset EUR
vault reserve v1 10
vault pairs v1 --add ETH/USDT
vault set-tradeable v1 8000
vault allocate v1 --quiet 2000 --flash 3000
replay run --account a1 --until 2024-01-02T09:00:00Z --wait
account deposit a1 ETH 1
account add --exchange paper --label second
replay start synthetic --account a4 --seed 7 --days 30
vault create --account a4 --asset USDT --balance 10000
vault pairs v4 --add ETH/USDT
vault set-tradeable v4 8000
vault allocate v4 --quiet 3000 --flash 3000
sleeve set v4 quiet preset=flash
replay run --account a4 --until 2024-01-02T09:00:00Z --wait
account trade a4 ETH/USDT sell 0.5
bob: account add --exchange paper
bob: vault create --account a5 --asset USDT --balance 500
mfa enroll --password-file password
"""

LISTS = ["user.list", "account.list", "vault.list", "sleeve.list", "position.list", "replay.status",
         "key.list", "order.list", "trade.list", "decision.list", "sweep.list", "market.pairs", "market.prices"]
EVERYTHING = {"limit": 10000}


class Row:
    """One line of the table."""

    def __init__(self, number, line):
        cells = [cell.strip() for cell in line.rsplit(" | ", 4)]
        check(len(cells) == 5, f"line {number} has {len(cells)} cells, not 5: {line}")
        self.number, self.command = number, cells[0]
        self.exit, self.code, self.field, self.fragment = int(cells[1]), *cells[2:]

    def words(self, directory):
        self.fragment = self.fragment.replace("$W", str(directory))
        return [word.replace("$W", str(directory)) for word in shlex.split(self.command)]

    def says(self, holds, *what):
        check(holds, f"{TABLE.name}:{self.number}: vaultctl {self.command}:", *what)


def read_table():
    lines = enumerate(TABLE.read_text().splitlines(), 1)
    return [Row(n, line) for n, line in lines if line.strip() and not line.startswith("#")]


def columns_but(store, table, left_out):
    names = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
    check(left_out in names, table, "has no", left_out)
    return ", ".join(name for name in names if name != left_out)


def tables_of(path):
    """Every row of every table, in a stable order. A refusal leaves a row in the audit trail, whose
    end is sealed in `meta`, and its batch counts up `shard`; of the trail only what took effect is
    looked at. Passwords that were tried are counted in `attempt`; a session tells now and then when
    it was used."""
    store = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        names = [row[0] for row in store.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
            "ORDER BY name")]
        queries = {name: f"SELECT * FROM {name}" for name in names
                   if name not in ("shard", "attempt")}
        queries["audit"] += " WHERE outcome <> 'refused'"
        queries["meta"] += " WHERE key <> 'audit_head'"
        queries["session"] = queries["session"].replace("*", columns_but(store, "session",
                                                                         "last_used_at"))
        return {name: sorted(map(repr, store.execute(query))) for name, query in queries.items()}
    finally:
        store.close()


def state_of(daemon, wire):
    """Everything that a refused call must leave as it is, as {what: text}."""
    state = {}
    for method in LISTS:
        rows = wire.call(method, EVERYTHING if method.split(".")[0] in
                         ("order", "trade", "decision", "sweep") else {})
        state[method] = json.dumps(rows)
    for vault in json.loads(state["vault.list"]):
        name = {"vault": vault["id"]}
        state["ledger.export " + vault["id"]] = json.dumps(wire.call("ledger.export", name))
        state["vault.show " + vault["id"]] = json.dumps(wire.call("vault.show", name))
    for table, rows in tables_of(daemon.state / "vault.db").items():
        state["table " + table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return state


def changed(before, after):
    return [what for what in sorted(before | after) if before.get(what) != after.get(what)]


def write_keys(daemon):
    """The files of API keys that the table names, and k1."""
    for name, text in (("good", "paper-alice"), ("bad", "paper-alice+no-trade"), ("words", "open"),
                       ("empty", "")):
        path = daemon.directory / f"{name}.key"
        path.write_text(text)
        path.chmod(0o600)
    daemon.ctl("key", "add", "--account", "a1", "--api-key-file", "good.key", "--secret-file",
               "good.key")


def spellings(field):
    return {field, field.replace("_", "-"), field.replace("_", " "), field.upper()}


def check_line(row, text):
    """What a person sees: one line on stderr that says what is wrong and what to do."""
    row.says(text.endswith("\n") and text.count("\n") == 1, "not one line on stderr:", repr(text))
    row.says(text.startswith(f"vaultctl: {row.code}: "), "stderr is", text)
    row.says(row.fragment in text, f"'{row.fragment}' is not in", text)
    row.says(text.rstrip().endswith(")"), "no hint in", text)


def check_document(row, text):
    row.says(text.count("\n") == 1, "not one document on stdout:", repr(text))
    document = json.loads(text)
    row.says(document["schema"] == "vault.error/1" and document["ok"] is False, text)
    error = document["error"]
    row.says(error["code"] == row.code, "code is", error["code"])
    row.says(error["effect"] == "none", "effect is", error["effect"])
    row.says(error["hint"] and error["message"], "no hint or no message:", text)
    row.says(row.fragment in error["message"], "message:", error["message"])
    row.says(error.get("field", "-") == row.field, "field is", error.get("field", "-"))
    row.says(row.field == "-" or any(word.lower() in error["message"].lower() for word in spellings(row.field)),
             f"the message does not name '{row.field}':", error["message"])


def run_row(daemon, row):
    words = row.words(daemon.directory)
    plain = daemon.run(*words)
    row.says(plain.code == row.exit, f"exit {plain.code}, not {row.exit}:", plain.stdout,
             plain.stderr)
    row.says(plain.stdout == "", "stdout of a failure:", plain.stdout)
    check_line(row, plain.stderr)
    document = daemon.run(*words, "--json")
    row.says(document.code == row.exit, f"--json: exit {document.code}")
    check_line(row, document.stderr)
    check_document(row, document.stdout)


def write_files(directory):
    """The files that the table names: secrets, and candles that are none."""
    for name, text in (("guess", "purple kettle 8 mountain"), ("short", "hunter2"), ("code", "000000"),
                       ("tabs", "purple\tkettle"), ("nothing", "")):
        (directory / name).touch(mode=0o600)
        (directory / name).write_text(text and text + "\n")
    (directory / "open.token").write_text("vault_robot_1\n")
    (directory / "open.token").chmod(0o644)
    (directory / "empty.csv").write_text("")
    (directory / "words.csv").write_text("not,a,candle\nfile,at,all\n")
    (directory / "folder.csv").mkdir()
    (directory / "broken.csv.gz").write_bytes(b"\x1f\x8b\x08\x00 this is no deflate stream")
    (directory / "wrong.csv").write_text(
        "open_time,open,high,low,close,volume\n1617235200000,1,2,0.5,1.5,10\n1617235260000,x,2,1,1,1\n")


def check_complete(rows, wire):
    """Every command of the registry has a row; what only the wire has is tested elsewhere."""
    covered = set()
    for row in rows:
        words = [word for word in shlex.split(row.command) if not word.startswith("-")]
        covered |= {".".join(words[:2]).replace("-", "_"), (words or [""])[0]}
    methods = {method["name"] for method in wire.call("api.describe")["methods"]
               if not method["name"].startswith("sub.")}
    missing = sorted(methods - covered - {"hello"})
    check(not missing, f"no row in {TABLE.name} for:", ", ".join(missing))


def every_row(vaultd, vaultctl):
    rows = read_table()
    check(len(rows) >= 250, f"{len(rows)} rows only")
    with Daemon(vaultd, vaultctl) as daemon, daemon.wire() as wire:
        daemon.play(SCENE)
        write_files(daemon.directory)
        write_keys(daemon)
        check_complete(rows, wire)
        before = state_of(daemon, wire)
        check(json.loads(before["position.list"]), "the scene has no open position")
        for row in rows:
            run_row(daemon, row)
            after = state_of(daemon, wire)
            row.says(after == before, "changed:", ", ".join(changed(before, after)))
        daemon.ctl("ledger", "verify", "--all")
        print(f"{len(rows)} rows, each twice; {len(before)} lists and tables unchanged after each")


if __name__ == "__main__":
    main(every_row)
