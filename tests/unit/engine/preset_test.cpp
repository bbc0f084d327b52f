// Presets, and what an open position keeps when its sleeve is set otherwise.
#include "daemon/engine/sleeve_settings.hpp"
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

Decimal stop_loss_of(const ShardDesk& desk) {
    return desk.sleeve(kFlash).params->stop_loss;
}

cmd::SetSleeve flash_set(std::map<std::string, std::string> settings, bool apply_to_open = false) {
    return {kV1, kFlash, std::move(settings), apply_to_open};
}

bool holds_coins(const ShardDesk& desk) {
    const auto* position = desk.books().position(kFlash, asset("ETH"));
    return position != nullptr && position->coins().is_positive();
}

// Down by 5.4 %: below a stop of 5 %, far from one of 20 %. The order fills on the next tick.
void fall(ShardDesk& desk) {
    desk.tick("1910");
    desk.tick("1910");
}

TEST(KeptExits, AnOpenPositionIsSoldByTheStopThatItWasOpenedWith) {
    OpenDesk desk;
    open_position(desk);
    desk.must(flash_set({{"stop_loss", "0.2"}}));
    EXPECT_EQ(stop_loss_of(desk), "0.2"_dec);
    const auto kept = kept_exits(desk.sleeve(kFlash), desk.sleeve(kFlash).slots.front());
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept.front().key, "stop_loss");
    EXPECT_EQ(kept.front().value, "0.05");
    ASSERT_TRUE(desk.restart()) << desk.difference();
    fall(desk);
    EXPECT_FALSE(holds_coins(desk));
    EXPECT_FALSE(desk.sleeve(kFlash).slots.front().kept_params.has_value());
}

TEST(KeptExits, TheNextPositionHasTheNewOnes) {
    OpenDesk desk;
    open_position(desk);
    desk.must(flash_set({{"stop_loss", "0.2"}}));
    fall(desk);
    ASSERT_FALSE(holds_coins(desk));
    for (const char* price : {"1910", "1910", "1910", "1910", "1930", "1930"})
        desk.tick_after(std::chrono::seconds{30}, Price{dec(price)});
    ASSERT_TRUE(holds_coins(desk));
    desk.tick("1820");  // 5.7 % below 1930
    desk.tick("1820");
    EXPECT_TRUE(holds_coins(desk));
}

TEST(KeptExits, ApplyToOpenGivesThemUp) {
    OpenDesk desk;
    open_position(desk);
    desk.must(flash_set({{"stop_loss", "0.2"}}));
    desk.must(flash_set({{"stop_loss", "0.2"}}, true));
    EXPECT_FALSE(desk.sleeve(kFlash).slots.front().kept_params.has_value());
    fall(desk);
    EXPECT_TRUE(holds_coins(desk));
}

TEST(KeptExits, ASecondChangeKeepsTheFirstOnesAndSettingThemBackKeepsNothing) {
    OpenDesk desk;
    open_position(desk);
    desk.must(flash_set({{"stop_loss", "0.2"}, {"spend", "0.5"}}));
    desk.must(flash_set({{"stop_loss", "0.3"}, {"trail_arm", "0.5"}}));
    const Sleeve& sleeve = desk.sleeve(kFlash);
    const strategy::CycleParams& judged = params_of(sleeve, sleeve.slots.front());
    EXPECT_EQ(judged.stop_loss, "0.05"_dec);
    EXPECT_EQ(judged.trail_arm, "0.02"_dec);
    EXPECT_EQ(judged.spend, "0.5"_dec);  // no exit: of now
    desk.must(flash_set({{"stop_loss", "0.05"}, {"trail_arm", "0.02"}}));
    EXPECT_FALSE(sleeve.slots.front().kept_params.has_value());
}

TEST(KeptExits, TheAuditTrailTellsWhatChangedAndWhatWasKept) {
    OpenDesk desk;
    open_position(desk);
    desk.must(flash_set({{"stop_loss", "0.2"}, {"cooldown", "1h"}}));
    EXPECT_EQ(desk.last().audits.back().message,
              "stop_loss: 0.05 -> 0.2; cooldown: 0s -> 1h; open ETH/USDT keeps stop_loss 0.05");
    EXPECT_EQ(desk.events("settings_changed"), 3U);  // of both sleeves at first, and these
    desk.must(flash_set({{"stop_loss", "0.2"}}));
    EXPECT_EQ(desk.last().audits.back().message, "nothing changed");
    desk.must(flash_set({{"stop_loss", "0.2"}}, true));
    EXPECT_EQ(desk.last().audits.back().message, "ETH/USDT stop_loss: 0.05 -> 0.2");
    EXPECT_EQ(desk.events("settings_changed"), 4U);
}

