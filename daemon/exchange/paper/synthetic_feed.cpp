#include "daemon/exchange/paper/synthetic_feed.hpp"

#include "common/base/random.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::exchange {
namespace {

constexpr Duration kGapFlag = std::chrono::seconds{300};
constexpr Duration kDay = std::chrono::days{1};
constexpr std::uint64_t kBlockDays = 16;
constexpr std::uint64_t kEndlessDays = std::uint64_t{1} << 20;
constexpr std::int64_t kBillion = 1'000'000'000;
constexpr std::uint32_t kUsualVolatility = 350;

// What a random stream is for; with seed and number it gives the stream's own seed.
enum class Stream : std::uint64_t { Octave = 1, Walk = 100, Regime = 101, Holes = 102 };

Random stream(std::uint64_t seed, Stream purpose, std::uint64_t extra, std::uint64_t number) {
    const std::uint64_t tag = static_cast<std::uint64_t>(purpose) + extra;
    return Random{seed ^ (tag * 0x9e3779b97f4a7c15ULL) ^ (number * 0xc2b2ae3d27d4eb4fULL)};
}

// Uniform in [-bound, bound].
std::int64_t symmetric(Random& random, std::int64_t bound) {
    return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(2 * bound + 1))) -
           bound;
}

// Swings of each octave in millionths: the longer its period, the wider, like a random walk.
constexpr std::array<std::int64_t, 10> kSwings{15'000, 21'000,  30'000,  42'000,  60'000,
                                               85'000, 120'000, 170'000, 240'000, 300'000};

Error bad(const char* field, std::string_view range) {
    return Error{Errc::InvalidParams, fmt::format("{} is out of range", field), field,
                 fmt::format("{} takes {}", field, range)};
}

Result<void> check(const SyntheticSettings& s) {
    if (s.step < std::chrono::seconds{1} || s.step > std::chrono::minutes{5} ||
        kDay % s.step != Duration{0})
        return bad("step", "1s to 5m, dividing a day");
    const Decimal price = s.base_price.value;
    if (price < Decimal::from_raw(Decimal::kOne / 1'000'000) || price > Decimal::from_int(kBillion))
        return bad("base_price", "0.000001 to 1000000000");
    if (!s.tick.is_positive() || s.tick > price) return bad("tick", "more than 0, up to the price");
    if (s.volatility_ppm < 1 || s.volatility_ppm > 10'000)
        return bad("volatility_ppm", "1 to 10000");
    if (s.jumps_per_thousand_days > 1000) return bad("jumps_per_thousand_days", "0 to 1000");
    if (s.gap < Duration{0} || s.gap > kDay) return bad("gap", "0s to 1d");
    if (s.days && (*s.days < 1 || *s.days > kEndlessDays)) return bad("days", "1 to 1048576");
    return success();
}

}  // namespace

Result<SyntheticFeed> SyntheticFeed::create(const SyntheticSettings& settings) {
    VAULT_TRYV(check(settings));
    return SyntheticFeed{settings};
}

SyntheticFeed::SyntheticFeed(const SyntheticSettings& settings)
    : settings_(settings),
      steps_per_day_(static_cast<std::uint64_t>(kDay / settings.step)),
      block_steps_(steps_per_day_ * kBlockDays),
      gap_steps_(static_cast<std::uint64_t>(settings.gap / settings.step)) {
    end_ = position_of(settings.days.value_or(kEndlessDays) * steps_per_day_);
}

std::string SyntheticFeed::identity() const {
    const SyntheticSettings& s = settings_;
    return fmt::format("synthetic:1:{}:{}:{}:{}:{}:{}:{}:{}:{}:{}", s.pair.text(), s.seed,
                       s.start.time_since_epoch().count(), s.step.count(),
                       s.base_price.value.text(), s.tick.text(), s.volatility_ppm,
                       s.jumps_per_thousand_days, s.gap.count(), s.days.value_or(0));
}

// Two holes that share the block's missing steps, one in each half.
std::array<SyntheticFeed::Hole, 2> SyntheticFeed::make_holes(std::uint64_t block) const {
    Random random = stream(settings_.seed, Stream::Holes, 0, block);
    std::array<Hole, 2> out;
    const std::uint64_t half = block_steps_ / 2;
    out[0].length = random.below(gap_steps_ + 1);
    out[1].length = gap_steps_ - out[0].length;
    out[0].start = random.below(half - out[0].length);
    out[1].start = half + random.below(half - out[1].length);
    return out;
}

const std::array<SyntheticFeed::Hole, 2>& SyntheticFeed::holes(std::uint64_t block) const {
    if (block != holes_block_) {
        holes_ = make_holes(block);
        holes_block_ = block;
    }
    return holes_;
}

std::uint64_t SyntheticFeed::grid_of(std::uint64_t position) const {
    const std::uint64_t shown = block_steps_ - gap_steps_;
    const std::uint64_t block = position / shown;
    std::uint64_t step = position % shown;
    for (const Hole& hole : holes(block))
        if (step >= hole.start) step += hole.length;
    return block * block_steps_ + step;
}

// A step inside a hole counts as the one after it.
std::uint64_t SyntheticFeed::position_of(std::uint64_t grid) const {
    const std::uint64_t block = grid / block_steps_;
    const std::uint64_t step = grid % block_steps_;
    std::uint64_t hidden = 0;
    for (const Hole& hole : holes(block))
        hidden += std::clamp(step, hole.start, hole.start + hole.length) - hole.start;
    return block * (block_steps_ - gap_steps_) + step - hidden;
}

// The price at a day's start: the base times ten slow waves of random height, one per octave.
Decimal::Raw SyntheticFeed::anchor(std::uint64_t day) const {
    Decimal::Raw price = settings_.base_price.value.raw();
    for (std::size_t octave = 0; octave < kSwings.size(); ++octave) {
        const std::uint64_t period = std::uint64_t{1} << octave;
        const std::int64_t swing = std::min<std::int64_t>(
            450'000, kSwings[octave] * settings_.volatility_ppm / kUsualVolatility);
        const auto height = [&](std::uint64_t knot) {
            Random random = stream(settings_.seed, Stream::Octave, octave, knot);
            return symmetric(random, swing);
        };
        const auto along = static_cast<std::int64_t>(day % period);
        const auto whole = static_cast<std::int64_t>(period);
        const std::int64_t wave =
            (height(day / period) * (whole - along) + height(day / period + 1) * along) / whole;
        price = price * (1'000'000 + wave) / 1'000'000;
    }
    return price;
}

// A day's deviation from the line between its anchors, in billionths: a random walk with the day's
// volatility and perhaps a jump, bent so that it ends where it began.
std::vector<std::int64_t> SyntheticFeed::walk(std::uint64_t day) const {
    static constexpr std::array<std::int64_t, 4> kRegimes{40, 80, 100, 220};  // percent
    Random regime = stream(settings_.seed, Stream::Regime, 0, day / 3);
    const std::int64_t factor = kRegimes[regime.below(kRegimes.size())];
    Random random = stream(settings_.seed, Stream::Walk, 0, day);
    const bool jumps = random.below(1000) < settings_.jumps_per_thousand_days;
    const std::uint64_t jump_at = random.below(steps_per_day_);
    const std::int64_t jump = jumps ? symmetric(random, 50'000'000) : 0;
    // A sum of four uniforms in [-b, b] has deviation 1.155 * b.
    const std::int64_t bound = settings_.volatility_ppm * 1000 * factor / 100 * 1000 / 1155;
    std::vector<std::int64_t> at(steps_per_day_ + 1);
    for (std::uint64_t i = 0; i < steps_per_day_; ++i) {
        std::int64_t change = i == jump_at ? jump : 0;
        for (int k = 0; k < 4; ++k)
            change += symmetric(random, bound);
        at[i + 1] = std::clamp(at[i] + change, -kBillion / 2, kBillion);
    }
    const std::int64_t last = at.back();
    const auto steps = static_cast<std::int64_t>(steps_per_day_);
    for (std::int64_t i = 0; i <= steps; ++i)
        at[static_cast<std::size_t>(i)] -= last * i / steps;
    return at;
}

void SyntheticFeed::make_day(std::uint64_t day) {
    const std::vector<std::int64_t> bent = walk(day);
    const Decimal::Raw from = anchor(day);
    const Decimal::Raw to = anchor(day + 1);
    prices_.resize(steps_per_day_);
    for (std::uint64_t i = 0; i < steps_per_day_; ++i) {
        const auto along = static_cast<std::int64_t>(i);
        const Decimal::Raw line =
            from + (to - from) * along / static_cast<std::int64_t>(steps_per_day_);
        const std::int64_t factor = kBillion + std::max(bent[i], -kBillion * 9 / 10);
        const Decimal exact = Decimal::from_raw(line * factor / kBillion);
        prices_[i] = max(round_step(exact, settings_.tick, Rounding::Floor), settings_.tick);
    }
    loaded_day_ = day;
}

UtcTime SyntheticFeed::time_of(std::uint64_t position) const {
    return settings_.start + settings_.step * static_cast<std::int64_t>(grid_of(position));
}

std::optional<Tick> SyntheticFeed::next() {
    if (position_ >= end()) return std::nullopt;
    const std::uint64_t grid = grid_of(position_);
    if (grid / steps_per_day_ != loaded_day_) make_day(grid / steps_per_day_);
    Tick tick;
    tick.time = settings_.start + settings_.step * static_cast<std::int64_t>(grid);
    tick.price = Price{prices_[grid % steps_per_day_]};
    tick.position = position_;
    tick.gap = position_ > 0 && tick.time - (time_of(position_ - 1) + settings_.step) > kGapFlag;
    ++position_;
    return tick;
}

std::optional<UtcTime> SyntheticFeed::peek_time() {
    if (position_ >= end()) return std::nullopt;
    return time_of(position_);
}

Result<void> SyntheticFeed::seek(std::uint64_t position) {
    if (position > end())
        return Error{Errc::InvalidParams,
                     fmt::format("position {} is past the feed's {} ticks", position, end()),
                     "position", "the market's settings are not the ones replayed before"};
    position_ = position;
    return success();
}

std::uint64_t SyntheticFeed::position_at(UtcTime time) const {
    if (time <= settings_.start) return 0;
    const Duration since = time - settings_.start + settings_.step - Duration{1};
    const auto grid = static_cast<std::uint64_t>(since / settings_.step);
    return std::min(position_of(grid), end());
}

Duration SyntheticFeed::tick_every() const {
    return settings_.step + kGapFlag;
}

std::optional<std::uint64_t> SyntheticFeed::size() const {
    return settings_.days ? std::optional{end()} : std::nullopt;
}

}  // namespace vault::exchange
