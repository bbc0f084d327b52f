#pragma once
// The inside of SqliteStore: the queue, the writer thread and what it does between commits. Members
// above the mutex belong to the writer thread, those below it are guarded by it.
#include "daemon/store/sqlite/committer.hpp"
#include "daemon/store/sqlite/full_check.hpp"
#include "daemon/store/sqlite/lock_file.hpp"
#include "daemon/store/sqlite/retention.hpp"
#include "daemon/store/sqlite/sqlite_store.hpp"

#include <deque>
#include <variant>

namespace vault::store {

struct SqliteStore::Impl {
    using Job = std::function<void()>;

    Impl(const SqliteOptions& options, const ports::Signer& signer, Clock& clock, Logger& logger);
    ~Impl();
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    Result<void> open();
    // False after close().
    bool enqueue(std::variant<PendingCommit, Job> item);
    void close();
    Result<ports::Snapshot> load(ShardId shard);
    Result<std::vector<ports::PriceRow>> read_prices(AccountId account, const Pair& pair,
                                                     UtcTime since);
    Result<std::string> read_reply(const std::string& user, const std::string& key);

    void run();
    bool run_next(std::unique_lock<std::mutex>& lock);
    std::vector<PendingCommit> take_group();
    void commit_group(std::vector<PendingCommit>& group);
    // One bounded piece of work between commits; false if there is none.
    bool idle_work();
    // Moves one vault's checkpoint by at most `limit` entries.
    Result<void> move_checkpoint(VaultId vault, std::uint64_t limit);
    void try_checkpoint(VaultId vault, std::uint64_t limit);
    void final_checkpoints();
    void poll_disk(bool now);
    void publish();
    void configure(const SqliteOptions& options);
    void finish_prune(Result<std::uint64_t> outcome);

    SqliteOptions options_;
    const ports::Signer& signer_;
    Clock& clock_;
    Logger& logger_;
    std::optional<LockFile> lock_;
    void forget_restored();
    std::optional<Connection> connection_;
    std::optional<Prover> prover_;
    std::optional<AuditSeal> seal_;
    std::optional<Heads> heads_;
    DiskGuard disk_;
    std::unique_ptr<Committer> committer_;
    std::optional<Pruner> pruner_;
    bool pruning_ = false;
    std::uint64_t pruned_ = 0;
    std::optional<SteadyTime> last_prune_, last_poll_;
    std::vector<std::function<void(const Result<std::uint64_t>&)>> prune_waiters_;
    DiskState disk_state_;
    std::string checkpoint_trouble_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::variant<PendingCommit, Job>> queue_;
    bool closing_ = false;
    bool sleeping_ = false;  // the writer waits: only then does a new item have to wake it
    ports::StoreHealth health_;
    std::string check_trouble_;
    std::thread thread_;
    FullCheck full_check_;
};

}  // namespace vault::store
