#pragma once
// JournalMaker: batches as the engine makes them, without the engine: flash cycles booked by the
// ledger itself (lock, buy, rest of the lock, hold, sell, sweep), round robin over the vaults, one
// entry a transaction, so that a batch may hold any number of them. What is written is right to the
// digit: the store's full check accepts it. Bench programs only; one thread; cannot fail.
#include "common/base/random.hpp"
#include "daemon/ledger/transaction.hpp"
#include "daemon/ports/store.hpp"

#include <set>
#include <tuple>
#include <vector>

namespace vault::bench {

class JournalMaker {
  public:
    explicit JournalMaker(std::uint32_t vaults);

    // The first batch: one user, then an account and a vault each, with money in the flash sleeve.
    ports::Batch open();
    // `entries` more entries and every balance that they touched.
    ports::Batch next(std::uint32_t entries);
    // Of all batches so far.
    std::uint64_t entries() const { return entries_; }

  private:
    struct Life {
        ledger::VaultBooks books;
        std::uint32_t phase = 0;
        std::uint32_t orders = 0;
        Decimal lock;
        Quantity quantity;
        Price price;
    };
    ports::Batch numbered();
    void open_vault(Life& life, ports::Batch& batch);
    bool step(Life& life, ports::Batch& batch);
    Result<void> book(Life& life, ledger::Transaction& tx);
    Fill fill(const Life& life, Side side);
    void adopt(Life& life, ledger::Transaction&& tx, ports::Batch& batch);
    void close(ports::Batch& batch);

    std::vector<Life> lives_;
    std::set<std::tuple<VaultId, ledger::LedgerAccount, Asset>> touched_;
    Random random_{1};
    std::size_t turn_ = 0;
    std::uint64_t n_ = 0;
    std::uint64_t entries_ = 0;
    std::uint64_t trades_ = 0;
};

}  // namespace vault::bench
