#pragma once
// How Kraken writes numbers and times. Pure; any thread.
#include "common/domain/decimal.hpp"
#include "tests/emulator/kraken/exchange/moment.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace vault::kraken_emulator {

// With exactly that many decimals, cut: fixed(1.5, 3) is "1.500".
std::string fixed(Decimal x, int places);
// Seconds since 1970 with up to that many decimals, cut, without zeros at the end: 1688669448.1234.
std::string unix_seconds(Moment time, int places);
std::int64_t whole_seconds(Moment time);
// "2026-02-26T11:09:53Z", with decimals "2026-02-26T11:09:53.123456Z".
std::string rfc3339(Moment time, int decimals);
// Years 1970 to 2261; up to nine decimals, UTC alone.
std::optional<Moment> parse_rfc3339(std::string_view text);
// "Thu, 06 Jul 23 18:50:48 +0000"
std::string rfc1123(Moment time);
// Without exponent, with as many digits as tell it from other doubles: 5.1e-05 is "0.000051".
std::string plain_text(double x);

}  // namespace vault::kraken_emulator
