#include "daemon/runner/seam_end.hpp"

#include "daemon/runner/pipe.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace vault::runner {
namespace {

constexpr std::size_t kOutgoingMost = 4U << 20U;

Error broken(const char* what) {
    return Error{Errc::Io,
                 fmt::format("{} the daemon: {}", what, std::strerror(errno)),
                 {},
                 "vaultd starts a new connection"};
}

}  // namespace

SeamEnd::SeamEnd(int from_daemon, int to_daemon)
    : from_(from_daemon), to_(to_daemon), outgoing_(seam_hello_line()) {
    never_wait(from_);
    never_wait(to_);
}

std::array<pollfd, 2> SeamEnd::ends() const {
    const bool listening = waiting() < kOutgoingMost;
    return {pollfd{listening ? from_ : -1, POLLIN, 0},
            pollfd{waiting() > 0 ? to_ : -1, POLLOUT, 0}};
}

Result<bool> SeamEnd::read() {
    std::array<char, 65536> part{};
    const auto got = ::read(from_, part.data(), part.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (got == 0 || (got < 0 && errno == ECONNRESET)) return false;  // it may have been killed
    if (got < 0) return broken("reading from");
    incoming_.add({part.data(), static_cast<std::size_t>(got)});
    if (incoming_.too_long())
        return Error{Errc::InvalidParams,
                     fmt::format("a line of the daemon is longer than {} bytes", kSeamLineMost),
                     "line", "vaultd and vaultd-runner must be of the same release"};
    return true;
}

Result<void> SeamEnd::write() {
    while (waiting() > 0) {
        const auto written = ::write(to_, outgoing_.data() + sent_, waiting());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0 && errno == EAGAIN) return success();
        if (written < 0 && errno == EPIPE) break;  // it has hung up, as read() will tell
        if (written < 0) return broken("writing to");
        sent_ += static_cast<std::size_t>(written);
    }
    outgoing_.clear();
    sent_ = 0;
    return success();
}

}  // namespace vault::runner
