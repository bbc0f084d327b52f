"""What an operator reads, on a daemon with two users, open positions, pauses and sweeps.

Every command that shows something is run as a person sees it: no line may be wider than a terminal of
80 columns, no cell may hold JSON, and --quiet prints values alone, one a line. A command of the
registry that only reads and is not walked here is a failure.
"""

import contextlib
import fcntl
import os
import pty
import re
import shlex
import struct
import subprocess
import termios

from private_daemon import Daemon, check, main

COLUMNS = 80

SCENE = """
account add --exchange paper
bob: account add --exchange paper
bob: account add --exchange paper --label idle
replay start synthetic --account a1 --seed 7 --days 60
bob: replay start synthetic --account a2 --seed 7 --days 60
vault create --account a1 --asset USDT --balance 1234567
vault create --account a1 --asset USDC --balance 1000
bob: vault create --account a2 --asset USDT --balance 5000
bob: vault create --account a3 --asset USDT --balance 100
vault reserve v1 10
vault pairs v1 --add ETH/USDT
bob: vault pairs v3 --add ETH/USDT
vault set-tradeable v1 1000000
bob: vault set-tradeable v3 4000
vault auto-raise v1 percent 50
vault allocate v1 --quiet 345678.9 --flash 456789.1
bob: vault allocate v3 --quiet 1000 --flash 2000
preset create calm --from quiet cooldown=6h --note 'a slower quiet'
bob: sleeve set v3 flash preset=quiet
bob: sleeve set v3 quiet quiet_sweep=daily quiet_sweep_share=0.5
replay run --account a1 --until 2024-01-25 --wait
bob: replay run --account a2 --until 2024-01-25 --wait
vault pause v1 --why 'news day'
bob: sleeve pause v3 quiet --why 'a look at it'
bob: account add --exchange paper --label second
bob: replay start synthetic --account a4 --seed 7 --days 30
bob: vault create --account a4 --asset USDT --balance 10000
bob: vault pairs v5 --add ETH/USDT
bob: vault set-tradeable v5 8000
bob: vault allocate v5 --quiet 3000 --flash 3000
bob: sleeve set v5 quiet preset=flash
bob: replay run --account a4 --until 2024-01-02T09:00:00Z --wait
bob: account trade a4 ETH/USDT sell 0.5
key add --account a1 --api-key-file first.key --secret-file first.key --label 'the one that trades'
key add --account a1 --api-key-file down.key --secret-file first.key
key policy v1 round-robin
token create nightly --methods 'report.*' --out nightly.token
secrets escrow --passphrase-file words.key --out copy
backup create
risk set --vault v1 max_daily_loss=100000 max_drawdown=0.9
"""

# The commands that only show.
SCREENS = """
status
top --once
top --once --view alerts
health
why-not-trading v1
why-not-trading v4
why-not-trading v5 flash
version
whoami
session list
mfa status
token list
doctor
config show
config show --origin
config check
user list
user wallets alice
user show alice
user show bob
account list
key list
key list --account a1
account show a1
account show a3
account exchanges
account unattributed a4
vault list
vault show v1
vault show v4
vault show v5
vault history v1
chart balance v1
chart balance v5 --sleeve flash
chart pnl v1
chart pnl v3 --since 10d --ascii
chart sweeps v1
chart fees v1
chart tradeable v1
chart tradeable v1 --style block --from 2024-01-05 --to 2024-01-15
chart price v1
chart price v1 --since 12h --ascii
vault pairs v1
vault pairs v1 --available
sleeve list
sleeve show v1 flash
sleeve show v3 quiet
risk show
risk show v1
risk explain v1 flash
risk test v1 flash --since 2024-01-01 --set max_daily_loss=1 --set max_trades_per_day=1
sleeve history v3 flash
preset list
preset show calm
preset diff flash quiet
preset diff calm --vault v3 --sleeve flash
position list
position show v1 flash
order list --vault v1 --limit 20
order show v1.flash.1
order explain v1.flash.1
order explain v1.flash.2
trade show a1:T2
trade explain a1:T1
trade explain a1:T2
trade list --vault v1 --limit 20
decision list --vault v1 --limit 20
decision why v1 flash
decision show v1.flash.ETH@2024-01-01
decision explain v1.flash.ETH@2024-01-01
sweep list
sweep show SWEEP
sweep explain SWEEP
events --limit 30
events --vault v5 --severity alert
ledger list v1 --limit 20
ledger verify v1
audit list
audit verify
audit head
secrets show
backup list
backup verify BACKUP
alert list
alert list --all
secrets drill --copy copy --passphrase-file words.key
ledger verify --all
market pairs
market prices
market candles ETH/USDT --account a1 --limit 20
market candles ETH/USDT --account a2 --interval 1d --from 2024-01-20
replay status
job list
job show j1
wait v1 --for paused
job wait j1
report pnl v1
report pnl --all
report vault v1
report vault --all --from 2024-01-05
report fees --all
report sweeps --user alice
api describe
api errors
api errors 75
"""

