#pragma once
// Where vaultd finds a runner: the socket that systemd listens on, or, where there is none, the
// program, which is started once, before any key is read and before there is a thread; vaultd
// starts nothing else, ever. The program gets one end of a pair of sockets as standard input and
// output, the daemon's standard error, and no variable of its environment. Called by main().
#include "common/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace vault::runner {

// Scripts are shut in; hooks are the operator's own programs, and are not.
enum class RunnerRole : std::uint8_t { Scripts, Hooks };

struct RunnerPlace {
    int descriptor = -1;  // of the runner that was started; -1: none was
    std::string socket;   // of the unit; empty if one was started
    std::string missing;  // why there is neither
    RunnerRole role = RunnerRole::Scripts;
};

// `program` lies beside this one unless it starts with '/'. A program that is not there is no
// error: then scripts are told to be without a runner.
RunnerPlace find_runner(RunnerRole role, const std::string& socket, const std::string& program);
// "vaultd-runner", "vaultd-runner --hooks".
std::string_view name_of(RunnerRole role);

void close_runner_end(int descriptor);

}  // namespace vault::runner
