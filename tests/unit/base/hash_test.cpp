#include "common/base/hash.hpp"

#include <gtest/gtest.h>

#include <string>

namespace vault {
namespace {

struct Vector {
    std::string input;
    const char* digest;
};

// FIPS 180-4 examples and the NIST CAVP short message of one byte (0xd3).
TEST(Sha256, MatchesNistVectors) {
    const Vector vectors[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
         "lmnopqrsmnopqrstnopqrstu",
         "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
        {std::string(1'000'000, 'a'),
         "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
        {"\xd3", "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"},
    };
    Sha256 reused;
    for (const Vector& vector : vectors) {
        EXPECT_EQ(to_hex(sha256(vector.input)), vector.digest);
        EXPECT_EQ(to_hex(reused.digest(vector.input)), vector.digest);
    }
}

TEST(Sha256, HexReadsBackAndRefusesEverythingElse) {
    const Digest digest = sha256("x");
    const std::string text = to_hex(digest);
    Digest back{};
    ASSERT_TRUE(from_hex(text, back));
    EXPECT_EQ(back, digest);
    EXPECT_FALSE(from_hex("", back));
    EXPECT_FALSE(from_hex(text.substr(1), back));
    EXPECT_FALSE(from_hex(text + "0", back));
    for (const char bad : {'A', 'F', 'g', ' ', '/', ':', '`', '\0'}) {
        std::string wrong = text;
        wrong[63] = bad;
        EXPECT_FALSE(from_hex(wrong, back)) << bad;
    }
}

}  // namespace
}  // namespace vault
