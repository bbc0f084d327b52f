"""A script of faults: the whole story, twice, writes the same truth log; wrong scripts are named."""

import json
import pathlib
import subprocess
import sys
import tempfile

from emulator_client import Emulator, Socket, check, expect
from fault_table import sees

BEGIN = 1722729600  # of the recordings: 2024-08-04T00:00:00Z

STORY = {"steps": [
    {"at": "0", "method": "faults", "with": {"faults": [
        {"at": "AddOrder", "skip": 1, "times": 2, "landing": "half", "answered": "page"},
        {"at": "CancelOrder", "chance": "0.5", "answered": "cut"}]}},
    {"after": "request/AddOrder", "count": 4, "method": "status", "with": {"status": "cancel_only"}},
    {"after": "status/cancel_only", "wait": "30s", "method": "status", "with": {"status": "online"}},
    {"after": "order/new", "count": 3, "method": "trade",
     "with": {"pair": "XBTUSD", "price": "39999", "quantity": "1"}},
    {"after": "order/filled", "method": "transfer", "with": {"account": "main", "asset": "ETH.F", "amount": "1"}},
    {"at": "50s", "method": "time", "with": {"advance": "1m"}},
    {"after": "balance/deposit", "method": "message_faults", "with": {"faults": [
        {"at": "executions", "mishap": "lost", "chance": "0.5"}]}},
    {"at": "2m", "method": "order", "with": {"account": "main", "pair": "XBTUSD", "type": "buy",
                                             "ordertype": "limit", "price": "30000", "volume": "0.01"}},
    {"at": "4m", "method": "revoke", "with": {"name": "main"}},
]}


def told(emulator):
    """The client's part of the story: always the same calls."""
    out = []
    token = emulator.result("GetWebSocketsToken")["token"]
    own = Socket(emulator, "/auth/v2")
    own.send(method="subscribe", params={"channel": "executions", "token": token})
    check(own.until(lambda message: "success" in message)["success"], "executions")
    for number in range(6):
        form = {"pair": "XBTUSD", "type": "buy", "ordertype": "limit", "price": str(40000 + number),
                "volume": "0.01", "cl_ord_id": f"mine-{number}"}
        out.append(sees(emulator, "AddOrder", form))
        out.append(sees(emulator, "CancelOrder", {"cl_ord_id": f"mine-{number - 1}"}))
        emulator.control("time", advance="20s")
    emulator.control("time", advance="4m")
    out.append(sees(emulator, "Balance", {}))
    own.close()
    return out, emulator.truth_file.read_bytes()


def twice_the_same(program, folder):
    story = pathlib.Path(folder, "story.json")
    story.write_text(json.dumps(STORY))

    def lived(seed):
        with Emulator(program, "--script", story, "--seed", str(seed), "--market", "synthetic") as emulator:
            return told(emulator)

    first, truth = lived(7)
    again, truth_again = lived(7)
    expect(again, first, "what the client sees")
    check(truth == truth_again, "the truth logs differ")
    check(lived(8)[1] != truth, "another seed writes the same truth")
    lines = [json.loads(line) for line in truth.decode().splitlines()]
    steps = [line["step"] for line in lines if line["kind"] == "control" and "step" in line]
    expect(sorted(steps), list(range(1, 10)), "the steps that were played")
    at = {line["step"]: line["time"][14:19] for line in lines if "step" in line}
    expect((at[1], at[8], at[9]), ("00:00", "02:00", "04:00"), "when steps of a time were played")
    check("HTML page 502" in first and "EService:Market in cancel_only mode" in first, first)
    expect(first[-1], "EAPI:Invalid key", "the end of the story")
    print(f"{len(lines)} lines of truth, {len(steps)} steps: the same bytes twice")


def plays_over_recordings(program, folder):
    """A step comes between two of a recording's trades, and may bring another recording.

    The trade of the start itself is before the script.
    """
    first, second, story = (pathlib.Path(folder, name) for name in ("first.csv", "second.csv", "replays.json"))
    for file, price in ((first, 3000), (second, 60000)):
        rows = [f"{BEGIN + i},{price + i},1" for i in range(60)]
        file.write_text("\n".join(["time,price,quantity", *rows, ""]))
    story.write_text(json.dumps({"steps": [
        {"after": "trade/XETHZUSD", "count": 4, "method": "status", "with": {"status": "maintenance"}},
        {"after": "status/maintenance", "wait": "10s", "method": "status", "with": {"status": "online"}},
        {"at": "40s", "method": "replay", "with": {"pair": "XBTUSD", "file": str(second)}},
    ]}))
    with Emulator(program, "--replay", f"ETHUSD={first}", "--script", story, start=None) as emulator:
        emulator.control("time", advance="41500ms")
        trades = emulator.truth("trade")
        prices = {pair: [int(line["price"]) for line in trades if line["pair"] == pair]
                  for pair in ("XETHZUSD", "XXBTZUSD")}
    expect(prices["XETHZUSD"], [*range(3000, 3005), *range(3015, 3042)], "trades outside of maintenance")
    expect(prices["XXBTZUSD"], [60000, 60001], "trades of the recording that a step began")


def wrong_scripts_are_named(program, folder):
    file = pathlib.Path(folder, "wrong.json")
    cases = [
        ("[]", "wrong.json: it is not"),
        ('{"steps":[', "wrong.json: "),
        ('{"steps":[{"at":"1s","method":"status"},{"at":"soon","method":"status"}]}', "wrong.json: step 2: "),
        ('{"steps":[{"at":"1s","method":"explode"}]}', "wrong.json: step 1: there is no method 'explode'"),
        ('{"steps":[{"at":"1s","method":"state"}]}', "wrong.json: step 1: there is no method 'state'"),
        ('{"steps":[{"method":"status"}]}', "wrong.json: step 1: a step has either"),
        ('{"steps":[{"at":"1s","after":"order","method":"status"}]}', "wrong.json: step 1: a step has either"),
        ('{"steps":[{"after":"order","count":0,"method":"status"}]}', "wrong.json: step 1: 'count'"),
        ('{"steps":[{"at":"1s","methods":"status"}]}', "wrong.json: step 1: 'methods'"),
        ('{"steps":[{"at":"0","method":"status","with":{"status":"gone"}}]}', "wrong.json: step 1: status is none"),
    ]
    for text, said in cases:
        file.write_text(text)
        ended = subprocess.run([program, "--script", file], capture_output=True, text=True, timeout=60, check=False)
        expect(ended.returncode, 1, text)
        check(said in ended.stderr, text, ended.stderr)
    ended = subprocess.run([program, "--script", pathlib.Path(folder, "none.json")], capture_output=True, text=True,
                           timeout=60, check=False)
    check(ended.returncode == 1 and "none.json cannot be read" in ended.stderr, ended)


def a_step_that_fails_ends_the_program(program, folder):
    file = pathlib.Path(folder, "fails.json")
    file.write_text('{"steps":[{"at":"5s","method":"revoke","with":{"name":"nobody"}}]}')
    emulator = Emulator(program, "--script", file)
    check(emulator.process.poll() is None, "it ended before the step was due")
    emulator.control("time", advance="5s")
    expect(emulator.process.wait(60), 1, "its end")
    emulator.folder.cleanup()


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        twice_the_same(program, folder)
        plays_over_recordings(program, folder)
        wrong_scripts_are_named(program, folder)
        a_step_that_fails_ends_the_program(program, folder)


if __name__ == "__main__":
    main()
