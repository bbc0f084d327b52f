#include "daemon/ledger/invariants.hpp"

#include "daemon/ledger/planted_bug.hpp"

#include <fmt/format.h>

#include <unordered_set>

namespace vault::ledger {
namespace {

Error broken(const VaultBooks& books, std::string what) {
    return Error{Errc::InvariantBroken, to_text(books.vault()) + ": " + std::move(what), "ledger",
                 "the vault needs attention; report this with vaultctl ledger export"};
}

bool may_be_negative(AccountKind kind) {
    switch (kind) {
        case AccountKind::External:
        case AccountKind::ExternalFees:
        case AccountKind::Market:
        case AccountKind::Memo:
        case AccountKind::Realised:
        case AccountKind::Principal: return true;
        case AccountKind::Reserve:
        case AccountKind::Unallocated:
        case AccountKind::Locked:
        case AccountKind::Pending:
        case AccountKind::Position:
        case AccountKind::Held:
        case AccountKind::Fees: return false;
        case AccountKind::Cash: return VAULT_PLANTED(NegativeCash);
    }
    return false;
}

Result<void> check_bounds(const VaultBooks& books, const std::vector<Balance>& balances) {
    for (const Balance& line : balances) {
        if (line.amount.abs() > kBalanceMax) {
            return Error{Errc::AmountTooLarge,
                         fmt::format("{} would hold {} {}", to_text(line.account),
                                     line.amount.text(), line.asset.text()),
                         "amount", "a balance can be at most 100000000000000000"};
        }
        if (line.amount.is_negative() && !may_be_negative(line.account.kind)) {
            return broken(books, fmt::format("{} would be {} {}", to_text(line.account),
                                             line.amount.text(), line.asset.text()));
        }
    }
    return success();
}

// Debits equal credits over the whole vault, per asset; memo pairs against memo by themselves.
Result<void> check_sums(const VaultBooks& books, const std::vector<Balance>& balances) {
    Decimal money;
    Decimal memos;
    for (const Balance& line : balances) {
        const AccountKind kind = line.account.kind;
        const bool memo = kind == AccountKind::Memo || kind == AccountKind::Fees ||
                          kind == AccountKind::Principal;
        if (line.asset == books.asset()) {
            (memo ? memos : money) += line.amount;
            continue;
        }
        Decimal coins;
        for (const Balance& other : balances) {
            if (other.asset == line.asset) coins += other.amount;
        }
        if (!coins.is_zero()) {
            return broken(books, fmt::format("{} sums to {}", line.asset.text(), coins.text()));
        }
    }
    if (!memos.is_zero()) return broken(books, "the memo accounts sum to " + memos.text());
    if (money.is_zero()) return success();
    return broken(books, "the accounts do not sum to 0 but to " + money.text());
}

Result<void> check_sleeve(const VaultBooks& books, SleeveKind kind) {
    const SleeveBooks& sleeve = books.sleeve(kind);
    const std::string name{to_text(kind)};
    for (const Position& position : sleeve.positions) {
        const bool empty = position.coins().is_zero();
        if (position.base == books.asset()) return broken(books, name + " holds its own quote");
        if (empty && !position.cost.is_zero()) {
            return broken(books, name + ": a cost of " + position.cost.text() + " without coins");
        }
        if (position.quantity.is_negative() || position.held.is_negative() ||
            position.cost.is_negative()) {
            return broken(books, name + ": a position below 0");
        }
    }
    const Decimal due = sleeve.principal + sleeve.realised + sleeve.fee_float - sleeve.swept;
    if (books.balance(kind) != due) {
        return broken(books, fmt::format("{}: balance {} is not principal + realised + fee float - "
                                         "swept = {}",
                                         name, books.balance(kind).text(), due.text()));
    }
    for (const Decimal figure : {sleeve.fee_float, sleeve.swept, sleeve.last_sweep,
                                 sleeve.unallocate_requested, sleeve.overdraft}) {
        if (figure.is_negative()) return broken(books, name + ": a counter below 0");
        if (figure <= kBalanceMax) continue;
        return Error{Errc::AmountTooLarge, name + ": a counter past what the books can hold",
                     "amount", "a balance can be at most 100000000000000000"};
    }
    return success();
}

}  // namespace

Result<void> check_identities(const VaultBooks& books) {
    const std::vector<Balance> balances = books.balances();
    VAULT_TRYV(check_bounds(books, balances));
    for (const SleeveKind kind : kSleeveKinds) {
        VAULT_TRYV(check_sleeve(books, kind));
    }
    VAULT_TRYV(check_sums(books, balances));
    if (books.shortfall().is_negative()) return broken(books, "the shortfall is below 0");
    return success();
}

Result<VaultBooks> fold(VaultId vault, Asset asset, std::span<const Entry> entries) {
    VaultBooks books{vault, asset};
    ChainVerifier chain{vault};
    std::unordered_set<std::string> keys;
    for (const Entry& entry : entries) {
        VAULT_TRYV(chain.next(entry));
        if (!keys.insert(entry_key(entry)).second && !VAULT_PLANTED(DuplicateCauseAccepted)) {
            return Error{Errc::StoreInvalid, "booked twice: " + entry_key(entry), "ledger",
                         "restore the store from a verified backup"};
        }
        VAULT_TRYV(books.post(entry));
    }
    return books;
}

bool same_journal(const VaultBooks& a, const VaultBooks& b) {
    if (a.head() != b.head() || a.vault() != b.vault() || a.asset() != b.asset()) return false;
    if (a.balances() != b.balances()) return false;
    const BooksState left = a.state();
    const BooksState right = b.state();
    for (std::size_t i = 0; i < left.sleeves.size(); ++i) {
        const SleeveState& x = left.sleeves[i];
        const SleeveState& y = right.sleeves[i];
        if (x.fee_float != y.fee_float || x.swept != y.swept || x.last_sweep != y.last_sweep) {
            return false;
        }
        if (x.positions.size() != y.positions.size()) return false;
        for (std::size_t n = 0; n < x.positions.size(); ++n) {
            if (x.positions[n].base != y.positions[n].base) return false;
            if (x.positions[n].cost != y.positions[n].cost) return false;
        }
    }
    return true;
}

}  // namespace vault::ledger
