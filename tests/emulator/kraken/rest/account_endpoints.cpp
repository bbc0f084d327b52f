#include "tests/emulator/kraken/exchange/fees.hpp"
#include "tests/emulator/kraken/rest/history.hpp"
#include "tests/emulator/kraken/rest/order_json.hpp"
#include "tests/emulator/kraken/wire/number_text.hpp"

#include <algorithm>
#include <array>

namespace vault::kraken_emulator {
namespace {

constexpr std::size_t kOrdersMost = 50;  // of one QueryOrders
constexpr std::size_t kTradesMost = 20;  // of one QueryTrades

// ---- funds

Answer<std::string> balance(const Call& call) {
    JsonWriter json;
    json.begin_object();
    for (const auto& [asset, unused] : call.books().balances()) {
        const Decimal amount = call.exchange.balance_seen(call.account(), asset);
        const int places = call.exchange.instruments().decimals_of(asset);
        json.member(asset.text(), fixed(amount, places));
    }
    return json.end_object().take();
}

Answer<std::string> balance_ex(const Call& call) {
    JsonWriter json;
    json.begin_object();
    for (const auto& [asset, unused] : call.books().balances()) {
        const int places = call.exchange.instruments().decimals_of(asset);
        const Decimal amount = call.exchange.balance_seen(call.account(), asset);
        const Decimal held = call.exchange.held_seen(call.account(), asset);
        json.key(asset.text()).begin_object().member("balance", fixed(amount, places));
        json.member("hold_trade", fixed(held, places)).end_object();
    }
    return json.end_object().take();
}

// Without margin all of it is the worth of the balances, or nothing.
Answer<std::string> trade_balance(const Call& call) {
    const std::string name = call.params.text("asset").value_or("ZUSD");
    const AssetInfo* asset = call.exchange.instruments().find_asset(name);
    if (asset == nullptr) return Refusal{refused::kUnknownAsset};
    Decimal worth;
    for (const auto& [each, unused] : call.books().balances())
        worth += call.exchange.usd_of(each, call.exchange.balance_seen(call.account(), each));
    const Decimal unit = call.exchange.usd_of(asset->id, kOne);
    const std::string all = fixed(div(worth, unit, Rounding::Down).value(), 4);
    JsonWriter json;
    json.begin_object().member("eb", all).member("tb", all);
    for (const std::string_view none : {"m", "uv", "n", "c", "v"})
        json.member(none, "0.0000");
    return json.member("e", all).member("mf", all).end_object().take();
}

void write_fee(JsonWriter& json, std::size_t tier, bool maker) {
    const auto& schedule = fee_schedule();
    const auto percent = [&](const FeeTier& each) {
        return fixed(maker ? each.maker : each.taker, 4);
    };
    json.begin_object().member("fee", percent(schedule[tier]));
    json.member("minfee", percent(schedule.back())).member("maxfee", percent(schedule.front()));
    if (tier + 1 < schedule.size()) {
        json.member("nextfee", percent(schedule[tier + 1]));
        json.member("nextvolume", fixed(Decimal::from_int(schedule[tier + 1].volume), 4));
    } else {
        json.key("nextfee").null().key("nextvolume").null();
    }
    json.member("tiervolume", fixed(Decimal::from_int(schedule[tier].volume), 4)).end_object();
}

Answer<std::string> trade_volume(const Call& call) {
    const Decimal volume = call.books().volume(call.exchange.now());
    std::vector<PairNo> pairs;
    for (const std::string& name : call.params.list("pair")) {
        const auto found = call.exchange.instruments().find_pair(name);
        if (!found) return Refusal{refused::kUnknownPair};
        pairs.push_back(*found);
    }
    JsonWriter json;
    json.begin_object().member("currency", "ZUSD").member("volume", fixed(volume, 4));
    for (const bool maker : {false, true}) {
        json.key(maker ? "fees_maker" : "fees");
        if (pairs.empty()) {
            json.null();
            continue;
        }
        json.begin_object();
        for (const PairNo no : pairs) {
            json.key(call.exchange.instruments().pair(no).key);
            write_fee(json, fee_tier_of(volume), maker);
        }
        json.end_object();
    }
    return json.end_object().take();
}

// ---- orders

struct OrderFilter {
    bool trades = false;
    std::optional<std::int64_t> userref;
    std::string cl_ord_id;

