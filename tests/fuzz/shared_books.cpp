#include "tests/fuzz/shared_books.hpp"

#include "common/base/check.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <mutex>

namespace vault::fuzz {
namespace {

namespace asio = boost::asio;

// Recursive: a commit's `done` may queue the next one.
struct Desk {
    std::recursive_mutex mutex;
    store::MemoryStore* books = nullptr;
};

Desk& desk() {
    static Desk one;
    return one;
}

// Locked, and then asked.
template <auto kQuestion, class... Args>
auto locked(const Args&... args) {
    const std::lock_guard lock(desk().mutex);
    VAULT_CHECK(desk().books != nullptr, "nothing is read after the end");
    return (desk().books->*kQuestion)(args...);
}

class SharedReader final : public ports::StoreReader {
  public:
    using Books = store::MemoryStore;
    using Filter = ports::RowFilter;

    Result<std::vector<ports::EntryRow>> entries(VaultId vault, std::uint64_t from_seq,
                                                 std::uint32_t limit) override {
        return locked<&Books::entries>(vault, from_seq, limit);
    }
    Result<std::vector<ports::JournalHead>> journal_heads(VaultId from,
                                                          std::uint32_t limit) override {
        return locked<&Books::journal_heads>(from, limit);
    }
    Result<std::vector<ports::BalanceRow>> balances(VaultId vault) override {
        return locked<&Books::balances>(vault);
    }
    Result<std::vector<ports::VaultRow>> vaults() override { return locked<&Books::vaults>(); }
    Result<std::optional<ports::UserRow>> user(UserId id) override {
        return locked<&Books::user>(id);
    }
    Result<std::optional<ports::OrderRow>> order(const OrderId& id) override {
        return locked<&Books::order>(id);
    }
    Result<std::optional<ports::FillRow>> fill(AccountId account,
                                               const std::string& trade) override {
        return locked<&Books::fill>(account, trade);
    }
    Result<std::optional<ports::EntryRow>> entry(VaultId vault, const std::string& kind,
                                                 const std::string& cause) override {
        return locked<&Books::entry>(vault, kind, cause);
    }
    Result<std::vector<ports::OrderRow>> orders(const Filter& filter) override {
        return locked<&Books::orders>(filter);
    }
    Result<std::vector<ports::FillRow>> fills(const Filter& filter) override {
        return locked<&Books::fills>(filter);
    }
    Result<std::vector<ports::DecisionRow>> decisions(const Filter& filter) override {
        return locked<&Books::decisions>(filter);
    }
    Result<std::vector<ports::AllocationRow>> allocations(const Filter& filter) override {
        return locked<&Books::allocations>(filter);
    }
    Result<std::vector<ports::SweepRow>> sweeps(const Filter& filter) override {
        return locked<&Books::sweeps>(filter);
    }
    Result<std::vector<ports::PauseRow>> pauses(const Filter& filter) override {
        return locked<&Books::pauses>(filter);
    }
    Result<std::vector<ports::CycleRow>> cycles(const Filter& filter) override {
        return locked<&Books::cycles>(filter);
    }
    Result<std::vector<ports::DayCloseRow>> day_closes(const Filter& filter) override {
        return locked<&Books::day_closes>(filter);
    }
    Result<std::vector<ports::EventRow>> events(const Filter& filter) override {
        return locked<&Books::events>(filter);
    }
    Result<std::vector<ports::EventRow>> events_from(std::uint64_t from_seq,
                                                     std::uint32_t limit) override {
        return locked<&Books::events_from>(from_seq, limit);
    }
    Result<std::vector<ports::AuditRow>> audits_from(std::uint64_t from_seq,
                                                     std::uint32_t limit) override {
        return locked<&Books::audits_from>(from_seq, limit);
    }
    Result<std::vector<ports::AuditRow>> audits(const ports::AuditFilter& filter) override {
        return locked<&Books::audits>(filter);
    }
    Result<std::vector<ports::PriceRow>> prices(AccountId account, const Filter& filter) override {
        return locked<&Books::prices>(account, filter);
    }
};

asio::awaitable<void> run_nothing() {
    static const control::ReadWorker::Job nothing = [](control::ReadSide&) {};
    auto running = shared_worker().run(nothing);
    const Result<void> ran = co_await std::move(running);
    VAULT_CHECK(ran.has_value(), "the worker works");
}

}  // namespace

Result<ports::Snapshot> SharedBooks::load(ShardId shard) {
    const std::lock_guard lock(desk().mutex);
    return books_.load(shard);
}

void SharedBooks::commit(ports::Batch batch, Done done) {
    {
        const std::lock_guard lock(desk().mutex);
        books_.commit(std::move(batch), std::move(done));
    }
    asio::post(io_, [this] { step(); });
}

Result<std::vector<ports::PriceRow>> SharedBooks::read_prices(AccountId account, const Pair& pair,
                                                              UtcTime since) {
    const std::lock_guard lock(desk().mutex);
    return books_.read_prices(account, pair, since);
}

void SharedBooks::read_reply(const std::string& user, const std::string& key, ReplyRead done) {
    const std::lock_guard lock(desk().mutex);
    books_.read_reply(user, key, std::move(done));
}

ports::StoreHealth SharedBooks::health() const {
    const std::lock_guard lock(desk().mutex);
    return books_.health();
}

void SharedBooks::close() {
    const std::lock_guard lock(desk().mutex);
    books_.close();
}

bool SharedBooks::step() {
    const std::lock_guard lock(desk().mutex);
    return books_.step();
}

control::ReadWorker& shared_worker() {
    static control::ReadWorker worker({std::make_unique<SharedReader>(), nullptr}, 64);
    return worker;
}

void finish_reads() {
    static asio::io_context loop{1};  // never goes
    auto finish = [](const std::exception_ptr& failure) {
        VAULT_CHECK(!failure, "the worker works");
    };
    asio::co_spawn(loop, run_nothing(), finish);
    loop.restart();
    loop.run();
}

void serve_reads_from(store::MemoryStore* books) {
    const std::lock_guard lock(desk().mutex);
    desk().books = books;
}

}  // namespace vault::fuzz
