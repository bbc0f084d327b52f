#pragma once
// What a test sees of a live market feed: its prices, its rules and its log, and waits for them
// with a deadline; and a clock that runs along with the system's and can be put ahead. Any thread.
#include "common/base/clock.hpp"
#include "common/base/log.hpp"
#include "daemon/ports/market_feed.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace vault::testing {

class WatchedFeed final : public ports::PriceSink, public ports::RulesSink, public Logger {
  public:
    struct Seen {
        std::vector<ports::LivePrice> prices;
        std::vector<std::vector<PairRules>> rules;
        std::vector<std::pair<std::string, std::string>> log;  // event, message

        std::vector<Tick> ticks(const Pair& pair) const {
            std::vector<Tick> out;
            for (const ports::LivePrice& each : prices)
                if (each.pair == pair) out.push_back(each.tick);
            return out;
        }
        std::size_t logged(std::string_view event) const {
            return static_cast<std::size_t>(
                std::ranges::count(log, event, [](const auto& line) { return line.first; }));
        }
    };

    void on_price(ports::LivePrice price) override {
        change([&](Seen& seen) { seen.prices.push_back(std::move(price)); });
    }
    void on_rules(std::string, std::vector<PairRules> rules) override {
        change([&](Seen& seen) { seen.rules.push_back(std::move(rules)); });
    }
    void log(LogLevel, std::string_view event, std::string_view message) override {
        change([&](Seen& seen) { seen.log.emplace_back(event, message); });
    }

    Seen seen() const {
        const std::lock_guard lock{mutex_};
        return seen_;
    }
    // Whether it came to that.
    bool wait(const std::function<bool(const Seen&)>& reached,
              Duration most = std::chrono::seconds{20}) {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, most, [&] { return reached(seen_); });
    }

  private:
    void change(const auto& step) {
        const std::lock_guard lock{mutex_};
        step(seen_);
        changed_.notify_all();
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Seen seen_;
};

class AheadClock final : public Clock {
  public:
    UtcTime now() const override { return system_.now() + Duration{ahead_.load()}; }
    SteadyTime steady() const override { return system_.steady(); }
    void put_ahead(Duration by) { ahead_ += by.count(); }

  private:
    SystemClock system_;
    std::atomic<Duration::rep> ahead_{0};
};

}  // namespace vault::testing
