#pragma once
// Whether a loop of the daemon still goes round: what health tells, and what the service manager
// and the heartbeat depend on. Values; any thread.
#include <string>

namespace vault::ports {

struct LoopCheck {
    std::string name;  // "shard"
    bool ok = true;
    std::string message;
};

}  // namespace vault::ports
