#pragma once
// BookView: the part of a book that subscribers of one depth have. A client cuts its book to the
// depth after each update, so a level that is pushed out is not told, and one that moves in is. One
// thread.
#include "tests/emulator/kraken/exchange/book.hpp"

namespace vault::kraken_emulator {

class BookView {
  public:
    explicit BookView(std::size_t depth) : depth_(depth) {}

    // Takes the book as it is; what a subscriber has to be told to follow. Quantity 0: gone.
    std::vector<LevelChange> follow(const Book& book);
    // The best level first.
    const std::vector<LevelChange>& side(Side side) const {
        return side == Side::Buy ? bids_ : asks_;
    }

  private:
    std::size_t depth_;
    std::vector<LevelChange> bids_, asks_;
};

}  // namespace vault::kraken_emulator
