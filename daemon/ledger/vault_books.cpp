#include "daemon/ledger/vault_books.hpp"

#include "common/base/check.hpp"
#include "daemon/ledger/invariants.hpp"

#include <algorithm>

namespace vault::ledger {
namespace {

Error not_restorable(VaultId vault, std::string what) {
    return Error{Errc::StoreInvalid, "books of " + to_text(vault) + ": " + std::move(what),
                 "balances", "restore the newest verified backup; do not trade on these books"};
}

template <class Items>
auto lower_bound_of(Items& items, const Asset& base) {
    return std::lower_bound(items.begin(), items.end(), base,
                            [](const auto& item, const Asset& key) { return item.base < key; });
}

template <class Items>
auto* find_of(Items& items, const Asset& base) {
    const auto at = lower_bound_of(items, base);
    return at != items.end() && at->base == base ? &*at : nullptr;
}

// The one slot of a sleeve's own quote accounts that is stored as it is booked; null: another one.
Decimal* plain_slot(SleeveBooks& sleeve, AccountKind kind) {
    switch (kind) {
        case AccountKind::Cash: return &sleeve.cash;
        case AccountKind::Locked: return &sleeve.locked;
        case AccountKind::Pending: return &sleeve.pending;
        case AccountKind::Fees: return &sleeve.fees;
        case AccountKind::Realised: return &sleeve.realised;
        case AccountKind::Principal: return &sleeve.principal;
        case AccountKind::External:
        case AccountKind::ExternalFees:
        case AccountKind::Market:
        case AccountKind::Memo:
        case AccountKind::Reserve:
        case AccountKind::Unallocated:
        case AccountKind::Position:
        case AccountKind::Held: return nullptr;
    }
    return nullptr;
}

}  // namespace

Decimal VaultBooks::tradeable() const {
    return unallocated_ + balance(SleeveKind::Quiet) + balance(SleeveKind::Flash);
}

Decimal VaultBooks::wallet_cash() const {
    return total() - positions_cost(SleeveKind::Quiet) - positions_cost(SleeveKind::Flash);
}

bool VaultBooks::underfunded() const {
    return shortfall_.is_positive() || sleeves_[0].overdraft.is_positive() ||
           sleeves_[1].overdraft.is_positive();
}

Decimal VaultBooks::balance(SleeveKind kind) const {
    const SleeveBooks& books = sleeve(kind);
    return books.cash + books.locked + books.pending + positions_cost(kind);
}

Decimal VaultBooks::free_cash(SleeveKind kind) const {
    return sleeve(kind).cash + sleeve(kind).pending;
}

Decimal VaultBooks::positions_cost(SleeveKind kind) const {
    Decimal cost;
    for (const Position& position : sleeve(kind).positions)
        cost += position.cost;
    return cost;
}

bool VaultBooks::flat(SleeveKind kind) const {
    const auto& positions = sleeve(kind).positions;
    return std::all_of(positions.begin(), positions.end(),
                       [](const Position& position) { return position.dust; });
}

const Position* VaultBooks::position(SleeveKind kind, const Asset& base) const {
    return find_of(sleeve(kind).positions, base);
}

Position* VaultBooks::own_position(SleeveKind kind, const Asset& base) {
    return find_of(own_sleeve(kind).positions, base);
}

Decimal VaultBooks::balance(const LedgerAccount& account, const Asset& asset) const {
    const auto all = balances();
    for (const Balance& line : all) {
        if (line.account == account && line.asset == asset) return line.amount;
    }
    return kZero;
}

void VaultBooks::append_sleeve_balances(std::vector<Balance>& out, AccountKind kind) const {
    for (const SleeveKind sleeve_kind : kSleeveKinds) {
        const SleeveBooks& books = sleeve(sleeve_kind);
        const LedgerAccount name = account(sleeve_kind, kind);
        if (kind == AccountKind::Position) {
            out.push_back({name, asset_, positions_cost(sleeve_kind)});
            for (const Position& position : books.positions)
                out.push_back({name, position.base, position.quantity});
        } else if (kind == AccountKind::Held) {
            for (const Position& position : books.positions)
                out.push_back({name, position.base, position.held});
        } else if (kind == AccountKind::Realised) {
            out.push_back({name, asset_, -books.realised});
        } else {
            SleeveBooks copy = books;
            const Decimal* slot = plain_slot(copy, kind);
            VAULT_CHECK(slot != nullptr, "no such sleeve account");
            out.push_back({name, asset_, *slot});
        }
    }
}

std::vector<Balance> VaultBooks::balances() const {
    std::vector<Balance> all;
    all.reserve(24);
    all.push_back({account(AccountKind::External), asset_, external_});
    all.push_back({account(AccountKind::ExternalFees), asset_, external_fees_});
    for (const BaseContra& contra : contras_)
        all.push_back({account(AccountKind::ExternalFees), contra.base, contra.external_fees});
    for (const BaseContra& contra : contras_)
        all.push_back({account(AccountKind::Market), contra.base, contra.market});
    all.push_back({account(AccountKind::Memo), asset_, memo_});
    all.push_back({account(AccountKind::Reserve), asset_, reserve_});
    all.push_back({account(AccountKind::Unallocated), asset_, unallocated_});
    for (std::size_t kind = static_cast<std::size_t>(AccountKind::Cash); kind < kAccountKinds;
         ++kind)
        append_sleeve_balances(all, static_cast<AccountKind>(kind));
    std::erase_if(all, [](const Balance& line) { return line.amount.is_zero(); });
    return all;
}

BooksState VaultBooks::state() const {
    BooksState state;
    state.shortfall = shortfall_;
    for (const SleeveKind kind : kSleeveKinds) {
        const SleeveBooks& books = sleeve(kind);
        SleeveState& out = state.sleeves[index_of(kind)];
        out = {books.fee_float, books.swept, books.last_sweep, books.unallocate_requested,
               books.overdraft, {}};
        for (const Position& position : books.positions)
            out.positions.push_back({position.base, position.cost, position.dust});
    }
    return state;
}

// Fills books from stored rows; post() is no use here, for rows carry no history.
struct Restorer {
    VaultBooks& books;

