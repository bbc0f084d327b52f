#pragma once
// Where a configuration comes from, and the reading of all sources together: the command line wins
// over the environment, that over the file, that over the default. Every key remembers its origin,
// every fault its place. main() gathers the Sources once; reading them again is a reload. Reading
// blocks on one small file; any thread.
#include "daemon/config/config.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vault::config {

enum class Source : std::uint8_t { Default, File, Environment, CommandLine };

struct Origin {
    Source source = Source::Default;
    std::string where;  // "/etc/vaultd/config.yaml", "VAULTD_LOG_LEVEL", "--socket"; "" by default
    int line = 0;       // of a file, from 1
    int column = 0;
};
std::string to_text(const Origin& origin);  // "default", "c.yaml:3", "VAULTD_LOG_LEVEL", "--socket"

// The same for messages: with the column, and nothing for a default.
std::string place_text(const Origin& origin);

struct Override {  // of a key by the command line
    std::string key;
    std::string value;
    std::string flag;
};

using Variables = std::vector<std::pair<std::string, std::string>>;

struct Sources {
    std::string file;       // empty: none, every key starts at its default
    Variables environment;  // those whose name starts with VAULTD_
    std::vector<Override> command_line;
};

struct Fault {
    Origin at;
    std::string key;      // what it is about; empty for a file that is no configuration at all
    std::string message;  // names the key and says what to do
};

struct Reading {
    Config config;                                       // of use only without faults
    std::map<std::string, Origin, std::less<>> origins;  // of keys that are not at their default
    std::vector<Fault> faults;  // in the order of the file, then the others
};

Reading read(const Sources& sources);
// The same with the file's text at hand; `sources.file` stands for it in messages.
Reading read_text(const Sources& sources, const std::string& text);
// All faults as one Error (ConfigInvalid), "place: message" a line.
Error as_error(const std::vector<Fault>& faults);
// Where a key's value comes from.
Origin origin_of(const Reading& reading, std::string_view key);

// Those of `environment` (as environ(7)) whose name starts with VAULTD_.
Variables variables_of(const char* const* environment);
// True for a name whose last word is that of a secret ("token", "password", "key" …). The value of
// such a key is never taken from the environment, which other processes can read, and never shown.
bool names_secret(std::string_view name);

// The two keys that are lists.
inline constexpr std::string_view kPairsKey = "paper.pairs";
// The pairs that run with what a reload changes of them: status, renamed_to and the minima. Steps
// of price and quantity, new pairs and missing ones need a restart.
std::vector<PairRules> with_live_rules(std::vector<PairRules> running,
                                       const std::vector<PairRules>& wanted);
inline constexpr std::string_view kTargetsKey = "alerts.targets";

}  // namespace vault::config
