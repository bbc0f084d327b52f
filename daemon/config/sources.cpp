#include "daemon/config/sources.hpp"

#include "daemon/config/file_reader.hpp"
#include "daemon/config/keys.hpp"
#include "daemon/config/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace vault::config {
namespace {

constexpr std::string_view kPrefix = "VAULTD_";
constexpr std::size_t kShownFaults = 20;
constexpr std::array<std::string_view, 10> kSecretWords{
    "password", "passwd", "passphrase", "secret", "secrets",
    "token",    "key",    "credential", "dsn",    "pin"};

void take_file(Reading& into, const std::string& name, const std::string& text) {
    FileKeys found = read_file_text(into.config, text);
    const auto at = [&](Place place) {
        return Origin{Source::File, name, place.line, place.column};
    };
    for (const auto& [key, place] : found.places)
        into.origins[key] = at(place);
    for (FileFault& fault : found.faults)
        into.faults.push_back({at(fault.place), std::move(fault.key), std::move(fault.message)});
}

std::string unknown_variable(std::string_view name) {
    std::vector<std::string> known;
    for (const Key& key : keys())
        known.push_back(env_name(key));
    const std::vector<std::string_view> views(known.begin(), known.end());
    const std::string_view near = nearest(name, views);
    if (!near.empty()) return fmt::format("no key has this variable; did you mean {}?", near);
    return "no key has this variable; store.path has VAULTD_STORE_PATH, and so on; unset it";
}

// The value is never part of a message about a name that may be a secret's.
void take_variable(Reading& into, const std::string& name, const std::string& value) {
    const Origin at{Source::Environment, name, 0, 0};
    const auto fault = [&](std::string_view key, std::string message) {
        into.faults.push_back({at, std::string{key}, std::move(message)});
    };
    if (names_secret(name))
        return fault("",
                     "a secret does not belong into the environment, where other processes can "
                     "read it; unset it and change the secret");
    for (const Key& key : keys()) {
        if (env_name(key) != name) continue;
        into.origins[std::string{key.name}] = at;
        if (const auto done = assign(into.config, key, value); !done)
            fault(key.name, fmt::format("{}; {}", done.error().message(), done.error().hint()));
        return;
    }
    if (name == "VAULTD_PAPER_PAIRS")
        return fault(kPairsKey, "paper.pairs is a list; write it in the file");
    if (name == "VAULTD_ALERTS_TARGETS")
        return fault(kTargetsKey, "alerts.targets is a list; write it in the file");
    fault("", unknown_variable(name));
}

void take_override(Reading& into, const Override& given) {
    const Key* const key = find_key(given.key);
    VAULT_CHECK(key != nullptr, "the command line sets a key that is not in the table");
    const Origin at{Source::CommandLine, given.flag, 0, 0};
    into.origins[given.key] = at;
    if (const auto done = assign(into.config, *key, given.value); !done)
        into.faults.push_back(
            {at, given.key, fmt::format("{}; {}", done.error().message(), done.error().hint())});
}

// Which of the two keys of a broken rule was changed: the first, unless that is a default.
void check_rules(Reading& into, const std::string& file) {
    const auto together = check_together(into.config);
    if (together || !into.faults.empty()) return;
    const Error& error = together.error();
    Origin at = origin_of(into, error.field());
    if (at.source == Source::Default) at = origin_of(into, error.hint());
    if (at.source == Source::Default) at = {Source::File, file, 1, 1};
    into.faults.push_back({std::move(at), error.field(), error.message()});
}

}  // namespace

std::string to_text(const Origin& origin) {
    if (origin.source == Source::Default) return "default";
    if (origin.source == Source::File) return fmt::format("{}:{}", origin.where, origin.line);
    return origin.where;
}

std::string place_text(const Origin& origin) {
    if (origin.source != Source::File || origin.line == 0) return origin.where;
    return fmt::format("{}:{}:{}", origin.where, origin.line, origin.column);
}

Reading read_text(const Sources& sources, const std::string& text) {
    Reading out{defaults(), {}, {}};
    take_file(out, sources.file, text);
    for (const auto& [name, value] : sources.environment)
        take_variable(out, name, value);
    for (const Override& given : sources.command_line)
        take_override(out, given);
    check_rules(out, sources.file);
    return out;
}

Reading read(const Sources& sources) {
    if (sources.file.empty()) return read_text(sources, "");
    auto text = file_bytes(sources.file);
    if (text) return read_text(sources, text.value());
    Reading out = read_text(sources, "");
    const Error& error = text.error();
    out.faults.insert(out.faults.begin(),
                      {{}, {}, fmt::format("{}; {}", error.message(), error.hint())});
    return out;
}

Error as_error(const std::vector<Fault>& faults) {
    std::string text;
    for (std::size_t i = 0; i < std::min(faults.size(), kShownFaults); ++i) {
        const std::string place = place_text(faults[i].at);
        text += fmt::format("{}{}{}{}", i == 0 ? "" : "\n", place, place.empty() ? "" : ": ",
                            faults[i].message);
    }
    if (faults.size() > kShownFaults)
        text += fmt::format("\nand {} more", faults.size() - kShownFaults);
    return Error{Errc::ConfigInvalid, std::move(text), "config",
                 "config.example.yaml shows every key with its unit, default and range"};
}

Origin origin_of(const Reading& reading, std::string_view key) {
    const auto found = reading.origins.find(key);
    return found == reading.origins.end() ? Origin{} : found->second;
}

Variables variables_of(const char* const* environment) {
    Variables found;
    for (; environment != nullptr && *environment != nullptr; ++environment) {
        const std::string_view line = *environment;
        const auto equals = line.find('=');
        if (!line.starts_with(kPrefix) || equals == std::string_view::npos) continue;
        found.emplace_back(line.substr(0, equals), line.substr(equals + 1));
    }
    std::sort(found.begin(), found.end());
    return found;
}

bool names_secret(std::string_view name) {
    std::string word{name.substr(name.find_last_of("._") + 1)};
    for (char& c : word)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return std::find(kSecretWords.begin(), kSecretWords.end(), word) != kSecretWords.end();
}

}  // namespace vault::config
