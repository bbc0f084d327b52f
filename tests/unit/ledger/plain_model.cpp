#include "tests/unit/ledger/plain_model.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::ledger::test {
namespace {

constexpr Decimal kHundred = Decimal::from_int(100);

Refusal bad(Decimal amount, bool zero_is_fine) {
    if (amount.is_negative() || (amount.is_zero() && !zero_is_fine)) return Errc::InvalidParams;
    if (amount > kBalanceMax) return Errc::AmountTooLarge;
    return std::nullopt;
}

Decimal part(Decimal a, Decimal b, Decimal c) {
    return mul_div(a, b, c, Rounding::Floor).value();
}

Decimal cap_of(Decimal total, std::optional<Decimal> pct) {
    return pct ? floor_8(part(total, kHundred - *pct, kHundred)) : total;
}

}  // namespace

Decimal PlainSleeve::cost() const {
    Decimal sum;
    for (const auto& [base, position] : positions)
        sum += position.cost;
    return sum;
}

bool PlainSleeve::flat() const {
    return std::all_of(positions.begin(), positions.end(),
                       [](const auto& item) { return item.second.dust; });
}

Refusal PlainModel::open(Decimal amount) {
    if (const auto refused = bad(amount, true)) return refused;
    reserve = amount;
    paid_in = amount;
    return std::nullopt;
}

// Rule 10: reserve, unallocated, pending, cash; the sleeves by principal.
Decimal PlainModel::give(Decimal wanted) {
    const Decimal weight[2] = {max(kZero, sleeves[0].principal), max(kZero, sleeves[1].principal)};
    Decimal left = wanted;
    for (Decimal* pot : {&reserve, &unallocated}) {
        const Decimal taken = min(left, *pot);
        *pot -= taken;
        left -= taken;
    }
    for (Decimal PlainSleeve::*pot : {&PlainSleeve::pending, &PlainSleeve::cash}) {
        Decimal& quiet_pot = sleeves[0].*pot;
        Decimal& flash_pot = sleeves[1].*pot;
        const Decimal taken = min(left, quiet_pot + flash_pot);
        Decimal a = weight[0];
        Decimal b = weight[1];
        if ((a + b).is_zero()) {
            a = quiet_pot;
            b = flash_pot;
        }
        Decimal quiet = (a + b).is_zero() ? kZero : floor_8(part(taken, a, a + b));
        if (quiet > quiet_pot) quiet = quiet_pot;
        if (taken - quiet > flash_pot) quiet = taken - flash_pot;
        quiet_pot -= quiet;
        flash_pot -= taken - quiet;
        sleeves[0].principal -= quiet;
        sleeves[1].principal -= taken - quiet;
        left -= taken;
    }
    paid_in -= wanted - left;
    return wanted - left;
}

void PlainModel::freed() {
    for (PlainSleeve& sleeve : sleeves) {
        for (Decimal* pot : {&sleeve.cash, &sleeve.pending}) {
            const Decimal paid = min(sleeve.overdraft, *pot);
            *pot -= paid;
            sleeve.overdraft -= paid;
            sleeve.principal -= paid;
            paid_in -= paid;
        }
    }
    shortfall -= give(shortfall);
}

Refusal PlainModel::deposit(Decimal amount, const AutoRaise& policy) {
    if (const auto refused = bad(amount, false)) return refused;
    const Decimal before = missing();
    reserve += amount;
    paid_in += amount;
    freed();
    Decimal left = amount - (before - missing());
    for (PlainSleeve& sleeve : sleeves) {
        const Decimal paid = min(min(left, sleeve.overdraft), reserve);
        sleeve.overdraft -= paid;
        reserve -= paid;
        paid_in -= paid;
        left -= paid;
    }
    Decimal raise;
    if (policy.kind == AutoRaise::Kind::Full) raise = left;
    if (policy.kind == AutoRaise::Kind::Percent) raise = part(left, policy.percent, kHundred);
    if (policy.ceiling) raise = min(raise, *policy.ceiling - tradeable());
    raise = min(raise, cap_of(total(), policy.reserve_pct) - tradeable());
    raise = floor_8(max(kZero, min(raise, reserve)));
    reserve -= raise;
    unallocated += raise;
    return std::nullopt;
}

Refusal PlainModel::withdraw(Decimal amount) {
    if (const auto refused = bad(amount, false)) return refused;
    shortfall += amount - give(amount);
    return std::nullopt;
}

Refusal PlainModel::fee_paid(Decimal amount) {
    if (const auto refused = bad(amount, false)) return refused;
    const Decimal paid = min(amount, reserve);
    reserve -= paid;
    fees_beside -= paid;
    if (amount > paid) shortfall += (amount - paid) - give(amount - paid);
    return std::nullopt;
}

