#include "cli/render/plain.hpp"

#include "cli/render/characters.hpp"
#include "common/protocol/codec.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace vault::render {
namespace {

std::string escape_of(std::string_view bytes, std::uint32_t code) {
    if (code == '\\') return "\\\\";
    if (code == '\t') return "\\t";
    if (code == '\n') return "\\n";
    if (code == '\r') return "\\r";
    if (code == kBroken) return fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes[0]));
    return fmt::format("\\u{{{:x}}}", code);
}

std::string escaped(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const Character next = first_character(text);
        const std::string_view bytes = text.substr(0, next.bytes);
        if (may_be_shown(next.code) && next.code != '\\') {
            out += bytes;
        } else {
            out += escape_of(bytes, next.code);
        }
        text.remove_prefix(next.bytes);
    }
    return out;
}

std::string key_of(std::string_view name) {
    std::string key = escaped(name);
    for (std::size_t dot = 0; (dot = key.find('.', dot)) != std::string::npos; dot += 2)
        key.insert(dot, 1, '\\');
    return key;
}

std::string text_of(const json::value& value) {
    if (value.is_null()) return {};
    if (value.is_string()) return escaped(value.get_string());
    return protocol::to_compact(value);
}

// `path` ends in a dot, or is empty.
void append(std::string& out, const json::value& value, const std::string& path) {
    if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
        for (const auto& member : *object)
            append(out, member.value(), path + key_of(member.key()) + '.');
        return;
    }
    if (const auto* items = value.if_array(); items != nullptr && !items->empty()) {
        for (std::size_t i = 0; i < items->size(); ++i)
            append(out, (*items)[i], fmt::format("{}{}.", path, i));
        return;
    }
    if (!path.empty()) out += path.substr(0, path.size() - 1) + '\t';
    out += text_of(value) + '\n';
}

}  // namespace

std::string plain_lines(const json::value& value, const std::string& prefix) {
    std::string out;
    const bool is_empty_list = value.is_array() && value.get_array().empty();
    if (!is_empty_list || !prefix.empty()) append(out, value, prefix);
    return out;
}

}  // namespace vault::render
