"""Recordings as the market: what went in comes out of OHLC and Trades, orders fill on the way, and the end is told.

With the shared data beside the project, recorded files are replayed as well; without, the test says so.
"""

import bisect
import gzip
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
from decimal import Decimal

from emulator_client import Emulator, Socket, check, expect

FIVE = 300
FIRST = 1719792000  # 2024-07-01T00:00:00Z


def shared_file(name):
    """A file of the shared data, or None, which is said."""
    root = pathlib.Path(__file__).resolve().parents[4]
    for folder in filter(None, (os.environ.get("VAULT_SHARED", ""), root.parent / "shared")):
        if pathlib.Path(folder, "data", name).exists():
            return pathlib.Path(folder, "data", name)
    print("skipped: no shared data", name)
    return None


def drawn_candles(seed, count):
    """[time, open, high, low, close, volume, trades] as text, with holes in time."""
    draw = random.Random(seed)
    rows, time, price = [], FIRST, 3432_23
    for _ in range(count):
        prices = [max(100_00, price + draw.randint(-900, 900)) for _ in range(4)]
        trades = draw.choice([4, 5, 17, 100])
        volume = Decimal(draw.randint(1_000, 10**11)) / 10**8
        text = [f"{p // 100}.{p % 100:02}" for p in (prices[0], max(prices), min(prices), prices[3])]
        rows.append([time, *text, f"{volume:.8f}", trades])
        price = prices[3]
        time += FIVE * draw.choice([1, 1, 1, 1, 1, 1, 2, 9])
    return rows


def write_csv(folder, rows):
    file = pathlib.Path(folder, "candles.csv.gz")
    text = "time,open,high,low,close,volume,count\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
    file.write_bytes(gzip.compress(text.encode()))
    return file


def replaying(program, file, *options, pair="ETHUSD", at="", start=None):
    return Emulator(program, "--replay", f"{pair}={file}{at}", *options, start=start)


def ask(emulator, path):
    connection = emulator.connection()
    connection.request("GET", "/0/public/" + path)
    reply = json.loads(connection.getresponse().read())
    connection.close()
    expect(reply["error"], [], path)
    return {name: value for name, value in reply["result"].items() if name != "last"}


def candles(emulator, minutes, pair="ETHUSD"):
    """Finished ones by time."""
    (rows,) = ask(emulator, f"OHLC?pair={pair}&interval={minutes}").values()
    return {row[0]: row[1:] for row in rows[:-1]}


def compare(shown, rows, with_count):
    """Each finished candle is the recorded one or, in a hole, the close before it; how many were recorded."""
    by_time = {row[0]: row for row in rows}
    times = sorted(by_time)
    matched = 0
    for time, (*prices, _, volume, count) in shown.items():
        row = by_time.get(time)
        if row is None or Decimal(row[5]) == 0:
            before = by_time[times[bisect.bisect_left(times, time) - 1]]
            expect(([Decimal(p) for p in prices], Decimal(volume), count), ([Decimal(before[4])] * 4, 0, 0), time)
            continue
        matched += 1
        expect([Decimal(x) for x in (*prices, volume)], [Decimal(x) for x in row[1:6]], f"the candle of {time}")
        if with_count:
            expect(count, row[6], f"trades in the candle of {time}")
    return matched


def candles_come_out_as_they_went_in(program, file, rows, with_count, minutes=5, pair="ETHUSD", step=700, **how):
    """All of them, 700 at a time, because OHLC tells 720."""
    with replaying(program, file, pair=pair, **how) as emulator:
        matched, wanted = 0, sum(1 for row in rows if Decimal(row[5]) > 0)
        first, last = rows[0][0], rows[-1][0] + minutes * 60
        at, told = first, set()
        while at < last:
            emulator.control("time", advance=f"{step * minutes}m")
            at += step * minutes * 60
            new = {time: row for time, row in candles(emulator, minutes, pair).items()
                   if first <= time < last and time not in told}
            told |= new.keys()
            matched += compare(new, rows, with_count)
        expect(matched, wanted, "candles that came out")
        market = next(iter(emulator.control("state")["market"].values()))
        check(market["ended"] and market["done"] == market["rows"] and market["rounded"] == 0, market)
    return wanted


