// Shapes of answers, word for word as reference kraken.md has them, and the checks before them.
#include "tests/emulator/kraken/rest/gateway.hpp"

#include "common/protocol/codec.hpp"
#include "tests/emulator/kraken/rest/signature.hpp"
#include "tests/emulator/kraken/unit/desk.hpp"

#include <boost/json/serialize.hpp>

namespace vault::kraken_emulator {
namespace {

namespace json = boost::json;

class Rest : public testing::Test {
  protected:
    Rest() : gateway_(desk_.exchange) {
        ApiKey key;
        key.name = "main";
        key.key = "public";
        key.secret = base64("a secret");
        key.account = desk_.alice;
        for (std::size_t i = 0; i < kPermissions; ++i)
            key.permissions.add(static_cast<Permission>(i));
        gateway_.keys().add(key);
    }

    std::string get(std::string_view path_and_query) {
        Request request;
        request.method = "GET";
        const std::size_t mark = path_and_query.find('?');
        request.path = path_and_query.substr(0, mark);
        if (mark != std::string_view::npos) request.query = path_and_query.substr(mark + 1);
        return body_of(request);
    }
    std::string post(std::string_view method, std::string_view form = "") {
        Request request;
        request.path = std::string{"/0/private/"}.append(method);
        request.content_type = "application/x-www-form-urlencoded";
        const std::string nonce = std::to_string(++nonce_);
        request.body = "nonce=" + nonce + (form.empty() ? "" : "&") + std::string{form};
        return send(request, nonce);
    }
    std::string post_json(std::string_view method, std::string_view members) {
        Request request;
        request.path = std::string{"/0/private/"}.append(method);
        request.content_type = "application/json";
        const std::string nonce = std::to_string(++nonce_);
        request.body = "{\"nonce\":" + nonce + "," + std::string{members} + "}";
        return send(request, nonce);
    }
    std::string send(Request request, const std::string& nonce) {
        request.method = "POST";
        request.api_key = "public";
        request.api_sign = api_sign(base64("a secret"), request.path, nonce, request.body);
        return body_of(request);
    }
    std::string body_of(const Request& request) {
        std::string key;
        const auto admitted = gateway_.admit(request, key);
        if (!admitted) return Gateway::reply_of(admitted.error()).body;
        return Gateway::reply_of(gateway_.perform(admitted.value())).body;
    }
    static json::value parsed(const std::string& text) {
        return protocol::parse_json(text, protocol::kMaxReplyBytes).value();
    }
    static json::value result(const std::string& text) {
        const json::value all = parsed(text);
        EXPECT_TRUE(all.at("error").as_array().empty()) << text;
        return all.at("result");
    }
    // The only text in "error", with no result beside it.
    static std::string refusal(const std::string& text) {
        const json::value all = parsed(text);
        EXPECT_FALSE(all.as_object().contains("result")) << text;
        return std::string{all.at("error").at(0).as_string()};
    }
    std::string add(std::string_view form) {
        const json::value made = result(post("AddOrder", form));
        return std::string{made.at("txid").at(0).as_string()};
    }

