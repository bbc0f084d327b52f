#include "daemon/runtime/deadline.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include <exception>

namespace vault::runtime::detail {

namespace asio = boost::asio;

namespace {

bool is_abort(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        return error.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

// Work that never suspends must not be cancelled by Asio 1.81 (see TaskGroup::run).
asio::awaitable<void> queued(asio::awaitable<void> work) {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    co_await std::move(work);
}

}  // namespace

asio::awaitable<void> race(asio::awaitable<void> work, Duration limit) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer{executor, limit};
    auto group = asio::experimental::make_parallel_group(
        asio::co_spawn(executor, queued(std::move(work)), asio::deferred),
        timer.async_wait(asio::deferred));
    const auto [order, failure, timer_error] =
        co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
        throw boost::system::system_error{asio::error::operation_aborted};
    const bool timed_out = order[0] == 1;
    if (failure && !(timed_out && is_abort(failure))) std::rethrow_exception(failure);
}

Error expired(std::string what, Duration limit) {
    return Error{Errc::Expired,
                 fmt::format("{} took longer than {}", what, format_duration(limit)),
                 {},
                 "ask for its state before it is tried again"};
}

}  // namespace vault::runtime::detail
