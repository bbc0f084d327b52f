"""Starts the emulator and has ccxt, an independent client library, trade on it (client.mjs).

Arguments: the emulator's program, and the folder that ./dev test has installed ccxt into. Without
node or that folder the test is skipped.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
START = "2026-03-04T00:00:00Z"


def main():
    emulator, installed = sys.argv[1], pathlib.Path(sys.argv[2])
    node = shutil.which("node")
    if node is None or not (installed / "node_modules/ccxt/package.json").exists():
        print(f"skipped: no node, or no ccxt in {installed}; ./dev test installs both")
        return SKIPPED
    # Node looks for packages beside the script that asks for them.
    shutil.copy(pathlib.Path(__file__).with_name("client.mjs"), installed)
    with tempfile.TemporaryDirectory() as scratch:
        truth = pathlib.Path(scratch, "truth.jsonl")
        with subprocess.Popen([emulator, "--json", "--scale", "0", "--market", "none", "--start", START,
                               "--truth", truth], stdout=subprocess.PIPE, text=True) as running:
            try:
                where = json.loads(running.stdout.readline())
                client = subprocess.run([node, installed / "client.mjs", where["api"], where["control"],
                                         where["key"], where["secret"]], timeout=240, check=False)
            finally:
                running.terminate()
        lines = [json.loads(line) for line in truth.read_text().splitlines()]
    seen = [line for line in lines if line["kind"] == "request"]
    signed = [line for line in seen if line["key"] == "main"]
    print(f"the emulator saw {len(seen)} requests, {len(signed)} of them signed by the key")
    if client.returncode != 0 or running.returncode != 0:
        print(f"ccxt ended with {client.returncode}, the emulator with {running.returncode}")
        return 1
    # The truth agrees that what the client called filled or canceled was.
    ends = [line["execution"] for line in lines if line["kind"] == "order"]
    if len(signed) < 25 or ends.count("filled") != 2 or ends.count("canceled") != 3:
        print("the truth log tells something else:", ends)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
