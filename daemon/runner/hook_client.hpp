#pragma once
// HookClient: the HookRunner of the daemon: it asks a runner of hooks over a Link of its own. What
// is asked while there is none fails at once, with why. Owned by the App; called from any thread,
// works on the Link's executor.
#include "daemon/ports/hook_runner.hpp"
#include "daemon/runner/link.hpp"

#include <map>
#include <memory>

namespace vault::runner {

class HookClient final : public ports::HookRunner, private Link::User {
  public:
    // How much later than its limit a runner that is well may say that a program was late.
    static constexpr Duration kSlack = std::chrono::seconds{2};

    HookClient(boost::asio::any_io_executor executor, Link& link);
    boost::asio::awaitable<Result<void>> run(ports::HookCall call) override;

  private:
    // One caller who waits, on his executor.
    struct Waiting {
        std::uint64_t id = 0;
        std::string line;
        boost::asio::steady_timer ended;  // cancelled once there is an outcome
        std::optional<Result<void>> outcome{};
    };
    using Shared = std::shared_ptr<Waiting>;

    boost::asio::awaitable<Result<void>> outcome_of(Shared waiting);
    void begin(const Shared& waiting);
    static void end(const Shared& waiting, Result<void> outcome);
    void runner_up() override;
    void runner_down(const std::string& why, bool returns) override;
    void told(const Told& told) override;

    boost::asio::any_io_executor executor_;
    Link& link_;
    std::string down_;  // why there is no runner; empty: there is, or it was not asked for yet
    std::map<std::uint64_t, Shared> waiting_;
    std::atomic<std::uint64_t> last_id_{0};
};

}  // namespace vault::runner
