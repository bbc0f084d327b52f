#pragma once
// HookRunner: the seam to whatever runs the operator's own programs for the daemon, which starts
// none itself: an alert hook, sendmail, the program of the heartbeat. Any thread; the answer comes
// on the caller's executor, and a caller that is cancelled waits no longer. Errors: Io (it ended
// with another code than 0, with the last lines that it printed; nobody can run it), Expired (it
// took longer than its limit and was ended).
#include "common/base/result.hpp"
#include "common/base/time.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace vault::ports {

struct HookCall {
    std::vector<std::string> command;  // the program by its absolute path, and its arguments
    std::string input;                 // what it reads on standard input
    Duration limit{10'000};
};

class HookRunner {
  public:
    virtual ~HookRunner() = default;
    virtual boost::asio::awaitable<Result<void>> run(HookCall call) = 0;
};

}  // namespace vault::ports
