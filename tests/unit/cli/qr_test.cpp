// QR codes against matrices that libqrencode 4.1.1 made (qrencode -8 -l M), against a reader that
// goes the other way by its own tables, and as they stand on a terminal.
#include "cli/render/qr.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace vault::render {
namespace {

struct Known {
    int version;
    int mask;
    std::string_view text;
    std::string_view modules;  // row by row, four modules a hex digit
};
constexpr std::array kKnown{
    Known{1, 2, "vaultd",
          "fe23fc10906eaebb75c5dba9aec15507faafe01700be0be74d4958fd3d1883daa34d006fbff8add05fed"
          "baa815d64e2ead0904c2cfe9450"},
    Known{4, 4, "otpauth://totp/v:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVG",
          "fe85273fc1233a506e8ed5ebb7553ca5dba80922ec17a8c107faaaaafe0164fd008b8ded7ceaadc083c0"
          "d1cbf7588aa89e1ba7c8ba524833a1b1ac74a6d4b0ebfa5356b25eea002dc1a973abe84f5f21ddb92ae7"
          "62a70f280580b8f9d205cc10f0dff3d37bdcfa8077f1c5ffb54b2a504bd0913bafa9afcdd2e1bbe2e8a5"
          "8ab904dbec10feb64f928"},
    Known{8, 3,
          "otpauth://totp/Core%20Vault:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Cor"
          "e%20Vault&algorithm=SHA1&digits=6&period=30",
          "fe94897ca4bfc17b399e87d06e96ec9c6b6bb75cc02667a5dba4373f1442ec1262f1a09107faaaaaaaaa"
          "fe01c2644f0700b71c4bfa77259cec9a2f86bab4b05f25618f99a7d772d83aeee0b36f45db3a29874302"
          "50f7b810187d6ebddbab4bc6bc2a1b43c460d67edae5a30c1ae3e7dfee7583ed323d13350dfa913481d1"
          "a54640a8cc9cb0eb8a3f6c9fbdc7e151454c7aa317cad7eea33aaa94783f14a7c6dbe0a8fa093fc7927e"
          "89701204f4c2e3690c3404e8506129366862af25b99e70b56a05e7d1ca9e1c729aa9b2d938ee501281cb"
          "c6cf43100e29d7d4354ec4ab02b877fe7e2487520efef51d90967c4b3ce2e4452ce863e31723f3b4f980"
          "65c3123847ffa807aa812a70584545c9519ba03e7fd15fc5d5fb03386ecaeb61704e9ce9044564704b8c"
          "fe9ae91609c38"},
    Known{9, 6,
          "otpauth://totp/v:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGN"
          "BVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA&issuer=v&algorithm=SHA512&digits=8"
          "&period=30",
          "feb841c23ee3fc1614d99183906eb7e121e924bb7442ee1fb7d5dba9675fb02e2ec123e1c5355107faaa"
          "aaaaaaafe0062651a168009f94abf93cd4be47e17777f1fdadf7990996d0a09272cb04d9b4aef223a848"
          "cc8a625d8e2b2576f5ec8b43b1f588a6b7e0ffd1e33d6a62b1238a4ee80ca5e09fa5b562e737b322b8b2"
          "4b21f3634f457062957883f9d846b845d3fdf7b99b58e10be0914ab22478b2edcb7fff5afca98fd6c449"
          "0470db452aa406eaa0ceb351300316bd91c1ff928faac1fcf2095d37ba15e0f8d28c11d82b250f15027b"
          "664593d66a0a3afb5c80747037bf9f22f99e55679a28f08220bcd253b2e2a8fa0eaf33dce9413b61f0f1"
          "081ac07430c839bfae2774ecdf828cebeba945b1470598d3ad37f7f07ccdb57c82c2a936ac0613713cc2"
          "afb1ebfa805350c7f5b457fa4092be31aa905b48f173d51abae2d7fdccefcdd7dba5729fa5ee8137f64d"
          "21ed044c20ed21dfdfefdece3fe05e0"},
};

std::string hex_of(const QrCode& code) {
    std::string hex;
    int held = 0, count = 0;
    const int all = code.size() * code.size();
    for (int i = 0; i < (all + 3) / 4 * 4; ++i) {
        held = held * 2 + (i < all && code.dark(i / code.size(), i % code.size()) ? 1 : 0);
        if (++count % 4 != 0) continue;
        hex += "0123456789abcdef"[held];
        held = 0;
    }
    return hex;
}

TEST(Qr, MatricesOfLibqrencode) {
    for (const Known& known : kKnown) {
        const auto code = QrCode::encode(known.text, known.mask);
        ASSERT_TRUE(code.has_value());
        EXPECT_EQ(code.value().version(), known.version);
        EXPECT_EQ(hex_of(code.value()), known.modules) << known.text;
    }
}

// Reads a code back. Total bytes, bytes of correction a block, and blocks, of level M.
class Reader {
  public:
    explicit Reader(const QrCode& code) : code_(code), size_(code.size()) {}

