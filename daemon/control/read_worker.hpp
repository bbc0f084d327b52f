#pragma once
// ReadWorker: the one thread on which control reads the store and imports candle files, so that
// neither holds up the control thread nor the shard. Jobs run one after the other; a long read
// makes itself many short jobs, so that others get their turn in between. Owned by the server;
// run() is called on the control thread. Errors: Busy when too many jobs wait.
#include "daemon/ports/candle_library.hpp"
#include "daemon/ports/store_reader.hpp"
#include "daemon/runtime/worker_pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace vault::control {

// What only the worker's thread may touch.
struct ReadSide {
    std::unique_ptr<ports::StoreReader> reader;
    std::unique_ptr<ports::Candles> candles;  // may be null: importing is then refused
};

class ReadWorker {
  public:
    ReadWorker(ReadSide side, std::size_t max_waiting);

    using Job = std::function<void(ReadSide&)>;
    // Runs the job on the worker's thread and resumes on the caller's executor. The job must
    // outlive the call; it must not throw.
    boost::asio::awaitable<Result<void>> run(const Job& job);

  private:
    ReadSide side_;
    runtime::WorkerPool thread_;  // goes first, and waits for the job that runs
};

// Runs `read(ReadSide&)` -> Result<T> on the worker.
template <class T>
boost::asio::awaitable<Result<T>> read_on(ReadWorker& worker,
                                          std::function<Result<T>(ReadSide&)> read) {
    std::optional<Result<T>> out;
    const ReadWorker::Job job = [&](ReadSide& side) { out.emplace(read(side)); };
    const Result<void> ran = co_await worker.run(job);
    if (!ran) co_return ran.error();
    co_return std::move(*out);
}

}  // namespace vault::control
