#include "cli/command/atomic_file.hpp"

#include "common/base/clock.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace vault::command {
namespace {

constexpr std::chrono::seconds kReaderPatience{10};
constexpr std::chrono::milliseconds kReaderPause{20};
constexpr int kMostLinks = 40;  // as many as the kernel follows
constexpr mode_t kPermissions = 07777;

// The number of a name that stands for an open descriptor.
std::optional<int> descriptor_of(std::string_view path) {
    if (path == "-" || path == "/dev/stdout") return STDOUT_FILENO;
    if (path == "/dev/stderr") return STDERR_FILENO;
    for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
        if (!path.starts_with(folder)) continue;
        int number = -1;
        const char* end = path.data() + path.size();
        const auto read = std::from_chars(path.data() + folder.size(), end, number);
        if (read.ec == std::errc() && read.ptr == end && number >= 0) return number;
    }
    return std::nullopt;
}

std::string folder_of(const std::string& path) {
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

mode_t mode_of_new() {
    const mode_t mask = ::umask(0);
    ::umask(mask);
    return 0666 & ~mask;
}

bool is_folder(const std::string& path) {
    struct stat there {};
    return ::stat(path.c_str(), &there) == 0 && S_ISDIR(there.st_mode);
}

// A descriptor that somebody else made non-blocking, and that is full.
bool wait_until_writable(int fd, int number) {
    if (number != EAGAIN) return false;
    pollfd full{fd, POLLOUT, 0};
    return ::poll(&full, 1, -1) >= 0 || errno == EINTR;
}

std::string hint_of(int number) {
    if (number == ENOSPC || number == EDQUOT)
        return "make room on the disk, or name a file on another one with --out";
    if (number == EFBIG)
        return "raise the limit of a file's size (ulimit -f), or name another file with --out";
    if (number == ENAMETOOLONG) return "give --out a shorter name";
    if (number == ELOOP) return "the symbolic link leads back to itself; name a file with --out";
    return "give --out a file that you may write, in a folder that you may write";
}

}  // namespace

bool is_special_name(std::string_view path) {
    return path == "-" || path.starts_with("/dev/") || path.starts_with("/proc/");
}

AtomicFile::~AtomicFile() {
    if (fd_ < 0) return;
    ::close(fd_);
    if (named_) ::unlink(part_.c_str());
}

Error AtomicFile::refused(std::string_view why, std::string hint) const {
    return Error{Errc::Io, fmt::format("--out {}: {}", path_, why), "out", std::move(hint)};
}

Error AtomicFile::fault(int number) const {
    return refused(std::strerror(number), hint_of(number));
}

Result<void> AtomicFile::open() {
    if (path_.empty()) return refused("the name is empty", "name a file, or - for stdout");
    if (const auto number = descriptor_of(path_)) return open_descriptor(*number);
    VAULT_TRYV(follow_links());
    struct stat there {};
    const bool exists = ::stat(target_.c_str(), &there) == 0;
    if (!exists && errno == EACCES) return fault(EACCES);
    if ((exists && S_ISDIR(there.st_mode)) || target_.ends_with('/'))
        return refused("this is a folder", "name a file in it");
    if (exists && !S_ISREG(there.st_mode)) return open_special(there);
    const std::string folder = folder_of(target_);
    if (::access(folder.c_str(), F_OK) == 0 && !is_folder(folder))
        return refused(fmt::format("{} is no folder", folder), "name a file in a folder");
    if (!is_folder(folder))
        return refused(fmt::format("there is no folder {}", folder),
                       fmt::format("make it first with: mkdir -p {}", folder));
    VAULT_TRYV(open_part());
    mode_ = exists ? there.st_mode & kPermissions : mode_of_new();
    return exists ? keep_owner(there) : success();
}

// What this program opened itself closes at exec; what its caller opened does not.
Result<void> AtomicFile::open_descriptor(int number) {
    const int flags = ::fcntl(number, F_GETFD);
    const int status = flags < 0 ? -1 : ::fcntl(number, F_GETFL);
    if (status < 0 || (flags & FD_CLOEXEC) != 0)
        return refused(fmt::format("descriptor {} is not open", number),
                       "open it in the shell, as in: 3>report.csv");
    if ((status & O_ACCMODE) == O_RDONLY)
        return refused(fmt::format("descriptor {} is not open for writing", number),
                       "open it for writing, as in: 3>report.csv");
    fd_ = ::fcntl(number, F_DUPFD_CLOEXEC, 0);
    return fd_ < 0 ? Result<void>(fault(errno)) : success();
}

