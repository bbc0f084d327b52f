#pragma once
// Random: a small seeded generator (xoshiro256**, Blackman & Vigna 2018) whose whole state is a
// value that can be stored and restored, so that a simulated venue continues to the same digit
// after a crash. Not for secrets.
#include <array>
#include <cstdint>

namespace vault {

class Random {
  public:
    using State = std::array<std::uint64_t, 4>;

    explicit Random(std::uint64_t seed);
    explicit Random(const State& state) : state_(state) {}

    std::uint64_t next();
    // Uniform in [0, bound), bound > 0; no modulo bias.
    std::uint64_t below(std::uint64_t bound);
    // True with probability per_million / 10^6.
    bool chance_per_million(std::uint32_t per_million) { return below(1'000'000) < per_million; }

    const State& state() const { return state_; }

  private:
    State state_;
};

}  // namespace vault
