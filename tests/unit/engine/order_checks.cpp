// The order rules in random lives, by a reading of our own: no order that they forbid was sent, and
// no exit that they held back was forgotten.
#include "tests/unit/engine/engine_checks.hpp"

#include <fmt/format.h>

namespace vault::engine::test {
namespace {

bool is_urgent(const ports::OrderRow& row) {
    return row.side == Side::Sell && (row.reason == "stop_loss" || row.reason == "liquidate");
}

// What is live never meets what is live.
std::string self_cross(const EngineStep& step) {
    for (const Account& account : step.world().accounts) {
        std::map<Pair, std::set<Side>> sides;
        for (const VaultId id : account.vaults)
            for (const Sleeve& sleeve : step.world().vaults[id.value - 1].sleeves)
                for (const Order& order : sleeve.orders)
                    if (order.live()) sides[order.request.pair].insert(order.request.side);
        for (const auto& [pair, seen] : sides)
            if (seen.size() > 1) return "both sides of " + pair.text() + " are live";
    }
    return {};
}

std::string price_band(const EngineStep& step) {
    return each_new_order(
        step,
        [&](const Vault& vault, const Sleeve&, const ports::OrderRow& row,
            const Order&) -> std::string {
            const Account& account = step.world().accounts[vault.row.account.value - 1];
            const PairMarket& at = *step.world().pair_market(account, row.pair);
            const Decimal charged = account.venue.settings().slippage;
            const Decimal slip = is_urgent(row)
                                     ? charged
                                     : std::max(charged, row.side == Side::Buy ? at.last->ask_gap
                                                                               : at.last->bid_gap);
            // The rounding to a price step comes on top.
            const Decimal off = mul(at.last->price.value, slip, Rounding::Up).value();
            const Decimal most =
                mul(at.last->price.value, step.world().order_rules.price_band, Rounding::Up)
                    .value();
            return off <= most ? ""
                               : fmt::format("{} away, {} are allowed", off.text(), most.text());
        });
}

std::string max_order(const EngineStep& step) {
    const auto most = step.world().order_rules.max_order;
    if (!most) return {};
    return each_new_order(step,
                          [&](const Vault& vault, const Sleeve&, const ports::OrderRow& row,
                              const Order&) -> std::string {
                              if (row.side != Side::Buy) return {};
                              const auto in_asset = rate(step, vault);
                              if (!in_asset) return "nobody knows its size";
                              const Decimal size =
                                  mul(row.requested, *in_asset, Rounding::Down).value();
                              return size <= *most ? "" : size.text() + " for one buy";
                          });
}

// Orders of the last minute of each account, since the rule was last changed.
struct OrdersPerMinute {
    std::map<AccountId, std::vector<UtcTime>> sent;
    std::optional<std::uint32_t> most;

    std::string operator()(const EngineStep& step) {
        const auto now = step.world().order_rules.max_orders_per_minute;
        if (std::exchange(most, now) != now) sent.clear();
        std::map<AccountId, std::size_t> fresh, patient;
        const std::string none = each_new_order(
            step, [&](const Vault&, const Sleeve&, const ports::OrderRow& row, const Order&) {
                ++fresh[row.owner.account];
                if (!is_urgent(row)) ++patient[row.owner.account];
                return std::string{};
            });
        for (const auto& [account, count] : fresh) {
            const UtcTime at =
                step.world().markets[step.world().accounts[account.value - 1].market].now;
            std::vector<UtcTime>& before = sent[account];
            std::erase_if(before,
                          [at](UtcTime time) { return at - time >= std::chrono::minutes{1}; });
            if (most && patient[account] > 0 && before.size() + patient[account] > *most)
                return fmt::format("{} sent {} and {} more within a minute", to_text(account),
                                   before.size(), patient[account]);
            before.insert(before.end(), count, at);
        }
        return none;
    }
};

// A whole position that was to be sold is still to be sold.
std::string no_exit_is_lost(const EngineStep& step) {
    for (const ports::DecisionRow& row : step.rows().decisions) {
        const bool rule = row.reason == "self_cross" || row.reason == "price_band" ||
                          row.reason == "max_orders_per_minute";
        if (row.check != "sell" || row.action != "hold" || !rule) continue;
        for (const PairSlot& slot :
             step.world().vaults[row.vault.value - 1].sleeve(row.sleeve).slots)
            if (slot.pair == row.pair && slot.view.quantity.is_positive() &&
                slot.standing_sell == ports::Reason::None)
                return "a sale that was held back does not stand";
    }
    return {};
}

}  // namespace

std::vector<NamedWatcher> order_rule_watchers() {
    return {{"R_self_cross", self_cross},
            {"R_price_band", price_band},
            {"R_max_order", max_order},
            {"R_max_orders_per_minute", OrdersPerMinute{}},
            {"R_no_exit_is_lost", no_exit_is_lost}};
}

}  // namespace vault::engine::test
