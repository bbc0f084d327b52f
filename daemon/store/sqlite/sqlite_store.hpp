#pragma once
// SqliteStore: the embedded store, one file in WAL mode with synchronous=FULL. One writer thread
// owns the connection; commits are queued and several are made durable by one fsync. The app owns
// it; its public calls may come from any thread, `done` callbacks run on the writer thread and must
// not call back into blocking calls of the store. A store that is not right is refused by create()
// or load().
#include "common/base/clock.hpp"
#include "common/base/log.hpp"
#include "daemon/ports/signer.hpp"
#include "daemon/ports/store.hpp"
#include "daemon/store/sqlite/options.hpp"
#include "daemon/store/sqlite/verify.hpp"

namespace vault::store {

class SqliteStore final : public ports::Store {
  public:
    // Takes the lock, checks settings, schema and the small tables, migrates, starts the writer.
    // The references outlive the store; the clock is read on the writer thread too, so it must be
    // thread-safe (a SystemClock is, a ManualClock is not). Errors: StoreInvalid (message and what
    // to do), StoreFailed.
    static Result<std::unique_ptr<SqliteStore>> create(const SqliteOptions& options,
                                                       const ports::Signer& signer, Clock& clock,
                                                       Logger& logger);
    ~SqliteStore() override;  // closes

    Result<ports::Snapshot> load(ShardId shard) override;
    // After close() `done` runs inside the call, with Failed.
    Result<std::vector<ports::PriceRow>> read_prices(AccountId account, const Pair& pair,
                                                     UtcTime since) override;
    void commit(ports::Batch batch, Done done) override;
    void read_reply(const std::string& user, const std::string& key, ReplyRead done) override;
    ports::StoreHealth health() const override;
    void close() override;

    // Takes over what may change while the store runs: retention, disk marks, ballast, size of a
    // group, distance of checkpoints. `done` runs on the writer thread when it is in force, or
    // inside the call after close(). The options were checked by whoever read them.
    void configure(const SqliteOptions& options, std::function<void()> done);
    // That the store is a backup put back (store_copy.hpp) is dealt with.
    void forget_restored();
    // Runs one whole round of retention and returns the rows deleted. Blocking; commits go between.
    Result<std::uint64_t> prune();
    // The full check in the background (load() starts it unless the options say no). A second start
    // while one runs does nothing. await: its report, or NotReady if none was started.
    void start_full_check();
    Result<VerifyReport> await_full_check();

  private:
    struct Impl;
    explicit SqliteStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace vault::store
