// vaultctl script check: the vaultd-runner beside this program runs the script, because only it may
// start what is not trusted; no daemon has to run.
#include "cli/command/neighbour.hpp"
#include "cli/command/session.hpp"
#include "cli/command/shell_words.hpp"
#include "common/protocol/codec.hpp"

#include <fmt/format.h>

namespace vault::command {
namespace {

using protocol::Failure;

constexpr const char* kByHand = "run vaultd-runner --check yourself; see man vaultd-runner";

std::string text_of(const json::object& params, std::string_view name) {
    const auto* value = params.if_contains(name);
    if (value == nullptr) return {};
    if (value->is_int64()) return std::to_string(value->get_int64());
    return std::string(value->get_string());
}

struct Program {
    std::vector<std::string> command;
    std::string folder;
};

Result<Program> program_of(const json::object& params, const std::string& directory) {
    const std::string file = text_of(params, "file");
    const std::string line = text_of(params, "command");
    if (file.empty() == line.empty())
        return Error{Errc::Usage, "script check needs a file, or --command, and not both", "file",
                     "vaultctl script check ./mine.py"};
    Program program{{file}, text_of(params, "folder")};
    if (!line.empty()) {
        VAULT_TRY(program.command, shell_words(line));
    }
    if (program.command.empty())
        return Error{Errc::Usage, "--command is empty", "command", "name a program and its words"};
    if (program.folder.empty())
        program.folder = file.empty() ? directory : file.substr(0, file.rfind('/'));
    return program;
}

std::vector<std::string> words_of(const json::object& params, const Program& program) {
    std::vector<std::string> words{"--check", "--folder", program.folder};
    for (const std::string_view name :
         {"candles", "interval", "pair", "ticks", "sleeves", "cash", "preset", "deadline"})
        if (params.contains(name)) {
            words.push_back(fmt::format("--{}", name));
            words.push_back(text_of(params, name));
        }
    for (const std::string_view name : {"compare", "weak"})
        if (params.contains(name)) words.push_back(fmt::format("--{}", name));
    if (const auto* set = params.if_contains("set"))
        for (const json::value& pair : set->get_array()) {
            words.emplace_back("--set");
            words.emplace_back(pair.get_string());
        }
    words.emplace_back("--");
    words.insert(words.end(), program.command.begin(), program.command.end());
    return words;
}

// {"ok":false,"error":{code, message, field, hint}}
std::optional<Failure> failure_of(const json::object& document) {
    const auto* error = document.if_contains("error");
    if (error == nullptr || !error->is_object()) return std::nullopt;
    Failure failure;
    failure.code = text_of(error->get_object(), "code");
    failure.message = text_of(error->get_object(), "message");
    failure.field = text_of(error->get_object(), "field");
    failure.hint = text_of(error->get_object(), "hint");
    return failure;
}

}  // namespace

int check_script(Session& session) {
    const json::object& params = session.invocation().params;
    const auto program = program_of(params, session.terminal().directory());
    if (!program) return session.fail(program.error());
    const std::string runner = find_neighbour("vaultd-runner", session.terminal().variable("PATH"));
    if (runner.empty())
        return session.fail(Error{Errc::Io,
                                  "there is no vaultd-runner beside this program or in PATH",
                                  {},
                                  "install it: it comes with vaultd"});
    const auto text = output_of(runner, words_of(params, program.value()));
    if (!text) return session.fail(Error(text.error()).with_hint(kByHand));
    const auto document = protocol::parse_json(text.value());
    const json::object* object = document ? document.value().if_object() : nullptr;
    if (object == nullptr)
        return session.fail(Error{Errc::Io, runner + " gave no answer", {}, kByHand});
    if (const auto failure = failure_of(*object)) return session.fail(*failure);
    protocol::Reply answer;
    answer.data = object->at("data");
    for (const json::value& warning : object->at("warnings").as_array())
        answer.warnings.emplace_back(warning.as_string());
    return session.succeed("script.check", session.invocation().command->primary, answer);
}

}  // namespace vault::command
