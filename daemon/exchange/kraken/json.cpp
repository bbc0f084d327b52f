#include "daemon/exchange/kraken/json.hpp"

#include "common/base/excerpt.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <set>

namespace vault::exchange::kraken {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t kShown = 60;  // bytes of a value in an error
// Before the point, and in an exponent: past it no Decimal is left of a number anyway.
constexpr int kMostDigits = 100;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

// A copy of a text that simdjson may read past the end of, and views of the original.
class Reading {
  public:
    explicit Reading(std::string_view text) : text_(text), padded_(text) {}

    simdjson::error_code begin(ondemand::document& out) {
        return parser_.iterate(padded_).get(out);
    }
    // The same bytes in the text that was given.
    std::string_view original(std::string_view copy) const {
        return text_.substr(static_cast<std::size_t>(copy.data() - padded_.data()), copy.size());
    }

  private:
    std::string_view text_;
    simdjson::padded_string padded_;
    ondemand::parser parser_;
};

// The text of a value, which is then behind the reader.
simdjson::error_code take(ondemand::value value, std::string_view& out) {
    ondemand::json_type type{};
    if (const auto broken = value.type().get(type)) return broken;
    simdjson::error_code status = simdjson::SUCCESS;
    if (type == ondemand::json_type::object) {
        ondemand::object object;
        status = value.get_object().get(object);
        if (status == simdjson::SUCCESS) status = object.raw_json().get(out);
    } else if (type == ondemand::json_type::array) {
        ondemand::array array;
        status = value.get_array().get(array);
        if (status == simdjson::SUCCESS) status = array.raw_json().get(out);
    } else {
        out = value.raw_json_token();
    }
    out = trimmed(out);
    return status;
}

simdjson::error_code at_end(ondemand::document& document) {
    const auto place = document.current_location().error();
    return place == simdjson::OUT_OF_BOUNDS ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
}

simdjson::error_code read_members(Reading& reading, std::vector<Member>& out) {
    ondemand::document document;
    if (const auto broken = reading.begin(document)) return broken;
    ondemand::object object;
    if (const auto broken = document.get_object().get(object)) return broken;
    for (auto each : object) {
        ondemand::field field;
        if (const auto broken = std::move(each).get(field)) return broken;
        std::string_view name, value;
        if (const auto broken = field.unescaped_key().get(name)) return broken;
        std::string kept{name};
        if (const auto broken = take(field.value(), value)) return broken;
        out.push_back({std::move(kept), reading.original(value)});
    }
    return at_end(document);
}

simdjson::error_code read_items(Reading& reading, std::vector<std::string_view>& out) {
    ondemand::document document;
    if (const auto broken = reading.begin(document)) return broken;
    ondemand::array array;
    if (const auto broken = document.get_array().get(array)) return broken;
    for (auto each : array) {
        ondemand::value item;
        std::string_view value;
        if (const auto broken = std::move(each).get(item)) return broken;
        if (const auto broken = take(item, value)) return broken;
        out.push_back(reading.original(value));
    }
    return at_end(document);
}

// Without the text itself: that of GetApiKeyInfo has the key in it.
Error no_json(std::string_view wanted, simdjson::error_code status) {
    return odd_answer(fmt::format("no {} ({})", wanted, simdjson::error_message(status)));
}

bool is_quoted(std::string_view value) {
    return value.size() >= 2 && value.front() == '"' && value.back() == '"';
}

Result<std::string> unescaped(std::string_view value) {
    Reading reading{value};
    ondemand::document document;
    std::string_view text;
    simdjson::error_code status = reading.begin(document);
    if (status == simdjson::SUCCESS) status = document.get_string().get(text);
    if (status != simdjson::SUCCESS) return no_json("text", status);
    return std::string{text};
}

// A number as written: digits without its point, which stands before digits[point].
struct Written {
    bool negative = false;
    std::string digits{};
    int point = 0;
};

std::optional<Written> read_number(std::string_view text) {
    Written out{.negative = text.starts_with('-')};
    if (out.negative) text.remove_prefix(1);
    const std::size_t e = std::min(text.find_first_of("eE"), text.size());
    const std::string_view digits = text.substr(0, e);
    int power = 0;
    if (e < text.size()) {
        std::string_view written = text.substr(e + 1);
        if (written.starts_with('+')) written.remove_prefix(1);
        const char* const end = written.data() + written.size();
        const auto read = std::from_chars(written.data(), end, power);
        if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    }
    const std::size_t point = std::min(digits.find('.'), digits.size());
    out.digits = digits.substr(0, point);
    if (point < digits.size()) out.digits += digits.substr(point + 1);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const bool sane = point <= kMostDigits && std::abs(power) <= kMostDigits;
    if (out.digits.empty() || !sane || !std::ranges::all_of(out.digits, is_digit))
        return std::nullopt;
    out.point = static_cast<int>(point) + power;
    return out;
}

// Without exponent and without zeros that say nothing: Decimal takes 18 decimals and no more.
std::string plain(Written number) {
    std::string& digits = number.digits;
    const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
    digits.erase(0, zeros);
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.empty()) return "0";
    const int point = number.point - static_cast<int>(zeros);
    if (point <= 0) digits.insert(0, static_cast<std::size_t>(1 - point), '0');
    const auto whole = static_cast<std::size_t>(std::max(point, 1));
    if (whole > digits.size()) digits.append(whole - digits.size(), '0');
    if (whole < digits.size()) digits.insert(whole, 1, '.');
    return number.negative ? "-" + digits : digits;
}

}  // namespace

