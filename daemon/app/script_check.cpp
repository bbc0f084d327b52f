#include "daemon/app/script_check.hpp"

#include "daemon/runner/supervisor.hpp"

#include <fmt/format.h>

namespace vault::app {
namespace {

using ports::Action;
using ports::ScriptPhase;

std::string said(Action action, std::string_view reason) {
    return fmt::format("{} {}", ports::to_text(action), reason);
}

// The script's standard error is a part of the report; the rest of the log is in its faults.
class ErrorLines final : public Logger {
  public:
    explicit ErrorLines(std::vector<std::string>& lines) : lines_(lines) {}
    void log(LogLevel, std::string_view event, std::string_view message) override {
        if (event == "script_stderr" && lines_.size() < ScriptReport::kErrorLinesShown)
            lines_.emplace_back(message);
    }

  private:
    std::vector<std::string>& lines_;
};

class Check final : public ports::ScriptListener {
  public:
    Check(const ScriptCheckSettings& settings, const Clock& clock)
        : settings_(settings),
          clock_(clock),
          logger_(report_.error_lines),
          host_(*this, clock, logger_),
          window_(strategy::window_spec(settings.sleeve.params, false)) {
        for (std::uint32_t i = 1; i <= settings.sleeves; ++i)
            sleeves_.emplace_back(settings.sleeve, i);
        due_.resize(sleeves_.size());
    }

    Result<ScriptReport> run(ports::TickFeed& feed) {
        VAULT_TRYV(host_.start(settings_.spec));
        const SteadyTime start = clock_.steady();
        while (settings_.ticks == 0 || report_.ticks < settings_.ticks) {
            if (!wait_until_ready()) break;
            const std::optional<Tick> tick = feed.next();
            if (!tick) break;
            show(*tick);
            while (open_ > 0)
                host_.turn(kLongestTurn);
        }
        report_.gave_up = phase_ == ScriptPhase::GaveUp;
        report_.seconds = std::chrono::duration<double>(clock_.steady() - start).count();
        for (const ports::ScriptStatus& status : host_.status())
            report_.status = status;
        for (const CheckedSleeve& sleeve : sleeves_) {
            report_.trades += sleeve.fills().size();
            report_.fills.push_back(sleeve.fills());
        }
        return std::move(report_);
    }

    void decided(const std::string&, const ports::ScriptDecision& decision) override {
        const std::size_t i = index_of(decision.seq);
        const auto took = clock_.steady() - due_[i].at;
        report_.latencies_us.push_back(static_cast<std::uint32_t>(
            std::chrono::floor<std::chrono::microseconds>(took).count()));
        --open_;
        ++report_.decisions;
        ++report_.reasons[{std::string{ports::to_text(decision.action)}, decision.reason}];
        if (settings_.compare) compare(i, decision);
        CheckedSleeve& sleeve = sleeves_[i];
        if (decision.action != Action::Hold && report_.acts.size() < ScriptReport::kActsShown)
            report_.acts.push_back({now_, sleeve.name(), price_, decision});
        sleeve.decided(decision, now_);
    }
    void failed(const std::string&, std::uint64_t, const ports::ScriptComplaint&) override {
        --open_;
    }
    // Each fault is told once here, and once for each tick that it cost.
    void changed(const ports::ScriptStatus& status) override {
        phase_ = status.phase;
        if (status.faults == faults_seen_) return;
        faults_seen_ = status.faults;
        ScriptFaults& faults =
            report_.faults[std::string{ports::to_text(status.last_fault->fault)}];
        if (faults.count++ == 0) faults.first = status.last_fault->detail;
        // Trying again is for a daemon that goes on; here somebody can mend it.
        if (status.last_fault->fault == ports::ScriptFault::CannotStart)
            phase_ = ScriptPhase::GaveUp;
    }

  private:
    static constexpr Duration kLongestTurn{1000};
    struct Due {
        SteadyTime at{0};
        ports::Decision built_in;
    };

    bool wait_until_ready() {
        while (phase_ == ScriptPhase::Starting || phase_ == ScriptPhase::Waiting)
            host_.turn(kLongestTurn);
        return phase_ == ScriptPhase::Ready;
    }

    void show(const Tick& tick) {
        now_ = tick.time;
        price_ = tick.price;
        ++report_.ticks;
        for (CheckedSleeve& sleeve : sleeves_)
            sleeve.on_tick(tick);
        window_.add(tick);
        const ports::MarketView market = strategy::market_view(window_.figures());
        first_seq_ = next_seq_;
        open_ = sleeves_.size();
        for (std::size_t i = 0; i < sleeves_.size(); ++i) {
            if (settings_.compare) due_[i].built_in = sleeves_[i].built_in(market);
            due_[i].at = clock_.steady();
            host_.tick(settings_.spec.name, sleeves_[i].show(next_seq_++, market));
        }
    }

    std::size_t index_of(std::uint64_t seq) const {
        return static_cast<std::size_t>(seq - first_seq_);
    }

    void compare(std::size_t i, const ports::ScriptDecision& decision) {
        const ports::Decision& own = due_[i].built_in;
        if (decision.action == own.action && decision.reason == ports::to_text(own.reason)) return;
        if (report_.differences++ > 0) return;
        report_.first_difference =
            ScriptDifference{now_, sleeves_[i].name(), said(decision.action, decision.reason),
                             said(own.action, ports::to_text(own.reason))};
    }

    const ScriptCheckSettings& settings_;
    const Clock& clock_;
    ScriptReport report_;
    ErrorLines logger_;
    runner::Supervisor host_;
    market::PriceWindow window_;
    std::vector<CheckedSleeve> sleeves_;
    std::vector<Due> due_;
    std::uint64_t first_seq_ = 1, next_seq_ = 1;
    std::size_t open_ = 0;
    std::uint64_t faults_seen_ = 0;
    ScriptPhase phase_ = ScriptPhase::Starting;
    UtcTime now_;
    Price price_;
};

}  // namespace

Result<ScriptReport> check_script(const ScriptCheckSettings& settings, ports::TickFeed& feed,
                                  const Clock& clock) {
    Check check{settings, clock};
    return check.run(feed);
}

}  // namespace vault::app
