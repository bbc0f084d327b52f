#pragma once
// Service: a Supervisor behind the seam to vaultd: it reads what the daemon asks, tells what comes
// of it, and ends, with all its scripts, when the daemon hangs up. It waits for a daemon that does
// not read rather than forget a decision. Owned by main; its one thread.
#include "daemon/runner/seam_end.hpp"
#include "daemon/runner/supervisor.hpp"

#include <csignal>

namespace vault::runner {

class Service final : private ports::ScriptListener {
  public:
    // The descriptors as SeamEnd takes them; clock and logger outlive it.
    Service(int from_daemon, int to_daemon, const Clock& clock, Logger& logger)
        : logger_(logger), daemon_(from_daemon, to_daemon), supervisor_(*this, clock, logger) {}

    // Until the daemon hangs up, or `stop` (a signal's flag) is set. Errors: InvalidParams for a
    // line that is no request about scripts, Io.
    Result<void> run(const volatile std::sig_atomic_t& stop);

  private:
    void decided(const std::string& script, const ports::ScriptDecision& decision) override;
    void failed(const std::string& script, std::uint64_t seq,
                const ports::ScriptComplaint& why) override;
    void changed(const ports::ScriptStatus& status) override;

    Result<void> take(std::string_view line);

    Logger& logger_;
    SeamEnd daemon_;
    Supervisor supervisor_;
};

}  // namespace vault::runner
