#pragma once
// Time as values: UtcTime is milliseconds since 1970-01-01T00:00:00Z on the UTC scale without leap
// seconds, Duration is milliseconds. Text is RFC 3339 with milliseconds
// ("2021-04-02T09:39:45.000Z") and durations such as "30s", "8h", "1d12h" (units ms s m h d). Pure;
// any thread.
#include "common/base/result.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace vault {

using Duration = std::chrono::milliseconds;
using UtcTime = std::chrono::sys_time<Duration>;

// Range of a time in text: years 1970 to 9999.
std::string format_utc(UtcTime time);
// Accepts RFC 3339 in UTC ("Z" or "+00:00"), with up to three decimals of a second, or a date
// alone.
Result<UtcTime> parse_utc(std::string_view text);

std::string format_duration(Duration duration);
// Accepts a sum of number-unit parts, each unit at most once, largest first; "0" and "0s" are zero.
Result<Duration> parse_duration(std::string_view text);

UtcTime floor_day(UtcTime time);
UtcTime floor_hour(UtcTime time);

}  // namespace vault
