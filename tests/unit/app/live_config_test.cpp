// LiveConfig against real files: what is applied, what waits, and that a fault changes nothing.
#include "daemon/app/live_config.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace vault::app {
namespace {

namespace asio = boost::asio;
using ports::ConfigFate;

class LiveConfigTest : public testing::Test {
  protected:
    LiveConfigTest() {
        std::filesystem::create_directories(folder);
        write("store:\n  disk_alert_pct: 70\ncandles: {path: files}\n");
    }
    ~LiveConfigTest() override { std::filesystem::remove_all(folder); }

    void write(const std::string& text) const { std::ofstream{file} << text; }
    config::Sources sources() const { return {file, environment, {}}; }
    void start() {
        live = std::make_unique<LiveConfig>(
            LiveConfig::Start{[this] { return sources(); }, folder, file, config::read(sources())},
            notify, clock, logger);
        live->apply = [this](const config::Config& config) { return take(config); };
    }
    asio::awaitable<void> take(config::Config config) {
        if (slow) {
            asio::steady_timer wait{io, std::chrono::milliseconds{20}};
            co_await wait.async_wait(asio::use_awaitable);
        }
        applied.push_back(std::move(config));
    }
    using Report = Result<ports::ConfigReload>;
    asio::awaitable<void> reload_into(std::optional<Report>& slot, ports::ReloadAsk ask) {
        auto reloading = live->reload(std::move(ask));
        slot.emplace(co_await std::move(reloading));
    }
    std::optional<Report>& begin_reload(const std::string& key = "", bool dry_run = false) {
        auto& slot = reports.emplace_back();
        auto finish = [](const std::exception_ptr& failure) { EXPECT_FALSE(failure); };
        asio::co_spawn(io, reload_into(slot, {"test", key, dry_run}), finish);
        return slot;
    }
    ports::ConfigReload reload(const std::string& key = "", bool dry_run = false) {
        auto& slot = begin_reload(key, dry_run);
        io.restart();
        io.run();
        EXPECT_TRUE(slot && slot->has_value());
        return slot && *slot ? slot->value() : ports::ConfigReload{};
    }
    ports::ConfigKey key(const std::string& name) const {
        const auto view = live->show();
        const auto found = std::ranges::find(view.keys, name, &ports::ConfigKey::key);
        EXPECT_NE(found, view.keys.end()) << name;
        return found == view.keys.end() ? ports::ConfigKey{} : *found;
    }

