#include "tests/simulation/planted.hpp"

#include "daemon/engine/loop_bug.hpp"
#include "daemon/ledger/planted_bug.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::simulation {
namespace {

using engine::LoopBug;
using ledger::PlantedBug;

constexpr std::array kLoopBugs{std::pair{"reply-before-durable", LoopBug::ReplyBeforeDurable},
                               std::pair{"hold-lost-on-reload", LoopBug::HoldLostOnReload},
                               std::pair{"failure-says-nothing", LoopBug::FailureSaysNothingDone},
                               std::pair{"stale-report-believed", LoopBug::StaleReportBelieved},
                               std::pair{"repeat-forgotten", LoopBug::RepeatForgottenOnLoad},
                               std::pair{"order-number-reused", LoopBug::OrderNumberReused},
                               std::pair{"tracker-not-loaded", LoopBug::TrackerNotLoaded},
                               std::pair{"hold-not-loaded", LoopBug::HoldNotLoaded}};
// Of the ledger's, those that a paper account with one market at a time can reach.
constexpr std::array kLedgerBugs{std::pair{"lock-not-returned", PlantedBug::LockNotReturned},
                                 std::pair{"sweep-twice", PlantedBug::SweepTwice},
                                 std::pair{"sweeps-principal", PlantedBug::SweepsPrincipal},
                                 std::pair{"quiet-sweeps", PlantedBug::QuietSweepsOnClose}};

}  // namespace

std::vector<std::string> planted_names() {
    std::vector<std::string> names;
    for (const auto& [name, bug] : kLoopBugs)
        names.emplace_back(name);
    for (const auto& [name, bug] : kLedgerBugs)
        names.emplace_back(name);
    return names;
}

Result<void> Planted::check(std::string_view name) {
    if (name.empty()) return success();
    for (const std::string& known : planted_names())
        if (known == name) return success();
    return Error{Errc::InvalidParams, fmt::format("'{}' is no bug that can be planted", name),
                 "plant", fmt::format("use one of: {}", fmt::join(planted_names(), " "))};
}

Planted::Planted(std::string_view name) {
    for (const auto& [known, bug] : kLoopBugs)
        if (name == known) engine::loop_bug = bug;
    for (const auto& [known, bug] : kLedgerBugs)
        if (name == known) ledger::planted_bug = bug;
}

Planted::~Planted() {
    engine::loop_bug = LoopBug::None;
    ledger::planted_bug = PlantedBug::None;
}

}  // namespace vault::simulation
