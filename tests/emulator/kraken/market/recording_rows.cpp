#include "tests/emulator/kraken/market/recording_rows.hpp"

#include "common/base/excerpt.hpp"
#include "common/protocol/codec.hpp"
#include "tests/emulator/kraken/exchange/order_rules.hpp"
#include "tests/emulator/kraken/wire/number_text.hpp"

#include <fmt/format.h>

#include <utility>

namespace vault::kraken_emulator {
namespace {

constexpr std::size_t kFieldsMost = 8;
using Fields = std::vector<std::string>;

Error wrong(std::string message) {
    return Error{Errc::InvalidParams, std::move(message)};
}

Result<Decimal> amount_of(const std::string& text, std::string_view name) {
    const auto amount = Decimal::parse(text);
    if (!amount || amount.value().is_negative() || amount.value() > kAmountMax)
        return wrong(fmt::format("{} '{}' is no number from 0 to 10^12", name, excerpt(text, 40)));
    return amount.value();
}

Result<Decimal> price_of(const std::string& text, std::string_view name) {
    VAULT_TRY(const Decimal price, amount_of(text, name));
    if (price.is_zero()) return wrong(fmt::format("{} is 0", name));
    return price;
}

Result<Moment> time_of(const std::string& text) {
    const auto seconds = Decimal::parse(text);
    if (!seconds || seconds.value().is_negative() ||
        seconds.value() > Decimal::from_int(9'000'000'000))
        return wrong(fmt::format("time '{}' is no time in seconds", excerpt(text, 40)));
    constexpr Decimal::Raw kNanosecond = Decimal::kOne / 1'000'000'000;
    return Moment{Span{static_cast<std::int64_t>(seconds.value().raw() / kNanosecond)}};
}

// What moved cannot be more money than the exchange counts.
Result<void> check_cost(Decimal price, Decimal quantity) {
    const auto cost = mul(price, quantity, Rounding::Down);
    if (!cost || cost.value() > kAmountMax) return wrong("price times quantity is above 10^12");
    return success();
}

Result<RecordedRow> candle_of(const Fields& prices, const std::string& volume,
                              const std::string& count) {
    RecordedCandle out;
    VAULT_TRY(out.begin, time_of(prices[0]));
    VAULT_TRY(out.open, price_of(prices[1], "open"));
    VAULT_TRY(out.high, price_of(prices[2], "high"));
    VAULT_TRY(out.low, price_of(prices[3], "low"));
    VAULT_TRY(out.close, price_of(prices[4], "close"));
    VAULT_TRY(out.volume, amount_of(volume, "volume"));
    VAULT_TRY(const Decimal trades, amount_of(count, "count"));
    if (out.high < max(out.open, out.close) || out.low > min(out.open, out.close))
        return wrong("high and low do not bound open and close");
    if (out.volume.is_zero() && out.high != out.low) return wrong("it moves without volume");
    if (trades > Decimal::from_int(1'000'000)) return wrong("count is above 10^6");
    out.count = static_cast<std::uint32_t>(trades.raw() / Decimal::kOne);
    VAULT_TRYV(check_cost(out.high, out.volume));
    return RecordedRow{out};
}

Result<RecordedRow> trade_of(const std::string& time, const std::string& price,
                             const std::string& quantity, Side taker, bool market) {
    RecordedTrade out;
    out.taker = taker;
    out.market = market;
    VAULT_TRY(out.time, time_of(time));
    VAULT_TRY(out.price, price_of(price, "price"));
    VAULT_TRY(out.quantity, price_of(quantity, "quantity"));
    VAULT_TRYV(check_cost(out.price, out.quantity));
    return RecordedRow{out};
}

std::string text_of(const boost::json::value& value) {
    if (value.is_string()) return std::string{value.get_string()};
    if (value.is_double()) return plain_text(value.get_double());
    return protocol::to_compact(value);
}

}  // namespace

Result<RecordedRow> parse_csv_row(std::string_view line, Decimal before) {
    Fields fields;
    while (fields.size() <= kFieldsMost) {
        const std::string_view field = line.substr(0, line.find(','));
        fields.emplace_back(field);
        if (field.size() == line.size()) break;
        line.remove_prefix(field.size() + 1);
    }
    if (fields.size() == 6 || fields.size() == 7)
        return candle_of(fields, fields[5], fields.size() == 7 ? fields[6] : "0");
    if (fields.size() != 3 && fields.size() != 4)
        return wrong("neither a candle (6 or 7 fields) nor a trade (3 or 4)");
    if (fields.size() == 3) {
        VAULT_TRY(const Decimal price, price_of(fields[1], "price"));
        return trade_of(fields[0], fields[1], fields[2], price > before ? Side::Buy : Side::Sell,
                        true);
    }
    const bool maker_buys = fields[3] == "1" || fields[3] == "true";
    if (!maker_buys && fields[3] != "0" && fields[3] != "false")
        return wrong("the maker's side is none of 0, 1, true, false");
    return trade_of(fields[0], fields[1], fields[2], maker_buys ? Side::Sell : Side::Buy, true);
}

Result<RecordedRow> parse_json_row(const boost::json::array& row) {
    Fields fields;
    for (const boost::json::value& each : row)
        fields.push_back(text_of(each));
    if (row.size() == 8 && row[0].is_number()) return candle_of(fields, fields[6], fields[7]);
    if (row.size() < 5) return wrong("neither a candle of OHLC nor one of Trades");
    const bool buys = fields[3] == "b", market = fields[4] == "m";
    if ((!buys && fields[3] != "s") || (!market && fields[4] != "l"))
        return wrong("a trade is b or s, and m or l");
    return trade_of(fields[2], fields[0], fields[1], buys ? Side::Buy : Side::Sell, market);
}

}  // namespace vault::kraken_emulator
