#include "cli/render/qr.hpp"

#include "common/base/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

namespace vault::render {
namespace {

using Bytes = std::vector<std::uint8_t>;

// ISO/IEC 18004, tables 9 and E.1, level M. Blocks of the second kind hold one byte more.
struct Version {
    int correction;  // bytes in each block
    int blocks;
    int longer;                    // how many of them are of the second kind
    int data;                      // bytes in a block of the first kind
    std::array<int, 3> alignment;  // centres; 0 for none
};
constexpr std::array<Version, 10> kVersions{{{10, 1, 0, 16, {}},
                                             {16, 1, 0, 28, {6, 18}},
                                             {26, 1, 0, 44, {6, 22}},
                                             {18, 2, 0, 32, {6, 26}},
                                             {24, 2, 0, 43, {6, 30}},
                                             {16, 4, 0, 27, {6, 34}},
                                             {18, 4, 0, 31, {6, 22, 38}},
                                             {22, 4, 2, 38, {6, 24, 42}},
                                             {22, 5, 2, 36, {6, 26, 46}},
                                             {26, 5, 1, 43, {6, 28, 50}}}};
constexpr int kQuiet = 4;
constexpr unsigned kByteMode = 4;

std::size_t at(int index) {
    return static_cast<std::size_t>(index);
}

const Version& table_of(int version) {
    return kVersions[at(version - 1)];
}

int data_bytes(int version) {
    const Version& v = table_of(version);
    return v.blocks * v.data + v.longer;
}

// From version 10 on the length takes two bytes.
int length_bits(int version) {
    return version < 10 ? 8 : 16;
}

int capacity(int version) {
    return (data_bytes(version) * 8 - 4 - length_bits(version)) / 8;
}

// Arithmetic in GF(256) with x^8 + x^4 + x^3 + x^2 + 1.
std::uint8_t product(std::uint8_t a, std::uint8_t b) {
    unsigned out = 0;
    for (int bit = 7; bit >= 0; --bit) {
        out = out << 1U ^ (out >> 7U) * 0x11DU;
        if ((b >> bit & 1) != 0) out ^= a;
    }
    return static_cast<std::uint8_t>(out);
}

// The product of (x - 2^i), i from 0 to degree - 1, without its leading 1.
Bytes generator(int degree) {
    Bytes factors(at(degree), 0);
    factors.back() = 1;
    std::uint8_t root = 1;
    for (int i = 0; i < degree; ++i) {
        for (std::size_t k = 0; k < factors.size(); ++k) {
            factors[k] = product(factors[k], root);
            if (k + 1 < factors.size()) factors[k] ^= factors[k + 1];
        }
        root = product(root, 2);
    }
    return factors;
}

// What is left of the block, shifted up, after division by the generator.
Bytes correction_of(const Bytes& block, const Bytes& divisor) {
    Bytes rest(divisor.size(), 0);
    for (const std::uint8_t byte : block) {
        const auto factor = static_cast<std::uint8_t>(byte ^ rest.front());
        rest.erase(rest.begin());
        rest.push_back(0);
        for (std::size_t i = 0; i < rest.size(); ++i)
            rest[i] ^= product(divisor[i], factor);
    }
    return rest;
}

void append_bits(std::vector<bool>& bits, unsigned value, int count) {
    for (int i = count - 1; i >= 0; --i)
        bits.push_back((value >> i & 1U) != 0);
}

// Mode, length, the bytes, an end of four zeros at most, and padding.
Bytes data_of(std::string_view bytes, int version) {
    std::vector<bool> bits;
    append_bits(bits, kByteMode, 4);
    append_bits(bits, static_cast<unsigned>(bytes.size()), length_bits(version));
    for (const char byte : bytes)
        append_bits(bits, static_cast<unsigned char>(byte), 8);
    const std::size_t all = at(data_bytes(version)) * 8;
    bits.resize(std::min(bits.size() + 4, all), false);
    bits.resize((bits.size() + 7) / 8 * 8, false);
    for (unsigned pad = 0xEC; bits.size() < all; pad ^= 0xECU ^ 0x11U)
        append_bits(bits, pad, 8);
    Bytes data(bits.size() / 8, 0);
    for (std::size_t i = 0; i < bits.size(); ++i)
        if (bits[i]) data[i / 8] = static_cast<std::uint8_t>(data[i / 8] | 0x80U >> i % 8);
    return data;
}

// The blocks' bytes in turns, then their correction in turns.
Bytes interleaved(const Bytes& data, int version) {
    const Version& v = table_of(version);
    const Bytes divisor = generator(v.correction);
    std::vector<Bytes> blocks, corrections;
    auto from = data.begin();
    for (int i = 0; i < v.blocks; ++i) {
        const auto to = from + v.data + (i >= v.blocks - v.longer ? 1 : 0);
        blocks.emplace_back(from, to);
        corrections.push_back(correction_of(blocks.back(), divisor));
        from = to;
    }
    Bytes out;
    for (std::size_t i = 0; i <= at(v.data); ++i)
        for (const Bytes& block : blocks)
            if (i < block.size()) out.push_back(block[i]);
    for (std::size_t i = 0; i < at(v.correction); ++i)
        for (const Bytes& correction : corrections)
            out.push_back(correction[i]);
    return out;
}

// `value` followed by the rest of its division by `polynomial`, which has `degree` bits below its
// leading one.
unsigned with_check_bits(unsigned value, unsigned polynomial, int degree) {
    unsigned rest = value << degree;
    for (int bit = 31; bit >= degree; --bit)
        if ((rest >> bit & 1U) != 0) rest ^= polynomial << (bit - degree);
    return value << degree | rest;
}

class Canvas {
  public:
    explicit Canvas(int version)
        : version_(version), size_(17 + 4 * version), dark_(at(size_ * size_)), fixed_(dark_) {
        draw_timing();
        for (const auto& [row, column] : {std::pair{3, 3}, {3, size_ - 4}, {size_ - 4, 3}})
            draw_finder(row, column);
        draw_alignments();
        draw_format(0);  // keeps its places free; drawn anew once the mask is known
        draw_version();
    }

