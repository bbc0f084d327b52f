#include "common/domain/decimal.hpp"

#include "common/base/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

namespace vault {
namespace {

__extension__ using U128 = unsigned __int128;
using U64 = std::uint64_t;

struct U256 {
    U128 high = 0;
    U128 low = 0;
};

constexpr U64 low64(U128 x) {
    return static_cast<U64>(x);
}
constexpr U64 high64(U128 x) {
    return static_cast<U64>(x >> 64);
}

constexpr U128 magnitude(Decimal::Raw x) {
    return x < 0 ? U128{0} - static_cast<U128>(x) : static_cast<U128>(x);
}

// Schoolbook product of two 128-bit numbers.
U256 multiply(U128 a, U128 b) {
    const U128 ll = U128{low64(a)} * low64(b);
    const U128 lh = U128{low64(a)} * high64(b);
    const U128 hl = U128{high64(a)} * low64(b);
    const U128 hh = U128{high64(a)} * high64(b);
    const U128 middle = U128{high64(ll)} + low64(lh) + low64(hl);
    return {hh + high64(lh) + high64(hl) + high64(middle), (middle << 64) | low64(ll)};
}

struct Quotient {
    U256 value;
    bool exact = true;
};

// Division by one limb, from the top limb down.
Quotient divide_by_limb(const U256& n, U64 d) {
    const std::array<U64, 4> limbs{high64(n.high), low64(n.high), high64(n.low), low64(n.low)};
    std::array<U64, 4> q{};
    U128 rest = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const U128 part = (rest << 64) | limbs[i];
        q[i] = low64(part / d);
        rest = part % d;
    }
    return {{(U128{q[0]} << 64) | q[1], (U128{q[2]} << 64) | q[3]}, rest == 0};
}

// Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D, for a divisor of two limbs. The
// guess then is tested against the whole divisor, so it is exact and step D6 (add back) never
// comes.
Quotient divide_by_two_limbs(const U256& n, U128 d) {
    const int shift = std::countl_zero(high64(d));
    const U128 v = d << shift;
    const U64 v1 = high64(v);
    const U64 v0 = low64(v);
    std::array<U64, 5> u{};  // least significant first
    u[0] = low64(n.low) << shift;
    u[1] = low64((n.low << shift) >> 64);
    const U64 spill_low = shift == 0 ? 0 : high64(n.low) >> (64 - shift);
    u[2] = (low64(n.high) << shift) | spill_low;
    u[3] = low64((n.high << shift) >> 64);
    u[4] = shift == 0 ? 0 : high64(n.high) >> (64 - shift);
    std::array<U64, 3> q{};
    for (std::size_t j = 3; j-- > 0;) {
        const U128 top = (U128{u[j + 2]} << 64) | u[j + 1];
        U128 guess = u[j + 2] >= v1 ? U128{UINT64_MAX} : top / v1;
        U128 rest = top - guess * v1;
        while (high64(rest) == 0 && guess * v0 > ((rest << 64) | u[j])) {
            --guess;
            rest += v1;
        }
        // In [0, v): what the shift drops is what the difference borrows.
        const U128 left = ((rest << 64) | u[j]) - guess * v0;
        u[j] = low64(left);
        u[j + 1] = high64(left);
        q[j] = low64(guess);
    }
    return {{q[2], (U128{q[1]} << 64) | q[0]}, (u[0] | u[1]) == 0};
}

Quotient divide(const U256& n, U128 d) {
    if (n.high == 0) return {{0, n.low / d}, n.low % d == 0};
    if (high64(d) == 0) return divide_by_limb(n, low64(d));
    return divide_by_two_limbs(n, d);
}

Error too_large() {
    return Error{Errc::AmountTooLarge,
                 "the result does not fit 20 integer digits",
                 {},
                 "use smaller numbers"};
}

Result<Decimal> in_range(Decimal::Raw raw) {
    if (raw >= Decimal::kLimit || raw <= -Decimal::kLimit) return too_large();
    return Decimal::from_raw(raw);
}

bool rounds_away(Rounding rounding, bool negative) {
    switch (rounding) {
        case Rounding::Down: return false;
        case Rounding::Up: return true;
        case Rounding::Floor: return negative;
        case Rounding::Ceil: return !negative;
    }
    return false;
}

Error bad_number(std::string_view text, const char* why) {
    const std::string shown = excerpt(text, 40);
    return Error{Errc::InvalidParams,
                 fmt::format("'{}' {}", shown, why),
                 {},
                 "write a plain decimal such as 12.5 (at most 18 decimals, 20 integer digits)"};
}

}  // namespace

