#include "daemon/runner/hook_service.hpp"

#include "common/base/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::runner {
namespace {

constexpr SteadyTime kLongestTurn = std::chrono::seconds{1};

}  // namespace

Result<void> HookService::run(const volatile std::sig_atomic_t& stop) {
    while (stop == 0) {
        VAULT_TRYV(daemon_.write());
        std::array<pollfd, 2> ends = daemon_.ends();
        wait(ends);
        serve();
        if (ends[0].revents == 0) continue;
        VAULT_TRY(const bool more, daemon_.read());
        if (!more) break;
        while (const auto line = daemon_.next()) {
            VAULT_TRYV(take(*line));
        }
    }
    return success();
}

void HookService::wait(std::array<pollfd, 2>& ends) const {
    SteadyTime longest = kLongestTurn;
    std::vector<pollfd> polled{ends.begin(), ends.end()};
    for (const Running& each : running_) {
        polled.push_back({each.process.input_fd(), POLLOUT, 0});
        polled.push_back({each.process.output_fd(), POLLIN, 0});
        polled.push_back({each.process.end_fd(), POLLIN, 0});
        longest = std::min(longest, std::max(each.until - clock_.steady(), SteadyTime{0}));
    }
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(longest);
    if (::poll(polled.data(), polled.size(), static_cast<int>(milliseconds.count())) < 0) return;
    std::copy_n(polled.begin(), ends.size(), ends.begin());
}

Result<void> HookService::take(std::string_view line) {
    VAULT_TRY(Ask ask, parse_ask(line));
    auto* const run = std::get_if<AskRun>(&ask);
    if (run == nullptr) return not_served("runs hooks, not scripts");
    start(std::move(*run));
    return success();
}

void HookService::start(AskRun ask) {
    const std::string program = ask.command.front();
    if (running_.size() >= kHooksMost)
        return tell(ask.id, program, HookEnd::Failed,
                    fmt::format("{} programs run already", kHooksMost));
    auto process = HookProcess::start(ask.command, std::move(ask.input));
    if (!process) return tell(ask.id, program, HookEnd::Failed, process.error().message());
    running_.push_back(
        {ask.id, program, std::move(process).value(), clock_.steady() + ask.limit, ask.limit});
}

void HookService::serve() {
    std::vector<Running> left;
    for (Running& each : running_) {
        each.process.serve();
        if (each.process.has_ended()) {
            const std::string problem = each.process.problem();
            tell(each.id, each.program, problem.empty() ? HookEnd::Done : HookEnd::Failed, problem);
        } else if (clock_.steady() >= each.until) {
            tell(each.id, each.program, HookEnd::Late,
                 fmt::format("it took longer than {}", format_duration(each.limit)));
        } else {
            left.push_back(std::move(each));
        }
    }
    running_ = std::move(left);  // what is gone from it ends here
}

void HookService::tell(std::uint64_t id, const std::string& program, HookEnd end,
                       const std::string& problem) {
    if (end != HookEnd::Done)
        logger_.log(LogLevel::Warning, "hook_failed", fmt::format("{}: {}", program, problem));
    daemon_.tell(seam_ran_line({id, end, problem}));
}

}  // namespace vault::runner
