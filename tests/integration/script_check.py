"""vaultctl script check, as the author of a script uses it: no daemon runs.

Both examples keep the protocol, in one process for many sleeves too; the Python one decides as the
built-in rules do. What a script does wrong is named, the exit code says so, and no line of it is wider
than a terminal. The programs find each other beside themselves or along PATH, and a folder that is
installed has the examples in the place that the manual names.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
COLUMNS = 80
ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "daemon" / "runner" / "examples"
SLOW = "20s"  # a deadline for machines with much else to do

# name, what it does on its third tick, its fault, what the fault's first line tells
BROKEN = [
    ("typo.sh", 'echo \'{"type":"decision","seq":3,"action":"hold","reason":"x","fractoin":"1"}\'',
     "bad_field", "fractoin: there is no such field"),
    ("order.sh", 'echo \'{"type":"decision","seq":2,"action":"hold","reason":"x"}\'',
     "wrong_sequence", "it answered 2 where 3 was due"),
    ("end.sh", "echo oh no >&2; exit 7", "exited", "exit code 7"),
    ("talk.sh", "echo thinking about it", "bad_json", "thinking about it"),
]
FRAME = '''#!/bin/sh
echo '{"type":"hello","protocol":1}'
read -r hello
seq=0
while read -r tick; do
    seq=$((seq + 1))
    if [ $seq -eq 3 ]; then
        %s
        continue
    fi
    echo "{\\"type\\":\\"decision\\",\\"seq\\":$seq,\\"action\\":\\"hold\\",\\"reason\\":\\"x\\"}"
done
'''


def check(holds, *what):
    if not holds:
        raise AssertionError(" ".join(str(word) for word in what))


class Author:
    def __init__(self, vaultctl, folder):
        self.vaultctl, self.folder = vaultctl, folder

    def run(self, *words, program=None, **variables):
        environment = dict(os.environ, VAULTCTL_SOCKET="/nonexistent/socket", **variables)
        return subprocess.run([program or self.vaultctl, "script", "check", *map(str, words)],
                              cwd=self.folder, env=environment, capture_output=True, text=True,
                              timeout=240, check=False)

    def report(self, *words, exit_code=0):
        done = self.run(*words, "--json", "--deadline", SLOW)
        check(done.returncode == exit_code, words, "exit", done.returncode, done.stdout, done.stderr)
        return json.loads(done.stdout)["data"]

    def put(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o755)
        return path


def examples(author):
    for example in EXAMPLES.iterdir():
        shutil.copy(example, author.folder)
    report = author.report("cycle.py", "--compare", "--ticks", 3000)
    check(report["decisions"] == 3000 and report["differences"] == 0, report)
    check(report["trades"] > 0 and report["latency_p50_us"] > 0 and report["starts"] == 1, report)
    report = author.report("cycle.py", "--compare", "--ticks", 40, "--sleeves", 100)
    check(report["decisions"] == 4000 and report["differences"] == 0, report)
    report = author.report("--command", "python3 cycle.py --own-window", "--ticks", 600,
                           "--set", "history=2h", "--set", "trend_closes=2")
    check(report["decisions"] == 600 and not report["faults"], report)
    report = author.report("dip.sh", "--ticks", 1000)
    check(report["trades"] > 0, report)
    reasons = {row["reason"] for row in report["reasons"]}
    check({"not_now", "no_signal", "dip"} <= reasons, reasons)
    report = author.report("dip.sh", "--compare", "--ticks", 300, exit_code=3)
    check(report["differences"] > 0 and "the built-in rules" in report["first_difference"], report)


def folders(author):
    """It sees its folder and nothing beside it, however the folder is named."""
    inner = author.folder / "inner"
    inner.mkdir(mode=0o755)
    author.put("secret.txt", "not for scripts\n")
    script = author.put("inner/look.sh", FRAME % "cat ../secret.txt >&2; exit 1")
    link = author.folder / "link"
    link.symlink_to(inner)
    for path in (script, link / "look.sh"):
        report = author.report(path, "--ticks", 3, exit_code=3)
        told = " ".join(report["stderr"])
        check("not for scripts" not in told and "secret.txt: No such file" in told, told)
    report = author.report("--command", "cat secret.txt", "--folder", author.folder, exit_code=3)
    check("not for scripts" in report["faults"][0]["first"], report["faults"])


def candles(author):
    rows = [f"{1617321600 + 60 * i},100,{101 + i % 3},99,100.5,1" for i in range(120)]
    author.put("candles.csv", "time,open,high,low,close,volume\n" + "\n".join(rows) + "\n")
    report = author.report("dip.sh", "--candles", "candles.csv", "--interval", "1m")
    check(report["ticks"] == 480 and report["market"].endswith("/candles.csv"), report)
    author.put("bad.csv", "1617321600,100,90,99,100,1\n")
    done = author.run("dip.sh", "--candles", "bad.csv", "--json")
    check(done.returncode == 65 and "line 1" in done.stdout, done.returncode, done.stdout)


def broken(author):
    for name, act, fault, story in BROKEN:
        author.put(name, FRAME % act)
        report = author.report(name, "--ticks", 10, exit_code=3)
        row = report["faults"][0]
        check(row["fault"] == fault and story in row["first"], name, report["faults"])
        # Each start gets two ticks answered, and fails on the third; then no more.
        check(report["decisions"] >= 2 and report["ok"] is False, name, report)
    check("script: oh no" in author.report("end.sh", exit_code=3)["stderr"], "standard error")
    author.put("locked.sh", "#!/bin/sh\n").chmod(0o644)
    report = author.report("locked.sh", exit_code=3)
    check(report["faults"][0]["fault"] == "cannot_start" and
          "must be able to read and run it" in report["faults"][0]["first"], report)


def memory(author):
    """What a sleeve must remember outlives the process: it comes back with the next tick."""
    author.put("tired.py", """#!/usr/bin/env python3
