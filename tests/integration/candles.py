"""market candles and chart price against the price rows of the store, folded by Python.

Three accounts replay seeded synthetic markets; every candle of several intervals, spans and limits
must be the one that the rows make, to the last digit. The chart draws the same candles, in an interval
that suits the time, and its pictures are well-formed.
"""

import csv
import datetime
import io
import itertools
import re
import sqlite3
import xml.etree.ElementTree
from decimal import Decimal

from private_daemon import Daemon, check, main

SCENE = """
account add --exchange paper
account add --exchange paper --label second
account add --exchange paper --label idle
replay start synthetic --account a1 --seed 7 --days 90
replay start synthetic --account a2 --seed 8 --days 10
vault create --account a1 --asset USDT --balance 10000
vault create --account a2 --asset USDT --balance 100
vault pairs v1 --add ETH/USDT
vault set-tradeable v1 8000
vault allocate v1 --quiet 3000 --flash 3000
replay run --account a1 --until 2024-02-10T10:20:30Z --wait
replay run --account a2 --until 2024-01-05 --wait
"""

MINUTE, DAY = 60_000, 86_400_000
LENGTHS = {"1m": MINUTE, "5m": 5 * MINUTE, "7m": 7 * MINUTE, "1h": 60 * MINUTE, "4h": 240 * MINUTE,
           "1d": DAY, "7d": 7 * DAY, "30d": 30 * DAY}
SPANS = [(None, None), ("2024-01-02", None), (None, "2024-01-03T05:17:00Z"),
         ("2024-01-02T11:59:59.999Z", "2024-01-04T00:00:00.001Z"), ("2023-01-01", "2023-02-01"),
         ("2024-02-10T10:00:00Z", "2030-01-01")]
LIMITS = (1, 3, 100, 2000)


def milliseconds(text):
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)
    return round(moment.timestamp() * 1000)


