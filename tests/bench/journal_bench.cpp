// A journal of a million entries, made by the engine itself: ten vaults that trade all the time on
// the synthetic market, with the orders, fills, decisions and cycles that belong to them. On that
// state directory: how long the real vaultd takes from exec to its first answer, after a clean stop
// and after kill -9; and how fast the full check proves the file (what the daemon runs in the
// background after each start), by the clock and per core. Baselines: the start on an empty
// directory; a plain scan of the journal by SQLite, the least that any check must do.
// Arguments: [entries] [--json].
#include "daemon/store/sqlite/verify.hpp"
#include "tests/bench/daemon_process.hpp"
#include "tests/bench/engine_host.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/figures.hpp"

#include <sqlite3.h>

#include <cstdlib>
#include <thread>

namespace vault::bench {
namespace {

namespace cmd = ports::cmd;
constexpr std::uint32_t kVaults = 10;
constexpr int kStarts = 5;
constexpr int kChecks = 5;

// Buys at once and sells as soon as the price falls: a cycle every few ticks. The venue's fee is so
// small that the money lasts.
constexpr exchange::SimSettings kCheapVenue{.fee_rate = Decimal::from_raw(Decimal::kOne / 100'000),
                                            .slippage = {}};
const std::map<std::string, std::string> kRestless{
    {"preset", "flash"},   {"fee_rate", "0"},
    {"spike", "0.9"},      {"spike_needs_trend", "false"},
    {"hold_uptrend", "2"}, {"trail_arm", "-0.5"},
    {"trail_reset", "-1"}, {"buy_check", "1s"},
    {"sell_check", "1s"}};

std::uint64_t build(const std::filesystem::path& state, std::uint64_t entries) {
    EngineHost host{state, kCheapVenue};
    for (std::uint32_t i = 1; i <= kVaults; ++i) {
        host.add_vault();
        for (const SleeveKind kind : kSleeveKinds)
            host.apply(cmd::SetSleeve{VaultId{i}, kind, kRestless});
        host.apply(cmd::ReplayStart{.account = AccountId{i},
                                    .source = "synthetic",
                                    .pair = {},
                                    .interval = {},
                                    .close_path = false,
                                    .seed = i,
                                    .speed = {},
                                    .from = {},
                                    .to = {}});
        host.apply(cmd::ReplayRun{AccountId{i}, std::nullopt});
    }
    while (host.shard().world().entries() < entries) {
        VAULT_CHECK(host.shard().run_replays(now() + std::chrono::milliseconds{20}),
                    "the year is long enough");
        host.commit();
    }
    host.settle();
    return host.shard().world().entries();
}

double start_of(DaemonProcess& daemon, bool killed) {
    std::vector<double> seconds;
    for (int i = 0; i < kStarts; ++i) {
        seconds.push_back(daemon.start());
        // The background check must not take the core from the next start.
        killed ? daemon.kill() : daemon.stop();
    }
    return median(seconds);
}

double scan_rate(const std::string& path) {
    sqlite3* db = nullptr;
    sqlite3_stmt* rows = nullptr;
    VAULT_CHECK(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK &&
                    sqlite3_prepare_v2(db,
                                       "SELECT id, tx, kind, cause, mode, at, actor, postings, "
                                       "prev_hash, hash FROM entry ORDER BY id",
                                       -1, &rows, nullptr) == SQLITE_OK,
                "the journal can be read");
    std::uint64_t count = 0, bytes = 0;
    const double start = cpu_seconds();
    for (; sqlite3_step(rows) == SQLITE_ROW; ++count)
        for (int column = 0; column < 10; ++column)
            bytes += static_cast<std::uint64_t>(sqlite3_column_bytes(rows, column));
    const double rate = static_cast<double>(count) / (cpu_seconds() - start);
    VAULT_CHECK(bytes > count, "entries have text");
    sqlite3_finalize(rows);
    sqlite3_close(db);
    return rate;
}

void starts(Figures& figures, const std::filesystem::path& state, std::uint64_t entries) {
    const WorkFolder nothing;
    DaemonProcess empty{nothing.path()};
    empty.start();
    empty.stop();
    const double floor = start_of(empty, false);
    DaemonProcess daemon{state};
    for (const bool killed : {false, true}) {
        const double seconds = start_of(daemon, killed);
        figures.add({.name = fmt::format("journal_start_{}_entries{}", entries,
                                         killed ? "_after_kill" : ""),
                     .value = seconds,
                     .unit = "s",
                     .baseline = floor,
                     .ratio = seconds / floor,
                     .goal = "<= 1 s",
                     .met = seconds <= 1,
                     .runs = kStarts});
    }
}

void checks(Figures& figures, const std::string& path, std::uint64_t entries) {
    std::vector<double> by_clock, by_core, scans, ratios;
    for (int i = 0; i < kChecks; ++i) {
        scans.push_back(scan_rate(path));
        const SteadyTime start = now();
        const double cpu = cpu_seconds();
        const auto report = store::verify(path, std::nullopt, {});
        const double used = cpu_seconds() - cpu;
        VAULT_CHECK(report && report.value().ok && report.value().entries == entries,
                    "the journal is right");
        by_clock.push_back(static_cast<double>(entries) / seconds_since(start));
        by_core.push_back(static_cast<double>(entries) / used);
        ratios.push_back(by_core.back() / scans.back());
    }
    figures.add({.name = "journal_full_check",
                 .value = median(by_clock),
                 .unit = "entries/s",
                 .goal = ">= 500000/s",
                 .met = median(by_clock) >= 500'000,
                 .runs = kChecks});
    figures.add({.name = "journal_full_check_per_core",
                 .value = median(by_core),
                 .unit = "entries/s",
                 .baseline = median(scans),
                 .ratio = median(ratios),
                 .runs = kChecks});
}

void run(Figures& figures, std::uint64_t wanted) {
    const WorkFolder work;
    const SteadyTime start = now();
    const std::uint64_t entries = build(work.path(), wanted);
    figures.add({.name = "journal_engine_and_store",
                 .value = static_cast<double>(entries) / seconds_since(start),
                 .unit = "entries/s",
                 .runs = 1});
    checks(figures, (work.path() / "vault.db").string(), entries);
    starts(figures, work.path(), entries);
}

}  // namespace
}  // namespace vault::bench

int main(int argc, char** argv) {
    vault::bench::Figures figures{argc, argv};
    const bool given = argc > 1 && std::string_view{argv[1]} != "--json";
    vault::bench::run(figures, given ? std::strtoull(argv[1], nullptr, 10) : 1'000'000);
    return figures.exit_code();
}
