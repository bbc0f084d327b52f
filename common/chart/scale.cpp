#include "common/chart/scale.hpp"

#include "common/base/check.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace vault::chart {
namespace {

// Rows from label to label: the first of these that comes out even, else the first.
constexpr std::array kLabelSteps{4, 5, 3, 6};

int steps_for(int rows) {
    for (const int step : kLabelSteps)
        if ((rows - 1) % step == 0 && rows - 1 > step) return (rows - 1) / step;
    return std::max((rows - 1) / kLabelSteps.front(), 2);
}

// Decimals that show about three figures of a step between labels.
int places_for(Decimal::Raw step) {
    int places = 0;
    for (; places < Decimal::kPlaces && step < 100 * Decimal::kOne; ++places)
        step *= 10;
    return places;
}

// Rounded to the nearest, with exactly so many decimals: labels of one axis stand below each other.
std::string fixed_text(Decimal value, int places) {
    Decimal::Raw unit = Decimal::kOne;
    for (int i = 0; i < places; ++i)
        unit /= 10;
    const Decimal::Raw half = value.is_negative() ? -unit / 2 : unit / 2;
    std::string text = Decimal::from_raw((value.raw() + half) / unit * unit).text();
    if (places == 0) return text;
    auto point = text.find('.');
    if (point == std::string::npos) {
        point = text.size();
        text += '.';
    }
    text.resize(point + 1 + static_cast<std::size_t>(places), '0');
    return text;
}

}  // namespace

Scale::Scale(const std::vector<Series>& series, bool from_zero) {
    bool any = false;
    for (const Series& one : series)
        for (const Point& point : one.points) {
            least_ = any ? min(least_, point.value) : point.value;
            greatest_ = any ? max(greatest_, point.value) : point.value;
            any = true;
        }
    VAULT_CHECK(any, "a scale needs a point");
    if (!from_zero && !least_.is_negative()) return;
    least_ = min(least_, kZero);
    greatest_ = max(greatest_, kZero);
}

int Scale::row_of(Decimal value, int rows) const {
    if (flat()) return rows / 2;
    // Halves, because the distance of two Decimals may not fit; then few enough bits to multiply.
    Decimal::Raw span = greatest_.raw() / 2 - least_.raw() / 2;
    Decimal::Raw above = value.raw() / 2 - least_.raw() / 2;
    while (span >= Decimal::kOne * Decimal::kOne / 16) {
        span /= 16;
        above /= 16;
    }
    if (span == 0) return value == least_ ? 0 : rows - 1;
    const auto row = (above * (rows - 1) * 2 + span) / (span * 2);
    return std::clamp(static_cast<int>(row), 0, rows - 1);
}

Decimal Scale::value_at(int row, int rows) const {
    if (row <= 0) return least_;
    if (row >= rows - 1) return greatest_;
    const Decimal::Raw step = (greatest_.raw() / 2 - least_.raw() / 2) / (rows - 1);
    return Decimal::from_raw((least_.raw() / 2 + step * row) * 2);
}

std::vector<std::string> axis_labels(const Scale& scale, int rows, int zero_row) {
    std::vector<std::string> labels(static_cast<std::size_t>(rows));
    if (scale.flat()) {
        labels[static_cast<std::size_t>(rows / 2)] = short_text(scale.least());
        return labels;
    }
    const int steps = steps_for(rows);
    const Decimal::Raw half_span = scale.greatest().raw() / 2 - scale.least().raw() / 2;
    const int places = places_for(half_span / steps * 2);
    for (int i = 0; i <= steps; ++i) {
        const int row = (i * (rows - 1) + steps / 2) / steps;
        // Two figures in adjoining rows, one of them zero, would only confuse.
        if (scale.has_negative() && std::abs(row - zero_row) < 2 && i != 0 && i != steps) continue;
        labels[static_cast<std::size_t>(row)] = fixed_text(scale.value_at(row, rows), places);
    }
    if (scale.has_negative())
        labels[static_cast<std::size_t>(zero_row)] = fixed_text(kZero, places);
    return labels;
}

std::string short_text(Decimal value) {
    const Decimal size = value.abs();
    const int places = size >= Decimal::from_int(1000) ? 2 : size >= kOne ? 4 : 8;
    return round_places(value, places, Rounding::Down).text();
}

}  // namespace vault::chart
