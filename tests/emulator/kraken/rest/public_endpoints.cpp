#include "tests/emulator/kraken/exchange/fees.hpp"
#include "tests/emulator/kraken/rest/endpoint.hpp"
#include "tests/emulator/kraken/wire/json_writer.hpp"
#include "tests/emulator/kraken/wire/number_text.hpp"

#include <algorithm>
#include <array>

namespace vault::kraken_emulator {
namespace {

constexpr std::size_t kOhlcRows = 720;
constexpr std::int64_t kTradesMost = 1'000;
constexpr std::int64_t kDepthMost = 500;

Answer<std::string> get_time(const Call& call) {
    const Moment now = call.exchange.clock();
    JsonWriter json;
    json.begin_object().key("unixtime").number(whole_seconds(now));
    return json.member("rfc1123", rfc1123(now)).end_object().take();
}

Answer<std::string> get_system_status(const Call& call) {
    JsonWriter json;
    json.begin_object().member("status", to_text(call.exchange.status()));
    return json.member("timestamp", rfc3339(call.exchange.clock(), 0)).end_object().take();
}

Answer<std::string> get_assets(const Call& call) {
    const Instruments& listed = call.exchange.instruments();
    std::vector<const AssetInfo*> chosen;
    for (const std::string& name : call.params.list("asset")) {
        const AssetInfo* found = listed.find_asset(name);
        if (found == nullptr) return Refusal{refused::kUnknownAsset};
        chosen.push_back(found);
    }
    if (chosen.empty())
        for (const AssetInfo& each : listed.assets())
            chosen.push_back(&each);
    JsonWriter json;
    json.begin_object();
    for (const AssetInfo* each : chosen) {
        json.key(each->id.text()).begin_object().member("aclass", "currency");
        json.member("altname", each->altname).key("decimals").number(each->decimals);
        json.key("display_decimals").number(each->display_decimals);
        json.member("status", "enabled").end_object();
    }
    return json.end_object().take();
}

// Of "pair", else all that are listed; a delisted pair is unknown.
Answer<std::vector<PairNo>> chosen_pairs(const Call& call) {
    const Instruments& listed = call.exchange.instruments();
    const auto traded = [&](PairNo no) { return listed.pair(no).status != PairStatus::Delisted; };
    std::vector<PairNo> out;
    for (const std::string& name : call.params.list("pair")) {
        const auto found = listed.find_pair(name);
        if (!found || !traded(*found)) return Refusal{refused::kUnknownPair};
        out.push_back(*found);
    }
    if (out.empty())
        for (PairNo no = 0; no < listed.pairs().size(); ++no)
            if (traded(no)) out.push_back(no);
    return out;
}

Answer<PairNo> one_pair(const Call& call) {
    if (!call.params.text("pair")) return Refusal::invalid("pair");
    BOOST_OUTCOME_TRY(const auto pairs, chosen_pairs(call));
    return pairs.front();
}

void write_leverage(JsonWriter& json) {
    json.key("leverage_buy").begin_array().end_array();
    json.key("leverage_sell").begin_array().end_array();
}

void write_fees(JsonWriter& json) {
    for (const bool maker : {false, true}) {
        json.key(maker ? "fees_maker" : "fees").begin_array();
        for (const FeeTier& tier : fee_schedule()) {
            json.begin_array().number(tier.volume);
            json.raw((maker ? tier.maker : tier.taker).text()).end_array();
        }
        json.end_array();
    }
    json.member("fee_volume_currency", "ZUSD");
}

void write_margin(JsonWriter& json) {
    json.key("margin_call").number(80).key("margin_stop").number(40);
}

void write_listing(JsonWriter& json, const PairInfo& pair) {
    json.member("altname", pair.altname).member("wsname", pair.wsname);
    json.member("aclass_base", "currency").member("base", pair.base.text());
    json.member("aclass_quote", "currency").member("quote", pair.quote.text());
    json.member("lot", "unit").key("cost_decimals").number(pair.cost_decimals);
    json.key("pair_decimals").number(pair.price_decimals);
    json.key("lot_decimals").number(pair.lot_decimals).key("lot_multiplier").number(1);
    write_leverage(json);
    write_fees(json);
    write_margin(json);
    json.member("ordermin", pair.order_min.text()).member("costmin", pair.cost_min.text());
    json.member("tick_size", pair.tick.text()).member("status", to_text(pair.status));
}

Answer<std::string> get_asset_pairs(const Call& call) {
    BOOST_OUTCOME_TRY(const auto pairs, chosen_pairs(call));
    const std::string info = call.params.text("info").value_or("info");
    JsonWriter json;
    json.begin_object();
    for (const PairNo no : pairs) {
        const PairInfo& pair = call.exchange.instruments().pair(no);
        json.key(pair.key).begin_object();
        if (info == "info")
            write_listing(json, pair);
        else if (info == "leverage")
            write_leverage(json);
        else if (info == "fees")
            write_fees(json);
        else if (info == "margin")
            write_margin(json);
        else
            return Refusal::invalid("info");
        json.end_object();
    }
    return json.end_object().take();
}

// Ticker, Depth and Trades show more decimals than the pair has.
std::string wide_price(const PairInfo& pair, Decimal price) {
    return fixed(price, std::max(5, pair.price_decimals));
}

void write_best(JsonWriter& json, std::string_view key, const Exchange& exchange, PairNo no,
                Side side) {
    const PairInfo& pair = exchange.instruments().pair(no);
    const auto top = exchange.book(no).top(side, 1);
    const Decimal price = top.empty() ? kZero : top.front().price;
    const Decimal whole = top.empty() ? kZero : round_places(top.front().quantity, 0, Rounding::Up);
    json.key(key).begin_array().text(wide_price(pair, price));
    json.text(whole.text()).text(fixed(whole, 3)).end_array();
}

void write_ticker(JsonWriter& json, const Exchange& exchange, PairNo no) {
    const PairInfo& pair = exchange.instruments().pair(no);
    const Tape& tape = exchange.tape(no);
    const Moment midnight = std::chrono::floor<std::chrono::days>(exchange.now());
    const TapeStats today = tape.stats(midnight);
    const TapeStats day = tape.stats(exchange.now() - std::chrono::hours{24});
    const auto last = tape.last();
    const auto two = [&](std::string_view key, const std::string& a, const std::string& b) {
        json.key(key).begin_array().text(a).text(b).end_array();
    };
    json.key(pair.key).begin_object();
    write_best(json, "a", exchange, no, Side::Sell);
    write_best(json, "b", exchange, no, Side::Buy);
    two("c", wide_price(pair, exchange.last_price(no)), fixed(last ? last->quantity : kZero, 8));
    two("v", fixed(today.volume, 8), fixed(day.volume, 8));
    two("p", wide_price(pair, today.vwap()), wide_price(pair, day.vwap()));
    json.key("t").begin_array().number(today.count).number(day.count).end_array();
    two("l", wide_price(pair, today.low), wide_price(pair, day.low));
    two("h", wide_price(pair, today.high), wide_price(pair, day.high));
    json.member("o", wide_price(pair, today.open)).end_object();
}

Answer<std::string> get_ticker(const Call& call) {
    BOOST_OUTCOME_TRY(const auto pairs, chosen_pairs(call));
    JsonWriter json;
    json.begin_object();
    for (const PairNo no : pairs)
        write_ticker(json, call.exchange, no);
    return json.end_object().take();
}

// The newest rows, the running one with them; `since` is the last one that the client has.
Answer<std::string> get_ohlc(const Call& call) {
    BOOST_OUTCOME_TRY(const PairNo no, one_pair(call));
    BOOST_OUTCOME_TRY(const auto minutes, call.params.integer("interval"));
    BOOST_OUTCOME_TRY(const auto since, call.params.integer("since"));
    const auto index = interval_index(
        static_cast<int>(std::clamp<std::int64_t>(minutes.value_or(1), 0, kIntervals.back())));
    if (!index) return Refusal::invalid("interval");
    const PairInfo& pair = call.exchange.instruments().pair(no);
    const std::deque<CandleRow>& rows = call.exchange.tape(no).candles(*index);
    JsonWriter json;
    json.begin_object().key(pair.key).begin_array();
    for (std::size_t i = rows.size() - std::min(rows.size(), kOhlcRows); i < rows.size(); ++i) {
        const CandleRow& row = rows[i];
        const bool running = i + 1 == rows.size();
        if (!running && since && whole_seconds(row.begin) <= *since) continue;
        json.begin_array().number(whole_seconds(row.begin));
        for (const Decimal price : {row.open, row.high, row.low, row.close})
            json.text(fixed(price, pair.price_decimals));
        json.text(row.count == 0 ? "0.0" : fixed(row.vwap(), pair.price_decimals));
        json.text(fixed(row.volume, 8)).number(row.count).end_array();
    }
    const Moment last = rows.size() < 2 ? kNever : rows[rows.size() - 2].begin;
    return json.end_array().key("last").number(whole_seconds(last)).end_object().take();
}

Answer<std::string> get_depth(const Call& call) {
    BOOST_OUTCOME_TRY(const PairNo no, one_pair(call));
    BOOST_OUTCOME_TRY(const auto count, call.params.integer("count"));
    if (count && (*count < 1 || *count > kDepthMost)) return Refusal::invalid("count");
    const PairInfo& pair = call.exchange.instruments().pair(no);
    JsonWriter json;
    json.begin_object().key(pair.key).begin_object();
    for (const Side side : {Side::Sell, Side::Buy}) {
        json.key(side == Side::Sell ? "asks" : "bids").begin_array();
        const auto most = static_cast<std::size_t>(count.value_or(100));
        for (const LevelChange& level : call.exchange.book(no).top(side, most)) {
            json.begin_array().text(wide_price(pair, level.price));
            json.text(fixed(round_places(level.quantity, 3, Rounding::Up), 3));
            json.number(whole_seconds(call.exchange.now())).end_array();
        }
        json.end_array();
    }
    return json.end_object().end_object().take();
}

// `since` in seconds, or in nanoseconds as "last" gives it.
std::optional<Moment> since_of(std::optional<std::int64_t> since) {
    constexpr std::int64_t kSecondsMost = 9'000'000'000;
    if (!since) return std::nullopt;
    if (*since < kSecondsMost) return Moment{std::chrono::seconds{*since}};
    return Moment{Span{*since}};
}

Answer<std::string> get_trades(const Call& call) {
    BOOST_OUTCOME_TRY(const PairNo no, one_pair(call));
    BOOST_OUTCOME_TRY(const auto count, call.params.integer("count"));
    BOOST_OUTCOME_TRY(const auto since_given, call.params.integer("since"));
    if (count && (*count < 1 || *count > kTradesMost)) return Refusal::invalid("count");
    const PairInfo& pair = call.exchange.instruments().pair(no);
    const std::deque<PublicTrade>& trades = call.exchange.tape(no).trades();
    const auto most = count.value_or(kTradesMost);
    const auto since = since_of(since_given);
    auto from = trades.end() - std::min<std::ptrdiff_t>(most, std::ssize(trades));
    if (since)
        from = std::upper_bound(trades.begin(), trades.end(), *since,
                                [](Moment time, const PublicTrade& x) { return time < x.time; });
    const auto to = from + std::min<std::ptrdiff_t>(most, trades.end() - from);
    Moment last = since.value_or(kNever);
    JsonWriter json;
    json.begin_object().key(pair.key).begin_array();
    for (; from != to; ++from) {
        last = from->time;
        json.begin_array().text(wide_price(pair, from->price)).text(fixed(from->quantity, 8));
        json.raw(unix_seconds(from->time, 7)).text(from->side == Side::Buy ? "b" : "s");
        json.text(from->market ? "m" : "l").text("").number(from->id).end_array();
    }
    const std::string id = std::to_string(last.time_since_epoch().count());
    return json.end_array().member("last", id).end_object().take();
}

}  // namespace

std::span<const Endpoint> public_endpoints() {
    static const std::array<Endpoint, 8> kTable{{
        {"Time", get_time},
        {"SystemStatus", get_system_status},
        {"Assets", get_assets},
        {"AssetPairs", get_asset_pairs},
        {"Ticker", get_ticker},
        {"OHLC", get_ohlc},
        {"Depth", get_depth},
        {"Trades", get_trades},
    }};
    return kTable;
}

}  // namespace vault::kraken_emulator
