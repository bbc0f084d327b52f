// The four sources together: who wins, where a key came from, and what is refused.
#include "daemon/config/sources.hpp"

#include "daemon/config/keys.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vault::config {
namespace {

Reading of(const std::string& text, Variables environment = {},
           std::vector<Override> command_line = {}) {
    return read_text({"c.yaml", std::move(environment), std::move(command_line)}, text);
}

std::string only_fault(const Reading& reading) {
    EXPECT_EQ(reading.faults.size(), 1U);
    return reading.faults.empty() ? "" : as_error(reading.faults).message();
}

TEST(Sources, CommandLineBeforeEnvironmentBeforeFileBeforeDefault) {
    const std::string file = "control:\n  socket: /file\n  burst: 300\nlog: {level: error}\n";
    const Variables environment{{"VAULTD_CONTROL_SOCKET", "/environment"},
                                {"VAULTD_LOG_LEVEL", "debug"}};
    const Reading all = of(file, environment, {{"control.socket", "/line", "--socket"}});
    ASSERT_TRUE(all.faults.empty()) << as_error(all.faults).message();
    EXPECT_EQ(all.config.control.socket, "/line");
    EXPECT_EQ(to_text(origin_of(all, "control.socket")), "--socket");
    EXPECT_EQ(all.config.log.level, LogLevel::Debug);
    EXPECT_EQ(to_text(origin_of(all, "log.level")), "VAULTD_LOG_LEVEL");
    EXPECT_EQ(all.config.control.burst, 300U);
    EXPECT_EQ(to_text(origin_of(all, "control.burst")), "c.yaml:3");
    EXPECT_EQ(to_text(origin_of(all, "store.path")), "default");
    EXPECT_EQ(of(file, environment).config.control.socket, "/environment");
    EXPECT_EQ(of(file).config.control.socket, "/file");
    EXPECT_EQ(of("").config.control.socket, "/run/vaultd/control.sock");
}

TEST(Sources, EveryKeyCanComeFromTheEnvironment) {
    for (const Key& key : keys()) {
        const Reading reading = of("", {{env_name(key), std::string{key.fallback}}});
        EXPECT_TRUE(reading.faults.empty()) << as_error(reading.faults).message();
        EXPECT_EQ(to_text(origin_of(reading, key.name)), env_name(key));
        EXPECT_FALSE(names_secret(key.name)) << key.name << " could not be shown";
    }
}

TEST(Sources, AFileThatAVariableOverrulesIsStillChecked) {
    const Reading reading = of("log: {level: loud}\n", {{"VAULTD_LOG_LEVEL", "info"}});
    EXPECT_TRUE(only_fault(reading).starts_with("c.yaml:1:14: log.level: 'loud'"));
}

TEST(Sources, VariablesThatAreWrongSayWhichAndWhatToDo) {
    const struct {
        const char* name;
        const char* value;
        const char* message;
    } rows[] = {
        {"VAULTD_STORE_DISK_ALERT_PCT", "x",
         "VAULTD_STORE_DISK_ALERT_PCT: store.disk_alert_pct: 'x' is not a whole number; accepted: "
         "10 to 99 % of the disk used; default 80"},
        {"VAULTD_STORE_DISK_ALERT_PCT", "",
         "VAULTD_STORE_DISK_ALERT_PCT: store.disk_alert_pct: ''"},
        {"VAULTD_STORE_DISC_ALERT_PCT", "70",
         "VAULTD_STORE_DISC_ALERT_PCT: no key has this variable; did you mean "
         "VAULTD_STORE_DISK_ALERT_PCT?"},
        {"VAULTD_XYZ_QUITE_SOMETHING_ELSE_ALTOGETHER", "1",
         "VAULTD_XYZ_QUITE_SOMETHING_ELSE_ALTOGETHER: no key has this variable; store.path has "},
        {"VAULTD_ALERTS_TARGETS", "[]",
         "VAULTD_ALERTS_TARGETS: alerts.targets is a list; write it in the"},
        {"VAULTD_PAPER_PAIRS", "[]", "VAULTD_PAPER_PAIRS: paper.pairs is a list; write it in the"},
        {"VAULTD_STORE_DISK_ALERT_PCT", "96",
         "VAULTD_STORE_DISK_ALERT_PCT: store.disk_alert_pct: must be below "
         "store.disk_stop_buys_pct (96 against 95)"},
    };
    for (const auto& row : rows) {
        const std::string message = only_fault(of("", {{row.name, row.value}}));
        EXPECT_TRUE(message.starts_with(row.message)) << message << "\nexpected " << row.message;
    }
}

TEST(Sources, ASecretInTheEnvironmentIsRefusedAndNeverRepeated) {
    for (const char* name : {"VAULTD_MASTER_KEY", "VAULTD_STORE_PASSWORD", "VAULTD_API_TOKEN",
                             "VAULTD_POSTGRES_DSN", "VAULTD_SECRET"}) {
        const Reading reading = of("", {{name, "hunter2"}});
        const std::string message = only_fault(reading);
        EXPECT_NE(message.find("a secret does not belong into the environment"), std::string::npos)
            << message;
        EXPECT_TRUE(message.starts_with(name)) << message;
        EXPECT_EQ(message.find("hunter2"), std::string::npos) << message;
        EXPECT_EQ(as_error(reading.faults).code(), Errc::ConfigInvalid);
    }
    EXPECT_TRUE(names_secret("store.password"));
    EXPECT_FALSE(names_secret("store.keyboard"));
}

TEST(Sources, FaultsOfAllSourcesAreToldTogether) {
    const Reading reading = of("log: {level: loud}\nstor: 1\n", {{"VAULTD_LOK_LEVEL", "info"}},
                               {{"control.socket", "", "--socket"}});
    ASSERT_EQ(reading.faults.size(), 4U);
    EXPECT_EQ(reading.faults[0].key, "log.level");
    EXPECT_EQ(reading.faults[1].key, "stor");
    EXPECT_EQ(reading.faults[1].at.line, 2);
    EXPECT_EQ(reading.faults[2].at.where, "VAULTD_LOK_LEVEL");
    EXPECT_EQ(reading.faults[3].at.where, "--socket");
}

TEST(Sources, OnlyVariablesOfVaultdAreTaken) {
    const char* const environment[] = {"PATH=/bin", "VAULTD_LOG_LEVEL=debug=x",
                                       "VAULTCTL_SOCKET=/s", "VAULTD_BROKEN", nullptr};
    const Variables found = variables_of(environment);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].first, "VAULTD_LOG_LEVEL");
    EXPECT_EQ(found[0].second, "debug=x");
    EXPECT_TRUE(variables_of(nullptr).empty());
}

TEST(Sources, AFileThatCannotBeReadIsAFault) {
    const Reading reading = read({"/none/at/all.yaml", {}, {}});
    EXPECT_NE(only_fault(reading).find("cannot read /none/at/all.yaml"), std::string::npos);
    EXPECT_TRUE(read({"", {}, {}}).faults.empty()) << "no file is every key at its default";
}

}  // namespace
}  // namespace vault::config
