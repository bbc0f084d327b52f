#include "common/domain/decimal.hpp"

#include <gtest/gtest.h>

#include <string>

namespace vault {
namespace {

using vault::literals::operator""_dec;

constexpr Decimal kLargest = Decimal::from_raw(Decimal::kLimit - 1);

TEST(Decimal, TextIsCanonical) {
    struct Case {
        const char* input;
        const char* text;
    };
    const Case cases[] = {
        {"0", "0"},
        {"-0", "0"},
        {"+0.000", "0"},
        {"-0.000000000000000000", "0"},
        {"1", "1"},
        {"+1", "1"},
        {"001.500", "1.5"},
        {"-1.50", "-1.5"},
        {"0.000000000000000001", "0.000000000000000001"},
        {"-0.000000000000000001", "-0.000000000000000001"},
        {"20.01253", "20.01253"},
        {"100", "100"},
        {"99999999999999999999", "99999999999999999999"},
        {"99999999999999999999.999999999999999999", "99999999999999999999.999999999999999999"},
        {"-99999999999999999999.999999999999999999", "-99999999999999999999.999999999999999999"},
        {"00000000000000000000000000000000000000001", "1"},
        {"9007199254740993", "9007199254740993"},
    };
    for (const Case& c : cases) {
        const auto x = Decimal::parse(c.input);
        ASSERT_TRUE(x.has_value()) << c.input;
        EXPECT_EQ(x.value().text(), c.text);
        EXPECT_EQ(Decimal::parse(x.value().text()).value(), x.value());
    }
}

TEST(Decimal, RefusesEveryOtherText) {
    struct Case {
        const char* input;
        const char* why;
    };
    const Case cases[] = {{"", "is not a number"},
                          {"+", "is not a number"},
                          {"-", "is not a number"},
                          {".", "is not a number"},
                          {".5", "is not a number"},
                          {"5.", "is not a number"},
                          {"--5", "is not a number"},
                          {"+-5", "is not a number"},
                          {"1e3", "is not a number"},
                          {"1E3", "is not a number"},
                          {"1e999", "is not a number"},
                          {"NaN", "is not a number"},
                          {"nan", "is not a number"},
                          {"inf", "is not a number"},
                          {"Infinity", "is not a number"},
                          {"0x10", "is not a number"},
                          {"1,5", "is not a number"},
                          {"1'000", "is not a number"},
                          {"1_000", "is not a number"},
                          {"1.2.3", "is not a number"},
                          {" 1", "is not a number"},
                          {"1 ", "is not a number"},
                          {"1\n", "is not a number"},
                          {"1.5 USDT", "is not a number"},
                          {"\xd9\xa1", "is not a number"},
                          {"0.0000000000000000000", "has more than 18 decimals"},
                          {"1.0000000000000000001", "has more than 18 decimals"},
                          {"100000000000000000000", "is too large"},
                          {"-100000000000000000000", "is too large"},
                          {"340282366920938463463374607431768211456", "is too large"},
                          {"99999999999999999999999999999999999999999999999999", "is too large"}};
    for (const Case& c : cases) {
        const auto x = Decimal::parse(c.input);
        ASSERT_FALSE(x.has_value()) << c.input;
        EXPECT_EQ(x.error().code(), Errc::InvalidParams);
        EXPECT_NE(x.error().message().find(c.why), std::string::npos) << x.error().message();
        EXPECT_FALSE(x.error().hint().empty());
    }
    EXPECT_FALSE(Decimal::parse(std::string_view{"1\0", 2}).has_value());
    EXPECT_LT(Decimal::parse(std::string(1'000'000, '7')).error().message().size(), 100U);
}

TEST(Decimal, LiteralsEqualParsedText) {
    EXPECT_EQ("1.0125"_dec, Decimal::parse("1.0125").value());
    EXPECT_EQ("-0.4"_dec, Decimal::parse("-0.4").value());
    EXPECT_EQ("99999999999999999999.999999999999999999"_dec, kLargest);
    EXPECT_EQ("7"_dec, Decimal::from_int(7));
    EXPECT_EQ(Decimal::from_int(INT64_MIN).text(), "-9223372036854775808");
}

TEST(Decimal, SumsAreExactAndChecked) {
    EXPECT_EQ("0.1"_dec + "0.2"_dec, "0.3"_dec);
    EXPECT_EQ("1"_dec - "0.000000000000000001"_dec, "0.999999999999999999"_dec);
    EXPECT_EQ(add(kLargest, -kLargest).value(), kZero);
    EXPECT_EQ(sub(kLargest, kLargest).value(), kZero);
    EXPECT_EQ(add(kLargest, Decimal::from_raw(1)).error().code(), Errc::AmountTooLarge);
    EXPECT_EQ(sub(-kLargest, Decimal::from_raw(1)).error().code(), Errc::AmountTooLarge);
    // These two pass what a signed 128-bit integer holds.
    EXPECT_EQ(add(kLargest, kLargest).error().code(), Errc::AmountTooLarge);
    EXPECT_EQ(sub(-kLargest, kLargest).error().code(), Errc::AmountTooLarge);
    EXPECT_DEATH(static_cast<void>(kLargest + Decimal::from_raw(1)), "decimal sum out of range");
    EXPECT_DEATH(static_cast<void>(kLargest + kLargest), "decimal sum out of range");
    EXPECT_DEATH(static_cast<void>(-kLargest - kLargest), "decimal sum out of range");
}

TEST(Decimal, RoundingNamesAreWhatTheySay) {
    struct Case {
        Rounding rounding;
        Decimal positive, negative;
    };
    const Case cases[] = {{Rounding::Down, "1.2"_dec, "-1.2"_dec},
                          {Rounding::Up, "1.3"_dec, "-1.3"_dec},
                          {Rounding::Floor, "1.2"_dec, "-1.3"_dec},
                          {Rounding::Ceil, "1.3"_dec, "-1.2"_dec}};
    for (const Case& c : cases) {
        EXPECT_EQ(round_places("1.25"_dec, 1, c.rounding), c.positive);
        EXPECT_EQ(round_places("-1.25"_dec, 1, c.rounding), c.negative);
        EXPECT_EQ(round_step("1.25"_dec, "0.1"_dec, c.rounding), c.positive);
        EXPECT_EQ(round_places("1.2"_dec, 1, c.rounding), "1.2"_dec);
        EXPECT_EQ(round_places("-1.2"_dec, 1, c.rounding), "-1.2"_dec);
        EXPECT_EQ(round_places(kZero, 0, c.rounding), kZero);
        EXPECT_EQ(round_places(kLargest, 18, c.rounding), kLargest);
    }
    EXPECT_EQ(floor_8("0.123456789"_dec), "0.12345678"_dec);
    EXPECT_EQ(ceil_8("0.123456781"_dec), "0.12345679"_dec);
    EXPECT_EQ(floor_8("-0.123456781"_dec), "-0.12345679"_dec);
    EXPECT_EQ(ceil_8("-0.123456789"_dec), "-0.12345678"_dec);
    EXPECT_EQ(round_step("0.00257"_dec, "0.0001"_dec, Rounding::Down), "0.0025"_dec);
    EXPECT_EQ(round_step("10"_dec, "3"_dec, Rounding::Up), "12"_dec);
    EXPECT_EQ(round_places(kLargest, 0, Rounding::Down), "99999999999999999999"_dec);
    EXPECT_DEATH(round_places(kLargest, 0, Rounding::Up), "out of range");
    EXPECT_DEATH(round_places(kOne, 19, Rounding::Up), "places out of range");
    EXPECT_DEATH(round_step(kOne, kZero, Rounding::Up), "a step must be positive");
    EXPECT_DEATH(round_step(kOne, -kOne, Rounding::Up), "a step must be positive");
}

// design/domain.md, worked example.
TEST(Decimal, TheWorkedExampleComesOut) {
    const Decimal cost = mul("0.0025"_dec, "1990"_dec, Rounding::Up).value();
    const Decimal fee = mul(cost, "0.004"_dec, Rounding::Up).value();
    EXPECT_EQ(cost, "4.975"_dec);
    EXPECT_EQ(cost + fee, "4.9949"_dec);
    const Decimal proceeds = mul("0.0025"_dec, "2050"_dec, Rounding::Down).value();
    EXPECT_EQ(proceeds - mul(proceeds, "0.004"_dec, Rounding::Up).value(), "5.1045"_dec);
}

TEST(Decimal, DivisionByZeroIsAnError) {
    EXPECT_EQ(div(kOne, kZero, Rounding::Down).error().code(), Errc::InvalidParams);
    EXPECT_EQ(div(kZero, kZero, Rounding::Down).error().code(), Errc::InvalidParams);
    EXPECT_EQ(mul_div(kOne, kOne, kZero, Rounding::Up).error().code(), Errc::InvalidParams);
}

TEST(Decimal, ProductsPastTheRangeAreAnError) {
    const Decimal ten_ten = Decimal::from_int(10'000'000'000);
    EXPECT_EQ(mul(ten_ten, ten_ten, Rounding::Down).error().code(), Errc::AmountTooLarge);
    EXPECT_EQ(mul(-ten_ten, ten_ten, Rounding::Down).error().code(), Errc::AmountTooLarge);
    EXPECT_EQ(mul(kLargest, kLargest, Rounding::Down).error().code(), Errc::AmountTooLarge);
    EXPECT_EQ(mul(kLargest, kOne, Rounding::Up).value(), kLargest);
    EXPECT_EQ(div(kLargest, Decimal::from_raw(1), Rounding::Down).error().code(),
              Errc::AmountTooLarge);
    EXPECT_EQ(mul_div(kLargest, kLargest, kLargest, Rounding::Down).value(), kLargest);
    // Only the rounding leaves the range: (10^20 - 10^-18) * (1 + 10^-38 …) has no room above.
    EXPECT_EQ(mul_div(kLargest, "3"_dec, "2.999999999999999999"_dec, Rounding::Down).error().code(),
              Errc::AmountTooLarge);
}

}  // namespace
}  // namespace vault
