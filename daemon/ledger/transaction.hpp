#pragma once
// Transaction: one logical change of a vault, made on a copy of its books (design/domain.md,
// "Double entry" and "Rules"). It collects the entries (all with the tx of the first, hashes
// chained); the caller then stores entries() and replaces its books by books(). After an error the
// transaction is void: drop it, nothing has happened. Every entry that frees cash while the vault
// is underfunded is followed here by the withdrawal that rule 10 asks for. One thread; no clock, no
// I/O.
//
// The engine keeps what is left of each order's lock (quote) or hold (base) and passes it in.
#include "common/domain/order.hpp"
#include "daemon/ledger/vault_books.hpp"

namespace vault::ledger {

template <class T>
struct PerSleeve {
    T quiet{};
    T flash{};
    T& of(SleeveKind kind) { return kind == SleeveKind::Quiet ? quiet : flash; }
    const T& of(SleeveKind kind) const { return kind == SleeveKind::Quiet ? quiet : flash; }
};

struct AutoRaise {
    enum class Kind : std::uint8_t { Off, Full, Percent };
    Kind kind = Kind::Off;
    Decimal percent;                     // 0 … 100, for Percent
    std::optional<Decimal> ceiling;      // of tradeable
    std::optional<Decimal> reserve_pct;  // 0 … 100
};
struct DepositFigures {
    Decimal shortfall_paid;  // of the deposit
    Decimal raised;          // reserve -> unallocated
};
struct WithdrawalFigures {
    Decimal booked;
    Decimal short_by;  // added to shortfall
};
struct AllocateFigures {
    PerSleeve<Decimal> to_cash, to_pending;
    PerSleeve<Decimal> request_cancelled;
};
struct UnallocateFigures {
    PerSleeve<Decimal> returned;
    PerSleeve<Decimal> requested;  // added to the sleeve's request
};
// What a fill does not say itself.
struct FillTerms {
    Asset base;  // of the order's pair
    Decimal
        remaining;  // of the order's lock (buy) or hold (sell) before this fill; 0 once it ended
    Decimal fee_value;  // quote value of a fee in a third asset, else unused
};
struct FillFigures {
    Decimal remaining;       // of the lock or hold after this fill
    Decimal coins;           // into (buy) or out of (sell) the position, base fee inside
    Decimal cost;            // into or out of the position, in quote
    Decimal fee_value;       // in quote
    Decimal realised;        // of this fill, fee inside; a loss is negative
    Decimal sweep_returned;  // late fill: moved back from unallocated first
    Decimal overdraft;       // late fill: what the sleeve could not pay; the vault is underfunded
};
struct CloseFigures {
    bool closed = false;  // flat, and without live or unresolved order
    Decimal returned;     // of the request
    Decimal lapsed;       // of the request: could not be paid
    Decimal swept;        // flash only
};

class Transaction {
  public:
    Transaction(const VaultBooks& books, EntryContext context);

    const VaultBooks& books() const { return books_; }
    const std::vector<Entry>& entries() const { return entries_; }
    std::vector<Entry> take_entries() && { return std::move(entries_); }
    // For the entries that follow (an order's end in the transaction of its last fill).
    void set_cause(std::string cause) { context_.cause = std::move(cause); }

    // Funding. Amounts > 0 (open: >= 0, books empty). Errors: InvalidParams, AmountTooLarge.
    Result<void> open(Decimal balance);
    // kind: Deposit or ManualTrade.
    Result<DepositFigures> deposit(Decimal amount, const AutoRaise& policy,
                                   EntryKind kind = EntryKind::Deposit);
    // kind: Withdrawal or ManualTrade.
    Result<WithdrawalFigures> withdraw(Decimal amount, EntryKind kind = EntryKind::Withdrawal);
    // A fee in this vault's asset for another vault's fill: reserve, then as a withdrawal.
    Result<WithdrawalFigures> fee_paid(Decimal amount);
    // Reverses `wrong`, an entry of this vault; locks and holds come back as cash and free coins.
    // Errors: InsufficientBalance when its money or coins are no longer there.
    Result<void> correct(const Entry& wrong);
    // Both sleeves flat, no live or unresolved order (the caller checks orders): the old books go
    // to external, the new ones open with `balance`, all reserve. Errors: NotFlat.
    Result<void> change_mode(Mode to, Decimal balance);