    int size() const { return size_; }
    bool dark(int row, int column) const { return dark_[place(row, column)]; }
    const std::vector<bool>& modules() const { return dark_; }

    // In columns of two from the right, up and down in turns, past the fixed modules.
    void fill(const Bytes& bytes) {
        std::size_t bit = 0;
        bool up = true;
        for (int right = size_ - 1; right > 0; right -= 2, up = !up) {
            if (right == 6) --right;  // the timing column
            for (int i = 0; i < size_; ++i)
                for (const int column : {right, right - 1}) {
                    const std::size_t here = place(up ? size_ - 1 - i : i, column);
                    if (fixed_[here]) continue;
                    if (bit < bytes.size() * 8)
                        dark_[here] = (bytes[bit / 8] >> (7 - bit % 8) & 1) != 0;
                    ++bit;
                }
        }
    }

    void apply_mask(int mask) {
        for (int row = 0; row < size_; ++row)
            for (int column = 0; column < size_; ++column)
                if (!fixed_[place(row, column)] && flips(mask, row, column))
                    dark_[place(row, column)] = !dark_[place(row, column)];
    }

    // Level M is 00; the constant keeps the bits from being all zero.
    void draw_format(int mask) {
        const unsigned bits = with_check_bits(static_cast<unsigned>(mask), 0x537, 10) ^ 0x5412U;
        for (int i = 0; i < 15; ++i) {
            const bool on = (bits >> i & 1U) != 0;
            if (i < 8)
                put(i < 6 ? i : i + 1, 8, on);
            else
                put(8, i == 8 ? 7 : 14 - i, on);
            if (i < 8)
                put(8, size_ - 1 - i, on);
            else
                put(size_ - 15 + i, 8, on);
        }
        put(size_ - 8, 8, true);
    }

  private:
    std::size_t place(int row, int column) const { return at(row * size_ + column); }

    void put(int row, int column, bool on) {
        dark_[place(row, column)] = on;
        fixed_[place(row, column)] = true;
    }

    void draw_timing() {
        for (int i = 0; i < size_; ++i) {
            put(6, i, i % 2 == 0);
            put(i, 6, i % 2 == 0);
        }
    }

    // With the light line around it, as far as that lies inside.
    void draw_finder(int row, int column) {
        for (int y = -4; y <= 4; ++y)
            for (int x = -4; x <= 4; ++x) {
                const int ring = std::max(std::abs(x), std::abs(y));
                const bool inside =
                    row + y >= 0 && row + y < size_ && column + x >= 0 && column + x < size_;
                if (inside) put(row + y, column + x, ring != 2 && ring != 4);
            }
    }

    void draw_alignments() {
        for (const int row : table_of(version_).alignment)
            for (const int column : table_of(version_).alignment) {
                if (row == 0 || column == 0) continue;
                const bool in_finder = (row == 6 && (column == 6 || column == size_ - 7)) ||
                                       (column == 6 && row == size_ - 7);
                if (in_finder) continue;
                for (int y = -2; y <= 2; ++y)
                    for (int x = -2; x <= 2; ++x)
                        put(row + y, column + x, std::max(std::abs(x), std::abs(y)) != 1);
            }
    }

    void draw_version() {
        if (version_ < 7) return;
        const unsigned bits = with_check_bits(static_cast<unsigned>(version_), 0x1F25, 12);
        for (int i = 0; i < 18; ++i) {
            const bool on = (bits >> i & 1U) != 0;
            put(i / 3, size_ - 11 + i % 3, on);
            put(size_ - 11 + i % 3, i / 3, on);
        }
    }

