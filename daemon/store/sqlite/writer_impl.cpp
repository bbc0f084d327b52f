#include "daemon/store/sqlite/writer_impl.hpp"

#include "daemon/store/sqlite/loader.hpp"
#include "daemon/store/sqlite/schema.hpp"

#include <fmt/format.h>

namespace vault::store {

namespace {

constexpr std::chrono::seconds kPollEvery{1};
constexpr std::chrono::hours kPruneEvery{1};

}  // namespace

SqliteStore::Impl::Impl(const SqliteOptions& options, const ports::Signer& signer, Clock& clock,
                        Logger& logger)
    : options_(options),
      signer_(signer),
      clock_(clock),
      logger_(logger),
      disk_(options_),
      full_check_(options_.path, [this](const Result<VerifyReport>& outcome) {
          const bool ok = outcome && outcome.value().ok;
          const std::string problem =
              !outcome ? outcome.error().message() : outcome.value().first_problem;
          if (!ok) logger_.log(LogLevel::Alert, "full_check_failed", problem);
          const std::lock_guard lock{mutex_};
          health_.full_check_done = true;
          health_.full_check_failed = !ok;
          check_trouble_ = ok ? "" : "full check: " + problem;
      }) {}

SqliteStore::Impl::~Impl() {
    close();
}

Result<void> SqliteStore::Impl::open() {
    VAULT_TRY(lock_, LockFile::acquire(options_.path + ".lock"));
    VAULT_TRY(connection_, Connection::open(options_.path, Connection::Access::ReadWrite));
    Connection& connection = *connection_;
    VAULT_TRYV(identify(connection, options_.path));
    VAULT_TRYV(apply_settings(connection));
    VAULT_TRYV(migrate(connection));
    VAULT_TRYV(check_schema(connection, options_.path));
    VAULT_TRYV(check_small_tables(connection, options_.path));
    VAULT_TRY(prover_, Prover::create(connection, &signer_));
    heads_.emplace(*prover_, options_.checkpoint_every);
    VAULT_TRY(seal_, AuditSeal::create(connection, signer_));
    VAULT_TRY(committer_, Committer::create(connection, options_, disk_, *heads_, *seal_));
    pruner_.emplace(connection, options_.retention, clock_);
    last_prune_ = clock_.steady();
    poll_disk(true);
    thread_ = std::thread{[this] { run(); }};
    return success();
}

bool SqliteStore::Impl::enqueue(std::variant<PendingCommit, Job> item) {
    bool wake = false;
    {
        const std::lock_guard lock{mutex_};
        if (closing_ || !thread_.joinable()) return false;
        queue_.push_back(std::move(item));
        wake = std::exchange(sleeping_, false);
    }
    if (wake) wake_.notify_one();
    return true;
}

void SqliteStore::Impl::run() {
    std::unique_lock lock{mutex_};
    for (;;) {
        if (run_next(lock)) continue;
        if (closing_) break;
        lock.unlock();
        const bool worked = idle_work();
        lock.lock();
        if (worked || !queue_.empty() || closing_) continue;
        sleeping_ = true;
        wake_.wait_for(lock, kPollEvery);
        sleeping_ = false;
    }
    lock.unlock();
    final_checkpoints();
}

// Takes what is queued and runs it without the lock. False if nothing was queued.
bool SqliteStore::Impl::run_next(std::unique_lock<std::mutex>& lock) {
    if (queue_.empty()) return false;
    if (auto* job = std::get_if<Job>(&queue_.front())) {
        const Job taken = std::move(*job);
        queue_.pop_front();
        lock.unlock();
        taken();
        lock.lock();
        return true;
    }
    std::vector<PendingCommit> group = take_group();
    lock.unlock();
    commit_group(group);
    lock.lock();
    return true;
}

std::vector<PendingCommit> SqliteStore::Impl::take_group() {
    std::vector<PendingCommit> group;
    std::size_t rows = 0;
    while (!queue_.empty() && group.size() < options_.group_batches) {
        auto* next = std::get_if<PendingCommit>(&queue_.front());
        if (next == nullptr) break;
        rows += next->batch.row_count();
        if (!group.empty() && rows > options_.group_rows) break;
        group.push_back(std::move(*next));
        queue_.pop_front();
    }
    return group;
}

void SqliteStore::Impl::commit_group(std::vector<PendingCommit>& group) {
    committer_->commit(group);
    const bool trouble = !committer_->trouble().empty();
    poll_disk(trouble);
    for (PendingCommit& item : group) {
        if (item.report.status != ports::CommitStatus::Durable)
            logger_.log(LogLevel::Error, "commit_failed",
                        fmt::format("batch {} of shard {}: {}", item.batch.n.value,
                                    item.batch.shard.value, item.report.message));
        if (item.done) item.done(item.report);
    }
    if (const auto vault = heads_->overdue()) try_checkpoint(*vault, options_.checkpoint_every * 8);
}

bool SqliteStore::Impl::idle_work() {
    poll_disk(false);
    if (const auto vault = heads_->due()) {
        try_checkpoint(*vault, options_.checkpoint_every);
        return true;
    }
    if (!pruning_ && prune_waiters_.empty() && clock_.steady() - *last_prune_ < kPruneEvery)
        return false;
    if (!pruning_) {
        last_prune_ = clock_.steady();
        pruned_ = 0;
        pruning_ = true;
        if (auto begun = pruner_->begin_round(); !begun) finish_prune(begun.error());
        return true;
    }
    auto sliced = pruner_->slice();
    if (!sliced)
        finish_prune(sliced.error());
    else if (!sliced.value())
        finish_prune(pruned_);
    else
        pruned_ += static_cast<std::uint64_t>(*sliced.value());
    return true;
}

void SqliteStore::Impl::finish_prune(Result<std::uint64_t> outcome) {
    pruning_ = false;
    if (!outcome && outcome.error().code() != Errc::Draining)
        logger_.log(LogLevel::Warning, "prune_failed", outcome.error().message());
    for (const auto& waiter : std::exchange(prune_waiters_, {}))
        waiter(outcome);
}

Result<void> SqliteStore::Impl::move_checkpoint(VaultId vault, std::uint64_t limit) {
    VAULT_TRY(auto state, prover_->start(vault));
    const std::uint64_t head = heads_->head(vault).seq;
    VAULT_TRYV(prover_->advance(state, head, limit));
    if (state.chain->head().seq == head) {
        VAULT_TRYV(prover_->compare_balances(state));
    }
    VAULT_TRYV(prover_->write_checkpoint(state.checkpoint()));
    heads_->checkpointed(vault, state.chain->head().seq);
    return success();
}

void SqliteStore::Impl::try_checkpoint(VaultId vault, std::uint64_t limit) {
    auto moved = move_checkpoint(vault, limit);
    if (moved) return;
    // Whatever the reason, the old checkpoint stays good; a file fault shows at the next commit
    // too.
    heads_->give_up(vault);
    checkpoint_trouble_ = moved.error().message();
    logger_.log(LogLevel::Alert, "checkpoint_failed", checkpoint_trouble_);
    publish();
}

void SqliteStore::Impl::final_checkpoints() {
    const auto vaults = heads_->tails();
    if (!vaults.empty() && connection_->exec("BEGIN IMMEDIATE")) {
        for (const VaultId vault : vaults)
            try_checkpoint(vault, 0xffffffffU);
        if (auto done = connection_->exec("COMMIT"); !done)
            logger_.log(LogLevel::Warning, "checkpoint_failed", done.error().message());
    }
    if (auto done = connection_->exec("PRAGMA wal_checkpoint(TRUNCATE)"); !done)
        logger_.log(LogLevel::Warning, "wal_checkpoint_failed", done.error().message());
    finish_prune(Error{Errc::Draining, "the store is closing", "store", "start again later"});
}

void SqliteStore::Impl::poll_disk(bool now) {
    const SteadyTime time = clock_.steady();
    if (!now && last_poll_ && time - *last_poll_ < kPollEvery) return;
    last_poll_ = time;
    const DiskState before = disk_state_;
    disk_state_ = disk_.poll();
    if (const auto limit = disk_.page_limit(kPageSize); limit != 0) {
        const auto set =
            connection_->exec(fmt::format("PRAGMA max_page_count = {}", limit).c_str());
        if (!set) logger_.log(LogLevel::Warning, "size_limit_failed", set.error().message());
    }
    if (disk_state_.alert && !before.alert)
        logger_.log(LogLevel::Alert, "disk_filling",
                    fmt::format("{} % of the store's disk is used", disk_state_.used_pct));
    if (!disk_state_.ballast && before.ballast)
        logger_.log(LogLevel::Alert, "ballast_freed",
                    "the disk of the store is full; its ballast was freed, buys are stopped");
    publish();
}

void SqliteStore::Impl::publish() {
    const std::string& trouble = committer_ ? committer_->trouble() : checkpoint_trouble_;
    const std::lock_guard lock{mutex_};
    health_.disk_used_pct = disk_state_.used_pct;
    health_.alert = disk_state_.alert;
    health_.buys_stopped = disk_state_.buys_stopped;
    health_.writable = !committer_ || trouble.empty();
    health_.message = trouble;
    if (health_.message.empty()) health_.message = checkpoint_trouble_;
    if (health_.message.empty() && !disk_state_.ballast)
        health_.message = "the ballast was freed to make room: free disk space, then buys go on";
    if (health_.message.empty() && disk_state_.alert)
        health_.message = fmt::format("{} % of the store's disk is used", disk_state_.used_pct);
}

// Only what this thread alone reads is written: path and full_check belong to every thread.
void SqliteStore::Impl::configure(const SqliteOptions& options) {
    options_.ballast_mib = options.ballast_mib;
    options_.checkpoint_every = options.checkpoint_every;
    options_.disk_alert_pct = options.disk_alert_pct;
    options_.disk_stop_buys_pct = options.disk_stop_buys_pct;
    options_.group_rows = options.group_rows;
    options_.retention = options.retention;
    heads_->checkpoint_every(options_.checkpoint_every);
    pruner_->configure(options_.retention);
    disk_.configure(options_);
    poll_disk(true);
}

Result<ports::Snapshot> SqliteStore::Impl::load(ShardId shard) {
    VAULT_TRYV(check_settings(*connection_));
    committer_->forget(shard);
    VAULT_TRYV(prove_vaults(*connection_, *prover_, *heads_));
    checkpoint_trouble_.clear();
    VAULT_TRY(const auto mark, take_shard(*connection_, shard));
    auto snapshot = read_snapshot(*connection_, *heads_, *seal_, mark, clock_.now(),
                                  options_.retention.replies);
    // Pages that a start reads once are not those that commits write.
    VAULT_TRYV(connection_->exec("PRAGMA shrink_memory"));
    return snapshot;
}

Result<std::string> SqliteStore::Impl::read_reply(const std::string& user, const std::string& key) {
    VAULT_TRY(auto reply,
              Statement::prepare(*connection_,
                                 "SELECT reply FROM reply WHERE user_name = ? AND key = ?"));
    reply.bind(1, user);
    reply.bind(2, key);
    VAULT_TRY(const bool row, reply.step());
    if (row) return std::string{reply.text(0)};
    return Error{Errc::NotFound, "no reply is kept under this key", "idem_key"};
}

Result<std::vector<ports::PriceRow>> SqliteStore::Impl::read_prices(AccountId account,
                                                                    const Pair& pair,
                                                                    UtcTime since) {
    VAULT_TRY(auto found, Statement::prepare(*connection_,
                                             "SELECT at, price FROM price WHERE account = ? AND "
                                             "pair = ? AND at >= ? ORDER BY at"));
    found.bind(1, static_cast<std::int64_t>(account.value));
    found.bind_copy(2, pair.text());
    found.bind(3, since.time_since_epoch().count());
    std::vector<ports::PriceRow> rows;
    while (true) {
        VAULT_TRY(const bool row, found.step());
        if (!row) return rows;
        VAULT_TRY(const Decimal price, Decimal::parse(found.text(1)));
        rows.push_back({account, pair, UtcTime{Duration{found.integer(0)}}, price});
    }
}

void SqliteStore::Impl::close() {
    full_check_.abort();
    std::thread thread;
    {
        const std::lock_guard lock{mutex_};
        closing_ = true;
        thread.swap(thread_);
    }
    wake_.notify_all();
    if (thread.joinable()) thread.join();
    committer_.reset();
    pruner_.reset();
    seal_.reset();
    prover_.reset();
    connection_.reset();
    lock_.reset();
}

// If it does not get in, the next start halts once more.
void SqliteStore::Impl::forget_restored() {
    if (auto done =
            connection_->exec("DELETE FROM meta WHERE key IN ('restored', 'restored_made_at')");
        !done)
        logger_.log(LogLevel::Warning, "restored", done.error().message());
}

}  // namespace vault::store
