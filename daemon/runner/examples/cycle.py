#!/usr/bin/env python3
"""The cycle rules of vaultd as a script: a worked example of vaultd-script(7).

On the same ticks it makes the same decisions as the built-in rules, digit for digit. Prices, amounts
and factors are whole numbers of 10^-18, so that every test is an exact product and nothing is rounded.

    vaultctl script check /usr/share/doc/vaultd/examples/cycle.py --compare

It keeps nothing: what it must remember from one tick to the next goes out as the decision's `state`
and comes back with the next tick of that sleeve. So one process serves any number of sleeves, and a
restart forgets nothing. With --own-window it works out p1, low and closes from the prices alone, as
the daemon does, and ends if its figures are not those that the daemon shows.
"""

import collections
import json
import re
import sys

ONE = 10 ** 18
UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAY, MINUTE, HOUR = UNITS["d"], UNITS["m"], UNITS["h"]
NEVER = -(1 << 60)
FEE_MARGIN = 2 * 10 ** 15  # 0.002


def whole(text):
    """A decimal text as a whole number of 10^-18."""
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    before, _, after = digits.partition(".")
    return sign * (int(before) * ONE + int(after.ljust(18, "0") or "0"))


def text_of(number):
    sign, number = ("-" if number < 0 else ""), abs(number)
    after = f"{number % ONE:018d}".rstrip("0")
    return f"{sign}{number // ONE}{'.' if after else ''}{after}"


def milliseconds(text):
    return sum(int(n) * UNITS[unit] for n, unit in re.findall(r"(\d+)(ms|[smhd])", text))