TEST(Presets, AreMadeFromOneAnotherAndFromASleeve) {
    OpenDesk desk;
    desk.must(cmd::CreatePreset{"ann", "calm", "quiet", {}, kQuiet, {{"cooldown", "6h"}}, "slow"});
    desk.must(cmd::CreatePreset{"ann", "calmer", "calm", {}, kQuiet, {{"stop_loss", "0.06"}}, ""});
    desk.must(cmd::CreatePreset{"ann", "mine", "", kV1, kFlash, {}, ""});
    const auto& presets = desk.world().users.front().presets;
    EXPECT_EQ(presets.at("calmer").base, "quiet");
    EXPECT_EQ(presets.at("calmer").settings,
              (std::map<std::string, std::string>{{"cooldown", "6h"}, {"stop_loss", "0.06"}}));
    EXPECT_EQ(presets.at("calm").note, "slow");
    const strategy::CycleParams& own = desk.sleeve(kFlash).params;
    EXPECT_EQ(params_of(presets.at("mine")).value(), own);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(desk.world().users.front().presets.size(), 3U);
}

TEST(Presets, ApplyingTakesACopyAndLeavesTheCaps) {
    OpenDesk desk;
    desk.must(flash_set({{"max_position", "500"}}));
    desk.must(cmd::CreatePreset{"ann", "calm", "quiet", {}, kQuiet, {{"cooldown", "6h"}}, ""});
    desk.must(flash_set({{"preset", "calm"}}));
    EXPECT_EQ(desk.sleeve(kFlash).preset, "calm");
    EXPECT_EQ(desk.sleeve(kFlash).caps.max_position, "500"_dec);
    EXPECT_EQ(desk.sleeve(kFlash).params->cooldown, std::chrono::hours{6});
    EXPECT_EQ(desk.sleeve(kFlash).params->bounce, strategy::quiet_preset().bounce);
    desk.must(cmd::RemovePreset{"ann", "calm"});
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(desk.sleeve(kFlash).params->cooldown, std::chrono::hours{6});
    desk.must(flash_set({{"preset", "flash"}}));
    const strategy::CycleParams& own = desk.sleeve(kFlash).params;
    EXPECT_EQ(own, strategy::flash_preset());
    EXPECT_EQ(desk.sleeve(kFlash).caps.max_position, "500"_dec);
}

TEST(Presets, WhatCannotBeIsRefusedByField) {
    OpenDesk desk;
    desk.must(cmd::CreatePreset{"ann", "calm", "quiet", {}, kQuiet, {}, ""});
    const auto field = [&](const ports::Command& command) {
        const auto error = desk.apply(command);
        return error ? error->field() : "none";
    };
    const auto made = [](std::string name, std::string from,
                         std::map<std::string, std::string> settings = {}) {
        return cmd::CreatePreset{
            "ann", std::move(name), std::move(from), {}, kQuiet, std::move(settings), ""};
    };
    for (const char* name : {"calm", "quiet", "flash", "", "Calm", "1st", "a b", "a/b"})
        EXPECT_EQ(field(made(name, "quiet")), "preset") << name;
    EXPECT_EQ(field(made(std::string(33, 'a'), "quiet")), "preset");
    EXPECT_EQ(field(made("wild", "none")), "from");
    EXPECT_EQ(field(made("wild", "quiet", {{"max_position", "5"}})), "max_position");
    EXPECT_EQ(field(made("wild", "quiet", {{"stop_loss", "0.003"}})), "stop_loss");
    EXPECT_EQ(field(made("wild", "quiet", {{"history", "5m"}})), "history");
    EXPECT_EQ(field(cmd::RemovePreset{"ann", "flash"}), "preset");
    EXPECT_EQ(field(cmd::RemovePreset{"ann", "none"}), "preset");
    EXPECT_EQ(field(flash_set({{"preset", "none"}})), "preset");
    EXPECT_EQ(desk.world().users.front().presets.size(), 1U);
    for (std::size_t i = 1; i < kPresetsPerUser; ++i)
        desk.must(made("p" + std::to_string(i), "calm"));
    EXPECT_TRUE(desk.apply(made("more", "calm")).has_value());
}

}  // namespace
}  // namespace vault::engine::test
