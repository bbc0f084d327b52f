#include "daemon/config/config.hpp"

#include "daemon/config/keys.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <span>
#include <string>
#include <unistd.h>

namespace vault::config {
namespace {

using vault::literals::operator""_dec;

Config good(const std::string& text) {
    auto config = parse(text, "f.yaml");
    EXPECT_TRUE(config.has_value()) << text << "\n" << config.error().message();
    return config ? std::move(config).value() : defaults();
}

std::string bad(const std::string& text) {
    const auto config = parse(text, "f.yaml");
    if (config) return "accepted";
    EXPECT_EQ(config.error().code(), Errc::ConfigInvalid);
    EXPECT_FALSE(config.error().hint().empty());
    return config.error().message();
}

TEST(Config, DefaultsAreTyped) {
    const Config config = defaults();
    EXPECT_EQ(config.store.path, "vault.db");
    EXPECT_EQ(config.store.disk_alert_pct, 80U);
    EXPECT_EQ(config.store.disk_stop_buys_pct, 95U);
    EXPECT_EQ(config.store.retention.decisions, std::chrono::days{365});
    EXPECT_EQ(config.store.retention.idempotency, std::chrono::hours{24});
    EXPECT_EQ(config.control.socket, "/run/vaultd/control.sock");
    EXPECT_EQ(config.control.mode, 0660U);
    EXPECT_EQ(config.engine.batch_rows_max, 10'000U);
    EXPECT_EQ(config.engine.batch_ms_max, Duration{50});
    EXPECT_EQ(config.engine.batches_ahead_max, 64U);
    EXPECT_EQ(config.engine.ahead_ms_max, Duration{1000});
    EXPECT_EQ(config.engine.ride_along_ms, Duration{250});
    EXPECT_EQ(config.engine.price_snapshot_every, Duration{60'000});
    EXPECT_EQ(config.paper.fee_rate, "0.004"_dec);
    EXPECT_EQ(config.paper.slippage, "0.0005"_dec);
    EXPECT_EQ(config.security.deployment, "core-vault");
    EXPECT_EQ(config.security.master_key_file, "master.key");
    EXPECT_EQ(config.security.known_bad_passwords, "known-bad-passwords.txt");
    EXPECT_EQ(config.security.registration, Registration::Open);
    EXPECT_EQ(config.security.second_factor, SecondFactor::Optional);
    EXPECT_EQ(config.log.level, LogLevel::Info);
    const auto eth = std::find_if(config.paper.pairs.begin(), config.paper.pairs.end(),
                                  [](const PairRules& r) { return r.pair.text() == "ETH/USDT"; });
    ASSERT_NE(eth, config.paper.pairs.end());
    EXPECT_EQ(eth->tick, "0.01"_dec);
    EXPECT_EQ(eth->lot, "0.0001"_dec);
    EXPECT_EQ(eth->min_cost, "5"_dec);
    EXPECT_EQ(eth->min_quantity, "0.0001"_dec);
}

TEST(Config, SaysWhoMaySignInAndHow) {
    const Config config = good(R"(
security:
  deployment: berlin
  master_key_file: /etc/vaultd/master.key
  known_bad_passwords: /etc/vaultd/bad.txt
  registration: closed
  second_factor: required
)");
    EXPECT_EQ(config.security.deployment, "berlin");
    EXPECT_EQ(config.security.master_key_file, "/etc/vaultd/master.key");
    EXPECT_EQ(config.security.known_bad_passwords, "/etc/vaultd/bad.txt");
    EXPECT_EQ(config.security.registration, Registration::Closed);
    EXPECT_EQ(config.security.second_factor, SecondFactor::Required);
    for (const char* text : {"security: {registration: maybe}", "security: {second_factor: true}",
                             "security: {deployment: ''}", "security: {master_key: secret}"}) {
        const std::string message = bad(text);
        EXPECT_NE(message, "accepted") << text;
        EXPECT_NE(message.find("security"), std::string::npos) << message;
    }
}

// A reload asks everybody for a second factor, or closes registration; keys stay until a restart.
TEST(Config, OnlyTheRulesOfSigningInChangeWhileItRuns) {
    std::set<std::string_view> live;
    for (const Key& key : keys())
        if (key.name.starts_with("security.") && key.live) live.insert(key.name);
    EXPECT_EQ(live,
              (std::set<std::string_view>{"security.registration", "security.second_factor"}));
}

TEST(Config, AnEmptyFileOrSectionIsTheDefault) {
    const std::string expected = "vault.db";
    for (const char* text : {"", "# nothing\n", "---\n", "store:\n", "store: {}\n", "~\n",
                             "store:\n  retention:\nlog:\n", "paper:\n  pairs:\n"})
        EXPECT_EQ(good(text).store.path, expected) << text;
}

TEST(Config, ReadsValues) {
    const Config config = good(R"(
store:
  path: /var/lib/vaultd/books.db
  retention: {prices_full: 7d, prices: "90d"}
control: {mode: 0600, max_connections: 64}
engine:
  batch_ms_max: 20
  price_snapshot_every: 1m30s
paper:
  fee_rate: 0.0010
  fee_in: base
  latency_ticks: 3
log: {level: debug}
)");
    EXPECT_EQ(config.store.path, "/var/lib/vaultd/books.db");
    EXPECT_EQ(config.store.retention.prices_full, std::chrono::days{7});
    EXPECT_EQ(config.store.retention.prices, std::chrono::days{90});
    EXPECT_EQ(config.control.mode, 0600U);
    EXPECT_EQ(config.control.max_connections, 64U);
    EXPECT_EQ(config.engine.batch_ms_max, Duration{20});
    EXPECT_EQ(config.engine.price_snapshot_every, Duration{90'000});
    EXPECT_EQ(config.paper.fee_rate, "0.001"_dec);
    EXPECT_EQ(config.paper.fee_in, FeeIn::Base);
    EXPECT_EQ(config.paper.latency_ticks, 3U);
    EXPECT_EQ(config.log.level, LogLevel::Debug);
    EXPECT_EQ(config.store.ballast_mib, 64U) << "what is not named keeps its default";
}

TEST(Config, PairsChangeAndAdd) {
    const std::size_t built_in = defaults().paper.pairs.size();
    const Config config = good(R"(
paper:
  pairs:
    - {pair: ETH/USDT, min_cost: 10}
    - pair: DOGE/USDT
      tick: 0.00001
      lot: 1
)");
    ASSERT_EQ(config.paper.pairs.size(), built_in + 1);
    const PairRules& doge = config.paper.pairs.back();
    EXPECT_EQ(doge.pair.text(), "DOGE/USDT");
    EXPECT_EQ(doge.tick, "0.00001"_dec);
    EXPECT_EQ(doge.min_cost, kZero);
    EXPECT_EQ(config.paper.pairs.front().pair.text(), "ETH/USDT");
    EXPECT_EQ(config.paper.pairs.front().min_cost, "10"_dec);
    EXPECT_EQ(config.paper.pairs.front().tick, "0.01"_dec);
}

TEST(Config, PairsHaveAStatus) {
    const Config config = good(R"(
paper:
  pairs:
    - {pair: ETH/USDT, status: cancel_only}
    - {pair: BTC/USDT, renamed_to: ETH/USDT}
)");
    EXPECT_EQ(config.paper.pairs[0].status, PairStatus::CancelOnly);
    EXPECT_EQ(config.paper.pairs[1].status, PairStatus::Delisted);
    EXPECT_EQ(config.paper.pairs[1].renamed_to->text(), "ETH/USDT");
    EXPECT_EQ(config.paper.pairs[2].status, PairStatus::Trading);
}

TEST(Config, TargetsOfAlerts) {
    const Config config = good(R"(
alerts:
  retry_after: 30s
  heartbeat_url: https://watch.example/ping/abc
  targets:
    - {name: ops, url: "https://hooks.example/a?b=1"}
    - name: night_pager
      url: http://127.0.0.1:8080
      secret_file: pager.secret
      ca_file: /etc/ca.pem
      severity: critical
      quiet: "22:30-06:00"
      users: [alice, bob]
)");
    EXPECT_EQ(config.alerts.retry_after, std::chrono::seconds{30});
    EXPECT_EQ(config.alerts.heartbeat_url, "https://watch.example/ping/abc");
    ASSERT_EQ(config.alerts.targets.size(), 2U);
    EXPECT_EQ(config.alerts.targets[0].severity, "warning");
    EXPECT_EQ(config.alerts.targets[0].quiet_from, config.alerts.targets[0].quiet_to);
    const AlertTarget pager{.name = "night_pager",
                            .url = "http://127.0.0.1:8080",
                            .secret_file = "pager.secret",
                            .ca_file = "/etc/ca.pem",
                            .severity = "critical",
                            .quiet_from = std::chrono::minutes{22 * 60 + 30},
                            .quiet_to = std::chrono::hours{6},
                            .users = {"alice", "bob"}};
    EXPECT_EQ(config.alerts.targets[1], pager);
    EXPECT_TRUE(defaults().alerts.targets.empty());
}

struct Fault {
    const char* text;
    const char* message;  // its start
};

void expect_each(std::span<const Fault> faults) {
    for (const Fault& fault : faults) {
        const std::string message = bad(fault.text);
        EXPECT_TRUE(message.starts_with(fault.message))
            << fault.text << "gave      " << message << "\nexpected  " << fault.message;
    }
}

TEST(Config, SaysFileLineColumnKeyAndWhatToDo) {
    const Fault faults[] = {
        {"stor:\n  path: x\n", "f.yaml:1:1: unknown key stor; did you mean store?"},
        {"store:\n  pth: x\n", "f.yaml:2:3: unknown key store.pth; did you mean path?"},
        {"store:\n  retention:\n    decision: 1d\n",
         "f.yaml:3:5: unknown key store.retention.decision; did you mean decisions?"},
        {"log:\n  zzzzzzzzz: 1\n", "f.yaml:2:3: unknown key log.zzzzzzzzz; known here: level"},
        {"store.path: x\n", "f.yaml:1:1: unknown key store.path"},
        {"\"\": 1\n", "f.yaml:1:1: unknown key "},
        {"store:\n  ballast_mib: 2000\n",
         "f.yaml:2:16: store.ballast_mib: '2000' is out of range; accepted: 0 to 1024 MiB; "
         "default 64"},
        {"store:\n  ballast_mib: -1\n", "f.yaml:2:16: store.ballast_mib: '-1' is not a whole"},
        {"store:\n  ballast_mib: 1e3\n", "f.yaml:2:16: store.ballast_mib: '1e3' is not a whole"},
        {"store:\n  ballast_mib: 64MiB\n", "f.yaml:2:16: store.ballast_mib: '64MiB' is not a"},
        {"store:\n  ballast_mib: 99999999999999999999\n", "f.yaml:2:16: store.ballast_mib: '9999"},
        {"store:\n  ballast_mib: [1]\n", "f.yaml:2:16: store.ballast_mib: must be one value"},
        {"store:\n  ballast_mib:\n", "f.yaml:2:3: store.ballast_mib: has no value; default 64"},
        {"store:\n  path: \"\"\n", "f.yaml:2:9: store.path: '' is empty"},
        {"store: 5\n", "f.yaml:1:8: store must hold keys, such as path: "},
        {"- a\n", "f.yaml:1:1: the file must hold keys, such as store: "},
        {"just text\n", "f.yaml:1:1: the file must hold keys"},
        {"store:\n  path: a\n  path: b\n",
         "f.yaml:3:3: key 'path' is given twice, first in line 2"},
        {"store:\n  path: a\nlog: {}\nstore:\n  path: b\n", "f.yaml:4:1: key 'store' is given tw"},
        {"engine:\n  batch_ms_max: 50ms\n", "f.yaml:2:17: engine.batch_ms_max: '50ms' is not a w"},
        {"engine:\n  price_snapshot_every: 60\n",
         "f.yaml:2:25: engine.price_snapshot_every: '60' is not a duration such as 30s"},
        {"engine:\n  price_snapshot_every: 2h\n",
         "f.yaml:2:25: engine.price_snapshot_every: '2h' is out of range; accepted: 1s to 1h"},
        {"engine:\n  price_snapshot_every: -5s\n", "f.yaml:2:25: engine.price_snapshot_every: '-5"},
        {"paper:\n  fee_rate: 0.2\n", "f.yaml:2:13: paper.fee_rate: '0.2' is out of range"},
        {"paper:\n  fee_rate: 4e-3\n", "f.yaml:2:13: paper.fee_rate: '4e-3' is not a plain decim"},
        {"paper:\n  fee_rate: .nan\n", "f.yaml:2:13: paper.fee_rate: '.nan' is not a plain decim"},
        {"paper:\n  fee_in: both\n", "f.yaml:2:11: paper.fee_in: 'both' is neither quote nor ba"},
        {"control:\n  mode: 0777\n", "f.yaml:2:9: control.mode: '0777' is out of range"},
        {"control:\n  mode: rw\n", "f.yaml:2:9: control.mode: 'rw' is not an octal mode"},
        {"control:\n  mode: 99999\n", "f.yaml:2:9: control.mode: '99999' is not an octal"},
        {"log:\n  level: verbose\n",
         "f.yaml:2:10: log.level: 'verbose' is not a log level; accepted: one of debug, info"},
        {"a: &x 1\nb: *x\n", "f.yaml:2:4: aliases (*name) are not supported"},
        {"store: {path: !!binary x}\n", "f.yaml:1:15: tags (!name) are not supported"},
        {"store: {path: x\n", "f.yaml:"},
        {"store:\n\tpath: x\n", "f.yaml:2:"},
        {"store:\n  path: x\n---\nlog: {}\n", "f.yaml:4:1: a second document is not read"},
        {"? [a]\n: b\n", "f.yaml:1:3: a key must be a plain word"},
    };
    expect_each(faults);
}

TEST(Config, SaysWhatIsWrongWithAPair) {
    const Fault faults[] = {
        {"paper:\n  pairs: x\n", "f.yaml:2:10: paper.pairs must be a list"},
        {"paper:\n  pairs:\n    - x\n", "f.yaml:3:7: paper.pairs: an item looks like"},
        {"paper:\n  pairs:\n    - {tick: 1}\n", "f.yaml:3:7: paper.pairs[].pair is missing"},
        {"paper:\n  pairs:\n    - {pair: eth}\n", "f.yaml:3:14: paper.pairs[].pair: 'eth' is not"},
        {"paper:\n  pairs:\n    - {pair: ETH/USDT, tik: 1}\n",
         "f.yaml:3:24: unknown key paper.pairs[].tik; did you mean tick?"},
        {"paper:\n  pairs:\n    - {pair: ETH/USDT, tick: 0}\n", "f.yaml:3:30: paper.pairs[].tick:"},
        {"paper:\n  pairs:\n    - {pair: ETH/USDT, lot: -1}\n", "f.yaml:3:29: paper.pairs[].lot: "},
        {"paper:\n  pairs:\n    - {pair: ETH/USDT, status: closed}\n",
         "f.yaml:3:32: paper.pairs[].status: 'closed' is no status of a pair; one of: trading"},
        {"paper:\n  pairs:\n    - {pair: ETH/USDT, status: halted, renamed_to: BTC/USDT}\n",
         "f.yaml:3:7: paper.pairs: ETH/USDT was renamed, so its status is delisted"},
        {"paper:\n  pairs:\n    - {pair: ETH/USDT, renamed_to: ETH/USDT}\n",
         "f.yaml:3:36: paper.pairs[].renamed_to: 'ETH/USDT' is not another pair"},
        {"paper:\n  pairs:\n    - {pair: X/USDT, tick: 1}\n",
         "f.yaml:3:7: paper.pairs: X/USDT is not built in, so it needs tick and lot"},
        {"paper:\n  pairs:\n    - {pair: ETH/USDT}\n    - {pair: ETH/USDT}\n",
         "f.yaml:4:7: paper.pairs: ETH/USDT is listed twice"},
    };
    expect_each(faults);
}

TEST(Config, SaysWhatIsWrongWithATarget) {
    const Fault faults[] = {
        {"alerts:\n  targets: x\n", "f.yaml:2:12: alerts.targets must be a list"},
        {"alerts:\n  targets:\n    - x\n", "f.yaml:3:7: alerts.targets: an item looks like"},
        {"alerts:\n  targets:\n    - {url: 'https://x/'}\n",
         "f.yaml:3:7: alerts.targets[].name is missing"},
        {"alerts:\n  targets:\n    - {name: a}\n", "f.yaml:3:7: alerts.targets[].url is missing"},
        {"alerts:\n  targets:\n    - {name: a, url: 'https://x/', mail: a@b.c}\n",
         "f.yaml:3:7: alerts.targets[] has more than one of url, mail and command"},
        {"alerts:\n  targets:\n    - {name: a, mail: a@b.c, secret_file: x}\n",
         "f.yaml:3:7: alerts.targets[] has a secret_file or ca_file, but no url"},
        {"alerts:\n  targets:\n    - {name: a, mail: '-f@x y'}\n",
         "f.yaml:3:23: alerts.targets[].mail: '-f@x y' is no address"},
        {"alerts:\n  targets:\n    - {name: a, command: /bin/tell}\n",
         "f.yaml:3:26: alerts.targets[].command: '/bin/tell' is no list of words"},
        {"alerts:\n  targets:\n    - {name: a, command: [tell, x]}\n",
         "f.yaml:3:26: alerts.targets[].command: 'tell' is no absolute path"},
        {"alerts:\n  sendmail: sendmail\n",
         "f.yaml:2:13: alerts.sendmail: 'sendmail' is no absolute path"},
        {"alerts:\n  targets:\n    - {name: A b, url: 'https://x/'}\n",
         "f.yaml:3:14: alerts.targets[].name: 'A b' is not 1 to 32"},
        {"alerts:\n  targets:\n    - {name: a, url: 'https://u:p@x/'}\n",
         "f.yaml:3:22: alerts.targets[].url has a user in it"},
        {"alerts:\n  targets:\n    - {name: a, url: 'https://x/', quite: x}\n",
         "f.yaml:3:36: unknown key alerts.targets[].quite; did you mean quiet?"},
        {"alerts:\n  targets:\n    - {name: a, url: 'https://x/', quiet: '24:00-06:00'}\n",
         "f.yaml:3:43: alerts.targets[].quiet: '24:00-06:00' is no window"},
        {"alerts:\n  targets:\n    - {name: a, url: 'https://x/', quiet: '06:00-06:00'}\n",
         "f.yaml:3:43: alerts.targets[].quiet: '06:00-06:00' is no window"},
        {"alerts:\n  targets:\n    - {name: a, url: 'https://x/', users: alice}\n",
         "f.yaml:3:43: alerts.targets[].users: 'alice' is no list"},
        {"alerts:\n  targets:\n    - {name: a, url: 'https://x/', severity: alert}\n",
         "f.yaml:3:46: alerts.targets[].severity: 'alert' is none of info"},
        {"alerts:\n  targets:\n    - {name: a, url: 'https://x/'}\n    - {name: a, url: "
         "'http://y/'}\n",
         "f.yaml:4:7: alerts.targets: a is listed twice"},
        {"alerts:\n  heartbeat_url: soon\n", "f.yaml:2:18: alerts.heartbeat_url: '…' is no http"},
        {"kraken:\n  rest: http://api.kraken.com\n",
         "f.yaml:2:9: kraken.rest: 'http://api.kraken.com' would go in the clear"},
        {"kraken:\n  rest: http://127.evil.example\n",
         "f.yaml:2:9: kraken.rest: 'http://127.evil.example' would go in the clear"},
        {"kraken:\n  rest: https://api.kraken.com/0\n",
         "f.yaml:2:9: kraken.rest: 'https://api.kraken.com/0' has a path"},
        {"kraken:\n  websocket: https://ws.kraken.com/v2\n",
         "f.yaml:2:14: kraken.websocket: 'https://ws.kraken.com/v2' is no ws"},
        {"kraken:\n  ca_file: roots.pem\n",
         "f.yaml:2:12: kraken.ca_file: 'roots.pem' is no absolute path"},
        {"kraken:\n  pairs: ETH/USD BTC\n",
         "f.yaml:2:10: kraken.pairs: 'BTC' is no pair such as ETH/USD"},
        {"kraken:\n  pairs: ETH/USD BTC/USD ETH/USD\n",
         "f.yaml:2:10: kraken.pairs: 'ETH/USD' is there twice"},
        {"kraken:\n  pairs: ' '\n", "f.yaml:2:10: kraken.pairs: '' names no pair"},
    };
    expect_each(faults);
}

TEST(Config, WhatIsOnTheLoopbackMayGoInTheClear) {
    for (const char* const host : {"127.0.0.1", "127.9.9.9", "localhost", "[::1]"}) {
        const std::string at = fmt::format("{}:8080", host);
        const Config config =
            good(fmt::format("kraken: {{rest: 'http://{0}', websocket: 'ws://{0}/v2'}}\n", at));
        EXPECT_EQ(config.kraken.rest, "http://" + at);
        EXPECT_EQ(config.kraken.websocket, "ws://" + at + "/v2");
    }
}

TEST(Config, RulesBetweenKeysPointAtTheFirstOfThem) {
    EXPECT_TRUE(bad("store:\n  disk_alert_pct: 96\n")
                    .starts_with("f.yaml:2:3: store.disk_alert_pct: must be below "));
    EXPECT_TRUE(bad("store:\n  retention:\n    prices: 2d\n")
                    .starts_with("f.yaml:3:5: store.retention.prices: must not be below"));
    EXPECT_NE(bad("control: {max_connections: 8, reserved_connections: 8}\n"), "accepted");
    EXPECT_NE(bad("control: {max_connections: 16}\n"), "accepted");
    EXPECT_NE(bad("control: {burst: 10}\n"), "accepted");
}

TEST(Config, EveryFaultIsListedInTheOrderOfTheFile) {
    const std::string message = bad("log: {level: loud}\nstore:\n  pth: 1\n  ballast_mib: x\n");
    const std::size_t first = message.find("f.yaml:1:14: log.level");
    const std::size_t second = message.find("\nf.yaml:3:3: unknown key store.pth");
    const std::size_t third = message.find("\nf.yaml:4:16: store.ballast_mib");
    EXPECT_TRUE(first == 0 && first < second && second < third && third < message.size())
        << message;
    std::string many;
    for (int i = 0; i < 100; ++i)
        many += "key_" + std::to_string(i) + ": 1\n";
    EXPECT_NE(bad(many).find("\nand 80 more"), std::string::npos);
}

TEST(Config, DeepOrHostileTextIsAnErrorNotACrash) {
    EXPECT_NE(bad(std::string(100'000, '[')), "accepted");
    EXPECT_NE(bad(std::string(100'000, '{')), "accepted");
    EXPECT_NE(bad("\xff\xfe\xfa:"), "accepted");
    EXPECT_NE(bad("store:\n  path: \"a\\0b\"\n"), "accepted");
}

TEST(Config, LoadReadsAFileAndNamesIt) {
    const std::filesystem::path folder =
        std::filesystem::path{testing::TempDir()} / ("config-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const std::string path = (folder / "c.yaml").string();
    std::ofstream{path} << "log: {level: alert}\n";
    EXPECT_EQ(load(path).value().log.level, LogLevel::Alert);
    std::ofstream{path} << "lg: {}\n";
    EXPECT_TRUE(load(path).error().message().starts_with(path + ":1:1: unknown key lg"));
    std::ofstream{path} << "";
    EXPECT_TRUE(load(path).has_value());
    std::ofstream{path} << std::string(2'000'000, '#');
    EXPECT_EQ(load(path).error().code(), Errc::ConfigInvalid);
    EXPECT_EQ(load(folder.string()).error().code(), Errc::ConfigInvalid);
    EXPECT_EQ(load((folder / "none.yaml").string()).error().code(), Errc::ConfigInvalid);
    std::filesystem::remove_all(folder);
}

TEST(Keys, TableIsSound) {
    std::set<std::string> names;
    for (const Key& key : keys()) {
        EXPECT_TRUE(names.insert(env_name(key)).second) << key.name << " is not unique";
        EXPECT_FALSE(key.doc.empty()) << key.name;
        EXPECT_EQ(key.low.empty(), key.high.empty()) << key.name;
        EXPECT_EQ(find_key(key.name), &key);
        Config config = defaults();
        EXPECT_EQ(value_text(config, key), key.fallback) << key.name;
        EXPECT_TRUE(assign(config, key, key.fallback).has_value()) << key.name;
        if (key.low.empty()) continue;
        EXPECT_TRUE(assign(config, key, key.low).has_value()) << key.name;
        EXPECT_EQ(value_text(config, key), key.low) << key.name;
        EXPECT_TRUE(assign(config, key, key.high).has_value()) << key.name;
        EXPECT_FALSE(assign(config, key, "nonsense").has_value()) << key.name;
        EXPECT_EQ(value_text(config, key), key.high) << key.name << " changed by a bad value";
    }
    EXPECT_EQ(env_name(*find_key("store.retention.prices_full")),
              "VAULTD_STORE_RETENTION_PRICES_FULL");
    EXPECT_TRUE(check_together(defaults()).has_value());
}

// Of "open or closed".
std::string_view last_word(std::string_view text) {
    return text.substr(text.rfind(' ') + 1);
}

// Two keys must not share one place: each one changes its own value only.
TEST(Keys, EachKeyHasItsOwnPlace) {
    for (const Key& key : keys()) {
        Config config = defaults();
        const bool text = key.type == "path" || key.type == "name";
        const std::string_view other = text                       ? "elsewhere"
                                       : key.type == "asset"      ? "EUR"
                                       : key.type == "url"        ? "https://elsewhere/"
                                       : key.type == "program"    ? "/else/where"
                                       : key.type == "pairs"      ? "DOGE/USD XRP/USD"
                                       : key.unit == "https"      ? "https://elsewhere"
                                       : key.unit == "wss"        ? "wss://elsewhere/v2"
                                       : key.type == "word"       ? last_word(key.unit)
                                       : key.type == "level"      ? "alert"
                                       : key.type == "fee asset"  ? "base"
                                       : key.fallback == key.high ? key.low
                                                                  : key.high;
        ASSERT_TRUE(assign(config, key, other).has_value()) << key.name;
        for (const Key& each : keys())
            EXPECT_EQ(value_text(config, each), each.name == key.name ? other : each.fallback)
                << key.name << " changed " << each.name;
    }
}

}  // namespace
}  // namespace vault::config
