#include "common/domain/asset.hpp"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <unordered_map>

namespace vault {
namespace {

static_assert(std::is_trivially_copyable_v<Asset> && std::is_trivially_copyable_v<Pair>);

TEST(Asset, ReadsNamesAndKeepsThem) {
    for (const char* text :
         {"A", "ETH", "USDT", "1INCH", "ETH.S", "USD_T", "X-Y", "ABCDEFGHIJKLMNO"})
        EXPECT_EQ(Asset::parse(text).value().text(), text);
    EXPECT_TRUE(Asset{}.empty());
    EXPECT_FALSE(Asset::parse("A").value().empty());
}

TEST(Asset, RefusesOtherNames) {
    for (const std::string& text :
         {std::string{}, std::string{"usdt"}, std::string{"ABCDEFGHIJKLMNOP"}, std::string{"A B"},
          std::string{"A/B"}, std::string{"A\0B", 3}, std::string{"\xc3\x84"},
          std::string{"ETH\n"}}) {
        const auto asset = Asset::parse(text);
        ASSERT_FALSE(asset.has_value()) << text;
        EXPECT_EQ(asset.error().code(), Errc::InvalidParams);
        EXPECT_FALSE(asset.error().hint().empty());
    }
}

TEST(Pair, ReadsAndWrites) {
    const Pair pair = Pair::parse("ETH/USDT").value();
    EXPECT_EQ(pair.base.text(), "ETH");
    EXPECT_EQ(pair.quote.text(), "USDT");
    EXPECT_EQ(pair.text(), "ETH/USDT");
    for (const char* text : {"", "ETH", "/", "ETH/", "/USDT", "ETH/ETH", "ETH/USDT/X", "eth/usdt",
                             "ETH-USDT", "ETH //USDT"})
        EXPECT_FALSE(Pair::parse(text).has_value()) << text;
}

TEST(Pair, IsAKey) {
    std::unordered_map<Pair, int> map;
    map[Pair::parse("ETH/USDT").value()] = 1;
    map[Pair::parse("USDT/ETH").value()] = 2;
    EXPECT_EQ(map.size(), 2U);
    EXPECT_EQ(map.at(Pair::parse("ETH/USDT").value()), 1);
    EXPECT_LT(Pair::parse("BTC/USDT").value(), Pair::parse("ETH/BTC").value());
}

}  // namespace
}  // namespace vault
