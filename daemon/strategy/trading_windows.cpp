#include "daemon/strategy/trading_windows.hpp"

#include "common/base/excerpt.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

namespace vault::strategy {
namespace {

constexpr std::array<std::string_view, 7> kDays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::size_t kMaxEntries = 32;
constexpr unsigned kMinutesPerDay = 1440;

Error bad_window(std::string_view text) {
    return Error{Errc::InvalidParams,
                 fmt::format("'{}' is not a trading window", excerpt(text, 60)),
                 {},
                 "write it as 'mon-fri 08:00-22:00, sat 10:00-12:00' (UTC) or 'always'"};
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

std::optional<std::uint8_t> day_number(std::string_view text) {
    for (std::uint8_t i = 0; i < kDays.size(); ++i)
        if (kDays[i] == text) return i;
    return std::nullopt;
}

std::optional<std::uint16_t> minute_of_day(std::string_view text) {
    const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4))
        return std::nullopt;
    const int hour = (text[0] - '0') * 10 + (text[1] - '0');
    const int minute = (text[3] - '0') * 10 + (text[4] - '0');
    if (hour > 24 || minute > 59 || (hour == 24 && minute != 0)) return std::nullopt;
    return static_cast<std::uint16_t>(hour * 60 + minute);
}

std::string hours_text(std::uint16_t minute) {
    return fmt::format("{:02}:{:02}", minute / 60, minute % 60);
}

}  // namespace

Result<TradingWindows::Entry> TradingWindows::parse_entry(std::string_view input) {
    Entry entry;
    std::string_view hours = input;
    if (const std::size_t blank = input.find(' '); blank != std::string_view::npos) {
        const std::string_view days = input.substr(0, blank);
        hours = trim(input.substr(blank));
        const std::size_t dash = days.find('-');
        const auto first = day_number(days.substr(0, dash));
        const auto last =
            dash == std::string_view::npos ? first : day_number(days.substr(dash + 1));
        if (!first || !last) return bad_window(input);
        entry.first_day = *first;
        entry.last_day = *last;
    }
    const std::size_t dash = hours.find('-');
    if (dash == std::string_view::npos) return bad_window(input);
    const auto from = minute_of_day(hours.substr(0, dash));
    const auto to = minute_of_day(hours.substr(dash + 1));
    if (!from || !to || *from == kMinutesPerDay || *from == *to) return bad_window(input);
    entry.from = *from;
    entry.to = *to;
    return entry;
}

Result<TradingWindows> TradingWindows::parse(std::string_view input) {
    TradingWindows windows;
    std::string_view rest = trim(input);
    if (rest == "always") return windows;
    for (bool more = true; more;) {
        const std::size_t comma = rest.find(',');
        more = comma != std::string_view::npos;
        VAULT_TRY(const Entry entry, parse_entry(trim(rest.substr(0, comma))));
        windows.entries_.push_back(entry);
        if (more) rest.remove_prefix(comma + 1);
        if (windows.entries_.size() > kMaxEntries) return bad_window(input);
    }
    return windows;
}

std::string TradingWindows::text() const {
    if (always()) return "always";
    std::string out;
    for (const Entry& entry : entries_) {
        if (!out.empty()) out += ", ";
        if (entry.first_day == entry.last_day) {
            out += fmt::format("{} ", kDays[entry.first_day]);
        } else if (entry.first_day != 0 || entry.last_day != 6) {
            out += fmt::format("{}-{} ", kDays[entry.first_day], kDays[entry.last_day]);
        }
        out += hours_text(entry.from) + "-" + hours_text(entry.to);
    }
    return out;
}

// Whether the entry is open at this minute, counting a run past midnight to the day it started.
bool TradingWindows::matches(const Entry& entry, unsigned day, unsigned minute) {
    const auto starts_on = [&entry](unsigned d) {
        return entry.first_day <= entry.last_day ? d >= entry.first_day && d <= entry.last_day
                                                 : d >= entry.first_day || d <= entry.last_day;
    };
    if (entry.from < entry.to) return starts_on(day) && minute >= entry.from && minute < entry.to;
    return (starts_on(day) && minute >= entry.from) ||
           (starts_on((day + 6) % 7) && minute < entry.to);
}

bool TradingWindows::listed(UtcTime time) const {
    const UtcTime midnight = floor_day(time);
    const auto days = std::chrono::floor<std::chrono::days>(time);
    const unsigned day = std::chrono::weekday{days}.iso_encoding() - 1;
    const auto minute = static_cast<unsigned>((time - midnight) / std::chrono::minutes{1});
    for (const Entry& entry : entries_)
        if (matches(entry, day, minute)) return true;
    return false;
}

}  // namespace vault::strategy
