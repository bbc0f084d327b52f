#include "cli/command/arguments.hpp"

#include "cli/command/atomic_file.hpp"
#include "cli/command/secret_input.hpp"
#include "common/protocol/validate.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <vector>

namespace vault::command {
namespace {

using protocol::nearest;
using protocol::ParamType;
using protocol::Place;

Error usage(std::string message, std::string hint) {
    return Error{Errc::Usage, std::move(message), {}, std::move(hint)};
}

// A slip; else the one name that was begun; else what looks most like the word and starts as it
// does. An abbreviation is only ever suggested, never taken.
std::string closest(std::string_view word, const std::vector<std::string_view>& names) {
    if (std::string slip = nearest(word, names); !slip.empty()) return slip;
    const auto begun = [&](std::string_view name) { return name.starts_with(word); };
    const auto first = word.empty() ? names.end() : std::ranges::find_if(names, begun);
    if (first != names.end() && std::none_of(first + 1, names.end(), begun))
        return std::string(*first);
    std::vector<std::string_view> alike;
    for (const std::string_view name : names)
        if (!word.empty() && name.starts_with(word[0])) alike.push_back(name);
    return nearest(word, alike, std::max<std::size_t>(1, word.size() / 2));
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& names,
                         std::string_view prefix, std::string otherwise) {
    const std::string close = closest(word, names);
    return close.empty() ? otherwise : fmt::format("did you mean '{}{}'?", prefix, close);
}

// "a|b" as "a, b".
std::string spoken(std::string_view allowed) {
    std::string words;
    for (const char c : allowed)
        words += c == '|' ? std::string(", ") : std::string(1, c);
    return words;
}

// "-5" and "-.5" are values; "-o" and "--out" are flags; a lone "-" is a word.
bool is_flag(std::string_view word) {
    return word.size() > 1 && word[0] == '-' && word[1] != '.' &&
           !(word[1] >= '0' && word[1] <= '9');
}

const Param* flag_of(const Method& command, std::string_view name) {
    const auto matches = [&](const Param& param) {
        return param.place == Place::Flag && flag_name(param) == name;
    };
    for (const auto params : {command.params, local_flags(command)})
        if (const auto found = std::ranges::find_if(params, matches); found != params.end())
            return &*found;
    return nullptr;
}

const Param* lettered(const Method& command, char letter) {
    const auto found = std::ranges::find(command.params, letter, &Param::letter);
    return found == command.params.end() ? nullptr : &*found;
}

const GlobalFlag* global_of(std::string_view name) {
    const auto found = std::ranges::find(global_flags(), name, &GlobalFlag::name);
    return found == global_flags().end() ? nullptr : &*found;
}

std::string absolute(const std::string& path, const std::string& directory) {
    return path.empty() || path.starts_with('/') ? path : directory + "/" + path;
}

class Parser {
  public:
    Parser(std::span<const std::string> words, const std::string& directory)
        : words_(words), directory_(directory) {}

    Result<Invocation> run();

  private:
    struct Flag {
        std::string name;
        std::optional<std::string> value;
    };

    Result<void> take_flag(std::string_view word);
    Result<void> take_letter(std::string_view word);
    Result<void> take_word(const std::string& word);
    Result<std::string> value_after(std::string_view flag, std::optional<std::string> given);
    bool takes_value(std::string_view name) const;
    Result<void> apply_early_flags();
    Result<void> apply(const Flag& flag);
    Result<void> apply_global(const GlobalFlag& flag, const std::string& value);
    Result<void> store(const Param& param, const std::string& text, json::object& into);
    Result<void> check_complete() const;
    Result<void> settle_format();
    Result<void> settle_file(const std::string& path);
    bool known_somewhere(std::string_view name) const;
    Error unknown_flag(std::string_view name) const;
    Error unknown_command(std::string_view word) const;
    const Param* next_positional() const;

