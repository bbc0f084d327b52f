#include "tests/emulator/kraken/rest/order_params.hpp"

#include "tests/emulator/kraken/unit/desk.hpp"

namespace vault::kraken_emulator {
namespace {

class OrderParams : public testing::Test {
  protected:
    Answer<OrderTerms> asked(std::string_view form) {
        const Params params = Params::from_form(form).value();
        return asked_terms(desk_.exchange, params, desk_.exchange.now(), std::nullopt);
    }
    OrderTerms terms(std::string_view more) {
        const auto out = asked(std::string{"pair=XBTUSD&volume=0.1&"}.append(more));
        EXPECT_TRUE(out.has_value()) << (out ? "" : out.error().text);
        return out.value();
    }
    std::string refusal(std::string_view more) {
        const std::string usual = "pair=XBTUSD&type=buy&ordertype=limit&price=49000&volume=0.1&";
        const auto out = asked(usual + std::string{more});
        return out ? "accepted" : out.error().text;
    }

    Desk desk_;
};

TEST_F(OrderParams, ReadsALimitOrder) {
    const OrderTerms got = terms("type=buy&ordertype=limit&price=49000.5&oflags=post,fcib");
    EXPECT_EQ(got.pair, kPair);
    EXPECT_EQ(got.side, Side::Buy);
    EXPECT_EQ(got.limit, "49000.5"_dec);
    EXPECT_EQ(got.quantity, "0.1"_dec);
    EXPECT_TRUE(got.post_only && got.fee_in_base);
}

TEST_F(OrderParams, TriggeredTypesHaveTheirTriggerInPrice) {
    const OrderTerms got = terms("type=sell&ordertype=stop-loss-limit&price=48000&price2=47900");
    EXPECT_EQ(got.trigger, "48000"_dec);
    EXPECT_EQ(got.limit, "47900"_dec);
}

TEST_F(OrderParams, RelativePrices) {
    const auto limit = [&](std::string_view side, std::string_view price) {
        return terms("type=" + std::string{side} + "&ordertype=limit&price=" + std::string{price})
            .limit;
    };
    EXPECT_EQ(limit("buy", "%2B5"), "50005"_dec);
    EXPECT_EQ(limit("buy", "-5.04"), "49994.9"_dec);
    EXPECT_EQ(limit("buy", "-1%25"), "49500"_dec);
    EXPECT_EQ(limit("buy", "%23100"), "49900"_dec);
    EXPECT_EQ(limit("sell", "%23100"), "50100"_dec);
    EXPECT_EQ(refusal("price=+5"), "EGeneral:Invalid arguments:price") << "a plus is a blank";
}

TEST_F(OrderParams, AnExpiryMakesTheOrderGoodTillThen) {
    const OrderTerms got = terms("type=buy&ordertype=limit&price=1&expiretm=%2B30");
    EXPECT_EQ(got.force, TimeInForce::Gtd);
    EXPECT_EQ(got.expires, kStart + 30s);
    EXPECT_EQ(refusal("timeinforce=GTD"), "EGeneral:Invalid arguments:expiretm");
}

TEST_F(OrderParams, DeadlinesLieBetweenTwoAndSixtySeconds) {
    EXPECT_EQ(refusal("deadline=2026-03-04T00:00:01.9Z"), "EGeneral:Invalid arguments:deadline");
    EXPECT_EQ(refusal("deadline=2026-03-04T00:00:02Z"), "accepted");
    EXPECT_EQ(refusal("deadline=2026-03-04T00:01:01Z"), "EGeneral:Invalid arguments:deadline");
    EXPECT_EQ(refusal("deadline=2026-03-03T23:59:59Z"), "EService:Deadline elapsed");
    EXPECT_EQ(refusal("deadline=soon"), "EGeneral:Invalid arguments:deadline");
}

TEST_F(OrderParams, WhatIsMissingOrNotOfferedIsNamed) {
    EXPECT_EQ(refusal("pair=NOPE"), "EQuery:Unknown asset pair");
    EXPECT_EQ(refusal("type=hold"), "EGeneral:Invalid arguments:type");
    EXPECT_EQ(refusal("ordertype=trailing-stop"), "EGeneral:Invalid arguments:ordertype");
    EXPECT_EQ(refusal("trigger=index"), "EGeneral:Invalid arguments:trigger");
    EXPECT_EQ(refusal("reduce_only=true"), "EGeneral:Invalid arguments:reduce_only");
    EXPECT_EQ(refusal("starttm=soon"), "EGeneral:Invalid arguments:starttm");
    EXPECT_EQ(refusal("volume="), "EGeneral:Invalid arguments:volume");
    EXPECT_EQ(refusal("price="), "EGeneral:Invalid arguments:price");
    EXPECT_EQ(refusal("leverage=2"), "EGeneral:Invalid arguments:leverage");
    EXPECT_EQ(refusal("oflags=never"), "EGeneral:Invalid arguments:oflags");
    EXPECT_EQ(refusal("userref=99999999999"), "EGeneral:Invalid arguments:userref");
    EXPECT_EQ(refusal("close[ordertype]=never"), "EGeneral:Invalid arguments:close[ordertype]");
    EXPECT_EQ(refusal("close[price]=1"), "EGeneral:Invalid arguments:close[ordertype]");
    EXPECT_EQ(refusal("close[ordertype]=limit&close[price2]=1"),
              "EGeneral:Invalid arguments:close[price2]");
    EXPECT_EQ(refusal("close[ordertype]=limit&close[price]=%2B5"),
              "EGeneral:Invalid arguments:close[price]");
}

TEST_F(OrderParams, ClientIdsHaveThreeForms) {
    EXPECT_TRUE(is_client_id("6d2c2e5e-5a4b-4d4f-9b7e-1f0f5c9d3a21"));
    EXPECT_TRUE(is_client_id("6d2c2e5e5a4b4d4f9b7e1f0f5c9d3a21"));
    EXPECT_TRUE(is_client_id("meme-20240509-0001"));
    EXPECT_FALSE(is_client_id("meme-20240509-00010")) << "19";
    EXPECT_FALSE(is_client_id("6d2c2e5e-5a4b-4d4f-9b7e-1f0f5c9d3a2z"));
    EXPECT_FALSE(is_client_id("a b"));
    EXPECT_EQ(refusal("cl_ord_id=1234567890123456789012"), "EGeneral:Invalid arguments");
}

TEST(Params, JsonAndFormSayTheSame) {
    const Params form = Params::from_form("a=1.50&b=true&c=x%20y&e[f]=2").value();
    const Params json =
        Params::from_json(R"({"a":"1.50","b":true,"c":"x y","e":{"f":"2"}})").value();
    for (const Params* each : {&form, &json}) {
        EXPECT_EQ(each->decimal("a").value(), "1.5"_dec);
        EXPECT_TRUE(each->flag("b", false).value());
        EXPECT_EQ(each->text("c"), "x y");
        EXPECT_EQ(each->text("e[f]"), "2");
        EXPECT_FALSE(each->text("d").has_value());
    }
    EXPECT_EQ(Params::from_json(R"({"a":0.00005})").value().decimal("a").value(), "0.00005"_dec);
    EXPECT_FALSE(Params::from_form("a=%2").has_value());
    EXPECT_FALSE(Params::from_json("[]").has_value());
}

}  // namespace
}  // namespace vault::kraken_emulator
