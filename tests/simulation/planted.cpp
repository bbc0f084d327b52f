#include "tests/simulation/planted.hpp"

#include "daemon/engine/planted_bug.hpp"
#include "daemon/ledger/planted_bug.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::simulation {
namespace {

using EngineBug = engine::PlantedBug;
using LedgerBug = ledger::PlantedBug;

constexpr std::array kEngineBugs{
    std::pair{"reply-before-durable", EngineBug::ReplyBeforeDurable},
    std::pair{"hold-lost-on-reload", EngineBug::HoldLostOnReload},
    std::pair{"failure-says-nothing", EngineBug::FailureSaysNothingDone},
    std::pair{"stale-report-believed", EngineBug::StaleReportBelieved},
    std::pair{"repeat-forgotten", EngineBug::RepeatForgottenOnLoad},
    std::pair{"order-number-reused", EngineBug::OrderNumberReused},
    std::pair{"lost-events-told", EngineBug::LostEventsTold},
    std::pair{"tracker-not-loaded", EngineBug::TrackerLostOnLoad},
    std::pair{"hold-not-loaded", EngineBug::HaltForgottenOnLoad}};
// Of the ledger's, those that a paper account with one market at a time can reach.
constexpr std::array kLedgerBugs{std::pair{"lock-not-returned", LedgerBug::LockNotReturned},
                                 std::pair{"sweep-twice", LedgerBug::SweepTwice},
                                 std::pair{"sweeps-principal", LedgerBug::SweepsPrincipal},
                                 std::pair{"quiet-sweeps", LedgerBug::QuietSweepsOnClose}};

}  // namespace

std::vector<std::string> planted_names() {
    std::vector<std::string> names;
    for (const auto& [name, bug] : kEngineBugs)
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
    for (const auto& [known, bug] : kEngineBugs)
        if (name == known) engine::planted_bug = bug;
    for (const auto& [known, bug] : kLedgerBugs)
        if (name == known) ledger::planted_bug = bug;
}

Planted::~Planted() {
    engine::planted_bug = EngineBug::None;
    ledger::planted_bug = LedgerBug::None;
}

}  // namespace vault::simulation
