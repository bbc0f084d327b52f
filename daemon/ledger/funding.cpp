// Rules 1, 2, 10 and 13: what comes in, what goes out, and how much of it is at risk.
#include "daemon/ledger/amount_check.hpp"
#include "daemon/ledger/planted_bug.hpp"
#include "daemon/ledger/transaction.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::ledger {
namespace {

constexpr Decimal kHundred = Decimal::from_int(100);

// floor_8(total * (1 - pct / 100)); without a pct all of total.
Result<Decimal> reserve_cap(Decimal total, const std::optional<Decimal>& pct) {
    if (!pct || VAULT_PLANTED(CapIgnored)) return total;
    VAULT_TRYV(check_percent(*pct, "reserve_pct"));
    VAULT_TRY(const auto cap, mul_div(total, kHundred - *pct, kHundred, Rounding::Floor));
    return floor_8(cap);
}

Result<Decimal> wanted_raise(Decimal deposit, const AutoRaise& policy) {
    switch (policy.kind) {
        case AutoRaise::Kind::Off: return kZero;
        case AutoRaise::Kind::Full: return deposit;
        case AutoRaise::Kind::Percent: {
            VAULT_TRYV(check_percent(policy.percent, "auto_raise"));
            return mul_div(deposit, policy.percent, kHundred, Rounding::Floor);
        }
    }
    return kZero;
}

Result<Decimal> raise_of(const VaultBooks& books, Decimal deposit, const AutoRaise& policy) {
    VAULT_TRY(auto raise, wanted_raise(deposit, policy));
    VAULT_TRY(const auto cap, reserve_cap(books.total(), policy.reserve_pct));
    if (policy.ceiling) {
        VAULT_TRYV(check_not_negative(*policy.ceiling, "ceiling"));
        raise = min(raise, *policy.ceiling - books.tradeable());
    }
    raise = min(min(raise, cap - books.tradeable()), books.reserve());
    return floor_8(max(kZero, raise));
}

Error bad_kind(EntryKind kind) {
    return Error{Errc::InvalidParams, std::string{to_text(kind)} + " is no funding", "kind",
                 "use deposit, withdrawal or manual_trade"};
}

// Orders and overdrafts have memory outside the journal; they are ended, not reversed.
bool can_be_reversed(EntryKind kind) {
    switch (kind) {
        case EntryKind::BuyIntent:
        case EntryKind::SellIntent:
        case EntryKind::OrderEnd:
        case EntryKind::Overdraft:
        case EntryKind::OverdraftReturn:
        case EntryKind::ModeChange: return false;
        case EntryKind::Opening:
        case EntryKind::Deposit:
        case EntryKind::Withdrawal:
        case EntryKind::ManualTrade:
        case EntryKind::AutoRaise:
        case EntryKind::SetTradeable:
        case EntryKind::Allocate:
        case EntryKind::Unallocate:
        case EntryKind::UnallocateReturn:
        case EntryKind::PendingJoin:
        case EntryKind::BuyFill:
        case EntryKind::SellFill:
        case EntryKind::FlashSweep:
        case EntryKind::QuietSweep:
        case EntryKind::SweepReturn:
        case EntryKind::DustWriteDown:
        case EntryKind::FeePaid:
        case EntryKind::Correction: return true;
    }
    return false;
}

}  // namespace

Result<void> Transaction::open(Decimal balance) {
    VAULT_TRYV(check_not_negative(balance, "balance"));
    if (!books_.balances().empty()) {
        return Error{Errc::WrongState, to_text(books_.vault()) + " is open already", "vault",
                     "deposits and withdrawals change its total"};
    }
    return book(EntryKind::Opening,
                {quote(AccountKind::External, -balance), quote(AccountKind::Reserve, balance)});
}

Result<DepositFigures> Transaction::deposit(Decimal amount, const AutoRaise& policy,
                                            EntryKind kind) {
    VAULT_TRYV(check_positive(amount, "amount"));
    if (kind != EntryKind::Deposit && kind != EntryKind::ManualTrade) return bad_kind(kind);
    const auto missing = [this] {
        return books_.shortfall() + books_.sleeve(SleeveKind::Quiet).overdraft +
               books_.sleeve(SleeveKind::Flash).overdraft;
    };
    const Decimal missing_before = missing();
    VAULT_TRYV(
        book(kind, {quote(AccountKind::External, -amount), quote(AccountKind::Reserve, amount)}));
    VAULT_TRYV(pay_overdrafts_from_reserve(amount - (missing_before - missing())));
    DepositFigures figures;
    figures.shortfall_paid = missing_before - missing();
    VAULT_TRY(figures.raised, raise_of(books_, amount - figures.shortfall_paid, policy));
    VAULT_TRYV(book(EntryKind::AutoRaise, {quote(AccountKind::Reserve, -figures.raised),
                                           quote(AccountKind::Unallocated, figures.raised)}));
    return figures;
}