Refusal PlainModel::undo_deposit(Decimal amount) {
    if (amount > reserve) return Errc::InsufficientBalance;
    reserve -= amount;
    paid_in -= amount;
    freed();
    return std::nullopt;
}

Refusal PlainModel::change_mode(Decimal amount) {
    if (const auto refused = bad(amount, true)) return refused;
    for (const PlainSleeve& sleeve : sleeves) {
        if (!sleeve.flat() || sleeve.locked.is_positive()) return Errc::NotFlat;
        for (const auto& [base, position] : sleeve.positions) {
            if (position.held.is_positive()) return Errc::NotFlat;
        }
    }
    *this = PlainModel{};
    return open(amount);
}

Refusal PlainModel::set_tradeable(Decimal amount, std::optional<Decimal> pct) {
    if (const auto refused = bad(amount, true)) return refused;
    if (amount < sleeves[0].balance() + sleeves[1].balance()) return Errc::TradeableBelowAllocated;
    if (pct && amount > tradeable() && amount > cap_of(total(), pct))
        return Errc::TradeableAboveCap;
    if (amount > total()) return Errc::InsufficientReserve;
    const Decimal change = amount - tradeable();
    reserve -= change;
    unallocated += change;
    return std::nullopt;
}

Refusal PlainModel::allocate(Decimal quiet, Decimal flash, bool quiet_live, bool flash_live) {
    for (const Decimal delta : {quiet, flash}) {
        if (const auto refused = bad(delta, true)) return refused;
    }
    if ((quiet + flash).is_zero()) return Errc::InvalidParams;
    if (quiet + flash > unallocated) return Errc::AllocationAboveUnallocated;
    const auto give_to = [](PlainSleeve& sleeve, Decimal delta, bool live) {
        if (delta.is_zero()) return;
        sleeve.request = kZero;
        (sleeve.flat() && !live ? sleeve.cash : sleeve.pending) += delta;
        sleeve.principal += delta;
    };
    unallocated -= quiet + flash;
    give_to(sleeves[0], quiet, quiet_live);
    give_to(sleeves[1], flash, flash_live);
    freed();
    return std::nullopt;
}

Refusal PlainModel::unallocate(Decimal quiet, Decimal flash, bool quiet_live, bool flash_live) {
    for (const Decimal delta : {quiet, flash}) {
        if (const auto refused = bad(delta, true)) return refused;
    }
    if ((quiet + flash).is_zero()) return Errc::InvalidParams;
    const auto above = [](const PlainSleeve& sleeve, Decimal delta) {
        return delta.is_positive() && delta + sleeve.request > sleeve.balance();
    };
    if (above(sleeves[0], quiet) || above(sleeves[1], flash)) return Errc::UnallocateAboveBalance;
    Decimal moved;
    const auto take_from = [&](PlainSleeve& sleeve, Decimal delta, bool live) {
        const Decimal pending = min(delta, sleeve.pending);
        const Decimal cash = sleeve.flat() && !live ? min(delta - pending, sleeve.cash) : kZero;
        sleeve.pending -= pending;
        sleeve.cash -= cash;
        sleeve.principal -= pending + cash;
        unallocated += pending + cash;
        moved += pending + cash;
        sleeve.request += delta - pending - cash;
    };
    take_from(sleeves[0], quiet, quiet_live);
    take_from(sleeves[1], flash, flash_live);
    if (moved.is_positive()) freed();
    return std::nullopt;
}

Refusal PlainModel::buy_intent(SleeveKind kind, Decimal lock) {
    if (const auto refused = bad(lock, false)) return refused;
    if (missing().is_positive()) return Errc::WrongState;
    PlainSleeve& sleeve = of(kind);
    if (lock > sleeve.cash + sleeve.pending) return Errc::InsufficientBalance;
    sleeve.cash += sleeve.pending - lock;
    sleeve.pending = kZero;
    sleeve.locked += lock;
    return std::nullopt;
}

Refusal PlainModel::sell_intent(SleeveKind kind, const std::string& base, Decimal quantity) {
    if (const auto refused = bad(quantity, false)) return refused;
    PlainPosition position = of(kind).positions[base];
    if (quantity > position.free) return Errc::InsufficientBalance;
    position.free -= quantity;
    position.held += quantity;
    of(kind).positions[base] = position;
    return std::nullopt;
}

Refusal PlainModel::end(SleeveKind kind, Side side, const std::string& base, Decimal remaining) {
    PlainSleeve& sleeve = of(kind);
    if (remaining.is_zero()) return std::nullopt;
    if (side == Side::Buy) {
        sleeve.locked -= remaining;
        sleeve.cash += remaining;
    } else {
        sleeve.positions[base].held -= remaining;
        sleeve.positions[base].free += remaining;
    }
    freed();
    return std::nullopt;
}