    std::span<const std::string> words_;
    const std::string& directory_;
    std::size_t at_ = 0;
    std::size_t positionals_ = 0;  // words taken after the command
    std::vector<Flag> early_;      // flags that stood before the command
    Invocation invocation_;
};

// Before the command is known: a flag takes a value unless every command that has it says
// otherwise.
bool Parser::takes_value(std::string_view name) const {
    if (invocation_.command != nullptr) {
        if (const Param* param = flag_of(*invocation_.command, name))
            return param->type != ParamType::Bool;
    }
    if (const GlobalFlag* global = global_of(name)) return !global->value.empty();
    for (const Method& method : catalogue())
        if (const Param* param = flag_of(method, name)) return param->type != ParamType::Bool;
    return false;
}

bool Parser::known_somewhere(std::string_view name) const {
    const auto has = [&](const Method& method) { return flag_of(method, name) != nullptr; };
    return global_of(name) != nullptr || std::ranges::any_of(catalogue(), has);
}

Error Parser::unknown_flag(std::string_view name) const {
    std::set<std::string> names;
    for (const GlobalFlag& global : global_flags())
        names.emplace(global.name);
    const auto add = [&](const Method& command) {
        for (const auto params : {command.params, local_flags(command)})
            for (const Param& param : params)
                if (param.place == Place::Flag) names.insert(flag_name(param));
    };
    if (invocation_.command != nullptr) {
        add(*invocation_.command);
    } else {
        std::ranges::for_each(catalogue(), add);
    }
    const std::vector<std::string_view> views(names.begin(), names.end());
    const std::string otherwise = invocation_.command == nullptr
                                      ? "see: vaultctl help"
                                      : "usage: " + synopsis(*invocation_.command);
    return usage(fmt::format("unknown flag --{}", name),
                 did_you_mean(name, views, "--", otherwise));
}

Error Parser::unknown_command(std::string_view word) const {
    std::vector<std::string_view> names =
        invocation_.noun.empty() ? nouns() : std::vector<std::string_view>();
    const auto more = verbs(invocation_.noun);
    names.insert(names.end(), more.begin(), more.end());
    if (invocation_.noun.empty())
        return usage(fmt::format("unknown command '{}'", word),
                     did_you_mean(word, names, "", "see: vaultctl help"));
    return usage(fmt::format("{} has no verb '{}'", invocation_.noun, word),
                 did_you_mean(word, names, invocation_.noun + " ",
                              fmt::format("its verbs: {}", fmt::join(names, ", "))));
}

Result<std::string> Parser::value_after(std::string_view flag, std::optional<std::string> given) {
    if (given) return *given;
    if (at_ >= words_.size() || is_flag(words_[at_]))
        return usage(fmt::format("{} needs a value", flag),
                     invocation_.command == nullptr ? "see: vaultctl help"
                                                    : "usage: " + synopsis(*invocation_.command));
    return words_[at_++];
}

Result<void> Parser::take_flag(std::string_view word) {
    if (!word.starts_with("--")) return take_letter(word);
    word.remove_prefix(2);
    const auto equals = word.find('=');
    Flag flag{std::string(word.substr(0, equals)), std::nullopt};
    if (equals != std::string_view::npos) flag.value = std::string(word.substr(equals + 1));
    if (is_secret_flag(flag.name)) return secret_on_line(flag.name, invocation_.command);
    // Else its value would be taken for a command, and blamed.
    if (!known_somewhere(flag.name)) return unknown_flag(flag.name);
    if (takes_value(flag.name)) {
        VAULT_TRY(auto value, value_after("--" + flag.name, flag.value));
        flag.value = std::move(value);
    } else if (flag.value) {
        const bool known =
            global_of(flag.name) != nullptr ||
            (invocation_.command != nullptr && flag_of(*invocation_.command, flag.name) != nullptr);
        if (!known) return unknown_flag(flag.name);
        return usage(fmt::format("--{} takes no value", flag.name), "leave the value out");
    }
    if (invocation_.command != nullptr) return apply(flag);
    early_.push_back(std::move(flag));
    return success();
}

Result<void> Parser::take_letter(std::string_view word) {
    // As other programs have it; the rest of the word is the password then.
    if (word[1] == 'p' && (invocation_.command == nullptr || takes_secret(*invocation_.command)))
        return secret_on_line("password", invocation_.command);
    const auto found = std::ranges::find(global_flags(), word[1], &GlobalFlag::letter);
    if (found == global_flags().end()) {
        const Param* param =
            invocation_.command == nullptr ? nullptr : lettered(*invocation_.command, word[1]);
        if (param != nullptr && word.size() == 2) {
            VAULT_TRY(const auto value, value_after(word, std::nullopt));
            return store(*param, value, invocation_.params);
        }
        return usage(fmt::format("unknown flag {}", word), "long flags start with two dashes");
    }
    if (found->value.empty()) {
        if (word.size() > 2)
            return usage(fmt::format("unknown flag {}", word), "write one-letter flags apart");
        return apply_global(*found, "");
    }
    std::optional<std::string> given;
    if (word.size() > 2) given = std::string(word.substr(word[2] == '=' ? 3 : 2));
    VAULT_TRY(const auto value, value_after(word.substr(0, 2), given));
    return apply_global(*found, value);
}

Result<void> Parser::apply_early_flags() {
    for (const Flag& flag : early_) {
        if (const GlobalFlag* global = global_of(flag.name)) {
            VAULT_TRYV(apply_global(*global, flag.value.value_or("")));
        } else if (invocation_.command == nullptr) {
            return unknown_flag(flag.name);
        } else {
            VAULT_TRYV(apply(flag));
        }
    }
    early_.clear();
    return success();
}

Result<void> Parser::apply(const Flag& flag) {
    const Param* param = flag_of(*invocation_.command, flag.name);
    if (param == nullptr) {
        const GlobalFlag* global = global_of(flag.name);
        if (global == nullptr) return unknown_flag(flag.name);
        return apply_global(*global, flag.value.value_or(""));
    }
    const auto locals = local_flags(*invocation_.command);
    const bool is_local_flag =
        !locals.empty() && param >= locals.data() && param < locals.data() + locals.size();
    return store(*param, flag.value.value_or(""),
                 is_local_flag ? invocation_.local : invocation_.params);
}

Result<void> Parser::apply_global(const GlobalFlag& flag, const std::string& value) {
    Globals& globals = invocation_.globals;
    if (flag.name == "output") {
        const auto format = render::parse_format(value);
        if (!format)
            return usage(fmt::format("unknown format '{}'", value),
                         fmt::format("formats: {}", spoken(flag.allowed)));
        globals.format = *format;
        globals.format_given = true;
    } else if (flag.name == "json") {
        globals.format = render::Format::Json;
        globals.format_given = true;
    } else if (flag.name == "timeout") {
        const auto timeout = parse_duration(value);
        if (!timeout) return usage("--timeout: " + timeout.error().message(), "write 30s or 2m");
        globals.timeout = timeout.value();
    } else if (value.empty() &&
               (flag.name == "socket" || flag.name == "token-file" || flag.name == "idem-key")) {
        return usage(fmt::format("--{} is empty", flag.name),
                     fmt::format("give a value, or leave --{} out", flag.name));
    } else if (flag.name == "socket") {
        globals.socket = absolute(value, directory_);
    } else if (flag.name == "token-file") {
        globals.token_file = absolute(value, directory_);
    } else if (flag.name == "idem-key") {
        globals.idem_key = value;
    } else if (flag.name == "color") {
        if (!protocol::is_allowed(flag.allowed, value))
            return usage(fmt::format("--color: '{}'", value),
                         fmt::format("one of {}", spoken(flag.allowed)));
        globals.color = value == "auto"     ? Color::Auto
                        : value == "always" ? Color::Always
                                            : Color::Never;
    }
    globals.quiet = globals.quiet || flag.name == "quiet";
    globals.yes = globals.yes || flag.name == "yes";
    globals.dry_run = globals.dry_run || flag.name == "dry-run";
    globals.wait = globals.wait || flag.name == "wait";
    globals.help = globals.help || flag.name == "help";
    return success();
}

Result<void> store_pair(const Param& param, const std::string& text, json::object& into) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
        return usage(fmt::format("'{}' is not KEY=VALUE", text),
                     "write for example stop_loss=0.02");
    json::value& map = into[param.name];
    if (!map.is_object()) map = json::object();
    const std::string key = text.substr(0, equals);
    if (map.get_object().contains(key))
        return usage(fmt::format("'{}' is set twice", key), "name every key once");
    map.get_object()[key] = text.substr(equals + 1);
    return success();
}

Result<json::value> to_json(const Param& param, const std::string& text,
                            const std::string& directory) {
    if (param.type == ParamType::Bool) return json::value(true);
    if ((param.content || (param.path && text != "synthetic")) && text != "-")
        return json::value(absolute(text, directory));
    if (param.type != ParamType::Integer) return json::value(text);
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end)
        return Error{Errc::InvalidParams, fmt::format("{}: '{}' is no integer", param.name, text),
                     std::string(param.name), fmt::format("{}: {}", param.name, param.doc)};
    return json::value(number);
}

