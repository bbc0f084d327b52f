#include "common/protocol/validate.hpp"

#include <boost/json/array.hpp>

namespace vault::protocol {
namespace {

constexpr const char* kUnchecked = "parameters are read before they were validated";

template <class T>
T checked(Result<T> parsed) {
    VAULT_CHECK(parsed.has_value(), kUnchecked);
    return std::move(parsed).value();
}

template <class T>
std::optional<T> parsed(const Params& params, std::string_view name,
                        Result<T> (*parse)(std::string_view)) {
    if (!params.has(name)) return std::nullopt;
    return checked(parse(params.text(name)));
}

}  // namespace

std::string Params::text(std::string_view name) const {
    const auto* value = object_->if_contains(name);
    if (value == nullptr) return {};
    VAULT_CHECK(value->is_string(), kUnchecked);
    return std::string(value->get_string());
}

bool Params::flag(std::string_view name) const {
    const auto* value = object_->if_contains(name);
    if (value == nullptr) return false;
    VAULT_CHECK(value->is_bool(), kUnchecked);
    return value->get_bool();
}

std::optional<std::int64_t> Params::integer(std::string_view name) const {
    const auto* value = object_->if_contains(name);
    if (value == nullptr) return std::nullopt;
    VAULT_CHECK(value->is_int64(), kUnchecked);
    return value->get_int64();
}

std::optional<Decimal> Params::decimal(std::string_view name) const {
    const auto written = text(name);
    const bool is_figure = !written.empty() && !(written[0] >= 'a' && written[0] <= 'z');
    if (!is_figure) return std::nullopt;
    return checked(Decimal::parse(written));
}

std::optional<UtcTime> Params::time(std::string_view name) const {
    return parsed<UtcTime>(*this, name, parse_utc);
}

std::optional<Duration> Params::duration(std::string_view name) const {
    return parsed<Duration>(*this, name, parse_duration);
}

std::optional<Asset> Params::asset(std::string_view name) const {
    return parsed<Asset>(*this, name, Asset::parse);
}

std::optional<Pair> Params::pair(std::string_view name) const {
    return parsed<Pair>(*this, name, Pair::parse);
}

std::vector<std::string> Params::texts(std::string_view name) const {
    std::vector<std::string> items;
    const auto* value = object_->if_contains(name);
    if (value == nullptr) return items;
    VAULT_CHECK(value->is_array(), kUnchecked);
    for (const auto& item : value->get_array()) {
        VAULT_CHECK(item.is_string(), kUnchecked);
        items.emplace_back(item.get_string());
    }
    return items;
}

std::vector<Asset> Params::assets(std::string_view name) const {
    std::vector<Asset> items;
    for (const auto& text : texts(name))
        items.push_back(checked(Asset::parse(text)));
    return items;
}

std::vector<Pair> Params::pairs(std::string_view name) const {
    std::vector<Pair> items;
    for (const auto& text : texts(name))
        items.push_back(checked(Pair::parse(text)));
    return items;
}

std::map<std::string, std::string> Params::map(std::string_view name) const {
    std::map<std::string, std::string> items;
    const auto* value = object_->if_contains(name);
    if (value == nullptr) return items;
    VAULT_CHECK(value->is_object(), kUnchecked);
    for (const auto& member : value->get_object()) {
        VAULT_CHECK(member.value().is_string(), kUnchecked);
        items.emplace(member.key(), member.value().get_string());
    }
    return items;
}

const json::value* Params::json(std::string_view name) const {
    return object_->if_contains(name);
}

}  // namespace vault::protocol
