#pragma once
// PastVault: a vault's books as its journal makes them, entry by entry from the first, with what no
// balance tells: the buys that are on their way. Private to the report room. Belongs to one caller;
// fill() reads one page and a row for each order and trade in it, on the thread that owns the
// reader. Errors: StoreFailed, InvariantBroken for a journal that does not fold, NotFound for an
// order that is not there.
#include "daemon/ledger/vault_books.hpp"
#include "daemon/ports/store_reader.hpp"
#include "daemon/report/level_mark.hpp"

#include <map>

namespace vault::report {

// In which order things happen at one instant: what a price brings about before it is judged, the
// price, what is decided at it or asked for after it, and a cap that is ended.
enum class Part : std::uint8_t { Booked, Price, Decided, Resumed };

struct PastEntry {
    ledger::Entry entry;
    Part part = Part::Booked;
    std::optional<OrderId> order;  // of the buy that it sends or the order that it ends
    std::optional<Asset> base;     // of a buy that it sends
    bool sends_buy() const { return base.has_value(); }
};

struct PastBuy {
    OrderId id;
    Asset base;
    Decimal lock;  // cash that it may still spend
};
struct PastSleeve {
    std::vector<PastBuy> buys;           // on their way
    std::uint32_t buys_today = 0;        // sent
    std::map<Asset, UtcTime> bought_at;  // the last fill of a buy
};

class PastVault {
  public:
    // Trades at or after `from` are told apart: by hand, or by an order.
    PastVault(const LevelVault& of, UtcTime from);

    // Nothing is at hand, and there is more up to the mark: fill() comes next.
    bool starved() const;
    Result<void> fill(ports::StoreReader& reader);
    const PastEntry* front() const { return next_ == page_.size() ? nullptr : &page_[next_]; }
    // Books the front.
    Result<void> post();

    const LevelVault& of() const { return of_; }
    const ledger::VaultBooks& books() const { return books_; }
    const PastSleeve& sleeve(SleeveKind kind) const { return sleeves_[index_of(kind)]; }
    void begin_day();  // no buy was sent today

  private:
    Result<PastEntry> read(ports::StoreReader& reader, const ports::EntryRow& row);
    Result<Part> part_of(ports::StoreReader& reader, const ledger::Entry& entry);
    void note(const PastEntry& past);
    void note_fill(const ledger::Entry& entry);

    const LevelVault& of_;
    UtcTime from_;
    ledger::VaultBooks books_;
    std::vector<PastEntry> page_;
    std::size_t next_ = 0;
    std::uint64_t next_seq_ = 1;  // not read yet
    std::array<PastSleeve, 2> sleeves_;
    std::string last_trade_;  // the cause that was looked up last
    Part last_part_ = Part::Booked;
};

// Cash that a buy's intent locks.
Decimal budget_of(const ledger::Entry& intent);

}  // namespace vault::report
