#include "daemon/exchange/sim/venue.hpp"

#include "daemon/market/pair_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::exchange {

Result<void> validate(const SimSettings& settings) {
    const auto fraction = [](Decimal x) { return !x.is_negative() && x < kOne; };
    const auto wrong = [](const char* field, const char* range) {
        return Error{Errc::InvalidParams, fmt::format("{} must be {}", field, range), field,
                     fmt::format("set {} to {}", field, range)};
    };
    if (!fraction(settings.fee_rate)) return wrong("fee_rate", "from 0 to less than 1");
    if (!fraction(settings.slippage)) return wrong("slippage", "from 0 to less than 1");
    constexpr std::uint32_t kMillion = 1'000'000;
    if (settings.partial_fill_per_million > kMillion)
        return wrong("partial_fill_per_million", "0 to 1000000");
    if (settings.reject_per_million > kMillion) return wrong("reject_per_million", "0 to 1000000");
    if (settings.latency_ticks > 10'000) return wrong("latency_ticks", "0 to 10000");
    return success();
}

SimVenue::SimVenue(const SimSettings& settings) : settings_(settings), random_(settings.seed) {
    VAULT_CHECK(validate(settings).has_value(), "settings are validated before use");
}

const Asset& SimVenue::pays(const OrderRequest& request) {
    return request.side == Side::Buy ? request.pair.quote : request.pair.base;
}

bool SimVenue::well_formed(const OrderRequest& request) const {
    if (request.quantity.value.is_negative() || request.limit.value.is_negative()) return false;
    if (request.side == Side::Sell) return request.quantity.value.is_positive();
    if (request.quantity.value.is_positive()) return request.limit.value.is_positive();
    return request.spend_fraction.is_positive() && request.spend_base.is_positive() &&
           !request.fee_rate.is_negative() && request.fee_rate < kOne;
}

// What the order may take out of the wallet at most.
Result<Decimal> SimVenue::needed(const OrderRequest& request) const {
    if (request.side == Side::Sell) return request.quantity.value;
    if (request.quantity.value.is_zero())
        return mul(request.spend_fraction, request.spend_base, Rounding::Up);
    VAULT_TRY(const Decimal cost, mul(request.limit.value, request.quantity.value, Rounding::Up));
    const Decimal rate = max(request.fee_rate, settings_.fee_rate);
    return mul(cost, kOne + rate, Rounding::Up);
}

std::vector<VenueEvent> SimVenue::place(const OrderRequest& request) {
    const auto refuse = [&request](const char* reason) {
        return Events{Refused{request.id, reason}};
    };
    std::uint32_t& last = last_number_[{request.id.vault, request.id.sleeve}];
    if (request.id.number <= last) return refuse("duplicate_order");
    last = request.id.number;
    if (settings_.reject_per_million > 0 &&
        random_.chance_per_million(settings_.reject_per_million))
        return refuse("rejected_by_venue");
    if (!well_formed(request)) return refuse("bad_order");
    const Result<Decimal> amount = needed(request);
    if (!amount) return refuse("bad_order");
    if (!wallets_.hold(pays(request), amount.value())) return refuse("insufficient_balance");
    LiveOrder order;
    order.request = request;
    order.held = amount.value();
    order.rest = request.quantity;
    order.ticks_left = settings_.latency_ticks;
    orders_.push_back(std::move(order));
    return {Accepted{request.id}};
}

std::vector<VenueEvent> SimVenue::cancel(const OrderId& id, UtcTime now) {
    const auto at = std::find_if(orders_.begin(), orders_.end(),
                                 [&id](const LiveOrder& o) { return o.request.id == id; });
    Events out;
    if (at == orders_.end()) return out;
    end(*at, OrderState::Canceled, "canceled", now, out);
    orders_.erase(at);
    return out;
}

std::vector<VenueEvent> SimVenue::on_tick(const Tick& tick, const PairRules& rules) {
    Events out;
    if (orders_.empty() || !matches_orders(rules.status)) return out;
    std::erase_if(orders_, [&](LiveOrder& order) {
        return order.request.pair == rules.pair && step(order, tick, rules, out);
    });
    return out;
}

std::vector<VenueEvent> SimVenue::on_status(const PairRules& rules, UtcTime now) {
    Events out;
    const bool keeps_sells = makes_prices(rules.status);
    if (rules.status == PairStatus::Trading) return out;
    std::erase_if(orders_, [&](LiveOrder& order) {
        if (order.request.pair != rules.pair) return false;
        if (order.request.side == Side::Sell && keeps_sells) return false;
        end(order, OrderState::Expired, fmt::format("pair_{}", to_text(rules.status)), now, out);
        return true;
    });
    return out;
}

bool SimVenue::step(LiveOrder& order, const Tick& tick, const PairRules& rules, Events& out) {
    const OrderRequest& request = order.request;
    const auto over = [&](OrderState state, const char* reason) {
        end(order, state, reason, tick.time, out);
        return true;
    };
    const bool buy = request.side == Side::Buy;
    if (tick.gap && buy) return over(OrderState::Canceled, "lapsed_in_gap");
    if (tick.gap) order.ticks_left = 0;
    if (order.ticks_left > 0) {
        --order.ticks_left;
        return false;
    }
    const Decimal slippage = slippage_at(request.side, tick);
    if (slippage >= kOne) return buy ? over(OrderState::Canceled, "no_offers") : false;
    const Result<Price> price =
        market::slipped_price(request.side, tick.price, slippage, rules.tick);
    if (!price) return over(OrderState::Canceled, "below_minimum");
    const bool limited = request.limit.value.is_positive();
    if (limited && (buy ? price.value() > request.limit : price.value() < request.limit))
        return over(OrderState::Canceled, "limit");
    const Result<Quantity> whole = fill_quantity(order, price.value(), rules);
    if (!whole || market::below_minimum(rules, price.value(), whole.value()))
        return over(OrderState::Canceled, "below_minimum");
    order.rest = whole.value();
    if (!fill(order, take_part(whole.value(), rules), price.value(), tick.time, out))
        return over(OrderState::Canceled, "amount_too_large");
    return order.rest.value.is_zero() ? over(OrderState::Filled, "") : false;
}

// What can be filled now: never more than what is left of the order, or than its hold pays for.
Result<Quantity> SimVenue::wanted_quantity(const LiveOrder& order, Price price,
                                           const PairRules& rules) const {
    const OrderRequest& request = order.request;
    if (request.side == Side::Sell) return market::floor_lot(order.rest.value, rules.lot);
    const Decimal rate = max(request.fee_rate, settings_.fee_rate);
    const bool by_budget = request.quantity.value.is_zero();
    if (by_budget && !order.filled_some)
        return market::affordable(rules, request.spend_fraction, request.spend_base, price, rate);
    VAULT_TRY(const Quantity paid_for, market::affordable(rules, kOne, order.held, price, rate));
    return Quantity{min(paid_for.value, market::floor_lot(order.rest.value, rules.lot).value)};
}

// Rounding cost and fee up at the 18th place may pass the hold by a digit: a lot less then.
Result<Quantity> SimVenue::fill_quantity(const LiveOrder& order, Price price,
                                         const PairRules& rules) const {
    VAULT_TRY(Quantity quantity, wanted_quantity(order, price, rules));
    if (order.request.side == Side::Sell) return quantity;
    for (int lots = 0; lots < 3 && quantity.value.is_positive(); ++lots) {
        VAULT_TRY(const Decimal cost, mul(price.value, quantity.value, Rounding::Up));
        VAULT_TRY(const Decimal fee, mul(cost, settings_.fee_rate, Rounding::Up));
        if (cost + fee <= order.held) return quantity;
        quantity = Quantity{quantity.value - rules.lot};
    }
    return Quantity{};
}

// All of it, or by chance a whole number of lots under it.
Quantity SimVenue::take_part(Quantity whole, const PairRules& rules) {
    if (settings_.partial_fill_per_million == 0 ||
        !random_.chance_per_million(settings_.partial_fill_per_million))
        return whole;
    const auto percent =
        Decimal::from_raw(static_cast<Decimal::Raw>(1 + random_.below(99)) * (Decimal::kOne / 100));
    const Result<Decimal> part = mul(whole.value, percent, Rounding::Down);
    const Quantity lots = market::floor_lot(part ? part.value() : whole.value, rules.lot);
    return lots.value.is_zero() ? whole : lots;
}

// Cost and fee are exact; where 18 places are not enough the last digit goes against us.
Result<Fill> SimVenue::make_fill(const OrderRequest& request, Quantity quantity, Price price,
                                 UtcTime now) {
    const bool buy = request.side == Side::Buy;
    Fill fill;
    fill.order = request.id;
    fill.time = now;
    fill.side = request.side;
    fill.price = price;
    fill.quantity = quantity;
    VAULT_TRY(fill.cost, mul(price.value, quantity.value, buy ? Rounding::Up : Rounding::Down));
    const bool in_base = buy && settings_.fee_in == FeeIn::Base;
    fill.fee_asset = in_base ? request.pair.base : request.pair.quote;
    VAULT_TRY(fill.fee,
              mul(in_base ? quantity.value : fill.cost, settings_.fee_rate, Rounding::Up));
    fill.trade_id = fmt::format("T{}", ++trades_);
    return fill;
}

Result<void> SimVenue::fill(LiveOrder& order, Quantity quantity, Price price, UtcTime now,
                            Events& out) {
    VAULT_TRY(Fill fill, make_fill(order.request, quantity, price, now));
    if (fill.side == Side::Buy) {
        VAULT_TRYV(book_buy(order, fill));
    } else {
        VAULT_TRYV(wallets_.add(order.request.pair.quote, fill.cost - fill.fee));
        wallets_.spend_held(order.request.pair.base, quantity.value);
        order.held -= quantity.value;
    }
    order.rest = Quantity{order.rest.value - quantity.value};
    order.filled_some = true;
    out.emplace_back(std::move(fill));
    return success();
}

Result<void> SimVenue::book_buy(LiveOrder& order, const Fill& fill) {
    const bool in_base = fill.fee_asset == order.request.pair.base;
    const Decimal paid = in_base ? fill.cost : fill.cost + fill.fee;
    const Decimal got = in_base ? fill.quantity.value - fill.fee : fill.quantity.value;
    VAULT_CHECK(paid <= order.held, "an order spends no more than its hold");
    VAULT_TRYV(wallets_.add(order.request.pair.base, got));
    wallets_.spend_held(order.request.pair.quote, paid);
    order.held -= paid;
    return success();
}

void SimVenue::end(LiveOrder& order, OrderState state, std::string reason, UtcTime now,
                   Events& out) {
    wallets_.release(pays(order.request), order.held);
    order.held = kZero;
    out.emplace_back(Ended{order.request.id, state, std::move(reason), now});
}

std::vector<OrderId> SimVenue::live_orders() const {
    std::vector<OrderId> ids;
    for (const LiveOrder& order : orders_)
        ids.push_back(order.request.id);
    return ids;
}

}  // namespace vault::exchange
