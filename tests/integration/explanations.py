"""Every explanation against an independent fold of the exported journal, in exact decimals.

Three sleeves trade a month of the synthetic market, one is sold in part by hand. Each row that a list
shows is found again under its id; each `explain` tells figures that the journal gives when Python
adds it up; and the same person has the same name everywhere.
"""

import decimal
import json
from decimal import Decimal

from private_daemon import Daemon, check, main

decimal.getcontext().prec = 80
PLACES = {8: Decimal("1e-8"), 18: Decimal("1e-18")}

SCENE = """
account add --exchange paper
bob: account add --exchange paper
replay start synthetic --account a1 --seed 7 --days 30
bob: replay start synthetic --account a2 --seed 7 --days 30
vault create --account a1 --asset USDT --balance 10000
bob: vault create --account a2 --asset USDT --balance 5000
vault pairs v1 --add ETH/USDT
bob: vault pairs v2 --add ETH/USDT
vault set-tradeable v1 9000
bob: vault set-tradeable v2 4000
vault allocate v1 --quiet 4000 --flash 4000
bob: vault allocate v2 --flash 2000
sleeve set v1 quiet preset=flash stop_loss=0.05 quiet_sweep=daily quiet_sweep_share=0.3
sleeve set v1 flash stop_loss=0.05
bob: sleeve set v2 flash stop_loss=0.05
replay run --account a1 --until 2024-01-01T11:30:00Z --wait
sleeve pause v1 quiet
replay run --account a1 --until 2024-01-03 --wait
sleeve resume v1 quiet
replay run --account a1 --until 2024-01-20 --wait
bob: replay run --account a2 --until 2024-01-01T04:11:00Z --wait
bob: account trade a2 ETH/USDT sell 0.1234
bob: replay run --account a2 --until 2024-01-20 --wait
"""

# With the shipped fee hardly a sleeve has profit to sweep.
LOW_FEE = "  fee_rate: 0.0005\n"

ALL = {"limit": 10000}


def floor(value, places):
    return value.quantize(PLACES[places], rounding=decimal.ROUND_FLOOR)


class Journal:
    """The exported entries of a vault, and every account's balance before each of them."""

    def __init__(self, wire, vault):
        self.entries, self.before, self.balance = [], {}, {}
        seq = 1
        while seq is not None:
            page = wire.call("ledger.export", {"vault": vault, "from_seq": seq})
            self.entries += [json.loads(line) for line in page["lines"]]
            seq = page["next_seq"]
        for entry in self.entries:
            self.before[entry["seq"]] = dict(self.balance)
            for posting in entry["postings"]:
                key = posting["account"], posting["asset"]
                self.balance[key] = self.balance.get(key, Decimal(0)) + Decimal(posting["amount"])

    def amount(self, seq, account, asset):
        """What entry `seq` moves on an account."""
        return sum((Decimal(posting["amount"]) for posting in self.entries[seq - 1]["postings"]
                    if posting["account"] == account and posting["asset"] == asset), Decimal(0))

    def had(self, seq, account, asset):
        return self.before[seq].get((account, asset), Decimal(0))


def figures_of(told):
    plain = {}
    for name, value in told["figures"].items():
        plain[name] = value if name == "fee_asset" else Decimal(value)
    return plain


def check_trade(wire, journal, row):
    name = {"trade": row["id"]}
    check(wire.call("trade.show", name) == row, "trade show gives another row than trade list:", name)
    told = wire.call("trade.explain", name)
    figures = figures_of(told)
    sleeve, quote = row["sleeve"], told["asset"]
    base = row["pair"].split("/")[0]
    seq = told["postings"][0]["seq"]
    check(figures["realised"] == -journal.amount(seq, f"{sleeve}.realised", quote) ==
          Decimal(row["realised"]), name, "realised", told)
    check(figures["fee_value"] == journal.amount(seq, f"{sleeve}.fees", quote), name, "fee", told)
    if row["side"] == "buy":
        check(figures["realised"] == -figures["fee_value"], name, "a buy realises its fee:", told)
        return False
    coins = sum(journal.had(seq, f"{sleeve}.{kind}", base) for kind in ("position", "held"))
    cost = journal.had(seq, f"{sleeve}.position", quote)
    check(figures["quantity_before"] == coins and figures["cost_before"] == cost, name, "held", coins,
          cost, told)
    sold = figures["quantity"]
    out = cost if sold == coins else floor(cost * sold / coins, 18)
    check(figures["cost_out"] == out == -journal.amount(seq, f"{sleeve}.position", quote), name,
          "cost out", out, told)
    check(figures["realised"] == figures["cost"] - out - figures["fee_value"], name, told)
    return sold != coins


