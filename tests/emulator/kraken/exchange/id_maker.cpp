#include "tests/emulator/kraken/exchange/id_maker.hpp"

#include <string_view>

namespace vault::kraken_emulator {

std::uint64_t scatter(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

// 13 characters hold all 64 bits of a number that never repeats; three more are decoration.
std::string IdMaker::next(char kind) {
    static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    ++made_;
    std::uint64_t bits = scatter(seed_ + made_);
    std::uint64_t more = scatter(bits);
    std::string out(1, kind);
    for (int i = 0; i < 16; ++i) {
        if (i == 5 || i == 10) out += '-';
        std::uint64_t& from = i < 13 ? bits : more;
        out += kLetters[from % 32];
        from /= 32;
    }
    return out;
}

}  // namespace vault::kraken_emulator