# What changes something, and what --quiet prints of it.
CHANGES = """
bob: account deposit a2 USDT 5 | a2
bob: account withdraw a2 USDT 5 | a2
bob: account attribute a2 USDT --to ignore | a2
bob: vault reserve v3 5 | 5
bob: vault auto-raise v3 full | full
bob: vault set-tradeable v3 4100.5 | 4100.5
vault pairs v2 --add ETH/USDC --add BTC/USDC | BTC/USDC ETH/USDC
bob: user wallets bob --remove EUR --add USD | USD USDC USDT
bob: sleeve resume v3 quiet | running
vault pause v3 | paused
vault resume v3 | running
"""

MAY_BE_EMPTY = {"position", "sweep"}
# The session's own; lines for programs.
NO_SCREEN = {"hello", "ledger.export", "metrics", "sub.open", "sub.credit", "sub.close"}


def check_screen(words, text):
    check(text.strip(), *words, "prints nothing")
    for line in text.splitlines():
        check(len(line) <= COLUMNS, *words, f"has a line of {len(line)} columns:", line)
        check("{" not in line and '"' not in line, *words, "shows JSON:", line)
        check("1970-" not in line, *words, "shows a clock that never ran:", line)
        check(line == line.rstrip(), *words, "leaves blanks at a line's end:", repr(line))


def check_quiet(words, text):
    check(text.strip() or words[0] in MAY_BE_EMPTY, *words, "-q prints nothing")
    for line in text.splitlines():
        check("{" not in line and "," not in line, *words, "-q does not print values alone:", line)


def walk(daemon, line):
    words = shlex.split(line)
    done = daemon.run(*words)
    # v5 needs a person, the replays stand still.
    ended = 3 if words[0] in ("health", "why-not-trading") else 0
    check(done.code == ended, line, "ended with", done.code, done.stderr)
    check_screen(words, done.stdout)
    wide = daemon.run(*words, "-o", "wide")
    check(wide.code == ended and "{" not in wide.stdout, line, "-o wide shows JSON:", wide.stdout)
    check_quiet(words, daemon.run(*words, "-q").stdout)


def check_complete(wire):
    shown = {".".join(line.split()[:2]).replace("-", "_") for line in SCREENS.split("\n")}
    shown |= {line.split()[0] for line in filter(None, SCREENS.split("\n"))}
    shown |= {line.split()[0].replace("-", "_") for line in filter(None, SCREENS.split("\n"))}
    methods = {method["name"] for method in wire.call("api.describe")["methods"]
               if not method["mutates"]}
    missing = sorted(methods - shown - NO_SCREEN)
    check(not missing, "no screen is walked of:", ", ".join(missing))


def check_details(daemon):
    check(daemon.run("vault", "pairs", "v1", "-q").stdout == "ETH/USDT\n", "vault pairs v1 -q")
    check(daemon.run("job", "list", "-q").stdout.startswith("j1\nj2\n"), "job list -q")
    check(daemon.run("sleeve", "list", "-q").stdout.startswith("v1 quiet\nv1 flash\n"),
          "sleeve list -q")
    wide = daemon.run("sleeve", "list", "-o", "wide").stdout.splitlines()
    check("PAUSES" in wide[0] and "paused by alice: news day" in wide[1], "PAUSES:", wide)
    check("paused by bob: a look at it" in "".join(wide), "PAUSES:", wide)
    check(daemon.ctl("account", "show", "a3")["now"] is None, "account show a3: now")
    young = daemon.ctl("vault", "show", "v4")  # made before the first price of its account
    check(young["updated_at"] is None and young["created_at"], "vault show v4: its times", young)
    done = daemon.user("bob").run("sleeve", "set", "v3", "quiet", "max_drawdown=0.1")
    check(done.code == 0 and not done.stderr, done.stderr)
    check_screen(["sleeve", "set"], done.stdout)


