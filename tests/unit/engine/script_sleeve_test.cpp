// A sleeve that a script decides for. The test is the script: it takes what the shard asks and says
// what it likes.
#include "daemon/engine/view_builder.hpp"
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vault::engine::test {
namespace {

using ports::Action;
using ports::ScriptDecision;
using ports::ScriptFault;
using ports::ScriptPhase;

cmd::SetStrategy mine(std::string command = "./mine.py") {
    cmd::SetStrategy choice{kV1, kFlash, "script", {}};
    choice.command = std::move(command);
    return choice;
}

class ScriptSleeveTest : public ::testing::Test {
  protected:
    explicit ScriptSleeveTest(const DeskOptions& options = {}) : desk_(options) {
        desk_.tick("2000");  // the first price and the one after it: the window is warm
        before_ = desk_.all().decisions.size();
        desk_.must(mine());
        tell(ScriptPhase::Ready);
    }
    const ScriptUse& script() const { return *desk_.sleeve(kFlash).script; }
    const ScriptSlot& slot() const { return script().slots.at(kEthUsdt); }
    void tell(ScriptPhase phase, std::optional<ports::ScriptComplaint> why = {}) {
        ScriptNews news;
        news.script = news.status.name = script().name;
        news.status.phase = phase;
        news.status.last_fault = std::move(why);
        desk_.shard().on_script_news(news);
    }
    // The tick that the price leads to, which the replay then waits for.
    ScriptAsk shown(std::string_view price) {
        desk_.tick(price);
        std::vector<ScriptAsk> asks = desk_.shard().take_asks();
        EXPECT_EQ(asks.size(), 1U);
        return asks.empty() ? ScriptAsk{} : std::move(asks.front());
    }
    void answer(std::uint64_t seq, const ScriptAnswer& given) {
        desk_.shard().on_script_news({script().name, seq, given, {}});
        while (desk_.shard().run_replays(SteadyTime{std::chrono::hours{1'000'000}})) {
        }
        desk_.must(cmd::Barrier{});
    }
    ScriptAsk say(std::string_view price, Action action, std::string reason,
                  std::optional<Decimal> fraction = {}, std::optional<std::string> state = {}) {
        ScriptAsk ask = shown(price);
        answer(ask.tick.seq, {ScriptDecision{ask.tick.seq,
                                             action,
                                             std::move(reason),
                                             fraction,
                                             std::move(state),
                                             {{"low", "1900.5"}}},
                              {}});
        return ask;
    }
    ScriptAsk fail(std::string_view price, ScriptFault fault) {
        ScriptAsk ask = shown(price);
        answer(ask.tick.seq, {std::nullopt, {fault, "no decision"}});
        return ask;
    }
    // "buy hold no_signal"
    std::string decided() const {
        if (desk_.all().decisions.size() == before_) return "nothing";
        const ports::DecisionRow& row = desk_.all().decisions.back();
        return row.check + " " + row.action + " " + row.reason;
    }
    std::string idle_reason() const {
        return view_of(desk_.world(), desk_.vault(), desk_.sleeve(kFlash)).idle_reason;
    }
    // A position of all the cash, bought at 2000.
    void open() {
        say("2000", Action::Buy, "dip");
        say("2000", Action::Hold, "held");
        ASSERT_TRUE(desk_.sleeve(kFlash).slots[0].view.quantity.is_positive());
    }

    OpenDesk desk_;
    std::size_t before_ = 0;  // decisions of the built-in rules
};

TEST_F(ScriptSleeveTest, WhatItSaysIsStoredAndDoneAsADecisionOfTheRulesIs) {
    say("2000", Action::Hold, "none");
    EXPECT_EQ(decided(), "nothing");  // no check was due
    say("2000", Action::Hold, "waits", {}, "low 2000");
    EXPECT_EQ(decided(), "buy hold waits");
    say("2000", Action::Hold, "waits");
    EXPECT_EQ(desk_.all().decisions.size(), before_ + 1);  // repeats only count
    say("2000", Action::Buy, "dip", dec("0.5"));
    const ports::DecisionRow& row = desk_.all().decisions.back();
    EXPECT_EQ(decided(), "buy buy dip");
    EXPECT_EQ(row.repeats, 1U);
    EXPECT_EQ(row.order_number, 1U);
    EXPECT_NE(row.figures_json.find(R"("script.low":"1900.5")"), std::string::npos);
    EXPECT_NE(row.figures_json.find(R"("strategy":"script")"), std::string::npos);
    EXPECT_EQ(desk_.all().orders.back().reason, "dip");
    const ScriptAsk ask = shown("2000");
    EXPECT_TRUE(ask.tick.bought);
    EXPECT_EQ(ask.tick.state, "low 2000");
    EXPECT_EQ(ask.tick.figures.quantity, dec("0.25"));  // half of 1000
    answer(ask.tick.seq, {ScriptDecision{ask.tick.seq, Action::Sell, "enough", {}, {}, {}}, {}});
    EXPECT_EQ(decided(), "sell sell enough");
    const ScriptAsk after = say("2000", Action::Hold, "none");
    EXPECT_TRUE(after.tick.closed);
    EXPECT_EQ(desk_.all().fills.back().reason, "enough");
    EXPECT_EQ(desk_.sleeve(kFlash).cycles, 1U);
}

TEST_F(ScriptSleeveTest, ABuyPassesEveryGateOfTheSleeve) {
    desk_.must(cmd::Pause{sleeve_target(kV1, kFlash), "news"});
    say("2000", Action::Buy, "dip");
    EXPECT_EQ(decided(), "buy hold paused");
    desk_.must(cmd::Resume{sleeve_target(kV1, kFlash), ""});
    desk_.must(cmd::SetSleeve{kV1, kFlash, {{"max_position", "999"}}});
    say("2000", Action::Buy, "dip");
    EXPECT_EQ(decided(), "buy hold caps");
    desk_.must(cmd::SetSleeve{kV1, kFlash, {{"max_position", "off"}, {"min_quote", "1001"}}});
    say("2000", Action::Buy, "dip");
    EXPECT_EQ(decided(), "buy hold min_quote");
    desk_.must(cmd::SetSleeve{kV1, kFlash, {{"min_quote", "0"}, {"spend", "0.4"}}});
    say("2000", Action::Sell, "nothing");
    EXPECT_EQ(decided(), "buy hold nothing_held");
    say("2000", Action::Buy, "all", kOne);  // at most what the sleeve spends
    say("2000", Action::Buy, "more");
    EXPECT_EQ(decided(), "sell hold already_holds");
    EXPECT_EQ(desk_.sleeve(kFlash).slots[0].view.quantity, dec("0.2"));
}

TEST_F(ScriptSleeveTest, ItHoldsWhenItDoesNotAnswerAndTheStopLossStandsIn) {
    open();
    fail("1990", ScriptFault::Late);
    EXPECT_EQ(decided(), "sell hold script_late");
    fail("1960", ScriptFault::Exited);
    EXPECT_EQ(decided(), "sell hold script_fault");
    EXPECT_NE(desk_.all().decisions.back().figures_json.find("exited: no decision"),
              std::string::npos);
    fail("1900", ScriptFault::NotRunning);  // 5 % below
    EXPECT_EQ(decided(), "sell sell stop_loss");
    say("1900", Action::Hold, "none");
    EXPECT_TRUE(desk_.sleeve(kFlash).slots[0].view.quantity.is_zero());
    fail("1900", ScriptFault::Late);
    EXPECT_EQ(decided(), "buy hold script_late");
}

TEST_F(ScriptSleeveTest, WhatATickThatFailedToldIsToldAgain) {
    say("2000", Action::Buy, "dip");
    EXPECT_TRUE(fail("2000", ScriptFault::Late).tick.bought);
    EXPECT_TRUE(say("2000", Action::Hold, "none").tick.bought);
    EXPECT_FALSE(say("2000", Action::Hold, "none").tick.bought);
}

TEST_F(ScriptSleeveTest, APartIsSoldOnceAndASaleOfAllStandsUntilFlat) {
    open();
    say("2010", Action::Sell, "half", dec("0.5"));
    say("2010", Action::Hold, "rest");
    EXPECT_EQ(desk_.sleeve(kFlash).slots[0].view.quantity, dec("0.25"));
    say("2010", Action::Hold, "rest");
    EXPECT_EQ(desk_.sleeve(kFlash).slots[0].view.quantity, dec("0.25"));
    EXPECT_EQ(decided(), "sell hold rest");
    say("2010", Action::Sell, "done");
    say("2010", Action::Hold, "none");
    EXPECT_TRUE(desk_.sleeve(kFlash).slots[0].view.quantity.is_zero());
}

exchange::SimSettings slow_venue() {
    exchange::SimSettings venue;
    venue.latency_ticks = 2;
    return venue;
}

class SlowVenueScriptTest : public ScriptSleeveTest {
  protected:
    SlowVenueScriptTest() : ScriptSleeveTest({.paper = slow_venue()}) {}
};

// Whatever the script says meanwhile, or fails to say.
TEST_F(SlowVenueScriptTest, ASaleThatStandsIsNotRepeatedWhileItsOrderIsLive) {
    say("2000", Action::Buy, "dip");
    for (int i = 0; i < 3; ++i)
        say("2000", Action::Hold, "waits");
    ASSERT_TRUE(desk_.sleeve(kFlash).slots[0].view.quantity.is_positive());
    say("2010", Action::Sell, "enough");
    const std::size_t orders = desk_.all().orders.size();
    say("2010", Action::Hold, "waits");
    fail("2010", ScriptFault::Late);
    EXPECT_EQ(desk_.all().orders.size(), orders);
    EXPECT_EQ(decided(), "sell hold script_late");
    EXPECT_EQ(desk_.vault().attention, "");
    say("2010", Action::Hold, "waits");
    EXPECT_TRUE(desk_.sleeve(kFlash).slots[0].view.quantity.is_zero());
}

TEST_F(ScriptSleeveTest, AnOpenPositionIsShownTheExitsThatItKeeps) {
    const auto stop_loss = [](const ScriptAsk& ask) {
        const auto& params = ask.tick.params;
        const auto found = std::find_if(params.begin(), params.end(),
                                        [](const auto& text) { return text.first == "stop_loss"; });
        return found == params.end() ? std::string{} : found->second;
    };
    open();
    desk_.must(cmd::SetSleeve{kV1, kFlash, {{"stop_loss", "0.2"}}});
    EXPECT_EQ(stop_loss(say("2000", Action::Hold, "held")), "0.05");
    fail("1899", ScriptFault::Late);  // and by them the built-in stop-loss sells
    EXPECT_EQ(decided(), "sell sell stop_loss");
    say("1899", Action::Hold, "none");
    EXPECT_EQ(stop_loss(say("1899", Action::Hold, "none")), "0.2");
}

TEST_F(ScriptSleeveTest, AReplayWaitsForTheAnswer) {
    const ScriptAsk ask = shown("2000");
    const UtcTime then = desk_.world().markets[0].now;
    desk_.tick("2100");
    EXPECT_EQ(desk_.world().markets[0].now, then);
    EXPECT_TRUE(desk_.shard().take_asks().empty());
    answer(ask.tick.seq, {ScriptDecision{ask.tick.seq, Action::Hold, "none", {}, {}, {}}, {}});
    EXPECT_GT(desk_.world().markets[0].now, then);  // it went on by itself
    EXPECT_EQ(desk_.shard().take_asks().size(), 1U);
}

TEST_F(ScriptSleeveTest, AnAnswerCountsWhenTheOtherSleeveDoesWithoutItsScript) {
    desk_.must(cmd::Allocate{kV1, dec("1000"), kZero});
    cmd::SetStrategy quiet = mine();
    quiet.sleeve = kQuiet;
    desk_.must(quiet);
    desk_.tick("2000");
    const std::vector<ScriptAsk> asks = desk_.shard().take_asks();
    ASSERT_EQ(asks.size(), 2U);
    const auto flash = std::find_if(asks.begin(), asks.end(),
                                    [](const ScriptAsk& ask) { return ask.sleeve == kFlash; });
    answer(flash->tick.seq, {ScriptDecision{flash->tick.seq, Action::Buy, "dip", {}, {}, {}}, {}});
    EXPECT_EQ(decided(), "nothing");  // quiet's is awaited
    quiet = {kV1, kQuiet, "cycle", {}};
    desk_.must(quiet);
    EXPECT_EQ(decided(), "buy buy dip");
    EXPECT_FALSE(slot().asked);
}

TEST_F(ScriptSleeveTest, AReplayWaitsWhileTheScriptIsStarted) {
    tell(ScriptPhase::Waiting);
    const UtcTime then = desk_.world().markets[0].now;
    desk_.tick("2000");
    EXPECT_EQ(desk_.world().markets[0].now, then);
    EXPECT_EQ(idle_reason(), "its script is being started");
    tell(ScriptPhase::GaveUp, ports::ScriptComplaint{ScriptFault::Exited, "exit code 3"});
    desk_.tick("2000");
    EXPECT_GT(desk_.world().markets[0].now, then);
    EXPECT_TRUE(desk_.shard().take_asks().empty());
    EXPECT_EQ(decided(), "buy hold script_fault");
}

TEST_F(ScriptSleeveTest, ATickInFlightIsShownAgainAfterARestart) {
    say("2000", Action::Hold, "waits", {}, "seen 2000");
    const ScriptAsk before = shown("2005");
    ASSERT_TRUE(desk_.restart()) << desk_.difference();
    desk_.shard().number_ticks_after(before.tick.seq);
    answer(before.tick.seq,
           {ScriptDecision{before.tick.seq, Action::Hold, "too_late", {}, {}, {}}, {}});
    EXPECT_EQ(decided(), "buy hold waits");
    tell(ScriptPhase::Ready);
    while (desk_.shard().run_replays(SteadyTime{std::chrono::hours{1'000'000}})) {
    }
    std::vector<ScriptAsk> asks = desk_.shard().take_asks();
    ASSERT_EQ(asks.size(), 1U);
    ports::ScriptTick& tick = asks[0].tick;
    EXPECT_GT(tick.seq, before.tick.seq);
    EXPECT_EQ(tick.market.now, before.tick.market.now);
    EXPECT_EQ(tick.market.price, before.tick.market.price);
    EXPECT_EQ(tick.market.low, before.tick.market.low);
    EXPECT_EQ(tick.state, "seen 2000");
}

TEST_F(ScriptSleeveTest, OneThatIsGivenUpIsAnAlertUntilItIsResumed) {
    tell(ScriptPhase::GaveUp, ports::ScriptComplaint{ScriptFault::Late, "no decision within 1s"});
    desk_.must(cmd::Barrier{});
    ASSERT_EQ(desk_.events("script_gave_up"), 1U);
    const ports::EventRow& told = desk_.all().events.back();
    EXPECT_EQ(told.severity, "alert");
    EXPECT_EQ(told.object, "v1.flash");
    EXPECT_NE(told.message.find("vaultctl sleeve resume v1 flash"), std::string::npos);
    EXPECT_EQ(desk_.state(kFlash), "idle");
    EXPECT_NE(idle_reason().find("given up (late: no decision within 1s)"), std::string::npos);
    EXPECT_FALSE(desk_.apply(cmd::Resume{sleeve_target(kV1, kFlash), ""}, "", true).has_value());
    EXPECT_TRUE(desk_.shard().take_restarts().empty());  // it was a dry run
    desk_.must(cmd::Resume{sleeve_target(kV1, kFlash), ""});
    EXPECT_EQ(desk_.shard().take_restarts(), std::set{script().name});
    EXPECT_EQ(idle_reason(), "its script is being started");
}

TEST_F(ScriptSleeveTest, AnAnswerToAnotherChoiceIsNobodys) {
    const ScriptAsk ask = shown("2000");
    desk_.must(mine("./other.py"));
    EXPECT_EQ(desk_.shard().wanted_scripts().begin()->second.command,
              std::vector<std::string>{"./other.py"});
    answer(ask.tick.seq, {ScriptDecision{ask.tick.seq, Action::Hold, "old", {}, "old", {}}, {}});
    EXPECT_EQ(decided(), "nothing");
    EXPECT_EQ(slot().state, "");
    tell(ScriptPhase::Ready);
    shown("2000");
    desk_.must(cmd::SetStrategy{kV1, kFlash, "cycle", {}});
    EXPECT_TRUE(desk_.shard().wanted_scripts().empty());
    desk_.tick("2000");
    EXPECT_TRUE(desk_.shard().take_asks().empty());
}

TEST_F(ScriptSleeveTest, AReplayThatIsStoppedWaitsForNothing) {
    const ScriptAsk ask = shown("2000");
    desk_.must(cmd::ReplayStop{kA1});
    answer(ask.tick.seq, {ScriptDecision{ask.tick.seq, Action::Buy, "dip", {}, {}, {}}, {}});
    EXPECT_TRUE(desk_.all().orders.empty());
    EXPECT_EQ(desk_.world().markets[0].awaited, 0U);
}

TEST_F(ScriptSleeveTest, ItSurvivesARestart) {
    say("2000", Action::Hold, "waits", {}, "seen 2000");
    ASSERT_TRUE(desk_.restart()) << desk_.difference();
    EXPECT_EQ(slot().state, "seen 2000");
    EXPECT_EQ(script().setting.command, "./mine.py");
    EXPECT_EQ(desk_.shard().wanted_scripts().size(), 1U);
}

TEST_F(ScriptSleeveTest, ALiquidationAsksNobody) {
    open();
    desk_.must(cmd::Liquidate{sleeve_target(kV1, kFlash), ""});
    desk_.tick("2000");
    EXPECT_TRUE(desk_.shard().take_asks().empty());
    EXPECT_EQ(decided(), "sell sell liquidate");
}

TEST_F(ScriptSleeveTest, AUserWhoseNameIsAWayOutHasNoScripts) {
    desk_.must(cmd::CreateUser{"..", Role::Member});
    desk_.must(cmd::AddAccount{"..", "paper", ""});
    desk_.must(cmd::CreateVault{AccountId{2}, kEthUsdt.quote, Decimal::from_int(100)});
    cmd::SetStrategy choice = mine();
    choice.vault = VaultId{2};
    const auto refused = desk_.apply(choice);
    ASSERT_TRUE(refused.has_value());
    EXPECT_NE(refused->message().find("begins with a dot"), std::string::npos);
}

TEST_F(ScriptSleeveTest, AtMostSixteenDifferentScriptsOfAUserRun) {
    for (std::uint32_t i = 2; i <= 40; ++i) {
        desk_.must(cmd::AddAccount{"ann", "paper", "n" + std::to_string(i)});
        desk_.must(cmd::CreateVault{AccountId{i}, kEthUsdt.quote, Decimal::from_int(100)});
        cmd::SetStrategy choice = mine("./" + std::to_string(i));
        choice.vault = VaultId{i};
        const auto refused = desk_.apply(choice);
        if (!refused) continue;
        EXPECT_EQ(i, 17U);
        EXPECT_NE(refused->message().find("16 different scripts"), std::string::npos);
        return;
    }
    FAIL() << "there is no limit";
}

TEST(ScriptSetting, AFolderThatLeadsOutIsRefused) {
    for (const char* folder :
         {"..", "../bob", "/etc", "a/../../bob", "a//b", "./a", "a/", "a\nb"}) {
        const auto done = check(ScriptSetting{.command = "./x", .folder = folder});
        ASSERT_FALSE(done.has_value()) << folder;
        EXPECT_EQ(done.error().field(), "folder");
    }
    EXPECT_TRUE(check(ScriptSetting{.command = "./x", .folder = "a/b.c"}).has_value());
    EXPECT_FALSE(check(ScriptSetting{.command = "  ", .folder = ""}).has_value());
    for (const char* command : {"../x", "./../x", "../../etc/passwd", "a/../../x", "", "./"})
        EXPECT_FALSE(check(ScriptSetting{.command = command, .folder = ""})) << command;
    for (const char* command : {"./x 'a b'", "./x \"a", "./x a\\ b", "./x `y`"})
        EXPECT_FALSE(check(ScriptSetting{.command = command, .folder = ""})) << command;
    for (const char* command : {"./x ../y", "/usr/bin/awk -f x.awk", "python3 x.py", "./a/x"})
        EXPECT_TRUE(check(ScriptSetting{.command = command, .folder = ""})) << command;
    EXPECT_FALSE(check(ScriptSetting{.command = "./x", .folder = "", .deadline = Duration{5}}));
    EXPECT_FALSE(check(ScriptSetting{.command = "./x", .folder = "", .memory_mib = 4096}));
}

TEST(ScriptSetting, OnlyTheSameUsersSameScriptIsShared) {
    const ScriptSetting setting{.command = "./x", .folder = "a"};
    ScriptSetting slower = setting;
    slower.deadline = Duration{2'000};
    EXPECT_EQ(script_name(UserId{1}, setting), script_name(UserId{1}, setting));
    EXPECT_NE(script_name(UserId{1}, setting), script_name(UserId{2}, setting));
    EXPECT_NE(script_name(UserId{1}, setting), script_name(UserId{1}, slower));
    EXPECT_LE(script_name(UserId{4'000'000'000}, setting).size(), 64U);
}

}  // namespace
}  // namespace vault::engine::test
