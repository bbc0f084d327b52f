// What the owner of a paper account does by hand: deposits, withdrawals, trades.
#include "daemon/exchange/sim/venue.hpp"
#include "daemon/market/pair_rules.hpp"

#include <fmt/format.h>

namespace vault::exchange {
namespace {

Error bad(const char* field, std::string message, std::string hint) {
    return Error{Errc::InvalidParams, std::move(message), field, std::move(hint)};
}

Result<void> check_positive(Decimal amount) {
    if (amount.is_positive()) return success();
    return bad("amount", fmt::format("{} is not more than 0", amount.text()),
               "give an amount above 0");
}

Result<void> check_trade(const PairRules& rules, Quantity quantity, Price price) {
    if (!quantity.value.is_positive() || market::floor_lot(quantity.value, rules.lot) != quantity)
        return bad("quantity", fmt::format("{} is no multiple of the lot", quantity.value.text()),
                   fmt::format("use a positive multiple of {}", rules.lot.text()));
    if (price.value > kPriceMax)
        return bad("price", "the price is above 10^15", "use the price that was paid");
    if (!price.value.is_positive() || market::tick_down(price.value, rules.tick) != price)
        return bad("price", fmt::format("{} is no multiple of the tick", price.value.text()),
                   fmt::format("use a positive multiple of {}", rules.tick.text()));
    if (!market::below_minimum(rules, price, quantity)) return success();
    return Error{
        Errc::BelowMinimum,
        fmt::format("the pair's minimum is {} {} and {} {}", rules.min_quantity.text(),
                    rules.pair.base.text(), rules.min_cost.text(), rules.pair.quote.text()),
        "quantity", "use a larger quantity"};
}

}  // namespace

FundingRecord SimVenue::record(std::string kind, const Asset& asset, Decimal amount, UtcTime now) {
    return {fmt::format("F{}", ++fundings_), std::move(kind), asset, amount, now};
}

Result<FundingRecord> SimVenue::deposit(const Asset& asset, Decimal amount, UtcTime now) {
    VAULT_TRYV(check_positive(amount));
    VAULT_TRYV(wallets_.add(asset, amount));
    return record("deposit", asset, amount, now);
}

Result<FundingRecord> SimVenue::withdraw(const Asset& asset, Decimal amount, UtcTime now) {
    VAULT_TRYV(check_positive(amount));
    VAULT_TRYV(wallets_.take(asset, amount));
    return record("withdrawal", asset, -amount, now);
}

Result<HandTrade> SimVenue::hand_trade(const PairRules& rules, Side side, Quantity quantity,
                                       Price price, UtcTime now) {
    VAULT_TRYV(check_trade(rules, quantity, price));
    OrderRequest request;
    request.pair = rules.pair;
    request.side = side;
    SimVenue after = *this;
    HandTrade trade;
    VAULT_TRY(trade.fill, after.make_fill(request, quantity, price, now));
    const Fill& fill = trade.fill;
    const bool buy = side == Side::Buy;
    const bool in_base = fill.fee_asset == rules.pair.base;
    const Decimal quote_fee = in_base ? kZero : fill.fee;
    const Asset& out = buy ? rules.pair.quote : rules.pair.base;
    const Asset& in = buy ? rules.pair.base : rules.pair.quote;
    Decimal leaves = quantity.value;
    if (buy) {
        VAULT_TRY(leaves, add(fill.cost, quote_fee));
    }
    const Decimal comes =
        buy ? quantity.value - (in_base ? fill.fee : kZero) : fill.cost - quote_fee;
    VAULT_TRYV(after.wallets_.take(out, leaves));
    VAULT_TRYV(after.wallets_.add(in, comes));
    *this = std::move(after);
    trade.records.push_back(record("manual_trade", out, -leaves, now));
    trade.records.push_back(record("manual_trade", in, comes, now));
    return trade;
}

}  // namespace vault::exchange