def orders_fill_on_the_way(program, file, rows):
    """At a cent above a low that the candle before did not come near."""
    lows = [Decimal(row[3]) for row in rows]
    at = next(i for i in range(2, len(rows)) if lows[i] + Decimal("0.01") < lows[i - 1])
    low, price = rows[at], lows[at] + Decimal("0.01")
    with replaying(program, file) as emulator:
        emulator.control("time", advance=f"{low[0] - FIRST - 1}s")
        txid = emulator.result("AddOrder", pair="ETHUSD", type="buy", ordertype="limit", volume="0.5",
                               price=f"{price:.2f}", oflags="post")["txid"][0]
        market = Socket(emulator, "/v2")
        market.message()
        market.send(method="subscribe", params={"channel": "ohlc", "symbol": ["ETH/USD"], "interval": 5})
        market.until(lambda message: message.get("channel") == "ohlc")
        expect(emulator.result("QueryOrders", txid=txid)[txid]["status"], "open", "the order before its candle")
        emulator.control("time", advance="5m1s")
        order = emulator.result("QueryOrders", txid=txid)[txid]
        expect((order["status"], Decimal(order["price"])), ("closed", price), "the order")
        update = market.until(lambda message: message["channel"] == "ohlc" and
                              Decimal(str(message["data"][-1]["low"])) <= Decimal(low[3]))
        check(update, "the candle on the socket")
        market.close()


def books_stand_around_the_price(program, file, rows):
    with replaying(program, file) as emulator:
        for row in rows[1:40]:
            emulator.control("time", advance=f"{row[0] - FIRST}s" if row is rows[1] else "5m")
            last = Decimal(ask(emulator, "Ticker?pair=ETHUSD")["XETHZUSD"]["c"][0])
            book = ask(emulator, "Depth?pair=ETHUSD&count=5")["XETHZUSD"]
            bid, ask_price = Decimal(book["bids"][0][0]), Decimal(book["asks"][0][0])
            check(bid < last < ask_price, last, bid, ask_price)
            check(ask_price - bid < last / 500, "a wide book", bid, ask_price)


def lived(program, file):
    with replaying(program, file, "--market", "synthetic") as emulator:
        emulator.result("AddOrder", pair="ETHUSD", type="buy", ordertype="limit", volume="0.5", price="3430.00")
        emulator.control("time", advance="20m")
        return emulator.truth_file.read_text()


def the_end_is_told(program, file, rows):
    with replaying(program, file) as emulator:
        market = emulator.control("state")["market"]
        expect(list(market), ["XETHZUSD"], "pairs with a market of their own")
        expect(market["XETHZUSD"]["ended"], False, "the end")
        emulator.control("time", advance=f"{rows[-1][0] + FIVE - FIRST}s")
        state = emulator.control("state")
        expect(state["market"]["XETHZUSD"]["ended"], True, "the end")
        emulator.control("time", advance="1h")
        expect(emulator.control("state")["prices"], state["prices"], "prices after the end")
        (history,) = ask(emulator, "OHLC?pair=XBTUSD").values()
        expect(len(history), 720, "candles of a pair that stands still")
        expect(Decimal(emulator.control("state")["prices"]["XETHZUSD"]), Decimal(rows[-1][4]), "the last price")


def a_later_start_has_history(program, file, rows):
    at = rows[300][0]
    moment = subprocess.run(["date", "-u", "-d", f"@{at}", "+%Y-%m-%dT%H:%M:%SZ"], capture_output=True, text=True,
                            check=True).stdout.strip()
    with replaying(program, file, at=f"@{moment}") as emulator:
        expect(ask(emulator, "Time")["unixtime"], at, "the time")
        shown = candles(emulator, 5)
        check(compare(shown, rows, True) > 20, "history before the start", len(shown))
        check(max(shown) < at, "a candle of the future")
        check(not emulator.truth("trade") or min(line["time"] for line in emulator.truth("trade")) >= moment[:19],
              "history in the truth")


def a_recording_can_come_later(program, file, rows):
    with Emulator(program) as emulator:
        emulator.control("time", advance="7m")
        before = emulator.control("state")["prices"]["XETHZUSD"]
        answer = emulator.control("replay", pair="ETHUSD", file=str(file))
        expect((answer["begins"], answer["rows"]), ("2026-03-04T00:10:00.000000000Z", len(rows)), "the replay")
        emulator.control("time", advance="2m59s")
        expect(emulator.control("state")["prices"]["XETHZUSD"], before, "the price before it begins")
        emulator.control("time", advance="2s")
        expect(Decimal(emulator.control("state")["prices"]["XETHZUSD"]), Decimal(rows[0][1]), "the first price")


def wrong_files_are_named(program, folder):
    bad = pathlib.Path(folder, "bad.csv")
    bad.write_text("0,1,1,1,1,1\n60,1,1,2,1,1\n")
    for text, wanted in ((f"ETHUSD={bad}", f"{bad}, line 2: high and low"), ("ETHUSD", "PAIR=FILE"),
                         ("NOPE=x", "NOPE is not listed"), (f"ETHUSD={folder}/none", "none cannot be read")):
        ended = subprocess.run([program, "--replay", text], capture_output=True, text=True, timeout=60, check=False)
        check(ended.returncode in (1, 64) and wanted in ended.stderr, text, ended.returncode, ended.stderr)


