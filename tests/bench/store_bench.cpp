// Measures the SQLite store: durable entries per second through the port, against a bare loop that
// writes the same rows into the same schema with the same settings, interleaved; start-up and full
// check at a million entries. Arguments: [entries of the big store] [--json].
#include "common/base/clock.hpp"
#include "common/base/log.hpp"
#include "daemon/ledger/canonical.hpp"
#include "daemon/ledger/chain.hpp"
#include "daemon/store/sqlite/sqlite_store.hpp"
#include "tests/support/figures.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <string_view>

namespace vault::store {
namespace {

constexpr std::uint32_t kVaults = 10;
constexpr int kRounds = 5;
const Asset kUsdt = Asset::parse("USDT").value();

class BenchSigner final : public ports::Signer {
  public:
    Digest sign(std::string_view bytes) const override {
        return sha256("bench" + std::string{bytes});
    }
    bool verify(std::string_view bytes, const Digest& signature) const override {
        return sign(bytes) == signature;
    }
};

double seconds_since(SteadyTime start) {
    return std::chrono::duration<double>(SystemClock{}.steady() - start).count();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

// Entries as a buy fill makes them: six postings, round robin over the vaults.
class Maker {
  public:
    ports::Batch open() {
        ports::Batch batch = numbered();
        batch.users.push_back({UserId{1}, "ann", Role::Admin, {kUsdt}, UtcTime{}, "engine"});
        for (std::uint32_t i = 1; i <= kVaults; ++i) {
            batch.accounts.push_back(
                {AccountId{i}, UserId{1}, "paper", std::to_string(i), {}, "u1"});
            batch.vaults.push_back(
                {VaultId{i}, AccountId{i}, UserId{1}, kUsdt, Mode::Paper, {}, "u1"});
        }
        return batch;
    }
    ports::Batch next(std::uint32_t entries) {
        ports::Batch batch = numbered();
        for (std::uint32_t i = 0; i < entries; ++i)
            add(batch);
        for (std::uint32_t i = 1; i <= std::min(entries, kVaults); ++i)
            balances(batch, VaultId{entries == 1 ? last_.value : i});
        return batch;
    }

  private:
    ports::Batch numbered() {
        ports::Batch batch;
        batch.shard = ShardId{1};
        batch.n = BatchNo{++n_};
        batch.epoch = 1;
        return batch;
    }
    void add(ports::Batch& batch) {
        last_ = VaultId{static_cast<std::uint32_t>(++count_ % kVaults) + 1};
        auto& vault = vaults_[last_];
        using ledger::AccountKind;
        const auto flash = [](AccountKind kind) {
            return ledger::account(SleeveKind::Flash, kind);
        };
        const Decimal paid = Decimal::from_raw(4'994'900'000'000'000'000);
        const Decimal fee = Decimal::from_raw(4'994'900'000'000'000);
        const std::vector<ledger::Posting> postings{
            {flash(AccountKind::Locked), kUsdt, -(paid + fee)},
            {flash(AccountKind::Position), kUsdt, paid},
            {ledger::account(AccountKind::ExternalFees), kUsdt, fee},
            {flash(AccountKind::Fees), kUsdt, fee},
            {ledger::account(AccountKind::Memo), kUsdt, -fee}};
        ledger::Entry entry{
            last_,
            vault.seq + 1,
            vault.seq + 1,
            ledger::EntryKind::BuyFill,
            fmt::format("fill:paper:T{}", count_),
            Mode::Paper,
            UtcTime{Duration{1'600'000'000'000 + static_cast<std::int64_t>(count_)}},
            "engine",
            postings,
            vault.hash,
            {}};
        entry.hash = ledger::entry_hash(entry);
        vault = {entry.seq, entry.hash};
        batch.entries.push_back({last_,
                                 entry.seq,
                                 entry.tx,
                                 "buy_fill",
                                 entry.cause,
                                 entry.at,
                                 {UserId{1}, AccountId{last_.value}, Mode::Paper, "engine"},
                                 ledger::postings_json(postings),
                                 entry.prev_hash,
                                 entry.hash});
        for (const auto& posting : postings)
            sums_[{last_, std::string{to_text(posting.account)}}] += posting.amount;
    }
    void balances(ports::Batch& batch, VaultId vault) {
        for (const auto& [key, sum] : sums_)
            if (key.first == vault) batch.balances.push_back({vault, key.second, kUsdt, sum});
    }
    std::map<VaultId, ledger::ChainHead> vaults_;
    std::map<std::pair<VaultId, std::string>, Decimal> sums_;
    VaultId last_;
    std::uint64_t n_ = 0, count_ = 0;
};

struct Place {
    std::filesystem::path directory;
    Place() {
        std::string name = "./store-bench-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) std::abort();
        directory = name;
    }
    ~Place() {
        std::error_code ignored;
        std::filesystem::remove_all(directory, ignored);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    std::string path() const { return (directory / "vault.db").string(); }
};

SqliteOptions options_at(const Place& place, std::uint32_t group) {
    SqliteOptions options;
    options.path = place.path();
    options.group_batches = group;
    options.full_check = false;
    return options;
}

std::unique_ptr<SqliteStore> open_store(const SqliteOptions& options) {
    static const BenchSigner signer;
    static SystemClock clock;
    static StderrLogger logger{LogLevel::Error};
    auto made = SqliteStore::create(options, signer, clock, logger);
    if (!made) {
        fmt::print(stderr, "{}\n", made.error().message());
        std::exit(1);
    }
    return std::move(made).value();
}

// Sends all batches with at most `window` in flight, as the shard does, and waits for the last.
void send(SqliteStore& store, const std::vector<ports::Batch>& batches, std::size_t window = 64) {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t flying = 0;
    for (const auto& batch : batches) {
        {
            std::unique_lock lock{mutex};
            if (flying >= window) changed.wait(lock, [&] { return flying <= window / 2; });
            ++flying;
        }
        store.commit(batch, [&](const ports::CommitReport& report) {
            VAULT_CHECK(report.status == ports::CommitStatus::Durable, "a commit failed");
            const std::lock_guard lock{mutex};
            if (--flying == window / 2 || flying == 0) changed.notify_one();
        });
    }
    std::unique_lock lock{mutex};
    changed.wait(lock, [&] { return flying == 0; });
}

double store_rate(const std::vector<ports::Batch>& batches, std::uint32_t group) {
    const Place place;
    auto store = open_store(options_at(place, group));
    VAULT_CHECK(store->load(ShardId{1}), "load");
    send(*store, {batches.front()});
    const std::vector<ports::Batch> rest{batches.begin() + 1, batches.end()};
    std::size_t entries = 0;
    for (const auto& batch : rest)
        entries += batch.entries.size();
    const auto start = SystemClock{}.steady();
    send(*store, rest);
    return static_cast<double>(entries) / seconds_since(start);
}

// The bare loop: SQLite and nothing else. Amounts are rendered before the clock starts.
class Bare {
  public:
    explicit Bare(const std::string& path) {
        check(sqlite3_open(path.c_str(), &db_));
        check(sqlite3_exec(db_,
                           "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                           "PRAGMA foreign_keys=ON; PRAGMA cache_size=-16384",
                           nullptr, nullptr, nullptr));
        begin_ = prepare("BEGIN IMMEDIATE");
        commit_ = prepare("COMMIT");
        shard_ = prepare("UPDATE shard SET n = n + 1 WHERE id = ? AND n = ? AND epoch = ?");
        entry_ = prepare(
            "INSERT INTO entry(id,tx,kind,cause,at,user,account,mode,actor,postings,"
            "prev_hash,hash) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)");
        balance_ = prepare(
            "INSERT INTO balance VALUES(?,?,?,?) ON CONFLICT(vault,ledger_account,"
            "asset) DO UPDATE SET amount=excluded.amount");
    }
    ~Bare() {
        for (auto* statement : {begin_, commit_, shard_, entry_, balance_})
            sqlite3_finalize(statement);
        sqlite3_close(db_);
    }
    Bare(const Bare&) = delete;
    Bare& operator=(const Bare&) = delete;

    void write(const ports::Batch& batch, const std::vector<std::string>& amounts) {
        run(begin_);
        sqlite3_bind_int64(shard_, 1, 1);
        sqlite3_bind_int64(shard_, 2, static_cast<std::int64_t>(batch.n.value) - 1);
        sqlite3_bind_int64(shard_, 3, static_cast<std::int64_t>(batch.epoch));
        run(shard_);
        for (const auto& row : batch.entries)
            write(row);
        for (std::size_t i = 0; i < batch.balances.size(); ++i) {
            sqlite3_bind_int64(balance_, 1, batch.balances[i].vault.value);
            text(balance_, 2, batch.balances[i].account);
            text(balance_, 3, batch.balances[i].asset.text());
            text(balance_, 4, amounts[i]);
            run(balance_);
        }
        run(commit_);
    }

  private:
    void check(int code) const {
        if (code != SQLITE_OK) {
            fmt::print(stderr, "bare loop: {}\n", sqlite3_errmsg(db_));
            std::exit(1);
        }
    }
    sqlite3_stmt* prepare(const char* sql) {
        sqlite3_stmt* statement = nullptr;
        check(sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
        return statement;
    }
    void run(sqlite3_stmt* statement) const {
        if (sqlite3_step(statement) != SQLITE_DONE) check(SQLITE_ERROR);
        sqlite3_reset(statement);
    }
    static void text(sqlite3_stmt* statement, int index, std::string_view value) {
        sqlite3_bind_text(statement, index, value.data(), static_cast<int>(value.size()),
                          SQLITE_STATIC);
    }
    void write(const ports::EntryRow& row) const {
        sqlite3_bind_int64(
            entry_, 1, static_cast<std::int64_t>((std::uint64_t{row.vault.value} << 32) | row.seq));
        sqlite3_bind_int64(entry_, 2, static_cast<std::int64_t>(row.tx));
        text(entry_, 3, row.kind);
        text(entry_, 4, row.cause);
        sqlite3_bind_int64(entry_, 5, row.at.time_since_epoch().count());
        sqlite3_bind_int64(entry_, 6, row.owner.user.value);
        sqlite3_bind_int64(entry_, 7, row.owner.account.value);
        text(entry_, 8, to_text(row.owner.mode));
        text(entry_, 9, row.owner.actor);
        text(entry_, 10, row.postings_json);
        sqlite3_bind_blob(entry_, 11, row.prev_hash.data(), 32, SQLITE_STATIC);
        sqlite3_bind_blob(entry_, 12, row.hash.data(), 32, SQLITE_STATIC);
        run(entry_);
    }
    sqlite3* db_ = nullptr;
    sqlite3_stmt *begin_, *commit_, *shard_, *entry_, *balance_;
};

double bare_rate(const std::vector<ports::Batch>& batches) {
    const Place place;
    {
        auto store = open_store(options_at(place, 1));
        VAULT_CHECK(store->load(ShardId{1}), "load");
        send(*store, {batches.front()});
    }
    std::vector<std::vector<std::string>> amounts;
    for (const auto& batch : batches) {
        amounts.emplace_back();
        for (const auto& row : batch.balances)
            amounts.back().push_back(row.amount.text());
    }
    Bare bare{place.path()};
    std::size_t entries = 0;
    const auto start = SystemClock{}.steady();
    for (std::size_t i = 1; i < batches.size(); ++i) {
        bare.write(batches[i], amounts[i]);
        entries += batches[i].entries.size();
    }
    return static_cast<double>(entries) / seconds_since(start);
}

void commits(bench::Figures& figures, std::uint32_t entries, int count, double goal) {
    Maker maker;
    std::vector<ports::Batch> batches{maker.open()};
    for (int i = 0; i < count; ++i)
        batches.push_back(maker.next(entries));
    std::vector<double> ours, bare, grouped, ratios;
    for (int round = 0; round < kRounds; ++round) {
        bare.push_back(bare_rate(batches));
        ours.push_back(store_rate(batches, 1));
        ratios.push_back(ours.back() / bare.back());
        grouped.push_back(store_rate(batches, 64));
    }
    const double ratio = median(ratios);
    figures.add({fmt::format("store_entries_{}_per_commit", entries),
                 median(ours),
                 "entries/s",
                 median(bare),
                 ratio,
                 fmt::format(">= {:.2f} of the bare loop", goal),
                 ratio >= goal,
                 kRounds,
                 {},
                 {}});
    figures.add({fmt::format("store_entries_{}_per_batch_group_commit", entries),
                 median(grouped),
                 "entries/s",
                 median(bare),
                 median(grouped) / median(bare),
                 "",
                 {},
                 kRounds,
                 {},
                 {}});
}

void big_store(bench::Figures& figures, std::uint64_t entries) {
    const Place place;
    const auto options = options_at(place, 64);
    Maker maker;
    {
        auto store = open_store(options);
        VAULT_CHECK(store->load(ShardId{1}), "load");
        send(*store, {maker.open()});
        for (std::uint64_t done = 0; done < entries; done += 1'000)
            send(*store, {maker.next(1'000)});
    }
    std::vector<double> starts, rates;
    for (int round = 0; round < 3; ++round) {
        const auto start = SystemClock{}.steady();
        auto store = open_store(options);
        VAULT_CHECK(store->load(ShardId{1}), "load");
        starts.push_back(seconds_since(start));
    }
    for (int round = 0; round < 3; ++round) {
        const auto start = SystemClock{}.steady();
        const auto report = verify(options.path, std::nullopt, {});
        VAULT_CHECK(report && report.value().ok && report.value().entries == entries, "verify");
        rates.push_back(static_cast<double>(entries) / seconds_since(start));
    }
    figures.add({fmt::format("store_start_at_{}_entries", entries),
                 median(starts),
                 "s",
                 {},
                 {},
                 "<= 1 s at 10^6 entries",
                 median(starts) <= 1.0,
                 3,
                 {},
                 {}});
    figures.add({"store_full_check",
                 median(rates),
                 "entries/s",
                 {},
                 {},
                 ">= 500000 entries/s",
                 median(rates) >= 500'000,
                 3,
                 {},
                 {}});
}

}  // namespace
}  // namespace vault::store

int main(int argc, char** argv) {
    vault::bench::Figures figures{argc, argv};
    const bool given = argc > 1 && std::string_view{argv[1]} != "--json";
    const std::uint64_t entries = given ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    vault::store::commits(figures, 100, 500, 0.70);
    vault::store::commits(figures, 1, 2'000, 0.80);
    vault::store::big_store(figures, entries / 1'000 * 1'000);
    return figures.exit_code();
}
