#include "tests/emulator/kraken/rest/api_key.hpp"

#include "tests/emulator/kraken/rest/signature.hpp"

#include <gtest/gtest.h>

namespace vault::kraken_emulator {
namespace {

using std::chrono_literals::operator""s;

constexpr Moment kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 4}};
constexpr std::string_view kSecret =
    "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg==";

TEST(Signature, IsThatOfKrakensPublishedExample) {
    EXPECT_EQ(api_sign(kSecret, "/0/private/AddOrder", "1616492376594",
                       "nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy"
                       "&volume=1.25"),
              "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwL"
              "UQ==");
}

TEST(Signature, Base64GoesBothWays) {
    for (const std::string_view bytes : {"", "a", "ab", "abc", "abcd"})
        EXPECT_EQ(from_base64(base64(bytes)), bytes);
    EXPECT_FALSE(from_base64("abc").has_value());
    EXPECT_FALSE(from_base64("a*c=").has_value());
}

class Keys : public testing::Test {
  protected:
    Keys() {
        ApiKey key;
        key.name = "main";
        key.key = "public";
        key.secret = kSecret;
        desk_.add(key);
    }
    std::string ask(std::string_view nonce, Moment now = kStart, std::string_view key = "public") {
        Request request;
        request.path = "/0/private/Balance";
        request.api_key = key;
        request.body = std::string{"nonce="}.append(nonce);
        request.api_sign = api_sign(kSecret, request.path, nonce, request.body);
        return says(request, now);
    }
    std::string says(const Request& request, Moment now) {
        const Params params = Params::from_form(request.body).value();
        const auto admitted = desk_.admit(request, params, now);
        return admitted ? admitted.value()->name : admitted.error().text;
    }

    KeyDesk desk_;
};

TEST_F(Keys, ASignedCallIsTheKeys) {
    EXPECT_EQ(ask("1616492376594"), "main");
    EXPECT_EQ(ask("1616492376595", kStart, "other"), "EAPI:Invalid key");
}

TEST_F(Keys, ASignatureOfAnotherBodyIsRefused) {
    Request request;
    request.path = "/0/private/Balance";
    request.api_key = "public";
    request.body = "nonce=5&x=1";
    request.api_sign = api_sign(kSecret, request.path, "5", "nonce=5&x=2");
    EXPECT_EQ(says(request, kStart), "EAPI:Invalid signature");
}

TEST_F(Keys, NoncesRiseWithinTheirWindow) {
    EXPECT_EQ(ask("100"), "main");
    EXPECT_EQ(ask("100"), "EAPI:Invalid nonce");
    EXPECT_EQ(ask("99"), "EAPI:Invalid nonce");
    EXPECT_EQ(ask("x"), "EAPI:Invalid nonce");
    EXPECT_EQ(ask("18446744073709551616"), "EAPI:Invalid nonce") << "past 64 bits";
    desk_.find_name("main")->nonce_window = 10;
    EXPECT_EQ(ask("91"), "main");
    EXPECT_EQ(ask("90"), "EAPI:Invalid nonce");
    EXPECT_EQ(desk_.find_name("main")->nonce, 100U) << "the highest counts";
}

TEST_F(Keys, ManyWrongOnesLockTheKeyOut) {
    EXPECT_EQ(ask("100"), "main");
    for (int i = 0; i < KeyDesk::kWrongMost; ++i)
        EXPECT_EQ(ask("1"), "EAPI:Invalid nonce");
    EXPECT_EQ(ask("101"), "EGeneral:Temporary lockout");
    EXPECT_EQ(ask("102", kStart + KeyDesk::kLockout), "main");
}

TEST_F(Keys, ARevokedKeyIsUnknown) {
    desk_.find_name("main")->revoked = true;
    EXPECT_EQ(ask("100"), "EAPI:Invalid key");
}

TEST_F(Keys, CallsAreCountedByTier) {
    ApiKey& key = *desk_.find_name("main");
    for (int i = 0; i < 15; ++i)
        ASSERT_TRUE(KeyDesk::charge(key, 1, Tier::Starter, kStart).has_value()) << i;
    EXPECT_EQ(KeyDesk::charge(key, 1, Tier::Starter, kStart).error().text,
              "EAPI:Rate limit exceeded");
    // The refused one counts too: 16 points, 0.33 of them gone each second.
    EXPECT_FALSE(KeyDesk::charge(key, 1, Tier::Starter, kStart + 6s).has_value());
    EXPECT_TRUE(KeyDesk::charge(key, 1, Tier::Starter, kStart + 12s).has_value());
    EXPECT_TRUE(KeyDesk::charge(key, 0, Tier::Starter, kStart + 12s).has_value());
}

}  // namespace
}  // namespace vault::kraken_emulator
