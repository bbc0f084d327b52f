#include "tests/emulator/kraken/rest/order_params.hpp"

#include <algorithm>
#include <limits>

namespace vault::kraken_emulator {
namespace {

using boost::outcome_v2::success;

bool all_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
}

bool is_long_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash != (text[i] == '-')) return false;
        if (!dash) digits += text[i];
    }
    return all_hex(digits);
}

// "+5", "-5", "#5" and each with '%': relative to the last price. '#' points to the side where the
// order does not trade at once.
Answer<Decimal> price_of(const Exchange& exchange, const OrderTerms& terms, std::string text,
                         std::string_view name) {
    const bool relative = text[0] == '+' || text[0] == '-' || text[0] == '#';
    const bool percent = text.back() == '%';
    const char sign = relative ? text[0] : '+';
    if (relative) text.erase(0, 1);
    if (percent && !text.empty()) text.pop_back();
    const auto amount = Decimal::parse(text);
    if (!amount || amount.value().is_negative()) return Refusal::invalid(name);
    if (!relative && !percent) return amount.value();
    const Decimal last = exchange.last_price(terms.pair);
    const Decimal hundred = Decimal::from_int(100);
    const auto offset = percent ? mul_div(last, amount.value(), hundred, Rounding::Down) : amount;
    if (!offset || offset.value() > last) return Refusal::invalid(name);
    const bool below = (terms.side == Side::Buy) != is_stop_loss(terms.type);
    const bool down = sign == '-' || (sign == '#' && below);
    const Decimal price = down ? last - offset.value() : last + offset.value();
    return round_step(price, exchange.instruments().pair(terms.pair).tick, Rounding::Floor);
}

Answer<void> read_prices(const Exchange& exchange, const Params& params, OrderTerms& terms) {
    const auto price = params.text("price");
    const auto price2 = params.text("price2");
    const auto& limit = has_trigger(terms.type) ? price2 : price;
    if (has_trigger(terms.type)) {
        if (!price) return Refusal::invalid("price");
        BOOST_OUTCOME_TRY(terms.trigger, price_of(exchange, terms, *price, "price"));
    }
    if (has_limit(terms.type)) {
        const std::string_view name = has_trigger(terms.type) ? "price2" : "price";
        if (!limit) return Refusal::invalid(name);
        BOOST_OUTCOME_TRY(terms.limit, price_of(exchange, terms, *limit, name));
    }
    return success();
}

Answer<void> read_flags(const Params& params, OrderTerms& terms) {
    for (const std::string& flag : params.list("oflags")) {
        if (flag == "post")
            terms.post_only = true;
        else if (flag == "fcib")
            terms.fee_in_base = true;
        else if (flag == "viqc")
            terms.in_quote = true;
        else if (flag != "fciq" && flag != "nompp")
            return Refusal::invalid("oflags");
    }
    return success();
}

// "0", "+n" or unix seconds.
Answer<Moment> read_time(const Params& params, std::string_view name, Moment arrived) {
    std::string text = params.text(name).value_or("0");
    const bool relative = text[0] == '+';
    if (relative) text.erase(0, 1);
    const auto seconds = Decimal::parse(text);
    const bool sane = seconds && !seconds.value().is_negative() &&
                      seconds.value() < Decimal::from_int(9'000'000'000);
    if (!sane) return Refusal::invalid(name);
    const auto whole = static_cast<std::int64_t>(seconds.value().raw() / Decimal::kOne);
    if (relative) return arrived + std::chrono::seconds{whole};
    return Moment{std::chrono::seconds{whole}};
}

Answer<void> read_validity(const Params& params, Moment arrived, OrderTerms& terms) {
    const auto force = parse_time_in_force(params.text("timeinforce").value_or("GTC"));
    if (!force) return Refusal::invalid("timeinforce");
    terms.force = *force;
    BOOST_OUTCOME_TRY(terms.starts, read_time(params, "starttm", arrived));
    if (terms.starts <= arrived) terms.starts = kNever;
    BOOST_OUTCOME_TRY(terms.expires, read_time(params, "expiretm", arrived));
    // An expiry alone makes an order good till then.
    if (terms.expires != kNever && terms.force == TimeInForce::Gtc) terms.force = TimeInForce::Gtd;
    if (terms.force == TimeInForce::Gtd && terms.expires == kNever)
        return Refusal::invalid("expiretm");
    BOOST_OUTCOME_TRY(terms.deadline, asked_deadline(params, arrived));
    return success();
}

Answer<void> read_names(const Params& params, OrderTerms& terms) {
    BOOST_OUTCOME_TRY(const auto userref, params.integer("userref"));
    if (userref) {
        if (*userref < std::numeric_limits<std::int32_t>::min() ||
            *userref > std::numeric_limits<std::int32_t>::max())
            return Refusal::invalid("userref");
        terms.userref = static_cast<std::int32_t>(*userref);
    }
    terms.cl_ord_id = params.text("cl_ord_id").value_or("");
    // Kraken does not say which argument it means here.
    if (!terms.cl_ord_id.empty() && !is_client_id(terms.cl_ord_id))
        return Refusal{refused::kInvalidArguments};
    return success();
}

// A price that is not relative: to what it would be here is not documented.
Answer<std::optional<Decimal>> plain_price(const Params& params, std::string_view name) {
    const auto text = params.text(name);
    if (text && (text->front() < '0' || text->front() > '9')) return Refusal::invalid(name);
    return params.decimal(name);
}

Answer<void> read_close(const Params& params, OrderTerms& terms) {
    const auto name = params.text("close[ordertype]");
    BOOST_OUTCOME_TRY(const auto price, plain_price(params, "close[price]"));
    BOOST_OUTCOME_TRY(const auto price2, plain_price(params, "close[price2]"));
    if (!name && !price && !price2) return success();
    const auto type = parse_order_type(name.value_or(""));
    if (!type) return Refusal::invalid("close[ordertype]");
    const bool triggered = has_trigger(*type);
    if (price2 && !(triggered && has_limit(*type))) return Refusal::invalid("close[price2]");
    CloseTerms close;
    close.type = *type;
    (triggered ? close.trigger : close.limit) = price.value_or(kZero);
    if (triggered) close.limit = price2.value_or(kZero);
    terms.close = close;
    return success();
}

Answer<void> check_absent(const Params& params) {
    if (params.text("leverage").value_or("none") != "none") return Refusal::invalid("leverage");
    if (params.text("trigger").value_or("last") != "last") return Refusal::invalid("trigger");
    BOOST_OUTCOME_TRY(const bool reduce_only, params.flag("reduce_only", false));
    if (reduce_only) return Refusal::invalid("reduce_only");
    return success();
}

}  // namespace

