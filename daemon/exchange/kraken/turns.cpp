#include "daemon/exchange/kraken/turns.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace vault::exchange::kraken {

namespace asio = boost::asio;

Turns::Turn::~Turn() {
    if (has_come_)
        turns_.pass_on();
    else
        turns_.forget(this);
}

asio::awaitable<bool> Turns::Turn::come(Duration limit) {
    if (!turns_.taken_) {
        turns_.taken_ = has_come_ = true;
        co_return true;
    }
    asio::steady_timer alarm{co_await asio::this_coro::executor, limit};
    alarm_ = &alarm;
    turns_.waiting_.push_back(this);
    auto ringing = alarm.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await std::move(ringing);
    alarm_ = nullptr;
    co_return has_come_;
}

void Turns::pass_on() {
    taken_ = !waiting_.empty();
    if (!taken_) return;
    Turn& next = *waiting_.front();
    waiting_.pop_front();
    next.has_come_ = true;
    if (next.alarm_ != nullptr) next.alarm_->cancel();
}

void Turns::forget(Turn* turn) {
    std::erase(waiting_, turn);
}

}  // namespace vault::exchange::kraken