Result<WithdrawalFigures> Transaction::withdraw(Decimal amount, EntryKind kind) {
    VAULT_TRYV(check_positive(amount, "amount"));
    if (kind != EntryKind::Withdrawal && kind != EntryKind::ManualTrade) return bad_kind(kind);
    WithdrawalFigures figures;
    VAULT_TRY(figures.booked, book_withdrawal(amount, kind));
    figures.short_by = amount - figures.booked;
    if (VAULT_PLANTED(ShortfallForgotten)) return figures;
    const Decimal shortfall = books_.shortfall() + figures.short_by;
    VAULT_TRYV(check_not_negative(shortfall, "amount"));
    books_.shortfall_ = shortfall;
    return figures;
}

Result<WithdrawalFigures> Transaction::fee_paid(Decimal amount) {
    VAULT_TRYV(check_positive(amount, "fee"));
    const Decimal from_reserve = min(amount, books_.reserve());
    VAULT_TRYV(book(EntryKind::FeePaid, {quote(AccountKind::Reserve, -from_reserve),
                                         quote(AccountKind::ExternalFees, from_reserve)}));
    if (from_reserve == amount) return WithdrawalFigures{amount, kZero};
    VAULT_TRY(auto figures, withdraw(amount - from_reserve));
    figures.booked += from_reserve;
    return figures;
}

Result<void> Transaction::correct(const Entry& wrong) {
    if (wrong.vault != books_.vault() || wrong.seq > books_.head().seq) {
        return Error{Errc::NotFound, "no such entry in " + to_text(books_.vault()), "reverses",
                     "vaultctl ledger export lists the entries"};
    }
    if (!can_be_reversed(wrong.kind)) {
        return Error{Errc::WrongState,
                     "entry " + std::to_string(wrong.seq) + " is of kind " +
                         std::string{to_text(wrong.kind)} + ", which is not reversed",
                     "reverses", "cancel the order, or correct the fills and funding behind it"};
    }
    Postings postings = wrong.postings;
    for (Posting& posting : postings) {
        posting.amount = -posting.amount;
        AccountKind& kind = posting.account.kind;
        if (kind == AccountKind::Locked) kind = AccountKind::Cash;
        if (kind == AccountKind::Held) kind = AccountKind::Position;
    }
    const auto booked = book(EntryKind::Correction, std::move(postings));
    if (booked.has_error() && booked.error().code() == Errc::InvariantBroken) {
        return Error{
            Errc::InsufficientBalance,
            "the money or coins of that entry are no longer there: " + booked.error().message(),
            "seq", "correct the later entries that moved them first"};
    }
    return booked;
}

Result<void> Transaction::change_mode(Mode to, Decimal balance) {
    VAULT_TRYV(check_not_negative(balance, "balance"));
    Postings postings;
    for (const SleeveKind sleeve : kSleeveKinds) {
        const SleeveBooks& own = books_.sleeve(sleeve);
        const bool held = std::any_of(own.positions.begin(), own.positions.end(),
                                      [](const Position& p) { return p.held.is_positive(); });
        if (!books_.flat(sleeve) || own.locked.is_positive() || held) {
            return Error{Errc::NotFlat,
                         std::string{to_text(sleeve)} + " has a position or an order", "sleeve",
                         "pause or liquidate the sleeve and wait until it is flat"};
        }
        for (const Position& position : own.positions) {  // a cost is followed by its coins
            postings.push_back(quote(sleeve, AccountKind::Position, -position.cost));
            postings.push_back(
                {account(sleeve, AccountKind::Position), position.base, -position.quantity});
        }
    }
    for (const Balance& line : books_.balances()) {
        if (line.account.kind == AccountKind::Position) continue;
        postings.push_back({line.account, line.asset, -line.amount});
    }
    VAULT_TRYV(book(EntryKind::ModeChange, std::move(postings)));
    books_.shortfall_ = kZero;
    for (const SleeveKind sleeve : kSleeveKinds) {
        books_.own_sleeve(sleeve).unallocate_requested = kZero;
        books_.own_sleeve(sleeve).overdraft = kZero;
    }
    context_.mode = to;
    return open(balance);
}

Result<void> Transaction::set_tradeable(Decimal amount, std::optional<Decimal> reserve_pct) {
    VAULT_TRYV(check_not_negative(amount, "tradeable"));
    VAULT_TRY(const auto cap, reserve_cap(books_.total(), reserve_pct));
    const Decimal least = books_.tradeable() - books_.unallocated();
    const Decimal change = amount - books_.tradeable();
    if (amount < least) {
        return Error{
            Errc::TradeableBelowAllocated,
            fmt::format("tradeable {} is below what the sleeves hold: {}", amount.text(),
                        least.text()),
            "tradeable",
            fmt::format("use at least {}, or free money first with vault release", least.text())};
    }
    if (change.is_positive() && reserve_pct && amount > cap) {
        return Error{Errc::TradeableAboveCap,
                     fmt::format("tradeable {} is above the cap {} that reserve_pct {} leaves",
                                 amount.text(), cap.text(), reserve_pct->text()),
                     "tradeable", fmt::format("use at most {}, or lower reserve_pct", cap.text())};
    }
    if (change > books_.reserve()) {
        return Error{
            Errc::InsufficientReserve,
            fmt::format("tradeable {} is above the total {}", amount.text(), books_.total().text()),
            "tradeable", fmt::format("use at most {}", books_.total().text())};
    }
    return book(EntryKind::SetTradeable,
                {quote(AccountKind::Reserve, -change), quote(AccountKind::Unallocated, change)});
}

}  // namespace vault::ledger
