"""Every case of the shared vectors out of the daemon: imported, replayed and read back by vaultctl.

Every fill (time, side, price, quantity, cost, fee, reason) and the summary must agree with the
independent implementation digit for digit. Skipped without the shared data.
"""

import json

from private_daemon import Daemon, check, main, shared_file

# How a parameter of a case reaches the daemon; what is not here is a setting of the sleeve.
OF_THE_PAIR = {"tick": "tick", "lot": "lot", "min_cost": "min_cost", "min_qty": "min_quantity"}
OF_THE_VENUE = {"slippage": "slippage", "fee_rate": "fee_rate"}
OF_THE_TEST = {"cash", "sleeve", "path"}

# Field of a fill in the vectors, field of `trade list`.
FILL_FIELDS = {"time": "at", "side": "side", "price": "price", "quantity": "quantity",
               "cost": "cost", "fee": "fee", "reason": "reason"}


def paper_section(parameters):
    rules = ", ".join(f"{key}: {parameters[name]}" for name, key in OF_THE_PAIR.items())
    lines = [f"  {key}: {parameters[name]}\n" for name, key in OF_THE_VENUE.items()]
    return "".join(lines) + f"  pairs:\n    - {{pair: ETH/USDT, {rules}}}\n"


def replay(daemon, case, candles):
    parameters = case["parameters"]
    sleeve, cash = parameters["sleeve"], parameters["cash"]
    own = OF_THE_PAIR.keys() | OF_THE_TEST | {"slippage"}
    settings = [f"{name}={text}" for name, text in parameters.items() if name not in own]
    imported = daemon.ctl("market", "import", candles, "--pair", "ETH/USDT", "--interval", "1m")
    check(imported["candles"] > 0, "nothing was imported:", imported)
    daemon.ctl("account", "add", "--exchange", "paper")
    daemon.ctl("replay", "start", candles, "--account", "a1", "--pair", "ETH/USDT", "--interval",
               "1m", "--path", parameters.get("path", "ohlc4"), "--from", case["from"], "--to",
               case["to"])
    daemon.ctl("vault", "create", "--account", "a1", "--asset", "USDT", "--balance", cash)
    daemon.ctl("vault", "pairs", "v1", "--add", "ETH/USDT")
    daemon.ctl("vault", "set-tradeable", "v1", cash)
    daemon.ctl("vault", "allocate", "v1", f"--{sleeve}", cash)
    daemon.ctl("sleeve", "set", "v1", sleeve, "preset=flash", *settings)
    done = daemon.ctl("replay", "run", "--account", "a1", "--wait")
    check(done["state"] == "finished", "the replay ended as", done)
    trades = daemon.ctl("trade", "list", "--vault", "v1", "--sleeve", sleeve, "--limit", "10000")
    return trades, daemon.ctl("sleeve", "show", "v1", sleeve), daemon.ctl("vault", "show", "v1")


def compare_fills(name, trades, fills):
    for number, (got, want) in enumerate(zip(trades, fills)):
        for theirs, ours in FILL_FIELDS.items():
            check(got[ours] == want[theirs], f"{name}: fill {number}: {theirs} is {got[ours]},",
                  f"not {want[theirs]}\n  got  {json.dumps(got)}\n  want {json.dumps(want)}")
    check(len(trades) == len(fills), f"{name}: {len(trades)} fills, not {len(fills)}")


def compare_summary(name, trades, shown, vault, summary):
    positions = shown["positions"]
    check(len(positions) <= 1, f"{name}: {len(positions)} positions")
    position = positions[0] if positions else {"quantity": "0", "cost": "0"}
    got = {"trades": len(trades), "final_cash": shown["cash"], "swept": shown["swept"],
           "realised": shown["realised"], "fees": shown["fees"],
           "position_qty": position["quantity"], "position_cost": position["cost"]}
    check(got == summary, f"{name}: the summary differs\n  got  {got}\n  want {summary}")
    check(shown["positions_cost"] == summary["position_cost"], f"{name}: positions_cost of", shown)
    # Swept profit is unallocated money of the vault now, nothing was lost on the way.
    check(vault["unallocated"] == summary["swept"], f"{name}: unallocated {vault['unallocated']}")


def every_case(vaultd, vaultctl):
    candles = shared_file("data/dev/binance_ETHUSDT_1m.csv.gz")
    cases = json.loads(shared_file("vectors/cycle.json").read_text())["cases"]
    check(cases, "no case in the vectors")
    for case in cases:
        with Daemon(vaultd, vaultctl, paper=paper_section(case["parameters"])) as daemon:
            trades, shown, vault = replay(daemon, case, candles)
            compare_fills(case["case"], trades, case["fills"])
            compare_summary(case["case"], trades, shown, vault, case["summary"])
            verified = daemon.ctl("ledger", "verify", "--all")
            check(verified["ok"], f"{case['case']}: {verified}")
            daemon.stop()
        print(f"{case['case']}: {len(case['fills'])} fills equal digit for digit")


main(every_case)
