#pragma once
// The checksum of a book on WebSocket v2: CRC-32 over its ten best asks and then its ten best bids,
// each as price and quantity without point and leading zeros. Pure; any thread.
#include "tests/emulator/kraken/exchange/book.hpp"

#include <cstdint>
#include <vector>

namespace vault::kraken_emulator {

struct Precision {
    int price = 0, quantity = 0;  // decimals
};

// Both sides with the best level first; what is beyond the tenth does not count.
std::uint32_t book_checksum(const std::vector<LevelChange>& asks,
                            const std::vector<LevelChange>& bids, Precision precision);

}  // namespace vault::kraken_emulator
