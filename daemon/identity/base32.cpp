#include "daemon/identity/base32.hpp"

namespace vault::identity {
namespace {

Error not_base32(std::string_view why) {
    return Error{Errc::InvalidParams,
                 "no base32: " + std::string{why},
                 {},
                 "base32 has the letters A to Z and the digits 2 to 7"};
}

// All ones if the small number `value` lies in [low, high], else nothing.
unsigned within(unsigned value, unsigned low, unsigned high) {
    return (((value - low) | (high - value)) >> 31U) - 1U;
}

// The five bits of a letter; bit 31 is set if it is none.
unsigned bits_of(char letter) {
    const auto c = static_cast<unsigned char>(letter);
    const unsigned upper = within(c, 'A', 'Z');
    const unsigned lower = within(c, 'a', 'z');
    const unsigned digit = within(c, '2', '7');
    const unsigned none = ~(upper | lower | digit) & 0x80000000U;
    return (upper & (c - 'A')) | (lower & (c - 'a')) | (digit & (c - '2' + 26U)) | none;
}

char letter_of(unsigned bits) {
    const unsigned digit = within(bits, 26, 31);
    return static_cast<char>((digit & (bits - 26U + '2')) | (~digit & (bits + 'A')));
}

}  // namespace

std::string to_base32(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() * 8 + 4) / 5);
    unsigned held = 0;
    int count = 0;
    for (const char byte : bytes) {
        held = (held << 8U) | static_cast<unsigned char>(byte);
        for (count += 8; count >= 5;) {
            count -= 5;
            text += letter_of(held >> count & 31U);
        }
        held &= 31U;
    }
    if (count > 0) text += letter_of(held << (5 - count) & 31U);
    return text;
}

Result<std::string> from_base32(std::string_view text) {
    for (int padding = 0; padding < 6 && text.ends_with('='); ++padding)
        text.remove_suffix(1);
    std::string bytes;
    bytes.reserve(text.size() * 5 / 8);
    unsigned held = 0;
    unsigned wrong = 0;
    int count = 0;
    for (const char letter : text) {
        const unsigned bits = bits_of(letter);
        wrong |= bits;
        held = (held << 5U) | (bits & 31U);
        count += 5;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>(held >> count & 255U);
        held &= 255U;
    }
    if ((wrong & 0x80000000U) != 0) return not_base32("a letter is not of it");
    if (count >= 5) return not_base32("letters are missing at the end");
    if ((held & ((1U << count) - 1U)) != 0) return not_base32("the last letter has bits left over");
    return bytes;
}

}  // namespace vault::identity
