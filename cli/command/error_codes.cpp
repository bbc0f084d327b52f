// vaultctl api errors [CODE]: the table of errors and that of exit codes, from this program alone.
#include "cli/command/session.hpp"
#include "common/protocol/describe.hpp"
#include "common/protocol/errors.hpp"

#include <fmt/format.h>

namespace vault::command {
namespace {

// Whether the row is asked for: by its own code, or by its exit code.
bool is_asked(const json::value& row, std::string_view word) {
    const auto* code = row.get_object().if_contains("code");
    if (code != nullptr && code->get_string() == word) return true;
    return std::to_string(row.at("exit_code").to_number<int>()) == word;
}

json::array only(const json::array& rows, std::string_view word) {
    json::array found;
    for (const auto& row : rows)
        if (is_asked(row, word)) found.push_back(row);
    return found;
}

}  // namespace

int show_errors(Session& session) {
    json::array errors = protocol::describe_errors();
    json::array exits = protocol::describe_exits();
    if (const auto* given = session.invocation().params.if_contains("code")) {
        const std::string word(given->get_string());
        errors = only(errors, word);
        if (const auto* row = protocol::find_error(word))
            exits = only(exits, std::to_string(row->exit_code));
        else
            exits = only(exits, word);
        if (exits.empty())
            return session.fail(Error{Errc::NotFound,
                                      fmt::format("there is no error or exit code '{}'", word),
                                      "code", "vaultctl api errors lists all of them"});
    }
    protocol::Reply answer;
    answer.data = json::object{{"errors", std::move(errors)}, {"exits", std::move(exits)}};
    return session.succeed("api.errors", session.invocation().command->primary, answer);
}

}  // namespace vault::command
