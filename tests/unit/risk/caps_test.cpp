#include "daemon/risk/caps.hpp"

#include <gtest/gtest.h>

namespace vault::risk {
namespace {

using vault::literals::operator""_dec;

TEST(CapKeys, AreOffUntilSetAndTakeOff) {
    Caps caps;
    for (const CapKey& key : cap_keys()) {
        const bool required =
            key.name == "max_open_positions" || key.unit == "bool" || key.unit == "word";
        EXPECT_EQ(cap_text(caps, key.name) == "off", !required) << key.name;
    }
    ASSERT_TRUE(set_cap(caps, "max_position", "250.5").has_value());
    EXPECT_EQ(caps.max_position, "250.5"_dec);
    ASSERT_TRUE(set_cap(caps, "max_trades_per_day", "12").has_value());
    EXPECT_EQ(caps.max_trades_per_day, 12U);
    ASSERT_TRUE(set_cap(caps, "max_position", "off").has_value());
    EXPECT_FALSE(caps.max_position.has_value());
}

TEST(CapKeys, TextGoesInAndComesOut) {
    const std::vector<std::pair<const char*, const char*>> good{
        {"max_position", "250.5"},
        {"max_position_pct", "100"},
        {"max_daily_loss", "0.01"},
        {"max_drawdown", "0.25"},
        {"max_trades_per_day", "100000"},
        {"max_open_positions", "7"},
        {"quote_band", "0.005"},
        {"max_exposure_per_base", "1"},
        {"caps_reset_daily", "true"},
        {"max_daily_loss_on_trip", "all"},
        {"max_drawdown_on_trip", "liquidate"},
    };
    ASSERT_EQ(good.size(), cap_keys().size());
    Caps caps;
    for (const auto& [key, text] : good) {
        ASSERT_TRUE(set_cap(caps, key, text).has_value()) << key;
        EXPECT_EQ(cap_text(caps, key), text);
    }
}

// More may pass: a higher number, none at all, a trip that blocks less, one that ends by itself.
TEST(CapKeys, RaisingOneRaisesRiskAndLoweringOneDoesNot) {
    Caps before;
    ASSERT_TRUE(set_cap(before, "max_drawdown", "0.2") &&
                set_cap(before, "max_trades_per_day", "5"));
    before.daily_loss_on_trip = OnTrip::All;
    const auto raises = [&](const char* key, const char* text) {
        Caps after = before;
        EXPECT_TRUE(set_cap(after, key, text).has_value());
        return raises_risk(before, after);
    };
    for (const auto& [key, text] :
         std::vector<std::pair<const char*, const char*>>{{"max_drawdown", "0.21"},
                                                          {"max_drawdown", "off"},
                                                          {"max_trades_per_day", "6"},
                                                          {"max_trades_per_day", "off"},
                                                          {"max_daily_loss_on_trip", "entries"},
                                                          {"max_open_positions", "2"},
                                                          {"caps_reset_daily", "true"}})
        EXPECT_TRUE(raises(key, text)) << key << "=" << text;
    for (const auto& [key, text] :
         std::vector<std::pair<const char*, const char*>>{{"max_drawdown", "0.2"},
                                                          {"max_drawdown", "0.1"},
                                                          {"max_trades_per_day", "1"},
                                                          {"max_daily_loss_on_trip", "liquidate"},
                                                          {"max_position", "10"},
                                                          {"max_open_positions", "1"},
                                                          {"caps_reset_daily", "false"}})
        EXPECT_FALSE(raises(key, text)) << key << "=" << text;
}

TEST(CapKeys, WrongValuesNameKeyRangeAndUnitAndChangeNothing) {
    const std::vector<std::pair<const char*, const char*>> wrong{
        {"max_position", "0"},         {"max_position", "-1"},
        {"max_position_pct", "100.1"}, {"max_drawdown", "1"},
        {"max_daily_loss", "x"},       {"max_open_positions", "0"},
        {"max_open_positions", "off"}, {"max_trades_per_day", "0"},
        {"quote_band", "1"},           {"max_position", "1e999"},
        {"max_position", "NaN"},       {"max_trades_per_day", "1.5"},
        {"caps_reset_daily", "maybe"}, {"max_drawdown_on_trip", "exits"},
        {"max_position", ""},          {"max_trades_per_day", "99999999999"},
    };
    for (const auto& [key, text] : wrong) {
        Caps caps;
        const auto done = set_cap(caps, key, text);
        ASSERT_FALSE(done.has_value()) << key << "=" << text;
        EXPECT_EQ(done.error().field(), key);
        EXPECT_EQ(caps, Caps{});
    }
    Caps caps;
    EXPECT_EQ(set_cap(caps, "max_daily_los", "1").error().code(), Errc::NotFound);
}

// A buy of 100 on top of what the row says.
struct BuyCase {
    const char* key;
    const char* value;
    Exposure exposure;
    bool blocks;
};

TEST(BlockingCap, IsTheFirstThatForbidsTheNextBuy) {
    const BuyCase cases[] = {
        {"max_open_positions", "1", {"100"_dec, kZero, "1000"_dec, 0, 0}, false},
        {"max_open_positions", "1", {"100"_dec, kZero, "1000"_dec, 1, 0}, true},
        {"max_open_positions", "2", {"100"_dec, kZero, "1000"_dec, 1, 0}, false},
        {"max_position", "150", {"100"_dec, "50"_dec, "1000"_dec, 0, 0}, false},
        {"max_position", "150", {"100.00000001"_dec, "50"_dec, "1000"_dec, 0, 0}, true},
        {"max_position_pct", "15", {"100"_dec, "50"_dec, "1000"_dec, 0, 0}, false},
        {"max_position_pct", "15", {"100"_dec, "50"_dec, "999.99999999"_dec, 0, 0}, true},
        {"max_position_pct", "100", {"100"_dec, "900"_dec, "1000"_dec, 0, 0}, false},
        {"max_trades_per_day", "3", {"100"_dec, kZero, "1000"_dec, 0, 2}, false},
        {"max_trades_per_day", "3", {"100"_dec, kZero, "1000"_dec, 0, 3}, true},
    };
    for (const BuyCase& each : cases) {
        Caps caps;
        ASSERT_TRUE(set_cap(caps, each.key, each.value).has_value());
        EXPECT_EQ(blocking_cap(caps, each.exposure), each.blocks ? each.key : "")
            << each.key << "=" << each.value;
    }
}

struct OutsideCase {
    const char* key;
    const char* value;
    Outside outside;
    bool blocks;
};

TEST(BlockingOutside, NeverGuesses) {
    const OutsideCase cases[] = {
        {"quote_band", "0.01", {false, std::nullopt, kZero}, false},  // cannot judge
        {"quote_band", "0.01", {false, "0.99"_dec, kZero}, false},
        {"quote_band", "0.01", {false, "0.98999999"_dec, kZero}, true},
        {"quote_band", "0.01", {false, "1.01"_dec, kZero}, false},
        {"quote_band", "0.01", {false, "1.01000001"_dec, kZero}, true},
        {"quote_band", "0.01", {true, "0.5"_dec, kZero}, false},  // USD is 1
        {"max_exposure_per_base", "500", {false, std::nullopt, "400"_dec}, false},
        {"max_exposure_per_base", "500", {false, std::nullopt, "400.00000001"_dec}, true},
        {"max_exposure_per_base", "500", {false, std::nullopt, std::nullopt}, true},  // unresolved
    };
    EXPECT_FALSE(looks_outside(Caps{}));
    for (const OutsideCase& each : cases) {
        Caps caps;
        ASSERT_TRUE(set_cap(caps, each.key, each.value).has_value());
        EXPECT_TRUE(looks_outside(caps));
        EXPECT_EQ(blocking_outside(caps, each.outside, "100"_dec), each.blocks ? each.key : "")
            << each.key << "=" << each.value;
    }
}

TEST(DailyLoss, CountsRealisedAndTheChangeOfUnrealisedSinceMidnight) {
    Caps caps;
    const DayMarks marks{{}, "-5"_dec, "2"_dec, 0};
    EXPECT_EQ(loss_today(marks, "-5"_dec, "2"_dec), kZero);
    EXPECT_EQ(loss_today(marks, "-8"_dec, "-1"_dec), "6"_dec);
    EXPECT_EQ(loss_today(marks, "-1"_dec, "2"_dec), "-4"_dec);
    EXPECT_FALSE(daily_loss_reached(caps, marks, "-1000"_dec, kZero));
    caps.max_daily_loss = "6"_dec;
    EXPECT_TRUE(daily_loss_reached(caps, marks, "-8"_dec, "-1"_dec));
    EXPECT_FALSE(daily_loss_reached(caps, marks, "-8"_dec, "-0.99999999"_dec));
}

}  // namespace
}  // namespace vault::risk