    static bool flips(int mask, int row, int column) {
        const int product = row * column;
        switch (mask) {
            case 0: return (row + column) % 2 == 0;
            case 1: return row % 2 == 0;
            case 2: return column % 3 == 0;
            case 3: return (row + column) % 3 == 0;
            case 4: return (row / 2 + column / 3) % 2 == 0;
            case 5: return product % 2 + product % 3 == 0;
            case 6: return (product % 2 + product % 3) % 2 == 0;
            case 7: return ((row + column) % 2 + product % 3) % 2 == 0;
        }
        VAULT_CHECK(false, "there are eight masks");
    }

    int version_;
    int size_;
    std::vector<bool> dark_;
    std::vector<bool> fixed_;
};

// Table 11, the first and the third rule, along one line: runs of five and more of a kind, and what
// looks like a finder with four light modules before or after it.
int penalty_of_line(const std::vector<bool>& line) {
    static constexpr std::array<bool, 7> kFinder{true, false, true, true, true, false, true};
    int penalty = 0;
    std::size_t run = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        run = i > 0 && line[i] == line[i - 1] ? run + 1 : 1;
        if (run == 5) penalty += 3;
        if (run > 5) ++penalty;
    }
    const auto light = [&](std::size_t from, std::size_t to) {
        return to <= line.size() && std::none_of(line.begin() + static_cast<std::ptrdiff_t>(from),
                                                 line.begin() + static_cast<std::ptrdiff_t>(to),
                                                 [](bool b) { return b; });
    };
    for (std::size_t i = 0; i + kFinder.size() <= line.size(); ++i) {
        const auto begin = line.begin() + static_cast<std::ptrdiff_t>(i);
        if (!std::equal(kFinder.begin(), kFinder.end(), begin)) continue;
        if ((i >= 4 && light(i - 4, i)) || light(i + 7, i + 11)) penalty += 40;
    }
    return penalty;
}

int penalty(const Canvas& canvas) {
    const int size = canvas.size();
    int sum = 0, dark = 0;
    for (int i = 0; i < size; ++i) {
        std::vector<bool> row, column;
        for (int k = 0; k < size; ++k) {
            row.push_back(canvas.dark(i, k));
            column.push_back(canvas.dark(k, i));
            dark += canvas.dark(i, k) ? 1 : 0;
            if (i == 0 || k == 0) continue;
            const int square = canvas.dark(i, k) + canvas.dark(i - 1, k) + canvas.dark(i, k - 1) +
                               canvas.dark(i - 1, k - 1);
            sum += square == 0 || square == 4 ? 3 : 0;
        }
        sum += penalty_of_line(row) + penalty_of_line(column);
    }
    // Ten for each full five per cent away from half and half.
    return sum + std::abs(dark * 20 - size * size * 10) / (size * size) * 10;
}

std::string_view half_block(bool upper, bool lower) {
    if (upper && lower) return "█";
    if (upper) return "▀";
    return lower ? "▄" : " ";
}

}  // namespace

Result<QrCode> QrCode::encode(std::string_view bytes, std::optional<int> mask) {
    int version = 1;
    while (version < 10 && capacity(version) < static_cast<int>(bytes.size()))
        ++version;
    if (static_cast<int>(bytes.size()) > capacity(version))
        return Error{Errc::InvalidParams,
                     fmt::format("{} bytes are too many for the QR code, which holds {}",
                                 bytes.size(), capacity(version)),
                     {},
                     "type the secret instead, or take a shorter name"};
    Canvas plain{version};
    plain.fill(interleaved(data_of(bytes, version), version));
    std::optional<QrCode> best;
    int least = 0;
    for (int candidate = mask.value_or(0); candidate <= mask.value_or(7); ++candidate) {
        Canvas canvas = plain;
        canvas.apply_mask(candidate);
        canvas.draw_format(candidate);
        const int found = penalty(canvas);
        if (best && found >= least) continue;
        least = found;
        best = QrCode{canvas.size(), candidate, canvas.modules()};
    }
    return *best;
}

bool QrCode::dark(int row, int column) const {
    const bool inside = row >= 0 && row < size_ && column >= 0 && column < size_;
    return inside && modules_[at(row * size_ + column)];
}

std::string draw_qr(const QrCode& code, QrGround ground) {
    const bool ink_is_dark = ground != QrGround::Dark;
    std::string out;
    for (int row = -kQuiet; row < code.size() + kQuiet; row += 2) {
        // 16 and 231 of the 256 colours are black and white whatever the theme.
        if (ground == QrGround::Colored) out += "\x1b[38;5;16;48;5;231m";
        for (int column = -kQuiet; column < code.size() + kQuiet; ++column)
            out += half_block(code.dark(row, column) == ink_is_dark,
                              code.dark(row + 1, column) == ink_is_dark);
        if (ground == QrGround::Colored) out += "\x1b[0m";
        out += '\n';
    }
    return out;
}

}  // namespace vault::render
