// A year of prices for six sleeves (three vaults of three users) through the real vaultd at full
// speed: its socket, engine, journal and database. The synthetic market, and real minutes where the
// shared data is there. Baseline: the same six sleeves on the same prices by the tests' bare
// backtest, which has strategy, window and venue but no journal, no database and no process.
// Argument: none [--json].
#include "daemon/app/feeds.hpp"
#include "daemon/config/config.hpp"
#include "tests/bench/daemon_process.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/backtest.hpp"
#include "tests/support/figures.hpp"
#include "tests/support/shared_data.hpp"

#include <memory>
#include <thread>

namespace vault::bench {
namespace {

constexpr std::size_t kVaults = 3;
constexpr int kRounds = 3;

struct Year {
    std::string name;    // of the figure
    std::string source;  // what `replay start` takes
    std::string from, to;
};

struct Run {
    double seconds = 0;  // by the clock
    double cpu = 0;
    std::int64_t entries = 0;
};

std::string name(const char* prefix, std::size_t i) {
    return fmt::format("{}{}", prefix, i);
}

// Each user's own: a vault and who runs it.
std::vector<std::unique_ptr<Caller>> set_up(DaemonProcess& daemon, const Year& year) {
    std::vector<std::unique_ptr<Caller>> users;
    for (std::size_t i = 1; i <= kVaults; ++i) {
        const std::string vault = name("v", i);
        users.push_back(std::make_unique<Caller>(daemon.socket(), daemon.sign_in(name("user", i))));
        Caller& caller = *users.back();
        caller.call("account.add", {{"exchange", "paper"}});
        caller.call("replay.start", {{"file", year.source},
                                     {"account", name("a", i)},
                                     {"from", year.from},
                                     {"to", year.to}});
        caller.call("vault.create",
                    {{"account", name("a", i)}, {"asset", "USDT"}, {"balance", "5000"}});
        caller.call("vault.pairs", {{"vault", vault}, {"add", json::array{"ETH/USDT"}}});
        caller.call("vault.set_tradeable", {{"vault", vault}, {"amount", "4000"}});
        caller.call("vault.allocate", {{"vault", vault}, {"quiet", "1000"}, {"flash", "1000"}});
    }
    return users;
}

bool all_finished(Caller& caller) {
    const json::value replays = caller.call("replay.status", {});
    for (const json::value& one : replays.as_array())
        if (one.at("state").as_string() != "finished") return false;
    return true;
}

Run through_daemon(const Year& year) {
    const WorkFolder work;
    DaemonProcess daemon{work.path()};
    daemon.start();
    const auto users = set_up(daemon, year);
    Caller caller{daemon.socket(), daemon.sign_in()};  // an admin sees everybody's
    const double cpu = daemon.cpu_seconds();
    const SteadyTime start = now();
    for (std::size_t i = 1; i <= kVaults; ++i)
        users[i - 1]->call("replay.run", {{"account", name("a", i)}});
    while (!all_finished(caller))
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    Run run{seconds_since(start), daemon.cpu_seconds() - cpu, 0};
    const json::value status = caller.call("status", {});
    run.entries = status.at("entries").to_number<std::int64_t>();
    daemon.stop();
    return run;
}

double bare(const Year& year) {
    const WorkFolder work;
    const config::Config config = config::defaults();
    const Pair pair = Pair::parse("ETH/USDT").value();
    app::Feeds feeds{app::CandleFiles{work.path() / "candles", {pair}}, config.paper.pairs};
    testing::BacktestSettings settings;
    for (const PairRules& rules : config.paper.pairs)
        if (rules.pair == pair) settings.rules = rules;
    settings.cash = Decimal::from_int(1'000);
    ports::FeedSource source;
    source.name = year.source;
    source.interval = Duration{0};
    source.from = parse_utc(year.from).value();
    source.to = parse_utc(year.to).value();
    feeds.open(source).value();  // imports a file
    const double start = cpu_seconds();
    for (std::size_t i = 0; i < kVaults; ++i) {
        for (const bool flash : {false, true}) {
            settings.flash = flash;
            settings.params = flash ? strategy::flash_preset() : strategy::quiet_preset();
            auto opened = feeds.open(source);
            VAULT_CHECK(opened.has_value(), "the source can be opened again");
            testing::run_backtest(settings, *opened.value().feed);
        }
    }
    return cpu_seconds() - start;
}

void measure(Figures& figures, const Year& year) {
    std::vector<double> seconds, cpu, floor, ratios;
    std::int64_t entries = 0;
    for (int i = 0; i < kRounds; ++i) {
        const Run run = through_daemon(year);
        entries = run.entries;
        seconds.push_back(run.seconds);
        cpu.push_back(run.cpu);
        floor.push_back(bare(year));
        ratios.push_back(cpu.back() / floor.back());
    }
    fmt::print(stderr, "{}: {} journal entries\n", year.name, entries);
    figures.add({.name = year.name, .value = median(seconds), .unit = "s", .runs = kRounds});
    figures.add({.name = year.name + "_cpu",
                 .value = median(cpu),
                 .unit = "s",
                 .baseline = median(floor),
                 .ratio = median(ratios),
                 .runs = kRounds});
}

}  // namespace
}  // namespace vault::bench

int main(int argc, char** argv) {
    vault::bench::Figures figures{argc, argv};
    vault::bench::measure(
        figures, {"replay_year_6_sleeves_synthetic", "synthetic", "2024-01-01", "2024-12-31"});
    const auto real = vault::testing::shared_file("data/dev/binance_ETHUSDT_1m.csv.gz");
    if (std::filesystem::exists(real))
        vault::bench::measure(
            figures, {"replay_year_6_sleeves_real", std::filesystem::canonical(real).string(),
                      "2021-04-02", "2022-04-02"});
    else
        std::fprintf(stderr, "no shared candles: the real year is left out\n");
    return figures.exit_code();
}