void PlainModel::find_cash(PlainSleeve& sleeve, Decimal needed) {
    if (sleeve.cash >= needed) return;
    const Decimal back = min(needed - sleeve.cash, min(sleeve.last_sweep, unallocated));
    unallocated -= back;
    sleeve.cash += back;
    sleeve.swept -= back;
    sleeve.last_sweep -= back;
    const Decimal joined = min(needed - sleeve.cash, sleeve.pending);
    sleeve.pending -= joined;
    sleeve.cash += joined;
    const Decimal overdraft = needed - sleeve.cash;
    sleeve.cash += overdraft;
    sleeve.principal += overdraft;
    sleeve.overdraft += overdraft;
    paid_in += overdraft;
}

Refusal PlainModel::fill(PlainFill& fill) {
    PlainSleeve& sleeve = of(fill.sleeve);
    PlainPosition& position = sleeve.positions[fill.base];
    const bool coins_fee = fill.fee_in == PlainFee::Base;
    Decimal value = fill.fee;
    if (coins_fee) value = mul(fill.price, fill.fee, Rounding::Floor).value();
    if (fill.fee_in == PlainFee::Third) value = fill.third_value;
    const Decimal quote_fee = fill.fee_in == PlainFee::Quote ? value : kZero;
    if (fill.side == Side::Buy) {
        const Decimal coins = fill.quantity - (coins_fee ? fill.fee : kZero);
        if (coins.is_negative()) return Errc::InvalidParams;
        if (coins_fee) value = coins.is_zero() ? fill.cost : min(value, fill.cost);
        const Decimal spent = fill.cost + quote_fee;
        const Decimal locked = min(fill.remaining, spent);
        find_cash(sleeve, spent - locked);
        sleeve.locked -= locked;
        fill.remaining -= locked;
        sleeve.cash -= spent - locked;
        position.free += coins;
        position.cost += fill.cost - (coins_fee ? value : kZero);
        if (coins.is_positive()) position.dust = false;
        sleeve.gain -= value;
        bought[fill.base] += fill.quantity;
    } else {
        const Decimal coins = fill.quantity + (coins_fee ? fill.fee : kZero);
        const Decimal held = min(fill.remaining, coins);
        if (coins - held > position.free) return Errc::InsufficientBalance;
        const Decimal all = position.free + position.held;
        const Decimal cost = coins == all ? position.cost : part(position.cost, coins, all);
        if (quote_fee > fill.cost) find_cash(sleeve, quote_fee - fill.cost);
        position.held -= held;
        position.free -= coins - held;
        fill.remaining -= held;
        position.cost -= cost;
        sleeve.cash += fill.cost - quote_fee;
        sleeve.gain += fill.cost - cost - (coins_fee ? kZero : value);
        bought[fill.base] -= fill.quantity;
    }
    sleeve.fees += value;
    if (coins_fee) coin_fees[fill.base] += fill.fee;
    if (fill.fee_in == PlainFee::Third) {
        sleeve.fee_float += value;
        fees_beside += value;
    }
    tidy();
    if (fill.side == Side::Sell) freed();
    return std::nullopt;
}

void PlainModel::close(SleeveKind kind, bool live) {
    PlainSleeve& sleeve = of(kind);
    if (!sleeve.flat() || live) return;
    const Decimal paid = min(sleeve.request, sleeve.cash);
    sleeve.request = kZero;
    sleeve.cash -= paid;
    sleeve.principal -= paid;
    unallocated += paid;
    if (paid.is_positive()) freed();
    if (kind == SleeveKind::Quiet) return;
    const Decimal profit = sleeve.balance() - max(sleeve.principal, kZero) - sleeve.fee_float;
    const Decimal sweep = min(profit, sleeve.cash);
    if (!sweep.is_positive()) return;
    sleeve.cash -= sweep;
    sleeve.swept += sweep;
    sleeve.last_sweep = sweep;
    unallocated += sweep;
    freed();
}

Refusal PlainModel::quiet_sweep(Decimal share, bool live) {
    PlainSleeve& sleeve = sleeves[0];
    if (!share.is_positive() || share > kOne) return Errc::InvalidParams;
    if (!sleeve.flat() || live) return Errc::NotFlat;
    const Decimal profit = sleeve.balance() - max(sleeve.principal, kZero) - sleeve.fee_float;
    const Decimal sweep =
        min(floor_8(mul(share, max(kZero, profit), Rounding::Floor).value()), sleeve.cash);
    if (sweep.is_zero()) return std::nullopt;
    sleeve.cash -= sweep;
    sleeve.swept += sweep;
    sleeve.last_sweep = sweep;
    unallocated += sweep;
    freed();
    return std::nullopt;
}

