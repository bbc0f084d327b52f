#pragma once
// ScriptClient: the ScriptHost of the daemon: it asks vaultd-runner over the Link and tells the
// listener what comes of it. What it was asked to run it asks for again whenever the runner comes
// back. While there is none, scripts are Waiting, or given up where none will come, and a tick
// fails at once. A runner that does not answer in time fails the ticks that wait; one that says
// nothing for kSilence is hung up on. Owned by the App; on the Link's executor, where the listener
// is told, never inside a call.
#include "daemon/runner/link.hpp"

#include <functional>
#include <map>

namespace vault::runner {

class ScriptClient final : public ports::ScriptHost, private Link::User {
  public:
    // How much later than the deadline a runner that is well may answer on a busy machine, and how
    // long it may say nothing at all.
    static constexpr SteadyTime kSlack = std::chrono::seconds{2};
    static constexpr SteadyTime kSilence = std::chrono::seconds{30};

    ScriptClient(boost::asio::any_io_executor executor, Link& link, const Clock& clock,
                 Logger& logger);
    // Once, before the first call.
    void listen(ports::ScriptListener& listener) { listener_ = &listener; }

    Result<void> start(const ports::ScriptSpec& spec) override;
    void tick(const std::string& script, const ports::ScriptTick& tick) override;
    void stop(const std::string& script) override;
    std::vector<ports::ScriptStatus> status() const override;

  private:
    struct Script {
        ports::ScriptSpec spec;
        ports::ScriptStatus status;
        std::map<std::uint64_t, SteadyTime>
            waiting;           // ticks without an answer, when they were sent
        SteadyTime heard{0};   // of it
        bool silent = false;   // until it is heard again
        bool refused = false;  // the runner does not know it
    };
    using Scripts = std::map<std::string, Script, std::less<>>;

    void runner_up() override;
    void runner_down(const std::string& why, bool returns) override;
    void told(const Told& told) override;
    void take(const ToldDecision& told);
    void take(const ToldFailed& told);
    void take(const ToldScript& told);
    void take(const ToldRefused& told);
    static void take(const ToldHello&) {}
    static void take(const ToldRan&) {}

    Script* heard(const std::string& name);
    bool answered(const std::string& name, std::uint64_t seq);
    void set_phase(Script& script, ports::ScriptPhase phase,
                   std::optional<ports::ScriptComplaint> why);
    void fail_waiting(Script& script, const ports::ScriptComplaint& why);
    void fail(const std::string& name, std::uint64_t seq, ports::ScriptComplaint why);
    void watch();
    void check_silence();
    static bool is_overdue(const Script& script, SteadyTime now);
    void later(std::function<void()> tell);

    boost::asio::any_io_executor executor_;
    Link& link_;
    const Clock& clock_;
    Logger& logger_;
    ports::ScriptListener* listener_ = nullptr;
    Scripts scripts_;
    boost::asio::steady_timer timer_;
    bool watching_ = false;
    SteadyTime last_told_{0};                        // a line of the runner
    std::map<std::string, std::uint32_t> stopping_;  // stops that it has not told of
};

}  // namespace vault::runner
