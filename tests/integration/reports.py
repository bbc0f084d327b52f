"""The reports of a span against the exported journal, added up by Python in exact decimals.

Two users trade a month; each report is asked for the whole time and for spans that begin and end
inside it, for one vault, one user and all. Every sum must agree to the last digit. Files are written
whole or not at all; pages and pictures are well-formed and load nothing from outside.
"""

import csv
import datetime
import decimal
import io
import json
import os
import random
import re
import resource
import subprocess
import xml.etree.ElementTree
from decimal import Decimal

from private_daemon import Daemon, check, main

decimal.getcontext().prec = 80

SCENE = """
account add --exchange paper
bob: account add --exchange paper
replay start synthetic --account a1 --seed 7 --days 30
bob: replay start synthetic --account a2 --seed 11 --days 30
vault create --account a1 --asset USDT --balance 10000
bob: vault create --account a2 --asset USDT --balance 5000
bob: vault create --account a2 --asset EUR --balance 77.5
vault pairs v1 --add ETH/USDT
bob: vault pairs v2 --add ETH/USDT
vault set-tradeable v1 9000
bob: vault set-tradeable v2 4000
vault allocate v1 --quiet 4000 --flash 4000
bob: vault allocate v2 --flash 2000
sleeve set v1 quiet preset=flash stop_loss=0.05 quiet_sweep=daily quiet_sweep_share=0.3
sleeve set v1 flash stop_loss=0.05
replay run --account a1 --until 2024-01-01T11:30:00Z --wait
sleeve pause v1 quiet
replay run --account a1 --until 2024-01-03 --wait
sleeve resume v1 quiet
account deposit a1 USDT 12.345678901234567891
replay run --account a1 --until 2024-01-20 --wait
account withdraw a1 USDT 100
bob: replay run --account a2 --until 2024-01-20 --wait
bob: vault unallocate v2 --flash 500
"""

MADE = re.compile(r"generated at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC by vaultctl [\d.]+")
LOW_FEE = "  fee_rate: 0.0005\n"
SPANS = [(None, None), (None, "2024-01-05"), ("2024-01-02T11:00:00Z", None),
         ("2024-01-01T04:00:00Z", "2024-01-13T07:31:15Z"), ("2024-02-01", "2024-03-01")]
SWEEPS = ("flash_sweep", "quiet_sweep", "sweep_return")
OWN = ("cash", "locked", "pending", "position")


def instant(text):
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)


def journal_of(wire, vault):
    entries, seq = [], 1
    while seq is not None:
        page = wire.call("ledger.export", {"vault": vault, "from_seq": seq})
        entries += [json.loads(line) for line in page["lines"]]
        seq = page["next_seq"]
    return entries


def moved(entry, asset, *accounts):
    return sum((Decimal(posting["amount"]) for posting in entry["postings"]
                if posting["asset"] == asset and posting["account"] in accounts), Decimal(0))


def columns_of(entry, asset):
    sleeves = {sleeve: moved(entry, asset, *(f"{sleeve}.{own}" for own in OWN))
               for sleeve in ("quiet", "flash")}
    return {"reserve": moved(entry, asset, "reserve"),
            "unallocated": moved(entry, asset, "unallocated"), **sleeves}


def plus(left, right):
    return {name: left.get(name, Decimal(0)) + amount for name, amount in right.items()}


class Span:
    def __init__(self, start, end):
        self.start, self.end = start and instant(start), end and instant(end)
        self.params = {name: value for name, value in (("from", start), ("to", end)) if value}

    def before(self, entry):
        return self.start is not None and instant(entry["at"]) < self.start

    def holds(self, entry):
        late = self.end is not None and instant(entry["at"]) >= self.end
        return not late and not self.before(entry)


def figures(row, names):
    return {name: Decimal(row[name]) for name in names}