def instant(at):
    moment = datetime.datetime.fromtimestamp(at // 1000, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % 1000:03}Z"


def rows_of(daemon, account):
    """(at, price text), oldest first."""
    store = sqlite3.connect(f"file:{daemon.state / 'vault.db'}?mode=ro", uri=True)
    try:
        return store.execute("SELECT at, price FROM price WHERE account = ? AND pair = 'ETH/USDT' "
                             "ORDER BY at", (account,)).fetchall()
    finally:
        store.close()


def fold(rows, length, span, limit):
    begin = milliseconds(span[0]) if span[0] else 0
    end = milliseconds(span[1]) if span[1] else 1 << 62
    candles = []
    for at, group in itertools.groupby(rows, lambda row: row[0] // length * length):
        prices = [price for _, price in group]
        if begin <= at < end:
            candles.append({"at": instant(at), "open": prices[0], "high": max(prices, key=Decimal),
                            "low": min(prices, key=Decimal), "close": prices[-1],
                            "prices": len(prices)})
    return candles[-limit:]


def check_candles(wire, rows, account):
    count = 0
    for (name, length), span, limit in itertools.product(LENGTHS.items(), SPANS, LIMITS):
        wanted = {"pair": "ETH/USDT", "account": account, "interval": name, "limit": limit}
        wanted.update({key: at for key, at in zip(("from", "to"), span) if at})
        got, right = wire.call("market.candles", wanted), fold(rows, length, span, limit)
        check(got == right, account, name, span, limit, "differ:",
              next(filter(lambda two: two[0] != two[1], itertools.zip_longest(got, right)), None))
        count += len(got)
    return count


def check_forms(daemon, rows):
    plain = daemon.run("market", "candles", "ETH/USDT", "--account", "a1", "-o", "csv")
    read = list(csv.DictReader(io.StringIO(plain.stdout, newline="")))
    right = fold(rows, LENGTHS["1h"], (None, None), 100)
    check(read == [{key: str(value) for key, value in row.items()} for row in right], "csv differs")
    newest = daemon.run("market", "candles", "ETH/USDT", "--account", "a1", "--limit", "1", "-q")
    check(newest.stdout == rows[-1][1] + "\n", "-q prints", newest.stdout, "not", rows[-1][1])
    idle = daemon.run("market", "candles", "ETH/USDT", "--account", "a3")
    check(idle.code == 0 and "replay run --account a3" in idle.stderr, idle.code, idle.stderr)
    check(daemon.ctl("market", "candles", "ETH/USDT", "--account", "a3") == [], "a3 has candles")


def chart_rows(daemon, *words):
    done = daemon.run("chart", "price", "v1", *words, "-o", "csv")
    check(done.code == 0, words, done.stderr)
    return list(csv.DictReader(io.StringIO(done.stdout, newline="")))


def check_chart(daemon, rows):
    bare = [{key: value for key, value in row.items() if key != "prices"}
            for row in fold(rows, LENGTHS["1h"], (None, None), 2000)]
    check(chart_rows(daemon, "--interval", "1h") == bare, "chart price differs from the candles")
    last = rows[-1][0]
    for words, length in (((), 60 * MINUTE), (("--since", "6h"), MINUTE), (("--since", "3d"), 5 * MINUTE),
                          (("--from", "2024-01-02T10:00:00Z", "--to", "2024-01-02T12:00:00Z"), MINUTE)):
        shown = chart_rows(daemon, *words)
        steps = {milliseconds(b["at"]) - milliseconds(a["at"]) for a, b in zip(shown, shown[1:])}
        check(min(steps) == length, words, "is drawn in steps of", min(steps), "not", length)
        check(2 < len(shown) <= 2000, words, "has", len(shown), "candles")
    hours = chart_rows(daemon, "--since", "6h")
    check(last - milliseconds(hours[0]["at"]) <= 6 * 60 * MINUTE + MINUTE and len(hours) >= 359,
          "--since 6h begins at", hours[0]["at"])


def check_picture(daemon, rows):
    """Each extreme of the price is on the axis, and every trade is counted."""
    trades = daemon.ctl("trade", "list", "--vault", "v1", "--limit", "10000")
    sides = [trade["side"] for trade in trades]
    check(sides.count("sell") > 1, "too little was traded")
    out = daemon.directory / "price.svg"
    done = daemon.run("chart", "price", "v1", "--out", out)
    check(done.code == 0 and not done.stdout, done.stderr)
    texts = "\n".join("".join(part.itertext()) for part in xml.etree.ElementTree.parse(out).iter())
    for side in ("buy", "sell"):
        check(f"{side}s {sides.count(side)}" in texts, "no", side, "in", texts)
    page = daemon.run("chart", "price", "v1", "-o", "html").stdout
    root = xml.etree.ElementTree.fromstring(page.replace("<!DOCTYPE html>", "", 1))
    check(any(part.tag.endswith("svg") for part in root.iter()), "a page without its picture")
    figures = re.search(r"least ([0-9.]+)  greatest ([0-9.]+)",
                        daemon.run("chart", "price", "v1", "--width", "120").stdout)
    prices = [Decimal(price) for _, price in rows]
    for figure, right in zip(figures.groups(), (min(prices), max(prices))):
        check(abs(Decimal(figure) - right) < Decimal("0.01"), "drawn", figure, "for", right)


def every_candle(vaultd, vaultctl):
    with Daemon(vaultd, vaultctl) as daemon, daemon.wire() as wire:
        daemon.play(SCENE)
        first, second = rows_of(daemon, 1), rows_of(daemon, 2)
        check(len(first) > 40 * 1440 and len(second) > 4 * 1440, len(first), len(second), "rows")
        check(not rows_of(daemon, 3), "a3 saw prices")
        count = check_candles(wire, first, "a1") + check_candles(wire, second, "a2")
        check_forms(daemon, first)
        check_chart(daemon, first)
        check_picture(daemon, first)
        print(f"{count} candles of {len(first) + len(second)} prices agree")


main(every_candle)
