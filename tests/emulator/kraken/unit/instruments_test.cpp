#include "tests/emulator/kraken/exchange/instruments.hpp"

#include "tests/emulator/kraken/exchange/fees.hpp"
#include "tests/emulator/kraken/exchange/id_maker.hpp"
#include "tests/emulator/kraken/exchange/street.hpp"

#include <gtest/gtest.h>

#include <set>

namespace vault::kraken_emulator {
namespace {

using vault::literals::operator""_dec;

TEST(Instruments, RestTakesEveryNameOfAPair) {
    const Instruments listed = Instruments::usual();
    const auto wanted = listed.find_pair("XXBTZUSD");
    ASSERT_TRUE(wanted.has_value());
    for (const std::string_view name : {"XBTUSD", "XBT/USD", "BTC/USD"})
        EXPECT_EQ(listed.find_pair(name), wanted) << name;
    EXPECT_FALSE(listed.find_pair("BTCUSD").has_value());
}

TEST(Instruments, TheSocketTakesItsOwnSymbolAlone) {
    const Instruments listed = Instruments::usual();
    EXPECT_TRUE(listed.find_symbol("DOGE/USD").has_value());
    EXPECT_FALSE(listed.find_symbol("XBT/USD").has_value());
    EXPECT_FALSE(listed.find_symbol("XXBTZUSD").has_value());
}

TEST(Instruments, AssetsAreFoundByIdAndAltname) {
    const Instruments listed = Instruments::usual();
    EXPECT_EQ(listed.find_asset("XBT"), listed.find_asset("XXBT"));
    EXPECT_EQ(listed.find_asset("BTC"), nullptr);
}

TEST(Fees, ATierBeginsAtItsVolume) {
    EXPECT_EQ(fee_tier_of(kZero), 0U);
    EXPECT_EQ(fee_tier_of("9999.9999"_dec), 0U);
    EXPECT_EQ(fee_tier_of("10000"_dec), 1U);
    EXPECT_EQ(fee_tier_of("99999999"_dec), 9U);
    EXPECT_EQ(fee_on("1234.5678"_dec, "0.40"_dec, 4), "4.9382"_dec);
}

TEST(IdMaker, IdsHaveKrakensShapeAndNeverRepeat) {
    IdMaker ids{3}, again{3};
    std::set<std::string> seen;
    for (int i = 0; i < 10'000; ++i) {
        const std::string id = ids.next('O');
        ASSERT_EQ(id, again.next('O'));
        ASSERT_EQ(id.size(), 19U);
        ASSERT_TRUE(id[6] == '-' && id[12] == '-') << id;
        ASSERT_TRUE(seen.insert(id).second) << id;
    }
}

TEST(Street, LeavesThePriceFreeAndMovesLittle) {
    const Instruments listed = Instruments::usual();
    const PairInfo& pair = listed.pair(0);
    const Street one = street_around(pair, "50000"_dec, 50, 1);
    ASSERT_EQ(one.bids.size(), 50U);
    ASSERT_EQ(one.asks.size(), 50U);
    EXPECT_LT(one.bids.rbegin()->first, "50000"_dec);
    EXPECT_GT(one.asks.begin()->first, "50000"_dec);
    const Street two = street_around(pair, "50020"_dec, 50, 1);
    std::size_t same = 0;
    for (const auto& [price, quantity] : two.asks) {
        const auto found = one.asks.find(price);
        if (found != one.asks.end() && found->second == quantity) ++same;
    }
    EXPECT_GE(same, 45U);
}

TEST(Street, ACheapPairHasFewerBidsAndNoneAtZero) {
    const Instruments listed = Instruments::usual();
    const PairInfo& pair = listed.pair(*listed.find_pair("XDGXBT"));
    const Street street = street_around(pair, "0.00000002"_dec, 50, 1);
    EXPECT_EQ(street.bids.size(), 19U);
    EXPECT_EQ(street.bids.begin()->first, "0.000000001"_dec);
}

}  // namespace
}  // namespace vault::kraken_emulator
