#include "daemon/runtime/task_group.hpp"

#include "common/base/check.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace vault::runtime {

namespace asio = boost::asio;

TaskGroup::TaskGroup(asio::any_io_executor executor)
    : executor_(std::move(executor)), empty_(executor_) {
    empty_.expires_at(asio::steady_timer::time_point::max());
}

TaskGroup::~TaskGroup() {
    VAULT_CHECK(children_.empty(), "a task group was destroyed before its children were joined");
}

void TaskGroup::spawn(asio::awaitable<void> child) {
    if (stopping_) return;
    const auto place = children_.emplace(children_.end());
    // Posted, not called: a child may end inside the emit() of stop(), which walks the list.
    auto done = [this, place](std::exception_ptr failure) {
        asio::post(executor_, [this, place, failure] { ended(place, failure); });
    };
    asio::co_spawn(executor_, run(std::move(child), place),
                   asio::bind_cancellation_slot(place->cancel.slot(), std::move(done)));
}

// Asio 1.81 lets operation_aborted out of io_context::run() when a coroutine is cancelled before
// its first step, or ends cancelled without ever having been suspended. So each child first goes
// once through the queue, and stop() leaves those alone that have not.
asio::awaitable<void> TaskGroup::run(asio::awaitable<void> child, Children::iterator place) {
    co_await asio::post(executor_, asio::use_awaitable);
    place->started = true;
    if (!stopping_) co_await std::move(child);
}

void TaskGroup::stop() {
    stopping_ = true;
    for (Child& child : children_)
        if (child.started) child.cancel.emit(asio::cancellation_type::terminal);
}

asio::awaitable<void> TaskGroup::join() {
    while (!children_.empty()) {
        co_await empty_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void TaskGroup::ended(Children::iterator child, std::exception_ptr failure) {
    if (failure) {
        try {
            std::rethrow_exception(failure);
        } catch (const boost::system::system_error& error) {
            VAULT_CHECK(error.code() == asio::error::operation_aborted, error.what());
        } catch (const std::exception& error) {
            VAULT_CHECK(false, error.what());
        }
    }
    children_.erase(child);
    if (children_.empty()) empty_.cancel();
}

}  // namespace vault::runtime
