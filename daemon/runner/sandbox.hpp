#pragma once
// What a script is shut into: user, network, mount, pid, ipc and host-name namespaces of its own, a
// file system of the system's programs (read only), its folder (read only) and a /tmp of its own, a
// list of system calls that are refused, limits, a clean environment, and no descriptor but its
// three pipes. Linux only. Called between clone and exec, so nothing here may rely on threads; the
// runner has one. What the system refuses is told, and stops the start unless it is allowed.
#include "daemon/ports/script_host.hpp"

#include <sys/types.h>

namespace vault::runner {

// Ends of the pipes that the script gets.
struct ScriptEnds {
    int input = -1, output = -1, errors = -1;
    int report = -1;  // "missing WHAT" and "failed WHY" lines; closed by a successful exec
};

// The child's process id. Where namespaces are given it is the init of its pid namespace: killing
// it ends everything that the script has started. Errors: PermissionDenied where a new process or a
// namespace is refused (and spec.weak does not allow going on).
Result<pid_t> start_in_sandbox(const ports::ScriptSpec& spec, const ScriptEnds& ends);

// Ends the child and all that belongs to it. To be reaped by waitpid().
void kill_sandbox(pid_t child);

// Installs the list of refused system calls for this process and its children. Those that open a
// way out (other namespaces, mounts, sockets, other processes' memory, kernel keys, modules,
// clocks, bpf, io_uring) fail with EPERM. `stay` refuses a session of its own too, so that a group
// can be killed. False with errno: the system has no such filters.
bool refuse_system_calls(bool stay);

}  // namespace vault::runner
