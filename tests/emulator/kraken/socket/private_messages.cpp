#include "tests/emulator/kraken/socket/private_messages.hpp"

#include "tests/emulator/kraken/wire/json_writer.hpp"
#include "tests/emulator/kraken/wire/number_text.hpp"

#include <algorithm>

namespace vault::kraken_emulator {
namespace {

constexpr int kTimeDecimals = 6;

std::string time_of(Moment time) {
    return rfc3339(time, kTimeDecimals);
}

// "gtc"
std::string lower(std::string_view text) {
    std::string out{text};
    for (char& c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

// Names on the socket are those of v2; what is not listed has its own.
std::string asset_name(const Exchange& exchange, Asset id) {
    const std::string_view name = id.text();
    const std::size_t dot = std::min(name.find('.'), name.size());
    const AssetInfo* found = exchange.instruments().find_asset(name.substr(0, dot));
    std::string out = found == nullptr ? std::string{name.substr(0, dot)} : found->symbol;
    return out.append(name.substr(dot));
}

void write_names(JsonWriter& json, const Order& order) {
    json.member("order_id", order.id);
    if (!order.terms.cl_ord_id.empty()) json.member("cl_ord_id", order.terms.cl_ord_id);
    if (order.terms.userref) json.key("order_userref").number(*order.terms.userref);
}

void write_trigger(JsonWriter& json, const PairInfo& pair, const Order& order) {
    json.key("triggers").begin_object().member("reference", "last");
    json.raw_member("price", fixed(order.terms.trigger, pair.price_decimals));
    json.member("price_type", "static");
    json.member("status", order.triggered ? "triggered" : "untriggered").end_object();
}

void write_close(JsonWriter& json, const PairInfo& pair, const CloseTerms& close) {
    json.key("contingent").begin_object().member("order_type", to_text(close.type));
    if (has_trigger(close.type)) {
        json.raw_member("trigger_price", fixed(close.trigger, pair.price_decimals));
        json.member("trigger_price_type", "static");
    }
    if (has_limit(close.type)) {
        json.raw_member("limit_price", fixed(close.limit, pair.price_decimals));
        json.member("limit_price_type", "static");
    }
    json.end_object();
}

void write_terms(JsonWriter& json, const PairInfo& pair, const Order& order) {
    const OrderTerms& terms = order.terms;
    json.member("symbol", pair.symbol).member("side", to_text(terms.side));
    json.member("order_type", to_text(terms.type));
    json.raw_member("order_qty", fixed(terms.quantity, pair.lot_decimals));
    if (has_limit(terms.type))
        json.raw_member("limit_price", fixed(terms.limit, pair.price_decimals));
    if (has_trigger(terms.type)) write_trigger(json, pair, order);
    if (terms.type == OrderType::Iceberg)
        json.raw_member("display_qty", fixed(terms.display, pair.lot_decimals));
    json.member("time_in_force", lower(to_text(terms.force)));
    json.flag("post_only", terms.post_only).flag("reduce_only", false);
    json.member("fee_ccy_pref", terms.fee_in_base ? "fcib" : "fciq");
    if (terms.starts != kNever) json.member("effective_time", time_of(terms.starts));
    if (terms.expires != kNever) json.member("expire_time", time_of(terms.expires));
    if (terms.close) write_close(json, pair, *terms.close);
    if (!order.refid.empty()) json.member("ord_ref_id", order.refid);
}

void write_rate_count(JsonWriter& json, const Exchange& exchange, const Order& order) {
    json.key("ratecount").number(exchange.rate_count(order.account, order.terms.pair));
}

void write_sums(JsonWriter& json, const PairInfo& pair, const Order& order) {
    json.raw_member("cum_qty", fixed(order.executed, pair.lot_decimals));
    json.raw_member("cum_cost", fixed(order.cost, pair.cost_decimals));
    json.raw_member("avg_price", fixed(order.average_price(), pair.cost_decimals));
}

void write_fill(JsonWriter& json, const Exchange& exchange, const Trade& trade) {
    const PairInfo& pair = exchange.instruments().pair(trade.pair);
    const bool in_base = trade.fee_asset == pair.base;
    json.member("exec_id", trade.id).key("trade_id").number(trade.public_id);
    json.member("symbol", pair.symbol).member("side", to_text(trade.side));
    json.member("order_type", to_text(trade.type));
    json.raw_member("last_qty", fixed(trade.quantity, pair.lot_decimals));
    json.raw_member("last_price", fixed(trade.price, pair.price_decimals));
    json.raw_member("cost", fixed(trade.cost, pair.cost_decimals));
    json.member("liquidity_ind", trade.maker ? "m" : "t");
    const int places = in_base ? pair.base_decimals : pair.cost_decimals;
    json.key("fees").begin_array().begin_object();
    json.member("asset", asset_name(exchange, trade.fee_asset));
    json.raw_member("qty", fixed(trade.fee, places)).end_object().end_array();
    const Decimal usd = exchange.usd_of(trade.fee_asset, trade.fee);
    json.raw_member("fee_usd_equiv", fixed(usd, 4));
}

std::string_view status_of(const OrderEvent& event) {
    switch (event.execution) {
        case Execution::PendingNew: return "pending_new";
        case Execution::Trade: return "partially_filled";
        case Execution::Filled: return "filled";
        case Execution::Canceled: return "canceled";
        case Execution::Expired: return "expired";
        case Execution::New:
        case Execution::Triggered:
        case Execution::IcebergRefill:
        case Execution::Amended: break;
    }
    if (event.order.status == OrderStatus::Pending) return "pending_new";
    return event.order.executed.is_zero() ? "new" : "partially_filled";
}

}  // namespace

bool tells(const ExecutionDetail& detail, Execution execution) {
    switch (execution) {
        case Execution::New:
        case Execution::Trade:
        case Execution::Filled:
        case Execution::Canceled:
        case Execution::Expired: return true;
        case Execution::PendingNew:
        case Execution::Triggered:
        case Execution::Amended:
        case Execution::IcebergRefill: break;
    }
    return detail.every_step;
}

std::string execution_of(const Exchange& exchange, const OrderEvent& event,
                         const ExecutionDetail& detail) {
    const Order& order = event.order;
    const PairInfo& pair = exchange.instruments().pair(order.terms.pair);
    JsonWriter json;
    json.begin_object();
    write_names(json, order);
    json.member("exec_type", to_text(event.execution)).member("order_status", status_of(event));
    switch (event.execution) {
        case Execution::New:
            if (detail.every_step) break;
            [[fallthrough]];
        case Execution::PendingNew: write_terms(json, pair, order); [[fallthrough]];
        case Execution::Filled: write_sums(json, pair, order); break;
        case Execution::Trade:
            write_fill(json, exchange, *event.trade);
            write_sums(json, pair, order);
            break;
        case Execution::Triggered: write_trigger(json, pair, order); break;
        case Execution::IcebergRefill:
            json.raw_member("display_qty", fixed(order.terms.display, pair.lot_decimals));
            json.raw_member("display_qty_remain", fixed(order.slice, pair.lot_decimals));
            break;
        case Execution::Amended:
            write_terms(json, pair, order);
            json.flag("amended", true);
            break;
        case Execution::Canceled:
        case Execution::Expired:
            write_sums(json, pair, order);
            json.member("reason", order.reason);
            break;
    }
    if (detail.rate_count) write_rate_count(json, exchange, order);
    return json.member("timestamp", time_of(event.time)).end_object().take();
}

std::string open_order_of(const Exchange& exchange, const Order& order,
                          const ExecutionDetail& detail) {
    const PairInfo& pair = exchange.instruments().pair(order.terms.pair);
    JsonWriter json;
    json.begin_object();
    write_names(json, order);
    const bool pending = order.status == OrderStatus::Pending;
    const std::string_view fresh = pending ? "pending_new" : "new";
    json.member("exec_type", fresh);
    json.member("order_status", order.executed.is_zero() ? fresh : "partially_filled");
    write_terms(json, pair, order);
    write_sums(json, pair, order);
    if (detail.rate_count) write_rate_count(json, exchange, order);
    return json.member("timestamp", time_of(order.opened)).end_object().take();
}

std::string past_trade_of(const Exchange& exchange, const Trade& trade) {
    const Order& order = exchange.order(trade.order);
    JsonWriter json;
    json.begin_object();
    write_names(json, order);
    json.member("exec_type", "trade");
    json.member("order_status", order.left().is_zero() ? "filled" : "partially_filled");
    write_fill(json, exchange, trade);
    return json.member("timestamp", time_of(trade.time)).end_object().take();
}

std::string balance_of(const Exchange& exchange, Asset asset, Decimal balance) {
    const std::string amount = fixed(balance, exchange.instruments().decimals_of(asset));
    JsonWriter json;
    json.begin_object().member("asset", asset_name(exchange, asset));
    json.member("asset_class", "currency").raw_member("balance", amount);
    json.key("wallets").begin_array().begin_object().member("type", "spot").member("id", "main");
    return json.raw_member("balance", amount).end_object().end_array().end_object().take();
}

std::string balance_change_of(const Exchange& exchange, const LedgerRow& row) {
    const int places = exchange.instruments().decimals_of(row.asset);
    JsonWriter json;
    json.begin_object().member("ledger_id", row.id).member("ref_id", row.refid);
    json.member("timestamp", time_of(row.time)).member("type", row.type);
    json.member("subtype", row.subtype).member("category", row.type);
    json.member("asset", asset_name(exchange, row.asset)).member("asset_class", "currency");
    json.raw_member("amount", fixed(row.amount, places));
    json.raw_member("balance", fixed(row.balance, places));
    json.raw_member("fee", fixed(row.fee, places)).member("wallet_type", "spot");
    return json.member("wallet_id", "main").end_object().take();
}

std::string private_message(std::string_view channel, bool snapshot, std::string_view elements,
                            std::uint64_t sequence) {
    JsonWriter json;
    json.begin_object().member("channel", channel);
    json.member("type", snapshot ? "snapshot" : "update");
    json.raw_member("data", std::string{"["}.append(elements).append("]"));
    return json.key("sequence").number(sequence).end_object().take();
}

}  // namespace vault::kraken_emulator
