#include "cli/client/private_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace vault::client {
namespace {

static_assert(kHere == AT_FDCWD);

constexpr std::size_t kMostBytes = 8192;

Error refused(const PrivateName& file, std::string_view why) {
    return Error{Errc::PermissionDenied,
                 fmt::format("the {} {} {}, so it is not used", file.what, file.path, why),
                 {},
                 file.hint};
}

Error broken(const PrivateName& file, const char* verb) {
    return Error{
        Errc::Io,
        fmt::format("cannot {} the {} {}: {}", verb, file.what, file.path, std::strerror(errno)),
        {},
        file.hint};
}

std::optional<Error> unfit(const PrivateName& file, const struct stat& status) {
    if (!S_ISREG(status.st_mode)) return refused(file, "is no regular file");
    if (status.st_uid != ::geteuid() && !(file.credential && status.st_uid == 0))
        return refused(file, fmt::format("belongs to uid {}", status.st_uid));
    const mode_t shared = file.credential ? 037 : 077;
    if ((status.st_mode & shared) != 0)
        return refused(file,
                       fmt::format("has mode {:04o}: others can read it", status.st_mode & 07777));
    return std::nullopt;
}

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

Error unfit_folder(const std::string& path, std::string_view why, const std::string& hint) {
    return Error{Errc::PermissionDenied,
                 fmt::format("the folder {} {}, so no session is kept in it", path, why),
                 {},
                 hint};
}

}  // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

Descriptor::~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
}

Result<Secret> read_private(const PrivateName& file) {
    const int link = file.may_link ? 0 : O_NOFOLLOW;
    // Not blocking: a pipe in its place would wait for a writer.
    const Descriptor in{::openat(file.folder, file.name.c_str(),
                                 O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | link)};
    if (!in.is_open() && errno == ELOOP) return refused(file, "is a symbolic link");
    if (!in.is_open() && errno == ENOENT)
        return Error{
            Errc::NotFound, fmt::format("there is no {} {}", file.what, file.path), {}, file.hint};
    if (!in.is_open()) return broken(file, "open");
    struct stat status {};
    if (::fstat(in.get(), &status) != 0) return broken(file, "inspect");
    if (auto error = unfit(file, status)) return *std::move(error);
    Secret bytes = Secret::of_size(kMostBytes);
    std::size_t size = 0;
    while (size < bytes.size()) {
        const ssize_t got = ::read(in.get(), bytes.writable().data() + size, bytes.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return broken(file, "read");
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size == kMostBytes) return refused(file, "is larger than 8 KiB");
    bytes.shorten(size);
    return bytes;
}

Result<PrivateWriter> PrivateWriter::open(PrivateName file) {
    static std::atomic<int> count{0};
    // Found now, not when what belongs into the file has been made.
    struct stat status {};
    const bool is_there =
        ::fstatat(file.folder, file.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (is_there && (file.never_replaces || S_ISDIR(status.st_mode))) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : EEXIST;
        return broken(file, "make");
    }
    std::string fresh = fmt::format("{}.new-{}-{}", file.name, ::getpid(), ++count);
    // What lies there was left by a process of the same number that was killed.
    ::unlinkat(file.folder, fresh.c_str(), 0);
    Descriptor out{::openat(file.folder, fresh.c_str(),
                            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
    if (!out.is_open()) return broken(file, "make");
    return PrivateWriter(std::move(file), std::move(fresh), std::move(out));
}

PrivateWriter::~PrivateWriter() {
    if (!fresh_.empty()) ::unlinkat(file_.folder, fresh_.c_str(), 0);
}

Result<void> PrivateWriter::commit(const Secret& bytes) {
    // Whatever the umask took from it.
    if (::fchmod(out_.get(), 0600) != 0 || !write_all(out_.get(), bytes.reveal()) ||
        ::fsync(out_.get()) != 0)
        return broken(file_, "write");
    const unsigned how = file_.never_replaces ? RENAME_NOREPLACE : 0;
    if (::renameat2(file_.folder, fresh_.c_str(), file_.folder, file_.name.c_str(), how) != 0)
        return broken(file_, "place");
    fresh_.clear();
    return success();
}

Result<Descriptor> find_private_folder(const std::string& path, const std::string& hint) {
    Descriptor folder{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    if (!folder.is_open() && errno == ENOENT) return folder;
    if (!folder.is_open() && (errno == ENOTDIR || errno == ELOOP))
        return unfit_folder(path, "is no folder but something else", hint);
    struct stat status {};
    if (!folder.is_open() && ::lstat(path.c_str(), &status) == 0 && status.st_uid != ::geteuid())
        return unfit_folder(path, fmt::format("belongs to uid {}", status.st_uid), hint);
    if (!folder.is_open() || ::fstat(folder.get(), &status) != 0)
        return Error{Errc::Io,
                     fmt::format("cannot open the folder {}: {}", path, std::strerror(errno)),
                     {},
                     hint};
    if (status.st_uid != ::geteuid())
        return unfit_folder(path, fmt::format("belongs to uid {}", status.st_uid), hint);
    if ((status.st_mode & 077) != 0)
        return unfit_folder(
            path, fmt::format("has mode {:04o}: others can enter it", status.st_mode & 07777),
            fmt::format("if that was you: chmod 700 {}; else {}", path, hint));
    return folder;
}

Result<Descriptor> private_folder(const std::string& path, const std::string& hint) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        return Error{Errc::Io,
                     fmt::format("cannot make the folder {}: {}", path, std::strerror(errno)),
                     {},
                     hint};
    VAULT_TRY(Descriptor folder, find_private_folder(path, hint));
    if (!folder.is_open())
        return Error{Errc::Io, fmt::format("the folder {} has just been removed", path), {}, hint};
    return folder;
}

Secret joined(std::string_view first, std::string_view second) {
    Secret all = Secret::of_size(first.size() + second.size());
    std::ranges::copy(first, all.writable().begin());
    std::ranges::copy(second, all.writable().begin() + static_cast<std::ptrdiff_t>(first.size()));
    return all;
}

}  // namespace vault::client