Result<void> Parser::store(const Param& param, const std::string& text, json::object& into) {
    if (param.name == "out" && text.empty())
        return usage("--out is empty", "name a file, or - for standard output");
    if (param.type == ParamType::Map) return store_pair(param, text, into);
    VAULT_TRY(auto value, to_json(param, text, directory_));
    if (param.repeated) {
        json::value& list = into[param.name];
        if (!list.is_array()) list = json::array();
        list.get_array().push_back(std::move(value));
        return success();
    }
    if (into.contains(param.name))
        return usage(fmt::format("{} is given twice", param.name),
                     "usage: " + synopsis(*invocation_.command));
    into[param.name] = std::move(value);
    return success();
}

const Param* Parser::next_positional() const {
    std::size_t index = 0;
    for (const Param& param : invocation_.command->params) {
        if (param.place != Place::Positional) continue;
        const bool takes_rest = param.repeated || param.type == ParamType::Map;
        if (index == positionals_ || takes_rest) return &param;
        ++index;
    }
    return nullptr;
}

Result<void> Parser::take_word(const std::string& word) {
    if (invocation_.command != nullptr) {
        const Param* param = next_positional();
        if (param == nullptr) {
            // What is one too many for login is a password.
            const bool shown = !takes_secret(*invocation_.command);
            return usage(shown ? fmt::format("'{}' is one word too many", word)
                               : fmt::format("{} takes no such word (it is not shown, as it may "
                                             "be a secret)",
                                             command_name(*invocation_.command)),
                         "usage: " + synopsis(*invocation_.command));
        }
        ++positionals_;
        return store(*param, word, invocation_.params);
    }
    if (!invocation_.noun.empty()) {
        invocation_.command = find(invocation_.noun, word);
        if (invocation_.command == nullptr) return unknown_command(word);
        return success();
    }
    invocation_.command = find("", word);
    if (invocation_.command != nullptr) return success();
    const auto known = nouns();
    const std::string singular = word.ends_with('s') ? word.substr(0, word.size() - 1) : word;
    for (const std::string& noun : {word, singular})
        if (std::ranges::find(known, noun) != known.end()) invocation_.noun = noun;
    if (invocation_.noun.empty()) return unknown_command(word);
    return success();
}

