#include "daemon/secrets/hardening.hpp"

#include "common/base/secret.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace vault::secrets {
namespace {

// What a thousand small secrets take (base/locked_memory.hpp).
constexpr std::size_t kLockedBytes = 64 * 1024;

Error refused(const char* what, std::string hint) {
    return Error{Errc::PermissionDenied, fmt::format("cannot {}: {}", what, std::strerror(errno)),
                 "process", std::move(hint)};
}

Result<void> forbid_cores() {
    const rlimit none{0, 0};
    if (::setrlimit(RLIMIT_CORE, &none) != 0)
        return refused("forbid core files", "allow setrlimit in the unit's SystemCallFilter");
    return success();
}

Result<void> set(int option, unsigned long value, const char* what) {
    if (::prctl(option, value, 0UL, 0UL, 0UL) != 0)
        return refused(what, "allow prctl in the unit's SystemCallFilter");
    return success();
}

// The soft limit may always be raised to the hard one. What counts is whether a page is locked.
Result<void> allow_locking() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_MEMLOCK, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_MEMLOCK, &limit);
    }
    if (Secret::of_size(kLockedBytes).is_locked()) return success();
    return Error{Errc::PermissionDenied,
                 fmt::format("cannot lock {} KiB of memory, so secrets could be swapped to disk",
                             kLockedBytes / 1024),
                 "process",
                 "set LimitMEMLOCK=64M in the unit, or ulimit -l 65536 before the start"};
}

}  // namespace

Result<void> harden_process() {
    VAULT_TRYV(forbid_cores());
    VAULT_TRYV(set(PR_SET_DUMPABLE, 0, "close the process to debuggers"));
    VAULT_TRYV(set(PR_SET_NO_NEW_PRIVS, 1, "give up new rights"));
    return allow_locking();
}

}  // namespace vault::secrets
