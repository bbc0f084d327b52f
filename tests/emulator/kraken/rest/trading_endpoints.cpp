#include "tests/emulator/kraken/rest/order_json.hpp"
#include "tests/emulator/kraken/rest/order_params.hpp"
#include "tests/emulator/kraken/wire/number_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace vault::kraken_emulator {
namespace {

constexpr std::size_t kBatchLeast = 2, kBatchMost = 15;
constexpr std::size_t kCancelsMost = 50;
constexpr std::int64_t kSwitchMost = 86'400;  // s

void write_added(JsonWriter& json, const Call& call, const OrderTerms& terms,
                 std::optional<OrderNo> made) {
    json.key("descr").begin_object();
    const PairInfo& pair = call.exchange.instruments().pair(terms.pair);
    json.member("order", description_of(pair, terms));
    if (terms.close) json.member("close", description_of(pair, *terms.close));
    json.end_object();
    if (made) json.key("txid").begin_array().text(call.exchange.order(*made).id).end_array();
}

// How the engine takes an order: alone, or as one of a batch.
using Add = Answer<OrderNo> (Exchange::*)(AccountNo, const OrderTerms&);

// The new order's number; nullopt if it was to be validated only.
Answer<std::optional<OrderNo>> add_one(const Call& call, const OrderTerms& terms, bool validate,
                                       Add add) {
    if (validate) {
        BOOST_OUTCOME_TRYV(call.exchange.validate(call.account(), terms));
        return std::optional<OrderNo>{};
    }
    BOOST_OUTCOME_TRY(const OrderNo made, (call.exchange.*add)(call.account(), terms));
    return std::optional<OrderNo>{made};
}

Answer<std::string> add_order(const Call& call) {
    BOOST_OUTCOME_TRY(const bool validate, call.params.flag("validate", false));
    BOOST_OUTCOME_TRY(const OrderTerms terms,
                      asked_terms(call.exchange, call.params, call.arrived, std::nullopt));
    BOOST_OUTCOME_TRY(const auto made, add_one(call, terms, validate, &Exchange::add));
    JsonWriter json;
    json.begin_object();
    write_added(json, call, terms, made);
    return json.end_object().take();
}

// Each order succeeds or fails for itself; only what is wrong with all of them fails the call.
Answer<std::string> add_order_batch(const Call& call) {
    const boost::json::array* orders = call.params.array("orders");
    if (orders == nullptr || orders->size() < kBatchLeast || orders->size() > kBatchMost)
        return Refusal::invalid("orders");
    const auto pair = call.exchange.instruments().find_pair(call.params.text("pair").value_or(""));
    if (!pair) return Refusal{refused::kUnknownPair};
    BOOST_OUTCOME_TRY(const bool validate, call.params.flag("validate", false));
    BOOST_OUTCOME_TRY(const Moment deadline, asked_deadline(call.params, call.arrived));
    std::vector<Answer<OrderTerms>> all;
    for (const boost::json::value& each : *orders) {
        if (!each.is_object()) return Refusal::invalid("orders");
        all.push_back(
            asked_terms(call.exchange, Params::from_object(each.get_object()), call.arrived, pair));
    }
    if (!validate) {
        BOOST_OUTCOME_TRYV(call.exchange.charge_batch(call.account(), *pair, all.size()));
    }
    JsonWriter json;
    json.begin_object().key("orders").begin_array();
    for (Answer<OrderTerms>& terms : all) {
        json.begin_object();
        if (terms && deadline != kNever) terms.value().deadline = deadline;
        const auto made =
            terms ? add_one(call, terms.value(), validate, &Exchange::add_of_batch) : terms.error();
        if (made)
            write_added(json, call, terms.value(), made.value());
        else
            json.member("error", made.error().text);
        json.end_object();
    }
    return json.end_array().end_object().take();
}

// The open orders that `name` means: one by txid, or all with that userref.
std::vector<OrderNo> named(const Call& call, const std::string& name) {
    if (const auto one = call.exchange.known(call.account(), name)) return {*one};
    std::int64_t userref = 0;
    const char* end = name.data() + name.size();
    const auto [stop, status] = std::from_chars(name.data(), end, userref);
    std::vector<OrderNo> out;
    if (status != std::errc{} || stop != end) return out;
    for (const OrderNo each : call.books().open)
        if (call.exchange.order(each).terms.userref == userref) out.push_back(each);
    return out;
}

std::vector<OrderNo> named_by_client(const Call& call, const std::string& cl_ord_id) {
    const auto found = call.books().open_ids.find(cl_ord_id);
    if (found == call.books().open_ids.end()) return {};
    return {found->second};
}

// Of `txid` (or userref) or `cl_ord_id`, exactly one of which has to be given.
Answer<std::vector<OrderNo>> asked_orders(const Call& call) {
    const auto txid = call.params.text("txid");
    const auto cl_ord_id = call.params.text("cl_ord_id");
    if (txid.has_value() == cl_ord_id.has_value()) return Refusal{refused::kInvalidArguments};
    std::vector<OrderNo> out = txid ? named(call, *txid) : named_by_client(call, *cl_ord_id);
    if (out.empty()) return Refusal{refused::kUnknownOrder};
    return out;
}

std::string counted(std::size_t count) {
    JsonWriter json;
    return json.begin_object().key("count").number(count).end_object().take();
}

Answer<std::string> amend_order(const Call& call) {
    BOOST_OUTCOME_TRY(const std::vector<OrderNo> orders, asked_orders(call));
    BOOST_OUTCOME_TRY(const Amendment amendment, asked_amendment(call.params, call.arrived));
    BOOST_OUTCOME_TRY(const std::string id,
                      call.exchange.amend(call.account(), orders.front(), amendment));
    JsonWriter json;
    return json.begin_object().member("amend_id", id).end_object().take();
}

// What replaced it, or what would: without a txid then.
std::string edited(const Call& call, const Order& old, const Edit& edit, const Order* made) {
    const PairInfo& pair = call.exchange.instruments().pair(old.terms.pair);
    OrderTerms terms = old.terms;
    terms.quantity = edit.quantity.value_or(terms.quantity) - old.executed;
    terms.limit = edit.limit.value_or(terms.limit);
    terms.trigger = edit.trigger.value_or(terms.trigger);
    const bool triggered = has_trigger(terms.type);
    JsonWriter json;
    json.begin_object().member("status", "ok");
    if (made != nullptr) json.member("txid", made->id);
    json.member("originaltxid", old.id);
    json.member("volume", fixed(terms.quantity, pair.lot_decimals));
    json.member("price", fixed(triggered ? terms.trigger : terms.limit, pair.price_decimals));
    if (triggered && has_limit(terms.type))
        json.member("price2", fixed(terms.limit, pair.price_decimals));
    json.key("orders_cancelled").number(made == nullptr ? 0 : 1).key("descr").begin_object();
    return json.member("order", description_of(pair, terms)).end_object().end_object().take();
}

// Cancels and adds, so it needs both permissions. `cancel_response` asks for an answer before that
// is done; here it is done at once.
Answer<std::string> edit_order(const Call& call) {
    if (!call.key->permissions.has(Permission::CloseTrades))
        return Refusal{refused::kPermissionDenied};
    const auto txid = call.params.text("txid");
    if (!txid) return Refusal::invalid("txid");
    const auto pair = call.exchange.instruments().find_pair(call.params.text("pair").value_or(""));
    if (!pair) return Refusal{refused::kUnknownPair};
    BOOST_OUTCOME_TRY(const bool validate, call.params.flag("validate", false));
    BOOST_OUTCOME_TRYV(call.params.flag("cancel_response", false));
    const std::vector<OrderNo> orders = named(call, *txid);
    if (orders.empty()) return Refusal{refused::kUnknownOrder};
    const Order& old = call.exchange.order(orders.front());
    if (old.terms.pair != *pair) return Refusal::invalid("pair");
    BOOST_OUTCOME_TRY(const Edit edit,
                      asked_edit(call.exchange, call.params, call.arrived, old.terms));
    if (validate) {
        BOOST_OUTCOME_TRYV(call.exchange.validate_edit(call.account(), old.no, edit));
        return edited(call, old, edit, nullptr);
    }
    BOOST_OUTCOME_TRY(const OrderNo made, call.exchange.edit(call.account(), old.no, edit));
    return edited(call, old, edit, &call.exchange.order(made));
}

Answer<std::string> cancel_order(const Call& call) {
    BOOST_OUTCOME_TRY(const std::vector<OrderNo> orders, asked_orders(call));
    BOOST_OUTCOME_TRY(const std::size_t count,
                      call.exchange.cancel_together(call.account(), orders));
    return counted(count);
}

Answer<std::string> cancel_all(const Call& call) {
    BOOST_OUTCOME_TRY(const std::size_t count, call.exchange.cancel_all(call.account()));
    return counted(count);
}

Answer<std::string> cancel_order_batch(const Call& call) {
    std::vector<OrderNo> orders;
    std::size_t given = 0;
    for (const bool by_client : {false, true}) {
        const auto* names = call.params.array(by_client ? "cl_ord_ids" : "orders");
        if (names == nullptr) continue;
        given += names->size();
        for (const boost::json::value& each : *names) {
            const std::string name = each.is_string()  ? std::string{each.get_string()}
                                     : each.is_int64() ? std::to_string(each.get_int64())
                                                       : std::string{};
            const auto found = by_client ? named_by_client(call, name) : named(call, name);
            orders.insert(orders.end(), found.begin(), found.end());
        }
    }
    if (given == 0 || given > kCancelsMost) return Refusal::invalid("orders");
    BOOST_OUTCOME_TRY(const std::size_t count,
                      call.exchange.cancel_together(call.account(), orders));
    return counted(count);
}

Answer<std::string> cancel_all_orders_after(const Call& call) {
    BOOST_OUTCOME_TRY(const auto timeout, call.params.integer("timeout"));
    if (!timeout || *timeout < 0 || *timeout > kSwitchMost) return Refusal::invalid("timeout");
    const Moment at = call.exchange.arm_switch(call.account(), std::chrono::seconds{*timeout});
    JsonWriter json;
    json.begin_object().member("currentTime", rfc3339(call.exchange.clock(), 0));
    return json.member("triggerTime", at == kNever ? "0" : rfc3339(call.exchange.by_clock(at), 0))
        .end_object()
        .take();
}

}  // namespace

std::span<const Endpoint> trading_endpoints() {
    using enum Permission;
    static const std::array<Endpoint, 8> kTable{{
        {"AddOrder", add_order, {ModifyTrades}, 0},
        {"AddOrderBatch", add_order_batch, {ModifyTrades}, 0},
        {"AmendOrder", amend_order, {ModifyTrades, CloseTrades}, 0},
        {"EditOrder", edit_order, {ModifyTrades}, 0},
        {"CancelOrder", cancel_order, {ModifyTrades, CloseTrades}, 0},
        {"CancelOrderBatch", cancel_order_batch, {ModifyTrades, CloseTrades}, 0},
        {"CancelAll", cancel_all, {ModifyTrades, CloseTrades}},
        {"CancelAllOrdersAfter", cancel_all_orders_after, {ModifyTrades, CloseTrades}},
    }};
    return kTable;
}

}  // namespace vault::kraken_emulator
