#include "daemon/store/sqlite/sqlite_store.hpp"

#include "daemon/store/sqlite/writer_impl.hpp"

#include <future>

namespace vault::store {

namespace {

Error closed() {
    return Error{Errc::StoreFailed, "the store is closed", "store", "restart vaultd"};
}

Result<void> check_options(const SqliteOptions& options) {
    const auto refuse = [](const char* field, const char* range) {
        return Error{Errc::ConfigInvalid, std::string{field} + " must be " + range,
                     std::string{"store."} + field, "correct the configuration"};
    };
    if (options.path.empty()) return refuse("path", "set");
    if (options.checkpoint_every == 0) return refuse("checkpoint_every", "at least 1");
    if (options.group_batches == 0) return refuse("group_batches", "at least 1");
    if (options.disk_alert_pct < 1 || options.disk_alert_pct > 100)
        return refuse("disk_alert_pct", "1 to 100");
    if (options.disk_stop_buys_pct < options.disk_alert_pct || options.disk_stop_buys_pct > 100)
        return refuse("disk_stop_buys_pct", "disk_alert_pct to 100");
    return success();
}

}  // namespace

SqliteStore::SqliteStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<SqliteStore>> SqliteStore::create(const SqliteOptions& options,
                                                         const ports::Signer& signer, Clock& clock,
                                                         Logger& logger) {
    VAULT_TRYV(check_options(options));
    auto impl = std::make_unique<Impl>(options, signer, clock, logger);
    VAULT_TRYV(impl->open());
    return std::unique_ptr<SqliteStore>{new SqliteStore{std::move(impl)}};
}

Result<ports::Snapshot> SqliteStore::load(ShardId shard) {
    impl_->full_check_.abort();
    std::promise<Result<ports::Snapshot>> promise;
    auto answer = promise.get_future();
    if (!impl_->enqueue(Impl::Job{[&] { promise.set_value(impl_->load(shard)); }})) return closed();
    auto loaded = answer.get();
    if (loaded && impl_->options_.full_check) start_full_check();
    return loaded;
}

Result<std::vector<ports::PriceRow>> SqliteStore::read_prices(AccountId account, const Pair& pair,
                                                              UtcTime since) {
    std::promise<Result<std::vector<ports::PriceRow>>> promise;
    auto answer = promise.get_future();
    const Impl::Job job{[&] { promise.set_value(impl_->read_prices(account, pair, since)); }};
    return impl_->enqueue(job) ? answer.get() : closed();
}

void SqliteStore::commit(ports::Batch batch, Done done) {
    const BatchNo n = batch.n;
    PendingCommit item{std::move(batch), done, {}};
    if (!impl_->enqueue(std::move(item)) && done)
        done({n, ports::CommitStatus::Failed, closed().message()});
}

void SqliteStore::read_reply(const std::string& user, const std::string& key, ReplyRead done) {
    const Impl::Job job{[this, user, key, done] { done(impl_->read_reply(user, key)); }};
    if (!impl_->enqueue(job)) done(closed());
}

ports::StoreHealth SqliteStore::health() const {
    const std::lock_guard lock{impl_->mutex_};
    ports::StoreHealth health = impl_->health_;
    if (!impl_->check_trouble_.empty()) health.message = impl_->check_trouble_;
    return health;
}

void SqliteStore::close() {
    impl_->close();
}

void SqliteStore::configure(const SqliteOptions& options, std::function<void()> done) {
    const Impl::Job job{[this, options, done] {
        impl_->configure(options);
        done();
    }};
    if (!impl_->enqueue(job)) done();
}

void SqliteStore::forget_restored() {
    const Impl::Job job{[this] { impl_->forget_restored(); }};
    impl_->enqueue(job);
}

Result<std::uint64_t> SqliteStore::prune() {
    std::promise<Result<std::uint64_t>> promise;
    auto answer = promise.get_future();
    const Impl::Job job{[&] {
        impl_->prune_waiters_.emplace_back(
            [&promise](const Result<std::uint64_t>& outcome) { promise.set_value(outcome); });
    }};
    if (!impl_->enqueue(job)) return closed();
    return answer.get();
}

void SqliteStore::start_full_check() {
    {
        const std::lock_guard lock{impl_->mutex_};
        impl_->health_.full_check_done = false;
    }
    impl_->full_check_.start();
}

Result<VerifyReport> SqliteStore::await_full_check() {
    return impl_->full_check_.await();
}

}  // namespace vault::store
