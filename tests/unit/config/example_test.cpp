#include "daemon/config/config.hpp"
#include "daemon/config/keys.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace vault::config {
namespace {

std::string file_text() {
    std::ifstream file{std::string{VAULT_ROOT} + "/config.example.yaml"};
    return {std::istreambuf_iterator<char>{file}, {}};
}

TEST(Example, TheFileIsWhatTheTableSays) {
    const std::string expected = example_yaml();
    if (file_text() == expected) return;
    const std::string fresh = testing::TempDir() + "config.example.yaml";
    std::ofstream{fresh} << expected;
    FAIL() << "config.example.yaml differs from the key table; a fresh one is in " << fresh;
}

TEST(Example, LoadsToTheDefaults) {
    const auto config = load(std::string{VAULT_ROOT} + "/config.example.yaml");
    ASSERT_TRUE(config.has_value()) << config.error().message();
    for (const Key& key : keys())
        EXPECT_EQ(value_text(config.value(), key), key.fallback) << key.name;
    EXPECT_EQ(config.value().paper.pairs, defaults().paper.pairs);
}

TEST(Example, NamesEveryKeyWithUnitDefaultAndRange) {
    const std::string text = file_text();
    for (const Key& key : keys()) {
        const std::string name{key.name.substr(key.name.rfind('.') + 1)};
        EXPECT_NE(text.find(name + ": " + std::string{key.fallback} + "\n"), std::string::npos)
            << key.name;
        const std::string facts = std::string{key.type} + ": " + range_text(key) + "; default " +
                                  std::string{key.fallback} +
                                  (key.live ? "\n" : "; needs a restart\n");
        EXPECT_NE(text.find(facts), std::string::npos) << key.name;
    }
}

}  // namespace
}  // namespace vault::config