Result<Decimal> Decimal::parse(std::string_view input) {
    std::string_view text = input;
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    const std::size_t dot = text.find('.');
    const std::string_view whole = text.substr(0, dot);
    const std::string_view fraction =
        dot == std::string_view::npos ? std::string_view{} : text.substr(dot + 1);
    const auto digits = [](std::string_view part) {
        return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    const bool shaped = !whole.empty() && (dot == std::string_view::npos || !fraction.empty());
    if (!shaped || !digits(whole) || !digits(fraction)) return bad_number(input, "is not a number");
    if (fraction.size() > kPlaces) return bad_number(input, "has more than 18 decimals");
    Raw raw = 0;
    for (const char c : whole) {
        raw = raw * 10 + (c - '0');
        if (raw >= kLimit / Decimal::kOne) return bad_number(input, "is too large");
    }
    for (std::size_t i = 0; i < kPlaces; ++i)
        raw = raw * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
    return Decimal{negative ? -raw : raw};
}

void Decimal::append_to(std::string& out) const {
    const U128 size = magnitude(raw_);
    const auto whole = size / static_cast<U128>(kOne);
    auto fraction = static_cast<U64>(size % static_cast<U128>(kOne));
    char buffer[48];
    char* const end = buffer + sizeof buffer;
    char* at = end;
    if (fraction != 0) {
        int places = kPlaces;
        while (fraction % 10 == 0) {
            fraction /= 10;
            --places;
        }
        for (; places > 0; --places, fraction /= 10)
            *--at = static_cast<char>('0' + fraction % 10);
        *--at = '.';
    }
    U128 rest = whole;
    do {
        *--at = static_cast<char>('0' + static_cast<int>(rest % 10));
        rest /= 10;
    } while (rest != 0);
    if (raw_ < 0) *--at = '-';
    out.append(at, static_cast<std::size_t>(end - at));
}

std::string Decimal::text() const {
    std::string out;
    append_to(out);
    return out;
}

double Decimal::to_double() const {
    return static_cast<double>(raw_) / static_cast<double>(kOne);
}

Result<Decimal> add(Decimal a, Decimal b) {
    return in_range(Decimal::wrapping_sum(a.raw(), b.raw()));
}
Result<Decimal> sub(Decimal a, Decimal b) {
    return in_range(Decimal::wrapping_sum(a.raw(), -b.raw()));
}

Result<Decimal> mul_div(Decimal a, Decimal b, Decimal c, Rounding rounding) {
    if (c.is_zero()) return Error{Errc::InvalidParams, "division by zero"};
    const bool negative = a.is_negative() != b.is_negative() ? !c.is_negative() : c.is_negative();
    Quotient q = divide(multiply(magnitude(a.raw()), magnitude(b.raw())), magnitude(c.raw()));
    if (q.value.high != 0 || q.value.low >= static_cast<U128>(Decimal::kLimit)) return too_large();
    if (!q.exact && rounds_away(rounding, negative)) ++q.value.low;
    const auto raw = static_cast<Decimal::Raw>(q.value.low);
    return in_range(negative ? -raw : raw);
}

Result<Decimal> mul(Decimal a, Decimal b, Rounding rounding) {
    return mul_div(a, b, kOne, rounding);
}

Result<Decimal> div(Decimal a, Decimal b, Rounding rounding) {
    return mul_div(a, kOne, b, rounding);
}

std::strong_ordering compare_products(Decimal a, Decimal b, Decimal c, Decimal d) {
    const auto sign = [](Decimal x, Decimal y) {
        if (x.is_zero() || y.is_zero()) return 0;
        return x.is_negative() == y.is_negative() ? 1 : -1;
    };
    const int left_sign = sign(a, b);
    const int right_sign = sign(c, d);
    if (left_sign != right_sign) return left_sign <=> right_sign;
    if (left_sign == 0) return std::strong_ordering::equal;
    const U256 left = multiply(magnitude(a.raw()), magnitude(b.raw()));
    const U256 right = multiply(magnitude(c.raw()), magnitude(d.raw()));
    const auto order = [](const U256& x, const U256& y) {
        if (x.high != y.high)
            return x.high < y.high ? std::strong_ordering::less : std::strong_ordering::greater;
        if (x.low != y.low)
            return x.low < y.low ? std::strong_ordering::less : std::strong_ordering::greater;
        return std::strong_ordering::equal;
    };
    return left_sign > 0 ? order(left, right) : order(right, left);
}

Decimal round_step(Decimal x, Decimal step, Rounding rounding) {
    VAULT_CHECK(step.is_positive(), "a step must be positive");
    const Decimal::Raw rest = x.raw() % step.raw();
    if (rest == 0) return x;
    const Decimal::Raw toward_zero = x.raw() - rest;
    if (!rounds_away(rounding, x.is_negative())) return Decimal::from_raw(toward_zero);
    const Decimal base = Decimal::from_raw(toward_zero);
    return x.is_negative() ? base - step : base + step;
}

Decimal round_places(Decimal x, int places, Rounding rounding) {
    VAULT_CHECK(places >= 0 && places <= Decimal::kPlaces, "places out of range");
    Decimal::Raw step = 1;
    for (int i = places; i < Decimal::kPlaces; ++i)
        step *= 10;
    return round_step(x, Decimal::from_raw(step), rounding);
}

}  // namespace vault
