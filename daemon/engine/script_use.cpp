#include "daemon/engine/script_use.hpp"

#include "common/base/excerpt.hpp"
#include "common/base/hash.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {
namespace {

constexpr std::size_t kCommandMost = 512;
constexpr std::size_t kFolderMost = 256;
constexpr std::size_t kWordsMost = 16;
constexpr Duration kDeadlineLeast{10}, kDeadlineMost{10'000};
constexpr std::uint64_t kMemoryLeast = 16, kMemoryMost = 2048;

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

Error wrong(std::string_view field, std::string message, std::string hint) {
    return Error{Errc::InvalidParams, std::move(message), std::string{field}, std::move(hint)};
}

// Plain names with a '/' between them: no way leads out.
bool stays_below(std::string_view folder) {
    while (true) {
        const std::size_t slash = folder.find('/');
        const std::string_view part = folder.substr(0, slash);
        if (part.empty() || part == "." || part == "..") return false;
        if (slash == std::string_view::npos) return true;
        folder.remove_prefix(slash + 1);
    }
}

}  // namespace

std::string fault_text(const ports::ScriptComplaint& fault) {
    return fmt::format("{}: {}", ports::to_text(fault.fault), fault.detail);
}

std::string script_name(UserId user, const ScriptSetting& setting) {
    const std::string all =
        fmt::format("{}\n{}\n{}\n{}\n{}", to_text(user), setting.command, setting.folder,
                    setting.deadline.count(), setting.memory_mib);
    return fmt::format("{}-{}", to_text(user), to_hex(sha256(all)).substr(0, 16));
}

Result<std::vector<std::string>> command_words(const std::string& command) {
    std::vector<std::string> words;
    std::string_view rest = command;
    while (!rest.empty()) {
        const std::size_t blank = rest.find(' ');
        if (blank != 0) words.emplace_back(rest.substr(0, blank));
        if (blank == std::string_view::npos) break;
        rest.remove_prefix(blank + 1);
    }
    if (words.empty())
        return wrong("command", "a script needs a command",
                     "for example: --command ./mine.py; try it first with vaultctl script check");
    if (words.size() > kWordsMost || command.size() > kCommandMost || !is_plain(command))
        return wrong("command",
                     fmt::format("'{}' is no command of at most {} plain words and {} characters",
                                 excerpt(command, 60), kWordsMost, kCommandMost),
                     "blanks part the words; for anything else write a script that does it");
    if (command.find_first_of("'\"\\`") != std::string::npos)
        return wrong("command", fmt::format("'{}' has quotes", excerpt(command, 60)),
                     "no shell reads it: blanks part the words, and every other character is "
                     "itself; for anything else write a script that does it");
    std::string_view program = words.front();
    if (program.starts_with("./")) program.remove_prefix(2);
    if (!program.starts_with('/') && !stays_below(program))
        return wrong("command", fmt::format("'{}' leads out of the folder", excerpt(program, 60)),
                     "name a program of the folder as ./mine.py, or one of the system");
    return words;
}

Result<void> check(const ScriptSetting& setting) {
    VAULT_TRYV(command_words(setting.command));
    const std::string& folder = setting.folder;
    if (!folder.empty() &&
        (folder.size() > kFolderMost || !is_plain(folder) || !stays_below(folder)))
        return wrong(
            "folder", fmt::format("'{}' is no folder below your own", excerpt(folder, 60)),
            "scripts lie in the folder runner.scripts of the configuration, each user's in "
            "the one of his name; give a path below that, without . and ..");
    if (setting.deadline < kDeadlineLeast || setting.deadline > kDeadlineMost)
        return wrong("deadline",
                     fmt::format("{} is out of range", format_duration(setting.deadline)),
                     fmt::format("give {} to {}", format_duration(kDeadlineLeast),
                                 format_duration(kDeadlineMost)));
    if (setting.memory_mib < kMemoryLeast || setting.memory_mib > kMemoryMost)
        return wrong("memory_mib", fmt::format("{} MiB is out of range", setting.memory_mib),
                     fmt::format("give {} to {}", kMemoryLeast, kMemoryMost));
    return success();
}

}  // namespace vault::engine
