#include "common/protocol/errors.hpp"

#include <algorithm>

namespace vault::protocol {

std::string_view to_text(Effect effect) {
    switch (effect) {
        case Effect::None: return "none";
        case Effect::Applied: return "applied";
        case Effect::Unknown: return "unknown";
    }
    return "unknown";
}

Effect parse_effect(std::string_view text) {
    if (text == "none") return Effect::None;
    return text == "applied" ? Effect::Applied : Effect::Unknown;
}

const ErrorRow* find_error(std::string_view code) {
    const auto row = std::ranges::find(kErrorTable, code, &ErrorRow::code);
    return row == kErrorTable.end() ? nullptr : &*row;
}

json::object error_object(const Error& error, Effect effect) {
    const ErrorRow& row = error_row(error.code());
    json::object data;
    data["code"] = row.code;
    data["effect"] = to_text(effect);
    data["retryable"] = row.retryable && effect == Effect::None;
    if (!error.field().empty()) data["field"] = error.field();
    data["hint"] = error.hint().empty() ? row.hint : std::string_view(error.hint());
    json::object object;
    object["code"] = row.rpc;
    object["message"] = error.message();
    object["data"] = std::move(data);
    return object;
}

}  // namespace vault::protocol
