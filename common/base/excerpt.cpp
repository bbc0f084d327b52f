#include "common/base/excerpt.hpp"

#include <algorithm>

namespace vault {
namespace {

// Bytes of the letter that `text` begins with; 0 if it is none (RFC 3629: no overlong forms, no
// surrogates, nothing past U+10FFFF).
std::size_t letter_size(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const unsigned lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead < 0xC2 || lead > 0xF4) return 0;
    const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    for (std::size_t i = 1; i < size; ++i)
        if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
    const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
    const bool surrogate = lead == 0xED && byte(1) > 0x9F;
    const bool too_high = lead == 0xF4 && byte(1) > 0x8F;
    return overlong || surrogate || too_high ? 0 : size;
}

}  // namespace

std::string excerpt(std::string_view text, std::size_t most) {
    std::string shown;
    while (!text.empty()) {
        const std::size_t size = letter_size(text);
        const std::size_t used = std::max<std::size_t>(1, size);
        if (shown.size() + used > most) break;
        const bool control = size == 1 && (text[0] < 0x20 || text[0] == 0x7F);
        shown += size == 0 || control ? std::string_view("?") : text.substr(0, size);
        text.remove_prefix(used);
    }
    return shown;
}

}  // namespace vault
