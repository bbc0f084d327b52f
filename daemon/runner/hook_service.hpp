#pragma once
// HookService: runs the operator's own programs for vaultd, behind the seam (seam_lines.hpp), each
// once, several beside each other, none longer than it may. Unlike scripts they are trusted and not
// shut in: they tell people, so they need the network and the mail queue. It ends, with all of
// them, when the daemon hangs up. Owned by main; its one thread.
#include "common/base/clock.hpp"
#include "common/base/log.hpp"
#include "daemon/runner/hook_process.hpp"
#include "daemon/runner/seam_end.hpp"

#include <csignal>

namespace vault::runner {

class HookService {
  public:
    static constexpr std::size_t kHooksMost = 64;  // at once

    // The descriptors as SeamEnd takes them; clock and logger outlive it.
    HookService(int from_daemon, int to_daemon, const Clock& clock, Logger& logger)
        : clock_(clock), logger_(logger), daemon_(from_daemon, to_daemon) {}

    // Until the daemon hangs up, or `stop` (a signal's flag) is set. Errors: InvalidParams for a
    // line that is no request about hooks, Io.
    Result<void> run(const volatile std::sig_atomic_t& stop);

  private:
    struct Running {
        std::uint64_t id = 0;
        std::string program;
        HookProcess process;
        SteadyTime until;
        Duration limit;
    };

    Result<void> take(std::string_view line);
    void start(AskRun ask);
    void wait(std::array<pollfd, 2>& ends) const;
    void serve();
    void tell(std::uint64_t id, const std::string& program, HookEnd end,
              const std::string& problem);

    const Clock& clock_;
    Logger& logger_;
    SeamEnd daemon_;
    std::vector<Running> running_;
};

}  // namespace vault::runner
