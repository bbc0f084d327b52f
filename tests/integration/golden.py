"""Golden JSON: what `--json` prints of every command, byte for byte, in one scene.

golden.table is the scene: its lines are run in order against one daemon with replays of a synthetic
market, and what a command printed is in golden/<command>.json, in the order of the output. Only the
fields that the table names may differ from run to run; of them the kind is compared, unless a ? says
that even this may differ. A command of vaultctl without a line, a change without its --dry-run, and a
file that no line makes are failures.
UPDATE_GOLDEN=1 writes the files anew: look at the difference before it is committed.

Every document also keeps the rules of the format: decimals are strings and no number has a fraction,
times are UTC with milliseconds, words of the program are lower_snake, a list is never null.
"""

import collections
import difflib
import json
import os
import pathlib
import re
import shlex

from private_daemon import Authenticator, Daemon, Failed, User, check, main

HERE = pathlib.Path(__file__).parent
TABLE = HERE / "golden.table"
GOLDEN = HERE / "golden"

# What these print is text, whatever the format.
NO_DOCUMENT = {"help", "completion"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
LIKE_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]")
DECIMAL = re.compile(r"-?(0|[1-9]\d*)(\.\d*[1-9])?")
LIKE_DECIMAL = re.compile(r"[-+]?\.?\d[\d_]*(\.\d*)?([eE][-+]?\d+)?")
# What a line of a batch came to may be the code of an error.
ERRORS = {"NOT_FOUND"}
# A mode is 0660, and what a metric says is written as C writes it.
NOT_MONEY = ("vault.config.", "vault.metrics/")
# Words of the program; what else is text comes from people, or names a thing.
NAMES_METHOD = {"vault.audit.list/1[].action", "vault.sleeve.history/1[].action"}
WORDS = {"action", "auto_raise", "check", "kind", "level", "mode", "quiet_sweep", "reason", "result",
         "right", "risk", "role", "severity", "side", "state", "status", "type", "strategy", "effect"}
WORD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
METHOD = re.compile(r"([a-z]+\.)?" + WORD.pattern)
KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class Line:
    """One line of the table: a command and how it ends."""

    def __init__(self, number, text):
        command, *ends = (cell.strip() for cell in text.split(" | "))
        name, _, rest = command.rpartition(": ")
        self.number, self.command, self.words = number, command, shlex.split(rest)
        self.name = name or "alice"
        self.exit = int(ends[0].removeprefix("exit=")) if ends else 0

    def says(self, holds, *what):
        check(holds, f"{TABLE.name}:{self.number}: {self.command}:", *what)


def read_table():
    """The lines, and {command: paths that vary}."""
    lines, varying = [], collections.defaultdict(list)
    for number, text in enumerate(TABLE.read_text().splitlines(), 1):
        if text.startswith("~ "):
            command, paths = text[2:].split(" | ")
            varying[command.strip()] += paths.split()
        elif text.strip() and not text.startswith("#"):
            lines.append(Line(number, text))
    return lines, varying


def command_of(words, commands):
    for length in (2, 1):
        if " ".join(words[:length]) in commands:
            return " ".join(words[:length])
    raise Failed("no command of vaultctl: " + " ".join(words))


def refuse_fraction(text):
    raise Failed(f"a number with a fraction: {text}")


def stand_in(value):
    """What is compared of a value that varies: its kind."""
    if isinstance(value, str):
        return "<time>" if TIME.fullmatch(value) else "<decimal>" if DECIMAL.fullmatch(value) \
            else "<text>"
    if isinstance(value, list):
        return ["<list>"]
    return {bool: "<bool>", int: "<integer>", type(None): None, dict: "<object>"}[type(value)]


def blur(value, path):
    """Replaces what `path` names, such as data.checks.*.message; gives how many it found."""
    head, _, rest = path.partition(".")
    keys = list(range(len(value))) if isinstance(value, list) else list(value)
    found = 0
    for key in keys:
        if head.removesuffix("?") not in ("*", str(key)):
            continue
        if rest and isinstance(value[key], (dict, list)):
            found += blur(value[key], rest)
        elif not rest:
            value[key] = "<varies>" if head.endswith("?") else stand_in(value[key])
            found += 1
    return found