    std::string folder = testing::TempDir() + "live-" + std::to_string(::getpid());
    std::string file = folder + "/c.yaml";
    config::Variables environment;
    SystemdNotify notify;
    SystemClock clock;
    NullLogger logger;
    asio::io_context io;
    std::unique_ptr<LiveConfig> live;
    std::vector<config::Config> applied;
    std::deque<std::optional<Report>> reports;
    bool slow = false;
};

TEST_F(LiveConfigTest, WithoutADifferenceNothingIsDone) {
    start();
    const auto report = reload();
    EXPECT_TRUE(report.ok);
    EXPECT_TRUE(report.changes.empty());
    EXPECT_EQ(live->show().last_reload->by, "test");
}

TEST_F(LiveConfigTest, LiveKeysAreAppliedAndTheOthersWait) {
    start();
    EXPECT_EQ(key("store.disk_alert_pct").origin, "file:2");
    write("\nstore:\n  disk_alert_pct: 60\ncandles: {path: other}\nlog: {level: debug}\n");
    const auto report = reload();
    ASSERT_EQ(report.changes.size(), 3U);
    EXPECT_EQ(report.changes[0].key, "store.disk_alert_pct");
    EXPECT_EQ(report.changes[0].fate, ConfigFate::Applied);
    EXPECT_EQ(report.changes[0].from, "70");
    EXPECT_EQ(report.changes[0].to, "60");
    EXPECT_EQ(report.changes[0].where, file + ":3");
    EXPECT_EQ(report.changes[1].key, "candles.path");
    EXPECT_EQ(report.changes[1].fate, ConfigFate::NeedsRestart);
    ASSERT_EQ(applied.size(), 1U);
    EXPECT_EQ(applied[0].store.disk_alert_pct, 60U);
    EXPECT_EQ(applied[0].log.level, LogLevel::Debug);
    EXPECT_EQ(applied[0].candles.path, folder + "/files") << "what waits is not applied";
    EXPECT_EQ(key("store.disk_alert_pct").origin, "file:3");
    EXPECT_EQ(key("candles.path").value, folder + "/files");
    EXPECT_EQ(key("candles.path").origin, "file:3") << "of the value in force";
    EXPECT_EQ(key("candles.path").pending, folder + "/other");
    EXPECT_EQ(live->show().pending_keys(), std::vector<std::string>{"candles.path"});

    write("store:\n  disk_alert_pct: 60\ncandles: {path: files}\nlog: {level: debug}\n");
    EXPECT_TRUE(reload().changes.empty()) << "what waited is withdrawn";
    EXPECT_TRUE(live->show().pending_keys().empty());
}

TEST_F(LiveConfigTest, RulesOfSigningInChangeAtOnceAndKeysWait) {
    start();
    write(
        "\ncandles: {path: files}\nstore: {disk_alert_pct: 70}\n"
        "security: {second_factor: required, registration: closed, master_key_file: other.key}\n");
    reload();
    ASSERT_EQ(applied.size(), 1U);
    EXPECT_EQ(applied[0].security.second_factor, config::SecondFactor::Required);
    EXPECT_EQ(applied[0].security.registration, config::Registration::Closed);
    EXPECT_EQ(applied[0].security.master_key_file.find("other.key"), std::string::npos);
    EXPECT_EQ(live->show().pending_keys(), std::vector<std::string>{"security.master_key_file"});
}

TEST_F(LiveConfigTest, AKeyThatLeavesTheFileIsItsDefaultAgain) {
    start();
    write("candles: {path: files}\n");
    const auto report = reload();
    ASSERT_EQ(report.changes.size(), 1U);
    EXPECT_EQ(report.changes[0].to, "80");
    EXPECT_EQ(key("store.disk_alert_pct").origin, "default");
}

TEST_F(LiveConfigTest, OneFaultKeepsEverything) {
    start();
    write("store:\n  disk_alert_pct: 60\n  balast_mib: 3\nlog: {level: loud}\n");
    const auto report = reload();
    EXPECT_FALSE(report.ok);
    ASSERT_EQ(report.changes.size(), 2U);
    for (const auto& change : report.changes)
        EXPECT_EQ(change.fate, ConfigFate::Rejected);
    EXPECT_EQ(report.changes[0].where, file + ":3:3");
    EXPECT_NE(report.changes[0].message.find("did you mean ballast_mib?"), std::string::npos);
    EXPECT_EQ(report.changes[1].key, "log.level");
    EXPECT_TRUE(applied.empty());
    EXPECT_EQ(key("store.disk_alert_pct").value, "70");
    EXPECT_FALSE(live->show().last_reload->ok);
}

TEST_F(LiveConfigTest, AFileThatHasGoneOrIsNoFileIsAFault) {
    start();
    std::filesystem::remove(file);
    EXPECT_FALSE(reload().ok) << "it must not count as a file that sets nothing";
    ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
    const auto report = reload();  // would wait for a writer for ever
    EXPECT_FALSE(report.ok);
    EXPECT_NE(report.changes[0].message.find("not a regular file"), std::string::npos);
    EXPECT_EQ(key("store.disk_alert_pct").value, "70");
}

TEST_F(LiveConfigTest, ADryRunChangesAndRemembersNothing) {
    start();
    write("store: {disk_alert_pct: 60}\ncandles: {path: other}\n");
    EXPECT_EQ(reload("", true).changes.size(), 2U);
    EXPECT_TRUE(applied.empty());
    EXPECT_FALSE(live->show().last_reload);
    EXPECT_TRUE(live->show().pending_keys().empty());
}

TEST_F(LiveConfigTest, TheSameKeyGetsTheFirstReport) {
    start();
    write("store: {disk_alert_pct: 60}\ncandles: {path: files}\n");
    const auto first = reload("k");
    write("store: {disk_alert_pct: 50}\ncandles: {path: files}\n");
    const auto again = reload("k");
    EXPECT_TRUE(again.repeated);
    ASSERT_EQ(again.changes.size(), 1U);
    EXPECT_EQ(again.changes[0].to, "60");
    EXPECT_EQ(applied.size(), 1U);
    EXPECT_EQ(reload("other").changes.at(0).to, "50");
}

TEST_F(LiveConfigTest, TwoAtATimeAreRefused) {
    start();
    slow = true;
    write("store: {disk_alert_pct: 60}\n");
    auto& first = begin_reload();
    auto& second = begin_reload();
    io.run();
    EXPECT_TRUE(first && first->has_value());
    ASSERT_TRUE(second && !second->has_value());
    EXPECT_EQ(second->error().code(), Errc::Busy);
    EXPECT_TRUE(reload().ok) << "and then it is free again";
}

TEST_F(LiveConfigTest, TargetsOfAlertsAreTakenOverWithoutShowingTheirUrls) {
    start();
    write(
        "store: {disk_alert_pct: 70}\ncandles: {path: files}\n"
        "alerts:\n  targets:\n    - {name: ops, url: 'https://x/hidden', secret_file: ops.key}\n");
    const auto report = reload();
    ASSERT_EQ(report.changes.size(), 1U);
    EXPECT_EQ(report.changes[0].key, "alerts.targets");
    EXPECT_EQ(report.changes[0].fate, ConfigFate::Applied);
    EXPECT_EQ(report.changes[0].from, "none");
    EXPECT_EQ(report.changes[0].to, "ops");
    EXPECT_TRUE(reload().changes.empty()) << "it is in force now";
}

TEST_F(LiveConfigTest, PairsAreComparedAsAList) {
    start();
    write(
        "store: {disk_alert_pct: 70}\ncandles: {path: files}\n"
        "paper:\n  pairs:\n    - {pair: ETH/USDT, lot: 7}\n");
    const auto report = reload();
    ASSERT_EQ(report.changes.size(), 1U);
    EXPECT_EQ(report.changes[0].key, "paper.pairs");
    EXPECT_EQ(report.changes[0].fate, ConfigFate::NeedsRestart);
    EXPECT_EQ(report.changes[0].to, "14 pairs, other: ETH/USDT");
}

TEST_F(LiveConfigTest, StatusAndMinimaOfPairsAreTakenOverAndTheRestWaits) {
    start();
    write(
        "store: {disk_alert_pct: 70}\ncandles: {path: files}\n"
        "paper:\n  pairs:\n    - {pair: ETH/USDT, min_cost: 7, status: halted}\n"
        "    - {pair: BTC/USDT, lot: 1}\n    - {pair: X/USDT, tick: 1, lot: 1}\n");
    const auto report = reload();
    ASSERT_EQ(report.changes.size(), 2U);
    EXPECT_EQ(report.changes[0].fate, ConfigFate::Applied);
    EXPECT_EQ(report.changes[0].to, "14 pairs, other: ETH/USDT");
    EXPECT_EQ(report.changes[1].fate, ConfigFate::NeedsRestart);
    EXPECT_EQ(report.changes[1].to, "15 pairs, other: BTC/USDT, X/USDT");
    const PairRules& eth = live->running().paper.pairs.front();
    EXPECT_EQ(eth.status, PairStatus::Halted);
    EXPECT_EQ(eth.min_cost, Decimal::from_int(7));
}

}  // namespace
}  // namespace vault::app
