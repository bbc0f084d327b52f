#include "daemon/engine/state_text.hpp"

namespace vault::engine {

json::string text_of(Decimal x) {
    return json::string{x.text()};
}
std::int64_t ms_of(UtcTime t) {
    return t.time_since_epoch().count();
}

json::object texts_json(const std::map<std::string, std::string>& texts) {
    json::object out;
    for (const auto& [key, text] : texts)
        out[key] = text;
    return out;
}

json::object hold_json(const Hold& hold) {
    return {{"kind", static_cast<int>(hold.kind)},
            {"by", hold.by},
            {"why", hold.why},
            {"since", ms_of(hold.since)}};
}

json::value optional_text(const std::optional<Decimal>& x) {
    return x ? json::value(text_of(*x)) : json::value(nullptr);
}

json::value optional_ms(const std::optional<UtcTime>& t) {
    return t ? json::value(ms_of(*t)) : json::value(nullptr);
}

json::value parse_state(std::string_view body) {
    boost::system::error_code status;
    json::value value = json::parse(body, status);
    return status ? json::value{} : value;
}

Hold read_hold(StateReader& outer, std::string_view name) {
    StateReader in{outer.at(name)};
    Hold hold;
    hold.kind = in.enumerator("kind", HoldKind::Halted);
    hold.by = in.text("by");
    hold.why = in.text("why");
    hold.since = in.time("since");
    outer.adopt(in);
    return hold;
}

std::map<std::string, std::string> read_texts(StateReader& in, std::string_view name) {
    std::map<std::string, std::string> texts;
    const json::object* object = in.at(name).if_object();
    if (object == nullptr) in.fail(name);
    for (const auto& [key, text] : object == nullptr ? json::object{} : *object)
        if (const json::string* found = text.if_string())
            texts[std::string{key}] = std::string{*found};
        else
            in.fail(name);
    return texts;
}

std::optional<Decimal> read_optional(StateReader& in, std::string_view name) {
    if (in.at(name).is_null()) return std::nullopt;
    return in.decimal(name);
}

std::optional<UtcTime> read_optional_time(StateReader& in, std::string_view name) {
    if (in.at(name).is_null()) return std::nullopt;
    return in.time(name);
}

}  // namespace vault::engine
