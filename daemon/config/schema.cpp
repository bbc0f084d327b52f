#include "daemon/config/schema.hpp"

#include "daemon/config/keys.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace vault::config {
namespace {

namespace json = boost::json;

constexpr const char* kDuration = "^(0|([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$";
constexpr const char* kDecimal = "^[0-9]+(\\.[0-9]+)?$";

std::int64_t whole(std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

bool is_whole(const Key& key) {
    return key.type == "count" || (key.type == "duration" && !key.unit.empty());
}

bool may_be_off(const Key& key) {
    return is_whole(key) && key.fallback == "off";
}

// "a, b or c" as [a, b, c].
json::array words(std::string_view list) {
    json::array out;
    std::string text{list};
    if (const auto last = text.rfind(" or "); last != std::string::npos)
        text.replace(last, 4, ", ");
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(", ", at), text.size());
        out.emplace_back(text.substr(at, comma - at));
        at = comma + 2;
    }
    return out;
}

// The words that a YAML reader may make a truth of are right as such too.
json::object word_of(const Key& key) {
    json::array allowed = words(key.unit);
    for (const bool truth : {true, false})
        if (std::ranges::find(allowed, json::value(truth ? "true" : "false")) != allowed.end())
            allowed.emplace_back(truth);
    if (allowed.back().is_bool()) return {{"enum", std::move(allowed)}};
    return {{"type", "string"}, {"enum", std::move(allowed)}};
}

// A YAML reader makes a number of 0.004 and of 0660 too, so numbers and texts are both right, and
// false of off. The bounds of a rate hold for the number; the daemon reads the text exactly.
json::object shape_of(const Key& key) {
    const json::object no_yes{{"const", true}};
    if (may_be_off(key))
        return {{"type", json::array{"integer", "string", "boolean"}},
                {"minimum", whole(key.low)},
                {"maximum", whole(key.high)},
                {"pattern", "^off$"},
                {"not", no_yes}};
    if (is_whole(key))
        return {{"type", "integer"}, {"minimum", whole(key.low)}, {"maximum", whole(key.high)}};
    if (key.type == "duration")
        return {{"type", "string"}, {"pattern", kDuration}, {"minLength", 1}};
    if (key.type == "path") return {{"type", "string"}, {"minLength", 1}};
    if (key.type == "program")
        return {{"type", "string"}, {"pattern", key.fallback == "none" ? "^(none|/.+)$" : "^/.+$"}};
    if (key.type == "address")
        return {{"type", "string"}, {"pattern", fmt::format("^{}?://[^\\s@]+$", key.unit)}};
    if (key.type == "pairs")
        return {{"type", "string"},
                {"pattern", "^ *[A-Z0-9._-]+/[A-Z0-9._-]+( +[A-Z0-9._-]+/[A-Z0-9._-]+)* *$"}};
    if (key.type == "url") return {{"type", "string"}, {"pattern", "^(none|https?://[^\\s@]+)$"}};
    if (key.type == "name") return {{"type", "string"}, {"pattern", "^[a-z0-9-]{1,64}$"}};
    if (key.type == "asset") return {{"type", "string"}, {"pattern", "^[A-Z0-9._-]{1,15}$"}};
    if (key.type == "cap")
        return {{"type", json::array{"number", "string", "boolean"}},
                {"minimum", 0},
                {"pattern", "^(off|[0-9]+(\\.[0-9]+)?)$"},
                {"not", no_yes}};
    if (key.type == "mode")
        return {{"type", json::array{"integer", "string"}}, {"pattern", "^0?[0-7]{3}$"}};
    if (key.type == "rate")
        return {{"type", json::array{"number", "string"}},
                {"minimum", whole(key.low)},
                {"pattern", kDecimal}};
    return word_of(key);
}

json::object property_of(const Key& key) {
    json::object out = shape_of(key);
    out["description"] = fmt::format("{}: {}; default {}", key.doc, range_text(key), key.fallback);
    if (is_whole(key) && !may_be_off(key))
        out["default"] = whole(key.fallback);
    else
        out["default"] = key.fallback;
    out["x-unit"] = key.unit;
    out["x-applies"] = key.live ? "reload" : "restart";
    out["x-variable"] = env_name(key);
    return out;
}

json::object section(std::string_view description) {
    return {{"type", json::array{"object", "null"}},
            {"description", description},
            {"properties", json::object{}},
            {"additionalProperties", false}};
}

// The object that holds the key's last part; sections on the way are made.
json::object& properties_above(json::object& root, std::string_view name) {
    json::object* properties = &root["properties"].as_object();
    for (std::size_t dot = 0; (dot = name.find('.')) != std::string_view::npos;) {
        const std::string_view part = name.substr(0, dot);
        if (!properties->contains(part))
            (*properties)[part] = section(fmt::format("keys of {}", part));
        properties = &(*properties)[part].as_object()["properties"].as_object();
        name.remove_prefix(dot + 1);
    }
    return *properties;
}

