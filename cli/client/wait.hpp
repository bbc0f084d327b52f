#pragma once
// Waiting on one file descriptor with a time limit, interruptible by SIGINT: the signal is blocked
// while an InterruptGuard lives and is read from a signalfd instead, so that a call in flight can
// still say what it knows. Private to this room; one thread.
#include "common/base/time.hpp"

#include <csignal>
#include <optional>

namespace vault::client {

enum class Wake { Ready, TimedOut, Interrupted };

class InterruptGuard {
  public:
    InterruptGuard();
    ~InterruptGuard();
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

    // `events` as for poll(2); hang-up and error count as ready. `until` on the steady clock, in
    // nanoseconds; absent: no limit.
    Wake wait(int fd, short events, std::optional<std::chrono::nanoseconds> until) const;

  private:
    int signal_fd_;
    sigset_t before_{};
};

}  // namespace vault::client
