#pragma once
// From values to rows and back, and the labels beside the value axis. Exact: a value stays a
// Decimal until it is a row. Pure; any thread; cannot fail.
#include "common/chart/series.hpp"

#include <string>
#include <vector>

namespace vault::chart {

class Scale {
  public:
    // The range of all points. Zero is part of it if `from_zero`, or if any value is negative: a
    // loss is seen against the line of neither loss nor gain.
    Scale(const std::vector<Series>& series, bool from_zero);

    Decimal least() const { return least_; }
    Decimal greatest() const { return greatest_; }
    bool flat() const { return least_ == greatest_; }
    bool has_negative() const { return least_.is_negative(); }

    // 0 to rows - 1, from the bottom; everything flat lies in the middle.
    int row_of(Decimal value, int rows) const;
    // What row `row` of `rows` stands for.
    Decimal value_at(int row, int rows) const;

  private:
    Decimal least_, greatest_;
};

// Text beside each of `rows` rows, bottom first, empty for most: evenly spaced values with the same
// decimals, and "0" where zero lies above the bottom.
std::vector<std::string> axis_labels(const Scale& scale, int rows, int zero_row);

// A figure in a title: few decimals, the exact ones are in the tables.
std::string short_text(Decimal value);

}  // namespace vault::chart
