// The parts of a transaction that every rule uses: booking, and the order in which money is given
// up.
#include "daemon/ledger/transaction.hpp"

#include "daemon/ledger/canonical.hpp"
#include "daemon/ledger/planted_bug.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::ledger {
namespace {

// After these an underfunded vault gives at once what it can (rule 10). Not after money that is on
// its way into a fill (sweep_return, pending_join, overdraft).
bool frees_cash(EntryKind kind) {
    switch (kind) {
        case EntryKind::Deposit:
        case EntryKind::ManualTrade:
        case EntryKind::Allocate:
        case EntryKind::Unallocate:
        case EntryKind::UnallocateReturn:
        case EntryKind::OrderEnd:
        case EntryKind::SellFill:
        case EntryKind::FlashSweep:
        case EntryKind::QuietSweep:
        case EntryKind::Correction: return true;
        case EntryKind::Opening:
        case EntryKind::Withdrawal:
        case EntryKind::AutoRaise:
        case EntryKind::SetTradeable:
        case EntryKind::PendingJoin:
        case EntryKind::BuyIntent:
        case EntryKind::SellIntent:
        case EntryKind::BuyFill:
        case EntryKind::SweepReturn:
        case EntryKind::Overdraft:
        case EntryKind::OverdraftReturn:
        case EntryKind::DustWriteDown:
        case EntryKind::FeePaid:
        case EntryKind::ModeChange: return false;
    }
    return false;
}

// A cause is booked once per kind; a second entry of that kind in one transaction is "<cause>:2".
std::string unique_cause(const std::vector<Entry>& entries, EntryKind kind,
                         const std::string& cause) {
    const auto taken = [&](const std::string& text) {
        return std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
            return entry.kind == kind && entry.cause == text;
        });
    };
    std::string text = cause;
    for (int n = 2; taken(text); ++n)
        text = fmt::format("{}:{}", cause, n);
    return text;
}

}  // namespace

Transaction::Transaction(const VaultBooks& books, EntryContext context)
    : books_(books), context_(std::move(context)) {}

Posting Transaction::quote(AccountKind kind, Decimal amount) const {
    return {account(kind), books_.asset(), amount};
}

Posting Transaction::quote(SleeveKind sleeve, AccountKind kind, Decimal amount) const {
    return {account(sleeve, kind), books_.asset(), amount};
}

void Transaction::add_principal(Postings& postings, SleeveKind sleeve, Decimal amount) const {
    if (VAULT_PLANTED(PrincipalNotLowered) && amount.is_negative()) return;
    postings.push_back(quote(sleeve, AccountKind::Principal, amount));
    postings.push_back(quote(AccountKind::Memo, -amount));
}

void Transaction::add_fee_memo(Postings& postings, SleeveKind sleeve, Decimal amount) const {
    if (VAULT_PLANTED(FeeNotBooked)) return;
    postings.push_back(quote(sleeve, AccountKind::Fees, amount));
    if (VAULT_PLANTED(UnbalancedPosting)) return;
    postings.push_back(quote(AccountKind::Memo, -amount));
}

Result<void> Transaction::book(EntryKind kind, Postings postings) {
    std::erase_if(postings, [](const Posting& posting) { return posting.amount.is_zero(); });
    if (postings.empty()) return success();
    Entry entry;
    entry.vault = books_.vault();
    entry.seq = books_.head().seq + 1;
    entry.tx = entries_.empty() ? entry.seq : entries_.front().tx;
    entry.kind = kind;
    entry.cause = unique_cause(entries_, kind, context_.cause);
    entry.mode = context_.mode;
    entry.at = context_.at;
    entry.actor = context_.actor;
    entry.postings = std::move(postings);
    entry.prev_hash = books_.head().hash;
    entry.hash = entry_hash(entry);
    if (VAULT_PLANTED(WrongHash)) entry.hash[0] ^= 1;
    VAULT_TRYV(books_.post(entry));
    entries_.push_back(std::move(entry));
    return settle(kind);
}

Result<void> Transaction::settle(EntryKind after) {
    if (!frees_cash(after)) return success();
    for (const SleeveKind sleeve : kSleeveKinds) {
        VAULT_TRYV(return_overdraft(sleeve));
    }
    if (!books_.shortfall().is_positive()) return success();
    VAULT_TRY(const auto paid, book_withdrawal(books_.shortfall(), EntryKind::Withdrawal));
    books_.shortfall_ -= paid;
    return success();
}

