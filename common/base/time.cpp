#include "common/base/time.hpp"

#include "common/base/excerpt.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

namespace vault {
namespace {

Error bad_time(std::string_view text) {
    return Error{Errc::InvalidParams,
                 fmt::format("'{}' is not a UTC time", excerpt(text, 40)),
                 {},
                 "write it as 2021-04-02T09:39:45Z or 2021-04-02"};
}

Error bad_duration(std::string_view text) {
    return Error{Errc::InvalidParams,
                 fmt::format("'{}' is not a duration", excerpt(text, 40)),
                 {},
                 "write it as 30s, 15m, 8h or 1d12h"};
}

// Reads exactly `count` digits at the front of `text` and removes them.
bool take_digits(std::string_view& text, std::size_t count, int& value) {
    if (text.size() < count) return false;
    value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return true;
}

bool take_char(std::string_view& text, char expected) {
    if (text.empty() || text.front() != expected) return false;
    text.remove_prefix(1);
    return true;
}

// Up to three decimals of a second, as milliseconds.
bool take_fraction(std::string_view& text, int& ms) {
    ms = 0;
    if (!take_char(text, '.')) return true;
    int scale = 100;
    int digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        if (++digits > 3) return false;
        ms += (text.front() - '0') * scale;
        scale /= 10;
        text.remove_prefix(1);
    }
    return digits > 0;
}

// Adds `mark` and exactly `count` digits.
void add_digits(std::string& text, char mark, std::int64_t number, std::size_t count) {
    text += mark;
    text.append(count, '0');
    for (std::size_t at = text.size(); count > 0; --count, number /= 10)
        text[--at] = static_cast<char>('0' + number % 10);
}

// Removes a unit from the front of `text`; its milliseconds, or 0 if there is none.
std::int64_t take_unit(std::string_view& text) {
    struct Unit {
        std::string_view name;
        std::int64_t ms;
    };
    static constexpr std::array<Unit, 5> kUnits{
        {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}}};
    for (const Unit& unit : kUnits) {
        if (!text.starts_with(unit.name)) continue;
        text.remove_prefix(unit.name.size());
        return unit.ms;
    }
    return 0;
}

}  // namespace

std::string format_utc(UtcTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day ymd{day};
    const auto ms = (time - day).count();
    std::string text = fmt::format("{:04}", static_cast<int>(ymd.year()));
    add_digits(text, '-', static_cast<unsigned>(ymd.month()), 2);
    add_digits(text, '-', static_cast<unsigned>(ymd.day()), 2);
    add_digits(text, 'T', ms / 3600000, 2);
    add_digits(text, ':', ms / 60000 % 60, 2);
    add_digits(text, ':', ms / 1000 % 60, 2);
    add_digits(text, '.', ms % 1000, 3);
    text += 'Z';
    return text;
}

Result<UtcTime> parse_utc(std::string_view input) {
    std::string_view text = input;
    int year{}, month{}, day{}, hour{}, minute{}, second{}, ms{};
    if (!take_digits(text, 4, year) || !take_char(text, '-') || !take_digits(text, 2, month) ||
        !take_char(text, '-') || !take_digits(text, 2, day))
        return bad_time(input);
    const std::chrono::year_month_day ymd{std::chrono::year{year},
                                          std::chrono::month{static_cast<unsigned>(month)},
                                          std::chrono::day{static_cast<unsigned>(day)}};
    if (!ymd.ok() || year < 1970) return bad_time(input);
    if (!text.empty()) {
        if ((!take_char(text, 'T') && !take_char(text, ' ')) || !take_digits(text, 2, hour) ||
            !take_char(text, ':') || !take_digits(text, 2, minute) || !take_char(text, ':') ||
            !take_digits(text, 2, second) || !take_fraction(text, ms))
            return bad_time(input);
        if (hour > 23 || minute > 59 || second > 59) return bad_time(input);
        if (text != "Z" && text != "+00:00") return bad_time(input);
    }
    return UtcTime{std::chrono::sys_days{ymd}} + std::chrono::hours{hour} +
           std::chrono::minutes{minute} + std::chrono::seconds{second} + Duration{ms};
}

std::string format_duration(Duration duration) {
    struct Unit {
        std::uint64_t ms;
        const char* name;
    };
    static constexpr std::array<Unit, 5> kUnits{
        {{86400000, "d"}, {3600000, "h"}, {60000, "m"}, {1000, "s"}, {1, "ms"}}};
    const std::int64_t count = duration.count();
    if (count == 0) return "0s";
    std::string text = count < 0 ? "-" : "";
    auto rest = static_cast<std::uint64_t>(count);
    if (count < 0) rest = 0 - rest;
    for (const Unit& unit : kUnits) {
        if (rest >= unit.ms) text += fmt::format("{}{}", rest / unit.ms, unit.name);
        rest %= unit.ms;
    }
    return text;
}

Result<Duration> parse_duration(std::string_view input) {
    std::string_view text = input;
    if (text == "0") return Duration{0};
    std::int64_t total = 0;
    std::int64_t last_unit = std::numeric_limits<std::int64_t>::max();
    while (!text.empty()) {
        std::int64_t number = 0;
        const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (status != std::errc{} || text.front() == '-') return bad_duration(input);
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        const std::int64_t unit = take_unit(text);
        constexpr std::int64_t kMaxMs = 36500LL * 86400000LL;
        if (unit == 0 || unit >= last_unit || number > kMaxMs / unit) return bad_duration(input);
        last_unit = unit;
        total += number * unit;
    }
    if (input.empty()) return bad_duration(input);
    return Duration{total};
}

UtcTime floor_day(UtcTime time) {
    return std::chrono::floor<std::chrono::days>(time);
}
UtcTime floor_hour(UtcTime time) {
    return std::chrono::floor<std::chrono::hours>(time);
}

}  // namespace vault