    Desk desk_;
    Gateway gateway_;
    std::uint64_t nonce_ = 1'000;
};

TEST_F(Rest, TimeAndStatus) {
    EXPECT_EQ(get("/0/public/Time"), R"({"error":[],"result":{"unixtime":1772582400,)"
                                     R"("rfc1123":"Wed, 04 Mar 26 00:00:00 +0000"}})");
    EXPECT_EQ(get("/0/public/SystemStatus"),
              R"({"error":[],"result":{"status":"online","timestamp":"2026-03-04T00:00:00Z"}})");
}

TEST_F(Rest, ARefusalHasNoResult) {
    EXPECT_EQ(get("/0/public/Ticker?pair=NOPE"), R"({"error":["EQuery:Unknown asset pair"]})");
    EXPECT_EQ(get("/0/public/Nothing"), R"({"error":["EGeneral:Unknown method"]})");
}

TEST_F(Rest, AssetsAreKeyedByTheirId) {
    EXPECT_EQ(get("/0/public/Assets?asset=XBT"),
              R"({"error":[],"result":{"XXBT":{"aclass":"currency","altname":"XBT","decimals":10,)"
              R"("display_decimals":5,"status":"enabled"}}})");
}

TEST_F(Rest, AssetPairsTakeAnAltnameAndAnswerWithTheKey) {
    const json::value pair = result(get("/0/public/AssetPairs?pair=XBTUSD")).at("XXBTZUSD");
    EXPECT_EQ(pair.at("wsname").as_string(), "XBT/USD");
    EXPECT_EQ(pair.at("ordermin").as_string(), "0.00005");
    EXPECT_EQ(pair.at("tick_size").as_string(), "0.1");
    EXPECT_EQ(pair.at("pair_decimals").as_int64(), 1);
    EXPECT_EQ(pair.at("fees").as_array().size(), 10U);
    const json::value fees = result(get("/0/public/AssetPairs?pair=XBTUSD&info=fees"));
    EXPECT_FALSE(fees.at("XXBTZUSD").as_object().contains("altname"));
    EXPECT_EQ(result(get("/0/public/AssetPairs")).as_object().size(), 12U);
    desk_.exchange.set_listing(kPair, PairStatus::Delisted, "1"_dec);
    EXPECT_EQ(result(get("/0/public/AssetPairs")).as_object().size(), 11U);
}

TEST_F(Rest, TickerIsAllStringsButTheCounts) {
    const json::value ticker = result(get("/0/public/Ticker?pair=BTC/USD")).at("XXBTZUSD");
    EXPECT_EQ(ticker.at("c").at(0).as_string(), "50000.00000");
    EXPECT_EQ(ticker.at("c").at(1).as_string(), "1.00000000");
    EXPECT_EQ(ticker.at("o").as_string(), "50000.00000");
    EXPECT_EQ(ticker.at("t").at(0).as_int64(), 1);
    EXPECT_TRUE(ticker.at("a").at(2).as_string().ends_with(".000"));
}

TEST_F(Rest, OhlcKeepsToItsRowsAndShowsTheRunningOne) {
    desk_.pass(24h);
    desk_.street("51000"_dec, "0.5"_dec, Side::Buy);
    const json::value all = result(get("/0/public/OHLC?pair=XBTUSD&since=0"));
    const json::array& rows = all.at("XXBTZUSD").as_array();
    EXPECT_EQ(rows.size(), 720U);
    EXPECT_EQ(json::serialize(rows.back()),
              R"([1772668800,"51000.0","51000.0","51000.0","51000.0","51000.0","0.50000000",1])");
    EXPECT_EQ(json::serialize(rows.front().at(5)), R"("0.0")");
    const std::int64_t last = all.at("last").as_int64();
    EXPECT_EQ(last, 1772668800 - 60) << "the last one that is complete";
    const json::value newer =
        result(get("/0/public/OHLC?pair=XBTUSD&since=" + std::to_string(last)));
    EXPECT_EQ(newer.at("XXBTZUSD").as_array().size(), 1U) << "the running one is always there";
    EXPECT_EQ(refusal(get("/0/public/OHLC?pair=XBTUSD&interval=2")),
              "EGeneral:Invalid arguments:interval");
}

TEST_F(Rest, TradesPageByTheirLastId) {
    desk_.pass(1s);
    desk_.street("50001"_dec, "0.25"_dec);
    const json::value all = result(get("/0/public/Trades?pair=XBTUSD"));
    EXPECT_EQ(json::serialize(all.at("XXBTZUSD").at(1)),
              R"(["50001.00000","0.25000000",1772582401,"s","m","",2])");
    EXPECT_EQ(all.at("last").as_string(), "1772582401000000000");
    const json::value one = result(get("/0/public/Trades?pair=XBTUSD&since=0&count=1"));
    EXPECT_EQ(one.at("XXBTZUSD").as_array().size(), 1U);
    const std::string last{one.at("last").as_string()};
    const json::value next = result(get("/0/public/Trades?pair=XBTUSD&since=" + last));
    EXPECT_EQ(next.at("XXBTZUSD").at(0).at(6).as_int64(), 2);
}

TEST_F(Rest, DepthIsSortedFromTheMiddle) {
    const json::value book = result(get("/0/public/Depth?pair=XBTUSD&count=3")).at("XXBTZUSD");
    ASSERT_EQ(book.at("asks").as_array().size(), 3U);
    const auto price = [&](std::string_view side, std::size_t i) {
        return Decimal::parse(std::string_view{book.at(side).at(i).at(0).as_string()}).value();
    };
    EXPECT_LT(price("asks", 0), price("asks", 1));
    EXPECT_GT(price("bids", 0), price("bids", 1));
    EXPECT_LT(price("bids", 0), price("asks", 0));
}

TEST_F(Rest, BalancesHaveTheDigitsOfTheirAsset) {
    EXPECT_EQ(post("Balance"),
              R"({"error":[],"result":{"XXBT":"1.0000000000","ZUSD":"10000.0000"}})");
    add("pair=XBTUSD&type=buy&ordertype=limit&price=49000&volume=0.1");
    EXPECT_EQ(
        post("BalanceEx"),
        R"({"error":[],"result":{"XXBT":{"balance":"1.0000000000","hold_trade":"0.0000000000"},)"
        R"("ZUSD":{"balance":"10000.0000","hold_trade":"4919.6000"}}})");
}

TEST_F(Rest, AStakedBalanceIsShownUnderItsSuffix) {
    desk_.exchange.transfer(desk_.alice, Asset::parse("ETH.F").value(), "2.5"_dec, "earn", "");
    EXPECT_NE(post("Balance").find(R"("ETH.F":"2.5000000000")"), std::string::npos);
}

TEST_F(Rest, TheLedgerOfAStakedBalanceCanBeAskedFor) {
    for (const char* asset : {"ETH.F", "NEWCOIN"})
        desk_.exchange.transfer(desk_.alice, Asset::parse(asset).value(), "2.5"_dec, "earn", "");
    const auto count = [&](std::string_view asset) {
        return result(post("Ledgers", std::string{"asset="}.append(asset))).at("count").as_int64();
    };
    EXPECT_EQ(count("ETH.F"), 1);
    EXPECT_EQ(count("NEWCOIN,ETH.F"), 2);
    EXPECT_EQ(count("XBT.M"), 0) << "there could be some";
    EXPECT_EQ(refusal(post("Ledgers", "asset=NOPE.F")), "EQuery:Unknown asset");
}

TEST_F(Rest, AStakedBalanceIsWorthItsAsset) {
    desk_.exchange.transfer(desk_.alice, Asset::parse("XBT.M").value(), "3"_dec, "earn", "");
    EXPECT_EQ(result(post("TradeBalance")).at("eb").as_string(), "210000.0000");
}

TEST_F(Rest, AnOrderFromItsAcceptanceToItsEnd) {
    const std::string made =
        post("AddOrder", "pair=XBTUSD&type=buy&ordertype=limit&price=49000&volume=0.1&userref=7");
    const std::string id{result(made).at("txid").at(0).as_string()};
    EXPECT_EQ(result(made).at("descr").at("order").as_string(),
              "buy 0.10000000 XBTUSD @ limit 49000.0");
    EXPECT_EQ(json::serialize(result(post("OpenOrders")).at("open").at(id)),
              R"({"refid":null,"userref":7,"status":"open","opentm":1772582400,"starttm":0,)"
              R"("expiretm":0,"descr":{"pair":"XBTUSD","aclass":"forex","type":"buy",)"
              R"("ordertype":"limit","price":"49000.0","price2":"0","leverage":"none",)"
              R"("order":"buy 0.10000000 XBTUSD @ limit 49000.0","close":""},)"
              R"("vol":"0.10000000","vol_exec":"0.00000000","cost":"0.00000","fee":"0.00000",)"
              R"("price":"0.00000","stopprice":"0.00000","limitprice":"0.00000","misc":"",)"
              R"("oflags":"fciq"})");
    desk_.street("49000"_dec, "0.04"_dec);
    desk_.pass(1500ms);
    EXPECT_EQ(result(post("CancelOrder", "txid=" + id)).at("count").as_int64(), 1);
    const json::value closed = result(post("ClosedOrders", "trades=true"));
    EXPECT_EQ(closed.at("count").as_int64(), 1);
    const json::value& order = closed.at("closed").at(id);
    EXPECT_EQ(order.at("status").as_string(), "canceled");
    EXPECT_EQ(order.at("vol_exec").as_string(), "0.04000000");
    EXPECT_EQ(order.at("price").as_string(), "49000.00000");
    EXPECT_EQ(order.at("fee").as_string(), "4.90000");
    EXPECT_EQ(order.at("misc").as_string(), "partial");
    EXPECT_EQ(order.at("reason").as_string(), "User requested");
    EXPECT_EQ(json::serialize(order.at("closetm")), "1.7725824015E9");
    EXPECT_EQ(order.at("trades").as_array().size(), 1U);
    EXPECT_EQ(refusal(post("CancelOrder", "txid=" + id)), "EOrder:Unknown order");
}

TEST_F(Rest, AValidatedOrderHasNoTxid) {
    const json::value made = result(
        post("AddOrder", "pair=XBTUSD&type=buy&ordertype=market&volume=0.001&validate=true"));
    EXPECT_FALSE(made.as_object().contains("txid"));
    EXPECT_EQ(made.at("descr").at("order").as_string(), "buy 0.00100000 XBTUSD @ market");
    EXPECT_EQ(desk_.exchange.orders(), 0U);
    EXPECT_EQ(
        refusal(post("AddOrder", "pair=XBTUSD&type=buy&ordertype=market&volume=1&validate=true")),
        "EOrder:Insufficient funds");
}

TEST_F(Rest, StopOrdersAreDescribedInWords) {
    const json::value made =
        result(post("AddOrder",
                    "pair=XBTUSD&type=sell&ordertype=stop-loss-limit&price=48000"
                    "&price2=47900&volume=0.1"));
    EXPECT_EQ(made.at("descr").at("order").as_string(),
              "sell 0.10000000 XBTUSD @ stop loss 48000.0 -> limit 47900.0");
}

TEST_F(Rest, OrdersAreFoundByWhatTheClientCalledThem) {
    const std::string one =
        add("pair=XBTUSD&type=buy&ordertype=limit&price=100&volume=0.1&cl_ord_id=first");
    add("pair=XBTUSD&type=buy&ordertype=limit&price=100&volume=0.1&cl_ord_id=second");
    const json::value open = result(post("OpenOrders", "cl_ord_id=first")).at("open");
    ASSERT_EQ(open.as_object().size(), 1U);
    EXPECT_EQ(open.at(one).at("cl_ord_id").as_string(), "first");
    EXPECT_EQ(refusal(post("AddOrder",
                           "pair=XBTUSD&type=buy&ordertype=limit&price=100&volume=0.1"
                           "&cl_ord_id=first")),
              "EOrder:Duplicate order");
    EXPECT_EQ(result(post("CancelOrder", "cl_ord_id=first")).at("count").as_int64(), 1);
    EXPECT_EQ(result(post("ClosedOrders", "cl_ord_id=first")).at("count").as_int64(), 1);
    EXPECT_EQ(result(post("ClosedOrders", "cl_ord_id=second")).at("count").as_int64(), 0);
}

TEST_F(Rest, AUserrefCancelsAllItsOrders) {
    for (int i = 0; i < 3; ++i)
        add("pair=XBTUSD&type=buy&ordertype=limit&price=100&volume=0.1&userref=42");
    add("pair=XBTUSD&type=buy&ordertype=limit&price=100&volume=0.1&userref=43");
    EXPECT_EQ(result(post("CancelOrder", "txid=42")).at("count").as_int64(), 3);
    EXPECT_EQ(result(post("CancelAll")).at("count").as_int64(), 1);
}

TEST_F(Rest, ManyAreCanceledTogetherOrNotAtAll) {
    json::array ids;
    for (int i = 0; i < 30; ++i)
        ids.emplace_back(
            add("pair=XBTUSD&type=buy&ordertype=limit&price=100&volume=0.1&userref=7"));
    const auto open = [&] { return desk_.exchange.account(desk_.alice).open.size(); };
    const auto points = desk_.exchange.rate_count(desk_.alice, kPair);
    const std::string batch = R"("orders":)" + json::serialize(ids);
    EXPECT_EQ(refusal(post("CancelOrder", "txid=7")), "EOrder:Rate limit exceeded") << "8 for each";
    EXPECT_EQ(refusal(post_json("CancelOrderBatch", batch)), "EOrder:Rate limit exceeded");
    EXPECT_EQ(open(), 30U);
    EXPECT_EQ(desk_.exchange.rate_count(desk_.alice, kPair), points) << "and nothing is counted";
    desk_.pass(5min);
    desk_.exchange.set_status(SystemStatus::Maintenance);
    EXPECT_EQ(refusal(post("CancelOrder", "txid=7")), "EService:Unavailable");
    EXPECT_EQ(refusal(post_json("CancelOrderBatch", batch)), "EService:Unavailable");
    desk_.exchange.set_status(SystemStatus::Online);
    EXPECT_EQ(result(post_json("CancelOrderBatch", batch)).at("count").as_int64(), 30);
    EXPECT_EQ(refusal(post_json("CancelOrderBatch", batch)), "EOrder:Unknown order");
    EXPECT_EQ(open(), 0U);
    const std::string id = add("pair=XBTUSD&type=buy&ordertype=limit&price=100&volume=0.1");
    const std::string twice = R"("orders":[")" + id + R"(",")" + id + "\"]";
    EXPECT_EQ(result(post_json("CancelOrderBatch", twice)).at("count").as_int64(), 1);
    EXPECT_EQ(desk_.exchange.rate_count(desk_.alice, kPair), 9) << "canceled once, charged once";
}

TEST_F(Rest, OrdersOfABatchSucceedOrFailForThemselves) {
    const json::value made = result(
        post_json("AddOrderBatch",
                  R"("pair":"XBTUSD","orders":[)"
                  R"({"ordertype":"limit","type":"buy","price":"49000","volume":"0.1"},)"
                  R"({"ordertype":"limit","type":"buy","price":"49000.05","volume":"0.1"}])"));
    const json::array& orders = made.at("orders").as_array();
    ASSERT_EQ(orders.size(), 2U);
    const std::string id{orders[0].at("txid").at(0).as_string()};
    EXPECT_EQ(orders[1].at("error").as_string(), "EOrder:Tick size check failed");
    EXPECT_EQ(result(post_json("CancelOrderBatch", R"("orders":[")" + id + R"(","OAAAAA"])"))
                  .at("count")
                  .as_int64(),
              1);
}

TEST_F(Rest, ABatchIsChargedHalfAPointPerNewOrderAndAllPenaltiesOfTheCanceled) {
    const auto count = [&] { return desk_.exchange.rate_count(desk_.alice, kPair); };
    const std::string one = R"({"ordertype":"limit","type":"buy","price":"49000","volume":"0.01"})";
    const std::string bad = R"({"ordertype":"limit","type":"buy","price":"1.05","volume":"0.01"})";
    const std::string batch = R"("pair":"XBTUSD","orders":[)" + one + "," + one + "," + bad + "]";
    result(post_json("AddOrderBatch", batch + R"(,"validate":true)"));
    EXPECT_EQ(count(), 0);
    const json::value made = result(post_json("AddOrderBatch", batch));
    EXPECT_EQ(count(), 2) << "1.5, with the one that was refused";
    const auto id = [&](std::size_t i) {
        return json::serialize(made.at("orders").at(i).at("txid").at(0));
    };
    result(post_json("CancelOrderBatch", R"("orders":[)" + id(0) + "," + id(1) + "]"));
    EXPECT_EQ(count(), 18) << "8 for each, 17.5 in all";
    for (std::int64_t left = 180 - 18; left > 0; --left)
        add("pair=XBTUSD&type=buy&ordertype=limit&price=100&volume=0.1");
    const std::size_t open = desk_.exchange.account(desk_.alice).open.size();
    EXPECT_EQ(refusal(post_json("AddOrderBatch", batch)), "EOrder:Rate limit exceeded");
    EXPECT_EQ(desk_.exchange.account(desk_.alice).open.size(), open) << "none of it";
}

TEST_F(Rest, AmendKeepsTheTxid) {
    const std::string id = add("pair=XBTUSD&type=buy&ordertype=limit&price=49000&volume=0.1");
    const json::value amended =
        result(post("AmendOrder", "txid=" + id + "&limit_price=48000&order_qty=0.05"));
    EXPECT_TRUE(amended.at("amend_id").as_string().starts_with("T"));
    const json::value order = result(post("QueryOrders", "txid=" + id)).at(id);
    EXPECT_EQ(order.at("descr").at("price").as_string(), "48000.0");
    EXPECT_EQ(order.at("vol").as_string(), "0.05000000");
    EXPECT_EQ(order.at("misc").as_string(), "amended");
    EXPECT_EQ(refusal(post("AmendOrder", "txid=" + id)), "EGeneral:Invalid arguments");
}

TEST_F(Rest, TheSwitchTellsWhenItFires) {
    EXPECT_EQ(json::serialize(result(post("CancelAllOrdersAfter", "timeout=60"))),
              R"({"currentTime":"2026-03-04T00:00:00Z","triggerTime":"2026-03-04T00:01:00Z"})");
    EXPECT_EQ(result(post("CancelAllOrdersAfter", "timeout=0")).at("triggerTime").as_string(), "0");
}

TEST_F(Rest, TakerFillsAreOneTradeUnlessAskedElse) {
    desk_.exchange.transfer(desk_.alice, desk_.usd, "10000000"_dec, "deposit", "");
    const auto asks = desk_.exchange.book(kPair).top(Side::Sell, 3);
    const Decimal quantity = asks[0].quantity + asks[1].quantity + "0.01"_dec;
    const std::string id = add("pair=XBTUSD&type=buy&ordertype=market&volume=" + quantity.text());
    const json::value merged = result(post("TradesHistory"));
    ASSERT_EQ(merged.at("count").as_int64(), 1);
    const json::value& trade = merged.at("trades").as_object().begin()->value();
    EXPECT_EQ(trade.at("pair").as_string(), "XXBTZUSD") << "the key, where orders have the altname";
    EXPECT_EQ(trade.at("ordertxid").as_string(), id);
    EXPECT_FALSE(trade.at("maker").as_bool());
    const json::value each = result(post("TradesHistory", "consolidate_taker=false&ledgers=true"));
    ASSERT_EQ(each.at("count").as_int64(), 3);
    Decimal cost;
    for (const auto& [unused, part] : each.at("trades").as_object()) {
        cost += Decimal::parse(std::string_view{part.at("cost").as_string()}).value();
        EXPECT_EQ(part.at("ledgers").as_array().size(), 2U);
    }
    EXPECT_EQ(cost, Decimal::parse(std::string_view{trade.at("cost").as_string()}).value());
}

TEST_F(Rest, HistoriesComeInPagesOfFifty) {
    for (int i = 0; i < 60; ++i) {
        desk_.exchange.advance(desk_.exchange.now() + 10min);
        add("pair=XBTUSD&type=buy&ordertype=market&volume=0.0001");
    }
    const json::value first = result(post("TradesHistory"));
    EXPECT_EQ(first.at("count").as_int64(), 60);
    EXPECT_EQ(first.at("trades").as_object().size(), 50U);
    const json::value second = result(post("TradesHistory", "ofs=50&without_count=true"));
    EXPECT_EQ(second.at("trades").as_object().size(), 10U);
    EXPECT_FALSE(second.as_object().contains("count"));
    const json::value rows = result(post("Ledgers", "type=trade&asset=XBT"));
    EXPECT_EQ(rows.at("count").as_int64(), 60);
    const std::int64_t start = 1772582400 + 600 * 58;
    const json::value late = result(post("TradesHistory", "start=" + std::to_string(start)));
    EXPECT_EQ(late.at("count").as_int64(), 2) << "the start itself is left out";
}

TEST_F(Rest, FeesOfTheTierAndTheNextOne) {
    desk_.exchange.set_earlier_volume(desk_.alice, "12000"_dec);
    const json::value fees = result(post("TradeVolume", "pair=XBTUSD"));
    EXPECT_EQ(json::serialize(fees.at("fees").at("XXBTZUSD")),
              R"({"fee":"0.3500","minfee":"0.1000","maxfee":"0.4000","nextfee":"0.2400",)"
              R"("nextvolume":"50000.0000","tiervolume":"10000.0000"})");
    EXPECT_EQ(fees.at("volume").as_string(), "12000.0000");
    EXPECT_TRUE(result(post("TradeVolume")).at("fees").is_null());
}

TEST_F(Rest, AKeyTellsWhatItMayDoToWhoeverHoldsIt) {
    ApiKey& key = *gateway_.keys().find_name("main");
    key.permissions = {Permission::WithdrawFunds};
    EXPECT_EQ(refusal(post("Balance")), "EGeneral:Permission denied");
    const json::value info = result(post("GetApiKeyInfo"));
    EXPECT_EQ(json::serialize(info.at("permissions")), R"(["withdraw-funds"])");
    EXPECT_EQ(info.at("nonce_window").as_string(), "0");
    EXPECT_EQ(info.at("nonce").as_string(), std::to_string(nonce_));
}

TEST_F(Rest, HistoryCostsTwoPointsAndOrdersNone) {
    for (int i = 0; i < 10; ++i)
        result(post("Ledgers"));
    EXPECT_EQ(refusal(post("Balance")), "EAPI:Rate limit exceeded");
    add("pair=XBTUSD&type=buy&ordertype=limit&price=100&volume=0.1");
}

TEST_F(Rest, TheOrderOfTheChecks) {
    Request request;
    request.method = "POST";
    request.path = "/0/private/Nothing";
    request.body = "nonce=5";
    EXPECT_EQ(refusal(body_of(request)), "EAPI:Invalid key");
    request.api_key = "public";
    EXPECT_EQ(refusal(body_of(request)), "EAPI:Invalid signature");
    EXPECT_EQ(refusal(post("Nothing")), "EGeneral:Unknown method");
    request.method = "GET";
    EXPECT_EQ(refusal(body_of(request)), "EGeneral:Unknown method");
}

}  // namespace
}  // namespace vault::kraken_emulator
