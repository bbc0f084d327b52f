// What clients see: the exchange as it was `read_lag` ago.
#include "tests/emulator/kraken/exchange/exchange.hpp"

#include <algorithm>

namespace vault::kraken_emulator {

const Order* Exchange::seen(OrderNo number) const {
    const Order& order = orders_[number];
    const Moment as_of = now_ - settings_.read_lag;
    if (settings_.read_lag == Span::zero()) return &order;
    if (order.opened > as_of) return nullptr;
    const auto versions = old_.find(number);
    if (versions == old_.end()) return &order;
    for (const OldOrder& each : versions->second)
        if (each.replaced > as_of) return &each.order;
    return &order;
}

const Order* Exchange::find(AccountNo account, std::string_view txid) const {
    const auto number = known(account, txid);
    return number ? seen(*number) : nullptr;
}

std::vector<const Order*> Exchange::open_orders(AccountNo account) const {
    std::set<OrderNo> candidates = accounts_[account].open;
    for (const auto& [number, versions] : old_)
        if (orders_[number].account == account) candidates.insert(number);
    std::vector<const Order*> out;
    for (const OrderNo each : candidates)
        if (const Order* order = seen(each); order != nullptr && order->is_open())
            out.push_back(order);
    return out;
}

std::vector<const Order*> Exchange::closed_orders(AccountNo account) const {
    std::vector<const Order*> out;
    const std::vector<OrderNo>& ended = accounts_[account].ended;
    for (auto each = ended.rbegin(); each != ended.rend(); ++each)
        if (const Order* order = seen(*each); order != nullptr && !order->is_open())
            out.push_back(order);
    return out;
}

std::size_t Exchange::trades_seen(AccountNo account) const {
    const std::vector<Trade>& all = accounts_[account].trades;
    std::size_t count = all.size();
    while (count > 0 && all[count - 1].time > now_ - settings_.read_lag)
        --count;
    return count;
}

std::size_t Exchange::ledger_seen(AccountNo account) const {
    const std::vector<LedgerRow>& all = accounts_[account].ledger();
    std::size_t count = all.size();
    while (count > 0 && all[count - 1].time > now_ - settings_.read_lag)
        --count;
    return count;
}

Decimal Exchange::balance_seen(AccountNo account, Asset asset) const {
    const std::vector<LedgerRow>& all = accounts_[account].ledger();
    Decimal balance = accounts_[account].balance(asset);
    for (std::size_t i = ledger_seen(account); i < all.size(); ++i)
        if (all[i].asset == asset) balance -= all[i].amount - all[i].fee;
    return balance;
}

Decimal Exchange::held_seen(AccountNo account, Asset asset) const {
    Decimal held;
    for (const Order* order : open_orders(account)) {
        const PairInfo& pair = instruments_.pair(order->terms.pair);
        if ((order->terms.side == Side::Buy ? pair.quote : pair.base) == asset) held += order->held;
    }
    return held;
}

}  // namespace vault::kraken_emulator