bool is_client_id(std::string_view text) {
    if (is_long_uuid(text) || (text.size() == 32 && all_hex(text))) return true;
    return !text.empty() && text.size() <= 18 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

Answer<Moment> asked_deadline(const Params& params, Moment arrived) {
    BOOST_OUTCOME_TRY(const auto deadline, params.rfc3339("deadline"));
    if (!deadline) return kNever;
    const Span ahead = *deadline - arrived;
    if (ahead <= Span::zero()) return Refusal{refused::kDeadlineElapsed};
    if (ahead < std::chrono::seconds{2} || ahead > std::chrono::seconds{60})
        return Refusal::invalid("deadline");
    return *deadline;
}

Answer<OrderTerms> asked_terms(const Exchange& exchange, const Params& params, Moment arrived,
                               std::optional<PairNo> pair) {
    OrderTerms terms;
    if (!pair) {
        const auto name = params.text("pair");
        if (!name) return Refusal::invalid("pair");
        pair = exchange.instruments().find_pair(*name);
        if (!pair) return Refusal{refused::kUnknownPair};
    }
    terms.pair = *pair;
    const auto side = parse_side(params.text("type").value_or(""));
    if (!side) return Refusal::invalid("type");
    terms.side = side.value();
    const auto type = parse_order_type(params.text("ordertype").value_or(""));
    if (!type) return Refusal::invalid("ordertype");
    terms.type = *type;
    BOOST_OUTCOME_TRYV(check_absent(params));
    BOOST_OUTCOME_TRY(const auto volume, params.decimal("volume"));
    if (!volume) return Refusal::invalid("volume");
    terms.quantity = *volume;
    BOOST_OUTCOME_TRY(const auto display, params.decimal("displayvol"));
    terms.display = display.value_or(kZero);
    BOOST_OUTCOME_TRYV(read_prices(exchange, params, terms));
    BOOST_OUTCOME_TRYV(read_flags(params, terms));
    BOOST_OUTCOME_TRYV(read_validity(params, arrived, terms));
    BOOST_OUTCOME_TRYV(read_names(params, terms));
    BOOST_OUTCOME_TRYV(read_close(params, terms));
    const auto self_trade = parse_self_trade(params.text("stptype").value_or("cancel-newest"));
    if (!self_trade) return Refusal::invalid("stptype");
    terms.self_trade = *self_trade;
    return terms;
}

Answer<Amendment> asked_amendment(const Params& params, Moment arrived) {
    Amendment out;
    BOOST_OUTCOME_TRY(out.display, params.decimal("display_qty"));
    BOOST_OUTCOME_TRY(out.quantity, params.decimal("order_qty"));
    BOOST_OUTCOME_TRY(out.limit, params.decimal("limit_price"));
    BOOST_OUTCOME_TRY(out.trigger, params.decimal("trigger_price"));
    BOOST_OUTCOME_TRY(out.post_only, params.flag("post_only", false));
    BOOST_OUTCOME_TRY(out.deadline, asked_deadline(params, arrived));
    if (!out.quantity && !out.limit && !out.trigger && !out.display)
        return Refusal{refused::kInvalidArguments};
    return out;
}

Answer<Edit> asked_edit(const Exchange& exchange, const Params& params, Moment arrived,
                        const OrderTerms& old) {
    Edit out;
    if (params.text("cl_ord_id")) return Refusal::invalid("cl_ord_id");
    BOOST_OUTCOME_TRY(out.quantity, params.decimal("volume"));
    BOOST_OUTCOME_TRY(out.display, params.decimal("displayvol"));
    const bool triggered = has_trigger(old.type);
    if (const auto price = params.text("price")) {
        BOOST_OUTCOME_TRY(const Decimal read, price_of(exchange, old, *price, "price"));
        (triggered ? out.trigger : out.limit) = read;
    }
    if (const auto price2 = params.text("price2")) {
        if (!triggered || !has_limit(old.type)) return Refusal::invalid("price2");
        BOOST_OUTCOME_TRY(out.limit, price_of(exchange, old, *price2, "price2"));
    }
    OrderTerms flags = old;
    flags.post_only = false;
    BOOST_OUTCOME_TRYV(read_flags(params, flags));
    if (flags.fee_in_base != old.fee_in_base || flags.in_quote != old.in_quote)
        return Refusal::invalid("oflags");
    out.post_only = flags.post_only;
    OrderTerms names;
    BOOST_OUTCOME_TRYV(read_names(params, names));
    out.userref = names.userref;
    BOOST_OUTCOME_TRY(out.deadline, asked_deadline(params, arrived));
    return out;
}

}  // namespace vault::kraken_emulator