Error odd_answer(std::string_view why) {
    return Error{Errc::NotReady, fmt::format("Kraken's answer makes no sense: {}", why), "exchange",
                 "it is asked again after a while"};
}

Result<std::vector<Member>> members_of(std::string_view object) {
    Reading reading{object};
    std::vector<Member> out;
    if (const auto status = read_members(reading, out)) return no_json("object of JSON", status);
    std::set<std::string_view> names;
    for (const Member& each : out)
        if (!names.insert(each.name).second)
            return odd_answer(fmt::format("'{}' comes twice", excerpt(each.name, kShown)));
    return out;
}

const Member* find_member(const std::vector<Member>& members, std::string_view name) {
    const auto found = std::ranges::find(members, name, &Member::name);
    return found == members.end() ? nullptr : &*found;
}

Result<std::string_view> member_of(const std::vector<Member>& members, std::string_view name) {
    const Member* const found = find_member(members, name);
    if (found == nullptr) return odd_answer(fmt::format("it has no {}", name));
    return found->value;
}

Result<std::vector<std::string_view>> items_of(std::string_view array) {
    Reading reading{array};
    std::vector<std::string_view> out;
    if (const auto status = read_items(reading, out)) return no_json("list", status);
    return out;
}

bool is_null(std::string_view value) {
    return value == "null";
}

Result<std::string> string_of(std::string_view value) {
    if (is_quoted(value)) {
        const std::string_view inner = value.substr(1, value.size() - 2);
        if (inner.find('\\') == std::string_view::npos) return std::string{inner};
        return unescaped(value);
    }
    const bool number =
        !value.empty() && (value.front() == '-' || (value.front() >= '0' && value.front() <= '9'));
    if (number) return std::string{value};
    return odd_answer("something else where a text should be");
}

Result<Decimal> decimal_of(std::string_view value) {
    VAULT_TRY(const std::string text, string_of(value));
    if (const auto number = read_number(text)) {
        const auto read = Decimal::parse(plain(*number));
        if (read) return read.value();
    }
    return odd_answer(fmt::format("'{}' is no number that is kept exactly", excerpt(text, kShown)));
}

Result<std::int64_t> integer_of(std::string_view value, std::int64_t least, std::int64_t most) {
    VAULT_TRY(const Decimal number, decimal_of(value));
    const auto whole = number.raw() / Decimal::kOne;
    if (whole * Decimal::kOne != number.raw() || whole < least || whole > most)
        return odd_answer(
            fmt::format("'{}' is not from {} to {}", excerpt(value, kShown), least, most));
    return static_cast<std::int64_t>(whole);
}

}  // namespace vault::exchange::kraken
