#include "daemon/control/read_worker.hpp"

namespace vault::control {

ReadWorker::ReadWorker(ReadSide side, std::size_t max_waiting)
    : side_(std::move(side)),
      thread_(1, max_waiting, Error(Errc::Busy, "too many reads of the store are waiting")) {}

boost::asio::awaitable<Result<void>> ReadWorker::run(const Job& job) {
    const std::function<void()> beside = [&] { job(side_); };
    auto running = thread_.run(beside);
    co_return co_await std::move(running);
}

}  // namespace vault::control