class Rules:
    """The rules of the format, over all documents."""

    def __init__(self):
        self.kinds = collections.defaultdict(dict)  # of a schema's path: {kind: command}

    def look(self, line, document):
        body = "data" if "data" in document else "error"
        wanted = ["schema", "ok", "data", "warnings"] if body == "data" else ["schema", "ok", "error"]
        line.says(list(document) == wanted, "has", list(document))
        line.says(re.fullmatch(r"vault\.[a-z_.]+/1", document["schema"]), document["schema"])
        line.says(document.get("warnings", []) is not None, "warnings are null")
        self.walk(line, document["schema"], document[body])

    def walk(self, line, path, value, key=""):
        self.kinds[path].setdefault(type(value).__name__, line)
        if isinstance(value, dict):
            for name, item in value.items():
                # The key of a map may be an asset or a pair.
                if name == "params_schema":  # in the words of JSON Schema
                    continue
                line.says(KEY.fullmatch(name) or name.isupper(), path, "has the key", repr(name))
                self.walk(line, f"{path}.{name}", item, name)
        elif isinstance(value, list):
            for item in value:
                self.walk(line, f"{path}[]", item, key)
        elif isinstance(value, str):
            self.text(line, path, value, key)

    @staticmethod
    def text(line, path, value, key):
        if LIKE_TIME.match(value):
            line.says(TIME.fullmatch(value), path, "is no UTC time with milliseconds:", value)
        elif LIKE_DECIMAL.fullmatch(value) and not path.startswith(NOT_MONEY):
            line.says(DECIMAL.fullmatch(value), path, "is no plain decimal:", value)
        elif (key in WORDS or path.endswith("checks[].name")) and not (
                path == "vault.batch/1[].result" and value in ERRORS):
            kind = METHOD if path in NAMES_METHOD else WORD
            line.says(kind.fullmatch(value), path, "is no lower_snake word:", value)

    def finish(self):
        for path, kinds in self.kinds.items():
            others = set(kinds) - {"NoneType"}
            if "list" in kinds and "NoneType" in kinds:
                kinds["NoneType"].says(False, path, "is null, and a list elsewhere")
            if len(others) > 1:
                line = kinds[sorted(others)[0]]
                line.says(False, path, "is", " and ".join(sorted(others)), "in different lines")


def person_of(daemon, name):
    if name not in daemon.users:
        daemon.users[name] = User(daemon, name)
    return daemon.users[name]


def write_code(daemon, person):
    """A recovery code once there are some: the app has a new one every 30 s only. A rehearsal uses its
    code up, too."""
    code = person.codes.pop() if person.codes else person.app.code()
    (daemon.directory / "code").write_text(code + "\n")


def run_line(daemon, line, rules):
    person = person_of(daemon, line.name)
    if "--code-file" in line.words:
        write_code(daemon, person)
    done = person.run(*line.words, "--json")
    printed = done.stdout.replace(str(daemon.directory), "$W").replace(f"uid:{os.geteuid()}", "uid:$ME")
    line.says(done.code == line.exit, "ended with", done.code, done.stdout[:300], done.stderr)
    if line.words[:2] == ["ledger", "export"]:  # lines for programs, in every format
        documents = [json.loads(text, parse_float=refuse_fraction)
                     for text in printed.splitlines()]
        for document in documents:
            rules.walk(line, "ledger.export", document)
    else:
        line.says(printed.count("\n") == 1, "prints no single document:", printed[:300])
        documents = json.loads(printed, parse_float=refuse_fraction)
        rules.look(line, documents)
        line.says(documents["ok"] is (line.exit == 0), "ok is", documents["ok"])
        if "secret" in documents.get("data", {}):
            person.app, person.codes = Authenticator(documents["data"]["secret"]), []
        if "recovery_codes" in documents.get("data", {}):
            person.codes = list(documents["data"]["recovery_codes"])
    who = "" if line.name == "alice" else line.name + ": "
    return {"command": f"{who}vaultctl {line.command.removeprefix(who)}", "exit": done.code, "document": documents}


