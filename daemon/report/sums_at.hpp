#pragma once
// SumsAt: the running totals of a vault as they were at an instant, from what is stored for good,
// and what its open positions were worth then. A midnight's day close tells both at once; any other
// instant is folded from the journal, from the end of it that is nearer: backwards from the mark,
// or forwards from nothing. So the figures of two instants always differ by exactly what the
// journal has between them, and a report over two spans that meet is the sum of theirs. Belongs to
// one caller; step() makes one bounded read, on the thread that owns the reader. Errors:
// StoreFailed, InvalidParams for postings that no entry has, AmountTooLarge.
#include "daemon/ports/store_reader.hpp"
#include "daemon/report/vault_mark.hpp"

namespace vault::report {

// Adds what an entry moved to the sums, or takes it back: the same sign for all.
Result<void> add_entry(VaultSums& sums, const ports::EntryRow& row, const Asset& asset);
Result<void> take_back(VaultSums& sums, const ports::EntryRow& row, const Asset& asset);

// The first entry at or after an instant, one read a step. Times never fall along a journal: they
// are those of the account's clock, which does not go back.
class EntryAt {
  public:
    // `end`: seq of the last entry that counts, plus 1.
    EntryAt(VaultId vault, UtcTime at, std::uint64_t end) : vault_(vault), at_(at), end_(end) {}
    // False when seq() is it; seq() == end if there is none.
    Result<bool> step(ports::StoreReader& reader);
    std::uint64_t seq() const { return first_; }

  private:
    VaultId vault_;
    UtcTime at_;
    std::uint64_t first_ = 1, end_;  // it is in [first_, end_]
};

class SumsAt {
  public:
    // The books before the first entry at or after `at`; those of the mark if `at` is later.
    SumsAt(const VaultMark& mark, UtcTime at);
    // False when sums() and unrealised() are known.
    Result<bool> step(ports::StoreReader& reader);
    const VaultSums& sums() const { return sums_; }
    // By the last price stored before the instant (engine.price_snapshot_every apart, and less a
    // fee of today's rate); at a midnight by the last price of the day.
    const Unrealised& unrealised() const { return unrealised_; }

  private:
    enum class Phase : std::uint8_t { Close, Find, Fold, Value, Done };
    Result<Phase> read_close(ports::StoreReader& reader);
    Phase choose_end();
    Result<Phase> fold(ports::StoreReader& reader);
    Result<Phase> value(ports::StoreReader& reader);
    Result<std::optional<Decimal>> value_of(ports::StoreReader& reader, const SleeveSums& sleeve);

    const VaultMark& mark_;
    UtcTime at_;
    Phase phase_ = Phase::Close;
    EntryAt first_;
    std::uint64_t next_ = 1, end_ = 1;  // still to be folded: [next_, end_)
    bool backwards_ = false;
    VaultSums sums_;
    Unrealised unrealised_;
};

}  // namespace vault::report