    std::string read() {
        mask_ = format_mask();
        EXPECT_EQ(mask_, code_.mask());
        const Layout layout = kLayouts[static_cast<std::size_t>(code_.version() - 1)];
        const std::vector<int> bytes = walk();
        EXPECT_EQ(static_cast<int>(bytes.size()), layout.total);
        return text_of(data_of(bytes, layout));
    }

  private:
    struct Layout {
        int total, correction, blocks;
    };
    static constexpr std::array<Layout, 10> kLayouts{{{26, 10, 1},
                                                      {44, 16, 1},
                                                      {70, 26, 1},
                                                      {100, 18, 2},
                                                      {134, 24, 2},
                                                      {172, 16, 4},
                                                      {196, 18, 4},
                                                      {242, 22, 4},
                                                      {292, 22, 5},
                                                      {346, 26, 5}}};
    static constexpr std::array<int, 8> kFormats{0x5412, 0x5125, 0x5E7C, 0x5B4B,
                                                 0x45F9, 0x40CE, 0x4F97, 0x4AA0};

    // Both copies have to be one of the eight words of level M (annex C, table C.1).
    int format_mask() const {
        static constexpr std::array<std::pair<int, int>, 15> kFirst{{{8, 0},
                                                                     {8, 1},
                                                                     {8, 2},
                                                                     {8, 3},
                                                                     {8, 4},
                                                                     {8, 5},
                                                                     {8, 7},
                                                                     {8, 8},
                                                                     {7, 8},
                                                                     {5, 8},
                                                                     {4, 8},
                                                                     {3, 8},
                                                                     {2, 8},
                                                                     {1, 8},
                                                                     {0, 8}}};
        int first = 0, second = 0;
        for (int i = 0; i < 15; ++i) {
            const auto& [row, column] = kFirst[static_cast<std::size_t>(i)];
            first = first * 2 + code_.dark(row, column);
            second =
                second * 2 + (i < 7 ? code_.dark(size_ - 1 - i, 8) : code_.dark(8, size_ - 15 + i));
        }
        EXPECT_EQ(first, second);
        EXPECT_TRUE(code_.dark(size_ - 8, 8));
        for (int mask = 0; mask < 8; ++mask)
            if (kFormats[static_cast<std::size_t>(mask)] == first) return mask;
        ADD_FAILURE() << "no format of level M: " << first;
        return 0;
    }

    bool is_data(int row, int column) const {
        const auto in = [](int x, int low, int high) { return x >= low && x < high; };
        if (row == 6 || column == 6) return false;
        if (in(row, 0, 9) && (in(column, 0, 9) || column >= size_ - 8)) return false;
        if (row >= size_ - 8 && in(column, 0, 9)) return false;
        if (code_.version() >= 7) {
            if (in(row, 0, 6) && in(column, size_ - 11, size_ - 8)) return false;
            if (in(column, 0, 6) && in(row, size_ - 11, size_ - 8)) return false;
        }
        return !in_alignment(row, column);
    }

    bool in_alignment(int row, int column) const {
        if (code_.version() == 1) return false;
        std::vector<int> centres{6, size_ - 7};
        if (code_.version() >= 7) centres.push_back((size_ - 1) / 2);
        for (const int y : centres)
            for (const int x : centres) {
                const bool at_finder = (y == 6 && x != centres.back() && centres.size() == 3) ||
                                       (x == 6 && y != centres.back() && centres.size() == 3) ||
                                       (centres.size() == 2 && (x == 6 || y == 6));
                if (at_finder) continue;
                if (std::abs(row - y) <= 2 && std::abs(column - x) <= 2) return true;
            }
        return false;
    }