    bool fits(const Order& order) const {
        const bool ref = !userref || (order.terms.userref && *order.terms.userref == *userref);
        return ref && (cl_ord_id.empty() || order.terms.cl_ord_id == cl_ord_id);
    }
};

Answer<OrderFilter> asked_filter(const Params& params) {
    OrderFilter out;
    BOOST_OUTCOME_TRY(out.trades, params.flag("trades", false));
    BOOST_OUTCOME_TRY(out.userref, params.integer("userref"));
    out.cl_ord_id = params.text("cl_ord_id").value_or("");
    return out;
}

void add_order(JsonWriter& json, const Call& call, const Order& order, bool trades) {
    json.key(order.id);
    write_order(json, call.exchange.instruments().pair(order.terms.pair), order, trades);
}

Answer<std::string> open_orders(const Call& call) {
    BOOST_OUTCOME_TRY(const OrderFilter filter, asked_filter(call.params));
    JsonWriter json;
    json.begin_object().key("open").begin_object();
    for (const Order* order : call.exchange.open_orders(call.account()))
        if (filter.fits(*order)) add_order(json, call, *order, filter.trades);
    return json.end_object().end_object().take();
}

Answer<std::string> closed_orders(const Call& call) {
    BOOST_OUTCOME_TRY(const OrderFilter filter, asked_filter(call.params));
    BOOST_OUTCOME_TRY(const Page page, asked_page(call.params));
    const std::string by = call.params.text("closetime").value_or("both");
    if (by != "open" && by != "close" && by != "both") return Refusal::invalid("closetime");
    const auto time_of = [&](std::string_view id) -> std::optional<Moment> {
        const Order* order = call.exchange.find(call.account(), id);
        if (order == nullptr) return std::nullopt;
        return by == "open" ? order->opened : order->closed;
    };
    BOOST_OUTCOME_TRY(const TimeRange range, asked_range(call.params, time_of));
    std::vector<const Order*> rows;
    for (const Order* order : call.exchange.closed_orders(call.account())) {
        const bool opened = by != "close" && range.contains(order->opened);
        const bool closed = by != "open" && range.contains(order->closed);
        if (filter.fits(*order) && (opened || closed)) rows.push_back(order);
    }
    return paged("closed", rows, page, [&](JsonWriter& json, const Order* order) {
        add_order(json, call, *order, filter.trades);
    });
}

Answer<std::string> query_orders(const Call& call) {
    BOOST_OUTCOME_TRY(const bool trades, call.params.flag("trades", false));
    BOOST_OUTCOME_TRY(const auto userref, call.params.integer("userref"));
    const std::vector<std::string> ids = call.params.list("txid");
    if (ids.empty() || ids.size() > kOrdersMost) return Refusal::invalid("txid");
    const OrderFilter filter{.trades = trades, .userref = userref, .cl_ord_id = {}};
    JsonWriter json;
    json.begin_object();
    for (const std::string& id : ids) {
        const Order* order = call.exchange.find(call.account(), id);
        if (order == nullptr) return Refusal{refused::kUnknownOrder};
        if (filter.fits(*order)) add_order(json, call, *order, trades);
    }
    return json.end_object().take();
}

// ---- trades and ledger

// All fills that an order took from the book as one: under the first one's id.
std::vector<Trade> consolidated(std::vector<Trade> trades) {
    std::map<OrderNo, std::size_t> first;
    std::vector<Trade> out;
    for (Trade& trade : trades) {
        const auto found = trade.maker ? first.end() : first.find(trade.order);
        if (found == first.end()) {
            if (!trade.maker) first.emplace(trade.order, out.size());
            out.push_back(std::move(trade));
            continue;
        }
        Trade& whole = out[found->second];
        whole.cost += trade.cost;
        whole.fee += trade.fee;
        whole.quantity += trade.quantity;
        whole.price = div(whole.cost, whole.quantity, Rounding::Down).value();
        whole.ledger_ids.insert(whole.ledger_ids.end(), trade.ledger_ids.begin(),
                                trade.ledger_ids.end());
    }
    return out;
}

void add_trade(JsonWriter& json, const Call& call, const Trade& trade, bool ledgers) {
    json.key(trade.id);
    write_trade(json, call.exchange.instruments().pair(trade.pair), trade, ledgers);
}

std::vector<Trade> trades_seen(const Call& call) {
    const std::vector<Trade>& all = call.books().trades;
    const auto count = static_cast<std::ptrdiff_t>(call.exchange.trades_seen(call.account()));
    return {all.begin(), all.begin() + count};
}

Answer<std::string> trades_history(const Call& call) {
    BOOST_OUTCOME_TRY(const Page page, asked_page(call.params));
    BOOST_OUTCOME_TRY(const bool merged, call.params.flag("consolidate_taker", true));
    BOOST_OUTCOME_TRY(const bool ledgers, call.params.flag("ledgers", false));
    std::vector<Trade> trades = trades_seen(call);
    const auto time_of = [&](std::string_view id) -> std::optional<Moment> {
        const auto at = std::find_if(trades.begin(), trades.end(),
                                     [&](const Trade& each) { return each.id == id; });
        if (at == trades.end()) return std::nullopt;
        return at->time;
    };
    BOOST_OUTCOME_TRY(const TimeRange range, asked_range(call.params, time_of));
    if (merged) trades = consolidated(std::move(trades));
    std::vector<Trade> rows;
    for (auto trade = trades.rbegin(); trade != trades.rend(); ++trade)
        if (range.contains(trade->time)) rows.push_back(*trade);
    return paged("trades", rows, page, [&](JsonWriter& json, const Trade& trade) {
        add_trade(json, call, trade, ledgers);
    });
}

Answer<std::string> query_trades(const Call& call) {
    const std::vector<std::string> ids = call.params.list("txid");
    if (ids.empty() || ids.size() > kTradesMost) return Refusal::invalid("txid");
    const std::vector<Trade> trades = trades_seen(call);
    JsonWriter json;
    json.begin_object();
    for (const std::string& id : ids) {
        const auto at = std::find_if(trades.begin(), trades.end(),
                                     [&](const Trade& each) { return each.id == id; });
        if (at == trades.end()) return Refusal::invalid("txid");
        add_trade(json, call, *at, false);
    }
    return json.end_object().take();
}

void write_ledger_row(JsonWriter& json, const Call& call, const LedgerRow& row) {
    const int places = call.exchange.instruments().decimals_of(row.asset);
    json.key(row.id).begin_object().member("refid", row.refid);
    json.raw_member("time", unix_seconds(row.time, 4)).member("type", row.type);
    json.member("subtype", row.subtype).member("aclass", "currency");
    json.member("asset", row.asset.text()).member("amount", fixed(row.amount, places));
    json.member("fee", fixed(row.fee, places)).member("balance", fixed(row.balance, places));
    json.end_object();
}

// Of listed assets, their kinds ("ETH.F"), and whatever else the account has rows of.
Answer<std::vector<Asset>> asked_assets(const Call& call) {
    const Instruments& listed = call.exchange.instruments();
    std::vector<Asset> out;
    for (const std::string& name : call.params.list("asset")) {
        if (name == "all") continue;
        const AssetInfo* found = listed.find_asset(name);
        const auto other = Asset::parse(name);
        const bool known = other && (listed.find_plain(name) != nullptr ||
                                     call.books().balances().contains(other.value()));
        if (found == nullptr && !known) return Refusal{refused::kUnknownAsset};
        out.push_back(found == nullptr ? other.value() : found->id);
    }
    return out;
}

Answer<std::string> ledgers(const Call& call) {
    BOOST_OUTCOME_TRY(const Page page, asked_page(call.params));
    const std::string type = call.params.text("type").value_or("all");
    BOOST_OUTCOME_TRY(const std::vector<Asset> assets, asked_assets(call));
    const std::vector<LedgerRow>& all = call.books().ledger();
    const auto time_of = [&](std::string_view id) -> std::optional<Moment> {
        const auto at = std::find_if(all.begin(), all.end(),
                                     [&](const LedgerRow& each) { return each.id == id; });
        if (at == all.end()) return std::nullopt;
        return at->time;
    };
    BOOST_OUTCOME_TRY(const TimeRange range, asked_range(call.params, time_of));
    std::vector<const LedgerRow*> rows;
    for (std::size_t i = call.exchange.ledger_seen(call.account()); i-- > 0;) {
        const bool listed =
            assets.empty() || std::find(assets.begin(), assets.end(), all[i].asset) != assets.end();
        if (listed && (type == "all" || type == all[i].type) && range.contains(all[i].time))
            rows.push_back(&all[i]);
    }
    return paged("ledger", rows, page, [&](JsonWriter& json, const LedgerRow* row) {
        write_ledger_row(json, call, *row);
    });
}

// ---- the key itself

Answer<std::string> get_api_key_info(const Call& call) {
    const ApiKey& key = *call.key;
    JsonWriter json;
    json.begin_object().member("api_key_name", key.name).member("api_key", key.key);
    json.member("nonce", std::to_string(key.nonce));
    json.member("nonce_window", std::to_string(key.nonce_window));
    json.key("permissions").begin_array();
    for (std::size_t i = 0; i < kPermissions; ++i)
        if (const auto each = static_cast<Permission>(i); key.permissions.has(each))
            json.text(to_text(each));
    json.end_array().member("iban", "").member("valid_until", "0");
    json.member("query_from", "0").member("query_to", "0");
    const std::string created = std::to_string(whole_seconds(key.created));
    json.member("created_time", created).member("modified_time", created);
    json.key("ip_allowlist").begin_array().text("").end_array();
    json.member("last_used", std::to_string(whole_seconds(key.last_used)));
    return json.end_object().take();
}

Answer<std::string> get_websockets_token(const Call& call) {
    const std::string token = call.tokens.issue(*call.key, call.exchange.now());
    JsonWriter json;
    json.begin_object().member("token", token).key("expires").number(Tokens::kLife.count());
    return json.end_object().take();
}

}  // namespace

std::span<const Endpoint> account_endpoints() {
    using enum Permission;
    static const std::array<Endpoint, 12> kTable{{
        {"Balance", balance, {QueryFunds}},
        {"BalanceEx", balance_ex, {QueryFunds}},
        {"TradeBalance", trade_balance, {QueryFunds}},
        {"TradeVolume", trade_volume, {QueryFunds}},
        {"OpenOrders", open_orders, {QueryOpenTrades}},
        {"ClosedOrders", closed_orders, {QueryClosedTrades}},
        {"QueryOrders", query_orders, {QueryOpenTrades, QueryClosedTrades}},
        {"TradesHistory", trades_history, {QueryClosedTrades}, 2},
        {"QueryTrades", query_trades, {QueryClosedTrades}, 2},
        {"Ledgers", ledgers, {QueryLedger}, 2},
        {"GetApiKeyInfo", get_api_key_info},
        {"GetWebSocketsToken", get_websockets_token, {CreateWsToken}},
    }};
    return kTable;
}

}  // namespace vault::kraken_emulator
