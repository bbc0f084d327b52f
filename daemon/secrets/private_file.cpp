#include "daemon/secrets/private_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace vault::secrets {
namespace {

class Handle {
  public:
    explicit Handle(int descriptor) : descriptor_(descriptor) {}
    ~Handle() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    int get() const { return descriptor_; }
    bool is_open() const { return descriptor_ >= 0; }

  private:
    int descriptor_;
};

Error io_error(const PrivateFile& file, const char* verb) {
    return Error{
        Errc::Io,
        fmt::format("cannot {} the {} {}: {}", verb, file.what, file.path, std::strerror(errno)),
        file.field,
        errno == ENOSPC || errno == EDQUOT
            ? "make room on that disk"
            : "the user that runs vaultd must have access to it and its folder"};
}

Error refused(const PrivateFile& file, const std::string& why, std::string hint) {
    return Error{Errc::StoreInvalid, fmt::format("{} {}: {}", file.what, file.path, why),
                 file.field, std::move(hint)};
}

std::string size_range(const PrivateFile& file) {
    return file.least == file.most ? fmt::format("{}", file.least)
                                   : fmt::format("{} to {}", file.least, file.most);
}

std::optional<Error> unfit(const PrivateFile& file, const struct stat& status) {
    if (!S_ISREG(status.st_mode))
        return refused(file, "is no regular file", "move it away and put the file itself there");
    if (status.st_uid != ::geteuid() && !(file.is_credential && status.st_uid == 0))
        return refused(file, fmt::format("belongs to uid {}", status.st_uid),
                       "give it to the user that runs vaultd (chown), if you trust it");
    const mode_t shared = file.is_credential ? 037 : 077;
    if ((status.st_mode & shared) != 0)
        return refused(file,
                       fmt::format("has mode {:04o}: others can read it", status.st_mode & 07777),
                       "run chmod 0600 on it, if nobody else had access");
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size < file.least || size > file.most)
        return refused(file, fmt::format("has {} bytes instead of {}", size, size_range(file)),
                       file.when_lost);
    return std::nullopt;
}

Result<Secret> read_bytes(const PrivateFile& file, const Handle& handle, std::size_t size) {
    Secret bytes = Secret::of_size(size);
    for (std::size_t done = 0; done < size;) {
        const ssize_t got = ::read(handle.get(), bytes.writable().data() + done, size - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return io_error(file, "read");
        if (got == 0) return refused(file, "shrank while it was read", file.when_lost);
        done += static_cast<std::size_t>(got);
    }
    return bytes;
}

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

bool sync_folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const Handle handle{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return handle.is_open() && ::fsync(handle.get()) == 0;
}

Result<Secret> read_private(const PrivateFile& file) {
    const Handle handle{::open(file.path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!handle.is_open() && errno == ELOOP)
        return refused(file, "is a symbolic link", "put the file itself there, with mode 0600");
    if (!handle.is_open() && errno == ENOENT)
        return Error{Errc::NotFound, fmt::format("there is no {} {}", file.what, file.path),
                     file.field};
    if (!handle.is_open()) return io_error(file, "open");
    struct stat status {};
    if (::fstat(handle.get(), &status) != 0) return io_error(file, "inspect");
    if (auto error = unfit(file, status)) return *std::move(error);
    return read_bytes(file, handle, static_cast<std::size_t>(status.st_size));
}

// Written beside its place and linked, so that a crash leaves a whole file or none.
Result<void> make_private(const PrivateFile& file, const Secret& bytes) {
    const std::string fresh = file.path + ".new";
    ::unlink(fresh.c_str());
    {
        const Handle handle{
            ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
        if (!handle.is_open()) return io_error(file, "make");
        if (!write_all(handle.get(), bytes.reveal()) || ::fsync(handle.get()) != 0) {
            const Error error = io_error(file, "write");
            ::unlink(fresh.c_str());
            return error;
        }
    }
    const bool is_placed = ::link(fresh.c_str(), file.path.c_str()) == 0;
    const int reason = errno;
    ::unlink(fresh.c_str());
    errno = reason;
    if (!is_placed && errno == EEXIST)
        return Error{Errc::Exists, fmt::format("{} {} exists already", file.what, file.path),
                     file.field, "it is never replaced: name another, or move it away"};
    if (!is_placed) return io_error(file, "place");
    if (!sync_folder_of(file.path)) return io_error(file, "sync");
    return success();
}

Result<void> replace_private(const PrivateFile& file, const std::string& at) {
    if (::rename(file.path.c_str(), at.c_str()) != 0) return io_error(file, "rename");
    if (!sync_folder_of(at)) return io_error(file, "sync");
    return success();
}

Result<void> remove_private(const PrivateFile& file) {
    if (::unlink(file.path.c_str()) != 0 && errno != ENOENT) return io_error(file, "remove");
    return sync_folder_of(file.path) ? success() : Result<void>{io_error(file, "sync")};
}

Result<void> set_aside(const PrivateFile& file) {
    constexpr int kMost = 1000;
    for (int n = 1; n < kMost; ++n) {
        const std::string aside = fmt::format("{}.aside.{}", file.path, n);
        if (::renameat2(AT_FDCWD, file.path.c_str(), AT_FDCWD, aside.c_str(), RENAME_NOREPLACE) ==
            0)
            return sync_folder_of(aside) ? success() : Result<void>{io_error(file, "sync")};
        if (errno != EEXIST) break;
    }
    return io_error(file, "set aside");
}

}  // namespace vault::secrets