def check_vault(wire, journals, assets, span):
    report = wire.call("report.vault", {**span.params, "all": True})
    names = ("reserve", "unallocated", "quiet", "flash")
    for vault, entries in journals.items():
        asset = assets[vault]
        rows = {row["kind"]: row for row in report["rows"] if row["vault"] == vault}
        start, kinds, counts = dict.fromkeys(names, Decimal(0)), {}, {}
        sums = dict.fromkeys(("realised", "fees", "swept", "funded"), Decimal(0))
        for entry in entries:
            if span.before(entry):
                start = plus(start, columns_of(entry, asset))
            if not span.holds(entry):
                continue
            kind = entry["kind"]
            kinds[kind] = plus(kinds.get(kind, {}), columns_of(entry, asset))
            counts[kind] = counts.get(kind, 0) + 1
            sums["realised"] -= moved(entry, asset, "quiet.realised", "flash.realised")
            sums["fees"] += moved(entry, asset, "quiet.fees", "flash.fees")
            sums["funded"] -= moved(entry, asset, "external")
            if kind in SWEEPS:
                sums["swept"] += moved(entry, asset, "unallocated")
        end = start
        for kind, wanted in kinds.items():
            check(figures(rows[kind], names) == wanted, vault, span.params, kind, rows[kind], wanted)
            check(rows[kind]["entries"] == counts[kind], vault, kind, counts[kind], rows[kind])
            end = plus(end, wanted)
        check(set(rows) == set(kinds) | {"start", "end"}, vault, span.params, set(rows))
        check(figures(rows["start"], names) == start, vault, span.params, "start", start)
        check(figures(rows["end"], names) == end, vault, span.params, "end", end)
        summed = [row for row in report["vaults"] if row["vault"] == vault][0]
        for name, wanted in sums.items():
            check(Decimal(summed[name]) == wanted, vault, span.params, name, summed, wanted)
        check(Decimal(summed["closing"]) == sum(end.values()) ==
              Decimal(summed["opening"]) + sums["funded"] + sums["realised"], vault, summed)
    check_totals(report, {"opening", "funded", "realised", "fees", "swept", "closing"}, "vaults")


def check_totals(report, names, rows):
    for total in report["totals"]:
        mine = [row for row in report[rows]
                if (row["asset"], row["mode"]) == (total["asset"], total["mode"])]
        for name in names:
            check(Decimal(total[name]) == sum((Decimal(row[name]) for row in mine), Decimal(0)),
                  "total", name, total)


def sleeve_sums(entries, sleeve, asset):
    """Balance and realised of a sleeve after these entries."""
    return (sum((columns_of(entry, asset)[sleeve] for entry in entries), Decimal(0)),
            -sum((moved(entry, asset, f"{sleeve}.realised") for entry in entries), Decimal(0)))


def coins_after(entries, sleeve, base):
    return sum((moved(entry, base, f"{sleeve}.position", f"{sleeve}.held") for entry in entries),
               Decimal(0))


def check_pnl(wire, journals, assets, span):
    report = wire.call("report.pnl", span.params)
    open_at_an_end = 0
    for vault, entries in journals.items():
        asset = assets[vault]
        before = [entry for entry in entries if span.before(entry)]
        upto = [entry for entry in entries if span.before(entry) or span.holds(entry)]
        for sleeve in ("quiet", "flash"):
            row = [row for row in report["rows"] if (row["vault"], row["sleeve"]) == (vault, sleeve)][0]
            for end, part, name in (("opening", before, "unrealised_before"),
                                    ("closing", upto, "unrealised")):
                wanted = sleeve_sums(part, sleeve, asset)[0]
                check(Decimal(row[end]["balance"]) == wanted, vault, sleeve, span.params, row[end], wanted)
                flat = coins_after(part, sleeve, "ETH") == 0
                check(not flat or Decimal(row[name]) == 0, vault, sleeve, span.params, name, row)
                open_at_an_end += not flat and Decimal(row[name]) != 0
            wanted = sleeve_sums(upto, sleeve, asset)[1] - sleeve_sums(before, sleeve, asset)[1]
            check(Decimal(row["realised"]) == wanted, vault, sleeve, span.params, "realised", row, wanted)
            check(Decimal(row["net"]) == wanted + Decimal(row["unrealised"]) -
                  Decimal(row["unrealised_before"]), vault, sleeve, "net", row)
    check_totals(report, {"realised", "unrealised", "unrealised_before", "net", "fees", "swept"}, "rows")
    return open_at_an_end


def check_adjacent(wire):
    """Spans that meet add up to the span over both, to the last digit."""
    seed = int(os.environ.get("VAULT_SEED", 0)) or random.randrange(1, 1 << 31)
    print(f"VAULT_SEED={seed}")
    rng = random.Random(seed)
    begin = instant("2024-01-01")
    for _ in range(25):
        minutes = sorted(rng.sample(range(21 * 1440), 3))
        ends = [(begin + datetime.timedelta(minutes=minute)).isoformat() for minute in minutes]
        ends = [end.replace("+00:00", "Z") for end in ends]
        first, second, both = (wire.call("report.pnl", {"from": start, "to": end})["rows"]
                               for start, end in ((ends[0], ends[1]), (ends[1], ends[2]), (ends[0], ends[2])))
        for left, right, whole in zip(first, second, both):
            for name in ("realised", "net", "fees", "swept", "volume"):
                check(Decimal(left[name]) + Decimal(right[name]) == Decimal(whole[name]), f"seed {seed}",
                      name, ends, left, right, whole)
            check(left["unrealised"] == right["unrealised_before"], f"seed {seed}", ends, left, right)
            check(left["closing"]["balance"] == right["opening"]["balance"], f"seed {seed}", left, right)


