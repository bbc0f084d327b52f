// Kraken's names and ours: by hand-written lists, and by the lists that were recorded.
#include "daemon/exchange/kraken/answer.hpp"
#include "daemon/exchange/kraken/json.hpp"
#include "daemon/exchange/kraken/names.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace vault::exchange::kraken {
namespace {

using vault::literals::operator""_dec;

constexpr const char* kAssets = R"({
 "XXBT":{"aclass":"currency","altname":"XBT","decimals":10,"display_decimals":5},
 "XXDG":{"aclass":"currency","altname":"XDG","decimals":8},
 "XETH":{"aclass":"currency","altname":"ETH","decimals":10},
 "XTZ":{"aclass":"currency","altname":"XTZ","decimals":8},
 "ZRX":{"aclass":"currency","altname":"ZRX","decimals":10},
 "ZUSD":{"aclass":"currency","altname":"USD","decimals":4},
 "ZEUR":{"aclass":"currency","altname":"EUR","decimals":4},
 "USDT":{"aclass":"currency","altname":"USDT","decimals":8},
 "USDQ":{"aclass":"currency","altname":"USDQ","decimals":8},
 "DOT":{"aclass":"currency","altname":"DOT","decimals":10},
 "DOT28.S":{"aclass":"currency","altname":"DOT28.S","decimals":10},
 "XBT.M":{"aclass":"currency","altname":"XBT.M","decimals":10},
 "EUR.HOLD":{"aclass":"currency","altname":"EUR.HOLD","decimals":4},
 "AAPLx":{"aclass":"tokenized_asset","altname":"AAPLx","decimals":10}
})";

AssetNames names_of(std::string_view result) {
    auto read = AssetNames::read(result);
    EXPECT_TRUE(read) << read.error().message();
    return std::move(read).value();
}

Asset asset(std::string_view text) {
    return Asset::parse(text).value();
}

Pair pair(std::string_view text) {
    return Pair::parse(text).value();
}

std::string ours(const AssetNames& names, std::string_view id) {
    const auto found = names.asset_of(id);
    return found ? std::string{found->text()} : "none";
}

std::string balance(const AssetNames& names, std::string_view key) {
    const auto found = names.balance_of(key);
    if (!found) return "none";
    return std::string{found->asset.text()} + " " + std::string{suffix_of(found->holding)};
}

TEST(KrakenNames, AreReadOffTheListAndNotOffTheirLetters) {
    const AssetNames names = names_of(kAssets);
    EXPECT_EQ(ours(names, "XXBT"), "BTC");
    EXPECT_EQ(ours(names, "XBT"), "BTC");
    EXPECT_EQ(ours(names, "XXDG"), "DOGE");
    EXPECT_EQ(ours(names, "XDG"), "DOGE");
    EXPECT_EQ(ours(names, "XETH"), "ETH");
    EXPECT_EQ(ours(names, "ZUSD"), "USD");
    EXPECT_EQ(ours(names, "XTZ"), "XTZ");
    EXPECT_EQ(ours(names, "ZRX"), "ZRX");
    for (const char* id : {"TZ", "RX", "XXTZ", "ZZUSD", "BTC", "DOGE", "XLTC", "", "XBT.M", "xxbt"})
        EXPECT_EQ(ours(names, id), "none") << id;
    EXPECT_EQ(*names.id_of(asset("BTC")), "XXBT");
    EXPECT_EQ(*names.id_of(asset("XTZ")), "XTZ");
    EXPECT_EQ(names.id_of(asset("XBT")), nullptr);
    EXPECT_EQ(names.size(), 10U);
    ASSERT_EQ(names.left_out().size(), 1U);
    EXPECT_TRUE(names.left_out()[0].starts_with("AAPLx: "));
}

