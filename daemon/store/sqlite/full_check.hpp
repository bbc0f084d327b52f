#pragma once
// The full check as background work: one thread at a time that runs verify() on its own read-only
// connection. The owner stops and joins it. Its calls may come from any thread.
#include "daemon/store/sqlite/verify.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace vault::store {

class FullCheck {
  public:
    // Called on the check's thread with the outcome, unless it was aborted.
    using Finished = std::function<void(const Result<VerifyReport>&)>;

    FullCheck(std::string path, Finished finished)
        : path_(std::move(path)), finished_(std::move(finished)) {}
    ~FullCheck() { abort(); }
    FullCheck(const FullCheck&) = delete;
    FullCheck& operator=(const FullCheck&) = delete;

    void start();
    Result<VerifyReport> await();
    void abort();  // and joins

  private:
    void run();

    std::string path_;
    Finished finished_;
    std::atomic<bool> stop_{false};
    std::mutex mutex_;  // guards the rest
    std::condition_variable changed_;
    bool running_ = false;
    std::optional<Result<VerifyReport>> outcome_;
    std::thread thread_;
};

}  // namespace vault::store
