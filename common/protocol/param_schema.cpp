#include "common/protocol/param_schema.hpp"

#include <boost/json/array.hpp>

#include <string>

namespace vault::protocol {

namespace json = boost::json;

namespace {

constexpr int kMaxItems = 1000;
constexpr int kMaxText = 1000;
constexpr int kMaxSecret = 1024;

constexpr std::string_view kSigned = R"(^[+-]?[0-9]+(\.[0-9]{1,18})?$)";
constexpr std::string_view kNotNegative = R"(^(\+?[0-9]+(\.[0-9]{1,18})?|-0+(\.0{1,18})?)$)";
constexpr std::string_view kPositive = R"(^\+?[0-9]+(\.[0-9]{1,18})?$)";
constexpr std::string_view kTime =
    R"(^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|\+00:00))?$)";
constexpr std::string_view kDuration =
    R"(^(0|([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$)";
constexpr std::string_view kAsset = R"(^[A-Z0-9._-]+$)";
constexpr std::string_view kPair = R"(^[A-Z0-9._-]+/[A-Z0-9._-]+$)";

json::object text(std::string_view pattern = {}, bool blank = false) {
    json::object schema{{"type", "string"}, {"minLength", blank ? 0 : 1}, {"maxLength", kMaxText}};
    if (!pattern.empty()) schema["pattern"] = pattern;
    return schema;
}

json::object one_of(std::string_view allowed) {
    json::array words;
    while (!allowed.empty()) {
        const auto bar = allowed.find('|');
        words.emplace_back(allowed.substr(0, bar));
        allowed.remove_prefix(bar == std::string_view::npos ? allowed.size() : bar + 1);
    }
    return {{"enum", std::move(words)}};
}

json::object decimal(const Param& param) {
    json::object number = text(param.sign == Sign::Any        ? kSigned
                               : param.sign == Sign::Positive ? kPositive
                                                              : kNotNegative);
    if (param.allowed.empty()) return number;
    return {{"anyOf", json::array{std::move(number), one_of(param.allowed)}}};
}

json::object integer(const Param& param) {
    json::object schema{{"type", "integer"}};
    if (param.low != INT64_MIN) schema["minimum"] = param.low;
    if (param.high != INT64_MAX) schema["maximum"] = param.high;
    return schema;
}

json::object value_schema(const Param& param) {
    switch (param.type) {
        case ParamType::Text: return text({}, param.blank);
        case ParamType::Decimal: return decimal(param);
        case ParamType::Integer: return integer(param);
        case ParamType::Bool: return {{"type", "boolean"}};
        case ParamType::Time: return text(kTime);
        case ParamType::Duration: return text(kDuration);
        case ParamType::Enum: return one_of(param.allowed);
        case ParamType::Asset: return text(kAsset);
        case ParamType::Pair: return text(kPair);
        case ParamType::Map:
            return {{"type", "object"}, {"minProperties", 1}, {"additionalProperties", text()}};
        case ParamType::Json: return {};
    }
    return {};
}

}  // namespace

json::object params_schema(const Method& method) {
    json::object properties;
    json::array required;
    for (const Param& param : method.params) {
        json::object schema = value_schema(param);
        if (param.repeated)
            schema = {{"type", "array"}, {"items", std::move(schema)}, {"maxItems", kMaxItems}};
        if (param.secret) {
            schema["maxLength"] = kMaxSecret;
            schema["writeOnly"] = true;
        }
        schema["description"] = param.doc;
        properties[param.name] = std::move(schema);
        if (param.required) required.emplace_back(param.name);
    }
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"additionalProperties", false}};
}

}  // namespace vault::protocol
