// Signatures, nonces and forms of Kraken's private calls.
#include "daemon/exchange/kraken/form.hpp"
#include "daemon/exchange/kraken/nonce.hpp"
#include "daemon/exchange/kraken/sign.hpp"

#include <gtest/gtest.h>

namespace vault::exchange::kraken {
namespace {

Secret secret_of(std::string text) {
    return Secret{std::move(text)};
}

std::string base64_of_zeros(std::size_t bytes) {
    std::string out((bytes + 2) / 3 * 4, 'A');
    for (std::size_t i = 0; i < (3 - bytes % 3) % 3; ++i)
        out[out.size() - 1 - i] = '=';
    return out;
}

// docs.kraken.com, "Spot REST authentication".
constexpr const char* kPublishedSecret =
    "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg==";

TEST(KrakenSign, GivesThePublishedExampleToTheDigit) {
    const auto decoded = decoded_secret(secret_of(kPublishedSecret));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded.value().size(), 64U);
    const std::string body = form_encoded({{"nonce", "1616492376594"},
                                           {"ordertype", "limit"},
                                           {"pair", "XBTUSD"},
                                           {"price", "37500"},
                                           {"type", "buy"},
                                           {"volume", "1.25"}});
    EXPECT_EQ(body,
              "nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25");
    EXPECT_EQ(
        api_sign(decoded.value(), "/0/private/AddOrder", "1616492376594", body),
        "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==");
}

TEST(KrakenSign, BlanksAroundASecretDoNotMatter) {
    const std::string text = kPublishedSecret;
    const auto plain = decoded_secret(secret_of(text));
    const auto blank = decoded_secret(secret_of(" " + text + "\r\n"));
    ASSERT_TRUE(plain);
    ASSERT_TRUE(blank);
    EXPECT_TRUE(plain.value().equals(blank.value()));
}

TEST(KrakenSign, ASecretIsBase64Of16To256Bytes) {
    for (const std::size_t bytes : {16U, 17U, 18U, 64U, 255U, 256U}) {
        const auto decoded = decoded_secret(secret_of(base64_of_zeros(bytes)));
        ASSERT_TRUE(decoded) << bytes;
        EXPECT_EQ(decoded.value().size(), bytes);
    }
    const std::string good = kPublishedSecret;
    const std::string wrong[] = {"",
                                 " ",
                                 base64_of_zeros(15),
                                 base64_of_zeros(257),
                                 std::string(4096, 'A'),
                                 good.substr(1),
                                 good + "=",
                                 good.substr(0, good.size() - 4) + "X===",
                                 "====" + good,
                                 good.substr(0, 40) + "====" + good.substr(40),
                                 good.substr(0, 40) + "-_-_" + good.substr(44),
                                 good.substr(0, 40) + "\n" + good.substr(41),
                                 "correct horse battery staple"};
    for (const std::string& text : wrong) {
        const auto decoded = decoded_secret(secret_of(text));
        ASSERT_FALSE(decoded) << text;
        EXPECT_EQ(decoded.error().code(), Errc::InvalidParams);
        EXPECT_EQ(decoded.error().field(), "api_secret");
        const std::string said = decoded.error().message() + decoded.error().hint();
        EXPECT_TRUE(text.size() < 8 || said.find(text.substr(0, 8)) == std::string::npos) << said;
    }
}

TEST(KrakenSign, AKeyIsOfCharactersThatCanStandInAHeader) {
    EXPECT_TRUE(
        check_api_key(secret_of("xqcnLH5r0gXVs1ICq4j8ZpIHFbM3zmkvZzMQ1YdZTLVX6nDlSvQM+/==")));
    const std::string wrong[] = {"",
                                 "short",
                                 std::string(257, 'a'),
                                 std::string(56, 'a') + "\r\n",
                                 "key with blanks in it",
                                 "schl\xc3\xbcssel-von-kraken"};
    for (const std::string& text : wrong) {
        const auto checked = check_api_key(secret_of(text));
        ASSERT_FALSE(checked) << text;
        EXPECT_EQ(checked.error().code(), Errc::InvalidParams);
        EXPECT_EQ(checked.error().field(), "api_key");
    }
}

TEST(KrakenNonce, IsNanosecondsOfTheWallClock) {
    ManualClock clock{parse_utc("2026-03-04T00:00:00Z").value()};
    Nonces nonces{clock};
    EXPECT_EQ(nonces.next(), 1'772'582'400'000'000'000U);
    clock.advance(Duration{7});
    EXPECT_EQ(nonces.next(), 1'772'582'400'007'000'000U);
}

TEST(KrakenNonce, RisesThoughTheClockStandsOrIsSetBack) {
    ManualClock clock{parse_utc("2026-03-04T00:00:00Z").value()};
    Nonces nonces{clock};
    std::uint64_t last = 0;
    for (int i = 0; i < 3'000; ++i) {
        if (i == 1'000) clock.set(parse_utc("2020-01-01").value());
        if (i == 2'000) clock.set(UtcTime{Duration{-5}});
        const std::uint64_t next = nonces.next();
        ASSERT_GT(next, last);
        last = next;
    }
    EXPECT_EQ(last, 1'772'582'400'000'000'000U + 2'999);
}

TEST(KrakenForm, EscapesWhatWouldBeReadAsSomethingElse) {
    EXPECT_EQ(form_encoded({}), "");
    EXPECT_EQ(form_encoded({{"price", "+5"}, {"close[price]", "#10%"}}),
              "price=%2B5&close%5Bprice%5D=%2310%25");
    EXPECT_EQ(form_encoded({{"a", "1&b=2"}, {"c", "x y"}, {"d", ""}, {"e", "\xc3\xbc~-._"}}),
              "a=1%26b%3D2&c=x%20y&d=&e=%C3%BC~-._");
}

}  // namespace
}  // namespace vault::exchange::kraken
