// The store is older than the world: everything halts, and an account that has an API key stays
// halted after the resume until it was read what happened on it, or that was skipped.
#include "daemon/engine/status_builder.hpp"
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vault::engine::test {
namespace {

namespace cmd = ports::cmd;

constexpr AccountId kKraken{2};
constexpr AccountId kKeyless{3};
constexpr VaultId kV2{2};
constexpr VaultId kV3{3};
const UtcTime kKnown = kStart - std::chrono::hours{7};

// ann's paper account a1 with v1, and two accounts of kraken with a vault each: a2 has a key.
class RestoredDesk : public OpenDesk {
  public:
    RestoredDesk() {
        EngineOptions options;
        options.exchanges = {"kraken"};
        configure(options);
        restart();  // exchanges are known from a start on
        for (const AccountId account : {kKraken, kKeyless}) {
            must(cmd::AddAccount{"ann", "kraken", to_text(account)});
            must(cmd::CreateVault{account, asset("USDT"), "1000"_dec});
        }
        add_key(kKraken, ApiKeyId{1});
    }
    void add_key(AccountId account, ApiKeyId id) {
        cmd::AddKey key{.account = account, .id = id, .label = ""};
        key.key = ports::public_part(Secret{"a key of kraken: " + to_text(id)});
        key.findings = ports::KeyFindings{.signature_accepted = true,
                                          .rights = {.query_funds = true, .trade = true},
                                          .account_identity = "kraken:" + to_text(account)};
        must(key);
    }
    void forget() { must(cmd::Amnesia{"amnesia: a backup", kKnown}); }
    bool is_halted(VaultId id) const {
        return state(SleeveKind::Flash, id) == "halted" && state(SleeveKind::Quiet, id) == "halted";
    }
    const ports::AccountRow& row() const { return world().accounts[kKraken.value - 1].row; }
    static ports::AccountHistory found(UtcTime since) {
        ports::AccountHistory history{since, kStart, {}, {}};
        history.orders.push_back({"O1", "", "XBTUSD", Side::Buy, "limit", "open", "2"_dec, "1"_dec,
                                  kKnown, std::nullopt});
        history.orders.push_back({"O2", "mine", "XBTUSD", Side::Sell, "market", "closed", "1"_dec,
                                  "1"_dec, kKnown, kStart});
        history.trades.push_back({"T1", "O1", "XXBTZUSD", Side::Buy, "1"_dec, "2000"_dec,
                                  "2000"_dec, "5.2"_dec, kStart});
        return history;
    }
};

TEST(Amnesia, HaltsAllAndWhatHasAKeyUntilItsHistoryIsRead) {
    RestoredDesk desk;
    desk.forget();
    for (const VaultId vault : {kV1, kV2, kV3})
        EXPECT_TRUE(desk.is_halted(vault)) << to_text(vault);
    desk.must(cmd::Resume{daemon_target(), ""});
    EXPECT_FALSE(desk.is_halted(kV1)) << "what paper did is in the store";
    EXPECT_TRUE(desk.is_halted(kV2));
    EXPECT_FALSE(desk.is_halted(kV3)) << "without a key it sends nothing";
    EXPECT_EQ(desk.row().history_unread_since, kKnown);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_TRUE(desk.is_halted(kV2));

    desk.must(cmd::SettleHistory{kKraken, RestoredDesk::found(kKnown), ApiKeyId{1}, ""});
    EXPECT_FALSE(desk.is_halted(kV2));
    EXPECT_TRUE(desk.row().history.starts_with("read with k1 from ")) << desk.row().history;
    EXPECT_FALSE(desk.row().history_unread_since);
    EXPECT_NE(desk.row().history.find("1 open orders, 1 ended, 1 trades"), std::string::npos)
        << desk.row().history;
    EXPECT_EQ(desk.events("exchange_order"), 2U);
    EXPECT_EQ(desk.events("exchange_trade"), 1U);
    EXPECT_EQ(desk.events("history_read"), 1U);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_FALSE(desk.is_halted(kV2));
}

// Its first key may have come after the backup, and then have sent orders.
TEST(Amnesia, AnAccountThatGetsAKeyWaitsFromThenOn) {
    RestoredDesk desk;
    desk.forget();
    desk.must(cmd::Resume{daemon_target(), ""});
    desk.add_key(kKeyless, ApiKeyId{2});
    EXPECT_TRUE(desk.is_halted(kV3));
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_TRUE(desk.is_halted(kV3));
    desk.must(cmd::RemoveKey{ApiKeyId{2}});
    EXPECT_TRUE(desk.is_halted(kV3)) << "giving the key up is no way round it";
    desk.add_key(kKeyless, ApiKeyId{3});
    EXPECT_TRUE(desk.is_halted(kV3));
    desk.must(cmd::SettleHistory{kKeyless, RestoredDesk::found(kKnown), ApiKeyId{3}, ""});
    EXPECT_FALSE(desk.is_halted(kV3));
    EXPECT_TRUE(desk.is_halted(kV2));
    desk.add_key(kKeyless, ApiKeyId{4});
    EXPECT_FALSE(desk.is_halted(kV3)) << "it was read";
}

TEST(Amnesia, ARemovedAccountWaitsForNothing) {
    RestoredDesk desk;
    constexpr AccountId kEmpty{4};
    desk.must(cmd::AddAccount{"ann", "kraken", "empty"});
    desk.add_key(kEmpty, ApiKeyId{2});
    desk.forget();
    desk.must(cmd::RemoveKey{ApiKeyId{2}});
    desk.must(cmd::RemoveAccount{kEmpty});
    const Account& removed = desk.world().accounts[kEmpty.value - 1];
    EXPECT_FALSE(removed.row.history_unread_since);
    EXPECT_EQ(removed.hold.kind, HoldKind::None);
    desk.forget();
    EXPECT_FALSE(removed.row.history_unread_since);
}

TEST(Amnesia, StatusTellsWhatWaits) {
    RestoredDesk desk;
    desk.forget();
    desk.must(cmd::Resume{daemon_target(), ""});
    const ports::StatusView status = status_of(desk.world(), {});
    ASSERT_EQ(status.pauses.size(), 1U);
    EXPECT_EQ(status.pauses[0].level, "account");
    EXPECT_EQ(status.pauses[0].target, "a2");
    EXPECT_EQ(status.pauses[0].by, "restore");
    EXPECT_EQ(status.attention, 1U);
    ASSERT_EQ(status.warnings.size(), 1U);
    EXPECT_TRUE(status.warnings[0].starts_with("a2 is halted: amnesia: ")) << status.warnings[0];
}

TEST(Amnesia, WhatIsKnownNeverEndsInTheFuture) {
    RestoredDesk desk;
    desk.must(cmd::Amnesia{"amnesia", desk.clock().now() + std::chrono::hours{1}});
    EXPECT_EQ(desk.row().history_unread_since, desk.clock().now());
}

TEST(Amnesia, ResumingTheVaultOrTheUserDoesNotDo) {
    RestoredDesk desk;
    desk.forget();
    desk.must(cmd::Resume{daemon_target(), ""});
    desk.must(cmd::Resume{user_target("ann"), ""});
    desk.must(cmd::Resume{vault_target(kV2), ""});
    desk.must(cmd::Resume{sleeve_target(kV2, SleeveKind::Flash), ""});
    EXPECT_TRUE(desk.is_halted(kV2));
}

TEST(Amnesia, AReadingThatFailedIsToldAndKeepsTheHalt) {
    RestoredDesk desk;
    desk.forget();
    desk.must(cmd::Resume{daemon_target(), ""});
    desk.must(
        cmd::SettleHistory{.account = kKraken, .failure = "not read yet: kraken was not reached"});
    EXPECT_TRUE(desk.is_halted(kV2));
    EXPECT_EQ(desk.row().history, "not read yet: kraken was not reached");
    EXPECT_EQ(desk.events("history_unread"), 1U);
    desk.must(cmd::SettleHistory{.account = kKraken, .failure = "not read yet: kraken is busy"});
    EXPECT_EQ(desk.row().history, "not read yet: kraken is busy");
    EXPECT_EQ(desk.events("history_unread"), 1U) << "one alert is enough";
    EXPECT_EQ(desk.row().history_unread_since, kKnown);
    const auto less = desk.apply(cmd::SettleHistory{
        kKraken, RestoredDesk::found(kKnown + std::chrono::seconds{1}), ApiKeyId{1}, ""});
    ASSERT_TRUE(less) << "a second of it was not read";
    EXPECT_EQ(less->code(), Errc::WrongState);
    EXPECT_TRUE(desk.is_halted(kV2));
    EXPECT_EQ(desk.events("exchange_trade"), 0U);
}

TEST(Amnesia, ASecondRestoreForgetsNoneOfTheFirst) {
    RestoredDesk desk;
    desk.forget();
    desk.must(cmd::Amnesia{"amnesia: a newer one", kStart});
    EXPECT_EQ(desk.row().history_unread_since, kKnown);
    desk.must(cmd::Amnesia{"amnesia: an older one", kKnown - std::chrono::hours{1}});
    EXPECT_EQ(desk.row().history_unread_since, kKnown - std::chrono::hours{1});
}

TEST(Amnesia, ItsReadingCanBeSkipped) {
    RestoredDesk desk;
    const auto nothing = desk.apply(cmd::SkipHistory{kKraken, "lost"});
    ASSERT_TRUE(nothing);
    EXPECT_EQ(nothing->code(), Errc::WrongState);
    desk.forget();
    desk.must(cmd::Resume{daemon_target(), ""});
    EXPECT_TRUE(desk.apply(cmd::SkipHistory{kKraken, "  "})) << "no reason";
    EXPECT_FALSE(desk.apply(cmd::SkipHistory{kKraken, "lost"}, {}, true));
    EXPECT_TRUE(desk.is_halted(kV2)) << "a dry run";
    EXPECT_EQ(desk.row().history_unread_since, kKnown);
    desk.must(cmd::SkipHistory{kKraken, "the key is gone"});
    EXPECT_FALSE(desk.is_halted(kV2));
    EXPECT_NE(desk.row().history.find("the key is gone"), std::string::npos);
    EXPECT_EQ(desk.events("history_skipped"), 1U);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_FALSE(desk.is_halted(kV2));
}

}  // namespace
}  // namespace vault::engine::test
