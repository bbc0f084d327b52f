#include "tests/emulator/kraken/wire/number_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace vault::kraken_emulator {
namespace {

namespace chrono = std::chrono;

struct Civil {
    chrono::year_month_day day;
    chrono::weekday weekday;
    chrono::hh_mm_ss<Span> time;
};

Civil civil(Moment time) {
    const auto day = chrono::floor<chrono::days>(time);
    return {day, chrono::weekday{day}, chrono::hh_mm_ss<Span>{time - day}};
}

bool read_number(std::string_view text, std::size_t at, std::size_t size, int& out) {
    if (at + size > text.size()) return false;
    const char* begin = text.data() + at;
    const auto [end, status] = std::from_chars(begin, begin + size, out);
    return status == std::errc{} && end == begin + size && *begin != '-';
}

// "" or ".123": nanoseconds.
bool read_fraction(std::string_view text, Span& out) {
    if (text.empty()) return true;
    if (text.front() != '.' || text.size() < 2 || text.size() > 10) return false;
    std::int64_t value = 0;
    for (std::size_t i = 1; i < 10; ++i) {
        const char digit = i < text.size() ? text[i] : '0';
        if (digit < '0' || digit > '9') return false;
        value = value * 10 + (digit - '0');
    }
    out = Span{value};
    return true;
}

}  // namespace

std::string fixed(Decimal x, int places) {
    std::string out = round_places(x, places, Rounding::Down).text();
    const std::size_t point = out.find('.');
    std::size_t have = point == std::string::npos ? 0 : out.size() - point - 1;
    if (point == std::string::npos && places > 0) out += '.';
    for (; have < static_cast<std::size_t>(places); ++have)
        out += '0';
    return out;
}

std::int64_t whole_seconds(Moment time) {
    return chrono::duration_cast<chrono::seconds>(time.time_since_epoch()).count();
}

std::string unix_seconds(Moment time, int places) {
    const std::int64_t rest = time.time_since_epoch().count() % 1'000'000'000;
    std::string fraction = fmt::format("{:09}", rest).substr(0, static_cast<std::size_t>(places));
    while (!fraction.empty() && fraction.back() == '0')
        fraction.pop_back();
    if (fraction.empty()) return fmt::format("{}", whole_seconds(time));
    return fmt::format("{}.{}", whole_seconds(time), fraction);
}

std::string rfc3339(Moment time, int decimals) {
    const Civil at = civil(time);
    std::string out =
        fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(at.day.year()),
                    static_cast<unsigned>(at.day.month()), static_cast<unsigned>(at.day.day()),
                    at.time.hours().count(), at.time.minutes().count(), at.time.seconds().count());
    if (decimals > 0) {
        const std::string all = fmt::format("{:09}", at.time.subseconds().count());
        out += '.' + all.substr(0, static_cast<std::size_t>(decimals));
    }
    return out + 'Z';
}

std::optional<Moment> parse_rfc3339(std::string_view text) {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    constexpr std::string_view kShape = "0000-00-00T00:00:00";
    if (text.size() <= kShape.size()) return std::nullopt;
    for (std::size_t i = 0; i < kShape.size(); ++i)
        if (kShape[i] != '0' && kShape[i] != text[i]) return std::nullopt;
    const bool read = read_number(text, 0, 4, year) && read_number(text, 5, 2, month) &&
                      read_number(text, 8, 2, day) && read_number(text, 11, 2, hour) &&
                      read_number(text, 14, 2, minute) && read_number(text, 17, 2, second);
    std::string_view rest = text.substr(kShape.size());
    if (rest.ends_with("+00:00"))
        rest.remove_suffix(6);
    else if (rest.ends_with('Z'))
        rest.remove_suffix(1);
    else
        return std::nullopt;
    Span fraction{};
    const chrono::year_month_day date{chrono::year{year},
                                      chrono::month(static_cast<unsigned>(month)),
                                      chrono::day(static_cast<unsigned>(day))};
    if (!read || !read_fraction(rest, fraction) || !date.ok() || year < 1970 || year > 2261 ||
        hour > 23 || minute > 59 || second > 59)
        return std::nullopt;
    return Moment{chrono::sys_days{date}} + chrono::hours{hour} + chrono::minutes{minute} +
           chrono::seconds{second} + fraction;
}

std::string rfc1123(Moment time) {
    static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                           "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> kMonths{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const Civil at = civil(time);
    return fmt::format("{}, {:02} {} {:02} {:02}:{:02}:{:02} +0000", kDays[at.weekday.c_encoding()],
                       static_cast<unsigned>(at.day.day()),
                       kMonths[static_cast<unsigned>(at.day.month()) - 1],
                       static_cast<int>(at.day.year()) % 100, at.time.hours().count(),
                       at.time.minutes().count(), at.time.seconds().count());
}

std::string plain_text(double x) {
    std::array<char, 400> buffer{};
    const auto [end, status] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), x, std::chars_format::fixed);
    return status == std::errc{} ? std::string{buffer.data(), end} : std::string{};
}

}  // namespace vault::kraken_emulator
