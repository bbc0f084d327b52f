#pragma once
// Service: a Supervisor behind the seam to vaultd (seam_lines.hpp), over one connection: it reads
// what the daemon asks, tells what comes of it, and ends, with all its scripts, when the daemon
// hangs up. It waits for a daemon that does not read rather than forget a decision: then it takes
// no more requests. Owned by main; its one thread.
#include "daemon/runner/seam_lines.hpp"
#include "daemon/runner/supervisor.hpp"

#include <csignal>

namespace vault::runner {

class Service final : private ports::ScriptListener {
  public:
    // Both are one descriptor for a socket, two for a pair of pipes; they stay the caller's.
    Service(int from_daemon, int to_daemon, const Clock& clock, Logger& logger);

    // Until the daemon hangs up, or `stop` (a signal's flag) is set. Errors: InvalidParams for a
    // line that is no request, Io.
    Result<void> run(const volatile std::sig_atomic_t& stop);

  private:
    void decided(const std::string& script, const ports::ScriptDecision& decision) override;
    void failed(const std::string& script, std::uint64_t seq,
                const ports::ScriptComplaint& why) override;
    void changed(const ports::ScriptStatus& status) override;

    Result<bool> read();  // false: the daemon has hung up
    Result<void> take(std::string_view line);
    Result<void> write();
    std::size_t waiting() const { return outgoing_.size() - sent_; }

    int from_;
    int to_;
    Logger& logger_;
    Supervisor supervisor_;
    LineBuffer incoming_{kSeamLineMost};
    std::string outgoing_;
    std::size_t sent_ = 0;
};

}  // namespace vault::runner
