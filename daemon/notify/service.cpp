#include "daemon/notify/service.hpp"

#include "common/base/excerpt.hpp"
#include "daemon/notify/http.hpp"
#include "daemon/notify/message.hpp"
#include "daemon/runtime/deadline.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace vault::notify {

namespace asio = boost::asio;

namespace {

constexpr Duration kRound = std::chrono::seconds{5};  // the longest between two looks
constexpr Duration kSoonest = std::chrono::milliseconds{20};
constexpr Duration kSettleAgain = std::chrono::seconds{1};
constexpr Duration kFirstBeat = std::chrono::seconds{1};  // every loop has gone round by then
constexpr Duration kStopGrace = std::chrono::seconds{3};
constexpr std::size_t kProblemMost = 300;

std::string render_nothing(const ports::View&) {
    return "{}";
}

}  // namespace

Service::Service(Settings settings, ports::Commands& commands, ports::Notifier& notifier,
                 ports::HookRunner& hooks, const Clock& clock, Logger& log)
    : settings_(std::move(settings)),
      commands_(commands),
      notifier_(notifier),
      hooks_(hooks),
      clock_(clock),
      log_(log),
      work_(asio::make_work_guard(io_)),
      timer_(io_),
      beat_timer_(io_),
      tasks_(io_.get_executor()),
      last_(io_.get_executor()) {
    outbox_.configure(settings_.rules);
    last_round_ = clock_.steady().count();
}

Service::~Service() {
    work_.reset();
    if (thread_.joinable()) thread_.join();
}

void Service::start(std::function<bool()> alive) {
    alive_ = std::move(alive);
    asio::post(io_, [this] {
        tasks_.spawn(tend());
        tasks_.spawn(beat());
    });
    thread_ = std::thread{[this] { io_.run(); }};
}

void Service::stop(std::function<void()> stopped) {
    asio::post(io_, [this, stopped = std::move(stopped)]() mutable {
        stopping_ = true;
        wake();
        beat_timer_.cancel();
        last_.spawn(wind_down(std::move(stopped)));
    });
}

void Service::adopt(ports::AlertPage page) {
    asio::post(io_, [this, page = std::move(page)]() mutable {
        outbox_.adopt(std::move(page));
        wake();
    });
}

void Service::configure(Settings settings) {
    asio::post(io_, [this, settings = std::move(settings)]() mutable {
        settings_ = std::move(settings);
        outbox_.configure(settings_.rules);
        wake();
        beat_timer_.cancel();
    });
}

asio::awaitable<void> Service::beat() {
    beat_timer_.expires_after(kFirstBeat);
    co_await beat_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    while (!stopping_) {
        auto pinging = ping();
        co_await std::move(pinging);
        beat_timer_.expires_after(settings_.heartbeat_every);
        co_await beat_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

// That nobody takes it is told once, and so is its end. What holds the daemon up is told by others:
// the engine may not be able to.
asio::awaitable<void> Service::ping() {
    if (!alive_()) co_return;
    auto sending = send_beat();
    const Result<void> sent = co_await std::move(sending);
    if (sent.has_value() == heard_) co_return;
    heard_ = sent.has_value();
    tasks_.spawn(raise(heard_
                           ? ports::cmd::Raise{ports::Severity::Warning, "heartbeat_heard", "",
                                               "the heartbeat is heard again"}
                           : ports::cmd::Raise{ports::Severity::Warning, "heartbeat_unheard", "",
                                               "the heartbeat is not heard: " +
                                                   excerpt(sent.error().message(), kProblemMost)}));
}

// To the URL and to the program, whichever is configured.
asio::awaitable<Result<void>> Service::send_beat() {
    const Settings settings = settings_;
    Result<void> sent = success();
    if (!settings.heartbeat_url.empty()) {
        Url url = parse_url(settings.heartbeat_url).value();
        auto sending = http_send(std::move(url), {}, {}, settings.try_limit);
        sent = co_await std::move(sending);
    }
    if (!settings.heartbeat_command.empty()) {
        auto running = hooks_.run({{settings.heartbeat_command}, {}, settings.try_limit});
        const Result<void> ran = co_await std::move(running);
        if (!ran) sent = ran.error();
    }
    co_return sent;
}

asio::awaitable<void> Service::raise(ports::cmd::Raise alert) {
    log_.log(LogLevel::Warning, alert.kind, alert.message);
    ports::CallContext context;
    context.actor = "engine";
    auto telling = commands_.execute(std::move(context), std::move(alert), &render_nothing);
    const Result<ports::Reply> told = co_await std::move(telling);
    if (!told) log_.log(LogLevel::Warning, "alert_not_kept", told.error().message());
}

asio::awaitable<Result<void>> Service::all_ended() {
    auto joining = tasks_.join();
    co_await std::move(joining);
    co_return success();
}

asio::awaitable<void> Service::wind_down(std::function<void()> stopped) {
    auto ending = runtime::with_deadline(all_ended(), kStopGrace, "the last deliveries");
    const Result<void> ended = co_await std::move(ending);
    if (!ended) {
        tasks_.stop();
        auto joining = tasks_.join();
        co_await std::move(joining);
    }
    stopped();
}

asio::awaitable<void> Service::tend() {
    while (!stopping_) {
        last_round_ = clock_.steady().count();
        for (ports::cmd::SettleDelivery& orphan : outbox_.take_orphans())
            tasks_.spawn(give_up(std::move(orphan)));
        const UtcTime now = clock_.now();
        for (Parcel& parcel : outbox_.take_due(now))
            tasks_.spawn(send(std::move(parcel)));
        Duration wait = kRound;
        if (const auto due = outbox_.next_due(now)) wait = std::clamp(*due - now, kSoonest, kRound);
        timer_.expires_after(wait);
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

asio::awaitable<void> Service::give_up(ports::cmd::SettleDelivery orphan) {
    const std::string target = orphan.route;
    auto settling = settle(std::move(orphan));
    co_await std::move(settling);
    outbox_.came_back(target);
}

// The engine has to know before anything else goes to the target: what it does not know is sent
// again.
asio::awaitable<void> Service::settle(ports::cmd::SettleDelivery command) {
    for (;;) {
        ports::CallContext context;
        context.actor = "engine";
        auto telling = commands_.execute(std::move(context), command, &render_nothing);
        const Result<ports::Reply> told = co_await std::move(telling);
        if (told || stopping_) co_return;
        asio::steady_timer pause{io_};
        pause.expires_after(kSettleAgain);
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

asio::awaitable<void> Service::send(Parcel parcel) {
    const std::string target = parcel.target.to.name;
    auto delivering = notifier_.deliver(parcel.target.to,
                                        make_message(parcel, settings_.deployment, clock_.now()),
                                        settings_.try_limit);
    const Result<void> delivered = co_await std::move(delivering);
    const std::string problem =
        delivered ? std::string{} : excerpt(delivered.error().message(), kProblemMost);
    if (!delivered)
        log_.log(LogLevel::Warning, "alert_not_delivered",
                 fmt::format("{} alerts to {}: {}", parcel.alerts.size(), target, problem));
    for (auto& outcome : outbox_.outcomes(parcel, problem, clock_.now())) {
        auto settling = settle(std::move(outcome));
        co_await std::move(settling);
    }
    outbox_.came_back(target);
    wake();
}

}  // namespace vault::notify