    bool unmasked(int i, int j) const {
        const std::array<bool, 8> flips{(i + j) % 2 == 0,
                                        i % 2 == 0,
                                        j % 3 == 0,
                                        (i + j) % 3 == 0,
                                        (i / 2 + j / 3) % 2 == 0,
                                        (i * j) % 2 + (i * j) % 3 == 0,
                                        ((i * j) % 2 + (i * j) % 3) % 2 == 0,
                                        ((i + j) % 2 + (i * j) % 3) % 2 == 0};
        return code_.dark(i, j) != flips[static_cast<std::size_t>(mask_)];
    }

    std::vector<int> walk() const {
        std::vector<int> bytes;
        int held = 0, count = 0;
        int row = size_ - 1, step = -1;
        for (int pair = 0, column = size_ - 1; pair < (size_ - 1) / 2; ++pair, column -= 2) {
            if (column == 6) column = 5;
            for (; row >= 0 && row < size_; row += step)
                for (int side = 0; side < 2; ++side) {
                    if (!is_data(row, column - side)) continue;
                    held = held * 2 + unmasked(row, column - side);
                    if (++count % 8 != 0) continue;
                    bytes.push_back(held);
                    held = 0;
                }
            step = -step;
            row += step;
        }
        return bytes;
    }

    static int times(int a, int b) {
        int out = 0;
        for (; b > 0; b /= 2) {
            if (b % 2 == 1) out ^= a;
            a *= 2;
            if (a > 255) a ^= 0x11D;
        }
        return out;
    }

    // Every block is a code word: its polynomial is zero at each power of two.
    static void expect_code_word(const std::vector<int>& block, int correction) {
        int x = 1;
        for (int i = 0; i < correction; ++i, x = times(x, 2)) {
            int value = 0;
            for (const int byte : block)
                value = times(value, x) ^ byte;
            EXPECT_EQ(value, 0);
        }
    }

    static std::vector<int> data_of(const std::vector<int>& bytes, const Layout& layout) {
        const int all_data = layout.total - layout.blocks * layout.correction;
        const int shorter = all_data / layout.blocks;
        const int longer = all_data % layout.blocks;
        std::vector<std::vector<int>> blocks(static_cast<std::size_t>(layout.blocks));
        std::size_t next = 0;
        for (int i = 0; i <= shorter; ++i)
            for (int b = 0; b < layout.blocks; ++b)
                if (i < shorter || b >= layout.blocks - longer)
                    blocks[static_cast<std::size_t>(b)].push_back(bytes[next++]);
        std::vector<int> data;
        for (const auto& block : blocks)
            data.insert(data.end(), block.begin(), block.end());
        for (int i = 0; i < layout.correction; ++i)
            for (auto& block : blocks)
                block.push_back(bytes[next++]);
        EXPECT_EQ(next, bytes.size());
        for (const auto& block : blocks)
            expect_code_word(block, layout.correction);
        return data;
    }

    std::string text_of(const std::vector<int>& data) const {
        std::size_t bit = 0;
        const auto take = [&](int count) {
            int value = 0;
            for (int i = 0; i < count; ++i, ++bit)
                value = value * 2 + (data[bit / 8] >> (7 - bit % 8) & 1);
            return value;
        };
        EXPECT_EQ(take(4), 4) << "bytes";
        const int length = take(code_.version() < 10 ? 8 : 16);
        std::string text;
        for (int i = 0; i < length; ++i)
            text += static_cast<char>(take(8));
        return text;
    }

