#include "tests/emulator/kraken/bench/load_plan.hpp"

#include <fmt/format.h>

namespace vault::emulator_load {

using kraken_emulator::PairInfo;
using kraken_emulator::PairNo;

LoadPlan::LoadPlan(std::uint64_t seed, std::size_t traders) : random_(seed), traders_(traders) {
    for (const PairInfo& pair : instruments_.pairs())
        last_.push_back(pair.start_price);
}

void LoadPlan::set_last(std::string_view symbol, Decimal price) {
    if (const auto pair = instruments_.find_symbol(symbol)) last_[*pair] = price;
}

// 5 to 9 % away, beyond all levels of the street.
Decimal LoadPlan::far_price(const PlannedOrder& order) {
    const auto away = static_cast<std::int64_t>(5'000 + random_.below(4'000));
    const std::int64_t share = order.side == Side::Buy ? 100'000 - away : 100'000 + away;
    const auto price = mul_div(last_[order.pair], Decimal::from_int(share),
                               Decimal::from_int(100'000), Rounding::Down);
    return round_step(price.value(), instruments_.pair(order.pair).tick, Rounding::Up);
}

PlannedOrder LoadPlan::next() {
    PlannedOrder out;
    out.trader = made_++ % traders_;
    out.pair = static_cast<PairNo>(random_.below(last_.size()));
    out.side = random_.below(2) == 0 ? Side::Buy : Side::Sell;
    out.over_rest = random_.below(10) == 0;
    const PairInfo& pair = instruments_.pair(out.pair);
    const auto times = static_cast<Decimal::Raw>(2 + random_.below(4));
    out.quantity = Decimal::from_raw(pair.order_min.raw() * times);
    out.price = last_[out.pair];
    const std::uint64_t kind = random_.below(100);
    out.market = kind >= 50 && kind < 60;
    out.ioc = kind >= 60 && kind < 75;
    if (kind >= 75) {
        out.price = far_price(out);
        out.cancel = kind >= 90;
    }
    return out;
}

std::string socket_order(const LoadPlan& plan, const PlannedOrder& order, std::string_view token,
                         std::uint64_t number) {
    std::string limit;
    if (!order.market)
        limit = fmt::format(R"("limit_price":{},"time_in_force":"{}",)", order.price.text(),
                            order.ioc ? "ioc" : "gtc");
    return fmt::format(
        R"({{"method":"add_order","params":{{"order_type":"{}","side":"{}","symbol":"{}",)"
        R"("order_qty":{},{}"token":"{}"}},"req_id":{}}})",
        order.market ? "market" : "limit", to_text(order.side),
        plan.instruments().pair(order.pair).symbol, order.quantity.text(), limit, token, number);
}

std::string rest_order(const LoadPlan& plan, const PlannedOrder& order) {
    std::string limit;
    if (!order.market)
        limit =
            fmt::format("&price={}&timeinforce={}", order.price.text(), order.ioc ? "IOC" : "GTC");
    return fmt::format("&pair={}&type={}&ordertype={}&volume={}{}",
                       plan.instruments().pair(order.pair).altname, to_text(order.side),
                       order.market ? "market" : "limit", order.quantity.text(), limit);
}

}  // namespace vault::emulator_load
