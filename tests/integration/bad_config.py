"""Bad configuration: file, line, column, key and a suggestion on stderr, exit code 78, nothing made.

Every row is checked twice: by --check-config and by a start, which must refuse for the same reason
before it makes a state directory or a socket. The program's own arguments follow, exit code 64.
"""

import pathlib
import subprocess
import tempfile

from private_daemon import check, main

# The file | line:column | key | what is wrong or what to write instead
FILES = [
    ("stor:\n  path: x\n", "1:1", "stor", "did you mean store?"),
    ("store:\n  ballast_mib: 5\ncontrol:\n  sockt: /x\n", "4:3", "control.sockt",
     "did you mean socket?"),
    ("store:\n  retention:\n    decision: 1d\n", "3:5", "store.retention.decision",
     "did you mean decisions?"),
    ("paper:\n  fees: 0.1\n", "2:3", "paper.fees", "known here: fee_rate"),
    ("log:\n  zzzzzzzzz: 1\n", "2:3", "log.zzzzzzzzz", "known here: level"),
    ("store:\n  ballast_mib: -1\n", "2:16", "store.ballast_mib", "accepted: 0 to 1024 MiB"),
    ("store:\n  ballast_mib: 2000\n", "2:16", "store.ballast_mib", "accepted: 0 to 1024 MiB"),
    ("store:\n  ballast_mib: 1e999\n", "2:16", "store.ballast_mib", "not a whole"),
    ("store:\n  ballast_mib:\n", "2:3", "store.ballast_mib", "has no value; default 64"),
    ("store:\n  path: a\n  path: b\n", "3:3", "path", "given twice, first in line 2"),
    ("store:\n\tpath: x\n", "2:", "", ""),
    ("store: {path: x\n", "", "", ""),
    ("- a\n", "1:1", "", "must hold keys, such as store:"),
    ("control:\n  mode: 0777\n", "2:9", "control.mode", "0600 to 0666"),
    ("control:\n  max_connections: 0\n", "2:20", "control.max_connections", "8 to 4096"),
    ("control:\n  max_connections: 20\n", "2:3", "control.max_per_uid", "(32 against 20)"),
    ("control:\n  hello_timeout: 5\n", "2:18", "control.hello_timeout", "duration such as 30s"),
    ("engine:\n  batch_ms_max: 50ms\n", "2:17", "engine.batch_ms_max", "not a whole"),
    ("paper:\n  fee_rate: 0.2\n", "2:13", "paper.fee_rate", "0 to 0.1"),
    ("paper:\n  fee_rate: -0.1\n", "2:13", "paper.fee_rate", "0 to 0.1"),
    ("paper:\n  fee_rate: .nan\n", "2:13", "paper.fee_rate", "plain decimal"),
    ("paper:\n  slippage: 1e-4\n", "2:13", "paper.slippage", "plain decimal"),
    ("paper:\n  fee_in: both\n", "2:11", "paper.fee_in", "quote"),
    ("paper:\n  pairs:\n    - {pair: ETH/USDT, tick: 0}\n", "3:30", "paper.pairs[].tick", "0"),
    ("paper:\n  pairs:\n    - {pair: ETH/USDT, tik: 1}\n", "3:24", "paper.pairs[].tik",
     "did you mean tick?"),
    ("paper:\n  pairs:\n    - {pair: ETH/USDT, status: closed}\n", "3:32", "paper.pairs[].status",
     "cancel_only halted"),
    ("paper:\n  pairs:\n    - {pair: ETH/USDT, renamed_to: x}\n", "3:36", "paper.pairs[].renamed_to",
     "such as POL/USDT"),
    ("alerts:\n  retry_after: 1ms\n", "2:16", "alerts.retry_after", "100ms"),
    ("alerts:\n  targets: x\n", "2:12", "alerts.targets", "a list"),
    ("alerts:\n  targets:\n    - {url: 'https://x/'}\n", "3:7", "alerts.targets[].name", "missing"),
    ("alerts:\n  targets:\n    - {name: ops}\n", "3:7", "alerts.targets[].url", "missing"),
    ("alerts:\n  targets:\n    - {name: ops, url: ftp://x/}\n", "3:24", "alerts.targets[].url", "http"),
    ("alerts:\n  targets:\n    - {name: ops, url: 'https://x/', quiet: '22-6'}\n", "3:45",
     "alerts.targets[].quiet", "22:00-06:30"),
    ("alerts:\n  targets:\n    - {name: ops, url: 'https://x/', severity: bad}\n", "3:48",
     "alerts.targets[].severity", "critical"),
    ("alerts:\n  targets:\n    - {name: ops, url: 'https://x/', secret: x}\n", "3:38",
     "alerts.targets[].secret", "secret_file"),
    ("paper:\n  pairs:\n    - {pair: eth}\n", "3:14", "paper.pairs[].pair", "ETH/USDT"),
    ("log:\n  level: loud\n", "2:10", "log.level", "one of debug, info"),
    (b"\xff\xfe", "1:1", "", "byte ff is not UTF-8 text"),
    (b"\xff\xfel\x00o\x00g\x00", "1:1", "", "byte ff is not UTF-8 text"),
    (b"log:\n  level: inf\xf6\n", "2:13", "", "byte f6 is not UTF-8 text"),
    ("# größer\nlog:\n  level: ".encode() + b"\xc0\xaf\n", "3:10", "", "byte c0 is not UTF-8"),
    (b"log:\n  level: info\n\x00", "3:1", "", "byte 00 is not UTF-8 text"),
    (b"log:\n  level: \xed\xa0\x80\n", "2:10", "", "byte ed is not UTF-8 text"),
    (b"log:\n  level: info # \xe2\x82", "2:17", "", "byte e2 is not UTF-8 text"),
]