    const QrCode& code_;
    int size_;
    int mask_ = 0;
};

TEST(Qr, EveryLengthReadsBack) {
    std::string text;
    std::array<int, 11> of_version{};
    for (int length = 0; length <= 213; ++length) {
        for (std::optional<int> mask; !mask || *mask < 8; mask = mask ? *mask + 1 : 0) {
            const auto code = QrCode::encode(text, mask);
            ASSERT_TRUE(code.has_value()) << length;
            if (mask) {
                EXPECT_EQ(code.value().mask(), *mask);
            }
            ++of_version[static_cast<std::size_t>(code.value().version())];
            EXPECT_EQ(Reader{code.value()}.read(), text) << length;
            if (HasFailure()) return;
        }
        text += static_cast<char>(length * 37 + 11);
    }
    for (std::size_t version = 1; version <= 10; ++version)
        EXPECT_GT(of_version[version], 0) << version;
}

// The figures of the standard's table 7, level M.
TEST(Qr, TheSmallestVersionIsTaken) {
    constexpr std::array<std::size_t, 10> kBytes{14, 26, 42, 62, 84, 106, 122, 152, 180, 213};
    for (std::size_t i = 0; i < kBytes.size(); ++i) {
        EXPECT_EQ(QrCode::encode(std::string(kBytes[i], 'x')).value().version(),
                  static_cast<int>(i) + 1);
        if (i + 1 < kBytes.size()) {
            EXPECT_EQ(QrCode::encode(std::string(kBytes[i] + 1, 'x')).value().version(),
                      static_cast<int>(i) + 2);
        }
    }
    const auto too_long = QrCode::encode(std::string(214, 'x'));
    ASSERT_FALSE(too_long.has_value());
    EXPECT_EQ(too_long.error().code(), Errc::InvalidParams);
    EXPECT_NE(too_long.error().message().find("214"), std::string::npos);
}

// Modules of the drawing: each letter is two of them, one above the other.
std::vector<std::vector<bool>> modules_of(const std::string& drawing, bool ink_is_dark) {
    std::vector<std::vector<bool>> rows;
    std::size_t at = 0;
    const auto take = [&](std::string_view what) {
        if (drawing.compare(at, what.size(), what) != 0) return false;
        at += what.size();
        return true;
    };
    while (at < drawing.size()) {
        std::vector<bool> upper, lower;
        while (!take("\n")) {
            const bool full = take("█");
            const bool top = !full && take("▀");
            const bool bottom = !full && !top && take("▄");
            if (!full && !top && !bottom && !take(" ")) {
                ADD_FAILURE() << "an unknown letter at " << at;
                return rows;
            }
            upper.push_back((full || top) == ink_is_dark);
            lower.push_back((full || bottom) == ink_is_dark);
        }
        rows.push_back(upper);
        rows.push_back(lower);
    }
    return rows;
}

void expect_drawn(const QrCode& code, const std::string& drawing, bool ink_is_dark) {
    const auto rows = modules_of(drawing, ink_is_dark);
    const int side = code.size() + 8;
    ASSERT_EQ(static_cast<int>(rows.size()), side + 1);  // sides are odd: a light line at the end
    for (int y = 0; y < side + 1; ++y) {
        ASSERT_EQ(static_cast<int>(rows[static_cast<std::size_t>(y)].size()), side);
        for (int x = 0; x < side; ++x)
            ASSERT_EQ(rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)],
                      code.dark(y - 4, x - 4))
                << y << "," << x;
    }
}

TEST(Qr, DrawnForDarkAndLightTerminals) {
    for (const Known& known : kKnown) {
        const QrCode code = QrCode::encode(known.text).value();
        expect_drawn(code, draw_qr(code, QrGround::Light), true);
        expect_drawn(code, draw_qr(code, QrGround::Dark), false);
        EXPECT_LE(code.size() + 8, 80);
    }
}

TEST(Qr, ColouredLinesSetBothColoursAndPutThemBack) {
    const QrCode code = QrCode::encode("vaultd").value();
    std::string drawing = draw_qr(code, QrGround::Colored);
    std::string plain;
    std::size_t lines = 0;
    for (std::size_t at = 0; at < drawing.size(); ++lines) {
        const std::size_t end = drawing.find('\n', at);
        const std::string line = drawing.substr(at, end - at);
        constexpr std::string_view kOn = "\x1b[38;5;16;48;5;231m", kOff = "\x1b[0m";
        ASSERT_TRUE(line.starts_with(kOn) && line.ends_with(kOff));
        plain += line.substr(kOn.size(), line.size() - kOn.size() - kOff.size()) + '\n';
        at = end + 1;
    }
    EXPECT_EQ(lines, 15U);
    EXPECT_EQ(plain, draw_qr(code, QrGround::Light));
}

}  // namespace
}  // namespace vault::render
