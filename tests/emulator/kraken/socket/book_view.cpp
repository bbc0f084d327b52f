#include "tests/emulator/kraken/socket/book_view.hpp"

#include <algorithm>

namespace vault::kraken_emulator {

std::vector<LevelChange> BookView::follow(const Book& book) {
    std::vector<LevelChange> changes;
    for (const Side side : {Side::Buy, Side::Sell}) {
        std::vector<LevelChange>& had = side == Side::Buy ? bids_ : asks_;
        std::vector<LevelChange> has = book.top(side, depth_);
        for (const LevelChange& level : had)
            if (!book.levels(side).contains(level.price))
                changes.push_back({side, level.price, kZero});
        for (const LevelChange& level : has)
            if (std::find(had.begin(), had.end(), level) == had.end()) changes.push_back(level);
        had = std::move(has);
    }
    return changes;
}

}  // namespace vault::kraken_emulator
