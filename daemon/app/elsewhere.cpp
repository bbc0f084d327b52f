#include "daemon/app/elsewhere.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>

namespace vault::app {
namespace asio = boost::asio;

asio::awaitable<void> done_elsewhere(std::function<void(Done)> start) {
    // The handler comes back on the caller's executor; it is move-only, std::function is not.
    auto initiation = [](auto handler, std::function<void(Done)> begin) {
        using Handler = decltype(handler);
        auto caller = asio::get_associated_executor(handler);
        auto shared = std::make_shared<Handler>(std::move(handler));
        begin([caller, shared] { asio::post(caller, [shared] { std::move (*shared)(); }); });
    };
    const auto token = asio::use_awaitable;
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiation, token,
                                                                         std::move(start));
}

}  // namespace vault::app
