#include "daemon/control/read_worker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vault::control {

namespace asio = boost::asio;

namespace {

asio::awaitable<void> on_worker(const ReadWorker::Job& job, ReadSide& side) {
    job(side);
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

ReadWorker::ReadWorker(ReadSide side, std::size_t max_waiting)
    : side_(std::move(side)),
      max_waiting_(max_waiting),
      thread_(std::make_unique<asio::thread_pool>(1)) {}

ReadWorker::~ReadWorker() {
    thread_->stop();
    thread_->join();
}

asio::awaitable<Result<void>> ReadWorker::run(const Job& job) {
    if (waiting_ >= max_waiting_)
        co_return Error(Errc::Busy, "too many reads of the store are waiting");
    const Counted counted(waiting_);
    co_await asio::co_spawn(thread_->get_executor(), on_worker(job, side_), asio::use_awaitable);
    co_return success();
}

}  // namespace vault::control
