#include "daemon/exchange/sim/venue.hpp"

#include <gtest/gtest.h>

namespace vault::exchange {
namespace {

using vault::literals::operator""_dec;

constexpr UtcTime kStart{std::chrono::sys_days{std::chrono::year{2024} / 3 / 4}};

class Sim : public ::testing::Test {
  protected:
    Sim() { EXPECT_TRUE(venue.deposit(usdt, "1000"_dec, kStart).has_value()); }

    OrderRequest buy(Decimal fraction = "0.996"_dec, Decimal base = "1000"_dec) {
        OrderRequest request;
        request.id = {VaultId{1}, SleeveKind::Flash, ++number};
        request.pair = rules.pair;
        request.spend_fraction = fraction;
        request.spend_base = base;
        request.fee_rate = venue.settings().fee_rate;
        return request;
    }
    OrderRequest sell(Decimal quantity) {
        OrderRequest request;
        request.id = {VaultId{1}, SleeveKind::Flash, ++number};
        request.pair = rules.pair;
        request.side = Side::Sell;
        request.quantity = Quantity{quantity};
        return request;
    }
    std::vector<VenueEvent> tick(Decimal price, bool gap = false) {
        ++position;
        return venue.on_tick({kStart + std::chrono::seconds{15 * position}, Price{price},
                              static_cast<std::uint64_t>(position), gap},
                             rules);
    }
    void accept(const OrderRequest& request) {
        const auto events = venue.place(request);
        ASSERT_EQ(events.size(), 1U);
        EXPECT_EQ(events[0], VenueEvent{Accepted{request.id}});
    }
    void refuse(const OrderRequest& request, const char* reason) {
        const auto events = venue.place(request);
        ASSERT_EQ(events.size(), 1U);
        EXPECT_EQ(events[0], (VenueEvent{Refused{request.id, reason}}));
    }
    void restart(const SimSettings& settings) {
        venue = SimVenue{settings};
        EXPECT_TRUE(venue.deposit(usdt, "1000"_dec, kStart).has_value());
    }
    static const Ended& ended(const std::vector<VenueEvent>& events) {
        return std::get<Ended>(events.back());
    }

