#pragma once
// Driver: the turn loop on an Asio executor. It brings commands from any thread to the loop's, and
// answers back to their callers' executors. Owned by the composition root; everything but
// execute(), on_price(), on_rules() and progress() on its own executor.
#include "daemon/engine/turn_loop.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace vault::engine {

class AsioScheduler final : public Scheduler {
  public:
    AsioScheduler(boost::asio::any_io_executor executor, const Clock& clock);
    void post(std::function<void()> work) override;
    void wake_at(SteadyTime at, std::function<void()> alarm) override;
    void cancel_alarm() override;

  private:
    boost::asio::any_io_executor executor_;
    const Clock& clock_;
    boost::asio::steady_timer timer_;
    std::uint64_t alarm_ = 0;  // only the alarm set last counts
};

class Driver final : public ports::Commands, public ports::PriceSink, public ports::RulesSink {
  public:
    using MakeShard = TurnLoop::MakeShard;

    Driver(boost::asio::any_io_executor executor, ports::Store& store, MakeShard make_shard,
           ShardId shard, DriverOptions options, const Clock& clock, Logger& logger);
    ~Driver() override;

    // Who runs users' scripts, on this executor. Before start().
    void run_scripts_by(ports::ScriptHost& host) { loop_.run_scripts_by(host); }
    ports::ScriptListener& script_listener() { return loop_.script_listener(); }
    // Loads the shard and starts turning. Blocking. Errors: the store's.
    Result<void> start();
    void configure(const DriverOptions& options, const EngineOptions& shard) {
        loop_.configure(options, shard);
    }
    // Refuses mutations, stops replays, waits for the last batch, then calls `drained` once.
    void drain(std::function<void(bool durable)> drained) { loop_.drain(std::move(drained)); }

    boost::asio::awaitable<Result<ports::Reply>> execute(ports::CallContext context,
                                                         ports::Command command,
                                                         ports::Render render) override;
    void on_price(ports::LivePrice price) override;
    void on_rules(std::string exchange, std::vector<PairRules> rules) override;
    const DriverProgress& progress() const { return loop_.progress(); }
    // Set before start(): called when another writer has taken the shard.
    std::function<void()> on_fenced;
    // Set before start(): gets every event once it is durable, by seq, on this executor.
    std::function<void(ports::EventPage)> on_events;
    // Set before start(): as TurnLoop::on_alerts, on this executor but for the first call.
    ports::AlertSink on_alerts;
    // Set before start(): as TurnLoop::directory.
    ports::DirectorySink directory;
    // From now on another one; between start() and the executor's first turn.
    void follow(ports::DirectorySink sink) { loop_.directory = std::move(sink); }
    // The composition root's own command. On the executor; or between start() and its first turn:
    // then it is done before any tick and any other call. The answer comes on the executor.
    void call(ports::CallContext context, ports::Command command, ports::Render render,
              TurnLoop::Answer answer) {
        context.reserved = true;
        loop_.call(std::move(context), std::move(command), render, std::move(answer));
    }
    // The newest event when the shard was loaded; between start() and the executor's first turn.
    std::uint64_t last_event() const { return loop_.shard()->last_event(); }

  private:
    boost::asio::any_io_executor executor_;
    AsioScheduler scheduler_;
    TurnLoop loop_;
};

}  // namespace vault::engine
