#include "cli/command/run.hpp"

#include "cli/command/chart_series.hpp"
#include "cli/command/completion.hpp"
#include "cli/command/file_content.hpp"
#include "cli/command/help.hpp"
#include "cli/command/session.hpp"

#include <fmt/format.h>

namespace vault::command {
namespace {

int show_help(Session& session) {
    const Invocation& asked = session.invocation();
    if (asked.command != nullptr) return session.print(command_help(*asked.command));
    return session.print(asked.noun.empty() ? overview() : noun_help(asked.noun));
}

// "help NOUN VERB" is "NOUN VERB --help"; unknown words fail as they do there.
int help_command(const Invocation& invocation, Terminal& terminal) {
    std::vector<std::string> words;
    for (const std::string_view part : {"noun", "verb"})
        if (const auto* word = invocation.params.if_contains(part))
            words.emplace_back(word->get_string());
    words.emplace_back("--help");
    if (invocation.globals.format == render::Format::Json) words.emplace_back("--json");
    return run(words, terminal);
}

// Nothing if the command may go on, else the exit code. Where it depends on the figures, the daemon
// says whether it needs a confirmation.
std::optional<int> confirm(Session& session, Invocation& invocation) {
    if (protocol::find_param(*invocation.command, "confirm") == nullptr) return std::nullopt;
    if (!invocation.globals.yes && !invocation.globals.dry_run) {
        if (invocation.command->name != "vault.liquidate") return std::nullopt;
        const std::string vault(invocation.params["vault"].get_string());
        const auto answer = session.terminal().ask(fmt::format(
            "This cancels all orders of {0} and sells its coins. Type {0} to go on: ", vault));
        if (answer != vault)
            return session.fail(
                Error{Errc::ConfirmationNeeded, answer ? "not confirmed, nothing was done"
                                                       : "liquidate needs a confirmation"});
    }
    invocation.params["confirm"] = true;
    return std::nullopt;
}

int dispatch(Session& session, Invocation& invocation) {
    const Method& command = *invocation.command;
    if (command.name == "completion") return show_completion(session);
    if (command.name == "version") return show_version(session);
    if (command.name == "doctor") return show_doctor(session);
    if (command.name == "config.check") return check_config(session);
    if (command.name == "script.check") return check_script(session);
    if (command.name == "api.call") return api_call(session);
    if (command.name == "api.errors") return show_errors(session);
    if (command.name == "wait") return wait_for_state(session);
    if (command.name == "job.wait") return wait_for_job(session);
    if (command.name == "batch") return run_batch(session);
    if (command.name == "top") return show_top(session);
    if (const ChartKind* chart = find_chart(command.name)) return show_chart(session, *chart);
    if (command.name == "chart.price") return show_price_chart(session);
    if (command.name == "ledger.export") return export_ledger(session);
    if (command.name == "events") return show_events(session);
    if (const auto refused = confirm(session, invocation)) return *refused;
    if (const auto failure = ask_for_secrets(session, invocation)) return session.fail(*failure);
    if (command.name == "login") return log_in(session);
    if (command.name == "logout") return log_out(session);
    if (command.name == "user.create") return create_user(session);
    if (command.name == "mfa.enroll") return enroll_factor(session);
    if (command.name == "token.create") return create_token(session, invocation);
    if (command.name == "secrets.escrow") return escrow_master_key(session, invocation);
    if (command.long_job && invocation.globals.wait && !invocation.globals.dry_run)
        return follow_job(session);
    return call_and_print(session);
}

}  // namespace

int run(std::span<const std::string> words, Terminal& terminal) {
    Invocation broken;
    if (wants_json(words)) broken.globals.format = render::Format::Json;
    if (words.size() == 1 && words[0] == "--generate-man")
        return Session(broken, terminal).print(manual_page());
    // What completion scripts ask; hidden, because its answer is for them alone.
    if (!words.empty() && words[0] == "__complete") return complete_ids(words.subspan(1), terminal);
    // What every program answers, so nobody should have to learn that here it is a command.
    const std::vector<std::string> version{"version"};
    if (words.size() == 1 && words[0] == "--version") words = version;
    auto parsed = parse_arguments(words, terminal.directory());
    if (!parsed) return Session(broken, terminal).fail(parsed.error());
    Invocation& invocation = parsed.value();
    Session session(invocation, terminal);
    if (invocation.globals.help) return show_help(session);
    if (invocation.command->name == "help") return help_command(invocation, terminal);
    if (const auto read = read_contents(invocation); !read) return session.fail(read.error());
    return dispatch(session, invocation);
}

}  // namespace vault::command
