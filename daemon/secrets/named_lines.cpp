#include "daemon/secrets/named_lines.hpp"

#include "common/base/hash.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <charconv>

namespace vault::secrets {
namespace {

std::string check_of(std::string_view body) {
    return to_hex(sha256(body)).substr(0, 16);
}

}  // namespace

std::string hex_of(std::span<const std::uint8_t> bytes) {
    std::string text(2 * bytes.size() + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    text.pop_back();
    return text;
}

std::string hex_of(std::string_view bytes) {
    return hex_of(std::span{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

std::string with_check(const std::string& body) {
    return fmt::format("{}check {}\n", body, check_of(body));
}

std::string_view NamedLines::value(std::string_view name) {
    ++line_;
    const std::size_t end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view{} : rest_.substr(end + 1);
    const bool is_named =
        line.starts_with(name) && line.size() > name.size() && line[name.size()] == ' ';
    if (is_named && end != std::string_view::npos) return line.substr(name.size() + 1);
    fail(name);
    return {};
}

std::uint64_t NamedLines::number(std::string_view name, std::uint64_t least, std::uint64_t most) {
    const std::string_view text = value(name);
    std::uint64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc{} || end != text.data() + text.size() || number < least || number > most)
        fail(name);
    return number;
}

void NamedLines::bytes(std::string_view name, std::span<std::uint8_t> out) {
    const std::string_view text = value(name);
    std::size_t size = 0;
    const int status =
        sodium_hex2bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, nullptr);
    if (status != 0 || text.size() != 2 * out.size() || size != out.size()) fail(name);
}

void NamedLines::check(const std::string& body) {
    if (value("check") != check_of(body) || !rest_.empty()) fail("check");
}

void NamedLines::fail(std::string_view what) {
    if (fault_.empty()) fault_ = fmt::format("line {} ({})", line_, what);
}

}  // namespace vault::secrets