TEST(KrakenNames, ASuffixIsKeptApart) {
    const AssetNames names = names_of(kAssets);
    EXPECT_EQ(balance(names, "XXBT"), "BTC ");
    EXPECT_EQ(balance(names, "XBT.M"), "BTC .M");
    EXPECT_EQ(balance(names, "XXBT.M"), "BTC .M");
    EXPECT_EQ(balance(names, "ETH.F"), "ETH .F");
    EXPECT_EQ(balance(names, "DOT.S"), "DOT .S");
    EXPECT_EQ(balance(names, "DOT28.S"), "DOT28 .S");
    EXPECT_EQ(balance(names, "USDT.B"), "USDT .B");
    EXPECT_EQ(balance(names, "ETH.T"), "ETH .T");
    EXPECT_EQ(balance(names, "DOT.P"), "DOT .P");
    EXPECT_EQ(balance(names, "EUR.HOLD"), "EUR .HOLD");
    EXPECT_EQ(balance(names, "ETH2.S"), "ETH2 .S");
    for (const char* key : {"NEW", "ETH.X", ".S", "", "eth.S"})
        EXPECT_EQ(balance(names, key), "none") << key;
}

TEST(KrakenNames, OfTwoAssetsWithOneNameNeitherIsKnown) {
    const AssetNames names = names_of(R"({"XXBT":{"altname":"XBT"},"BTC":{"altname":"BTC"},
                                          "SOL":{"altname":"SOL"}})");
    for (const char* id : {"XXBT", "XBT", "BTC"})
        EXPECT_EQ(ours(names, id), "none") << id;
    EXPECT_EQ(names.id_of(asset("BTC")), nullptr);
    EXPECT_EQ(ours(names, "SOL"), "SOL");
    EXPECT_EQ(names.left_out().size(), 1U);
}

TEST(KrakenNames, AListThatIsNoneIsAnError) {
    for (const char* text : {"{}", "[]", "", "{\"XXBT\":1}", "{\"XXBT\":{}}", "{\"XXBT\":{\"alt"})
        EXPECT_FALSE(AssetNames::read(text)) << text;
}

// Of AssetPairs, as documented; %s is put in.
std::string entry(std::string_view key, std::string_view base, std::string_view quote,
                  std::string_view more) {
    std::string out = "\"";
    out.append(key)
        .append(R"(":{"altname":")")
        .append(key)
        .append(R"(","aclass_base":"currency",)");
    out.append(R"("base":")").append(base).append(R"(","aclass_quote":"currency","quote":")");
    return out.append(quote).append("\",").append(more).append("}");
}

constexpr std::string_view kUsual =
    R"("pair_decimals":1,"cost_decimals":5,"lot_decimals":8,"ordermin":"0.00005","costmin":"0.5",)"
    R"("tick_size":"0.1","status":"online")";

PairList list_of(const std::string& entries) {
    auto read = read_pairs("{" + entries + "}", names_of(kAssets));
    EXPECT_TRUE(read) << read.error().message();
    return std::move(read).value();
}

TEST(KrakenPairs, GiveTheRulesOfOurPair) {
    const PairList list = list_of(
        R"("XXBTZUSD":{"altname":"XBTUSD","wsname":"XBT/USD","aclass_base":"currency","base":"XXBT",
        "aclass_quote":"currency","quote":"ZUSD","lot":"unit","cost_decimals":5,"pair_decimals":1,
        "lot_decimals":8,"lot_multiplier":1,"leverage_buy":[2,3],"fees":[[0,0.4],[10000,0.35]],
        "ordermin":"0.00005","costmin":"0.5","tick_size":"0.1","status":"online"})");
    ASSERT_EQ(list.pairs.size(), 1U);
    EXPECT_EQ(list.pairs.at(pair("BTC/USD")), (ListedPair{{.pair = pair("BTC/USD"),
                                                           .tick = "0.1"_dec,
                                                           .lot = "0.00000001"_dec,
                                                           .min_cost = "0.5"_dec,
                                                           .min_quantity = "0.00005"_dec,
                                                           .status = PairStatus::Trading},
                                                          "XXBTZUSD",
                                                          "XBTUSD"}));
    EXPECT_TRUE(list.left_out.empty());
}

