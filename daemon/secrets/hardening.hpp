#pragma once
// Closes the process to those who would read its memory: other processes of the same user, and the
// core file of a crash. Called once, before the first secret is read; it holds for good.
#include "common/base/result.hpp"

namespace vault::secrets {

// No core file (RLIMIT_CORE 0), no debugger and no /proc/PID/mem or environ for the same user
// (PR_SET_DUMPABLE 0, which also keeps the kernel from piping a core to a program), no new rights
// by exec (PR_SET_NO_NEW_PRIVS), and as much locked memory as the hard limit gives.
// Errors: PermissionDenied: the system refused one of them, or does not let memory be locked; the
// hint says which limit to raise.
Result<void> harden_process();

}  // namespace vault::secrets