    void load_state(const BooksState& state) const {
        books.shortfall_ = state.shortfall;
        for (const SleeveKind kind : kSleeveKinds) {
            const SleeveState& from = state.sleeves[index_of(kind)];
            SleeveBooks& to = books.own_sleeve(kind);
            to.fee_float = from.fee_float;
            to.swept = from.swept;
            to.last_sweep = from.last_sweep;
            to.unallocate_requested = from.unallocate_requested;
            to.overdraft = from.overdraft;
            for (const PositionState& position : from.positions) {
                to.positions.insert(lower_bound_of(to.positions, position.base),
                                    {position.base, {}, {}, position.cost, position.dust});
            }
        }
    }

    VaultBooks::BaseContra& contra(const Asset& base) const {
        const auto at = lower_bound_of(books.contras_, base);
        if (at != books.contras_.end() && at->base == base) return *at;
        return *books.contras_.insert(at, {base, {}, {}});
    }

    Decimal* vault_slot(const Balance& line) const {
        const bool own = line.asset == books.asset_;
        switch (line.account.kind) {
            case AccountKind::External: return own ? &books.external_ : nullptr;
            case AccountKind::ExternalFees:
                return own ? &books.external_fees_ : &contra(line.asset).external_fees;
            case AccountKind::Market: return own ? nullptr : &contra(line.asset).market;
            case AccountKind::Memo: return own ? &books.memo_ : nullptr;
            case AccountKind::Reserve: return own ? &books.reserve_ : nullptr;
            case AccountKind::Unallocated: return own ? &books.unallocated_ : nullptr;
            case AccountKind::Cash:
            case AccountKind::Locked:
            case AccountKind::Pending:
            case AccountKind::Position:
            case AccountKind::Held:
            case AccountKind::Fees:
            case AccountKind::Realised:
            case AccountKind::Principal: return nullptr;
        }
        return nullptr;
    }

    Decimal* slot(const Balance& line) const {
        if (!line.account.sleeve) return vault_slot(line);
        SleeveBooks& sleeve = books.own_sleeve(*line.account.sleeve);
        if (line.asset == books.asset_) return plain_slot(sleeve, line.account.kind);
        Position* position = books.own_position(*line.account.sleeve, line.asset);
        if (position == nullptr) return nullptr;
        if (line.account.kind == AccountKind::Position) return &position->quantity;
        return line.account.kind == AccountKind::Held ? &position->held : nullptr;
    }

    Result<void> load(const Balance& line) const {
        const AccountKind kind = line.account.kind;
        if (kind == AccountKind::Position && line.asset == books.asset_) {
            if (books.positions_cost(*line.account.sleeve) == line.amount) return success();
            return not_restorable(books.vault_, "the stored costs do not sum to the balance");
        }
        Decimal* to = slot(line);
        if (to == nullptr) {
            return not_restorable(books.vault_, "no place for " +
                                                    std::string{to_text(line.account)} + " in " +
                                                    std::string{line.asset.text()});
        }
        *to = kind == AccountKind::Realised ? -line.amount : line.amount;
        return success();
    }
};

Result<VaultBooks> VaultBooks::restore(VaultId vault, Asset asset,
                                       std::span<const Balance> balances, const BooksState& state,
                                       const ChainHead& head) {
    VaultBooks books{vault, asset};
    const Restorer restorer{books};
    for (const SleeveState& sleeve : state.sleeves) {
        for (const PositionState& position : sleeve.positions) {
            if (position.cost.abs() > kBalanceMax)
                return not_restorable(vault, "a cost is too large");
        }
    }
    restorer.load_state(state);
    for (const Balance& line : balances) {
        if (line.amount.abs() > kBalanceMax) return not_restorable(vault, "a balance is too large");
        VAULT_TRYV(restorer.load(line));
    }
    books.head_ = head;
    const auto checked = check_identities(books);
    if (checked.has_error()) return not_restorable(vault, checked.error().message());
    // A row that is there twice, or is missing, shows as a difference to what was loaded.
    std::vector<Balance> given{balances.begin(), balances.end()};
    std::erase_if(given, [](const Balance& line) { return line.amount.is_zero(); });
    if (given.size() != books.balances().size()) {
        return not_restorable(vault, "a stored balance is there twice or is missing");
    }
    return books;
}

}  // namespace vault::ledger
