#include "daemon/ports/presets.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::ports {
namespace {

constexpr std::string_view kNext = "; ";
constexpr std::string_view kColon = ": ";
constexpr std::string_view kArrow = " -> ";

}  // namespace

std::string to_text(const std::vector<SettingChange>& changes) {
    std::string text;
    for (const SettingChange& change : changes)
        text += fmt::format("{}{}{}{}{}{}", text.empty() ? "" : kNext, change.key, kColon,
                            change.from, kArrow, change.to);
    return text;
}

std::vector<SettingChange> parse_setting_changes(std::string_view text) {
    std::vector<SettingChange> changes;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find(kNext));
        text.remove_prefix(std::min(text.size(), part.size() + kNext.size()));
        const auto colon = part.find(kColon);
        const auto arrow = part.find(kArrow, colon == part.npos ? 0 : colon);
        if (colon == part.npos || arrow == part.npos) continue;
        const auto from = colon + kColon.size();
        changes.push_back({std::string(part.substr(0, colon)),
                           std::string(part.substr(from, arrow - from)),
                           std::string(part.substr(arrow + kArrow.size()))});
    }
    return changes;
}

}  // namespace vault::ports
