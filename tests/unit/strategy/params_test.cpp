#include "daemon/strategy/cycle_params.hpp"

#include <gtest/gtest.h>

#include <string>

namespace vault::strategy {
namespace {

using vault::literals::operator""_dec;

TEST(CycleKeys, DefaultsAreTheDesignsTable) {
    const std::vector<std::pair<const char*, const char*>> table{
        {"fee_rate", "tier"},      {"history", "8h"},
        {"momentum_window", "1h"}, {"trend_closes", "4"},
        {"buy_check", "30s"},      {"sell_check", "15s"},
        {"spike", "1.0125"},       {"spike_needs_trend", "true"},
        {"trend_min", "1.002"},    {"near_low", "1.02"},
        {"bounce", "1.002"},       {"spend", "0.996"},
        {"min_quote", "10"},       {"hold_uptrend", "1.011"},
        {"stop_first", "false"},   {"stop_loss", "0.016"},
        {"trail_arm", "0.001"},    {"trail_drop", "0"},
        {"trail_reset", "0"},      {"max_slippage", "0.003"},
        {"max_move", "off"},       {"cooldown", "0s"},
        {"loss_cooldown", "0s"},   {"trading_windows", "always"},
    };
    ASSERT_EQ(cycle_keys().size(), table.size());
    for (std::size_t i = 0; i < table.size(); ++i) {
        EXPECT_EQ(cycle_keys()[i].name, table[i].first);
        EXPECT_EQ(cycle_keys()[i].default_text, table[i].second);
        EXPECT_EQ(get(CycleParams{}, table[i].first).value(), table[i].second);
    }
    EXPECT_EQ(effective_fee(CycleParams{}, std::nullopt), "0.004"_dec);
    EXPECT_EQ(effective_fee(CycleParams{}, "0.001"_dec), "0.001"_dec);
}

TEST(CycleKeys, EveryKeyTakesBackItsOwnText) {
    CycleParams copy = quiet_preset();
    for (const KeyInfo& key : cycle_keys()) {
        const std::string text = get(quiet_preset(), key.name).value();
        EXPECT_TRUE(set(copy, key.name, text).has_value()) << key.name;
    }
    EXPECT_EQ(copy, quiet_preset());
}

TEST(CycleKeys, SaysWhichKeyWasMeant) {
    CycleParams params;
    const auto done = set(params, "stoploss", "0.02");
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().code(), Errc::InvalidParams);
    EXPECT_EQ(done.error().message(), "unknown key 'stoploss'");
    EXPECT_EQ(done.error().hint(), "did you mean 'stop_loss'?");
    EXPECT_EQ(get(params, "bounse").error().hint(), "did you mean 'bounce'?");
}

TEST(CycleKeys, RefusesWhatIsNoValueOrOutOfRange) {
    const std::vector<std::pair<const char*, const char*>> wrong{
        {"stop_loss", "abc"},    {"stop_loss", "1e999"},      {"stop_loss", "NaN"},
        {"stop_loss", "-0.1"},   {"stop_loss", ""},           {"spend", "1.01"},
        {"spend", "0"},          {"trend_closes", "0"},       {"trend_closes", "4.5"},
        {"history", "8"},        {"history", "0s"},           {"buy_check", "0s"},
        {"stop_first", "maybe"}, {"trading_windows", "noon"}, {"spike", "1.00000000000000000001"},
        {"max_move", "0"},       {"max_move", "1.01"},        {"fee_rate", "0.06"},
        {"trail_drop", "1"},     {"max_slippage", "-0.001"},
    };
    for (const auto& [key, text] : wrong) {
        CycleParams params;
        const auto done = set(params, key, text);
        ASSERT_FALSE(done.has_value()) << key << "=" << text;
        EXPECT_EQ(done.error().field(), key);
        EXPECT_FALSE(done.error().hint().empty());
        EXPECT_EQ(params, CycleParams{}) << key;
    }
}

TEST(CycleKeys, ChecksAcrossKeys) {
    CycleParams params;
    EXPECT_TRUE(validate(params, "0.007"_dec).has_value());
    EXPECT_EQ(validate(params, "0.0071"_dec).error().code(), Errc::FeeTooHigh);
    ASSERT_TRUE(set(params, "momentum_window", "9h").has_value());
    EXPECT_EQ(validate(params, "0.004"_dec).error().field(), "history");
    params = {};
    params.spend = "2"_dec;
    EXPECT_EQ(validate(params, "0.004"_dec).error().field(), "spend");
}

TEST(CycleKeys, PresetsAreValid) {
    EXPECT_EQ(preset("flash").value(), CycleParams{});
    EXPECT_EQ(preset("quiet").value(), quiet_preset());
    EXPECT_TRUE(validate(quiet_preset(), kDefaultFeeRate).has_value());
    EXPECT_LT(quiet_preset().trail_reset, kZero);
    EXPECT_GT(quiet_preset().cooldown, flash_preset().cooldown);
    EXPECT_GT(quiet_preset().trail_drop, flash_preset().trail_drop);
    EXPECT_FALSE(preset("wild").has_value());
}

bool open_at(const char* windows, const char* time) {
    return TradingWindows::parse(windows).value().contains(parse_utc(time).value());
}

TEST(TradingWindows, StartIsInAndEndIsOut) {  // 2024-03-04 is a Monday
    EXPECT_TRUE(open_at("always", "2024-03-04"));
    const char* const week = "mon-fri 08:00-22:00";
    EXPECT_FALSE(open_at(week, "2024-03-04T07:59:59.999Z"));
    EXPECT_TRUE(open_at(week, "2024-03-04T08:00:00Z"));
    EXPECT_TRUE(open_at(week, "2024-03-08T21:59:59.999Z"));
    EXPECT_FALSE(open_at(week, "2024-03-08T22:00:00Z"));
    EXPECT_FALSE(open_at(week, "2024-03-09T12:00:00Z"));
    EXPECT_TRUE(open_at("mon-fri 08:00-22:00, sat 10:00-12:00", "2024-03-09T11:00:00Z"));
}

TEST(TradingWindows, RunPastMidnightBelongsToItsStartDay) {
    const char* const night = "fri 22:00-02:00";
    EXPECT_TRUE(open_at(night, "2024-03-08T23:00:00Z"));
    EXPECT_TRUE(open_at(night, "2024-03-09T01:59:00Z"));
    EXPECT_FALSE(open_at(night, "2024-03-09T02:00:00Z"));
    EXPECT_FALSE(open_at(night, "2024-03-08T01:00:00Z"));
    EXPECT_TRUE(open_at("sun 22:00-02:00", "2024-03-04T01:00:00Z"));
    EXPECT_TRUE(open_at("fri-mon 10:00-24:00", "2024-03-10T23:59:00Z"));
    EXPECT_FALSE(open_at("fri-mon 10:00-24:00", "2024-03-06T12:00:00Z"));
}

TEST(TradingWindows, TextComesBack) {
    for (const char* const text :
         {"always", "08:00-22:00", "mon-fri 08:00-22:00, sat 10:00-12:00", "sun 22:00-02:00"}) {
        EXPECT_EQ(TradingWindows::parse(text).value().text(), text);
    }
    for (const char* const text :
         {"", "mon", "08:00", "08:00-08:00", "mon 8:00-9:00", "25:00-26:00", "xyz 08:00-09:00",
          "08:00-09:00,", "24:00-02:00", "08:60-09:00"}) {
        EXPECT_FALSE(TradingWindows::parse(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace vault::strategy
