#include "daemon/store/balance_fold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace vault::store {

namespace {

Error not_canonical() {
    return Error{Errc::StoreInvalid, "its postings are not in canonical form"};
}

// Takes a literal off the front; its size is a constant, so the comparison is a few loads.
template <std::size_t N>
bool take(std::string_view& text, const char (&expected)[N]) {
    constexpr std::size_t kSize = N - 1;
    if (text.size() < kSize || std::memcmp(text.data(), expected, kSize) != 0) return false;
    text.remove_prefix(kSize);
    return true;
}

// Up to the closing quote, which goes too.
bool take_string(std::string_view& text, std::string_view& value) {
    const std::size_t end = text.find('"');
    if (end == std::string_view::npos) return false;
    value = text.substr(0, end);
    text.remove_prefix(end + 1);
    return true;
}

// Digits of at most 19 places as a number.
bool parse_digits(std::string_view text, std::uint64_t& value) {
    value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return false;
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return true;
}

constexpr std::array<std::uint64_t, 19> kPowers = [] {
    std::array<std::uint64_t, 19> powers{1};
    for (std::size_t i = 1; i < powers.size(); ++i)
        powers[i] = powers[i - 1] * 10;
    return powers;
}();

// Canonical and not zero: [-]digits[.digits] without needless zeros, in Decimal's range.
bool parse_amount(std::string_view text, Decimal::Raw& raw) {
    const bool negative = take(text, "-");
    const std::size_t point = std::min(text.find('.'), text.size());
    std::string_view whole = text.substr(0, point);
    const std::string_view part = text.substr(std::min(point + 1, text.size()));
    if (whole.empty() || whole.size() > 20 || (whole.size() > 1 && whole[0] == '0')) return false;
    if (point < text.size() && (part.empty() || part.size() > 18 || part.back() == '0'))
        return false;
    std::uint64_t first = 0, units = 0, decimals = 0;
    if (whole.size() == 20) {  // one digit more than the number below holds
        if (!parse_digits(whole.substr(0, 1), first)) return false;
        whole.remove_prefix(1);
    }
    if (!parse_digits(whole, units) || !parse_digits(part, decimals)) return false;
    raw = (Decimal::Raw{first} * 10 * Decimal::kOne + units) * Decimal::kOne +
          decimals * kPowers[18 - part.size()];
    if (raw == 0) return false;
    if (negative) raw = -raw;
    return true;
}

bool in_range(Decimal::Raw raw) {
    return raw < Decimal::kLimit && raw > -Decimal::kLimit;
}

}  // namespace

BalanceFold::Sum* BalanceFold::find(std::string_view account, std::string_view asset) {
    // Entries of one kind post to the same accounts in the same order, so the search goes round.
    for (std::size_t i = 0; i < sums_.size(); ++i) {
        next_ = next_ + 1 < sums_.size() ? next_ + 1 : 0;
        Sum& sum = sums_[next_];
        if (sum.account == account && sum.asset == asset) return &sum;
    }
    const auto known = ledger::parse_ledger_account(account);
    const auto named = Asset::parse(asset);
    if (!known || !named || to_text(known.value()) != account || named.value().text() != asset)
        return nullptr;
    sums_.push_back({std::string{account}, std::string{asset}, 0});
    return &sums_.back();
}

bool BalanceFold::add_one(std::string_view account, std::string_view asset, Decimal::Raw raw) {
    Sum* sum = find(account, asset);
    if (sum == nullptr || !in_range(sum->raw + raw)) return false;
    sum->raw += raw;
    for (auto& zero : zero_) {
        if (zero.asset != asset) continue;
        zero.raw += raw;
        return in_range(zero.raw);
    }
    zero_.push_back({asset, raw});
    return true;
}

Result<void> BalanceFold::add(std::string_view postings_json) {
    std::string_view text = postings_json;
    zero_.clear();
    if (!take(text, "[")) return not_canonical();
    do {
        std::string_view account, amount, asset;
        Decimal::Raw raw = 0;
        const bool read = take(text, "{\"account\":\"") && take_string(text, account) &&
                          take(text, ",\"amount\":\"") && take_string(text, amount) &&
                          take(text, ",\"asset\":\"") && take_string(text, asset) &&
                          take(text, "}") && parse_amount(amount, raw);
        if (!read || !add_one(account, asset, raw)) return not_canonical();
    } while (take(text, ","));
    if (text != "]") return not_canonical();
    for (const auto& zero : zero_)
        if (zero.raw != 0)
            return Error{Errc::StoreInvalid,
                         fmt::format("its postings do not sum to zero in {}", zero.asset)};
    return success();
}

std::string BalanceFold::text() const {
    std::vector<std::string> lines;
    for (const auto& sum : sums_)
        if (sum.raw != 0)
            lines.push_back(fmt::format("{} {} {}\n", sum.account, sum.asset,
                                        Decimal::from_raw(sum.raw).text()));
    std::sort(lines.begin(), lines.end());
    return fmt::format("{}", fmt::join(lines, ""));
}

Result<BalanceFold> BalanceFold::parse(std::string_view text) {
    BalanceFold fold;
    const Error unreadable{Errc::StoreInvalid, "balances of a checkpoint are not readable", "store",
                           "delete the row from table checkpoint and start again"};
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return unreadable;
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 1);
        const std::size_t first = std::min(line.find(' '), line.size());
        const std::size_t second = std::min(line.find(' ', first + 1), line.size());
        Decimal::Raw raw = 0;
        if (second == line.size() || !parse_amount(line.substr(second + 1), raw)) return unreadable;
        Sum* sum = fold.find(line.substr(0, first), line.substr(first + 1, second - first - 1));
        if (sum == nullptr) return unreadable;
        sum->raw = raw;
    }
    return fold;
}

}  // namespace vault::store