// Gives `amount` of both sleeves' cash or pending, in proportion to principal (to what they have if
// both are 0), rounded down for quiet, the rest from flash; principal falls by the same.
void Transaction::take_split(Postings& postings, AccountKind kind, Decimal amount) const {
    const auto available = [&](SleeveKind sleeve) {
        return kind == AccountKind::Cash ? books_.sleeve(sleeve).cash
                                         : books_.sleeve(sleeve).pending;
    };
    const Decimal has_quiet = available(SleeveKind::Quiet);
    const Decimal has_flash = available(SleeveKind::Flash);
    Decimal weight_quiet = max(kZero, books_.sleeve(SleeveKind::Quiet).principal);
    Decimal weight_flash = max(kZero, books_.sleeve(SleeveKind::Flash).principal);
    if (weight_quiet.is_zero() && weight_flash.is_zero()) {
        weight_quiet = has_quiet;
        weight_flash = has_flash;
    }
    const Decimal weights = weight_quiet + weight_flash;
    Decimal quiet;
    if (weights.is_positive()) {
        const auto share = mul_div(amount, weight_quiet, weights, Rounding::Floor);
        VAULT_CHECK(share.has_value(), "a share of bounded balances is bounded");
        quiet = floor_8(share.value());
    }
    quiet = max(min(quiet, has_quiet), amount - has_flash);
    postings.push_back(quote(SleeveKind::Quiet, kind, -quiet));
    postings.push_back(quote(SleeveKind::Flash, kind, -(amount - quiet)));
    add_principal(postings, SleeveKind::Quiet, -quiet);
    add_principal(postings, SleeveKind::Flash, -(amount - quiet));
}

// Rule 10's order: reserve, unallocated, pending, free sleeve cash. Returns what could be given.
Result<Decimal> Transaction::book_withdrawal(Decimal wanted, EntryKind kind) {
    const auto& quiet = books_.sleeve(SleeveKind::Quiet);
    const auto& flash = books_.sleeve(SleeveKind::Flash);
    Decimal left = wanted;
    const auto take = [&left](Decimal available) {
        const Decimal taken = min(left, available);
        left -= taken;
        return taken;
    };
    const Decimal reserve = take(books_.reserve());
    const Decimal unallocated = take(books_.unallocated());
    const Decimal pending = take(quiet.pending + flash.pending);
    const Decimal cash = take(quiet.cash + flash.cash);
    Postings postings{quote(AccountKind::External, wanted - left),
                      quote(AccountKind::Reserve, -reserve),
                      quote(AccountKind::Unallocated, -unallocated)};
    take_split(postings, AccountKind::Pending, pending);
    take_split(postings, AccountKind::Cash, cash);
    VAULT_TRYV(book(kind, std::move(postings)));
    return wanted - left;
}

// A sleeve pays its own overdraft back from its own free cash.
Result<void> Transaction::return_overdraft(SleeveKind sleeve) {
    const SleeveBooks& own = books_.sleeve(sleeve);
    const Decimal cash = min(own.overdraft, own.cash);
    const Decimal pending = min(own.overdraft - cash, own.pending);
    const Decimal paid = cash + pending;
    Postings postings{quote(AccountKind::External, paid), quote(sleeve, AccountKind::Cash, -cash),
                      quote(sleeve, AccountKind::Pending, -pending)};
    add_principal(postings, sleeve, -paid);
    VAULT_TRYV(book(EntryKind::OverdraftReturn, std::move(postings)));
    books_.own_sleeve(sleeve).overdraft -= paid;
    return success();
}

// A deposit stands in for what sleeves overspent: it stays theirs, as principal.
Result<void> Transaction::pay_overdrafts_from_reserve(Decimal limit) {
    for (const SleeveKind sleeve : kSleeveKinds) {
        const Decimal paid = min(min(limit, books_.sleeve(sleeve).overdraft), books_.reserve());
        VAULT_TRYV(book(EntryKind::OverdraftReturn,
                        {quote(AccountKind::External, paid), quote(AccountKind::Reserve, -paid)}));
        books_.own_sleeve(sleeve).overdraft -= paid;
        limit -= paid;
    }
    return success();
}

Result<void> Transaction::join_pending(SleeveKind sleeve, Decimal amount) {
    return book(EntryKind::PendingJoin, {quote(sleeve, AccountKind::Pending, -amount),
                                         quote(sleeve, AccountKind::Cash, amount)});
}

}  // namespace vault::ledger