def states_of(entries, asset):
    """What a report may say: the sleeves' sums and the number of fills after each entry."""
    quiet, flash, fills, states = (Decimal(0),) * 2, (Decimal(0),) * 2, 0, set()
    for entry in entries:
        quiet, flash = ([old + new for old, new in zip(sums, sleeve_sums([entry], sleeve, asset))]
                        for sums, sleeve in ((quiet, "quiet"), (flash, "flash")))
        fills += entry["kind"] in ("buy_fill", "sell_fill")
        states.add((*quiet, *flash, fills))
    return states


def check_while_trading(daemon, wire):
    """Reports taken while a replay runs are each of one instant: every figure of it is that of the books
    after one and the same entry."""
    daemon.ctl("replay", "start", "synthetic", "--account", "a1", "--seed", "7", "--from", "2024-01-20",
               "--days", "10", "--speed", "200000")
    daemon.ctl("replay", "run", "--account", "a1")
    shown = []
    while wire.call("replay.status", {"account": "a1"})[0]["state"] == "running":
        rows = wire.call("report.pnl", {"vault": "v1"})["rows"]
        shown.append((*(Decimal(figure) for row in rows
                        for figure in (row["closing"]["balance"], row["realised"])),
                      sum(row["trades"] for row in rows)))
    check(len(set(shown)) > 3, "too little was seen while it traded:", len(shown), len(set(shown)))
    states = states_of(journal_of(wire, "v1"), "USDT")
    for state in shown:
        check(state in states, "a report mixes two instants:", state)
    print(f"{len(shown)} reports while trading, {len(set(shown))} of them different")


def check_fees(wire, journals, assets, span):
    report = wire.call("report.fees", span.params)
    for vault, entries in journals.items():
        for sleeve in ("quiet", "flash"):
            rows = [row for row in report["rows"] if (row["vault"], row["sleeve"]) == (vault, sleeve)]
            wanted = sum((moved(entry, assets[vault], f"{sleeve}.fees") for entry in entries
                          if span.holds(entry)), Decimal(0))
            check(sum((Decimal(row["value"]) for row in rows), Decimal(0)) == wanted, vault, sleeve,
                  span.params, "fees", rows, wanted)
            fills = sum(entry["kind"] in ("buy_fill", "sell_fill") and span.holds(entry) and
                        moved(entry, assets[vault], f"{sleeve}.fees") != 0 for entry in entries)
            check(sum(row["trades"] for row in rows) == fills, vault, sleeve, "trades", rows, fills)
    check_totals(report, {"value", "volume"}, "rows")
    return len(report["rows"])


def check_sweeps(wire, journals, assets, span):
    report = wire.call("report.sweeps", span.params)
    seen = set()
    for vault, entries in journals.items():
        rows = {row["kind"]: row for row in report["rows"] if row["vault"] == vault}
        for kind in SWEEPS:
            amounts = [abs(moved(entry, assets[vault], "unallocated")) for entry in entries
                       if entry["kind"] == kind and span.holds(entry)]
            check((kind in rows) == bool(amounts), vault, span.params, kind, rows)
            if not amounts:
                continue
            row = rows[kind]
            seen.add(kind)
            check(Decimal(row["amount"]) == sum(amounts) and row["count"] == len(amounts) and
                  Decimal(row["least"]) == min(amounts) and Decimal(row["greatest"]) == max(amounts),
                  vault, span.params, row, amounts)
    for total in report["totals"]:
        check(Decimal(total["net"]) == Decimal(total["flash"]) + Decimal(total["quiet"]) -
              Decimal(total["returned"]), total)
    return seen


def check_scope(wire):
    for method in ("report.vault", "report.fees", "report.sweeps"):
        whole = wire.call(method)["rows"]
        for params, belongs in (({"vault": "v1"}, lambda row: row["vault"] == "v1"),
                                ({"user": "bob"}, lambda row: row["user"] == "bob")):
            check(wire.call(method, params)["rows"] == [row for row in whole if belongs(row)], method,
                  params, "is no part of the whole")


def well_formed(text, what):
    root = xml.etree.ElementTree.fromstring(text.replace("<!DOCTYPE html>", "", 1))
    for element in root.iter():
        name = element.tag.split("}")[-1]
        check(name not in ("script", "link", "img", "iframe", "object", "image"), what, "has a", name)
        for key in element.attrib:
            check(not key.startswith("on") and key.split("}")[-1] not in ("src", "href"), what, key)
    bare = text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    check(not re.search(r"https?:|url\(|@import", bare), what, "loads from outside")
    return root


