#include "tests/emulator/kraken/socket/order_entry.hpp"

#include "tests/emulator/kraken/rest/order_params.hpp"
#include "tests/emulator/kraken/wire/json_writer.hpp"
#include "tests/emulator/kraken/wire/number_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace vault::kraken_emulator {
namespace {

namespace json = boost::json;

constexpr std::size_t kBatchLeast = 2, kBatchMost = 15;
constexpr std::int64_t kSwitchMost = 86'400;  // s

// Who asks what.
struct Entry {
    Exchange& exchange;
    AccountNo account;
    const json::object& params;
    Moment arrived;
};
using Results = std::vector<Answer<std::string>>;

// "cancel_newest", "stop-loss" and "gtc" as REST spells them.
std::string spelled(std::string text) {
    std::replace(text.begin(), text.end(), '_', '-');
    return text;
}
std::string upper(std::string text) {
    for (char& c : text)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return text;
}

// 0.5 to 60 s ahead; 5 s if not given. As with REST, one that has passed is no wrong argument.
Answer<Moment> asked_deadline_of(const Params& params, Moment now) {
    BOOST_OUTCOME_TRY(const auto given, params.rfc3339("deadline"));
    const Span ahead = given.value_or(now + std::chrono::seconds{5}) - now;
    if (ahead <= Span::zero()) return Refusal{refused::kDeadlineElapsed};
    if (ahead < std::chrono::milliseconds{500} || ahead > std::chrono::seconds{60})
        return Refusal::invalid("deadline");
    return now + ahead;
}

Answer<void> read_prices(const Params& params, const json::object& object, OrderTerms& terms) {
    if (has_limit(terms.type)) {
        BOOST_OUTCOME_TRY(const auto limit, params.decimal("limit_price"));
        if (!limit) return Refusal::invalid("limit_price");
        terms.limit = *limit;
    }
    if (has_trigger(terms.type)) {
        const json::value* triggers = object.if_contains("triggers");
        if (triggers == nullptr || !triggers->is_object()) return Refusal::invalid("triggers");
        const Params inner = Params::from_object(triggers->get_object());
        BOOST_OUTCOME_TRY(const auto price, inner.decimal("price"));
        if (!price || inner.text("price_type").value_or("static") != "static" ||
            inner.text("reference").value_or("last") != "last")
            return Refusal::invalid("triggers");
        terms.trigger = *price;
    }
    return boost::outcome_v2::success();
}

Answer<void> read_quantity(const Params& params, OrderTerms& terms) {
    BOOST_OUTCOME_TRY(const auto quantity, params.decimal("order_qty"));
    BOOST_OUTCOME_TRY(const auto cash, params.decimal("cash_order_qty"));
    if (quantity.has_value() == cash.has_value()) return Refusal::invalid("order_qty");
    terms.in_quote = cash.has_value();
    terms.quantity = cash ? *cash : *quantity;
    BOOST_OUTCOME_TRY(const auto display, params.decimal("display_qty"));
    terms.display = display.value_or(kZero);
    return boost::outcome_v2::success();
}

Answer<void> read_options(const Params& params, Moment now, OrderTerms& terms) {
    const auto force = parse_time_in_force(upper(params.text("time_in_force").value_or("gtc")));
    if (!force) return Refusal::invalid("time_in_force");
    terms.force = *force;
    BOOST_OUTCOME_TRY(const auto expires, params.rfc3339("expire_time"));
    if (expires.has_value() != (terms.force == TimeInForce::Gtd))
        return Refusal::invalid("expire_time");
    terms.expires = expires.value_or(kNever);
    BOOST_OUTCOME_TRY(const auto starts, params.rfc3339("effective_time"));
    if (starts && *starts > now) terms.starts = *starts;
    BOOST_OUTCOME_TRY(terms.post_only, params.flag("post_only", false));
    terms.fee_in_base = params.text("fee_preference").value_or("quote") == "base";
    const auto stp = parse_self_trade(spelled(params.text("stp_type").value_or("cancel_newest")));
    if (!stp) return Refusal::invalid("stp_type");
    terms.self_trade = *stp;
    BOOST_OUTCOME_TRY(terms.deadline, asked_deadline_of(params, now));
    BOOST_OUTCOME_TRY(const auto userref, params.integer("order_userref"));
    if (userref && !std::in_range<std::int32_t>(*userref)) return Refusal::invalid("order_userref");
    if (userref) terms.userref = static_cast<std::int32_t>(*userref);
    terms.cl_ord_id = params.text("cl_ord_id").value_or("");
    if (!terms.cl_ord_id.empty() && !is_client_id(terms.cl_ord_id))
        return Refusal{refused::kInvalidArguments};
    return boost::outcome_v2::success();
}

// What the emulator does not have.
Answer<void> check_absent(const Params& params) {
    for (const std::string_view name : {"margin", "reduce_only"}) {
        BOOST_OUTCOME_TRY(const bool wanted, params.flag(name, false));
        if (wanted) return Refusal::invalid(name);
    }
    return boost::outcome_v2::success();
}

Answer<void> read_close(const json::object& object, OrderTerms& terms) {
    const json::value* conditional = object.if_contains("conditional");
    if (conditional == nullptr) return boost::outcome_v2::success();
    if (!conditional->is_object()) return Refusal::invalid("conditional");
    const Params params = Params::from_object(conditional->get_object());
    for (const std::string_view name : {"trigger_price_type", "limit_price_type"})
        if (params.text(name).value_or("static") != "static") return Refusal::invalid(name);
    const auto type = parse_order_type(params.text("order_type").value_or(""));
    if (!type) return Refusal::invalid("conditional");
    CloseTerms close;
    close.type = *type;
    BOOST_OUTCOME_TRY(const auto limit, params.decimal("limit_price"));
    BOOST_OUTCOME_TRY(const auto trigger, params.decimal("trigger_price"));
    close.limit = limit.value_or(kZero);
    close.trigger = trigger.value_or(kZero);
    terms.close = close;
    return boost::outcome_v2::success();
}

Answer<PairNo> read_pair(const Entry& entry, const std::string& symbol) {
    const auto pair = entry.exchange.instruments().find_symbol(symbol);
    if (!pair) return Refusal{"Currency pair not supported " + symbol};
    return *pair;
}

// `outer` has what all orders of a batch share.
Answer<OrderTerms> read_terms(const Entry& entry, const json::object& object, const Params& outer) {
    const Params params = Params::from_object(object);
    OrderTerms terms;
    BOOST_OUTCOME_TRY(terms.pair, read_pair(entry, outer.text("symbol").value_or("")));
    const auto side = parse_side(params.text("side").value_or(""));
    if (!side) return Refusal::invalid("side");
    terms.side = side.value();
    const auto type = parse_order_type(params.text("order_type").value_or(""));
    if (!type) return Refusal::invalid("order_type");
    terms.type = *type;
    BOOST_OUTCOME_TRYV(check_absent(params));
    BOOST_OUTCOME_TRYV(read_quantity(params, terms));
    BOOST_OUTCOME_TRYV(read_prices(params, object, terms));
    BOOST_OUTCOME_TRYV(read_close(object, terms));
    BOOST_OUTCOME_TRYV(read_options(params, entry.arrived, terms));
    return terms;
}

void write_names(JsonWriter& json, const Order& order) {
    json.member("order_id", order.id);
    if (!order.terms.cl_ord_id.empty()) json.member("cl_ord_id", order.terms.cl_ord_id);
    if (order.terms.userref) json.key("order_userref").number(*order.terms.userref);
}

// How the engine takes an order: alone, or as one of a batch.
using Add = Answer<OrderNo> (Exchange::*)(AccountNo, const OrderTerms&);

// One element of a result: the order, or nothing for one that was validated only.
Answer<std::string> add_one(const Entry& entry, const json::object& object, const Params& outer,
                            Add add) {
    BOOST_OUTCOME_TRY(const OrderTerms terms, read_terms(entry, object, outer));
    BOOST_OUTCOME_TRY(const bool validate, outer.flag("validate", false));
    JsonWriter json;
    json.begin_object();
    if (validate) {
        BOOST_OUTCOME_TRYV(entry.exchange.validate(entry.account, terms));
    } else {
        BOOST_OUTCOME_TRY(const OrderNo made, (entry.exchange.*add)(entry.account, terms));
        write_names(json, entry.exchange.order(made));
    }
    return json.key("warnings").begin_array().end_array().end_object().take();
}

Results add_order(const Entry& entry) {
    return {add_one(entry, entry.params, Params::from_object(entry.params), &Exchange::add)};
}

Answer<void> charge_batch(const Entry& entry, const Params& params, std::size_t orders) {
    BOOST_OUTCOME_TRY(const PairNo pair, read_pair(entry, params.text("symbol").value_or("")));
    BOOST_OUTCOME_TRY(const bool validate, params.flag("validate", false));
    if (validate) return boost::outcome_v2::success();
    return entry.exchange.charge_batch(entry.account, pair, orders);
}

// One answer for all: a list of orders of one pair, and errors.
Results batch_add(const Entry& entry) {
    const Params params = Params::from_object(entry.params);
    const json::array* orders = params.array("orders");
    if (orders == nullptr || orders->size() < kBatchLeast || orders->size() > kBatchMost)
        return {Refusal::invalid("orders")};
    if (const auto charged = charge_batch(entry, params, orders->size()); !charged)
        return {charged.error()};
    JsonWriter json;
    json.begin_array();
    for (const json::value& each : *orders) {
        const auto made = each.is_object()
                              ? add_one(entry, each.get_object(), params, &Exchange::add_of_batch)
                              : Refusal::invalid("orders");
        if (made)
            json.raw(made.value());
        else
            json.begin_object().member("error", made.error().text).end_object();
    }
    return {json.end_array().take()};
}

std::optional<OrderNo> by_client_id(const Entry& entry, const std::string& cl_ord_id) {
    const auto& open = entry.exchange.account(entry.account).open_ids;
    const auto found = open.find(cl_ord_id);
    if (found == open.end()) return std::nullopt;
    return found->second;
}

Answer<std::string> amend_one(const Entry& entry) {
    const Params params = Params::from_object(entry.params);
    const auto txid = params.text("order_id");
    const auto cl_ord_id = params.text("cl_ord_id");
    if (txid.has_value() == cl_ord_id.has_value()) return Refusal{refused::kInvalidArguments};
    const auto order =
        txid ? entry.exchange.known(entry.account, *txid) : by_client_id(entry, *cl_ord_id);
    if (!order) return Refusal{refused::kUnknownOrder};
    Amendment amendment;
    BOOST_OUTCOME_TRY(amendment.quantity, params.decimal("order_qty"));
    BOOST_OUTCOME_TRY(amendment.limit, params.decimal("limit_price"));
    BOOST_OUTCOME_TRY(amendment.trigger, params.decimal("trigger_price"));
    BOOST_OUTCOME_TRY(amendment.display, params.decimal("display_qty"));
    BOOST_OUTCOME_TRY(amendment.post_only, params.flag("post_only", false));
    BOOST_OUTCOME_TRY(amendment.deadline, asked_deadline_of(params, entry.arrived));
    BOOST_OUTCOME_TRY(const std::string id, entry.exchange.amend(entry.account, *order, amendment));
    JsonWriter json;
    json.begin_object().member("amend_id", id);
    write_names(json, entry.exchange.order(*order));
    return json.end_object().take();
}

Results amend_order(const Entry& entry) {
    return {amend_one(entry)};
}

Answer<std::string> cancel_one(const Entry& entry, std::optional<OrderNo> order) {
    if (!order) return Refusal{refused::kUnknownOrder};
    BOOST_OUTCOME_TRYV(entry.exchange.cancel(entry.account, *order));
    JsonWriter json;
    json.begin_object();
    write_names(json, entry.exchange.order(*order));
    return json.end_object().take();
}

// An answer for each order that is named; a userref names all that have it.
Results cancel_order(const Entry& entry) {
    const Params params = Params::from_object(entry.params);
    Results out;
    if (const auto* ids = params.array("order_id"))
        for (const json::value& each : *ids)
            out.push_back(cancel_one(
                entry, each.is_string() ? entry.exchange.known(entry.account,
                                                               std::string_view{each.get_string()})
                                        : std::nullopt));
    if (const auto* ids = params.array("cl_ord_id"))
        for (const json::value& each : *ids)
            out.push_back(cancel_one(
                entry, each.is_string() ? by_client_id(entry, std::string{each.get_string()})
                                        : std::nullopt));
    if (const auto* refs = params.array("order_userref"))
        for (const json::value& each : *refs) {
            const std::set<OrderNo> open = entry.exchange.account(entry.account).open;
            for (const OrderNo order : open)
                if (each.is_int64() &&
                    entry.exchange.order(order).terms.userref == each.get_int64())
                    out.push_back(cancel_one(entry, order));
        }
    if (out.empty()) out.push_back(Refusal{refused::kUnknownOrder});
    return out;
}

std::string counted(std::size_t count) {
    JsonWriter json;
    return json.begin_object().key("count").number(count).end_object().take();
}

// One answer for all: how many were canceled.
Results batch_cancel(const Entry& entry) {
    const Params params = Params::from_object(entry.params);
    const json::array* orders = params.array("orders");
    if (orders == nullptr || orders->empty()) return {Refusal::invalid("orders")};
    std::vector<OrderNo> named;
    for (const json::value& each : *orders) {
        if (!each.is_string()) return {Refusal::invalid("orders")};
        const std::string_view id{each.get_string()};
        auto order = entry.exchange.known(entry.account, id);
        if (!order) order = by_client_id(entry, std::string{id});
        if (order) named.push_back(*order);
    }
    const auto count = entry.exchange.cancel_together(entry.account, named);
    if (!count) return {count.error()};
    return {counted(count.value())};
}

Results cancel_all(const Entry& entry) {
    const auto count = entry.exchange.cancel_all(entry.account);
    if (!count) return {count.error()};
    return {counted(count.value())};
}

Results cancel_all_orders_after(const Entry& entry) {
    const auto timeout = Params::from_object(entry.params).integer("timeout");
    const std::int64_t seconds = timeout ? timeout.value().value_or(-1) : -1;
    if (seconds < 0 || seconds > kSwitchMost) return {Refusal::invalid("timeout")};
    const Moment at = entry.exchange.arm_switch(entry.account, std::chrono::seconds{seconds});
    JsonWriter json;
    json.begin_object().member("currentTime", rfc3339(entry.exchange.clock(), 0));
    const std::string fires = at == kNever ? "0" : rfc3339(entry.exchange.by_clock(at), 0);
    return {json.member("triggerTime", fires).end_object().take()};
}

struct Method {
    std::string_view name;
    Results (*handler)(const Entry&);
    PermissionSet permissions;  // it takes one of them, as the same by REST does
};

const Method* find(std::string_view name) {
    using enum Permission;
    static const std::array<Method, 7> kMethods{{
        {"add_order", add_order, {ModifyTrades}},
        {"batch_add", batch_add, {ModifyTrades}},
        {"amend_order", amend_order, {ModifyTrades, CloseTrades}},
        {"cancel_order", cancel_order, {ModifyTrades, CloseTrades}},
        {"batch_cancel", batch_cancel, {ModifyTrades, CloseTrades}},
        {"cancel_all", cancel_all, {ModifyTrades, CloseTrades}},
        {"cancel_all_orders_after", cancel_all_orders_after, {ModifyTrades, CloseTrades}},
    }};
    const auto* at = std::find_if(kMethods.begin(), kMethods.end(),
                                  [&](const Method& each) { return each.name == name; });
    return at == kMethods.end() ? nullptr : at;
}

}  // namespace

bool is_order_entry(std::string_view method) {
    return find(method) != nullptr;
}

bool may_enter(std::string_view method, const PermissionSet& permissions) {
    return permissions.has_any_of(find(method)->permissions);
}

Results enter_order(Exchange& exchange, const OrderEntry& entry) {
    return find(entry.method)->handler({exchange, entry.account, entry.params, entry.arrived});
}

}  // namespace vault::kraken_emulator
