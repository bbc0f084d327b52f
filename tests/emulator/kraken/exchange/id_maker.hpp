#pragma once
// IdMaker: the ids of orders, trades and ledger rows, "OUF4EM-FRGI2-MQMWZD": a letter for the kind
// and 16 characters. They look random and never repeat, and the same seed gives the same ids. One
// thread.
#include <cstdint>
#include <string>

namespace vault::kraken_emulator {

class IdMaker {
  public:
    explicit IdMaker(std::uint64_t seed) : seed_(seed) {}

    // `kind`: 'O' order, 'T' trade or amendment, 'L' ledger row.
    std::string next(char kind);

  private:
    std::uint64_t seed_;
    std::uint64_t made_ = 0;
};

// Spreads every bit of `x` over the result; no two values share one (splitmix64's last step).
std::uint64_t scatter(std::uint64_t x);

}  // namespace vault::kraken_emulator
