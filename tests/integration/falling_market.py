"""A sleeve that buys on a rise and then loses: candles of our own on a paper account, for tests of the
risk caps."""

import time

START = 1_704_067_200  # 2024-01-01
SETTINGS = ("preset=flash history=5m momentum_window=1m buy_check=1s sell_check=1s spike=1.01 bounce=2 "
            "near_low=1 spike_needs_trend=false spend=1 min_quote=0 hold_uptrend=2 stop_loss=0.5 "
            "trail_arm=0.9 trail_drop=0.005 fee_rate=0")
# A rise that is bought, a fall of 3.5 %, a rise that would be bought again, and one after the resume.
PRICES = ["2000"] * 10 + ["2030"] * 6 + ["1960"] * 14 + ["1960"] * 10 + ["2000"] * 3 + ["2040"] * 7 + ["2090"] * 10
LEVELS = ["sleeve", "vault", "user", "daemon"]


def candles(daemon):
    file = daemon.directory / "binance_ETHUSDT_1m.csv"
    rows = [f"{START + 60 * n},{p},{p},{p},{p},1" for n, p in enumerate(PRICES)]
    file.write_text("time,open,high,low,close,volume\n" + "\n".join(rows) + "\n")
    return file


def at(minute):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(START + 60 * minute))


def set_up(daemon):
    daemon.play(f"""
        account add --exchange paper
        replay start {candles(daemon)} --account a1 --pair ETH/USDT --interval 1m
        vault create --account a1 --asset USDT --balance 5000
        vault pairs v1 --add ETH/USDT
        vault set-tradeable v1 2000
        vault allocate v1 --flash 1000
        sleeve set v1 flash {SETTINGS}
    """)


def set_caps(daemon, level, caps):
    if level == "daemon":
        lines = "".join(f"  {key}: {value}\n" for key, value in caps.items())
        daemon.config.write_text(daemon.config.read_text() + "risk:\n" + lines)
        report = daemon.ctl("config", "reload", "--wait")
        if not report["ok"]:
            raise AssertionError(f"reload: {report}")
        return
    named = {"sleeve": ["--vault", "v1", "--sleeve", "flash"], "vault": ["--vault", "v1"],
             "user": ["--user", "alice"]}[level]
    daemon.ctl("risk", "set", *named, *(f"{key}={value}" for key, value in caps.items()))


def run_until(daemon, minute):
    daemon.ctl("replay", "run", "--account", "a1", "--until", at(minute), "--wait")


def kill(daemon):
    daemon.process.kill()
    daemon.process.wait()
    daemon.start()
