#pragma once
// with_deadline: awaits work, but not longer than `limit`. What has not ended by then is cancelled,
// awaited to its end (so nothing of it runs on afterwards) and answered with Errc::Expired, whose
// outcome is unknown if bytes had left. A cancelled caller gets operation_aborted as usual.
// Work that ignores cancellation holds its caller up: every await inside must be cancellable.
#include "common/base/result.hpp"
#include "common/base/time.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <utility>

namespace vault::runtime {

namespace detail {

// Runs work against a timer; returns when both are over.
boost::asio::awaitable<void> race(boost::asio::awaitable<void> work, Duration limit);
Error expired(std::string what, Duration limit);

template <class T>
boost::asio::awaitable<void> keep(boost::asio::awaitable<Result<T>> work,
                                  std::optional<Result<T>>& out) {
    out.emplace(co_await std::move(work));
}

}  // namespace detail

// `what` names the work in the error: "<what> took longer than 5s".
template <class T>
boost::asio::awaitable<Result<T>> with_deadline(boost::asio::awaitable<Result<T>> work,
                                                Duration limit, std::string what) {
    std::optional<Result<T>> out;
    co_await detail::race(detail::keep(std::move(work), out), limit);
    if (!out) co_return detail::expired(std::move(what), limit);
    co_return std::move(*out);
}

}  // namespace vault::runtime
