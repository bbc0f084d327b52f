#include "daemon/runtime/worker_pool.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <utility>

namespace vault::runtime {

namespace asio = boost::asio;

namespace {

class Counted {
  public:
    explicit Counted(std::size_t& count) : count_(count) { ++count_; }
    ~Counted() { --count_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

  private:
    std::size_t& count_;
};

}  // namespace

WorkerPool::WorkerPool(std::size_t threads, std::size_t most_waiting, Error full)
    : most_waiting_(most_waiting),
      full_(std::move(full)),
      threads_(std::make_unique<asio::thread_pool>(threads)) {}

WorkerPool::~WorkerPool() {
    threads_->stop();
    threads_->join();
}

asio::awaitable<Result<void>> WorkerPool::run(const Job& job) {
    if (waiting_ >= most_waiting_) co_return full_;
    const Counted counted(waiting_);
    // The way back goes to the caller at once, and not behind the jobs that wait for a thread.
    auto initiation = [this, &job](auto handler) {
        using Handler = decltype(handler);
        auto caller = asio::get_associated_executor(handler);
        auto shared = std::make_shared<Handler>(std::move(handler));
        auto work = [&job, shared, caller, busy = asio::make_work_guard(caller)] {
            job();
            asio::post(caller, [shared] { std::move (*shared)(); });
        };
        asio::post(threads_->get_executor(), std::move(work));
    };
    const auto token = asio::use_awaitable;
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiation, token);
    co_return success();
}

}  // namespace vault::runtime