    PairRules rules{Pair::parse("ETH/USDT").value(), "0.01"_dec, "0.0001"_dec, "5"_dec,
                    "0.0001"_dec};
    Asset usdt = Asset::parse("USDT").value();
    Asset eth = Asset::parse("ETH").value();
    SimVenue venue{SimSettings{}};
    std::uint32_t number = 0;
    int position = 0;
};

TEST_F(Sim, ABuyFillsOnTheNextTickAtTheSlippedPrice) {  // first fill of the shared vectors
    const OrderRequest request = buy();
    accept(request);
    EXPECT_EQ(venue.balance(usdt), (Balance{"4"_dec, "996"_dec}));
    const auto events = tick("1996.87"_dec);
    ASSERT_EQ(events.size(), 2U);
    const Fill& fill = std::get<Fill>(events[0]);
    EXPECT_EQ(fill.order, request.id);
    EXPECT_EQ(fill.trade_id, "T1");
    EXPECT_EQ(fill.price, Price{"1997.87"_dec});
    EXPECT_EQ(fill.quantity, Quantity{"0.4965"_dec});
    EXPECT_EQ(fill.cost, "991.942455"_dec);
    EXPECT_EQ(fill.fee, "3.96776982"_dec);
    EXPECT_EQ(fill.fee_asset, usdt);
    EXPECT_EQ(ended(events), (Ended{request.id, OrderState::Filled, "", fill.time}));
    EXPECT_EQ(venue.balance(usdt), (Balance{"4.08977518"_dec, kZero}));
    EXPECT_EQ(venue.balance(eth), (Balance{"0.4965"_dec, kZero}));
    EXPECT_TRUE(tick("1996.87"_dec).empty());
}

TEST_F(Sim, ASellFillsUnderTheTickAndPaysItsFee) {
    ASSERT_TRUE(venue.deposit(eth, "0.4965"_dec, kStart).has_value());
    accept(sell("0.4965"_dec));
    const auto events = tick("2015.72"_dec);
    const Fill& fill = std::get<Fill>(events[0]);
    EXPECT_EQ(fill.price, Price{"2014.71"_dec});
    EXPECT_EQ(fill.cost, "1000.303515"_dec);
    EXPECT_EQ(fill.fee, "4.00121406"_dec);
    EXPECT_EQ(venue.balance(usdt).free, "1996.30230094"_dec);
    EXPECT_EQ(venue.balance(eth).total(), kZero);
}

TEST_F(Sim, AGapLapsesABuyAndNotASell) {
    ASSERT_TRUE(venue.deposit(eth, "1"_dec, kStart).has_value());
    const OrderRequest request = buy();
    accept(request);
    accept(sell("1"_dec));
    const auto events = tick("2000"_dec, true);
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(std::get<Ended>(events[0]).state, OrderState::Canceled);
    EXPECT_EQ(std::get<Ended>(events[0]).reason, "lapsed_in_gap");
    EXPECT_EQ(std::get<Fill>(events[1]).side, Side::Sell);
    EXPECT_EQ(venue.balance(usdt).held, kZero);
}

TEST_F(Sim, MinimaAreTestedAtTheFill) {
    accept(buy(kOne, "5.01"_dec));
    const auto events = tick("2000"_dec);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(ended(events).state, OrderState::Canceled);
    EXPECT_EQ(ended(events).reason, "below_minimum");
    EXPECT_EQ(venue.balance(usdt), (Balance{"1000"_dec, kZero}));
}

TEST_F(Sim, NoOrderPassesTheWallet) {
    refuse(buy(kOne, "1000.01"_dec), "insufficient_balance");
    refuse(sell("0.0001"_dec), "insufficient_balance");
    accept(buy(kOne, "600"_dec));
    refuse(buy(kOne, "600"_dec), "insufficient_balance");
    EXPECT_FALSE(venue.withdraw(usdt, "401"_dec, kStart).has_value());
    EXPECT_TRUE(venue.withdraw(usdt, "400"_dec, kStart).has_value());
}

TEST_F(Sim, AnOrderIsPlacedOnce) {
    const OrderRequest request = buy(kOne, "100"_dec);
    accept(request);
    refuse(request, "duplicate_order");
    EXPECT_EQ(tick("2000"_dec).size(), 2U);
    refuse(request, "duplicate_order");
    EXPECT_TRUE(tick("2000"_dec).empty());
}

TEST_F(Sim, RefusesOrdersThatMakeNoSense) {
    refuse(buy(kZero), "bad_order");
    refuse(buy("-1"_dec), "bad_order");
    refuse(sell(kZero), "bad_order");
    OrderRequest unlimited = buy();
    unlimited.quantity = Quantity{"0.1"_dec};
    refuse(unlimited, "bad_order");
}

TEST_F(Sim, CancelGivesTheHoldBack) {
    const OrderRequest request = buy();
    accept(request);
    EXPECT_EQ(venue.live_orders(), std::vector{request.id});
    const auto events = venue.cancel(request.id, kStart);
    EXPECT_EQ(ended(events), (Ended{request.id, OrderState::Canceled, "canceled", kStart}));
    EXPECT_TRUE(venue.cancel(request.id, kStart).empty());
    EXPECT_EQ(venue.balance(usdt), (Balance{"1000"_dec, kZero}));
    EXPECT_TRUE(venue.live_orders().empty());
}

TEST_F(Sim, LatencyLetsTicksPass) {
    SimSettings settings;
    settings.latency_ticks = 2;
    restart(settings);
    accept(buy());
    EXPECT_TRUE(tick("2000"_dec).empty());
    EXPECT_TRUE(tick("2000"_dec).empty());
    EXPECT_EQ(tick("2000"_dec).size(), 2U);
}

TEST_F(Sim, AFeeInTheBaseComesOutOfWhatWasBought) {
    SimSettings settings;
    settings.fee_in = FeeIn::Base;
    restart(settings);
    accept(buy());
    const Fill fill = std::get<Fill>(tick("1996.87"_dec)[0]);
    EXPECT_EQ(fill.fee_asset, eth);
    EXPECT_EQ(fill.fee, "0.001986"_dec);
    EXPECT_EQ(venue.balance(eth).free, "0.494514"_dec);
    EXPECT_EQ(venue.balance(usdt).free, "8.057545"_dec);
}

TEST_F(Sim, ALimitOrderFillsWithinItsLimitOrNotAtAll) {
    OrderRequest request = buy();
    request.quantity = Quantity{"0.1"_dec};
    request.limit = Price{"2001"_dec};
    accept(request);
    EXPECT_EQ(venue.balance(usdt).held, "200.9004"_dec);
    EXPECT_EQ(std::get<Fill>(tick("2000"_dec)[0]).quantity, Quantity{"0.1"_dec});
    request.id.number = ++number;
    accept(request);
    EXPECT_EQ(ended(tick("2000.01"_dec)).reason, "limit");
}

TEST_F(Sim, RejectsAndPartsByChance) {
    SimSettings settings;
    settings.reject_per_million = 1'000'000;
    restart(settings);
    refuse(buy(), "rejected_by_venue");
    settings.reject_per_million = 0;
    settings.partial_fill_per_million = 1'000'000;
    restart(settings);
    accept(buy());
    Decimal bought;
    int fills = 0;
    while (!venue.live_orders().empty() && fills < 200) {
        for (const VenueEvent& event : tick("2000"_dec)) {
            if (!std::holds_alternative<Fill>(event)) continue;
            bought += std::get<Fill>(event).quantity.value;
            ++fills;
        }
    }
    EXPECT_GT(fills, 1);
    EXPECT_EQ(venue.balance(eth).free, bought);
}

TEST_F(Sim, HandTradesAndFundingLeaveRecords) {
    const FundingRecord in = venue.deposit(eth, "2"_dec, kStart).value();
    EXPECT_EQ(in, (FundingRecord{"F2", "deposit", eth, "2"_dec, kStart}));
    const FundingRecord out = venue.withdraw(eth, "1"_dec, kStart).value();
    EXPECT_EQ(out, (FundingRecord{"F3", "withdrawal", eth, "-1"_dec, kStart}));
    const HandTrade trade =
        venue.hand_trade(rules, Side::Buy, Quantity{"0.1"_dec}, Price{"2000"_dec}, kStart).value();
    EXPECT_EQ(trade.fill.trade_id, "T1");
    ASSERT_EQ(trade.records.size(), 2U);
    EXPECT_EQ(trade.records[0].amount, "-200.8"_dec);
    EXPECT_EQ(trade.records[1].amount, "0.1"_dec);
    EXPECT_EQ(trade.records[1].kind, "manual_trade");
    EXPECT_EQ(venue.balance(usdt).free, "799.2"_dec);
    EXPECT_EQ(venue.balance(eth).free, "1.1"_dec);
}

TEST_F(Sim, BadHandTradesAndFundingChangeNothing) {
    const std::string before = venue.save();
    const auto trade = [&](Decimal quantity, Decimal price) {
        return venue.hand_trade(rules, Side::Buy, Quantity{quantity}, Price{price}, kStart)
            .error()
            .code();
    };
    EXPECT_EQ(trade("0.00005"_dec, "2000"_dec), Errc::InvalidParams);
    EXPECT_EQ(trade("-1"_dec, "2000"_dec), Errc::InvalidParams);
    EXPECT_EQ(trade("1"_dec, "2000.001"_dec), Errc::InvalidParams);
    EXPECT_EQ(trade("0.0001"_dec, "2000"_dec), Errc::BelowMinimum);
    EXPECT_EQ(trade("1"_dec, "2000"_dec), Errc::InsufficientBalance);
    EXPECT_EQ(venue.deposit(usdt, kZero, kStart).error().code(), Errc::InvalidParams);
    EXPECT_EQ(venue.deposit(usdt, kWalletMax, kStart).error().code(), Errc::AmountTooLarge);
    EXPECT_EQ(venue.withdraw(eth, "1"_dec, kStart).error().code(), Errc::InsufficientBalance);
    EXPECT_EQ(venue.save(), before);
}

TEST_F(Sim, SavedStateIsChecked) {
    accept(buy());
    const std::string saved = venue.save();
    EXPECT_EQ(SimVenue::load(saved).value().save(), saved);
    EXPECT_FALSE(SimVenue::load("").has_value());
    EXPECT_FALSE(SimVenue::load(saved + " 1").has_value());
    EXPECT_FALSE(SimVenue::load("x" + saved).has_value());
    for (std::size_t cut = 0; cut + 1 < saved.size(); cut += 7)
        EXPECT_FALSE(SimVenue::load(saved.substr(0, cut)).has_value()) << cut;
    std::string wrong = saved;
    wrong.replace(wrong.find(" 996 "), 5, " 995 ");
    EXPECT_FALSE(SimVenue::load(wrong).has_value());
}

TEST(SimSettings, AreValidated) {
    SimSettings settings;
    EXPECT_TRUE(validate(settings).has_value());
    settings.slippage = kOne;
    EXPECT_EQ(validate(settings).error().field(), "slippage");
    settings = {};
    settings.reject_per_million = 1'000'001;
    EXPECT_EQ(validate(settings).error().field(), "reject_per_million");
}

TEST_F(Sim, AHaltExpiresAllOrdersOfThePairAlone) {
    accept(buy());
    OrderRequest other = buy("1"_dec, "1"_dec);
    other.id.vault = VaultId{2};
    other.pair = Pair::parse("BTC/USDT").value();
    accept(other);
    rules.status = PairStatus::Halted;
    const auto events = venue.on_status(rules, kStart);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(ended(events).state, OrderState::Expired);
    EXPECT_EQ(ended(events).reason, "pair_halted");
    EXPECT_EQ(venue.live_orders(), std::vector{other.id});
    EXPECT_EQ(venue.balance(usdt).held, "1"_dec);
    EXPECT_TRUE(venue.on_status(rules, kStart).empty());
}

TEST_F(Sim, CancelOnlyKeepsASellAndMatchesItOnceThePairTrades) {
    EXPECT_TRUE(venue.deposit(eth, "1"_dec, kStart).has_value());
    accept(sell("1"_dec));
    accept(buy());
    rules.status = PairStatus::CancelOnly;
    EXPECT_EQ(venue.on_status(rules, kStart).size(), 1U) << "the buy ends";
    EXPECT_TRUE(tick("2000"_dec).empty());
    rules.status = PairStatus::Trading;
    EXPECT_TRUE(venue.on_status(rules, kStart).empty());
    EXPECT_EQ(ended(tick("2000"_dec)).state, OrderState::Filled);
}

}  // namespace
}  // namespace vault::exchange
