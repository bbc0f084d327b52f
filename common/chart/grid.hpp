#pragma once
// Dots of one or two series on terminal cells: a cell is 2 x 4 dots in braille, 1 x 2 in block
// elements, 1 x 1 in ASCII. Series are told apart without colour: the second one is broken into
// dashes in braille, shaded in blocks, and another letter in ASCII. Pure; any thread; cannot fail.
#include "common/chart/scale.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace vault::chart {

enum class Style { Braille, Block, Ascii };

// How many dots a cell has.
struct CellDots {
    int across, down;
};
CellDots dots_of(Style style);

class Grid {
  public:
    Grid(int columns, int rows);

    // Draws the series as steps: a value stands until the next point. Every column shows its least
    // and greatest value; a dashed line leaves out dots between them and where it goes on level,
    // never an end of a stroke.
    void draw(const std::vector<Point>& points, Span span, const Scale& scale, bool dashed);
    bool at(int column, int row) const { return dots_[index(column, row)] != 0; }

  private:
    std::size_t index(int column, int row) const {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
               static_cast<std::size_t>(column);
    }
    void stroke(int column, int from, int to, bool dashed);

    int columns_, rows_;
    std::vector<std::uint8_t> dots_;
};

// What one cell shows: UTF-8 (or ASCII) text one column wide, and which series it belongs to; -1 if
// no dot is set, and then the text is a blank.
struct Cell {
    std::string text = " ";
    int series = -1;
};
Cell cell_at(const std::vector<Grid>& grids, Style style, int x, int y);

// A short piece of the line as the legend shows it.
std::string legend_mark(Style style, std::size_t series);

}  // namespace vault::chart
