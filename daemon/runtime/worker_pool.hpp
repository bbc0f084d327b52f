#pragma once
// WorkerPool: a few threads for jobs that would hold up their caller's, at most so many waiting. It
// knows no job's kind. Owned by who has the jobs; run() is called on one thread and resumes there.
// Errors: what it was given for a pool that is full.
#include "common/base/result.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <memory>

namespace boost::asio {
class thread_pool;
}

namespace vault::runtime {

class WorkerPool {
  public:
    // `full` is the error of a call that finds `most_waiting` jobs begun or waiting.
    WorkerPool(std::size_t threads, std::size_t most_waiting, Error full);
    ~WorkerPool();  // waits for the jobs that run; those that wait are dropped
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    using Job = std::function<void()>;
    // Runs the job on a thread of the pool. The job must outlive the call; it must not throw.
    boost::asio::awaitable<Result<void>> run(const Job& job);

    // Those that run count.
    std::size_t waiting() const { return waiting_; }

  private:
    std::size_t most_waiting_;
    Error full_;
    std::size_t waiting_ = 0;  // the caller's thread only
    std::unique_ptr<boost::asio::thread_pool> threads_;
};

}  // namespace vault::runtime
