#include "daemon/engine/driver.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vault::engine {
namespace asio = boost::asio;

AsioScheduler::AsioScheduler(asio::any_io_executor executor, const Clock& clock)
    : executor_(std::move(executor)), clock_(clock), timer_(executor_) {}

void AsioScheduler::post(std::function<void()> work) {
    asio::post(executor_, std::move(work));
}

void AsioScheduler::wake_at(SteadyTime at, std::function<void()> alarm) {
    timer_.expires_after(at - clock_.steady());
    auto ring = [this, mine = ++alarm_, alarm = std::move(alarm)](const auto& status) {
        if (!status && mine == alarm_) alarm();
    };
    timer_.async_wait(std::move(ring));
}

void AsioScheduler::cancel_alarm() {
    ++alarm_;
    timer_.cancel();
}

Driver::Driver(asio::any_io_executor executor, ports::Store& store, MakeShard make_shard,
               ShardId shard, DriverOptions options, const Clock& clock, Logger& logger)
    : executor_(executor),
      scheduler_(std::move(executor), clock),
      loop_(scheduler_, store, std::move(make_shard), shard, options, clock, logger) {}

Driver::~Driver() = default;

Result<void> Driver::start() {
    loop_.on_fenced = on_fenced;
    loop_.on_events = on_events;
    loop_.on_alerts = on_alerts;
    loop_.directory = directory;
    return loop_.start();
}

void Driver::on_price(ports::LivePrice price) {
    asio::post(executor_,
               [this, price = std::move(price)]() mutable { loop_.price(std::move(price)); });
}

void Driver::on_rules(std::string exchange, std::vector<PairRules> rules) {
    auto tell = [this, exchange = std::move(exchange), rules = std::move(rules)]() mutable {
        loop_.rules(std::move(exchange), std::move(rules));
    };
    asio::post(executor_, std::move(tell));
}

asio::awaitable<Result<ports::Reply>> Driver::execute(ports::CallContext context,
                                                      ports::Command command,
                                                      ports::Render render) {
    // The handler comes back on the caller's executor; it is move-only, std::function is not.
    auto initiation = [this](auto handler, ports::CallContext ctx, ports::Command cmd,
                             ports::Render draw) {
        using Handler = decltype(handler);
        auto caller = asio::get_associated_executor(handler, executor_);
        auto shared = std::make_shared<Handler>(std::move(handler));
        TurnLoop::Answer answer = [caller, shared](Result<ports::Reply> result) {
            auto finish = [shared, result = std::move(result)]() mutable {
                std::move (*shared)(std::move(result));
            };
            asio::post(caller, std::move(finish));
        };
        auto call = [this, ctx = std::move(ctx), cmd = std::move(cmd), draw,
                     answer = std::move(answer)]() mutable {
            loop_.call(std::move(ctx), std::move(cmd), draw, std::move(answer));
        };
        asio::post(executor_, std::move(call));
    };
    const auto token = asio::use_awaitable;
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>,
                                            void(Result<ports::Reply>)>(
        initiation, token, std::move(context), std::move(command), render);
}

}  // namespace vault::engine
