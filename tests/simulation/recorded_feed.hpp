#pragma once
// RecordedFeed: the ticks of a synthetic market, made once per run and shared by every opening of
// it, because a run loads its shard hundreds of times. Same ticks, positions and identity as the
// feed it was recorded from. Tests only.
#include "daemon/exchange/paper/synthetic_feed.hpp"

#include <algorithm>
#include <memory>

namespace vault::simulation {

struct Recording {
    Pair pair;
    std::string identity;
    Duration tick_every{};
    std::vector<Tick> ticks;
};

inline std::shared_ptr<const Recording> record(exchange::SyntheticFeed feed) {
    auto recording = std::make_shared<Recording>();
    recording->pair = feed.pair();
    recording->identity = feed.identity();
    recording->tick_every = feed.tick_every();
    while (const std::optional<Tick> tick = feed.next())
        recording->ticks.push_back(*tick);
    return recording;
}

class RecordedFeed final : public ports::TickFeed {
  public:
    // Shared with the other openings and with the factory.
    explicit RecordedFeed(std::shared_ptr<const Recording> recording)
        : recording_(std::move(recording)) {}

    Pair pair() const override { return recording_->pair; }
    std::string identity() const override { return recording_->identity; }
    std::optional<Tick> next() override {
        if (position_ >= ticks().size()) return std::nullopt;
        return ticks()[position_++];
    }
    std::optional<UtcTime> peek_time() override {
        if (position_ >= ticks().size()) return std::nullopt;
        return ticks()[position_].time;
    }
    std::uint64_t position() const override { return position_; }
    Result<void> seek(std::uint64_t position) override {
        if (position > ticks().size()) return Error{Errc::InvalidParams, "past the end"};
        position_ = position;
        return success();
    }
    std::uint64_t position_at(UtcTime time) const override {
        const auto at =
            std::lower_bound(ticks().begin(), ticks().end(), time,
                             [](const Tick& tick, UtcTime wanted) { return tick.time < wanted; });
        return static_cast<std::uint64_t>(at - ticks().begin());
    }
    std::optional<std::uint64_t> size() const override { return ticks().size(); }
    Duration tick_every() const override { return recording_->tick_every; }

  private:
    const std::vector<Tick>& ticks() const { return recording_->ticks; }
    std::shared_ptr<const Recording> recording_;
    std::uint64_t position_ = 0;
};

}  // namespace vault::simulation