import json, sys
print('{"type":"hello","protocol":1}', flush=True)
answers = 0
for line in sys.stdin:
    tick = json.loads(line)
    if tick["type"] != "tick":
        continue
    answers += 1
    if answers == 50:
        sys.exit(1)
    count = int(tick["state"] or "0") + 1
    knows = tick["seq"] == 1 or tick["state"]
    print(json.dumps({"type": "decision", "seq": tick["seq"], "action": "hold",
                      "reason": "knows" if knows else "forgot", "state": str(count),
                      "figures": {"count": str(count)}}), flush=True)
""")
    report = author.report("tired.py", "--ticks", 1000, exit_code=3)
    check(report["starts"] == 3 and report["decisions"] == 3 * 49, report)
    check([row["reason"] for row in report["reasons"]] == ["knows"], report["reasons"])


def screens(author):
    for words in (["cycle.py", "--compare", "--ticks", "300"], ["end.sh"], ["typo.sh"],
                  ["dip.sh", "--compare", "--ticks", "300"]):
        done = author.run(*words, "--deadline", SLOW)
        wide = [line for line in done.stdout.splitlines() if len(line) > COLUMNS]
        check(done.stdout and not wide, words, wide)
        quiet = author.run(*words, "--quiet", "--deadline", SLOW)
        check(len(quiet.stdout.splitlines()) == 1, words, quiet.stdout)


def programs(author):
    """The runner is found beside vaultctl, else along PATH, and said to be missing else."""
    alone = author.folder / "alone"
    alone.mkdir()
    copied = shutil.copy(author.vaultctl, alone)
    done = author.run("dip.sh", "--ticks", 5, program=copied, PATH="/nonexistent")
    check(done.returncode == 74 and "there is no vaultd-runner" in done.stderr, done.stderr)
    beside = str(pathlib.Path(author.vaultctl).parent)
    done = author.run("dip.sh", "--ticks", 5, "--deadline", SLOW, program=copied, PATH=beside)
    check(done.returncode == 0, done.stdout, done.stderr)


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="vault-test-"))
    folder.chmod(0o755)
    author = Author(sys.argv[2], folder)
    try:
        author.put("first.sh", FRAME % ":")
        done = author.run("first.sh", "--ticks", 1, "--json", "--deadline", SLOW)
        if "the system refuses" in done.stdout:
            print("the system refuses the sandbox: left out:", done.stdout)
            return SKIPPED
        for part in (examples, folders, candles, broken, memory, screens, programs):
            part(author)
    finally:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
