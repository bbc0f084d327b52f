#pragma once
// Decimal: an exact number, a signed 128-bit integer scaled by 10^-18 with |x| < 10^20 (what
// numeric(38,18) holds). Nothing rounds silently: products and quotients go through a 256-bit
// intermediate and name their rounding; a result out of range is an Error (AmountTooLarge).
//
// The operators + and - check and abort. They are for sums whose terms are already bounded: the
// ledger refuses to book any balance past kBalanceMax = 10^17, so a sum of up to 900 balances
// cannot leave the range. Values from outside go through add() and sub(), or are bounded on entry.
//
// Text is canonical: no exponent, no trailing zeros, no leading zeros but one, never "-0".
// Values; any thread.
#include "common/base/check.hpp"
#include "common/base/result.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace vault {

enum class Rounding { Down, Up, Floor, Ceil };  // Down: toward zero. Up: away from zero.

class Decimal {
  public:
    __extension__ using Raw = __int128;
    static constexpr int kPlaces = 18;
    static constexpr Raw kOne = 1'000'000'000'000'000'000;
    static constexpr Raw kLimit = kOne * 100 * kOne;  // 10^20 scaled: |raw| < kLimit

    constexpr Decimal() = default;
    // An integer; every 64-bit value is in range.
    static constexpr Decimal from_int(std::int64_t value) { return Decimal{Raw{value} * kOne}; }
    // The scaled integer itself; the caller guarantees |raw| < kLimit.
    static constexpr Decimal from_raw(Raw raw) { return Decimal{raw}; }
    // Accepts [+-]digits[.digits] with at most 18 decimals and 20 integer digits; no exponent, no
    // blanks. Errors: InvalidParams (says which of: not a number, too many decimals, too large).
    static Result<Decimal> parse(std::string_view text);

    constexpr Raw raw() const { return raw_; }
    constexpr bool is_zero() const { return raw_ == 0; }
    constexpr bool is_negative() const { return raw_ < 0; }
    constexpr bool is_positive() const { return raw_ > 0; }
    constexpr Decimal abs() const { return Decimal{raw_ < 0 ? -raw_ : raw_}; }
    std::string text() const;
    void append_to(std::string& out) const;
    // For displayed figures and indicators only, never for money.
    double to_double() const;

    friend constexpr bool operator==(const Decimal&, const Decimal&) = default;
    friend constexpr auto operator<=>(const Decimal& a, const Decimal& b) {
        return a.raw_ < b.raw_   ? std::strong_ordering::less
               : a.raw_ > b.raw_ ? std::strong_ordering::greater
                                 : std::strong_ordering::equal;
    }
    constexpr Decimal operator-() const { return Decimal{-raw_}; }
    friend constexpr Decimal operator+(Decimal a, Decimal b) {
        return checked(wrapping_sum(a.raw_, b.raw_));
    }
    friend constexpr Decimal operator-(Decimal a, Decimal b) {
        return checked(wrapping_sum(a.raw_, -b.raw_));
    }
    constexpr Decimal& operator+=(Decimal b) { return *this = *this + b; }
    constexpr Decimal& operator-=(Decimal b) { return *this = *this - b; }

    // Two values in range sum to less than 2 * 10^38, more than a signed 128-bit integer holds;
    // what wraps lands past -kLimit, so that one range check finds it.
    static constexpr Raw wrapping_sum(Raw a, Raw b) {
        __extension__ using Unsigned = unsigned __int128;
        return static_cast<Raw>(static_cast<Unsigned>(a) + static_cast<Unsigned>(b));
    }

  private:
    constexpr explicit Decimal(Raw raw) : raw_(raw) {}
    static constexpr Decimal checked(Raw raw) {
        VAULT_CHECK(raw < kLimit && raw > -kLimit, "decimal sum out of range");
        return Decimal{raw};
    }
    Raw raw_ = 0;
};

inline constexpr Decimal kZero{};
inline constexpr Decimal kOne = Decimal::from_int(1);

Result<Decimal> add(Decimal a, Decimal b);
Result<Decimal> sub(Decimal a, Decimal b);
// a * b rounded to 18 places.
Result<Decimal> mul(Decimal a, Decimal b, Rounding rounding);
// a / b rounded to 18 places. b != 0, else InvalidParams.
Result<Decimal> div(Decimal a, Decimal b, Rounding rounding);
// a * b / c with one rounding at the end. c != 0, else InvalidParams.
Result<Decimal> mul_div(Decimal a, Decimal b, Decimal c, Rounding rounding);
// The order of a * b against c * d, exact at any size.
std::strong_ordering compare_products(Decimal a, Decimal b, Decimal c, Decimal d);

// Rounds to `places` decimals, 0 <= places <= 18. Rounding away from zero within one step of the
// limit aborts, so values from outside are bounded first; the same holds for round_step.
Decimal round_places(Decimal x, int places, Rounding rounding);
inline Decimal floor_8(Decimal x) {
    return round_places(x, 8, Rounding::Floor);
}
inline Decimal ceil_8(Decimal x) {
    return round_places(x, 8, Rounding::Ceil);
}
// Rounds to a whole multiple of step > 0 (a tick or a lot).
Decimal round_step(Decimal x, Decimal step, Rounding rounding);

constexpr Decimal min(Decimal a, Decimal b) {
    return b < a ? b : a;
}
constexpr Decimal max(Decimal a, Decimal b) {
    return a < b ? b : a;
}

namespace literals {
// "1.0125"_dec: a constant, checked at compile time.
consteval Decimal operator""_dec(const char* text, std::size_t size) {
    Decimal::Raw raw = 0;
    int places = -1;
    const bool negative = size > 0 && text[0] == '-';
    for (std::size_t i = negative ? 1 : 0; i < size; ++i) {
        if (text[i] == '.' && places < 0) {
            places = 0;
        } else if (text[i] >= '0' && text[i] <= '9') {
            raw = raw * 10 + (text[i] - '0');
            if (places >= 0) ++places;
        } else {
            throw "not a decimal";
        }
    }
    for (int i = places < 0 ? 0 : places; i < Decimal::kPlaces; ++i)
        raw *= 10;
    if (places > Decimal::kPlaces || raw >= Decimal::kLimit) throw "out of range";
    return Decimal::from_raw(negative ? -raw : raw);
}
}  // namespace literals

}  // namespace vault
