#include "daemon/runtime/periodic.hpp"

#include "common/base/check.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vault::runtime {

namespace asio = boost::asio;

asio::awaitable<void> every(Duration period, std::function<void()> tick) {
    VAULT_CHECK(period > Duration{0}, "a period must be positive");
    asio::steady_timer timer{co_await asio::this_coro::executor, period};
    for (;;) {
        co_await timer.async_wait(asio::use_awaitable);
        tick();
        auto next = timer.expiry() + period;
        timer.expires_after(asio::steady_timer::duration{0});
        const auto now = timer.expiry();  // the timer's own clock, so that no other is read
        if (next < now) next += (now - next) / period * period + period;
        timer.expires_at(next);
    }
}

}  // namespace vault::runtime