TEST(KrakenPairs, NumbersMayBeTextsAndTheTickMayBeMissing) {
    const PairList list = list_of(
        entry("DOTUSD", "DOT", "ZUSD",
              R"("pair_decimals":"4","lot_decimals":"8","ordermin":0.7,"costmin":5e-1,)"
              R"("status":"online")") +
        "," +
        entry("XTZUSD", "XTZ", "ZUSD", R"("pair_decimals":0,"lot_decimals":0,"status":"online")") +
        "," +
        entry("XTZEUR", "XTZ", "ZEUR",
              R"("pair_decimals":2,"lot_decimals":8,"tick_size":0.05,"status":"online")"));
    EXPECT_EQ(list.pairs.at(pair("XTZ/EUR")).rules.tick, "0.05"_dec);
    const PairRules& dot = list.pairs.at(pair("DOT/USD")).rules;
    EXPECT_EQ(dot.tick, "0.0001"_dec);
    EXPECT_EQ(dot.min_quantity, "0.7"_dec);
    EXPECT_EQ(dot.min_cost, "0.5"_dec);
    const PairRules& xtz = list.pairs.at(pair("XTZ/USD")).rules;
    EXPECT_EQ(xtz.tick, kOne);
    EXPECT_EQ(xtz.lot, kOne);
    EXPECT_TRUE(xtz.min_cost.is_zero() && xtz.min_quantity.is_zero());
}

TEST(KrakenPairs, AreByTheirAssetsWhateverTheirKeyLooksLike) {
    const PairList list = list_of(entry("XXBTUSDQ", "XXBT", "USDQ", kUsual) + "," +
                                  entry("ETHUSDT", "XETH", "USDT", kUsual) + "," +
                                  entry("XXDGXXBT", "XXDG", "XXBT", kUsual));
    EXPECT_EQ(list.pairs.at(pair("BTC/USDQ")).key, "XXBTUSDQ");
    EXPECT_EQ(list.pairs.at(pair("ETH/USDT")).key, "ETHUSDT");
    EXPECT_EQ(list.pairs.at(pair("DOGE/BTC")).key, "XXDGXXBT");
}

TEST(KrakenPairs, ABadOneIsLeftOutAndToldAndTheOthersStay) {
    const std::string good = entry("XTZUSD", "XTZ", "ZUSD", kUsual);
    const std::string stock =
        R"("AAPLxUSD":{"altname":"AAPLxUSD","aclass_base":"tokenized_asset","base":"XTZ",
           "aclass_quote":"currency","quote":"ZEUR","pair_decimals":2,"lot_decimals":8,
           "status":"online"})";
    const std::string entries[] = {
        stock,
        entry("NEWUSD", "NEW", "ZUSD", kUsual),
        entry("USDUSD", "ZUSD", "ZUSD", kUsual),
        entry("XTZUSD2", "XTZ", "ZUSD", kUsual),
        entry("XTZEUR", "XTZ", "ZEUR", R"("pair_decimals":1,"lot_decimals":19,"status":"online")"),
        entry("XTZEUR", "XTZ", "ZEUR", R"("pair_decimals":1,"status":"online")"),
        entry("XTZEUR", "XTZ", "ZEUR", R"("pair_decimals":1,"lot_decimals":8)"),
        entry("XTZEUR", "XTZ", "ZEUR",
              R"("pair_decimals":1,"lot_decimals":8,"tick_size":"-1","status":"online")"),
        entry("XTZEUR", "XTZ", "ZEUR",
              R"("pair_decimals":1,"lot_decimals":8,"ordermin":"x","status":"online")"),
        R"("XTZEUR":[])",
    };
    for (const std::string& bad : entries) {
        const PairList list = list_of(good + "," + bad);
        EXPECT_EQ(list.pairs.size(), 1U) << bad;
        ASSERT_EQ(list.left_out.size(), 1U) << bad;
    }
    EXPECT_FALSE(read_pairs("{" + stock + "}", names_of(kAssets)));
    EXPECT_FALSE(read_pairs("{}", names_of(kAssets)));
}

TEST(KrakenPairs, ItsWordsForAStatusAreUnderstood) {
    EXPECT_EQ(status_of_word("online"), PairStatus::Trading);
    EXPECT_EQ(status_of_word("limit_only"), PairStatus::Trading);
    EXPECT_EQ(status_of_word("reduce_only"), PairStatus::ReduceOnly);
    for (const char* status : {"cancel_only", "post_only"})
        EXPECT_EQ(status_of_word(status), PairStatus::CancelOnly) << status;
    EXPECT_EQ(status_of_word("maintenance"), PairStatus::Halted);
    for (const char* status : {"Online", "dancing", ""})
        EXPECT_FALSE(status_of_word(status)) << status;
}