# Arguments | exit code | in the message
ARGUMENTS = [
    (["--frob"], 64, "--frob"),
    (["--check-conf"], 64, "--check-conf"),
    (["--check-config=1"], 64, "--check-config"),
    (["--config"], 64, "--config"),
    (["--state-dir"], 64, "--state-dir"),
    (["--state-dir", ""], 64, "--state-dir"),
    (["--state-dir="], 64, "--state-dir"),
    (["--socket", ""], 64, "--socket"),
    (["--socket="], 64, "--socket"),
    (["--config", ""], 64, "--config"),
    (["--check-config", "--config="], 64, "--config"),
    (["--check-config", "--output", "xml"], 64, "--output: 'xml'"),
    (["--output"], 64, "--output"),
    (["--output", "json"], 64, "--output belongs to --check-config"),
    (["--check-config", "--output="], 64, "--output"),
    (["--print-schema=1"], 64, "--print-schema"),
    (["config.yaml"], 64, "positional"),
    (["--check-config", "--config", "none.yaml"], 78, "none.yaml"),
    (["--check-config", "--config", "."], 78, "directory"),
    (["--state-dir", "none/at/all"], 77, "none/at/all"),
]


def run(vaultd, directory, *words):
    return subprocess.run([pathlib.Path(vaultd).absolute(), *words], capture_output=True, text=True,
                          cwd=directory, timeout=20, check=False)


def check_said(what, done, code, *fragments):
    check(done.returncode == code, f"{what}: exit {done.returncode}, not {code}: {done.stderr}")
    check(done.stdout == "", f"{what}: stdout {done.stdout}")
    for fragment in fragments:
        check(fragment in done.stderr, f"{what}: '{fragment}' is not in: {done.stderr}")
    lines = done.stderr.splitlines()
    check(lines[0].startswith("vaultd: "), f"{what}: stderr is {done.stderr}")
    check(lines[-1].startswith("  "), f"{what}: no hint in: {done.stderr}")


def nowhere_to_write(vaultd, directory):
    """What was asked for and cannot be written is a failure, however small it is."""
    for words in (["--version"], ["--help"], ["--check-config", "--config", "c.yaml"], ["--print-schema"],
                  ["--check-config", "--config", "c.yaml", "-o", "json"]):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([pathlib.Path(vaultd).absolute(), *words], stdout=full,
                                  stderr=subprocess.PIPE, text=True, cwd=directory, timeout=20,
                                  check=False)
        check(done.returncode == 74, words, "into a full device: exit", done.returncode)
        check("standard output" in done.stderr, words, "said:", done.stderr)


def every_row(vaultd, _vaultctl):
    with tempfile.TemporaryDirectory(prefix="vault-test-") as name:
        directory = pathlib.Path(name)
        file = directory / "c.yaml"
        start = ["--config", "c.yaml", "--state-dir", "state", "--socket", "s"]
        for text, place, key, fragment in FILES:
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
            for words in (["--check-config", "--config", "c.yaml"], start):
                check_said(repr(text), run(vaultd, directory, *words), 78, f"c.yaml:{place}", key,
                           fragment)
            left = sorted(path.name for path in directory.iterdir())
            check(left == ["c.yaml"], f"{text!r}: a refused start made {left}")
        for words, code, fragment in ARGUMENTS:
            check_said(words, run(vaultd, directory, *words), code, fragment)
        file.write_text("store:\n  ballast_mib: 5\n")
        good = run(vaultd, directory, "--check-config", "--config", "c.yaml")
        check(good.returncode == 0 and "c.yaml" in good.stdout, "a good file:", good)
        nowhere_to_write(vaultd, directory)
    print(f"{len(FILES)} files and {len(ARGUMENTS)} command lines refused")


main(every_row)