json::object pairs_schema() {
    const auto number = [](std::string_view doc) {
        return json::object{{"type", json::array{"number", "string"}},
                            {"minimum", 0},
                            {"maximum", 1'000'000'000},
                            {"pattern", kDecimal},
                            {"description", doc}};
    };
    json::object fields{
        {"pair", json::object{{"type", "string"}, {"pattern", "^[A-Z0-9]+/[A-Z0-9]+$"}}},
        {"tick", number("price step, above 0")},
        {"lot", number("quantity step, above 0")},
        {"min_cost", number("least order in quote units")},
        {"min_quantity", number("least order in base units")},
        {"status", json::object{{"enum", json::array{"trading", "reduce_only", "cancel_only",
                                                     "halted", "delisted"}},
                                {"description", "whether orders are taken; default trading"}}},
        {"renamed_to", json::object{{"type", "string"},
                                    {"pattern", "^[A-Z0-9]+/[A-Z0-9]+$"},
                                    {"description", "its new name, which delists this one"}}}};
    json::object item{{"type", "object"},
                      {"properties", std::move(fields)},
                      {"required", json::array{"pair"}},
                      {"additionalProperties", false}};
    return {{"type", json::array{"array", "null"}},
            {"description",
             "pairs of the simulated exchange: an entry changes one that is built in by name, or "
             "adds another, which needs tick and lot; a reload applies status, renamed_to and the "
             "minima of pairs that run"},
            {"items", std::move(item)},
            {"x-applies", "reload"}};
}

constexpr std::string_view kMailPattern = "^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$";

json::object command_schema() {
    const json::object word{{"type", "string"}, {"minLength", 1}};
    return {
        {"type", "array"},
        {"minItems", 1},
        {"items", word},
        {"description", "a program by its absolute path, and its arguments, that reads alerts"}};
}

json::object targets_schema() {
    const auto text = [](std::string_view doc) {
        return json::object{{"type", "string"}, {"minLength", 1}, {"description", doc}};
    };
    const auto shaped = [&](std::string_view doc, std::string_view pattern) {
        json::object out = text(doc);
        out["pattern"] = pattern;
        return out;
    };
    json::object fields{
        {"name", shaped("a word that tells it from the others", "^[a-z0-9_-]{1,32}$")},
        {"url", shaped("where alerts are POSTed", "^https?://[^\\s@]+$")},
        {"mail", shaped("an address that sendmail is given mails for", kMailPattern)},
        {"command", command_schema()},
        {"secret_file", text("file of mode 0600 whose content signs the messages")},
        {"ca_file", text("trusted roots; those of the system if absent")},
        {"severity", json::object{{"enum", json::array{"info", "warning", "critical"}},
                                  {"description", "this and graver; default warning"}}},
        {"quiet", shaped("window of the day in UTC with critical alerts only",
                         "^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$")},
        {"users", json::object{{"type", "array"},
                               {"minItems", 1},
                               {"items", text("a login name")},
                               {"description", "only what is theirs"}}}};
    json::object item{{"type", "object"},
                      {"properties", std::move(fields)},
                      {"required", json::array{"name"}},
                      {"oneOf", json::array{json::object{{"required", json::array{"url"}}},
                                            json::object{{"required", json::array{"mail"}}},
                                            json::object{{"required", json::array{"command"}}}}},
                      {"additionalProperties", false}};
    return {{"type", json::array{"array", "null"}},
            {"description", "whom alerts are sent to"},
            {"items", std::move(item)},
            {"x-applies", "reload"}};
}

void print(std::string& out, const json::value& value, std::size_t indent) {
    const auto* object = value.if_object();
    if (object == nullptr || object->empty()) {
        out += json::serialize(value);
        return;
    }
    const std::string blanks(indent + 2, ' ');
    const char* between = "{\n";
    for (const auto& member : *object) {
        out += fmt::format("{}{}{}: ", between, blanks, json::serialize(json::value(member.key())));
        print(out, member.value(), indent + 2);
        between = ",\n";
    }
    out += fmt::format("\n{:{}}}}", "", indent);
}

}  // namespace

std::string schema_json() {
    json::object root{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                      {"title", "configuration of vaultd"},
                      {"type", json::array{"object", "null"}},
                      {"properties", json::object{}},
                      {"additionalProperties", false}};
    for (const Key& key : keys()) {
        const std::string_view last = key.name.substr(key.name.rfind('.') + 1);
        properties_above(root, key.name)[last] = property_of(key);
    }
    properties_above(root, kPairsKey)["pairs"] = pairs_schema();
    properties_above(root, kTargetsKey)["targets"] = targets_schema();
    std::string out;
    print(out, root, 0);
    return out + '\n';
}

}  // namespace vault::config
