#include "daemon/engine/sleeve_settings.hpp"

#include <gtest/gtest.h>

namespace vault::engine {
namespace {

using vault::literals::operator""_dec;

UtcTime at(const char* text) {
    return parse_utc(text).value();
}

TEST(SweepPlan, FallsDueAtMidnightUtcOfItsDay) {  // 2024-03-04 is a Monday
    const UtcTime now = at("2024-03-06T10:00:00Z");
    EXPECT_EQ(last_due(SweepEvery::Off, now), std::nullopt);
    EXPECT_EQ(last_due(SweepEvery::Day, now), at("2024-03-06"));
    EXPECT_EQ(last_due(SweepEvery::Week, now), at("2024-03-04"));
    EXPECT_EQ(last_due(SweepEvery::Month, now), at("2024-03-01"));
    EXPECT_EQ(last_due(SweepEvery::Week, at("2024-03-04")), at("2024-03-04"));
    EXPECT_EQ(last_due(SweepEvery::Week, at("2024-03-03T23:59:59.999Z")), at("2024-02-26"));
    EXPECT_EQ(last_due(SweepEvery::Month, at("2024-02-29T12:00:00Z")), at("2024-02-01"));
}

TEST(SleeveSettings, QuietHasASweepPlanAndFlashHasNone) {
    Sleeve quiet;
    ASSERT_TRUE(apply_preset(quiet, built_in_presets()[0]).has_value());
    EXPECT_EQ(quiet.sweep_plan.every, SweepEvery::Off);
    ASSERT_TRUE(apply_setting(quiet, "quiet_sweep", "weekly").has_value());
    ASSERT_TRUE(apply_setting(quiet, "quiet_sweep_share", "0.25").has_value());
    EXPECT_EQ(quiet.sweep_plan, (SweepPlan{SweepEvery::Week, "0.25"_dec}));
    for (const char* share : {"0", "-1", "1.01", "x", "1e999", "NaN"})
        EXPECT_EQ(apply_setting(quiet, "quiet_sweep_share", share).error().field(),
                  "quiet_sweep_share");
    EXPECT_EQ(apply_setting(quiet, "quiet_sweep", "hourly").error().hint(),
              "use off, daily, weekly or monthly");
    Sleeve flash;
    flash.kind = SleeveKind::Flash;
    ASSERT_TRUE(apply_preset(flash, built_in_presets()[1]).has_value());
    EXPECT_EQ(apply_setting(flash, "quiet_sweep", "daily").error().field(), "quiet_sweep");
}

TEST(SleeveSettings, OverridesRestoreTheNumbers) {
    Sleeve sleeve;
    ASSERT_TRUE(apply_preset(sleeve, built_in_presets()[0]).has_value());
    ASSERT_TRUE(apply_setting(sleeve, "stop_loss", "0.07").has_value());
    ASSERT_TRUE(apply_setting(sleeve, "max_position", "500").has_value());
    ASSERT_TRUE(apply_setting(sleeve, "quiet_sweep", "monthly").has_value());
    Sleeve loaded;
    loaded.preset_base = sleeve.preset_base;
    loaded.overrides = sleeve.overrides;
    ASSERT_TRUE(restore_settings(loaded).has_value());
    const strategy::CycleParams& params = sleeve.params;
    EXPECT_EQ(static_cast<const strategy::CycleParams&>(loaded.params), params);
    EXPECT_EQ(loaded.caps, sleeve.caps);
    EXPECT_EQ(loaded.sweep_plan, sleeve.sweep_plan);
    for (const ports::SettingView& setting : settings_of(loaded))
        EXPECT_EQ(setting.is_default, !sleeve.overrides.contains(setting.key)) << setting.key;
}

TEST(SleeveSettings, AnUnknownKeyGetsTheNearestOfAllKinds) {
    Sleeve sleeve;
    const std::vector<std::pair<const char*, const char*>> slips{
        {"stop_los", "did you mean 'stop_loss'?"},
        {"max_daily_los", "did you mean 'max_daily_loss'?"},
        {"quiet_sweeps", "did you mean 'quiet_sweep'?"}};
    for (const auto& [key, hint] : slips)
        EXPECT_EQ(apply_setting(sleeve, key, "1").error().hint(), hint);
}

}  // namespace
}  // namespace vault::engine
