#include "daemon/store/sqlite/full_check.hpp"

#include <sys/resource.h>

namespace vault::store {

namespace {

constexpr int kBackground = 10;  // nice

}  // namespace

void FullCheck::start() {
    const std::lock_guard lock{mutex_};
    if (running_) return;
    if (thread_.joinable()) thread_.join();
    stop_ = false;
    running_ = true;
    outcome_.reset();
    thread_ = std::thread{[this] { run(); }};
}

void FullCheck::run() {
    // Of this thread and those that it starts; trading goes first. It cannot fail for one's own.
    ::setpriority(PRIO_PROCESS, 0, kBackground);
    Result<VerifyReport> outcome =
        verify(path_, std::nullopt, [this](std::uint64_t) { return !stop_.load(); });
    if (!stop_) finished_(outcome);
    const std::lock_guard lock{mutex_};
    outcome_ = std::move(outcome);
    running_ = false;
    changed_.notify_all();
}

Result<VerifyReport> FullCheck::await() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return !running_; });
    if (!outcome_)
        return Error{Errc::NotReady, "no full check was started", "store", "start one first"};
    return *outcome_;
}

void FullCheck::abort() {
    stop_ = true;
    std::thread thread;
    {
        const std::lock_guard lock{mutex_};
        thread.swap(thread_);
    }
    if (thread.joinable()) thread.join();
}

}  // namespace vault::store
