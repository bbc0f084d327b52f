#pragma once
// RestartPolicy: when a script that failed is started again, and when no more. The first failure
// waits `first`, each further one in a row twice as long, up to `most`; the last of `failures` in a
// row gives up. A row ends with kGoodDecisions decisions in a row, or when the script has been well
// for kGoodTime. Pure: the time is passed in. A value of the supervisor.
#include "common/base/clock.hpp"
#include "daemon/ports/script_host.hpp"

namespace vault::runner {

class RestartPolicy {
  public:
    static constexpr std::uint64_t kGoodDecisions = 1000;
    static constexpr Duration kGoodTime{std::chrono::minutes{10}};

    explicit RestartPolicy(const ports::ScriptBackoff& backoff) : backoff_(backoff) {}

    void started(SteadyTime now) {
        started_ = now;
        decisions_ = 0;
    }
    void decided() { ++decisions_; }
    // How long to wait before the next start; none: it is given up.
    std::optional<Duration> failed(SteadyTime now);
    std::uint32_t failures_in_a_row() const { return failures_; }

  private:
    ports::ScriptBackoff backoff_;
    SteadyTime started_{0};
    std::uint64_t decisions_ = 0;
    std::uint32_t failures_ = 0;
};

}  // namespace vault::runner
