#include "cli/command/file_content.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace vault::command {
namespace {

constexpr std::size_t kMost = 1'000'000;  // so that a request has room for it

Result<std::string> content_of(const Param& param, const std::string& path) {
    const auto refused = [&](std::string_view why) {
        return Error{Errc::InvalidParams, fmt::format("{}: {}: {}", param.name, path, why),
                     std::string(param.name), fmt::format("{}: {}", param.name, param.doc)};
    };
    std::error_code fault;
    if (path != "-" && !std::filesystem::exists(path, fault))
        return refused("there is no such file");
    if (std::filesystem::is_directory(path, fault)) return refused("it is a folder");
    std::ifstream file(path == "-" ? "/dev/stdin" : path, std::ios::binary);
    if (!file.is_open()) return refused("it cannot be read");
    std::string text(kMost + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) return refused("it cannot be read");
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > kMost) return refused("it is larger than 1 MB");
    if (text.find('\0') != std::string::npos) return refused("it is no text");
    return text;
}

}  // namespace

Result<void> read_contents(Invocation& invocation) {
    for (const Param& param : invocation.command->params) {
        json::value* const path = invocation.params.if_contains(param.name);
        if (!param.content || path == nullptr) continue;
        VAULT_TRY(std::string text, content_of(param, std::string(path->get_string())));
        *path = std::move(text);
    }
    return success();
}

}  // namespace vault::command
