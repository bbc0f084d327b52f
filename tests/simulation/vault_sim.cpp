// vault_sim: seeded simulations of the whole engine, for ./dev sim. Prints the seeds that failed
// with the command that repeats each, and a table; --json adds the figures as JSON lines on stdout.
#include "tests/simulation/campaign.hpp"
#include "tests/simulation/planted.hpp"
#include "tests/support/command_line.hpp"
#include "tests/support/figures.hpp"

#include <boost/program_options.hpp>

#include <chrono>
#include <iostream>

namespace vault::simulation {
namespace {

namespace po = boost::program_options;
using Wall = std::chrono::steady_clock;

struct Arguments {
    std::uint64_t runs = 0, first = 1;
    std::optional<std::uint64_t> seed;
    std::uint32_t days = 1, vaults = 20, seconds = 40;
    std::string faults = "all", plant;
    bool json = false, help = false;
};

po::options_description described(Arguments& a) {
    po::options_description options{
        "vault_sim: seeded simulations of the engine with faults; ends 1 if a seed fails"};
    auto add = options.add_options();
    add("runs", po::value(&a.runs), "how many seeds; default: as many as --seconds allow");
    add("seconds", po::value(&a.seconds), "begin no further seed after that long; default 40");
    add("first", po::value(&a.first), "the first seed; default 1");
    add("seed", po::value<std::uint64_t>()->notifier([&a](std::uint64_t seed) { a.seed = seed; }),
        "this seed alone");
    add("days", po::value(&a.days), "market days with faults per run, one without is added");
    add("vaults", po::value(&a.vaults), "vaults per run; default 20");
    add("faults", po::value(&a.faults),
        "all, none, or a list of fail unknown slow outage crash restart fence disk; "
        "each run draws some of them");
    add("plant", po::value(&a.plant), "plant a known bug; a wrong name lists them");
    add("json", po::bool_switch(&a.json), "figures as JSON lines on stdout");
    add("help", po::bool_switch(&a.help), "this text");
    return options;
}

Result<Arguments> parse(int argc, char** argv) {
    Arguments out;
    const po::options_description options = described(out);
    VAULT_TRYV(test::read_command_line(options, argc, argv));
    if (out.help) std::cout << options;
    if (out.vaults < 1 || out.vaults > 1'000 || out.days < 1 || out.days > 300)
        return Error{Errc::Usage, "--vaults takes 1 to 1000, --days 1 to 300"};
    VAULT_TRYV(Planted::check(out.plant));
    return out;
}

std::string repeat_command(const Arguments& a, std::uint64_t seed) {
    std::string text = fmt::format("./dev sim --seed {} --days {} --vaults {} --faults {}", seed,
                                   a.days, a.vaults, a.faults);
    if (!a.plant.empty()) text += " --plant " + a.plant;
    return text;
}

void tell_failure(const Arguments& a, std::uint64_t seed,
                  const std::vector<std::string>& complaints) {
    fmt::print(stderr, "seed {} failed; again: {}\n", seed, repeat_command(a, seed));
    for (const std::string& complaint : complaints)
        fmt::print(stderr, "   {}\n", complaint.substr(0, 2'000));
}

void tell(const Arguments& a, const Totals& t, double seconds, int argc, char** argv) {
    bench::Figures figures{argc, argv};
    const auto count = [&](const char* name, std::uint64_t value, const char* unit) {
        bench::Figure figure;
        figure.name = name;
        figure.value = static_cast<double>(value);
        figure.unit = unit;
        figure.runs = t.runs;
        figure.failures = t.failures;
        figure.seed = a.seed.value_or(a.first);
        figures.add(figure);
    };
    bench::Figure failed;
    failed.name = "sim.failures";
    failed.value = static_cast<double>(t.failures);
    failed.unit = "seeds";
    failed.goal = "0";
    failed.met = t.failures == 0;
    failed.runs = t.runs;
    failed.failures = t.failures;
    failed.seed = a.seed.value_or(a.first);
    figures.add(failed);
    count("sim.runs", t.runs, "seeds");
    count("sim.lockstep_pairs", t.lockstep, "seeds");
    count("sim.runs_repeated", t.repeated, "seeds");
    count("sim.days", t.days, "days");
    const auto rate = [&](std::uint64_t value) {
        return seconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(value) / seconds) : 0;
    };
    count("sim.vault_days_per_second", rate(t.vault_days), "vault-days/s");
    count("sim.commands", t.commands, "calls");
    count("sim.acknowledged", t.acknowledged, "calls");
    count("sim.orders", t.orders, "orders");
    count("sim.fills", t.fills, "fills");
    count("sim.entries", t.entries, "entries");
    count("sim.corrections", t.corrections, "entries");
    count("sim.crashes", t.crashes, "kills");
    count("sim.restarts", t.restarts, "drains");
    count("sim.reloads", t.reloads, "reloads");
    count("sim.fenced", t.fenced, "takeovers");
    count("sim.store_faults", t.store_faults, "commits");
    count("sim.turns", t.turns, "turns");
}

int run(const Arguments& a, int argc, char** argv) {
    const auto faults = parse_faults(a.faults);
    if (!faults) {
        fmt::print(stderr, "vault_sim: {}; {}\n", faults.error().message(), faults.error().hint());
        return 64;
    }
    const Planted planted{a.plant};
    const auto begin = Wall::now();
    const auto elapsed = [&] { return std::chrono::duration<double>(Wall::now() - begin).count(); };
    Totals totals;
    std::uint64_t seed = a.seed.value_or(a.first);
    const std::uint64_t runs = a.seed ? 1 : a.runs;
    while (runs > 0 ? totals.runs < runs : elapsed() < a.seconds) {
        const auto complaints = live({seed, a.days, a.vaults, faults.value()}, totals);
        if (!complaints.empty()) tell_failure(a, seed, complaints);
        ++seed;
    }
    tell(a, totals, elapsed(), argc, argv);
    if (!a.seed) fmt::print(stderr, "go on with: ./dev sim --first {}\n", seed);
    return totals.failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace vault::simulation

int main(int argc, char** argv) {
    const auto arguments = vault::simulation::parse(argc, argv);
    if (!arguments) {
        fmt::print(stderr, "vault_sim: {}\n{}\n", arguments.error().message(),
                   arguments.error().hint());
        return 64;
    }
    if (arguments.value().help) return 0;
    return vault::simulation::run(arguments.value(), argc, argv);
}
