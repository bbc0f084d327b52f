#include "tests/fuzz/entries.hpp"

#include <array>

namespace vault::fuzz {

std::span<const Entry> entries() {
    static constexpr std::array kEntries{Entry{"codec", codec}, Entry{"session", session},
                                         Entry{"config", config}, Entry{"candles", candles},
                                         Entry{"scripts", scripts}};
    return kEntries;
}

}  // namespace vault::fuzz