class TradingWindows:
    """When buys are allowed: "mon-fri 08:00-22:00, sat 10:00-12:00", in UTC."""

    def __init__(self, text):
        self.entries = []
        for part in [] if text == "always" else text.split(","):
            *days, hours = part.split()
            first, _, last = (days[0] if days else "mon-sun").partition("-")
            start, end = ([int(x[:2]) * 60 + int(x[3:]) for x in hours.split("-")])
            self.entries.append((DAYS.index(first), DAYS.index(last or first), start, end))

    def contains(self, now):
        if not self.entries:
            return True
        day, minute = (now // DAY + 3) % 7, now % DAY // MINUTE  # 1970-01-01 was a Thursday
        return any(self.matches(entry, day, minute) for entry in self.entries)

    @staticmethod
    def matches(entry, day, minute):
        first, last, start, end = entry

        def starts_on(d):
            return first <= d <= last if first <= last else d >= first or d <= last

        if start < end:
            return starts_on(day) and start <= minute < end
        return (starts_on(day) and minute >= start) or (starts_on((day + 6) % 7) and minute < end)


class Params:
    """The sleeve's parameters as numbers; the texts are the same from tick to tick."""

    known = {}

    def __init__(self, texts):
        for name in ("spike", "trend_min", "near_low", "bounce", "spend", "min_quote",
                     "hold_uptrend", "stop_loss", "trail_arm", "trail_drop", "trail_reset",
                     "max_slippage"):
            setattr(self, name, whole(texts[name]))
        for name in ("history", "momentum_window", "buy_check", "sell_check", "cooldown",
                     "loss_cooldown"):
            setattr(self, name, milliseconds(texts[name]))
        self.max_move = None if texts["max_move"] == "off" else whole(texts["max_move"])
        self.trend_closes = int(texts["trend_closes"])
        self.spike_needs_trend = texts["spike_needs_trend"] == "true"
        self.stop_first = texts["stop_first"] == "true"
        self.trading_windows = TradingWindows(texts["trading_windows"])

    @classmethod
    def of(cls, texts):
        key = tuple(texts.values())
        if key not in cls.known:
            if len(cls.known) >= 4096:
                cls.known.clear()
            cls.known[key] = cls(texts)
        return cls.known[key]


class Tick:
    """The figures of a tick as numbers, by the names that vaultd-script(7) gives them."""

    def __init__(self, message):
        self.now = message["time"]
        self.price = whole(message["price"])
        self.p1 = None if message["p1"] is None else whole(message["p1"])
        self.low = whole(message["low"])
        self.closes_sum = whole(message["closes_sum"])
        self.closes_count = message["closes_count"]
        self.warm, self.stale = message["warm"], message["stale"]
        self.slippage = None if message["slippage"] is None else whole(message["slippage"])
        self.cash = whole(message["free_cash"])
        self.quantity = whole(message["quantity"])
        self.cost = whole(message["cost"])
        self.fee_rate = whole(message["fee_rate"])
        self.pending = message["order_pending"]
        self.message = message


class State:
    """Trackers and timers of one sleeve and pair: "<low> <high> <ms or -> <ms or ->"."""

    def __init__(self, text):
        low, high, buy, sell = text.split() if text else ("0", "0", "-", "-")
        self.low, self.high = whole(low), whole(high)
        self.buy_check = NEVER if buy == "-" else int(buy)
        self.sell_check = NEVER if sell == "-" else int(sell)

    def text(self):
        times = ["-" if x == NEVER else str(x) for x in (self.buy_check, self.sell_check)]
        return " ".join([text_of(self.low), text_of(self.high), *times])


# The buy side


def trend_holds(p, t):
    return (t.closes_count >= p.trend_closes and
            t.price * p.trend_closes * ONE >= t.closes_sum * p.trend_min)


def track_low(p, t, state):
    if t.price * ONE > t.low * p.near_low:
        state.low = 0
    elif state.low == 0 or t.price < state.low:
        state.low = t.price


def cooling(p, t):
    if not t.message["ever_closed"]:
        return False
    lost = t.message["last_cycle_lost"]
    wait = max(p.cooldown, p.loss_cooldown) if lost else p.cooldown
    return t.now - t.message["last_close"] < wait


def entry_too_small(p, t):
    rules = t.message["rules"]
    budget = 10 * p.spend * t.cash
    return (budget < 11 * whole(rules["min_cost"]) * ONE or
            budget < 11 * whole(rules["min_quantity"]) * t.price)


def moves_too_much(p, t):
    if p.max_move is None or t.p1 is None:
        return False
    return abs(t.price - t.p1) * ONE > t.p1 * p.max_move


def gate(p, t):
    """The first gate that bites; None if all are open."""
    if t.message["paused"]:
        return "paused"
    if t.stale:
        return "stale_price"
    if not t.warm:
        return "warming_up"
    if not p.trading_windows.contains(t.now):
        return "window"
    if cooling(p, t):
        return "cooldown"
    if t.message["capped"]:
        return "caps"
    if t.cash < p.min_quote:
        return "min_quote"
    if p.stop_loss < 2 * t.fee_rate + FEE_MARGIN:
        return "fee_too_high"
    if t.slippage is not None and t.slippage > p.max_slippage:
        return "max_slippage"
    if moves_too_much(p, t):
        return "max_move"
    return "below_minimum" if entry_too_small(p, t) else None


def check_buy(p, t, state):
    if t.pending:
        return "hold", "order_pending"
    if t.warm and not t.stale:
        track_low(p, t, state)
    shut = gate(p, t)
    if shut:
        return "hold", shut
    spiked = t.p1 is not None and t.price * ONE >= t.p1 * p.spike
    bounced = state.low != 0 and t.price * ONE > state.low * p.bounce
    trend = trend_holds(p, t)
    if spiked and (trend or not p.spike_needs_trend):
        return "buy", "spike"
    return ("buy", "bounce") if bounced and trend else ("hold", "no_signal")


# The sell side


def net_against(t, x):
    """Above, at or below 0 as the net profit is above, at or below x; no quotient."""
    return t.price * t.quantity - t.cost * (ONE + 2 * t.fee_rate + x)


def track_high(p, t, state):
    if net_against(t, p.trail_reset) < 0:
        state.high = 0
    elif state.high != 0:
        state.high = max(state.high, t.price)
    elif net_against(t, p.trail_arm) >= 0:
        state.high = t.price


def exit_signal(p, t, state):
    stopped = net_against(t, -p.stop_loss) <= 0
    if p.stop_first and stopped:
        return "stop_loss"
    if t.p1 is not None and t.price * ONE >= t.p1 * p.hold_uptrend:
        return "hold_uptrend"
    if stopped:
        return "stop_loss"
    fell = state.high != 0 and t.price * ONE < state.high * (ONE - p.trail_drop)
    return "trailing" if fell else "no_signal"


def below_minimum(t):
    rules = t.message["rules"]
    lot = whole(rules["lot"])
    quantity = t.quantity // lot * lot
    return (quantity == 0 or quantity < whole(rules["min_quantity"]) or
            t.price * quantity < whole(rules["min_cost"]) * ONE)


def check_sell(p, t, state):
    if t.pending:
        return "hold", "order_pending"
    if t.stale:
        return "hold", "stale_price"
    track_high(p, t, state)
    signal = exit_signal(p, t, state)
    if signal not in ("stop_loss", "trailing"):
        return "hold", signal
    if signal == "trailing" and t.slippage is not None and t.slippage > p.max_slippage:
        return "hold", "max_slippage"
    return ("hold", "below_minimum") if below_minimum(t) else ("sell", signal)


def evaluate(p, t, state):
    """Runs both timers, then the check of the side that can act, if it is due."""
    buy_due = t.now - state.buy_check >= p.buy_check
    sell_due = t.now - state.sell_check >= p.sell_check
    if buy_due:
        state.buy_check = t.now
    if sell_due:
        state.sell_check = t.now
    if t.quantity == 0:
        return check_buy(p, t, state) if buy_due else ("hold", "none")
    return check_sell(p, t, state) if sell_due else ("hold", "none")


def decide(message):
    p, t, state = Params.of(message["params"]), Tick(message), State(message["state"])
    if message["gap"] or message["closed"]:
        state.low = state.high = 0
    if message["bought"]:
        state.low = 0
    if message["judge_exits"]:
        state.sell_check = NEVER
    action, reason = evaluate(p, t, state)
    return {"type": "decision", "seq": message["seq"], "action": action, "reason": reason,
            "state": state.text()}


# The window: what the daemon makes p1, low and closes of


class Window:
    def __init__(self, p):
        self.p = p
        self.clear()

    def clear(self):
        self.samples, self.lows, self.closes = collections.deque(), collections.deque(), []
        self.first = self.last = None

    def add(self, now, price, gap):
        if gap:
            self.clear()
        if self.last and now // HOUR > self.last[0] // HOUR:
            self.closes = (self.closes + [self.last[1]])[-self.p.trend_closes:]
        self.last = (now, price)
        self.first = now if self.first is None else self.first
        while self.lows and self.lows[-1][1] >= price:
            self.lows.pop()
        self.lows.append(self.last)
        self.samples.append(self.last)
        for kept in (self.samples, self.lows):
            while now - kept[0][0] > self.p.history:
                kept.popleft()

    def p1(self):
        """The sample nearest to now - momentum_window, the older on a tie; None until warm."""
        target = self.last[0] - self.p.momentum_window
        if target < self.first:
            return None
        older = younger = None
        for sample in reversed(self.samples):
            if sample[0] > target:
                younger = sample
            elif older is None or sample[0] == older[0]:
                older = sample
            else:
                break
        if older is None or younger is None:
            return (older or younger)[1]
        return older[1] if target - older[0] <= younger[0] - target else younger[1]

    def check(self, message):
        p1 = self.p1()
        own = [None if p1 is None else text_of(p1), text_of(self.lows[0][1]),
               text_of(sum(self.closes)), len(self.closes), p1 is not None]
        shown = [message[name] for name in ("p1", "low", "closes_sum", "closes_count", "warm")]
        if own != shown:
            sys.exit(f"tick {message['seq']}: own figures {own}, shown were {shown}")


def main():
    own_window = sys.argv[1:] == ["--own-window"]
    windows = {}
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] == "hello":
            if message["protocol"] != 1:
                sys.exit(f"this script speaks protocol 1, not {message['protocol']}")
            answer = {"type": "hello", "protocol": 1, "name": "cycle.py"}
        elif message["type"] == "tick":
            answer = decide(message)
            if own_window:
                key = (message["sleeve"], message["pair"])
                window = windows.setdefault(key, Window(Params.of(message["params"])))
                window.add(message["time"], whole(message["price"]), message["gap"])
                window.check(message)
        else:
            continue  # what a later release may add
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
