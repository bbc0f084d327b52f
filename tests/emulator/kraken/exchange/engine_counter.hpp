#pragma once
// EngineCounter: how the trading engine counts one account's orders of one pair, over REST and
// socket alike. What is young costs more to amend or cancel; the count decays with time. Tier is
// the account's, as Kraken verifies it. One thread.
#include "tests/emulator/kraken/exchange/decaying_count.hpp"

#include <cstddef>
#include <cstdint>

namespace vault::kraken_emulator {

enum class Tier : std::uint8_t { Starter, Intermediate, Pro };

enum class EngineAction : std::uint8_t { Add, Amend, Edit, Cancel };

// In whole points: the fixed part and the penalty for an order of that age.
std::int64_t engine_cost(EngineAction action, Span age);

struct EngineLimits {
    std::int64_t most;              // points
    std::int64_t decay_per_second;  // thousandths of a point
    std::size_t open_orders;        // per pair
};
const EngineLimits& engine_limits(Tier tier);

class EngineCounter {
  public:
    // False: it would go past the tier's limit, and nothing is counted.
    bool charge(std::int64_t points, Tier tier, Moment now);
    // The same for so many orders that are added at once: half a point for each.
    bool charge_batch(std::int64_t orders, Tier tier, Moment now);
    // Whole points, rounded up.
    std::int64_t points(Tier tier, Moment now) const;

  private:
    bool charge_halves(std::int64_t halves, Tier tier, Moment now);

    DecayingCount halves_;  // of points
};

}  // namespace vault::kraken_emulator