Result<void> AtomicFile::open_special(const struct stat& there) {
    if (S_ISSOCK(there.st_mode)) return refused("this is a socket", "name a file or a pipe");
    const SystemClock clock;
    const auto give_up = clock.steady() + kReaderPatience;
    // A pipe without a reader answers ENXIO.
    while ((fd_ = ::open(target_.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK)) < 0) {
        const bool unread = errno == ENXIO && S_ISFIFO(there.st_mode);
        if (!unread) return fault(errno);
        if (clock.steady() >= give_up)
            return refused("nobody reads this pipe", "start its reader first");
        std::this_thread::sleep_for(kReaderPause);
    }
    ::fcntl(fd_, F_SETFL, O_WRONLY);
    return success();
}

Result<void> AtomicFile::open_part() {
    // A file that may not be written is not replaced either.
    const int there = ::open(target_.c_str(), O_WRONLY | O_CLOEXEC);
    if (there < 0 && errno != ENOENT) return fault(errno);
    if (there >= 0) ::close(there);
    const std::string folder = folder_of(target_);
    part_ = (folder == "/" ? "" : folder) + "/.vaultctl-part-XXXXXX";
    // Without a name, so that nothing is left of it whatever ends this program.
    fd_ = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    named_ = fd_ < 0;
    if (named_) fd_ = ::mkostemp(part_.data(), O_CLOEXEC);
    if (fd_ >= 0) return success();
    const int number = errno;
    part_.clear();
    return refused(fmt::format("no file can be made in {}: {}", folder, std::strerror(number)),
                   hint_of(number));
}

// A name of its own, for as long as it takes to put it in the place of another.
Result<void> AtomicFile::name_part() {
    if (named_) return success();
    const std::string text = fmt::format("/proc/self/fd/{}", fd_);
    const std::string stem = part_.substr(0, part_.size() - 6);
    for (int number = 0;; ++number) {
        part_ = fmt::format("{}{}-{}", stem, ::getpid(), number);
        if (::linkat(AT_FDCWD, text.c_str(), AT_FDCWD, part_.c_str(), AT_SYMLINK_FOLLOW) == 0)
            break;
        if (errno != EEXIST) return fault(errno);
    }
    named_ = true;
    return success();
}

// Also a link that leads to nothing yet.
Result<void> AtomicFile::follow_links() {
    target_ = path_;
    for (int followed = 0;; ++followed) {
        struct stat there {};
        if (::lstat(target_.c_str(), &there) != 0 || !S_ISLNK(there.st_mode)) return success();
        if (followed == kMostLinks) return fault(ELOOP);
        std::array<char, PATH_MAX> text;
        const auto size = ::readlink(target_.c_str(), text.data(), text.size());
        if (size < 0) return fault(errno);
        const std::string next(text.data(), static_cast<std::size_t>(size));
        target_ = next.starts_with('/') ? next : folder_of(target_) + '/' + next;
    }
}

// Whoever may write a file may still not give one away; then it is theirs who wrote it last, and
// no right of the old owner's group goes to another.
Result<void> AtomicFile::keep_owner(const struct stat& there) {
    struct stat mine {};
    if (::fstat(fd_, &mine) != 0) return fault(errno);
    if (mine.st_uid == there.st_uid && mine.st_gid == there.st_gid) return success();
    if (::fchown(fd_, there.st_uid, there.st_gid) == 0) return success();
    if (::fchown(fd_, static_cast<uid_t>(-1), there.st_gid) != 0)
        mode_ &= ~static_cast<mode_t>(S_IRWXG);
    mode_ &= ~static_cast<mode_t>(S_ISUID | S_ISGID);
    return success();
}

Result<void> AtomicFile::write(std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(fd_, text.data(), text.size());
        if (written < 0 && (errno == EINTR || wait_until_writable(fd_, errno))) continue;
        if (written < 0) return fault(errno);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return success();
}

Result<void> AtomicFile::finish() {
    if (part_.empty())
        return ::close(std::exchange(fd_, -1)) == 0 ? success() : Result<void>(fault(errno));
    if (::fchmod(fd_, mode_) != 0 || ::fsync(fd_) != 0) return fault(errno);
    VAULT_TRYV(name_part());
    if (std::rename(part_.c_str(), target_.c_str()) != 0) return fault(errno);
    ::close(fd_);
    fd_ = -1;
    // Not every file system can be told to keep a folder.
    const int folder = ::open(folder_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool kept = folder < 0 || ::fsync(folder) == 0 || errno == EINVAL || errno == EROFS;
    const int number = errno;
    if (folder >= 0) ::close(folder);
    return kept ? success() : Result<void>(fault(number));
}

Result<void> write_whole(const std::string& path, std::string_view text) {
    AtomicFile file(path);
    VAULT_TRYV(file.open());
    VAULT_TRYV(file.write(text));
    return file.finish();
}

}  // namespace vault::command
