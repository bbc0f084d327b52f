#pragma once
// Aim: which of many events a fault strikes. One thread.
#include "common/base/random.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace vault::kraken_emulator {

struct Aim {
    std::string at = "*";    // a name, or what stands before a '/' in it; "*": everything
    std::uint64_t skip = 0;  // so many pass first
    std::uint64_t times = std::numeric_limits<std::uint64_t>::max();  // then so many are struck
    std::uint32_t per_million = 1'000'000;                            // the chance of each

    bool is_spent() const { return times == 0; }
    // Counts the event, and draws from `random` if it is one of the aim's.
    bool strikes(std::string_view name, Random& random);
};

}  // namespace vault::kraken_emulator