def a_pair_has_one_recording(program, file):
    twice = ["--replay", f"ETHUSD={file}", "--replay", f"XETHZUSD={file}"]
    ended = subprocess.run([program, *twice], capture_output=True, text=True, timeout=60, check=False)
    expect(ended.returncode, 64, twice)
    check("ETHUSD twice" in ended.stderr, ended.stderr)


def recorded_candles(program):
    file = shared_file("dev/kraken_ETHUSD_5m.csv.gz")
    if file:
        wick = 1722819600  # 2024-08-05T01:00Z: a low of one bar alone, and holes around
        lines = gzip.decompress(file.read_bytes()).decode().splitlines()[1:]
        rows = [[int(line.split(",")[0]), *line.split(",")[1:]] for line in lines]
        rows = [row for row in rows if wick - 200 * FIVE <= row[0] < wick + 1200 * FIVE]
        with tempfile.TemporaryDirectory() as folder:
            part = pathlib.Path(folder, "part.csv")
            part.write_text("".join(",".join(map(str, row)) + "\n" for row in rows))
            print("recorded ETHUSD 5m:", candles_come_out_as_they_went_in(program, part, rows, False))
    file = shared_file("raw/kraken_rest/nautilus_http_ohlc.json")
    if file:
        rows = json.loads(file.read_text())["result"]["XBTUSDT"][:-1]
        rows = rows[next(i for i, row in enumerate(rows) if row[7]):]
        rows = [[*row[:5], row[6], row[7]] for row in rows]
        with tempfile.TemporaryDirectory() as folder:
            part = pathlib.Path(folder, "part.json")
            text = [[*row[:5], "0.0", row[5], row[6]] for row in rows]
            part.write_text(json.dumps({"error": [], "result": {"XBTUSDT": text, "last": 0}}))
            print("recorded XBTUSDT 1m:",
                  candles_come_out_as_they_went_in(program, part, rows, True, 1, "XBTUSDT"))


def recorded_trades(program):
    file = shared_file("raw/kraken_rest/nautilus_http_trades.json")
    if not file:
        return
    wanted = json.loads(file.read_text())["result"]["XBTUSDT"]
    with replaying(program, file, pair="XBTUSDT") as emulator:
        emulator.control("time", advance=f"{int(wanted[-1][2] - wanted[0][2]) + 2}s")
        (got,) = ask(emulator, "Trades?pair=XBTUSDT").values()
        expect(len(got), len(wanted), "trades")
        for mine, theirs in zip(got, wanted):
            expect([Decimal(mine[0]), Decimal(mine[1]), *mine[3:5]],
                   [Decimal(theirs[0]), Decimal(theirs[1]), *theirs[3:5]], theirs)
            check(abs(mine[2] - theirs[2]) < 0.0001, "the time of", theirs, mine)
    print("recorded trades:", len(wanted))


def recorded_trades_make_candles(program):
    file = shared_file("raw/gemini_trades/gemini_ETHUSD_2021-07-01_trades.csv.gz")
    if not file:
        return
    rows = {}
    for line in gzip.decompress(file.read_bytes()).decode().splitlines()[1:]:
        time, price, size = (Decimal(field) for field in line.split(",")[:3])
        begin = int(time) // FIVE * FIVE
        row = rows.setdefault(begin, [begin, price, price, price, price, Decimal(0), 0])
        row[2:] = [max(row[2], price), min(row[3], price), price, row[5] + size, row[6] + 1]
    print("candles of recorded trades:",
          candles_come_out_as_they_went_in(program, file, list(rows.values()), True))


def main():
    program, seed = sys.argv[1], random.randrange(10**6)
    print("seed", seed)
    with tempfile.TemporaryDirectory() as folder:
        rows = drawn_candles(seed, 1_500)
        file = write_csv(folder, rows)
        print("drawn:", candles_come_out_as_they_went_in(program, file, rows, True))
        orders_fill_on_the_way(program, file, rows)
        books_stand_around_the_price(program, file, rows)
        one, two = lived(program, file), lived(program, file)
        check(one == two and one.count('"kind":"trade"') > 20, "two lives differ")
        the_end_is_told(program, file, rows)
        a_later_start_has_history(program, file, rows)
        a_recording_can_come_later(program, file, rows)
        wrong_files_are_named(program, folder)
        a_pair_has_one_recording(program, file)
    recorded_candles(program)
    recorded_trades(program)
    recorded_trades_make_candles(program)


if __name__ == "__main__":
    main()
