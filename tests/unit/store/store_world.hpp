#pragma once
// What the store tests share: a signer, a directory that goes away, a maker of batches whose
// journal is a real hash chain, and the two stores behind one face for the typed conformance suite.
#include "common/base/clock.hpp"
#include "common/base/log.hpp"
#include "common/base/random.hpp"
#include "daemon/store/memory/memory_store.hpp"
#include "daemon/store/sqlite/sqlite_reader.hpp"
#include "daemon/store/sqlite/sqlite_store.hpp"
#include "tests/support/test_signer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <mutex>

namespace vault::store::test {

using vault::test::TestSigner;

class TempDir {
  public:
    TempDir();
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    std::string file(const std::string& name = "vault.db") const { return (path_ / name).string(); }

  private:
    std::filesystem::path path_;
};

// A clock by hand that the store's writer thread may read meanwhile.
class TestClock final : public Clock {
  public:
    explicit TestClock(UtcTime start) : now_(start.time_since_epoch().count()) {}
    UtcTime now() const override { return UtcTime{Duration{now_.load()}}; }
    SteadyTime steady() const override { return Duration{steady_.load()}; }
    void advance(Duration step) { now_ += step.count(), steady_ += step.count(); }
    void set(UtcTime time) { now_ = time.time_since_epoch().count(); }

  private:
    std::atomic<std::int64_t> now_;
    std::atomic<std::int64_t> steady_{0};  // ms
};

inline constexpr ShardId kShard{1};
inline constexpr UtcTime kStart{std::chrono::hours{24 * 365 * 50}};

// Makes batches 1, 2, 3 … of one shard. Vaults v1 … vN of user u1, account a<vault> each.
class BatchMaker {
  public:
    explicit BatchMaker(std::uint64_t seed = 1) : random_(seed) {}

    ports::Batch next();  // empty, numbered, of the current epoch
    void open_vaults(ports::Batch& batch, std::uint32_t count);
    // A deposit into the vault's reserve: entry and balances.
    void deposit(ports::Batch& batch, VaultId vault, const std::string& cause = {});
    // Rows of every other kind, a few each, from the generator's random numbers.
    void history(ports::Batch& batch, VaultId vault);
    // Puts and drops of sign-in and secrets of user u1, any of which may be of the same key.
    void people(ports::Batch& batch);
    // API keys k1 … k6 and policies of vaults v1 … v3, which must be open.
    void keys(ports::Batch& batch);

    ports::Owner owner(VaultId vault) const;
    ports::FillRow fill(VaultId vault, const std::string& trade_id);
    // Continues as a shard does after load().
    void resume(const ports::Snapshot& snapshot);
    UtcTime now() const { return now_; }
    void set_now(UtcTime now) { now_ = now; }
    Random& random() { return random_; }
    std::uint64_t next_event() { return ++last_event_; }

  private:
    Decimal amount();
    std::string text(std::size_t longest);
    std::uint32_t below(std::uint32_t bound) {
        return static_cast<std::uint32_t>(random_.below(bound));
    }
    std::string bytes(std::size_t longest);
    ports::Sealed sealed();
    ports::FieldRow secret_field();
    std::optional<UtcTime> sometime();
    ports::ApiKeyRow api_key();
    void put_people(ports::IdentityChanges& changes);
    void drop_people(ports::IdentityChanges& changes);
    void change_secrets(ports::SecretChanges& changes);
    Random random_;
    std::uint64_t n_ = 0, epoch_ = 1, serial_ = 0;
    UtcTime now_ = kStart;
    std::map<VaultId, ports::ChainHead> heads_;
    std::map<VaultId, Decimal> deposits_;
    std::uint64_t last_event_ = 0;
    std::optional<ports::FieldRow> last_field_;
};

// Text of every field of a row, for comparison and for reading on failure.
std::string snapshot_text(const ports::Snapshot& snapshot);
// The reader's answers to everything, as text.
std::string content_text(ports::StoreReader& reader, std::uint32_t vaults);

// Blocks until everything queued so far was reported.
void settle(SqliteStore& store);

// One store for the typed suite. reopen(): a clean close and open; crash(): no close.
struct MemoryWorld {
    ManualClock clock{kStart};
    std::unique_ptr<MemoryStore> made = std::make_unique<MemoryStore>(clock);
    ports::Store& store() { return *made; }
    ports::StoreReader& reader() { return *made; }
    void reopen() { made->close(); }
    void settle() {
        while (made->step()) {
        }
    }
};

struct SqliteWorld {
    TempDir dir;
    TestClock clock{kStart};
    NullLogger logger;
    TestSigner signer;
    SqliteOptions options = small_options();
    std::unique_ptr<SqliteStore> made;
    std::unique_ptr<SqliteReader> made_reader;

    SqliteWorld() { open(); }
    SqliteOptions small_options() const;
    Result<std::unique_ptr<SqliteStore>> try_open();
    void open();
    void close();
    void reopen() { close(), open(); }
    ports::Store& store() { return *made; }
    ports::StoreReader& reader();
    void settle() { test::settle(*made); }
    // Runs SQL on the closed file, as somebody with an editor would.
    void edit(const std::string& sql) const;
    std::string ask(const std::string& sql) const;
    // Closes, and puts an empty store of an older schema in the place of the file.
    void make_old(const std::vector<const char*>& migrations);
    // What a start says of the file after an edit that no CHECK stops; empty: it starts. Closes,
    // and leaves the file as it was.
    std::string start_says(const std::string& sql);
    // How many values of all tables have this type of SQLite's and hold these bytes.
    int count_values(const std::string& type, const std::string& bytes) const;
};

// Commits and returns the reports in the order in which they came.
template <class World>
std::vector<ports::CommitReport> commit(World& world, const std::vector<ports::Batch>& batches) {
    std::vector<ports::CommitReport> reports;
    for (const auto& batch : batches)
        world.store().commit(batch, [&](const ports::CommitReport& r) { reports.push_back(r); });
    world.settle();
    return reports;
}

template <class World>
ports::CommitReport commit(World& world, const ports::Batch& batch) {
    const auto reports = commit(world, std::vector<ports::Batch>{batch});
    return reports.empty() ? ports::CommitReport{} : reports.front();
}

}  // namespace vault::store::test