TEST(KrakenPairs, AStatusThatWeDoNotKnowNeitherSendsNorGivesUp) {
    const PairList list = list_of(
        entry("XTZEUR", "XTZ", "ZEUR", R"("pair_decimals":1,"lot_decimals":8,"status":"dancing")"));
    ASSERT_EQ(list.pairs.size(), 1U);
    EXPECT_EQ(list.pairs.begin()->second.rules.status, PairStatus::CancelOnly);
}

std::string recording(const char* name) {
    const auto file = testing::shared_file("exchanges/kraken-samples") / name;
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

TEST(KrakenRecordings, AllListedAssetsHaveNames) {
    const std::string body = recording("Assets.2026-02.json");
    if (body.empty()) GTEST_SKIP() << "no recording of Assets; set VAULT_SHARED";
    const auto envelope = read_envelope(body);
    ASSERT_TRUE(envelope) << envelope.error().message();
    const AssetNames names = names_of(*envelope.value().result);
    EXPECT_EQ(names.left_out(), std::vector<std::string>{});
    EXPECT_EQ(names.size(), 732U - 41U);  // without those that have a suffix
    const std::pair<const char*, const char*> renamed[] = {
        {"KFEE", "FEE"}, {"XETC", "ETC"}, {"XETH", "ETH"}, {"XLTC", "LTC"},  {"XMLN", "MLN"},
        {"XREP", "REP"}, {"XXBT", "BTC"}, {"XXLM", "XLM"}, {"XXDG", "DOGE"}, {"XXMR", "XMR"},
        {"XXRP", "XRP"}, {"XZEC", "ZEC"}, {"ZARS", "ARS"}, {"ZAUD", "AUD"},  {"ZCAD", "CAD"},
        {"ZCOP", "COP"}, {"ZEUR", "EUR"}, {"ZGBP", "GBP"}, {"ZJPY", "JPY"},  {"ZMXN", "MXN"},
        {"ZUSD", "USD"},
    };
    for (const auto& [id, name] : renamed)
        EXPECT_EQ(ours(names, id), name);
    for (const char* id :
         {"XAN", "XAUT", "XCN", "XDC", "XION", "XL1",  "XMN", "XNAP",    "XNY",  "XPL",
          "XRT", "XTER", "XTZ", "XYO", "ZAMA", "ZBCN", "ZBT", "ZEREBRO", "ZETA", "ZEUS",
          "ZEX", "ZIG",  "ZK",  "ZKP", "ZORA", "ZRC",  "ZRO", "ZRX"})
        EXPECT_EQ(ours(names, id), id);
    EXPECT_EQ(balance(names, "XBT.M"), "BTC .M");
    EXPECT_EQ(balance(names, "USD.HOLD"), "USD .HOLD");
    EXPECT_EQ(balance(names, "KSM07.S"), "KSM07 .S");
}

TEST(KrakenRecordings, EveryFigureOfATickerIsReadAsItStands) {
    const std::string body = recording("Ticker.2026-02.json");
    if (body.empty()) GTEST_SKIP() << "no recording of Ticker; set VAULT_SHARED";
    const auto envelope = read_envelope(body);
    ASSERT_TRUE(envelope) << envelope.error().message();
    const auto pairs = members_of(*envelope.value().result);
    ASSERT_TRUE(pairs);
    EXPECT_EQ(pairs.value().size(), 1670U);
    std::size_t figures = 0;
    for (const Member& each : pairs.value()) {
        const auto members = members_of(each.value);
        ASSERT_TRUE(members) << each.name;
        for (const Member& field : members.value()) {
            const bool list = field.value.starts_with('[');
            const auto values = list ? items_of(field.value)
                                     : Result<std::vector<std::string_view>>{
                                           std::vector<std::string_view>{field.value}};
            ASSERT_TRUE(values) << each.name;
            for (const std::string_view value : values.value()) {
                ASSERT_TRUE(decimal_of(value)) << each.name << " " << field.name << " " << value;
                ++figures;
            }
        }
    }
    EXPECT_EQ(figures, 1670U * 19);
}

}  // namespace
}  // namespace vault::exchange::kraken