def check_attention(daemon):
    """Coins that two sleeves held were sold behind the daemon's back: each says what it needs."""
    page = daemon.run("vault", "show", "v5").stdout
    for sleeve in ("quiet", "flash"):
        reason = daemon.ctl("sleeve", "show", "v5", sleeve)["idle_reason"]
        check(f"vaultctl position resolve v5 {sleeve} --as" in reason, "v5", sleeve, "says", reason)
        check(f"{sleeve} needs_attention: " in page, page)


def on_terminal(daemon, columns, rows, *words, **variables):
    """What a terminal of that size is sent."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    environment = {**daemon.environment(), "TERM": "xterm", "LC_ALL": "C.UTF-8", "NO_COLOR": "",
                   **variables}
    with subprocess.Popen([daemon.vaultctl, *words], stdin=slave, stdout=slave, stderr=slave,
                          env=environment) as process:
        os.close(slave)
        sent = b""
        with contextlib.suppress(OSError):  # the end of a terminal that nobody holds any more
            while part := os.read(master, 1 << 16):
                sent += part
    os.close(master)
    check(process.returncode == 0, *words, "ended with", process.returncode, sent)
    return sent.decode().replace("\r\n", "\n")


def check_charts(daemon):
    """As large as the terminal, never larger, and the same but for the colour."""
    for chart in ("balance", "pnl", "sweeps", "fees", "tradeable", "price"):
        for columns, rows in ((80, 24), (200, 50), (50, 16)):
            plain = on_terminal(daemon, columns, rows, "chart", chart, "v1", "--width", "400",
                                NO_COLOR="1")
            lines = plain.splitlines()
            check(rows - 2 <= len(lines) < rows, "chart", chart, "has", len(lines), "lines of", rows)
            widest = max(map(len, lines))
            check(widest == columns, "chart", chart, "is", widest, "columns wide, not", columns)
            colored = on_terminal(daemon, columns, rows, "chart", chart, "v1")
            check("\x1b[36m" in colored, "chart", chart, "has no colour on a terminal")
            check(re.sub("\x1b\\[[0-9]*m", "", colored) == plain, "chart", chart,
                  "differs in more than colour")
    last = daemon.ctl("vault", "history", "v1")
    swept = {one["sleeve"]: one["points"][-1]["swept"] for one in last}
    check(daemon.run("chart", "sweeps", "v1", "-q").stdout.split()
          == [swept["quiet"], swept["flash"]], "chart sweeps v1 -q")


def every_screen(vaultd, vaultctl):
    with Daemon(vaultd, vaultctl) as daemon, daemon.wire() as wire:
        for name, text in (("first", "paper-alice"), ("down", "paper-alice+down"),
                           ("words", "five words nobody puts together")):
            (daemon.directory / f"{name}.key").write_text(text)
            (daemon.directory / f"{name}.key").chmod(0o600)
        daemon.play(SCENE)
        check_complete(wire)
        sweep = daemon.ctl("sweep", "list")[0]["id"]
        backup = daemon.ctl("backup", "list")[0]["name"]
        lines = [line.replace("SWEEP", sweep).replace("BACKUP", backup) for line in filter(None, SCREENS.splitlines())]
        for line in lines:
            walk(daemon, line)
        check_details(daemon)
        check_attention(daemon)
        check_charts(daemon)
        changes = [line.split(" | ") for line in filter(None, CHANGES.splitlines())]
        for line, wanted in changes:
            name, _, words = line.rpartition(": ")
            done = daemon.user(name or "alice").run(*shlex.split(words), "-q")
            check(done.code == 0 and done.stdout.split() == wanted.split(), line, "-q printed",
                  repr(done.stdout), done.stderr)
        print(f"{len(lines)} screens, as a table, wide and quiet")


main(every_screen)
