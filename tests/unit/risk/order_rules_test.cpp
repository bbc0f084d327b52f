#include "daemon/risk/order_rules.hpp"

#include <gtest/gtest.h>

namespace vault::risk {
namespace {

using vault::literals::operator""_dec;

OrderFacts facts() {
    OrderFacts out;
    out.price = Price{"2000"_dec};
    out.last = Price{"2000"_dec};
    out.size = "100"_dec;
    return out;
}

std::string_view refused(const OrderRules& rules, const OrderFacts& facts) {
    const auto refusal = refuse_order(rules, facts);
    return refusal ? to_text(refusal->rule) : "";
}

TEST(OrderRules, AnOrderIsNearTheLastPrice) {
    OrderFacts order = facts();
    for (const auto& [price, rule] :
         {std::pair{"2100"_dec, ""}, std::pair{"1900"_dec, ""},
          std::pair{"2100.01"_dec, "price_band"}, std::pair{"1899.99"_dec, "price_band"}}) {
        order.price = Price{price};
        order.urgent = false;
        EXPECT_EQ(refused({}, order), rule) << price.text();
        order.urgent = true;
        EXPECT_EQ(refused({}, order), rule) << "a stop-loss too";
    }
    order = facts();
    order.last.reset();
    EXPECT_EQ(refused({}, order), "price_band");
    EXPECT_EQ(refuse_order({}, order)->found, "no fresh price");
}

TEST(OrderRules, ABuyIsNotTooLarge) {
    OrderRules rules;
    rules.max_order = "100"_dec;
    OrderFacts order = facts();
    EXPECT_EQ(refused(rules, order), "");
    order.size = "100.00000001"_dec;
    EXPECT_EQ(refused(rules, order), "max_order");
    order.size.reset();
    EXPECT_EQ(refused(rules, order), "max_order") << "what cannot be valued does not pass";
    order.side = Side::Sell;
    EXPECT_EQ(refused(rules, order), "") << "an exit has any size";
}

TEST(OrderRules, AnAccountSendsNotTooMany) {
    OrderRules rules;
    rules.max_orders_per_minute = 3;
    OrderFacts order = facts();
    order.sent = 2;
    EXPECT_EQ(refused(rules, order), "");
    order.sent = 3;
    EXPECT_EQ(refused(rules, order), "max_orders_per_minute");
    order.side = Side::Sell;
    EXPECT_EQ(refused(rules, order), "max_orders_per_minute");
    order.urgent = true;
    EXPECT_EQ(refused(rules, order), "");
}

TEST(OrderRules, OwnOrdersDoNotMeet) {
    OrderFacts order = facts();
    order.urgent = true;
    order.crossed = OrderId{VaultId{1}, SleeveKind::Flash, 7};
    EXPECT_EQ(refused({}, order), "self_cross");
    EXPECT_EQ(refuse_order({}, order)->limit, "v1.flash.7");
}

TEST(OrderRules, TwoCrossIfTheirLimitsSuitBoth) {
    OrderRequest buy, sell;
    buy.pair = sell.pair = Pair::parse("ETH/USDT").value();
    sell.side = Side::Sell;
    EXPECT_TRUE(would_cross(buy, sell)) << "no limit suits all";
    buy.limit = Price{"2000"_dec};
    EXPECT_TRUE(would_cross(sell, buy));
    sell.limit = Price{"2000"_dec};
    EXPECT_TRUE(would_cross(buy, sell));
    sell.limit = Price{"2000.01"_dec};
    EXPECT_FALSE(would_cross(buy, sell));
    EXPECT_FALSE(would_cross(sell, buy));
    sell.limit = {};
    sell.pair = Pair::parse("BTC/USDT").value();
    EXPECT_FALSE(would_cross(buy, sell));
    EXPECT_FALSE(would_cross(buy, buy));
}

}  // namespace
}  // namespace vault::risk
