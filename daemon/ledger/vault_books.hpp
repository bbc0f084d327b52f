#pragma once
// VaultBooks: the running totals of one vault, a copyable value that the shard's thread owns. Money
// changes in one place only, post(): an entry that does not sum to zero, overdraws an account,
// passes kBalanceMax or breaks an identity of design/domain.md is refused and nothing has changed.
// What is not in the journal (requests, shortfall, dust marks) is changed by Transaction alone.
#include "daemon/ledger/chain.hpp"

#include <array>
#include <span>

namespace vault::ledger {

// Every balance stays within +/- 10^17 units, so that sums of balances cannot leave Decimal's
// range.
inline constexpr Decimal kBalanceMax = Decimal::from_int(100'000'000'000'000'000);

struct Position {
    Asset base;
    Decimal quantity;   // free coins
    Decimal held;       // coins that back sell orders
    Decimal cost;       // of all of them, in the quote asset, without quote fees
    bool dust = false;  // judged too small to sell; a buy in this base clears it
    Decimal coins() const { return quantity + held; }
    friend bool operator==(const Position&, const Position&) = default;
};

struct SleeveBooks {
    Decimal cash, locked, pending;
    Decimal principal;
    Decimal realised;              // a gain is positive here; the account's balance is its negative
    Decimal fees;                  // memo: all fees so far, in quote value
    Decimal fee_float;             // quote value of third-asset fees so far
    Decimal swept;                 // sweeps less their returns
    Decimal last_sweep;            // what of the last sweep a late fill may still take back
    Decimal unallocate_requested;  // not in the journal
    Decimal overdraft;  // part of late fills that external stands in for; not in the journal
    std::vector<Position> positions;  // ordered by base
    friend bool operator==(const SleeveBooks&, const SleeveBooks&) = default;
};

struct Balance {
    LedgerAccount account;
    Asset asset;
    Decimal amount;
    friend bool operator==(const Balance&, const Balance&) = default;
};

// What the balances alone do not tell, for the store: together they restore the books.
struct PositionState {
    Asset base;
    Decimal cost;
    bool dust = false;
    friend bool operator==(const PositionState&, const PositionState&) = default;
};
struct SleeveState {
    Decimal fee_float, swept, last_sweep, unallocate_requested, overdraft;
    std::vector<PositionState> positions;
    friend bool operator==(const SleeveState&, const SleeveState&) = default;
};
struct BooksState {
    Decimal shortfall;
    std::array<SleeveState, 2> sleeves;  // by index_of(SleeveKind)
    friend bool operator==(const BooksState&, const BooksState&) = default;
};

class VaultBooks {
  public:
    VaultBooks() = default;
    VaultBooks(VaultId vault, Asset asset) : vault_(vault), asset_(asset) {}
    // Errors: StoreInvalid when balances, state and identities do not agree.
    static Result<VaultBooks> restore(VaultId vault, Asset asset, std::span<const Balance> balances,
                                      const BooksState& state, const ChainHead& head);

    // Errors: InvariantBroken (chain, zero sum, overdrawn account, identity), AmountTooLarge.
    Result<void> post(const Entry& entry);

    VaultId vault() const { return vault_; }
    Asset asset() const { return asset_; }
    const ChainHead& head() const { return head_; }

    Decimal total() const { return reserve_ + tradeable(); }
    Decimal tradeable() const;
    Decimal reserve() const { return reserve_; }
    Decimal unallocated() const { return unallocated_; }
    Decimal wallet_cash() const;  // total less the cost of open positions
    // What withdrawals took and the books could not yet give (rule 10).
    Decimal shortfall() const { return shortfall_; }
    bool underfunded() const;  // shortfall or a sleeve's overdraft: no buys

    const SleeveBooks& sleeve(SleeveKind kind) const { return sleeves_[index_of(kind)]; }
    Decimal balance(SleeveKind kind) const;
    Decimal free_cash(SleeveKind kind) const;  // cash + pending
    Decimal positions_cost(SleeveKind kind) const;
    bool flat(SleeveKind kind) const;                                    // no position but dust
    const Position* position(SleeveKind kind, const Asset& base) const;  // null: none

    // 0 for an account that was never touched.
    Decimal balance(const LedgerAccount& account, const Asset& asset) const;
    // All balances that are not 0, ordered by account, then asset (the vault's own first).
    std::vector<Balance> balances() const;
    BooksState state() const;

    friend bool operator==(const VaultBooks&, const VaultBooks&) = default;

  private:
    friend class Transaction;
    friend struct Poster;
    friend struct Restorer;
    struct BaseContra {
        Asset base;
        Decimal market, external_fees;
        friend bool operator==(const BaseContra&, const BaseContra&) = default;
    };
    SleeveBooks& own_sleeve(SleeveKind kind) { return sleeves_[index_of(kind)]; }
    Position* own_position(SleeveKind kind, const Asset& base);
    void append_sleeve_balances(std::vector<Balance>& out, AccountKind kind) const;

    VaultId vault_;
    Asset asset_;
    Decimal reserve_, unallocated_;
    Decimal external_, external_fees_, memo_;
    Decimal shortfall_;
    std::array<SleeveBooks, 2> sleeves_;
    std::vector<BaseContra> contras_;  // ordered by base
    ChainHead head_;
};

}  // namespace vault::ledger
