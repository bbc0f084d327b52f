#include "daemon/secrets/aead.hpp"

#include "tests/unit/secrets/published_vectors.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace vault::secrets {
namespace {

Sealed published() {
    Sealed sealed;
    const std::string nonce = from_hex_text(vectors::kNonce);
    std::copy(nonce.begin(), nonce.end(), sealed.nonce.begin());
    sealed.ciphertext = from_hex_text(vectors::kCiphertextAndTag);
    return sealed;
}

TEST(Aead, OpensThePublishedVector) {
    const Secret key{from_hex_text(vectors::kKey)};
    const auto plain = open(key, from_hex_text(vectors::kAssociated), published());
    ASSERT_TRUE(plain.has_value());
    EXPECT_EQ(plain->reveal(), vectors::kPlaintext);
}

TEST(Aead, RefusesEachFlippedBitAndEachCut) {
    const Secret key{from_hex_text(vectors::kKey)};
    const std::string associated = from_hex_text(vectors::kAssociated);
    const Sealed good = published();
    for (std::size_t bit = 0; bit < 8 * good.ciphertext.size(); ++bit) {
        Sealed bad = good;
        bad.ciphertext[bit / 8] = static_cast<char>(bad.ciphertext[bit / 8] ^ (1 << bit % 8));
        EXPECT_FALSE(open(key, associated, bad)) << bit;
    }
    for (std::size_t bit = 0; bit < 8 * good.nonce.size(); ++bit) {
        Sealed bad = good;
        bad.nonce[bit / 8] = static_cast<std::uint8_t>(bad.nonce[bit / 8] ^ (1 << bit % 8));
        EXPECT_FALSE(open(key, associated, bad)) << bit;
    }
    for (std::size_t bit = 0; bit < 8 * associated.size(); ++bit) {
        std::string other = associated;
        other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << bit % 8));
        EXPECT_FALSE(open(key, other, good)) << bit;
    }
    for (std::size_t size = 0; size < good.ciphertext.size(); ++size)
        EXPECT_FALSE(open(key, associated, {good.nonce, good.ciphertext.substr(0, size)})) << size;
}

TEST(Aead, SealsAnySizeAndNeverTwiceAlike) {
    const Secret key = random_key();
    std::set<std::string> ciphertexts;
    std::set<Nonce> nonces;
    for (const std::size_t size : {0, 1, 16, 100, 5000}) {
        for (int i = 0; i < 20; ++i) {
            const Sealed sealed = seal(key, "a", Secret{std::string(size, 'p')});
            EXPECT_EQ(sealed.ciphertext.size(), size + 16);
            EXPECT_EQ(open(key, "a", sealed)->reveal(), std::string(size, 'p'));
            EXPECT_FALSE(open(random_key(), "a", sealed));
            ciphertexts.insert(sealed.ciphertext);
            nonces.insert(sealed.nonce);
        }
    }
    EXPECT_EQ(ciphertexts.size(), 100U);
    EXPECT_EQ(nonces.size(), 100U);
}

// Parts that would run together without their lengths, and numbers beside texts of their bytes.
TEST(Aead, AssociatedDataOfOtherPartsIsOther) {
    const auto of = [](std::initializer_list<const char*> parts) {
        AssociatedData data{"field", "here"};
        for (const char* part : parts)
            data.add(part);
        return data.bytes();
    };
    const std::set<std::string> all{of({}),
                                    of({""}),
                                    of({"", ""}),
                                    of({"ab"}),
                                    of({"a", "b"}),
                                    of({"", "ab"}),
                                    of({"ab", ""}),
                                    of({"a", "", "b"}),
                                    AssociatedData{"field", "hereab"}.bytes(),
                                    AssociatedData{"fieldhere", "ab"}.bytes()};
    EXPECT_EQ(all.size(), 10U);
    AssociatedData numbers{"n", ""};
    numbers.add(std::uint64_t{1}).add(std::uint64_t{256});
    EXPECT_EQ(numbers.bytes(), std::string("\0\0\0\1n\0\0\0\0"
                                           "\0\0\0\x8\0\0\0\0\0\0\0\1"
                                           "\0\0\0\x8\0\0\0\0\0\0\1\0",
                                           33));
}

}  // namespace
}  // namespace vault::secrets
