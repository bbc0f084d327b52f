#include "daemon/runtime/worker_pool.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace vault::runtime {

namespace asio = boost::asio;

namespace {

asio::awaitable<void> on_thread(const WorkerPool::Job& job) {
    job();
    co_return;
}

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
    co_await asio::co_spawn(threads_->get_executor(), on_thread(job), asio::use_awaitable);
    co_return success();
}

}  // namespace vault::runtime
