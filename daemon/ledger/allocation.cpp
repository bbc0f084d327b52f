// Rules 5, 6, 7 and 11: money between the vault and its sleeves, and what a close does.
#include "daemon/ledger/amount_check.hpp"
#include "daemon/ledger/planted_bug.hpp"
#include "daemon/ledger/transaction.hpp"

#include <fmt/format.h>

namespace vault::ledger {
namespace {

Result<Decimal> sum_of(const PerSleeve<Decimal>& deltas) {
    VAULT_TRYV(check_not_negative(deltas.quiet, "quiet"));
    VAULT_TRYV(check_not_negative(deltas.flash, "flash"));
    const Decimal sum = deltas.quiet + deltas.flash;
    if (sum.is_positive()) return sum;
    return Error{Errc::InvalidParams, "nothing to move", "amount",
                 "give quiet, flash or both an amount above 0"};
}

// What a sleeve holds beyond what was put into it.
Decimal profit_of(const VaultBooks& books, SleeveKind sleeve) {
    const SleeveBooks& own = books.sleeve(sleeve);
    return books.balance(sleeve) - max(own.principal, kZero) - own.fee_float;
}

// `amount`, at most all that they have, divided by what each has.
PerSleeve<Decimal> in_proportion(Decimal amount, const PerSleeve<Decimal>& has) {
    const Decimal all = has.quiet + has.flash;
    if (all.is_zero()) return {};
    const auto share = mul_div(amount, has.quiet, all, Rounding::Floor);
    VAULT_CHECK(share.has_value(), "a share of bounded balances is bounded");
    const Decimal quiet = max(floor_8(share.value()), amount - has.flash);
    return {quiet, amount - quiet};
}

Error no_position(SleeveKind sleeve, const Asset& base) {
    return Error{Errc::NotFound, fmt::format("{} holds no {}", to_text(sleeve), base.text()),
                 "base", "vaultctl position list shows what it holds"};
}

}  // namespace

Result<AllocateFigures> Transaction::allocate(const PerSleeve<Decimal>& deltas,
                                              const PerSleeve<bool>& live) {
    VAULT_TRY(const auto sum, sum_of(deltas));
    if (sum > books_.unallocated()) {
        return Error{
            Errc::AllocationAboveUnallocated,
            fmt::format("{} is above the unallocated {}", sum.text(), books_.unallocated().text()),
            "amount",
            fmt::format("use at most {} in all, or raise tradeable", books_.unallocated().text())};
    }
    AllocateFigures figures;
    Postings postings{quote(AccountKind::Unallocated, -sum)};
    for (const SleeveKind sleeve : kSleeveKinds) {
        const Decimal delta = deltas.of(sleeve);
        if (delta.is_zero()) continue;
        Decimal& request = books_.own_sleeve(sleeve).unallocate_requested;
        figures.request_cancelled.of(sleeve) = request;
        request = kZero;
        const bool busy =
            (!books_.flat(sleeve) || live.of(sleeve)) && !VAULT_PLANTED(PendingJoinsEarly);
        if (busy && VAULT_PLANTED(PendingLost)) {
            postings.push_back(quote(AccountKind::Reserve, delta));
            continue;
        }
        (busy ? figures.to_pending : figures.to_cash).of(sleeve) = delta;
        postings.push_back(quote(sleeve, busy ? AccountKind::Pending : AccountKind::Cash, delta));
        add_principal(postings, sleeve, delta);
    }
    VAULT_TRYV(book(EntryKind::Allocate, std::move(postings)));
    return figures;
}

Decimal Transaction::most_unallocated(SleeveKind sleeve) const {
    return max(kZero, books_.balance(sleeve) - books_.sleeve(sleeve).unallocate_requested);
}

Result<UnallocateFigures> Transaction::unallocate(const PerSleeve<Decimal>& deltas,
                                                  const PerSleeve<bool>& live) {
    VAULT_TRYV(sum_of(deltas));
    UnallocateFigures figures;
    Postings postings;
    for (const SleeveKind sleeve : kSleeveKinds) {
        const Decimal delta = deltas.of(sleeve);
        const SleeveBooks& own = books_.sleeve(sleeve);
        const Decimal most = most_unallocated(sleeve);
        if (delta > most) {
            return Error{Errc::UnallocateAboveBalance,
                         fmt::format("{} is above what {} can give: {}", delta.text(),
                                     to_text(sleeve), most.text()),
                         std::string{to_text(sleeve)}, fmt::format("use at most {}", most.text())};
        }
        const bool busy = !books_.flat(sleeve) || live.of(sleeve);
        const Decimal pending = min(delta, own.pending);
        const Decimal cash = busy ? kZero : min(delta - pending, own.cash);
        figures.returned.of(sleeve) = pending + cash;
        figures.requested.of(sleeve) = delta - pending - cash;
        postings.push_back(quote(sleeve, AccountKind::Pending, -pending));
        postings.push_back(quote(sleeve, AccountKind::Cash, -cash));
        postings.push_back(quote(AccountKind::Unallocated, pending + cash));
        add_principal(postings, sleeve, -(pending + cash));
    }
    for (const SleeveKind sleeve : kSleeveKinds)
        books_.own_sleeve(sleeve).unallocate_requested += figures.requested.of(sleeve);
    VAULT_TRYV(book(EntryKind::Unallocate, std::move(postings)));
    return figures;
}

Result<UnallocateFigures> Transaction::release(Decimal amount, const PerSleeve<bool>& live) {
    PerSleeve<Decimal> free, bound;
    for (const SleeveKind sleeve : kSleeveKinds) {
        const SleeveBooks& own = books_.sleeve(sleeve);
        const Decimal most = most_unallocated(sleeve);
        const bool busy = !books_.flat(sleeve) || live.of(sleeve);
        free.of(sleeve) = min(most, own.pending + (busy ? kZero : own.cash));
        bound.of(sleeve) = most - free.of(sleeve);
    }
    const Decimal at_once = min(amount, free.quiet + free.flash);
    const Decimal most = free.quiet + free.flash + bound.quiet + bound.flash;
    if (amount > most) {
        return Error{Errc::UnallocateAboveBalance,
                     fmt::format("{0} {2} is above what both sleeves can give, {1} {2}",
                                 amount.text(), most.text(), books_.asset().text()),
                     "amount", fmt::format("use at most {}", most.text())};
    }
    PerSleeve<Decimal> deltas = in_proportion(at_once, free);
    const PerSleeve<Decimal> later = in_proportion(amount - at_once, bound);
    deltas.quiet += later.quiet;
    deltas.flash += later.flash;
    return unallocate(deltas, live);
}

Result<CloseFigures> Transaction::close_if_flat(SleeveKind sleeve, bool live) {
    CloseFigures figures;
    if (VAULT_PLANTED(SweepWithLiveOrder)) live = false;
    figures.closed = books_.flat(sleeve) && !live;
    if (!figures.closed) return figures;
    const Decimal requested = books_.sleeve(sleeve).unallocate_requested;
    if (requested.is_positive()) {
        const Decimal cash = books_.sleeve(sleeve).cash;
        figures.returned = VAULT_PLANTED(RequestPaidAboveCash) ? requested : min(requested, cash);
        figures.lapsed = requested - figures.returned;
        books_.own_sleeve(sleeve).unallocate_requested = kZero;
        Postings postings{quote(sleeve, AccountKind::Cash, -figures.returned),
                          quote(AccountKind::Unallocated, figures.returned)};
        add_principal(postings, sleeve, -figures.returned);
        VAULT_TRYV(book(EntryKind::UnallocateReturn, std::move(postings)));
    }
    if (sleeve != SleeveKind::Flash && !VAULT_PLANTED(QuietSweepsOnClose)) return figures;
    const int sweeps = VAULT_PLANTED(SweepTwice) ? 2 : 1;
    const Decimal profit = profit_of(books_, sleeve);
    for (int i = 0; i < sweeps; ++i) {
        const Decimal cash = books_.sleeve(sleeve).cash;
        const Decimal sweep = VAULT_PLANTED(SweepsPrincipal) ? cash : min(profit, cash);
        if (!sweep.is_positive()) break;
        VAULT_TRYV(book(EntryKind::FlashSweep, {quote(sleeve, AccountKind::Cash, -sweep),
                                                quote(AccountKind::Unallocated, sweep)}));
        figures.swept += sweep;
    }
    return figures;
}

Result<Decimal> Transaction::quiet_sweep(Decimal share, bool live) {
    constexpr SleeveKind kQuiet = SleeveKind::Quiet;
    if (!share.is_positive() || share > kOne) {
        return Error{Errc::InvalidParams, "share is " + share.text(), "share",
                     "use a fraction above 0 and up to 1"};
    }
    if (!books_.flat(kQuiet) || live) {
        return Error{Errc::NotFlat, "quiet has a position or an order", "sleeve",
                     "the sweep runs when the sleeve is flat"};
    }
    VAULT_TRY(const auto part, mul(share, max(kZero, profit_of(books_, kQuiet)), Rounding::Floor));
    const Decimal sweep = min(floor_8(part), books_.sleeve(kQuiet).cash);
    VAULT_TRYV(book(EntryKind::QuietSweep, {quote(kQuiet, AccountKind::Cash, -sweep),
                                            quote(AccountKind::Unallocated, sweep)}));
    return sweep;
}

Result<void> Transaction::mark_dust(SleeveKind sleeve, const Asset& base) {
    Position* position = books_.own_position(sleeve, base);
    if (position == nullptr) return no_position(sleeve, base);
    if (position->held.is_positive()) {
        return Error{Errc::WrongState, "a sell order still holds coins of this position", "base",
                     "wait until the order has ended"};
    }
    position->dust = true;
    return success();
}

Result<void> Transaction::write_down(SleeveKind sleeve, const Asset& base) {
    const Position* position = books_.position(sleeve, base);
    if (position == nullptr) return no_position(sleeve, base);
    if (!position->dust || position->held.is_positive()) {
        return Error{Errc::WrongState, "this position is not dust", "base",
                     "only dust, with no order on it, is written down"};
    }
    const AccountKind coins = AccountKind::Position;
    return book(EntryKind::DustWriteDown,
                {quote(sleeve, AccountKind::Position, -position->cost),
                 quote(sleeve, AccountKind::Realised, position->cost),
                 {account(sleeve, coins), base, -position->quantity},
                 {account(AccountKind::Market), base, position->quantity}});
}

}  // namespace vault::ledger
