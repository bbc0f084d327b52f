#include "cli/client/connect.hpp"

#include "cli/client/accounts.hpp"
#include "common/base/clock.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace vault::client {
namespace {

// The first thing on the way to the socket that keeps us out, or the socket itself.
Error no_access(const std::string& path) {
    std::string place = path;
    struct stat info {};
    while (::stat(place.c_str(), &info) != 0 && place.size() > 1) {
        const auto slash = place.find_last_of('/');
        place = slash == std::string::npos || slash == 0 ? "/" : place.substr(0, slash);
    }
    const std::string group = group_name(info.st_gid);
    return Error{Errc::NoSocketAccess,
                 fmt::format("no permission to use {} ({} belongs to group {}, mode {:04o})", path,
                             place, group, info.st_mode & 07777U),
                 "socket", fmt::format("join the group {} and log in again", group)};
}

Error connect_error(const std::string& path, int fault) {
    if (fault == ENOENT || fault == ENOTDIR)
        return Error{Errc::DaemonDown, fmt::format("no socket at {}", path), "socket",
                     "start vaultd, or name its socket with --socket"};
    if (fault == ECONNREFUSED)
        return Error{Errc::DaemonDown,
                     fmt::format("nobody listens on {}: vaultd is not running", path), "socket",
                     "start vaultd; its log says why it stopped"};
    if (fault == EACCES || fault == EPERM) return no_access(path);
    return Error{Errc::DaemonDown,
                 fmt::format("cannot connect to {}: {}", path, std::strerror(fault)), "socket"};
}

}  // namespace

Result<int> open_socket(const std::string& path, Duration limit) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path)
        return Error{Errc::Usage,
                     fmt::format("a socket's path has 1 to {} bytes", sizeof address.sun_path - 1),
                     "socket", "name a shorter path with --socket"};
    std::memcpy(address.sun_path, path.data(), path.size());
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return connect_error(path, errno);

    const SystemClock clock;
    const auto until = clock.steady() + std::chrono::nanoseconds(limit);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    while (::connect(fd, generic, sizeof address) != 0) {
        const int fault = errno;
        if (fault == EINTR) continue;
        // A full backlog shows as EAGAIN on a Unix socket; there is nothing to poll on.
        if (fault == EAGAIN && clock.steady() < until) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            continue;
        }
        ::close(fd);
        if (fault == EAGAIN)
            return Error{Errc::Busy, fmt::format("vaultd does not accept connections on {}", path),
                         "socket"};
        return connect_error(path, fault);
    }
    return fd;
}

}  // namespace vault::client