Result<void> Parser::check_complete() const {
    for (const Param& param : invocation_.command->params) {
        if (!param.required || invocation_.params.contains(param.name)) continue;
        const std::string what =
            param.place == Place::Flag ? "--" + flag_name(param) : value_name(param);
        return usage(fmt::format("{} needs {}", command_name(*invocation_.command), what),
                     "usage: " + synopsis(*invocation_.command));
    }
    return success();
}

// A page is made of reports and charts only; --out names the format where -o does not.
Result<void> Parser::settle_format() {
    using render::Format;
    const Method& command = *invocation_.command;
    Globals& globals = invocation_.globals;
    const bool paged = has_page(command);
    if (globals.format == Format::Html && !paged)
        return usage(fmt::format("{} has no html page", command_name(command)),
                     "-o html is for report and chart; use table, json or csv here");
    const bool chart = command.noun == "chart";
    const auto* out = (chart ? invocation_.params : invocation_.local).if_contains("out");
    if (out != nullptr && paged) {
        VAULT_TRYV(settle_file(std::string(out->get_string())));
    }
    if (globals.quiet && globals.format == Format::Html)
        return usage("an html page has no primary value", "leave --quiet out");
    return success();
}

// By the file's ending. A descriptor, a device and standard output have none.
Result<void> Parser::settle_file(const std::string& path) {
    using render::Format;
    const bool chart = invocation_.command->noun == "chart";
    Globals& globals = invocation_.globals;
    const std::string ending = ending_of(path);
    if (ending == ".svg" && !chart)
        return usage("a report is no picture", "name the file .html, .csv or .json");
    if (ending == ".svg" && globals.format_given)
        return usage("--out with .svg and -o do not go together", "leave -o out");
    if (ending == ".svg" && globals.quiet)
        return usage("a picture has no primary value", "leave --quiet out");
    if (globals.format_given || ending == ".svg" || is_special_name(path)) return success();
    for (const auto& [end, format] :
         {std::pair{".html", Format::Html}, std::pair{".csv", Format::Csv},
          std::pair{".json", Format::Json}, std::pair{".jsonl", Format::Jsonl}})
        if (ending == end) {
            globals.format = format;
            return success();
        }
    if (!chart && (ending.empty() || ending == ".txt")) return success();
    return usage(fmt::format("--out {}: the name does not say what to write", path),
                 chart ? "end it in .svg or .html for a picture, in .csv, .json or .jsonl for the "
                         "series, or choose with -o"
                       : "end it in .html, .csv, .json, .jsonl or .txt, or choose with -o");
}

