#include "daemon/config/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace vault::config {
namespace {

constexpr std::size_t kLongest = 64;

// Letters to insert, delete or change (Levenshtein), row by row.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({change, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
    if (word.size() > kLongest) return {};
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const std::string_view candidate : known) {
        const std::size_t d = distance(word, candidate);
        if (d < best_distance && d < candidate.size()) {
            best = candidate;
            best_distance = d;
        }
    }
    return best;
}

std::string unknown_key(std::string_view full_name, std::string_view word,
                        std::span<const std::string_view> known) {
    const std::string_view near = nearest(word, known);
    if (!near.empty())
        return fmt::format("unknown key {}; did you mean {}?", full_name.substr(0, 80), near);
    std::string names;
    for (const std::string_view name : known)
        names += names.empty() ? std::string{name} : fmt::format(", {}", name);
    return fmt::format("unknown key {}; known here: {}", full_name.substr(0, 80), names);
}

}  // namespace vault::config