def text_of(runs):
    return json.dumps(runs, indent=1, ensure_ascii=False) + "\n"


def compare(name, text, update):
    path = GOLDEN / name
    if update:
        path.write_text(text)
        return None
    if not path.exists():
        return f"{name} is missing: UPDATE_GOLDEN=1 makes it"
    before = path.read_text()
    if before == text:
        return None
    lines = difflib.unified_diff(before.splitlines(), text.splitlines(), f"golden/{name}", "printed",
                                 lineterm="", n=2)
    return "\n".join(list(lines)[:40])


def check_complete(lines, commands, changing):
    """Every command is there, and each that changes something also as a dry run."""
    shown, tried = set(), set()
    for line in lines:
        (tried if "--dry-run" in line.words else shown).add(command_of(line.words, commands))
    missing = sorted(commands - shown - NO_DOCUMENT)
    check(not missing, f"no line of {TABLE.name} runs:", ", ".join(missing),
          "- add one for each, then UPDATE_GOLDEN=1")
    missing = sorted(changing - tried)
    check(not missing, f"no line of {TABLE.name} runs with --dry-run:", ", ".join(missing))


def every_document(vaultd, vaultctl):
    update = bool(os.environ.get("UPDATE_GOLDEN"))
    lines, varying = read_table()
    with Daemon(vaultd, vaultctl) as daemon:
        page = daemon.run("help").stdout.split("\nFlags everywhere")[0]
        commands = set(re.findall(r"^  ([a-z-]+(?: [a-z-]+)?) {2,}\S", page, re.M))
        changing = {method["command"] for method in daemon.ctl("api", "describe")["methods"]
                    if method["mutates"] and method["command"].strip() in commands}
        check_complete(lines, commands, changing)
        for name in ("other", "third"):
            (daemon.directory / name).touch(mode=0o600)
            (daemon.directory / name).write_text(f"{name} kettle 9 mountain\n")
        (daemon.directory / "code").touch(mode=0o600)
        (daemon.directory / "batch.txt").write_text("vault reserve v1 11\nvault show v99\n")
        (daemon.directory / "wrong.yaml").write_text("store:\n  balast_mib: 3\n")
        (daemon.directory / "candles.csv").write_text(
            "open_time,open,high,low,close,volume\n" + "".join(
                f"{1617235200 + 60 * n},10,11,9,10.{n % 9 + 1},5\n" for n in range(10)))
        for name, text in (("first", ""), ("second", "+key=2"), ("third", "+key=3"),
                           ("untrading", "+no-trade")):
            path = daemon.directory / f"{name}.key"
            path.write_text(f"paper-alice{text}")
            path.chmod(0o600)
        (daemon.directory / "words.txt").touch(mode=0o600)
        (daemon.directory / "words.txt").write_text("five words nobody puts together\n")
        rules = Rules()
        runs = collections.defaultdict(list)
        for line in lines:
            runs[command_of(line.words, commands)].append(run_line(daemon, line, rules))
        rules.finish()
    for command, paths in varying.items():
        for path in paths:
            found = sum(blur(run["document"], path) for run in runs[command])
            check(found, f"{TABLE.name}: no document of {command} has anything at {path}")
    wrong = []
    made = {command.replace(" ", "_") + ".json": text_of(of) for command, of in runs.items()}
    for name, text in made.items():
        wrong.append(compare(name, text, update))
    for path in sorted(GOLDEN.glob("*.json")):
        if path.name in made:
            continue
        if update:
            path.unlink()
        else:
            wrong.append(f"golden/{path.name}: no line of {TABLE.name} makes it")
    wrong = [text for text in wrong if text]
    check(not wrong, "what is printed has changed:\n" + "\n\n".join(wrong))
    print(f"{len(lines)} documents of {len(made)} commands", "written" if update else "as they were")


if __name__ == "__main__":
    main(every_document)
