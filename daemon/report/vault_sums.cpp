// What one journal entry does to a vault's running totals (design/domain.md, "Double entry").
#include "daemon/ledger/canonical.hpp"
#include "daemon/report/sums.hpp"
#include "daemon/report/sums_at.hpp"

namespace vault::report {

namespace {

using ledger::AccountKind;

// The change of each account that one entry makes, with its sign.
class EntrySums {
  public:
    EntrySums(VaultSums& sums, const Asset& asset, bool back)
        : sums_(sums), asset_(asset), back_(back) {}

    Result<void> add(const ports::EntryRow& row) {
        VAULT_TRY(const auto postings, ledger::parse_postings(row.postings_json));
        for (const ledger::Posting& posting : postings) {
            VAULT_TRYV(take(posting));
        }
        for (const SleeveKind kind : kSleeveKinds) {
            VAULT_TRYV(finish(sums_.of(kind), moved_[index_of(kind)], row.kind));
        }
        return success();
    }

  private:
    struct Moved {
        Decimal cash, principal, fees;
    };

    Result<void> to(Decimal& sum, Decimal amount) const {
        return add_to(sum, back_ ? -amount : amount);
    }

    Result<void> take(const ledger::Posting& posting) {
        if (!posting.account.sleeve) return take_own(posting);
        SleeveSums& sleeve = sums_.of(*posting.account.sleeve);
        Moved& moved = moved_[index_of(*posting.account.sleeve)];
        if (posting.asset != asset_) return take_coins(sleeve, posting);
        switch (posting.account.kind) {
            case AccountKind::Cash: {
                VAULT_TRYV(add_to(moved.cash, posting.amount));
                return to(sleeve.balance, posting.amount);
            }
            case AccountKind::Position: {
                VAULT_TRYV(to(sleeve.positions_cost, posting.amount));
                return to(sleeve.balance, posting.amount);
            }
            case AccountKind::Locked:
            case AccountKind::Pending: return to(sleeve.balance, posting.amount);
            // A gain is a negative amount.
            case AccountKind::Realised: return to(sleeve.realised, -posting.amount);
            case AccountKind::Fees: {
                VAULT_TRYV(add_to(moved.fees, posting.amount));
                return to(sleeve.fees, posting.amount);
            }
            case AccountKind::Principal: return add_to(moved.principal, posting.amount);
            case AccountKind::Held:
            case AccountKind::External:
            case AccountKind::ExternalFees:
            case AccountKind::Market:
            case AccountKind::Memo:
            case AccountKind::Reserve:
            case AccountKind::Unallocated: return success();
        }
        return success();
    }

    Result<void> take_own(const ledger::Posting& posting) {
        if (posting.asset != asset_) return success();
        if (posting.account.kind == AccountKind::Reserve) return to(sums_.reserve, posting.amount);
        if (posting.account.kind == AccountKind::ExternalFees)
            return add_to(external_fees_, posting.amount);
        if (posting.account.kind != AccountKind::Unallocated) return success();
        VAULT_TRYV(add_to(unallocated_, posting.amount));
        return to(sums_.unallocated, posting.amount);
    }

    Result<void> take_coins(SleeveSums& sleeve, const ledger::Posting& posting) const {
        const AccountKind kind = posting.account.kind;
        if (kind != AccountKind::Position && kind != AccountKind::Held) return success();
        VAULT_TRYV(to(sleeve.coins[posting.asset], posting.amount));
        std::erase_if(sleeve.coins, [](const auto& coin) { return coin.second.is_zero(); });
        return success();
    }

    // Sweeps and third-asset fees are told from the entry as a whole.
    Result<void> finish(SleeveSums& sleeve, const Moved& moved, std::string_view kind) const {
        const bool sweeps = is_sweep(kind) || kind == "correction";
        if (sweeps && !moved.cash.is_zero() && unallocated_ == -moved.cash &&
            moved.principal.is_zero()) {
            VAULT_TRYV(to(sleeve.swept, -moved.cash));
        }
        return moved.fees.is_zero() ? success() : to(sleeve.fee_float, -external_fees_);
    }

    VaultSums& sums_;
    const Asset& asset_;
    bool back_;
    Decimal unallocated_, external_fees_;
    std::array<Moved, 2> moved_;
};

}  // namespace

Result<void> add_entry(VaultSums& sums, const ports::EntryRow& row, const Asset& asset) {
    return EntrySums(sums, asset, false).add(row);
}

Result<void> take_back(VaultSums& sums, const ports::EntryRow& row, const Asset& asset) {
    return EntrySums(sums, asset, true).add(row);
}

}  // namespace vault::report
