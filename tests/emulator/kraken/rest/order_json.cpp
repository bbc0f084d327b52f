#include "tests/emulator/kraken/rest/order_json.hpp"

#include "tests/emulator/kraken/wire/number_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::kraken_emulator {
namespace {

void add_word(std::string& list, std::string_view word) {
    if (!list.empty()) list += ',';
    list += word;
}

std::string flags_of(const OrderTerms& terms) {
    std::string out;
    if (terms.post_only) add_word(out, "post");
    add_word(out, terms.fee_in_base ? "fcib" : "fciq");
    if (terms.in_quote) add_word(out, "viqc");
    return out;
}

std::string notes_of(const Order& order) {
    std::string out;
    if (order.triggered) add_word(out, "stopped");
    if (!order.is_open() && !order.executed.is_zero() && !order.left().is_zero())
        add_word(out, "partial");
    if (order.amended) add_word(out, "amended");
    return out;
}

void write_description(JsonWriter& json, const PairInfo& pair, const OrderTerms& terms) {
    const auto price = [&](Decimal x) {
        return x.is_zero() ? std::string{"0"} : fixed(x, pair.price_decimals);
    };
    const bool triggered = has_trigger(terms.type);
    json.key("descr").begin_object().member("pair", pair.altname).member("aclass", "forex");
    json.member("type", to_text(terms.side)).member("ordertype", to_text(terms.type));
    json.member("price", price(triggered ? terms.trigger : terms.limit));
    json.member("price2", price(triggered ? terms.limit : kZero)).member("leverage", "none");
    json.member("order", description_of(pair, terms));
    json.member("close", terms.close ? description_of(pair, *terms.close) : "").end_object();
}

// "stop loss 55000.0 -> limit 54000.0"
std::string way_of(const PairInfo& pair, OrderType type, Decimal trigger, Decimal limit) {
    std::string out{to_text(type)};
    if (out.ends_with("-limit")) out.resize(out.size() - 6);
    std::replace(out.begin(), out.end(), '-', ' ');
    if (has_trigger(type)) out += ' ' + fixed(trigger, pair.price_decimals);
    if (has_trigger(type) && has_limit(type)) out += " -> limit";
    if (has_limit(type)) out += ' ' + fixed(limit, pair.price_decimals);
    return out;
}

// A fee in coins has the digits of the coin.
std::string fee_text(const PairInfo& pair, Decimal fee, bool in_base) {
    return fixed(fee, in_base ? pair.base_decimals : pair.cost_decimals);
}

}  // namespace

std::string description_of(const PairInfo& pair, const OrderTerms& terms) {
    return fmt::format("{} {} {} @ {}", to_text(terms.side),
                       fixed(terms.quantity, pair.lot_decimals), pair.altname,
                       way_of(pair, terms.type, terms.trigger, terms.limit));
}

std::string description_of(const PairInfo& pair, const CloseTerms& close) {
    return "close position @ " + way_of(pair, close.type, close.trigger, close.limit);
}

void write_order(JsonWriter& json, const PairInfo& pair, const Order& order, bool trades) {
    const OrderTerms& terms = order.terms;
    const auto money = [&](Decimal x) { return fixed(x, pair.cost_decimals); };
    const bool limit_in_force = order.triggered && has_limit(terms.type);
    json.begin_object().key("refid");
    if (order.refid.empty())
        json.null();
    else
        json.text(order.refid);
    json.key("userref");
    if (terms.userref)
        json.number(*terms.userref);
    else
        json.null();
    if (!terms.cl_ord_id.empty()) json.member("cl_ord_id", terms.cl_ord_id);
    json.member("status", to_text(order.status));
    json.raw_member("opentm", unix_seconds(order.opened, 4));
    json.raw_member("starttm", unix_seconds(terms.starts, 4));
    json.raw_member("expiretm", unix_seconds(terms.expires, 4));
    write_description(json, pair, terms);
    json.member("vol", fixed(terms.quantity, pair.lot_decimals));
    if (terms.type == OrderType::Iceberg)
        json.member("displayvol", fixed(terms.display, pair.lot_decimals));
    json.member("vol_exec", fixed(order.executed, pair.lot_decimals));
    json.member("cost", money(order.cost));
    json.member("fee", fee_text(pair, order.fee, terms.fee_in_base));
    json.member("price", money(order.average_price()));
    json.member("stopprice", money(has_trigger(terms.type) ? terms.trigger : kZero));
    json.member("limitprice", money(limit_in_force ? terms.limit : kZero));
    json.member("misc", notes_of(order)).member("oflags", flags_of(terms));
    if (trades && !order.trades.empty()) {
        json.key("trades").begin_array();
        for (const std::string& id : order.trades)
            json.text(id);
        json.end_array();
    }
    if (!order.is_open()) {
        json.raw_member("closetm", unix_seconds(order.closed, 4)).key("reason");
        if (order.reason.empty())
            json.null();
        else
            json.text(order.reason);
    }
    json.end_object();
}

void write_trade(JsonWriter& json, const PairInfo& pair, const Trade& trade, bool ledgers) {
    const bool fee_in_base = trade.fee_asset == pair.base;
    json.begin_object()
        .member("ordertxid", trade.order_id)
        .member("postxid", "TKH2SE-M7IF5-CFI7LT");
    json.member("pair", pair.key).raw_member("time", unix_seconds(trade.time, 4));
    json.member("type", to_text(trade.side)).member("ordertype", to_text(trade.type));
    json.member("price", fixed(trade.price, std::max(5, pair.price_decimals)));
    json.member("cost", fixed(trade.cost, pair.cost_decimals));
    json.member("fee", fee_text(pair, trade.fee, fee_in_base));
    json.member("vol", fixed(trade.quantity, pair.lot_decimals));
    json.member("margin", fixed(kZero, pair.cost_decimals)).member("leverage", "0");
    json.member("misc", "").key("trade_id").number(trade.public_id).flag("maker", trade.maker);
    if (ledgers) {
        json.key("ledgers").begin_array();
        for (const std::string& id : trade.ledger_ids)
            json.text(id);
        json.end_array();
    }
    json.end_object();
}

}  // namespace vault::kraken_emulator
