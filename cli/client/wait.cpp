#include "cli/client/wait.hpp"

#include "common/base/clock.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace vault::client {

InterruptGuard::InterruptGuard() {
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, &before_);
    signal_fd_ = signalfd(-1, &interrupt, SFD_CLOEXEC | SFD_NONBLOCK);
}

InterruptGuard::~InterruptGuard() {
    if (signal_fd_ >= 0) ::close(signal_fd_);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

Wake InterruptGuard::wait(int fd, short events,
                          std::optional<std::chrono::nanoseconds> until) const {
    const SystemClock clock;
    std::array<pollfd, 2> watched{{{fd, events, 0}, {signal_fd_, POLLIN, 0}}};
    for (;;) {
        int timeout = -1;
        if (until) {
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(*until - clock.steady()).count();
            if (left <= 0) return Wake::TimedOut;
            timeout = static_cast<int>(std::min<long long>(left, INT_MAX));
        }
        const int ready = ::poll(watched.data(), watched.size(), timeout);
        if (ready < 0 && errno != EINTR) return Wake::Ready;  // the next read tells the fault
        if (ready <= 0) continue;
        if (watched[1].revents != 0) {
            signalfd_siginfo info;
            [[maybe_unused]] const auto taken = ::read(signal_fd_, &info, sizeof info);
            return Wake::Interrupted;
        }
        return Wake::Ready;
    }
}

}  // namespace vault::client
