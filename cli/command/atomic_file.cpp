#include "cli/command/atomic_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace vault::command {

AtomicFile::~AtomicFile() {
    if (fd_ < 0) return;
    ::close(fd_);
    if (!part_.empty()) ::unlink(part_.c_str());
}

Result<void> AtomicFile::open() {
    struct stat there {};
    const bool exists = ::stat(path_.c_str(), &there) == 0;
    if (exists && !S_ISREG(there.st_mode)) {
        fd_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
        return fd_ < 0 ? Result<void>(fault()) : success();
    }
    if (exists) {
        const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path_.c_str(), nullptr),
                                                               &std::free);
        if (!real) return fault();
        path_ = real.get();
    }
    part_ = fmt::format("{}.part-{}", path_, ::getpid());
    fd_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return fd_ < 0 ? Result<void>(fault()) : success();
}

Result<void> AtomicFile::write(std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(fd_, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fault();
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return success();
}

Result<void> AtomicFile::finish() {
    if (part_.empty())
        return ::close(std::exchange(fd_, -1)) == 0 ? success() : Result<void>(fault());
    if (::fsync(fd_) != 0 || std::rename(part_.c_str(), path_.c_str()) != 0) return fault();
    ::close(fd_);
    fd_ = -1;
    const auto slash = path_.find_last_of('/');
    const std::string folder = slash == 0 ? "/" : path_.substr(0, slash);
    const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool kept = directory >= 0 && ::fsync(directory) == 0;
    if (directory >= 0) ::close(directory);
    return kept ? success() : Result<void>(fault());
}

Error AtomicFile::fault() const {
    return Error{Errc::Io, fmt::format("{}: {}", path_, std::strerror(errno)), "out",
                 "choose a file in a folder that you can write to"};
}

Result<void> write_whole(const std::string& path, std::string_view text) {
    AtomicFile file(path);
    VAULT_TRYV(file.open());
    VAULT_TRYV(file.write(text));
    return file.finish();
}

}  // namespace vault::command
