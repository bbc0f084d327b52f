#include "daemon/runner/pipe.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace vault::runner {

void Descriptor::close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

Result<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return Error{Errc::Io,
                     fmt::format("no pipe: {}", std::strerror(errno)),
                     {},
                     "raise the limit of open files"};
    return Pipe{Descriptor{ends[0]}, Descriptor{ends[1]}};
}

void never_wait(int fd) {
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

}  // namespace vault::runner
