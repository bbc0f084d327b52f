#pragma once
// The words after "vaultctl" as an invocation. Flags may stand before or after the command words
// and are never abbreviated; "-5" is a value, "--" ends the flags. Only the shape is checked here,
// values are the daemon's to judge (integers must be integers to be sent at all). Pure; errors are
// Usage, and InvalidParams for a number that is none.
#include "cli/command/catalogue.hpp"
#include "cli/render/render.hpp"
#include "common/base/time.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <span>
#include <string>

namespace vault::command {

namespace json = boost::json;

enum class Color { Auto, Always, Never };

struct Globals {
    render::Format format = render::Format::Table;
    bool format_given = false;
    bool quiet = false;
    bool yes = false;
    bool dry_run = false;
    bool wait = false;
    bool help = false;
    std::optional<Duration> timeout;  // absent: the default; zero: none
    std::string socket;
    std::string token_file;
    std::string idem_key;
    Color color = Color::Auto;

    // For commands that wait: as long as it takes unless --timeout says otherwise.
    std::optional<Duration> timeout_or_none() const {
        return timeout && timeout->count() > 0 ? timeout : std::nullopt;
    }
};

struct Invocation {
    const Method* command = nullptr;  // null with globals.help: the overview, or of `noun`
    std::string noun;
    json::object params;  // for the method
    json::object local;   // values of local_flags()
    Globals globals;
};

// `directory` is what relative paths are relative to.
Result<Invocation> parse_arguments(std::span<const std::string> words,
                                   const std::string& directory);

// True if the words ask for JSON, however broken they are otherwise: failures of parsing must
// honour it.
bool wants_json(std::span<const std::string> words);

// ".html" of "out/Page.HTML"; empty without one.
std::string ending_of(std::string_view path);

}  // namespace vault::command
