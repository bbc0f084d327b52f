#include "tests/emulator/kraken/market/synthetic_walk.hpp"

#include <gtest/gtest.h>

#include <map>

namespace vault::kraken_emulator {
namespace {

Market synthetic(const Instruments& listed, std::uint64_t seed, Moment start) {
    Market out{listed.pairs().size()};
    for (PairNo no = 0; no < listed.pairs().size(); ++no)
        out.set_source(no, std::make_unique<SyntheticWalk>(no, listed.pair(no), seed, start));
    return out;
}

constexpr Moment kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 4}};

TEST(SyntheticMarket, EveryPairMovesUpAsOftenAsDown) {
    const Instruments listed = Instruments::usual();
    std::map<PairNo, std::pair<int, int>> moves;  // up, down
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        Market market = synthetic(listed, seed, kStart);
        std::map<PairNo, Decimal> last;
        while (const auto trade = market.next_by(kStart + std::chrono::hours{2})) {
            const PairInfo& pair = listed.pair(trade->pair);
            ASSERT_EQ(trade->price, round_step(trade->price, pair.tick, Rounding::Down));
            ASSERT_EQ(trade->quantity, round_step(trade->quantity, pair.lot(), Rounding::Down));
            const auto before = last.try_emplace(trade->pair, pair.start_price).first;
            if (trade->price > before->second) ++moves[trade->pair].first;
            if (trade->price < before->second) ++moves[trade->pair].second;
            before->second = trade->price;
        }
    }
    ASSERT_EQ(moves.size(), listed.pairs().size());
    for (const auto& [pair, counts] : moves) {
        const auto [up, down] = counts;
        EXPECT_GT(up + down, 5'000) << listed.pair(pair).key;
        EXPECT_LT(std::abs(up - down), (up + down) / 20) << listed.pair(pair).key;
    }
}

TEST(SyntheticMarket, TradesAscendAndTheSameSeedGivesTheSame) {
    const Instruments listed = Instruments::usual();
    Market one = synthetic(listed, 3, kStart), two = synthetic(listed, 3, kStart);
    Moment before = kStart;
    for (int i = 0; i < 1'000; ++i) {
        const auto a = one.next_by(Moment::max()), b = two.next_by(Moment::max());
        ASSERT_TRUE(a && b);
        EXPECT_EQ(a->time, b->time);
        EXPECT_EQ(a->price, b->price);
        EXPECT_EQ(a->quantity, b->quantity);
        EXPECT_GE(a->time, before);
        before = a->time;
    }
    EXPECT_FALSE(one.next_by(kStart).has_value());
}

}  // namespace
}  // namespace vault::kraken_emulator
