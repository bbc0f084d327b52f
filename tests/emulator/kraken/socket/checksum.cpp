#include "tests/emulator/kraken/socket/checksum.hpp"

#include "tests/emulator/kraken/wire/number_text.hpp"

#include <zlib.h>

#include <algorithm>

namespace vault::kraken_emulator {
namespace {

constexpr std::size_t kLevels = 10;

void add_digits(std::string& out, Decimal x, int places) {
    std::string text = fixed(x, places);
    text.erase(std::remove(text.begin(), text.end(), '.'), text.end());
    out.append(text, std::min(text.find_first_not_of('0'), text.size()), std::string::npos);
}

void add_side(std::string& out, const std::vector<LevelChange>& levels, Precision precision) {
    for (std::size_t i = 0; i < std::min(levels.size(), kLevels); ++i) {
        add_digits(out, levels[i].price, precision.price);
        add_digits(out, levels[i].quantity, precision.quantity);
    }
}

}  // namespace

std::uint32_t book_checksum(const std::vector<LevelChange>& asks,
                            const std::vector<LevelChange>& bids, Precision precision) {
    std::string text;
    add_side(text, asks, precision);
    add_side(text, bids, precision);
    const auto* bytes = reinterpret_cast<const Bytef*>(text.data());
    return static_cast<std::uint32_t>(::crc32(0, bytes, static_cast<uInt>(text.size())));
}

}  // namespace vault::kraken_emulator