def check_sweep(wire, journal, row):
    check(wire.call("sweep.show", {"sweep": row["id"]}) == row, "sweep show:", row)
    told = wire.call("sweep.explain", {"sweep": row["id"]})
    figures = figures_of(told)
    sleeve, asset, seq = row["sleeve"], told["asset"], int(row["id"].split("@")[1])
    had = {kind: journal.had(seq, f"{sleeve}.{kind}", asset)
           for kind in ("cash", "locked", "pending", "position", "principal")}
    balance = had["cash"] + had["locked"] + had["pending"] + had["position"]
    check(figures["balance"] == balance and figures["cash"] == had["cash"] and
          figures["principal"] == had["principal"], row["id"], balance, had, told)
    profit = balance - max(had["principal"], 0)
    check(figures["profit"] == profit, row["id"], profit, told)
    if row["kind"] == "flash_sweep":
        wanted = min(profit, had["cash"])
    else:
        wanted = min(floor(Decimal("0.3") * profit, 8), had["cash"])
    check(figures["amount"] == wanted == Decimal(row["amount"]) ==
          journal.amount(seq, "unallocated", asset), row["id"], "swept", wanted, told)
    check(figures["unallocated_after"] == journal.had(seq, "unallocated", asset) + wanted, told)


def check_order(wire, journal, row, trades):
    check({key: value for key, value in wire.call("order.show", {"order": row["id"]}).items()
           if key != "fills"} == row, "order show:", row)
    told = wire.call("order.explain", {"order": row["id"]})
    figures = figures_of(told)
    realised = sum((Decimal(trade["realised"]) for trade in trades if trade["order"] == row["id"]),
                   Decimal(0))
    check(figures["realised"] == realised, row["id"], "realised", realised, told)
    check(told["decision"] is not None and told["decided_by"]["price"], row["id"], told)
    asset = row["pair"].split("/")[1 if row["side"] == "buy" else 0]
    check(row["requested_asset"] == asset, row["id"], "requests", row["requested_asset"])
    for posting in told["postings"]:
        own = journal.entries[posting["seq"] - 1]
        fields = {key: posting[key] for key in ("account", "asset", "amount")}
        check(fields in own["postings"] and own["kind"] == posting["kind"], row["id"], posting, own)
    about = {f"order:{row['id']}", f"order:{row['id']}:end"}
    wanted = {entry["seq"] for entry in journal.entries if entry["cause"] in about}
    check(wanted <= {posting["seq"] for posting in told["postings"]}, row["id"], wanted, told)


def check_decisions(wire):
    rows = wire.call("decision.list", ALL)
    ids = [row["id"] for row in rows]
    check(len(set(ids)) == len(ids) > 100, len(ids), "decisions,", len(set(ids)), "ids")
    for row in rows[::7]:
        check(wire.call("decision.show", {"decision": row["id"]}) == row, "decision show:", row)
        told = wire.call("decision.explain", {"decision": row["id"]})
        check(told["order"] == row["order"] and told["figures"] == row["figures"], told)
        check(len(told["story"]) >= 3 and row["reason"] in told["story"][0], told)
    # A page that begins anywhere gives the same names.
    check([row["id"] for row in wire.call("decision.list", {"limit": 50})] == ids[-50:], "a page's ids")


def check_names(wire):
    for method in ("order.list", "trade.list", "sweep.list", "decision.list"):
        for row in wire.call(method, ALL):
            wanted = "alice" if row["vault"] == "v1" else "bob"
            check(row["user"] == wanted, method, "names", row["user"], "as the user of", row["vault"])
    check(wire.call("ledger.list", {"vault": "v2"})[0]["user"] == "bob", "ledger list: user")
    check({row["user"] for row in wire.call("report.pnl")["rows"]} == {"alice", "bob"}, "pnl: user")
    why = wire.call("decision.why", {"vault": "v1", "sleeve": "flash"})
    check(why["user"] == "alice" and why["id"], "decision why:", why)


def check_user(wire):
    shown = wire.call("user.show", {"name": "bob"})
    vault = wire.call("vault.show", {"vault": "v2"})
    check([row["id"] for row in shown["accounts"]] == ["a2"], "bob's accounts:", shown)
    check([row["id"] for row in shown["vaults"]] == ["v2"], "bob's vaults:", shown)
    total = shown["totals"][0]
    check(total["vaults"] == 1 and total["total"] == vault["total"], "bob's sums:", shown)
    for name in ("realised", "unrealised", "fees", "swept"):
        both = Decimal(vault["quiet"][name]) + Decimal(vault["flash"][name])
        check(Decimal(total[name]) == both, "bob's", name, total, both)


def every_explanation(vaultd, vaultctl):
    with Daemon(vaultd, vaultctl, paper=LOW_FEE) as daemon, daemon.wire() as wire:
        daemon.play(SCENE)
        journals = {vault: Journal(wire, vault) for vault in ("v1", "v2")}
        trades = wire.call("trade.list", ALL)
        parts = [check_trade(wire, journals[row["vault"]], row) for row in trades]
        check(any(parts), "no sale of a part among", len(trades), "trades")
        sweeps = wire.call("sweep.list", ALL)
        check({row["kind"] for row in sweeps} == {"flash_sweep", "quiet_sweep"}, "kinds of", sweeps)
        for row in sweeps:
            check_sweep(wire, journals[row["vault"]], row)
        orders = wire.call("order.list", ALL)
        for row in orders:
            mine = [trade for trade in trades if trade["vault"] == row["vault"]]
            check_order(wire, journals[row["vault"]], row, mine)
        check_decisions(wire)
        check_names(wire)
        check_user(wire)
        done = daemon.run("trade", "show", "T1")
        check(done.code == 65 and "2 accounts have a trade T1" in done.stderr, done.stderr)
        print(f"{len(trades)} trades, {len(orders)} orders and {len(sweeps)} sweeps explained")


main(every_explanation)
