#pragma once
// Supervisor: the ScriptHost that has the processes. It starts scripts, speaks the line protocol
// with them, holds each decision to its deadline, and after a fault ends the process and starts it
// again as RestartPolicy says. Ticks of one script are shown to it in their order, up to kWindow
// before the first is answered; answers are due in the same order. Owned by vaultd-runner, whose
// one thread calls turn() for ever; the listener is told from there and from tick() and stop().
#include "common/base/log.hpp"
#include "daemon/runner/restart_policy.hpp"
#include "daemon/runner/script_lines.hpp"
#include "daemon/runner/script_process.hpp"

#include <deque>
#include <map>
#include <memory>
#include <poll.h>
#include <span>

namespace vault::runner {

class Supervisor final : public ports::ScriptHost {
  public:
    static constexpr std::size_t kScriptsMost = 256;
    static constexpr std::size_t kQueueMost = 4096;  // ticks that wait for one script

    // All outlive it.
    Supervisor(ports::ScriptListener& listener, const Clock& clock, Logger& logger)
        : listener_(listener), clock_(clock), logger_(logger) {}
    ~Supervisor() override;

    Result<void> start(const ports::ScriptSpec& spec) override;
    void tick(const std::string& script, const ports::ScriptTick& tick) override {
        forward(script, tick.seq, tick_line(tick));
    }
    // A tick that is written already, with its line feed.
    void forward(const std::string& script, std::uint64_t seq, std::string line);
    void stop(const std::string& script) override;
    std::vector<ports::ScriptStatus> status() const override;

    // Waits until something happens to a script or to one of `others` (whose events are filled in),
    // at most `longest`, and deals with it.
    void turn(Duration longest, std::span<pollfd> others = {});

  private:
    struct Waiting {
        std::uint64_t seq = 0;
        std::string line;
    };
    struct Shown {
        std::uint64_t seq = 0;
        SteadyTime at{0};
    };
    struct Script {
        explicit Script(ports::ScriptSpec given) : spec(std::move(given)), policy(spec.backoff) {}
        ports::ScriptSpec spec;
        RestartPolicy policy;
        ports::ScriptStatus status;
        std::unique_ptr<ScriptProcess> process;
        std::deque<Waiting> queue;   // not shown yet
        std::deque<Shown> shown;     // the first is due
        SteadyTime last_answer{0};   // or the start
        SteadyTime restart_at{0};    // while Waiting
        SteadyTime error_second{0};  // of the lines below
        std::size_t error_lines = 0;
        std::string failure;  // what its start reported
    };
    using Scripts = std::map<std::string, Script, std::less<>>;

    void launch(Script& script);
    void fail(Script& script, ports::ScriptComplaint why);
    void fail_ticks(Script& script, const ports::ScriptComplaint& why);
    void set_phase(Script& script, ports::ScriptPhase phase);
    void show_ticks(Script& script);
    void read_report(Script& script);
    void read_answers(Script& script);
    void take_line(Script& script, std::string_view line);
    void take_decision(Script& script, std::string_view line);
    void log_errors(Script& script, bool all);
    void log_error_line(Script& script, std::string_view line);
    void serve(Script& script);
    void check_time(Script& script);
    std::optional<SteadyTime> due(const Script& script) const;
    int wait_ms(Duration longest) const;
    std::string exit_story(Script& script) const;

    ports::ScriptListener& listener_;
    const Clock& clock_;
    Logger& logger_;
    Scripts scripts_;
    std::vector<pollfd> polled_;
};

}  // namespace vault::runner
