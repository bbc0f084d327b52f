#pragma once
// The in-memory store between two threads: the loop that runs shard and session commits to it, and
// control's read worker reads from it. One lock orders them, as SQLite does for the daemon. The
// worker and its thread are one per process, because starting a thread costs more than an input.
#include "daemon/control/read_worker.hpp"
#include "daemon/store/memory/memory_store.hpp"

#include <boost/asio/io_context.hpp>

namespace vault::fuzz {

// Ends each commit in a later turn of the loop, as a store with a thread of its own would.
class SharedBooks final : public ports::Store {
  public:
    SharedBooks(boost::asio::io_context& io, store::MemoryStore& books) : io_(io), books_(books) {}

    Result<ports::Snapshot> load(ShardId shard) override;
    Result<std::vector<ports::PriceRow>> read_prices(AccountId account, const Pair& pair,
                                                     UtcTime since) override;
    void commit(ports::Batch batch, Done done) override;
    void read_reply(const std::string& user, const std::string& key, ReplyRead done) override;
    ports::StoreHealth health() const override;
    void close() override;
    bool step();  // false: nothing was queued

  private:
    boost::asio::io_context& io_;
    store::MemoryStore& books_;
};

control::ReadWorker& shared_worker();
// Where the worker's reads go from here on; null: nowhere, and there must be none.
void serve_reads_from(store::MemoryStore* books);
// Returns when the worker's thread has let go of every loop that it answered: it touches one for a
// moment after its answer has arrived there.
void finish_reads();

}  // namespace vault::fuzz
