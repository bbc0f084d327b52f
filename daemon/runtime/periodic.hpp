#pragma once
// every: calls `tick` each `period` until the coroutine is cancelled. It keeps to its grid: a late
// call does not shift the next ones, and calls that were missed altogether are skipped, not made up
// for. The first call comes one period after the start. Runs on the awaiting coroutine's executor.
#include "common/base/time.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>

namespace vault::runtime {

// period > 0.
boost::asio::awaitable<void> every(Duration period, std::function<void()> tick);

}  // namespace vault::runtime