    // Errors: TradeableBelowAllocated (tells the least), TradeableAboveCap (tells the cap; only
    // when raising), InsufficientReserve.
    Result<void> set_tradeable(Decimal amount, std::optional<Decimal> reserve_pct);
    // Deltas >= 0, at least one > 0, all or nothing. `live`: the sleeve has a live or unresolved
    // order. Errors: AllocationAboveUnallocated, UnallocateAboveBalance (both tell the most).
    Result<AllocateFigures> allocate(const PerSleeve<Decimal>& deltas, const PerSleeve<bool>& live);
    Result<UnallocateFigures> unallocate(const PerSleeve<Decimal>& deltas,
                                         const PerSleeve<bool>& live);

    // Unallocates `amount` (> 0) of both sleeves together: first what lies free, then requests to
    // their positions; each in proportion to what the sleeves have of it, floor_8, the rest to
    // flash. Errors: UnallocateAboveBalance (tells the most).
    Result<UnallocateFigures> release(Decimal amount, const PerSleeve<bool>& live);

    // Orders. Lock in quote > 0, quantity in base > 0. Errors: WrongState (a buy of an underfunded
    // vault), and InsufficientBalance when the sleeve's own free cash or coins do not cover it.
    // Returns what joined from pending.
    Result<Decimal> buy_intent(SleeveKind sleeve, Decimal lock);
    Result<void> sell_intent(SleeveKind sleeve, const Asset& base, Decimal quantity);
    // Returns `remaining` (>= 0) of an ended order's lock or hold.
    Result<void> buy_end(SleeveKind sleeve, Decimal remaining);
    Result<void> sell_end(SleeveKind sleeve, const Asset& base, Decimal remaining);
    // A late fill (remaining 0) is booked like any other. Errors: InvalidParams,
    // InsufficientBalance when a sell takes more coins than the order's hold and the free position.
    Result<FillFigures> buy_fill(const Fill& fill, const FillTerms& terms);
    Result<FillFigures> sell_fill(const Fill& fill, const FillTerms& terms);

    // Call last in every transaction that may have ended a cycle; does nothing unless it has.
    Result<CloseFigures> close_if_flat(SleeveKind sleeve, bool live);
    // share in (0, 1]. Errors: NotFlat. Returns what was swept, 0 is no entry.
    Result<Decimal> quiet_sweep(Decimal share, bool live);
    // Marks a position that can no longer be sold (rule 11); no entry. Errors: NotFound.
    Result<void> mark_dust(SleeveKind sleeve, const Asset& base);
    // Books a dust position's cost as a loss and its coins out. Errors: NotFound, WrongState.
    Result<void> write_down(SleeveKind sleeve, const Asset& base);

  private:
    using Postings = std::vector<Posting>;
    Result<void> book(EntryKind kind, Postings postings);
    Result<void> settle(EntryKind after);
    Result<Decimal> book_withdrawal(Decimal wanted, EntryKind kind);
    Result<void> return_overdraft(SleeveKind sleeve);
    Result<void> pay_overdrafts_from_reserve(Decimal limit);
    Result<void> cover(SleeveKind sleeve, Decimal missing, FillFigures& figures);
    Result<void> join_pending(SleeveKind sleeve, Decimal amount);
    Posting quote(AccountKind kind, Decimal amount) const;
    Posting quote(SleeveKind sleeve, AccountKind kind, Decimal amount) const;
    void add_principal(Postings& postings, SleeveKind sleeve, Decimal amount) const;
    void add_fee_memo(Postings& postings, SleeveKind sleeve, Decimal amount) const;
    Decimal most_unallocated(SleeveKind sleeve) const;
    void take_split(Postings& postings, AccountKind kind, Decimal amount) const;

    VaultBooks books_;
    EntryContext context_;
    std::vector<Entry> entries_;
};

}  // namespace vault::ledger
