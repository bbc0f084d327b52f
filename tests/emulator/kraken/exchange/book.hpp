#pragma once
// Book: both sides of one pair. Each price level holds what the street offers there (everybody but
// the emulator's accounts, never seen as orders) and the queue of resting client orders, who trade
// first, oldest first. It knows quantities and order numbers only; who may trade is the exchange's
// business. One thread.
#include "common/domain/ids.hpp"
#include "tests/emulator/kraken/exchange/order.hpp"

#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace vault::kraken_emulator {

// What a level shows now; 0 means that it is gone.
struct LevelChange {
    Side side = Side::Buy;
    Decimal price, quantity;
    friend bool operator==(const LevelChange&, const LevelChange&) = default;
};

using Ladder = std::map<Decimal, Decimal>;  // price -> base units

class Book {
  public:
    struct Level {
        Decimal street;
        Decimal queued;  // what the orders of the queue still want and show
        Decimal hidden;  // what they do not show
        std::deque<OrderNo> queue;
        Decimal shown() const { return street + queued; }
        Decimal offered() const { return shown() + hidden; }  // to who takes
    };
    using Levels = std::map<Decimal, Level>;  // ascending price

    // Side::Buy are the bids.
    const Levels& levels(Side side) const { return side == Side::Buy ? bids_ : asks_; }
    std::optional<Decimal> best(Side side) const;
    const Level& at(Side side, Decimal price) const { return levels(side).at(price); }
    // Up to `most` levels as shown, the best first.
    std::vector<LevelChange> top(Side side, std::size_t most) const;
    // Gives `wants_more` price and level, the best first, as long as it says so.
    template <class Wants>
    void visit(Side side, Wants wants_more) const {
        const auto walk = [&](auto from, auto to) {
            while (from != to && wants_more(from->first, from->second))
                ++from;
        };
        const Levels& all = levels(side);
        if (side == Side::Buy)
            walk(all.rbegin(), all.rend());
        else
            walk(all.begin(), all.end());
    }

    void rest(Side side, Decimal price, OrderNo order, Decimal quantity, Decimal hidden);
    // Takes the order out with what it still wanted.
    void remove(Side side, Decimal price, OrderNo order, Decimal quantity, Decimal hidden);
    // So much of what it hid is shown, at the end of the queue.
    void refill(Side side, Decimal price, OrderNo order, Decimal quantity);
    // The order stays in its place and wants that much less.
    void reduce(Side side, Decimal price, Decimal quantity);
    void take_from_street(Side side, Decimal price, Decimal quantity);
    // Replaces all of the street's quantities on that side.
    void set_street(Side side, const Ladder& ladder);

    // Levels that changed since the last call, in the order of their first change, as shown now.
    std::vector<LevelChange> take_changes();

  private:
    Levels& side_of(Side side) { return side == Side::Buy ? bids_ : asks_; }
    Level& touch(Side side, Decimal price);
    void drop_if_empty(Side side, Decimal price);

    Levels bids_, asks_;
    std::vector<std::pair<Side, Decimal>> touched_;
};

}  // namespace vault::kraken_emulator
