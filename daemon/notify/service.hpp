#pragma once
// Service: the thread that tells people. It follows the engine's alerts, sends what is due by the
// target's notifier, one message per target at a time and targets beside each other, and tells the
// engine how each try ended; only what is durable there counts as delivered. Owned by the App,
// which may call everything from any thread; nothing of the shard or of control waits for it. A
// target that fails is tried again; what it costs is the log's and the alert list's to tell.
#include "common/base/log.hpp"
#include "daemon/notify/outbox.hpp"
#include "daemon/ports/commands.hpp"
#include "daemon/ports/hook_runner.hpp"
#include "daemon/runtime/task_group.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <functional>
#include <thread>

namespace vault::notify {

struct Settings {
    std::string deployment;
    Rules rules{};
    Duration try_limit{10'000};       // of one try
    std::string heartbeat_url{};      // empty: none
    std::string heartbeat_command{};  // an absolute path; empty: none
    Duration heartbeat_every{60'000};
};

class Service {
  public:
    // References must outlive it. Nothing is sent before start().
    Service(Settings settings, ports::Commands& commands, ports::Notifier& notifier,
            ports::HookRunner& hooks, const Clock& clock, Logger& log);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    // `alive`: whether the daemon makes progress; asked before each ping of the heartbeat. A daemon
    // that does not is silent, so that who waits for the ping notices.
    void start(std::function<bool()> alive);
    // Begins nothing new, gives what is under way a few seconds, then calls `stopped` once, on its
    // own thread.
    void stop(std::function<void()> stopped);
    void adopt(ports::AlertPage page);
    void configure(Settings settings);
    // When its loop last went round, steady clock; it does at least every 5 s.
    SteadyTime last_round() const { return SteadyTime{last_round_.load()}; }

  private:
    boost::asio::awaitable<void> tend();
    boost::asio::awaitable<void> beat();
    boost::asio::awaitable<void> ping();
    boost::asio::awaitable<Result<void>> send_beat();
    boost::asio::awaitable<void> raise(ports::cmd::Raise alert);
    boost::asio::awaitable<void> send(Parcel parcel);
    boost::asio::awaitable<void> settle(ports::cmd::SettleDelivery command);
    boost::asio::awaitable<void> give_up(ports::cmd::SettleDelivery orphan);
    boost::asio::awaitable<void> wind_down(std::function<void()> stopped);
    boost::asio::awaitable<Result<void>> all_ended();
    void wake() { timer_.cancel(); }

    Settings settings_;
    ports::Commands& commands_;
    ports::Notifier& notifier_;
    ports::HookRunner& hooks_;
    const Clock& clock_;
    Logger& log_;
    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    Outbox outbox_;
    boost::asio::steady_timer timer_;
    boost::asio::steady_timer beat_timer_;
    std::function<bool()> alive_;
    bool heard_ = true;  // the last ping was taken
    runtime::TaskGroup tasks_;
    runtime::TaskGroup last_;  // winds the tasks down
    std::atomic<std::int64_t> last_round_{0};
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace vault::notify
