#include "tests/emulator/kraken/truth/truth_log.hpp"

#include "tests/emulator/kraken/wire/number_text.hpp"

namespace vault::kraken_emulator {
namespace {

void add_amount(JsonWriter& json, std::string_view name, Decimal amount) {
    json.member(name, amount.text());
}

void add_terms(JsonWriter& json, const PairInfo& pair, const OrderTerms& terms) {
    json.member("pair", pair.key).member("side", to_text(terms.side));
    json.member("type", to_text(terms.type)).member("force", to_text(terms.force));
    add_amount(json, "quantity", terms.quantity);
    if (has_limit(terms.type)) add_amount(json, "limit", terms.limit);
    if (has_trigger(terms.type)) add_amount(json, "trigger", terms.trigger);
    if (!terms.display.is_zero()) add_amount(json, "display", terms.display);
    if (terms.starts != kNever) json.member("starts", rfc3339(terms.starts, 9));
    if (terms.close) {
        json.key("close").begin_object().member("type", to_text(terms.close->type));
        if (has_limit(terms.close->type)) add_amount(json, "limit", terms.close->limit);
        if (has_trigger(terms.close->type)) add_amount(json, "trigger", terms.close->trigger);
        json.end_object();
    }
    if (terms.post_only) json.flag("post_only", true);
    if (terms.userref) json.key("userref").number(*terms.userref);
    if (!terms.cl_ord_id.empty()) json.member("cl_ord_id", terms.cl_ord_id);
}

void add_trade(JsonWriter& json, const Trade& trade) {
    json.key("fill").begin_object().member("id", trade.id);
    add_amount(json, "price", trade.price);
    add_amount(json, "quantity", trade.quantity);
    add_amount(json, "cost", trade.cost);
    add_amount(json, "fee", trade.fee);
    json.member("fee_asset", trade.fee_asset.text()).flag("maker", trade.maker);
    json.key("trade_id").number(trade.public_id).end_object();
}

}  // namespace

JsonWriter TruthLog::begin(Moment time, std::string_view kind) {
    JsonWriter json;
    json.begin_object().key("n").number(++lines_);
    json.member("time", rfc3339(time, 9)).member("kind", kind);
    return json;
}

void TruthLog::end(JsonWriter& json) {
    out_ << json.end_object().str() << '\n';
}

void TruthLog::write(const Event& event) {
    if (const auto* order = std::get_if<OrderEvent>(&event)) write(*order);
    if (const auto* row = std::get_if<LedgerEvent>(&event)) write(*row);
    if (const auto* trade = std::get_if<TradeEvent>(&event)) write(*trade);
    if (const auto* status = std::get_if<StatusEvent>(&event)) write(*status);
    if (const auto* listing = std::get_if<ListingEvent>(&event)) write(*listing);
}

void TruthLog::write(const OrderEvent& event) {
    const Order& order = event.order;
    JsonWriter json = begin(event.time, "order");
    json.member("execution", to_text(event.execution)).member("order", order.id);
    json.member("account", exchange_.account(order.account).name());
    json.member("status", to_text(order.status));
    add_terms(json, exchange_.instruments().pair(order.terms.pair), order.terms);
    add_amount(json, "executed", order.executed);
    add_amount(json, "cost", order.cost);
    add_amount(json, "fee", order.fee);
    add_amount(json, "held", order.held);
    if (!order.refid.empty()) json.member("refid", order.refid);
    if (!order.reason.empty()) json.member("reason", order.reason);
    if (event.trade) add_trade(json, *event.trade);
    end(json);
}

void TruthLog::write(const LedgerEvent& event) {
    const LedgerRow& row = event.row;
    JsonWriter json = begin(row.time, "balance");
    json.member("account", exchange_.account(event.account).name()).member("id", row.id);
    json.member("refid", row.refid).member("type", row.type).member("asset", row.asset.text());
    add_amount(json, "amount", row.amount);
    add_amount(json, "fee", row.fee);
    add_amount(json, "balance", row.balance);
    end(json);
}

void TruthLog::write(const TradeEvent& event) {
    const PublicTrade& trade = event.trade;
    JsonWriter json = begin(trade.time, "trade");
    json.member("pair", exchange_.instruments().pair(trade.pair).key).key("id").number(trade.id);
    json.member("side", to_text(trade.side));
    add_amount(json, "price", trade.price);
    add_amount(json, "quantity", trade.quantity);
    end(json);
}

void TruthLog::write(const StatusEvent& event) {
    JsonWriter json = begin(event.time, "status");
    json.member("status", to_text(event.status));
    end(json);
}

void TruthLog::write(const ListingEvent& event) {
    const PairInfo& pair = exchange_.instruments().pair(event.pair);
    JsonWriter json = begin(event.time, "listing");
    json.member("pair", pair.key).member("status", to_text(pair.status));
    add_amount(json, "order_min", pair.order_min);
    end(json);
}

void TruthLog::write(const RequestSeen& request) {
    JsonWriter json = begin(request.time, "request");
    json.member("key", request.key).member("method", request.method).member("path", request.path);
    if (!request.query.empty()) json.member("query", request.query);
    if (!request.body.empty()) json.member("body", request.body);
    json.key("status").number(request.status);
    if (!request.refusal.empty()) json.member("refusal", request.refusal);
    if (!request.landing.empty()) {
        json.key("fault").begin_object().member("landing", request.landing);
        json.member("answered", request.answered).end_object();
    }
    end(json);
}

void TruthLog::write_landing(Moment time, std::string_view key, std::string_view endpoint,
                             std::string_view refusal) {
    JsonWriter json = begin(time, "landing");
    json.member("key", key).member("endpoint", endpoint);
    if (!refusal.empty()) json.member("refusal", refusal);
    end(json);
}

void TruthLog::write_mishap(Moment time, std::uint64_t socket, std::string_view message,
                            std::string_view mishap) {
    JsonWriter json = begin(time, "mishap");
    json.key("socket").number(socket).member("message", message).member("mishap", mishap);
    end(json);
}

void TruthLog::write_closed(Moment time, std::uint64_t socket, std::string_view reason) {
    JsonWriter json = begin(time, "closed");
    json.key("socket").number(socket).member("reason", reason);
    end(json);
}

void TruthLog::write_control(Moment time, std::string_view method, std::string_view what,
                             std::size_t step) {
    JsonWriter json = begin(time, "control");
    if (step != 0) json.key("step").number(step);
    json.member("method", method).raw_member("what", what);
    end(json);
}

}  // namespace vault::kraken_emulator