Refusal PlainModel::mark_dust(SleeveKind kind, const std::string& base) {
    const auto at = of(kind).positions.find(base);
    if (at == of(kind).positions.end()) return Errc::NotFound;
    if (at->second.held.is_positive()) return Errc::WrongState;
    at->second.dust = true;
    return std::nullopt;
}

Refusal PlainModel::write_down(SleeveKind kind, const std::string& base) {
    const auto at = of(kind).positions.find(base);
    if (at == of(kind).positions.end()) return Errc::NotFound;
    if (!at->second.dust || at->second.held.is_positive()) return Errc::WrongState;
    of(kind).gain -= at->second.cost;
    bought[base] -= at->second.free;
    of(kind).positions.erase(at);
    return std::nullopt;
}

void PlainModel::tidy() {
    for (PlainSleeve& sleeve : sleeves) {
        std::erase_if(sleeve.positions, [](const auto& item) {
            return (item.second.free + item.second.held).is_zero();
        });
    }
}

namespace {

using Figures = std::map<std::string, Decimal>;

// Empty when they are the same.
std::string describe(const Figures& mine, const Figures& theirs) {
    std::string text;
    for (const auto& [name, amount] : mine) {
        const auto at = theirs.find(name);
        const Decimal other = at == theirs.end() ? kZero : at->second;
        if (other != amount)
            text += fmt::format(" {}: {} (books {})", name, amount.text(), other.text());
    }
    for (const auto& [name, amount] : theirs) {
        if (!mine.contains(name)) text += fmt::format(" {}: 0 (books {})", name, amount.text());
    }
    return text;
}

}  // namespace

std::string PlainModel::difference(const VaultBooks& books) const {
    Figures mine;
    Figures theirs;
    const std::string quote{books.asset().text()};
    mine["external " + quote] = -paid_in;
    mine["external_fees " + quote] = -fees_beside;
    mine["reserve " + quote] = reserve;
    mine["unallocated " + quote] = unallocated;
    for (const auto& [base, coins] : bought)
        mine["market " + base] = -coins;
    for (const auto& [base, coins] : coin_fees)
        mine["external_fees " + base] = coins;
    Decimal memo;
    mine["shortfall"] = shortfall;
    theirs["shortfall"] = books.shortfall();
    for (const SleeveKind kind : kSleeveKinds) {
        const PlainSleeve& sleeve = of(kind);
        const SleeveBooks& other = books.sleeve(kind);
        const std::string name{to_text(kind)};
        mine[name + ".cash " + quote] = sleeve.cash;
        mine[name + ".locked " + quote] = sleeve.locked;
        mine[name + ".pending " + quote] = sleeve.pending;
        mine[name + ".principal " + quote] = sleeve.principal;
        mine[name + ".realised " + quote] = -sleeve.gain;
        mine[name + ".fees " + quote] = sleeve.fees;
        mine[name + ".position " + quote] = sleeve.cost();
        memo -= sleeve.principal + sleeve.fees;
        for (const auto& [base, position] : sleeve.positions) {
            mine[name + ".position " + base] = position.free;
            mine[name + ".held " + base] = position.held;
            mine[name + " cost " + base] = position.cost;
            mine[name + " dust " + base] = position.dust ? kOne : kZero;
        }
        for (const Position& position : other.positions) {
            const std::string base{position.base.text()};
            theirs[name + " cost " + base] = position.cost;
            theirs[name + " dust " + base] = position.dust ? kOne : kZero;
        }
        const auto figure = [&](const char* what, Decimal own, Decimal its) {
            mine[name + " " + what] = own;
            theirs[name + " " + what] = its;
        };
        figure("fee_float", sleeve.fee_float, other.fee_float);
        figure("swept", sleeve.swept, other.swept);
        figure("last_sweep", sleeve.last_sweep, other.last_sweep);
        figure("request", sleeve.request, other.unallocate_requested);
        figure("overdraft", sleeve.overdraft, other.overdraft);
        figure("balance", sleeve.balance(), books.balance(kind));
        figure("flat", sleeve.flat() ? kOne : kZero, books.flat(kind) ? kOne : kZero);
    }
    mine["memo " + quote] = memo;
    mine["total"] = total();
    theirs["total"] = books.total();
    for (const Balance& line : books.balances())
        theirs[std::string{to_text(line.account)} + " " + std::string{line.asset.text()}] =
            line.amount;
    const auto drop_zeros = [](auto& figures) {
        std::erase_if(figures, [](const auto& item) { return item.second.is_zero(); });
    };
    drop_zeros(mine);
    drop_zeros(theirs);
    return describe(mine, theirs);
}

}  // namespace vault::ledger::test
