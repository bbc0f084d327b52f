#include "tests/emulator/kraken/rest/params.hpp"

#include "common/protocol/codec.hpp"
#include "tests/emulator/kraken/wire/number_text.hpp"

#include <charconv>

namespace vault::kraken_emulator {
namespace {

namespace json = boost::json;

std::optional<unsigned> hex(char digit) {
    if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
    if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a' + 10);
    if (digit >= 'A' && digit <= 'F') return static_cast<unsigned>(digit - 'A' + 10);
    return std::nullopt;
}

Answer<std::string> decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] == '%') {
            const auto high = i + 2 < text.size() ? hex(text[i + 1]) : std::nullopt;
            const auto low = i + 2 < text.size() ? hex(text[i + 2]) : std::nullopt;
            if (!high || !low) return Refusal{refused::kInvalidArguments};
            out += static_cast<char>(*high * 16 + *low);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string plain(const json::value& value) {
    if (value.is_string()) return std::string{value.get_string()};
    if (value.is_bool()) return value.get_bool() ? "true" : "false";
    if (value.is_double()) return plain_text(value.get_double());
    if (value.is_null()) return {};
    return protocol::to_compact(value);
}

}  // namespace

Answer<Params> Params::from_form(std::string_view text) {
    Params out;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        const std::size_t equals = part.find('=');
        BOOST_OUTCOME_TRY(std::string name, decoded(part.substr(0, equals)));
        std::string value;
        if (equals != std::string_view::npos) {
            BOOST_OUTCOME_TRY(value, decoded(part.substr(equals + 1)));
        }
        out.texts_.insert_or_assign(std::move(name), std::move(value));
    }
    return out;
}

Answer<Params> Params::from_json(std::string_view text) {
    const auto document = protocol::parse_json(text);
    if (!document || !document.value().is_object()) return Refusal{"EAPI:Bad request"};
    return from_object(document.value().get_object());
}

Params Params::from_object(const json::object& object) {
    Params out;
    for (const auto& [name, value] : object) {
        const std::string key{name};
        if (value.is_array())
            out.arrays_.insert_or_assign(key, value.get_array());
        else if (value.is_object())
            for (const auto& [inner, each] : value.get_object())
                out.texts_.insert_or_assign(key + "[" + std::string{inner} + "]", plain(each));
        else
            out.texts_.insert_or_assign(key, plain(value));
    }
    return out;
}

std::optional<std::string> Params::text(std::string_view name) const {
    const auto found = texts_.find(name);
    if (found == texts_.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

Answer<std::optional<Decimal>> Params::decimal(std::string_view name) const {
    const auto given = text(name);
    if (!given) return std::optional<Decimal>{};
    const auto value = Decimal::parse(*given);
    if (!value) return Refusal::invalid(name);
    return std::optional<Decimal>{value.value()};
}

Answer<std::optional<std::int64_t>> Params::integer(std::string_view name) const {
    const auto given = text(name);
    if (!given) return std::optional<std::int64_t>{};
    std::int64_t value = 0;
    const char* end = given->data() + given->size();
    const auto [stop, status] = std::from_chars(given->data(), end, value);
    if (status != std::errc{} || stop != end) return Refusal::invalid(name);
    return std::optional<std::int64_t>{value};
}

Answer<bool> Params::flag(std::string_view name, bool otherwise) const {
    const auto given = text(name);
    if (!given) return otherwise;
    if (*given == "true" || *given == "1") return true;
    if (*given == "false" || *given == "0") return false;
    return Refusal::invalid(name);
}

Answer<std::optional<Moment>> Params::rfc3339(std::string_view name) const {
    const auto given = text(name);
    if (!given) return std::optional<Moment>{};
    const auto time = parse_rfc3339(*given);
    if (!time) return Refusal::invalid(name);
    return time;
}

std::vector<std::string> Params::list(std::string_view name) const {
    std::vector<std::string> out;
    const std::string all = text(name).value_or("");
    std::string_view left = all;
    while (!left.empty()) {
        const std::string_view part = left.substr(0, left.find(','));
        left.remove_prefix(std::min(left.size(), part.size() + 1));
        if (!part.empty()) out.emplace_back(part);
    }
    return out;
}

const json::array* Params::array(std::string_view name) const {
    const auto found = arrays_.find(name);
    return found == arrays_.end() ? nullptr : &found->second;
}

}  // namespace vault::kraken_emulator
