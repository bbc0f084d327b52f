// What scripts cost: 1,000 sleeves on one process of the Python example (all shown every tick, up
// to the protocol's window ahead of its answers), one sleeve (each tick waits for the answer to the
// one before), a script of a few lines, which is what protocol and pipes cost without the rules,
// and 1,000 sleeves in the engine, whose replays wait for each answer and book what it leads to. In
// the real sandbox, as nobody if started by root. Arguments: [--json].
#include "daemon/app/script_check.hpp"
#include "daemon/exchange/paper/synthetic_feed.hpp"
#include "tests/bench/engine_scripts.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/figures.hpp"
#include "tests/support/shared_data.hpp"

#include <fstream>
#include <grp.h>
#include <iterator>
#include <unistd.h>

namespace vault::bench {
namespace {

using vault::literals::operator""_dec;

constexpr const char* kBare = R"(import json, sys
print('{"type":"hello","protocol":1}', flush=True)
sys.stdin.readline()
for line in sys.stdin:
    seq = json.loads(line)["seq"]
    print('{"type":"decision","seq":%d,"action":"hold","reason":"none"}' % seq, flush=True)
)";

app::ScriptCheckSettings settings_for(const std::string& folder, std::vector<std::string> command,
                                      std::uint32_t sleeves, std::uint64_t ticks) {
    app::ScriptCheckSettings settings;
    settings.spec.name = "bench";
    settings.spec.folder = folder;
    settings.spec.command = std::move(command);
    settings.spec.limits.start = settings.spec.limits.decision = std::chrono::seconds{60};
    settings.spec.backoff.failures = 1;
    settings.sleeves = sleeves;
    settings.ticks = ticks;
    settings.sleeve.params = strategy::flash_preset();
    for (const strategy::KeyInfo& key : strategy::cycle_keys())
        settings.sleeve.texts.emplace_back(key.name,
                                           strategy::get(settings.sleeve.params, key.name).value());
    settings.sleeve.rules = {Pair::parse("ETH/USDT").value(), "0.01"_dec, "0.0001"_dec, "10"_dec,
                             "0.0001"_dec};
    settings.sleeve.cash = Decimal::from_int(1000);
    return settings;
}

void measure(Figures& figures, const std::string& name, const app::ScriptCheckSettings& settings) {
    exchange::SyntheticSettings market;
    market.pair = settings.sleeve.rules.pair;
    auto feed = exchange::SyntheticFeed::create(market).value();
    const SystemClock clock;
    const auto checked = app::check_script(settings, feed, clock);
    VAULT_CHECK(checked.has_value(), "the script can be started");
    const app::ScriptReport& report = checked.value();
    for (const auto& [fault, faults] : report.faults)
        fmt::print(stderr, "{}: {}: {}\n", name, fault, faults.first);
    if (report.latencies_us.empty()) return;
    const std::vector<double> latencies(report.latencies_us.begin(), report.latencies_us.end());
    std::uint64_t failures = 0;
    for (const auto& [fault, faults] : report.faults)
        failures += faults.count;
    const auto add = [&](const std::string& what, double value, const char* unit) {
        figures.add({.name = name + ": " + what,
                     .value = value,
                     .unit = unit,
                     .runs = report.decisions,
                     .failures = failures});
    };
    add("decisions", static_cast<double>(report.decisions) / report.seconds, "1/s");
    add("latency p50", percentile(latencies, 50) / 1000, "ms");
    add("latency p99", percentile(latencies, 99) / 1000, "ms");
}

void measure_engine(Figures& figures, const std::filesystem::path& scripts) {
    const EngineScripts report = run_engine_scripts(scripts, 500, 30);
    const auto add = [&](const std::string& what, double value, const char* unit) {
        figures.add({.name = "1,000 sleeves in the engine: " + what,
                     .value = value,
                     .unit = unit,
                     .runs = report.decisions,
                     .failures = report.failures});
    };
    add("decisions", static_cast<double>(report.decisions) / report.seconds, "1/s");
    add("latency p50", percentile(report.latencies_us, 50) / 1000, "ms");
    add("latency p99", percentile(report.latencies_us, 99) / 1000, "ms");
}

void leave_root() {
    if (::geteuid() != 0) return;
    VAULT_CHECK(::setgroups(0, nullptr) == 0 && ::setresgid(65534, 65534, 65534) == 0 &&
                    ::setresuid(65534, 65534, 65534) == 0,
                "root becomes nobody");
}

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string put(const testing::TemporaryDirectory& folder, const char* name,
                const std::string& text) {
    const std::string path = (folder.path() / name).string();
    std::ofstream(path) << text;
    return path;
}

int run(int argc, char** argv) {
    Figures figures(argc, argv);
    const std::string rules =
        text_of(std::filesystem::path{VAULT_SOURCE_DIR} / "daemon/runner/examples/cycle.py");
    leave_root();
    const testing::TemporaryDirectory folder;
    const std::string cycle_file = put(folder, "cycle.py", rules);
    const std::string bare_file = put(folder, "bare.py", kBare);
    const std::string path = folder.path().string();
    const std::vector<std::string> cycle{"python3", cycle_file};
    measure(figures, "1,000 sleeves", settings_for(path, cycle, 1000, 300));
    measure(figures, "one sleeve", settings_for(path, cycle, 1, 20'000));
    measure(figures, "one sleeve, no rules", settings_for(path, {"python3", bare_file}, 1, 20'000));
    std::filesystem::create_directory(folder.path() / "user");
    std::filesystem::copy(cycle_file, folder.path() / "user" / "cycle.py");
    measure_engine(figures, folder.path());
    return figures.exit_code();
}

}  // namespace
}  // namespace vault::bench

int main(int argc, char** argv) {
    return vault::bench::run(argc, argv);
}
