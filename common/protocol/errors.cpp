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

namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// As a whole word; from_seq may be written from-seq or "from seq".
bool names(std::string_view text, std::string_view field) {
    const auto same = [](char a, char b) { return a == b || (b == '_' && (a == '-' || a == ' ')); };
    for (auto from = text.begin();;) {
        const auto at = std::search(from, text.end(), field.begin(), field.end(), same);
        if (at == text.end()) return false;
        const auto end = at + static_cast<std::ptrdiff_t>(field.size());
        if ((at == text.begin() || !is_letter(at[-1])) && (end == text.end() || !is_letter(*end)))
            return true;
        from = at + 1;
    }
}

}  // namespace

std::string message_with_field(const Error& error) {
    if (error.field().empty() || names(error.message(), error.field())) return error.message();
    return error.field() + ": " + error.message();
}

}  // namespace vault::protocol
