#include "tests/emulator/kraken/socket/public_messages.hpp"

#include "tests/emulator/kraken/socket/checksum.hpp"
#include "tests/emulator/kraken/wire/json_writer.hpp"
#include "tests/emulator/kraken/wire/number_text.hpp"

#include <algorithm>

namespace vault::kraken_emulator {
namespace {

constexpr int kTimeDecimals = 6;

// {"channel":…,"type":…,"data":[ and what closes it again
JsonWriter begin(std::string_view channel, Kind kind) {
    JsonWriter json;
    json.begin_object().member("channel", channel);
    json.member("type", kind == Kind::Snapshot ? "snapshot" : "update");
    json.key("data").begin_array();
    return json;
}
std::string end(JsonWriter& json) {
    return json.end_array().end_object().take();
}

// Writes prices and quantities of one pair.
struct Digits {
    const PairInfo& pair;
    std::string price(Decimal x) const { return fixed(x, pair.price_decimals); }
    std::string quantity(Decimal x) const { return fixed(x, pair.lot_decimals); }
};

void write_pair(JsonWriter& json, const Instruments& listed, const PairInfo& pair) {
    json.begin_object().member("symbol", pair.symbol);
    json.member("base", listed.asset(pair.base).symbol);
    json.member("quote", listed.asset(pair.quote).symbol).member("status", to_text(pair.status));
    json.key("qty_precision").number(pair.lot_decimals);
    json.raw_member("qty_increment", pair.lot().text());
    json.raw_member("qty_min", pair.order_min.text());
    json.key("price_precision").number(pair.price_decimals);
    json.raw_member("price_increment", pair.tick.text());
    json.key("cost_precision").number(pair.cost_decimals);
    json.raw_member("cost_min", pair.cost_min.text());
    json.flag("has_index", true).flag("marginable", false);
    json.raw_member("tick_size", pair.tick.text()).end_object();
}

void write_asset(JsonWriter& json, const AssetInfo& asset) {
    json.begin_object().member("id", asset.symbol).member("status", "enabled");
    json.key("precision").number(asset.decimals);
    json.key("precision_display").number(asset.display_decimals);
    json.flag("borrowable", false).raw_member("collateral_value", "0.0");
    json.raw_member("margin_rate", "0.0").raw_member("multiplier", "1").end_object();
}

}  // namespace

std::string ticker_message(const Exchange& exchange, PairNo no, Kind kind) {
    const Digits digits{exchange.instruments().pair(no)};
    const TapeStats day = exchange.tape(no).stats(exchange.now() - std::chrono::hours{24});
    const Decimal last = exchange.last_price(no);
    const Decimal change = last - day.open;
    const Decimal percent =
        day.open.is_zero()
            ? kZero
            : mul_div(change, Decimal::from_int(100), day.open, Rounding::Down).value();
    JsonWriter json = begin("ticker", kind);
    json.begin_object().member("symbol", digits.pair.symbol);
    for (const Side side : {Side::Buy, Side::Sell}) {
        const auto top = exchange.book(no).top(side, 1);
        const LevelChange best = top.empty() ? LevelChange{} : top.front();
        const std::string name = side == Side::Buy ? "bid" : "ask";
        json.raw_member(name, digits.price(best.price));
        json.raw_member(name + "_qty", digits.quantity(best.quantity));
    }
    json.raw_member("last", digits.price(last)).raw_member("volume", digits.quantity(day.volume));
    json.raw_member("vwap", digits.price(day.vwap())).raw_member("low", digits.price(day.low));
    json.raw_member("high", digits.price(day.high)).raw_member("change", digits.price(change));
    json.raw_member("change_pct", fixed(percent, 2)).key("trades").number(day.count);
    json.member("timestamp", rfc3339(exchange.clock(), kTimeDecimals)).end_object();
    return end(json);
}

std::string trade_message(const Exchange& exchange, std::span<const PublicTrade> trades,
                          Kind kind) {
    JsonWriter json = begin("trade", kind);
    for (const PublicTrade& trade : trades) {
        const Digits digits{exchange.instruments().pair(trade.pair)};
        json.begin_object().member("symbol", digits.pair.symbol);
        json.member("side", to_text(trade.side)).raw_member("price", digits.price(trade.price));
        json.raw_member("qty", digits.quantity(trade.quantity));
        json.member("ord_type", trade.market ? "market" : "limit");
        json.key("trade_id").number(trade.id);
        json.member("timestamp", rfc3339(trade.time, kTimeDecimals)).end_object();
    }
    return end(json);
}

std::string ohlc_message(const Exchange& exchange, PairNo no, std::size_t interval,
                         std::size_t rows, Kind kind) {
    const Digits digits{exchange.instruments().pair(no)};
    const std::deque<CandleRow>& all = exchange.tape(no).candles(interval);
    JsonWriter json = begin("ohlc", kind);
    for (std::size_t i = all.size() - std::min(rows, all.size()); i < all.size(); ++i) {
        const CandleRow& row = all[i];
        const Moment close = row.begin + std::chrono::minutes{kIntervals[interval]};
        json.begin_object().member("symbol", digits.pair.symbol);
        json.raw_member("open", digits.price(row.open)).raw_member("high", digits.price(row.high));
        json.raw_member("low", digits.price(row.low)).raw_member("close", digits.price(row.close));
        json.key("trades").number(row.count).raw_member("volume", digits.quantity(row.volume));
        json.raw_member("vwap", digits.price(row.vwap()));
        json.member("interval_begin", rfc3339(row.begin, 9));
        json.key("interval").number(kIntervals[interval]);
        json.member("timestamp", rfc3339(close, kTimeDecimals)).end_object();
    }
    json.end_array().member("timestamp", rfc3339(exchange.clock(), 9));
    return json.end_object().take();
}

std::string book_message(const Exchange& exchange, PairNo no, const BookView& view,
                         std::span<const LevelChange> levels, Kind kind) {
    const Digits digits{exchange.instruments().pair(no)};
    const Precision precision{digits.pair.price_decimals, digits.pair.lot_decimals};
    JsonWriter json = begin("book", kind);
    json.begin_object().member("symbol", digits.pair.symbol);
    for (const Side side : {Side::Buy, Side::Sell}) {
        json.key(side == Side::Buy ? "bids" : "asks").begin_array();
        for (const LevelChange& level : levels) {
            if (level.side != side) continue;
            json.begin_object().raw_member("price", digits.price(level.price));
            json.raw_member("qty", digits.quantity(level.quantity)).end_object();
        }
        json.end_array();
    }
    json.key("checksum")
        .number(book_checksum(view.side(Side::Sell), view.side(Side::Buy), precision));
    json.member("timestamp", rfc3339(exchange.clock(), kTimeDecimals)).end_object();
    return end(json);
}

// Its data is an object, unlike that of all other channels.
std::string instrument_message(const Exchange& exchange, std::optional<PairNo> only, Kind kind) {
    const Instruments& listed = exchange.instruments();
    JsonWriter json;
    json.begin_object().member("channel", "instrument");
    json.member("type", kind == Kind::Snapshot ? "snapshot" : "update");
    json.key("data").begin_object().key("assets").begin_array();
    if (!only)
        for (const AssetInfo& each : listed.assets())
            write_asset(json, each);
    json.end_array().key("pairs").begin_array();
    for (PairNo no = 0; no < listed.pairs().size(); ++no)
        if (!only || *only == no) write_pair(json, listed, listed.pair(no));
    return json.end_array().end_object().end_object().take();
}

std::string status_message(SystemStatus status, std::uint64_t connection) {
    JsonWriter json = begin("status", Kind::Update);
    json.begin_object().member("version", "2.0.10").member("system", to_text(status));
    json.member("api_version", "v2").key("connection_id").number(connection).end_object();
    return end(json);
}

std::string heartbeat_message() {
    return R"({"channel":"heartbeat"})";
}

}  // namespace vault::kraken_emulator
