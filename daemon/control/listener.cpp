#include "daemon/control/listener.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace vault::control {

namespace {

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }

  private:
    int fd_;
};

Error failed(std::string_view doing, const std::string& path) {
    return Error(Errc::Io, fmt::format("{} {}: {}", doing, path, std::strerror(errno)), "socket",
                 "check the directory, its permissions and its free space");
}

int new_socket() {
    return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

Result<sockaddr_un> address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (!path.starts_with('/') || path.size() >= sizeof address.sun_path)
        return Error(Errc::ConfigInvalid,
                     fmt::format("'{}' is no absolute path of at most {} bytes", path,
                                 sizeof address.sun_path - 1),
                     "socket", "choose a shorter absolute path");
    path.copy(address.sun_path, path.size());
    return address;
}

const sockaddr* generic(const sockaddr_un& address) {
    return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

// A file that nobody listens on is left over from a daemon that died.
Result<void> clear_stale(const std::string& path, const sockaddr_un& address) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) {
        if (errno == ENOENT) return success();
        return failed("cannot look at", path);
    }
    if (!S_ISSOCK(info.st_mode))
        return Error(Errc::Exists, fmt::format("{} exists and is no socket", path), "socket",
                     "move it away or choose another path");
    const Descriptor probe(new_socket());
    if (probe.get() < 0) return failed("cannot make a socket for", path);
    const bool answered = ::connect(probe.get(), generic(address), sizeof address) == 0;
    if (answered || errno == EAGAIN || errno == EINPROGRESS)
        return Error(Errc::Exists, fmt::format("another daemon listens on {}", path), "socket",
                     "stop it first, or choose another path");
    if (errno != ECONNREFUSED) return failed("cannot test", path);
    if (::unlink(path.c_str()) != 0) return failed("cannot remove the stale socket", path);
    return success();
}

Result<void> set_access(const Options& options) {
    const std::string& path = options.socket_path;
    if (options.group) {
        std::array<char, 16'384> buffer{};
        group entry{};
        group* found = nullptr;
        ::getgrnam_r(options.group->c_str(), &entry, buffer.data(), buffer.size(), &found);
        if (found == nullptr)
            return Error(Errc::ConfigInvalid, fmt::format("there is no group '{}'", *options.group),
                         "group", "create it, or correct the name");
        if (::chown(path.c_str(), static_cast<uid_t>(-1), found->gr_gid) != 0)
            return failed("cannot change the group of", path);
    }
    if (::chmod(path.c_str(), options.mode) != 0) return failed("cannot change the mode of", path);
    return success();
}

}  // namespace

// Nobody can connect between bind and listen, so mode and group are right from the first moment on.
Result<int> open_listener(const Options& options) {
    const std::string& path = options.socket_path;
    VAULT_TRY(const sockaddr_un address, address_of(path));
    VAULT_TRYV(clear_stale(path, address));
    Descriptor listener(new_socket());
    if (listener.get() < 0) return failed("cannot make a socket for", path);
    if (::bind(listener.get(), generic(address), sizeof address) != 0)
        return failed("cannot bind", path);
    const Result<void> access = set_access(options);
    if (!access || ::listen(listener.get(), 128) != 0) {
        const Error error = access ? failed("cannot listen on", path) : access.error();
        ::unlink(path.c_str());
        return error;
    }
    return listener.release();
}

ino_t socket_inode(const std::string& path) {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0 ? info.st_ino : 0;
}

void remove_socket(const std::string& path, ino_t inode) {
    if (inode != 0 && socket_inode(path) == inode) ::unlink(path.c_str());
}

namespace {

// All groups of the peer, as they were when it connected. Empty if the kernel does not tell.
std::vector<gid_t> peer_groups(int descriptor) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    std::vector<gid_t> groups(1024);
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return {};
    size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    const bool told =
        ::getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) == 0;
    groups.resize(told ? size / sizeof(gid_t) : 0);
    groups.push_back(credentials.gid);
    return groups;
}

}  // namespace

bool may_connect(int descriptor, uid_t uid, const std::string& path) {
    if (uid == 0 || uid == ::geteuid()) return true;
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) return false;
    if (uid == info.st_uid) return (info.st_mode & S_IWUSR) != 0;
    const std::vector<gid_t> groups = peer_groups(descriptor);
    const bool member = std::ranges::find(groups, info.st_gid) != groups.end();
    return (info.st_mode & (member ? S_IWGRP : S_IWOTH)) != 0;
}

Result<uid_t> peer_uid(int descriptor) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
        return Error(Errc::Io, fmt::format("cannot tell who connected: {}", std::strerror(errno)));
    return credentials.uid;
}

}  // namespace vault::control
