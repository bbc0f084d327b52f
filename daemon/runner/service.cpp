#include "daemon/runner/service.hpp"

namespace vault::runner {
namespace {

constexpr Duration kLongestTurn{1000};

}  // namespace

Result<void> Service::run(const volatile std::sig_atomic_t& stop) {
    while (stop == 0) {
        VAULT_TRYV(daemon_.write());
        std::array<pollfd, 2> ends = daemon_.ends();
        supervisor_.turn(kLongestTurn, ends);
        if (ends[0].revents == 0) continue;
        VAULT_TRY(const bool more, daemon_.read());
        if (!more) break;
        while (const auto line = daemon_.next()) {
            VAULT_TRYV(take(*line));
        }
    }
    return success();
}

Result<void> Service::take(std::string_view line) {
    VAULT_TRY(Ask ask, parse_ask(line));
    if (const auto* start = std::get_if<AskStart>(&ask)) {
        if (const auto done = supervisor_.start(start->spec); !done) {
            logger_.log(LogLevel::Warning, "script_refused", done.error().message());
            daemon_.tell(seam_refused_line(start->spec.name, done.error()));
        }
    } else if (auto* tick = std::get_if<AskTick>(&ask)) {
        supervisor_.forward(tick->script, tick->seq, std::move(tick->line));
    } else if (const auto* stopped = std::get_if<AskStop>(&ask)) {
        supervisor_.stop(stopped->script);
    } else if (std::holds_alternative<AskStatus>(ask)) {
        for (const ports::ScriptStatus& status : supervisor_.status())
            changed(status);
    } else {
        return not_served("runs scripts, not hooks");
    }
    return success();
}

void Service::decided(const std::string& script, const ports::ScriptDecision& decision) {
    daemon_.tell(seam_decision_line(script, decision));
}
void Service::failed(const std::string& script, std::uint64_t seq,
                     const ports::ScriptComplaint& why) {
    daemon_.tell(seam_failed_line(script, seq, why));
}
void Service::changed(const ports::ScriptStatus& status) {
    daemon_.tell(seam_script_line(status));
}

}  // namespace vault::runner
