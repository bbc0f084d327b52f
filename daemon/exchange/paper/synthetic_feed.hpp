#pragma once
// SyntheticFeed: an endless seeded market with trends, calm and wild regimes, jumps and gaps, for
// demos and tests where no candle file is given. Integer arithmetic only, so every machine gives
// the same ticks. Random access: any day of the market is made from the seed and its number alone.
// Owned by a paper account; the shard's thread.
#include "daemon/ports/tick_feed.hpp"

#include <array>
#include <vector>

namespace vault::exchange {

struct SyntheticSettings {
    Pair pair;
    std::uint64_t seed = 1;
    UtcTime start{std::chrono::sys_days{std::chrono::year{2024} / 1 / 1}};
    Duration step{std::chrono::seconds{15}};                   // 1 s to 5 min, dividing a day
    Price base_price{Decimal::from_int(2000)};                 // 0.000001 to 1000000000
    Decimal tick = Decimal::from_raw(10'000'000'000'000'000);  // prices are multiples of it
    std::uint32_t volatility_ppm = 350;  // typical change per step in a middling regime, 1 to 10000
    std::uint32_t jumps_per_thousand_days = 150;
    Duration gap{std::chrono::hours{1}};  // missing time per 16 days, in two holes; 0: none
    std::optional<std::uint64_t> days;    // none: endless (2^20 days)
};

class SyntheticFeed final : public ports::TickFeed {
  public:
    // Errors: InvalidParams naming the setting.
    static Result<SyntheticFeed> create(const SyntheticSettings& settings);

    Pair pair() const override { return settings_.pair; }
    std::string identity() const override;
    std::optional<Tick> next() override;
    std::optional<UtcTime> peek_time() override;
    std::uint64_t position() const override { return position_; }
    Result<void> seek(std::uint64_t position) override;
    std::uint64_t position_at(UtcTime time) const override;
    std::optional<std::uint64_t> size() const override;
    Duration tick_every() const override;

  private:
    struct Hole {
        std::uint64_t start = 0;  // grid steps from the block's start
        std::uint64_t length = 0;
    };
    explicit SyntheticFeed(const SyntheticSettings& settings);
    std::array<Hole, 2> make_holes(std::uint64_t block) const;
    const std::array<Hole, 2>& holes(std::uint64_t block) const;
    // Grid steps count every step of time, positions only those that are no gap.
    std::uint64_t grid_of(std::uint64_t position) const;
    std::uint64_t position_of(std::uint64_t grid) const;
    std::uint64_t end() const { return end_; }
    Decimal::Raw anchor(std::uint64_t day) const;
    std::vector<std::int64_t> walk(std::uint64_t day) const;
    void make_day(std::uint64_t day);
    UtcTime time_of(std::uint64_t position) const;

    SyntheticSettings settings_;
    std::uint64_t steps_per_day_;
    std::uint64_t block_steps_;  // of 16 days
    std::uint64_t gap_steps_;    // of them missing
    std::uint64_t end_ = 0;      // position
    std::uint64_t position_ = 0;
    std::uint64_t loaded_day_ = UINT64_MAX;
    std::vector<Decimal> prices_;
    // Every question of time goes through the holes of a block, mostly those of the one before.
    mutable std::uint64_t holes_block_ = UINT64_MAX;
    mutable std::array<Hole, 2> holes_{};
};

}  // namespace vault::exchange
