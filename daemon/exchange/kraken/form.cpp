#include "daemon/exchange/kraken/form.hpp"

#include <string_view>

namespace vault::exchange::kraken {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

bool is_plain(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (is_plain(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
}

}  // namespace

std::string form_encoded(const Fields& fields) {
    std::string out;
    for (const auto& [name, value] : fields) {
        if (!out.empty()) out += '&';
        append_escaped(out, name);
        out += '=';
        append_escaped(out, value);
    }
    return out;
}

}  // namespace vault::exchange::kraken