Result<Invocation> Parser::run() {
    bool flags_ended = false;
    while (at_ < words_.size()) {
        const std::string& word = words_[at_++];
        if (!flags_ended && word == "--") {
            flags_ended = true;
        } else if (!flags_ended && is_flag(word)) {
            VAULT_TRYV(take_flag(word));
        } else {
            VAULT_TRYV(take_word(word));
        }
    }
    VAULT_TRYV(apply_early_flags());
    if (invocation_.globals.help) return std::move(invocation_);
    if (invocation_.command == nullptr) {
        if (invocation_.noun.empty()) return usage("no command", "see: vaultctl help");
        return usage(fmt::format("{} needs a verb", invocation_.noun),
                     fmt::format("its verbs: {}", fmt::join(verbs(invocation_.noun), ", ")));
    }
    VAULT_TRYV(check_complete());
    VAULT_TRYV(settle_format());
    return std::move(invocation_);
}

}  // namespace

std::string ending_of(std::string_view path) {
    const std::string_view name = path.substr(path.find_last_of('/') + 1);
    const auto dot = name.find_last_of('.');
    if (dot == std::string_view::npos || dot == 0) return {};
    std::string ending(name.substr(dot));
    for (char& c : ending)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return ending;
}

Result<Invocation> parse_arguments(std::span<const std::string> words,
                                   const std::string& directory) {
    return Parser(words, directory).run();
}

bool wants_json(std::span<const std::string> words) {
    bool json_wanted = false;
    for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
        std::string_view value;
        if (words[i] == "--json") value = "json";
        if ((words[i] == "-o" || words[i] == "--output") && i + 1 < words.size())
            value = words[i + 1];
        if (words[i].starts_with("--output=")) value = std::string_view(words[i]).substr(9);
        if (words[i].starts_with("-o") && words[i].size() > 2)
            value = std::string_view(words[i]).substr(words[i][2] == '=' ? 3 : 2);
        if (!value.empty()) json_wanted = value == "json" || value == "jsonl";
    }
    return json_wanted;
}

}  // namespace vault::command
