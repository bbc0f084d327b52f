#include "daemon/app/check_report.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

namespace vault::app {
namespace {

TEST(CheckReport, IsADocumentOfVaultctl) {
    const auto right = boost::json::parse(check_document("c.yaml", {}));
    EXPECT_EQ(right.at("schema").as_string(), "vault.config.check/1");
    EXPECT_TRUE(right.at("ok").as_bool());
    EXPECT_EQ(right.at("data").at("result").as_string(), "right");
    const config::Reading reading = config::read_text({"c.yaml", {}, {}}, "log: {level: loud}\n");
    const auto wrong = boost::json::parse(check_document("c.yaml", reading.faults));
    EXPECT_FALSE(wrong.at("ok").as_bool());
    EXPECT_EQ(wrong.at("data").at("changes").at(0).at("key").as_string(), "log.level");
    EXPECT_EQ(wrong.at("data").at("changes").at(0).at("where").as_string(), "c.yaml:1:14");
    EXPECT_TRUE(wrong.at("data").at("faults").at(0).as_string().starts_with("c.yaml:1:14: log.le"));
    EXPECT_TRUE(boost::json::parse(check_document("", {})).at("data").at("file").is_null());
}

}  // namespace
}  // namespace vault::app
