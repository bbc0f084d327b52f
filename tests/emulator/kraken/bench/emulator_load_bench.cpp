// The exchange emulator under load: the real program on one core, its clients on the other. So many
// accounts listen on a private socket each and send orders over their sockets and over REST, a part
// of which meet one another; every message that comes back is held against the truth log. Kraken's
// limits are in force: there are enough accounts.
#include "tests/bench/measure.hpp"
#include "tests/emulator/kraken/bench/load.hpp"
#include "tests/support/command_line.hpp"
#include "tests/support/figures.hpp"

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include <iostream>

namespace vault::emulator_load {
namespace {

namespace po = boost::program_options;

struct Arguments {
    double seconds = 10;
    LoadShape shape;
    bool any_pace = false, json = false, help = false;
};

po::options_description described(Arguments& a) {
    po::options_description options{"emulator_load_bench: the exchange emulator under load"};
    auto add = options.add_options();
    add("seconds", po::value(&a.seconds), "of orders; default 10");
    add("rate", po::value(&a.shape.per_second), "orders a second; default 5000");
    add("sockets", po::value(&a.shape.sockets), "private sockets, each an account; default 200");
    add("seed", po::value(&a.shape.seed), "of the orders and the market; default 1");
    add("any-pace", po::bool_switch(&a.any_pace), "counts decide, the machine's speed does not");
    add("json", po::bool_switch(&a.json), "last: figures as JSON lines, too");
    add("help", po::bool_switch(&a.help), "this text");
    return options;
}

void add_pace(bench::Figures& figures, const LoadCount& count, const Arguments& a) {
    const double reached = static_cast<double>(count.ack_seconds.size()) / count.seconds;
    bench::Figure pace{.name = "emulator_orders",
                       .value = reached,
                       .unit = "orders/s",
                       .runs = count.orders,
                       .seed = a.shape.seed};
    bench::Figure core{.name = "emulator_core",
                       .value = 100 * count.emulator_cpu / count.seconds,
                       .unit = "% of a core",
                       .runs = count.orders};
    if (!a.any_pace) {
        // The last answer comes after the last second.
        pace.goal = fmt::format(">= {:.0f}/s on one core", a.shape.per_second);
        pace.met = reached >= 0.995 * a.shape.per_second;
    }
    figures.add(pace);
    figures.add(core);
    for (const std::size_t percent : {50U, 99U})
        figures.add({.name = fmt::format("emulator_order_ack_p{}", percent),
                     .value = bench::percentile(count.ack_seconds, percent) * 1e3,
                     .unit = "ms",
                     .runs = count.ack_seconds.size()});
}

void add_count(bench::Figures& figures, const std::string& name, std::uint64_t value,
               std::uint64_t runs) {
    figures.add({.name = name,
                 .value = static_cast<double>(value),
                 .unit = "messages",
                 .goal = "none",
                 .met = value == 0,
                 .runs = runs});
}

void add_counts(bench::Figures& figures, const LoadCount& count, const Difference& difference) {
    const std::uint64_t asked = count.orders + count.cancels;
    const std::uint64_t unanswered = asked - count.acknowledged - count.refused;
    figures.add({.name = "emulator_requests", .value = static_cast<double>(asked), .unit = "sent"});
    figures.add({.name = "emulator_messages",
                 .value = static_cast<double>(count.received),
                 .unit = "received",
                 .runs = difference.steps});
    add_count(figures, "emulator_refused", count.refused, asked);
    add_count(figures, "emulator_missing", unanswered + count.unseen + difference.missing,
              asked + difference.steps);
    add_count(figures, "emulator_doubled", count.unasked + difference.extra,
              asked + difference.steps);
    add_count(figures, "emulator_wrong", difference.wrong, difference.steps);
    add_count(figures, "emulator_gaps", count.gaps, difference.steps);
}

std::map<std::string, std::string, std::less<>> symbols() {
    std::map<std::string, std::string, std::less<>> out;
    const auto instruments = kraken_emulator::Instruments::usual();
    for (const auto& pair : instruments.pairs())
        out.emplace(pair.key, pair.symbol);
    return out;
}

int measured(bench::Figures& figures, const Arguments& a) {
    const bench::WorkFolder work;
    EmulatorProcess emulator{work.path() / "truth.jsonl", a.shape.seed};
    run_on_core(EmulatorProcess::kCore + 1);
    Load load{emulator, a.shape};
    load.run();
    const LoadCount& count = load.count();
    const double resident = emulator.resident_mib();
    emulator.stop();
    const Story truth = read_truth(emulator.truth(), Load::kPrefix, symbols());
    const Difference difference = truth.compare(load.told());
    if (count.ack_seconds.size() == count.orders) add_pace(figures, count, a);
    add_counts(figures, count, difference);
    // A load without fills would prove little.
    figures.add({.name = "emulator_fills",
                 .value = static_cast<double>(truth.fills()),
                 .unit = "sides",
                 .goal = "some",
                 .met = truth.fills() > 0});
    figures.add({.name = "emulator_resident", .value = resident, .unit = "MiB"});
    if (!count.first_refusal.empty())
        fmt::print(stderr, "the first refusal: {}\n", count.first_refusal);
    if (!difference.first.empty())
        fmt::print(stderr, "the first difference: {}\n", difference.first);
    return figures.exit_code();
}

int main_of(int argc, char** argv) {
    Arguments arguments;
    const po::options_description options = described(arguments);
    const Result<void> read = test::read_command_line(options, argc, argv);
    const bool sane = arguments.seconds > 0 && arguments.seconds <= 3'600 &&
                      arguments.shape.per_second > 0 && arguments.shape.per_second <= 1e6 &&
                      arguments.shape.sockets > 0 && arguments.shape.sockets <= 1'000;
    if (!read || !sane) {
        fmt::print(stderr, "emulator_load_bench: {}\n",
                   read ? "seconds, rate or sockets are out of range" : read.error().message());
        return 64;
    }
    if (arguments.help) {
        std::cout << options;
        return 0;
    }
    arguments.shape.orders =
        static_cast<std::size_t>(arguments.seconds * arguments.shape.per_second);
    bench::Figures figures{argc, argv};
    return measured(figures, arguments);
}

}  // namespace
}  // namespace vault::emulator_load

int main(int argc, char** argv) {
    return vault::emulator_load::main_of(argc, argv);
}
