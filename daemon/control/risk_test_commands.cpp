// Risk caps on the history that is stored: when they would have tripped.
#include "daemon/control/level_marks.hpp"
#include "daemon/control/row_list.hpp"
#include "daemon/report/risk_test.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

// There is a history since then.
Result<void> check_since(const report::LevelMark& level, UtcTime since) {
    UtcTime newest;
    for (const report::LevelVault& vault : level.vaults)
        newest = std::max(newest, vault.mark.now);
    if (level.vaults.empty() || since <= newest) return success();
    if (newest == UtcTime{})
        return Error(Errc::InvalidParams, "no price came yet: there is no history to test on",
                     "since", "on paper a replay brings prices: vaultctl replay run");
    return Error(Errc::InvalidParams,
                 fmt::format("{} is later than the newest price, of {}", format_utc(since),
                             format_utc(newest)),
                 "since", "give an earlier --since");
}

Handled test(Services& services, const Call& call) {
    const Result<cmd::Target> target = caps_target(call);
    if (!target) co_return target.error();
    auto pending =
        ask(services, call, cmd::MarkLevel{target.value(), call.params.map("set")}, &render_view);
    const Result<Answer> marked = co_await std::move(pending);
    if (!marked) co_return marked.error();
    const UtcTime since = *call.params.time("since");
    report::LevelMark level = read_level(marked.value().data_json);
    const Result<void> sound = check_since(level, since);
    if (!sound) co_return sound.error();
    report::RiskTest test(std::move(level), since);
    auto reading = read_pages(services, call, test);
    const Result<void> read = co_await std::move(reading);
    if (!read) co_return read.error();
    Answer answer = answer_with(report_to_json(test));
    answer.warnings = test.notes();
    co_return answer;
}

constexpr std::array kRoutes{Route{"risk.test", &test}};

}  // namespace

std::span<const Route> risk_test_routes() {
    return kRoutes;
}

}  // namespace vault::control
