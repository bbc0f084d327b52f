#pragma once
// What stands behind the control server in its tests: an engine that follows a script, a candle
// library in memory, and a clock whose every look can cost time.
#include "common/protocol/codec.hpp"
#include "daemon/control/server.hpp"
#include "tests/unit/report/fake_reader.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace vault::test {

namespace asio = boost::asio;
namespace json = boost::json;

struct SeenCall {
    ports::CallContext context;
    std::size_t command = 0;  // index in ports::Command
    ports::Command value;
};

// Answers ShowStatus and lists by itself; the rest through `script`.
class FakeCommands final : public ports::Commands {
  public:
    using Script = std::function<Result<ports::Reply>(const ports::CallContext&,
                                                      const ports::Command&, ports::Render)>;
    Script script;
    std::atomic<bool> hold{false};  // calls other than status wait while it is set
    std::atomic<int> running{0};
    std::atomic<int> most_running{0};

    std::vector<SeenCall> seen() const {
        const std::lock_guard lock(mutex_);
        return seen_;
    }

    asio::awaitable<Result<ports::Reply>> execute(ports::CallContext context,
                                                  ports::Command command,
                                                  ports::Render render) override {
        {
            const std::lock_guard lock(mutex_);
            seen_.push_back({context, command.index(), command});
        }
        most_running = std::max(most_running.load(), ++running);
        asio::steady_timer timer(co_await asio::this_coro::executor);
        const bool status = std::holds_alternative<ports::cmd::ShowStatus>(command);
        while (hold && !status) {
            timer.expires_after(std::chrono::milliseconds{2});
            co_await timer.async_wait(asio::use_awaitable);
        }
        --running;
        co_return script ? script(context, command, render) : plain(command, render);
    }

    static Result<ports::Reply> plain(const ports::Command& command, ports::Render render) {
        ports::StatusView status;
        status.state = "running";
        ports::View view = status;
        if (std::holds_alternative<ports::cmd::ListUsers>(command))
            view = std::vector<ports::UserView>{};
        if (std::holds_alternative<ports::cmd::ListVaults>(command))
            view = std::vector{vault(1), vault(2)};
        if (std::holds_alternative<ports::cmd::ListMarks>(command))
            view = std::vector<ports::VaultMarkView>{};
        if (std::holds_alternative<ports::cmd::ListAccounts>(command))
            view = std::vector<ports::AccountView>(1);
        if (std::holds_alternative<ports::cmd::ListPositions>(command))
            view = std::vector<ports::PositionView>{};
        if (std::holds_alternative<ports::cmd::ReplayStatus>(command))
            view = std::vector<ports::ReplayView>{};
        if (const auto* market = std::get_if<ports::cmd::ShowMarket>(&command))
            view = ports::PairMarketView{market->account, market->account, market->pair, {}, {}};
        if (std::holds_alternative<ports::cmd::SetPairs>(command)) view = ports::PairsView{};
        if (std::holds_alternative<ports::cmd::ShowTop>(command)) view = ports::TopView{};
        return ports::Reply{render(view)};
    }

    static ports::VaultView vault(std::uint32_t number) {
        ports::VaultView view;
        view.id = VaultId{number};
        view.account = AccountId{number};
        view.asset = Asset::parse("USDT").value();
        return view;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<SeenCall> seen_;
};

// Shows `view`, and answers a reload with `next`; control thread only, set before start.
class FakeConfiguration final : public ports::Configuration {
  public:
    ports::ConfigView view{"/etc/vaultd/config.yaml", "/var/lib/vaultd", {}, {}};
    Result<ports::ConfigReload> next = ports::ConfigReload{
        parse_utc("2021-04-01").value(), "uid:0", "/etc/vaultd/config.yaml", true, false, {}};
    std::vector<ports::ReloadAsk> asked;

    const ports::ConfigView& show() const override { return view; }
    asio::awaitable<Result<ports::ConfigReload>> reload(ports::ReloadAsk ask) override {
        asked.push_back(ask);
        if (next && !ask.dry_run) view.last_reload = next.value();
        co_return next;
    }
};

class FakeCandles final : public ports::Candles {
  public:
    Result<ports::ImportView> import(const std::string& path, std::optional<Pair> pair,
                                     std::optional<Duration> interval) override {
        if (path.find("missing") != std::string::npos)
            return Error(Errc::NotFound, "no such file", "file");
        ports::ImportView view;
        view.source = path;
        view.pair = pair.value_or(Pair::parse("ETH/USDT").value());
        view.interval = interval.value_or(std::chrono::minutes{1});
        view.rows = 5;
        return view;
    }
    Result<ports::ImportView> rehearse(const std::string& path, std::optional<Pair> pair,
                                       std::optional<Duration> interval) override {
        return import(path, pair, interval);
    }
    Result<std::vector<ports::ImportView>> list() override {
        return std::vector<ports::ImportView>{};
    }
};

// The system's time, but every look at the steady clock can cost some.
class SteppingClock final : public Clock {
  public:
    std::atomic<std::int64_t> step_ns{0};
    UtcTime now() const override { return real_.now(); }
    SteadyTime steady() const override {
        return real_.steady() + SteadyTime{skipped_ += step_ns.load()};
    }

  private:
    SystemClock real_;
    mutable std::atomic<std::int64_t> skipped_{0};
};

}  // namespace vault::test