def check_files(daemon):
    out = daemon.directory / "out"
    out.mkdir()
    for report in ("vault", "pnl", "fees", "sweeps"):
        page, table = out / f"{report}.html", out / f"{report}.csv"
        done = daemon.run("report", report, "--all", "--out", page)
        check(done.code == 0 and not done.stdout, report, done.stderr, done.stdout)
        root = well_formed(page.read_text(), report)
        cells = ["".join(cell.itertext()) for cell in root.iter("td")]
        daemon.run("report", report, "--all", "--out", table)
        for row in csv.DictReader(io.StringIO(table.read_text(), newline="")):
            for name in ("value", "amount", "net", "total"):
                check(row.get(name, "") in ("", *cells), report, "page lacks", name, row)
        printed = daemon.run("report", report, "--all", "-o", "html").stdout
        check(MADE.search(printed), report, "does not say when it was made:", printed)
        check(MADE.sub("", printed) == MADE.sub("", page.read_text()), report,
              "-o html differs from --out")
        check("of all vaults, all time</h1>" in printed, report, "says not whose it is:", printed)
    for chart in ("balance", "pnl", "sweeps", "fees", "tradeable", "price"):
        for end in ("svg", "html"):
            picture = out / f"{chart}.{end}"
            done = daemon.run("chart", chart, "v1", "--out", picture)
            check(done.code == 0 and not done.stdout, chart, end, done.stderr)
            root = well_formed(picture.read_text(), f"{chart}.{end}")
            check("v1" in "".join(root.itertext()), chart, end, "has no title")
    kept = (out / "fees.html").read_text()
    check(daemon.run("report", "fees", "v99", "--out", out / "fees.html").code == 4, "v99")
    check((out / "fees.html").read_text() == kept, "a failed report touched its file")
    gone = daemon.run("report", "fees", "--out", out / "no" / "such.html")
    check(gone.code == 74 and "there is no folder" in gone.stderr, gone.code, gone.stderr)
    check_streams(daemon, out)
    left = [path.name for path in out.iterdir() if "part" in path.name]
    check(not left, "left behind:", left)


def check_streams(daemon, out):
    """What is no name of a file: a descriptor of the caller, a pipe, a device, a limit."""
    words = ["report", "fees", "--all", "-o", "csv", "--out"]
    wanted = daemon.run(*words, "-").stdout
    check(wanted.count("\n") > 1, "--out - prints", wanted)
    log = out / "log.csv"
    with log.open("w") as stream:
        stream.write("head\n")
        stream.flush()
        done = daemon.run(*words, f"/dev/fd/{stream.fileno()}", pass_fds=[stream.fileno()])
        check(done.code == 0, done.stderr)
    check(log.read_text() == "head\n" + wanted, "a descriptor:", log.read_text())
    pipe = out / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True) as reader:
        check(daemon.run(*words, pipe).code == 0, "a pipe")
        check(reader.communicate(timeout=20)[0] == wanted, "a pipe carries less")
    full = daemon.run(*words, "/dev/full")
    check(full.code == 74 and "make room" in full.stderr, full.code, full.stderr)
    page = out / "pnl.html"
    page.chmod(0o604)
    before = page.read_text()
    small = daemon.run("report", "pnl", "--all", "--out", page, preexec_fn=lambda:
                       resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)))
    check(small.code == 74 and page.read_text() == before, "a limit:", small.code, small.stderr)
    check(daemon.run("report", "pnl", "--all", "--out", page).code == 0, "again")
    check(page.stat().st_mode & 0o777 == 0o604, "the mode is", oct(page.stat().st_mode))


def every_report(vaultd, vaultctl):
    with Daemon(vaultd, vaultctl, paper=LOW_FEE) as daemon, daemon.wire() as wire:
        daemon.play(SCENE)
        assets = {vault["id"]: vault["asset"] for vault in wire.call("vault.list")}
        journals = {vault: journal_of(wire, vault) for vault in assets}
        kinds, fee_rows, opened = set(), 0, 0
        for start, end in SPANS:
            span = Span(start, end)
            check_vault(wire, journals, assets, span)
            fee_rows += check_fees(wire, journals, assets, span)
            opened += check_pnl(wire, journals, assets, span)
            kinds |= check_sweeps(wire, journals, assets, span)
        check(kinds >= {"flash_sweep", "quiet_sweep"} and fee_rows > 5, "too little happened:", kinds)
        check(opened > 0, "no position was open when a span began or ended")
        check_adjacent(wire)
        check_scope(wire)
        check_files(daemon)
        check_while_trading(daemon, wire)
        entries = sum(map(len, journals.values()))
        print(f"{len(SPANS)} spans of {entries} entries agree")


main(every_report)
