#include "daemon/identity/password_hash.hpp"

#include "tests/unit/identity/doubles.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

namespace vault::identity {
namespace {

// Gives the salt of a vector.
class FixedEntropy final : public Entropy {
  public:
    explicit FixedEntropy(std::string bytes) : bytes_(std::move(bytes)) {}
    void fill(std::span<std::uint8_t> bytes) override {
        ASSERT_EQ(bytes.size(), bytes_.size());
        std::memcpy(bytes.data(), bytes_.data(), bytes.size());
    }

  private:
    std::string bytes_;
};

std::string from_base64(std::string_view text) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    unsigned held = 0, count = 0;
    for (const char c : text) {
        held = held << 6U | static_cast<unsigned>(kDigits.find(c));
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>(held >> count & 255U);
    }
    return bytes;
}

std::string tag_of(std::string_view stored) {
    const std::string bytes = from_base64(stored.substr(stored.rfind('$') + 1));
    Digest digest{};
    std::copy_n(bytes.begin(), digest.size(), digest.begin());
    return to_hex(digest);
}

Secret secret(std::string_view text) {
    return Secret{std::string{text}};
}

// shared/vectors/security.json: computed with libsodium 1.0.18 for the salt below.
TEST(PasswordHash, GivesThePublishedTags) {
    struct Vector {
        HashCost cost;
        const char* tag;
    };
    for (const auto& [cost, tag] :
         {Vector{{19'456, 2}, "0e47625a7c3b4f4ddf7e9ae79f89a50e4777fec089edcc24803ee974dbefeadf"},
          Vector{{47'104, 1}, "be8687a39893cd5239089c4e6673d58668dec7d5dd66e4aef4b7d20fa59d5e57"},
          Vector{{65'536, 3},
                 "8edaf6e0aaf8bc4a2b68983986b38648ad8872d8a3c00bb3803e637520bbfb16"}}) {
        FixedEntropy salt{"somesaltSOMESALT"};
        Argon2Hasher hasher{cost, salt};
        const std::string stored = hasher.hash(secret("password")).value();
        EXPECT_EQ(tag_of(stored), tag) << stored;
        EXPECT_EQ(from_base64(stored.substr(stored.find(",p=1$") + 5, 22)), "somesaltSOMESALT");
        EXPECT_TRUE(hasher.matches(stored, secret("password")).value());
        EXPECT_FALSE(hasher.matches(stored, secret("sassword")).value());
    }
}

// The reference implementation's own (phc-winner-argon2, src/test.c): a salt of eight bytes.
TEST(PasswordHash, ReadsWhatTheReferenceWrote) {
    SystemEntropy entropy;
    Argon2Hasher hasher{{}, entropy};
    const std::string stored =
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    EXPECT_EQ(tag_of(stored), "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
    EXPECT_TRUE(hasher.matches(stored, secret("password")).value());
    EXPECT_FALSE(hasher.matches(stored, secret("sassword")).value());
    EXPECT_TRUE(needs_rehash(stored, {65'536, 3}));
}

TEST(PasswordHash, DefaultsAreTheIssuesFiguresAndEveryHashHasItsOwnSalt) {
    SystemEntropy entropy;
    Argon2Hasher hasher{{}, entropy};
    const std::string one = hasher.hash(secret("correct horse")).value();
    const std::string two = hasher.hash(secret("correct horse")).value();
    EXPECT_TRUE(one.starts_with("$argon2id$v=19$m=65536,t=3,p=1$")) << one;
    EXPECT_NE(one, two);
    EXPECT_EQ(one.find("horse"), std::string::npos);
    EXPECT_EQ(cost_of(one), HashCost{});
    EXPECT_FALSE(needs_rehash(one, {}));
}

TEST(PasswordHash, RehashOnlyWhenTheParametersRise) {
    const std::string stored = "$argon2id$v=19$m=65536,t=3,p=1$c29tZXNhbHQ$AAAA";
    EXPECT_FALSE(needs_rehash(stored, {65'536, 3}));
    EXPECT_FALSE(needs_rehash(stored, {19'456, 2}));
    EXPECT_TRUE(needs_rehash(stored, {65'537, 3}));
    EXPECT_TRUE(needs_rehash(stored, {65'536, 4}));
    EXPECT_TRUE(needs_rehash("", {}));
    EXPECT_TRUE(needs_rehash("$argon2i$v=19$m=65536,t=3,p=1$c29tZXNhbHQ$AAAA", {}));
}

// Who can write to the store must not make the daemon compute for minutes, or crash.
TEST(PasswordHash, RefusesStoredTextThatWeDidNotWrite) {
    SystemEntropy entropy;
    Argon2Hasher hasher{{8, 1}, entropy};
    for (const std::string stored :
         {"", "x", "$argon2id$v=19$", "$argon2id$v=16$m=8,t=1,p=1$c29tZXNhbHQ$AAAA",
          "$argon2id$v=19$m=4294967295,t=3,p=1$c29tZXNhbHQ$AAAA",
          "$argon2id$v=19$m=99999999999,t=3,p=1$c29tZXNhbHQ$AAAA",
          "$argon2id$v=19$m=65536,t=17,p=1$c29tZXNhbHQ$AAAA",
          "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$AAAA", "$2b$12$abcdefghijklmnopqrstuv"}) {
        const auto matched = hasher.matches(stored, secret("password"));
        ASSERT_FALSE(matched.has_value()) << stored;
        EXPECT_EQ(matched.error().code(), Errc::StoreInvalid);
    }
    const std::string good = hasher.hash(secret("password")).value();
    const auto longer = hasher.matches(good + std::string(200, 'A'), secret("password"));
    EXPECT_EQ(longer.error().code(), Errc::StoreInvalid);
}

TEST(PasswordHash, EveryChangedLetterOfAStoredHashIsNoticed) {
    SystemEntropy entropy;
    Argon2Hasher hasher{{8, 1}, entropy};
    const std::string good = hasher.hash(secret("password")).value();
    for (std::size_t i = good.find("$", good.find("p=1")) + 1; i < good.size(); ++i) {
        std::string changed = good;
        changed[i] = changed[i] == 'Q' ? 'R' : 'Q';
        const auto matched = hasher.matches(changed, secret("password"));
        EXPECT_TRUE(!matched.has_value() || !matched.value()) << i;
    }
    EXPECT_TRUE(hasher.matches(good, secret("password")).value());
}

}  // namespace
}  // namespace vault::identity
