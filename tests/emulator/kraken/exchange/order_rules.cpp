#include "tests/emulator/kraken/exchange/order_rules.hpp"

#include "tests/emulator/kraken/exchange/fees.hpp"

#include <algorithm>

namespace vault::kraken_emulator {
namespace {

bool is_multiple(Decimal x, Decimal step) {
    return (x.raw() % step.raw()) == 0;
}

Answer<void> check_price(const PairInfo& pair, Decimal price, std::string_view argument) {
    if (price > kAmountMax) return Refusal::invalid(argument);
    if (!price.is_positive()) return Refusal{refused::kInvalidPrice};
    if (!is_multiple(price, pair.tick)) return Refusal{refused::kTickSize};
    return boost::outcome_v2::success();
}

// An iceberg shows a fifteenth of itself at least, and rests.
Answer<void> check_display(const PairInfo& pair, const OrderTerms& terms) {
    const bool iceberg = terms.type == OrderType::Iceberg;
    if (!iceberg && terms.display.is_zero()) return boost::outcome_v2::success();
    const bool shows = iceberg && terms.display.is_positive() && terms.display <= terms.quantity &&
                       is_multiple(terms.display, pair.lot()) &&
                       Decimal::from_raw(terms.display.raw() * 15) >= terms.quantity;
    if (!shows) return Refusal::invalid("displayvol");
    if (terms.force == TimeInForce::Ioc || terms.force == TimeInForce::Fok)
        return Refusal::invalid("timeinforce");
    return boost::outcome_v2::success();
}

Answer<void> check_close(const PairInfo& pair, const CloseTerms& close) {
    if (close.type == OrderType::Market || close.type == OrderType::Iceberg)
        return Refusal::invalid("close[ordertype]");
    const bool triggered = has_trigger(close.type);
    if (triggered) {
        BOOST_OUTCOME_TRYV(check_price(pair, close.trigger, "close[price]"));
    }
    if (!has_limit(close.type)) return boost::outcome_v2::success();
    return check_price(pair, close.limit, triggered ? "close[price2]" : "close[price]");
}

Answer<void> check_combination(const OrderTerms& terms) {
    if (terms.post_only && terms.type != OrderType::Limit) return Refusal::invalid("oflags");
    if (terms.post_only && (terms.force == TimeInForce::Ioc || terms.force == TimeInForce::Fok))
        return Refusal::invalid("timeinforce");
    if (terms.in_quote && (terms.type != OrderType::Market || terms.side != Side::Buy))
        return Refusal::invalid("oflags");
    if (terms.userref && !terms.cl_ord_id.empty()) return Refusal::invalid("cl_ord_id");
    return boost::outcome_v2::success();
}

Answer<void> check_times(const OrderTerms& terms, Moment now) {
    if (terms.starts > now + std::chrono::days{31}) return Refusal::invalid("starttm");
    if (terms.force != TimeInForce::Gtd) return boost::outcome_v2::success();
    const Span life = terms.expires - std::max(now, terms.starts);
    if (life < std::chrono::seconds{5} || life > std::chrono::days{31})
        return Refusal::invalid("expiretm");
    return boost::outcome_v2::success();
}

// A triggered order becomes a market or a limit order, so its limit counts if it has one.
Decimal price_of(const OrderTerms& terms, Decimal last) {
    if (has_limit(terms.type)) return terms.limit;
    return has_trigger(terms.type) ? terms.trigger : last;
}

Decimal percent_up(Decimal amount, Decimal percent) {
    return mul_div(amount, percent, Decimal::from_int(100), Rounding::Up).value();
}

}  // namespace

Decimal cost_of(const PairInfo& pair, Decimal price, Decimal quantity, Rounding rounding) {
    return round_places(mul(price, quantity, rounding).value(), pair.quote_decimals, rounding);
}

Answer<void> check_terms(const PairInfo& pair, const OrderTerms& terms, Decimal last, Moment now) {
    BOOST_OUTCOME_TRYV(check_combination(terms));
    BOOST_OUTCOME_TRYV(check_times(terms, now));
    if (!terms.quantity.is_positive() || terms.quantity > kAmountMax)
        return Refusal::invalid("volume");
    BOOST_OUTCOME_TRYV(check_display(pair, terms));
    if (terms.close) {
        BOOST_OUTCOME_TRYV(check_close(pair, *terms.close));
    }
    if (has_limit(terms.type)) {
        BOOST_OUTCOME_TRYV(
            check_price(pair, terms.limit, has_trigger(terms.type) ? "price2" : "price"));
    }
    if (has_trigger(terms.type)) {
        BOOST_OUTCOME_TRYV(check_price(pair, terms.trigger, "price"));
    }
    if (terms.in_quote) {
        if (terms.quantity < pair.cost_min) return Refusal{refused::kCostMinimum};
        return boost::outcome_v2::success();
    }
    if (!is_multiple(terms.quantity, pair.lot())) return Refusal::invalid("volume");
    if (terms.quantity < pair.order_min) return Refusal{refused::kOrderMinimum};
    const auto cost = mul(price_of(terms, last), terms.quantity, Rounding::Down);
    if (!cost || cost.value() > kAmountMax) return Refusal::invalid("volume");
    if (cost.value() < pair.cost_min) return Refusal{refused::kCostMinimum};
    return boost::outcome_v2::success();
}

Answer<void> check_open(SystemStatus system, const PairInfo& pair, const OrderTerms& terms) {
    if (system == SystemStatus::Maintenance) return Refusal{refused::kUnavailable};
    if (pair.status == PairStatus::Delisted) return Refusal{refused::kUnknownPair};
    const bool cancels_only =
        pair.status == PairStatus::CancelOnly || pair.status == PairStatus::ReduceOnly;
    if (system == SystemStatus::CancelOnly || cancels_only) return Refusal{refused::kCancelOnly};
    const bool post_only = system == SystemStatus::PostOnly || pair.status == PairStatus::PostOnly;
    if (post_only && !terms.post_only) return Refusal{refused::kPostOnlyMode};
    const bool plain_limit = terms.type == OrderType::Limit || terms.type == OrderType::Iceberg;
    if (pair.status == PairStatus::LimitOnly && !plain_limit) return Refusal{refused::kLimitOnly};
    return boost::outcome_v2::success();
}

Decimal hold_of(const PairInfo& pair, const Order& order) {
    const OrderTerms& terms = order.terms;
    if (!order.is_open() || terms.type == OrderType::Market) return kZero;
    const bool in_force = order.triggered && !has_limit(terms.type);  // it ends at once
    if (in_force) return kZero;
    if (terms.side == Side::Sell) {
        if (!terms.fee_in_base) return order.left();
        return round_places(order.left() + percent_up(order.left(), order.taker_percent),
                            pair.base_decimals, Rounding::Up);
    }
    const Decimal price = has_limit(terms.type) ? terms.limit : terms.trigger;
    Decimal cost = mul(price, order.left(), Rounding::Up).value();
    if (!terms.fee_in_base) cost += percent_up(cost, order.taker_percent);
    return round_places(cost, pair.quote_decimals, Rounding::Up);
}

}  // namespace vault::kraken_emulator
