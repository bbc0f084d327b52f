#include "daemon/engine/order_desk.hpp"

#include "daemon/market/pair_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {
namespace {

constexpr Duration kRateSpan = std::chrono::minutes{1};
// As over a gap: an older price is none.
constexpr Duration kFresh = std::chrono::minutes{5};

std::optional<Price> fresh_price(const World& world, const Account& account, const Pair& pair,
                                 UtcTime now) {
    const PairMarket* const at = world.pair_market(account, pair);
    const bool fresh =
        at != nullptr && at->last && !at->past.refused && now - at->last->time <= kFresh;
    return fresh ? std::optional{at->last->price} : std::nullopt;
}

// What a buy takes of its cash, fee inside, in the asset of the caps.
std::optional<Decimal> size_of(const World& world, const Account& account,
                               const OrderRequest& order) {
    const bool by_budget = order.quantity.value.is_zero();
    const auto cost = by_budget ? mul(order.spend_fraction, order.spend_base, Rounding::Up)
                                : mul(order.limit.value, order.quantity.value, Rounding::Up);
    if (!cost || order.pair.quote == world.risk_asset)
        return cost ? std::optional{cost.value()} : std::nullopt;
    const auto rate = world.risk_rate(account, order.pair.quote);
    if (!rate) return std::nullopt;
    const auto size = mul(cost.value(), *rate, Rounding::Up);
    return size ? std::optional{size.value()} : std::nullopt;
}

// A live order of the account that it would match.
std::optional<OrderId> crossed_by(const World& world, const Account& account,
                                  const OrderRequest& order) {
    for (const VaultId id : account.vaults)
        for (const Sleeve& sleeve : world.vaults[id.value - 1].sleeves)
            for (const Order& other : sleeve.orders)
                if (other.live() && risk::would_cross(order, other.request))
                    return other.request.id;
    return std::nullopt;
}

std::uint32_t sent_within(const Account& account, UtcTime now) {
    return static_cast<std::uint32_t>(
        std::ranges::count_if(account.sent, [now](UtcTime at) { return now - at < kRateSpan; }));
}

}  // namespace

risk::OrderFacts OrderDesk::facts_of(const OrderRequest& order, Price decided_on,
                                     bool urgent) const {
    const Account& account =
        world_.accounts[world_.vaults[order.id.vault.value - 1].row.account.value - 1];
    risk::OrderFacts facts;
    facts.side = order.side;
    facts.urgent = urgent;
    const PairRules* const rules = world_.rules_of(account, order.pair);
    VAULT_CHECK(rules != nullptr, "an order's pair is in the catalogue");
    // A wide book does not hold up what has to get out.
    const Decimal slippage = urgent ? account.venue.settings().slippage
                                    : world_.slippage_of(account, order.pair, order.side);
    const auto worst = market::slipped_price(order.side, decided_on, slippage, rules->tick);
    facts.price = order.limit;
    if (!order.limit.value.is_positive() && worst) facts.price = worst.value();
    facts.last = fresh_price(world_, account, order.pair, order.decided_at);
    if (order.side == Side::Buy) facts.size = size_of(world_, account, order);
    facts.sent = sent_within(account, order.decided_at);
    facts.crossed = crossed_by(world_, account, order);
    return facts;
}

std::optional<risk::OrderRefusal> OrderDesk::refuse(const OrderRequest& order, Price decided_on,
                                                    bool urgent) const {
    return risk::refuse_order(world_.order_rules, facts_of(order, decided_on, urgent));
}

std::vector<ports::CapView> OrderDesk::views(const Account* account) const {
    const risk::OrderRules& rules = world_.order_rules;
    std::vector<ports::CapView> out;
    const auto add = [&](std::string level, risk::OrderRule rule, std::string limit,
                         std::string arithmetic) -> ports::CapView& {
        ports::CapView& view = out.emplace_back();
        view.level = std::move(level);
        view.cap = risk::to_text(rule);
        view.limit = std::move(limit);
        view.standing = "free";
        view.asset = world_.risk_asset.text();
        view.blocks = "entries";
        view.arithmetic = std::move(arithmetic);
        view.ends = fmt::format("risk.{} of the configuration", view.cap);
        return view;
    };
    using enum risk::OrderRule;
    add("daemon", PriceBand, rules.price_band.text(),
        "each order is that near the last price, as a fraction of it")
        .blocks = "all";
    if (rules.max_order)
        add("daemon", MaxOrder, rules.max_order->text(), "one buy takes no more, fee inside");
    if (!rules.max_orders_per_minute) return out;
    const std::uint32_t most = *rules.max_orders_per_minute;
    if (account == nullptr) {
        add("daemon", MaxOrdersPerMinute, std::to_string(most),
            "each account sends no more within a minute, exits apart");
        return out;
    }
    const std::uint32_t sent = sent_within(*account, world_.market_of(*account).now);
    ports::CapView& rate = add("account", MaxOrdersPerMinute, std::to_string(most),
                               fmt::format("{} of {} orders sent within a minute", sent, most));
    rate.of = to_text(account->row.id);
    rate.headroom = std::to_string(most - std::min(sent, most));
    rate.ends = "a minute after the oldest of them";
    if (sent >= most) rate.standing = "blocks";
    return out;
}

void note_sent(const World& world, Account& account, UtcTime at) {
    if (!world.order_rules.max_orders_per_minute) {
        account.sent.clear();
        return;
    }
    std::erase_if(account.sent, [at](UtcTime sent) { return at - sent >= kRateSpan; });
    account.sent.push_back(at);
}

}  // namespace vault::engine
