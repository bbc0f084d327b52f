#pragma once
// Pace: how the emulator's time follows the machine's. With scale 1 it runs along, with 60 a minute
// passes each second, with 0 it stands until it is told to move. Setting either keeps the moment.
// One thread.
#include "common/base/clock.hpp"
#include "tests/emulator/kraken/exchange/moment.hpp"

#include <cstdint>

namespace vault::kraken_emulator {

class Pace {
  public:
    // `scale` in thousandths, 0 to kScaleMost.
    static constexpr std::int64_t kScaleMost = 1'000'000;
    Pace(Moment start, std::int64_t scale, SteadyTime wall)
        : at_(start), scale_(scale), wall_(wall) {}

    Moment now(SteadyTime wall) const;
    std::int64_t scale() const { return scale_; }
    void set_scale(std::int64_t scale, SteadyTime wall);
    void skip(Span span, SteadyTime wall);

  private:
    Moment at_;  // when the machine's clock stood at wall_
    std::int64_t scale_;
    SteadyTime wall_;
};

}  // namespace vault::kraken_emulator
