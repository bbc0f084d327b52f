#pragma once
// Prices that a test writes tick by tick, through the same port as a candle file: the shard pulls
// them, stores its position and seeks to it after a restart. Every script ends with a tick in the
// far future, so that a replay waits for what the test writes next instead of finishing.
#include "daemon/ports/feed_factory.hpp"

#include <algorithm>
#include <map>

namespace vault::engine::test {

inline constexpr UtcTime kNever{Duration{4'102'444'800'000}};  // 2100
inline constexpr Duration kTickEvery{60'000};

struct Script {
    Pair pair;
    std::vector<Tick> ticks;  // without the last one

    std::optional<Tick> at(std::uint64_t position) const {
        if (position < ticks.size()) return ticks[position];
        if (position > ticks.size() || closed) return std::nullopt;
        return Tick{kNever, Price{kOne}, position, false};
    }
    bool closed = false;  // true: the data end here
};

class ScriptedFeed final : public ports::TickFeed {
  public:
    explicit ScriptedFeed(std::shared_ptr<const Script> script) : script_(std::move(script)) {}

    Pair pair() const override { return script_->pair; }
    std::string identity() const override { return "script:" + script_->pair.text(); }
    std::optional<Tick> next() override {
        const auto tick = script_->at(position_);
        if (tick) ++position_;
        return tick;
    }
    std::optional<UtcTime> peek_time() override {
        const auto tick = script_->at(position_);
        if (!tick) return std::nullopt;
        return tick->time;
    }
    std::uint64_t position() const override { return position_; }
    Result<void> seek(std::uint64_t position) override {
        if (position > script_->ticks.size() + 1)
            return Error{Errc::InvalidParams, "past the end of the script"};
        position_ = position;
        return success();
    }
    std::uint64_t position_at(UtcTime time) const override {
        const auto& ticks = script_->ticks;
        const auto found =
            std::lower_bound(ticks.begin(), ticks.end(), time,
                             [](const Tick& tick, UtcTime t) { return tick.time < t; });
        return static_cast<std::uint64_t>(found - ticks.begin());
    }
    std::optional<std::uint64_t> size() const override { return std::nullopt; }
    Duration tick_every() const override { return kTickEvery; }

  private:
    std::shared_ptr<const Script> script_;
    std::uint64_t position_ = 0;
};

// One script per name; a replay names it as its source.
class Scripts final : public ports::FeedFactory {
  public:
    Script& add(const std::string& name, Pair pair, UtcTime start, Price price) {
        auto script = std::make_shared<Script>();
        script->pair = pair;
        script->ticks.push_back({start, price, 0, false});
        scripts_[name] = script;
        return *script;
    }
    Script& at(const std::string& name) { return *scripts_.at(name); }

    Result<ports::OpenedFeed> open(const ports::FeedSource& source) override {
        const auto found = scripts_.find(source.name);
        if (found == scripts_.end()) return Error{Errc::NotFound, "no script " + source.name};
        ports::OpenedFeed out;
        out.source = source;
        out.source.pair = found->second->pair;
        out.first = found->second->ticks.front().time;
        out.last = kNever;
        out.feed = std::make_unique<ScriptedFeed>(found->second);
        return out;
    }

  private:
    std::map<std::string, std::shared_ptr<Script>> scripts_;
};

}  // namespace vault::engine::test
