#include "tests/emulator/kraken/exchange/book.hpp"

#include "common/base/check.hpp"

#include <algorithm>
#include <set>

namespace vault::kraken_emulator {

std::optional<Decimal> Book::best(Side side) const {
    const Levels& all = levels(side);
    if (all.empty()) return std::nullopt;
    return side == Side::Buy ? all.rbegin()->first : all.begin()->first;
}

std::vector<LevelChange> Book::top(Side side, std::size_t most) const {
    std::vector<LevelChange> out;
    visit(side, [&](Decimal price, const Level& level) {
        if (out.size() < most) out.push_back({side, price, level.shown()});
        return out.size() < most;
    });
    return out;
}

Book::Level& Book::touch(Side side, Decimal price) {
    touched_.emplace_back(side, price);
    return side_of(side)[price];
}

void Book::drop_if_empty(Side side, Decimal price) {
    const auto at = side_of(side).find(price);
    if (at != side_of(side).end() && at->second.shown().is_zero()) side_of(side).erase(at);
}

void Book::rest(Side side, Decimal price, OrderNo order, Decimal quantity, Decimal hidden) {
    Level& level = touch(side, price);
    level.queue.push_back(order);
    level.queued += quantity;
    level.hidden += hidden;
}

void Book::remove(Side side, Decimal price, OrderNo order, Decimal quantity, Decimal hidden) {
    Level& level = touch(side, price);
    const auto at = std::find(level.queue.begin(), level.queue.end(), order);
    VAULT_CHECK(at != level.queue.end(), "an order that does not rest there");
    level.queue.erase(at);
    level.queued -= quantity;
    level.hidden -= hidden;
    drop_if_empty(side, price);
}

void Book::refill(Side side, Decimal price, OrderNo order, Decimal quantity) {
    Level& level = touch(side, price);
    std::erase(level.queue, order);
    level.queue.push_back(order);
    level.queued += quantity;
    level.hidden -= quantity;
}

void Book::reduce(Side side, Decimal price, Decimal quantity) {
    touch(side, price).queued -= quantity;
}

void Book::take_from_street(Side side, Decimal price, Decimal quantity) {
    touch(side, price).street -= quantity;
    drop_if_empty(side, price);
}

void Book::set_street(Side side, const Ladder& ladder) {
    std::vector<Decimal> gone;
    for (const auto& [price, level] : levels(side))
        if (!level.street.is_zero() && !ladder.contains(price)) gone.push_back(price);
    for (const Decimal price : gone)
        take_from_street(side, price, at(side, price).street);
    for (const auto& [price, quantity] : ladder) {
        const auto found = levels(side).find(price);
        if (found == levels(side).end() || found->second.street != quantity)
            touch(side, price).street = quantity;
    }
}

std::vector<LevelChange> Book::take_changes() {
    std::vector<LevelChange> out;
    std::set<std::pair<Side, Decimal>> told;
    for (const auto& [side, price] : touched_) {
        if (!told.emplace(side, price).second) continue;
        const auto at = levels(side).find(price);
        out.push_back({side, price, at == levels(side).end() ? kZero : at->second.shown()});
    }
    touched_.clear();
    return out;
}

}  // namespace vault::kraken_emulator
