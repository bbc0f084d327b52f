#include "cli/command/session.hpp"

#include "cli/command/atomic_file.hpp"
#include "cli/command/run.hpp"
#include "cli/render/render.hpp"
#include "cli/render/table.hpp"
#include "common/base/clock.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace vault::command {
namespace {

using protocol::Effect;
using protocol::Failure;
using protocol::Reply;
namespace exits = protocol::exits;

// health, ledger verify and why-not-trading answer a question: the `ok` of their result, or of each
// item of it.
bool predicate_holds(const json::value& data) {
    if (data.is_array()) return std::ranges::all_of(data.get_array(), predicate_holds);
    if (!data.is_object()) return true;
    const auto* ok = data.get_object().if_contains("ok");
    return ok == nullptr || !ok->is_bool() || ok->get_bool();
}

// A crowded daemon has done nothing and will take the call soon. A halt or a status must not need a
// second try by hand; other calls wait shorter.
constexpr Duration kBusyPatience{2'000};
constexpr Duration kReservedPatience{10'000};
constexpr Duration kBusyPause{30};
// Between calls that the daemon finds too many, where it does not say how long.
constexpr Duration kTurnPause{100};
constexpr Duration kLongestTurnPause{5'000};

// Whose report it is, for its title.
std::string subject_of(const json::object& params) {
    for (const std::string_view name : {"vault", "user"})
        if (const auto* value = params.if_contains(name); value != nullptr && value->is_string())
            return std::string(value->get_string());
    return "all vaults";
}

// So that a list of sessions tells one from another.
std::string origin_of(const Terminal& terminal) {
    const std::string tty = terminal.tty();
    return tty.empty() ? "no terminal" : "tty " + tty;
}

std::string absolute_path(const std::string& path, const Terminal& terminal) {
    return path.empty() || path.starts_with('/') ? path : terminal.directory() + '/' + path;
}

// A configuration that is wrong has an exit code of its own.
std::optional<int> exit_when_false(std::string_view method) {
    if (method == "health" || method == "ledger.verify" || method == "audit.verify" ||
        method == "secrets.drill" || method == "backup.verify" || method == "doctor" ||
        method == "why_not_trading" || method == "script.check" || method == "alert.test")
        return exits::kFalse;
    if (method == "config.check" || method == "config.reload") return exits::kConfig;
    return std::nullopt;
}

}  // namespace

int exit_of_answer(std::string_view method, const json::value& data) {
    const std::optional<int> otherwise = exit_when_false(method);
    return !otherwise || predicate_holds(data) ? exits::kDone : *otherwise;
}

bool is_too_soon(const Reply& reply) {
    return is_failure(reply, Errc::RateLimited) && reply.failure->retryable;
}

Duration pause_after(const Failure& failure) {
    return std::clamp(failure.retry_after.value_or(kTurnPause), Duration{1}, kLongestTurnPause);
}

#ifndef VAULT_VERSION
#define VAULT_VERSION "unknown"
#endif
std::string program_version() {
    return VAULT_VERSION;
}

Session::Session(const Invocation& invocation, Terminal& terminal)
    : invocation_(invocation),
      terminal_(terminal),
      credentials_({.socket = absolute_path(socket_path(), terminal),
                    .token_file = absolute_path(token_file(), terminal),
                    .runtime_dir = terminal.variable("XDG_RUNTIME_DIR"),
                    .credentials = terminal.variable("CREDENTIALS_DIRECTORY")}) {}

std::string Session::token_file() const {
    if (!invocation_.globals.token_file.empty()) return invocation_.globals.token_file;
    return terminal_.variable("VAULTCTL_TOKEN_FILE");
}

std::string Session::socket_path() const {
    if (!invocation_.globals.socket.empty()) return invocation_.globals.socket;
    const std::string given = terminal_.variable("VAULTCTL_SOCKET");
    return given.empty() ? kDefaultSocket : given;
}

bool Session::decorated() const {
    switch (invocation_.globals.color) {
        case Color::Always: return true;
        case Color::Never: return false;
        case Color::Auto: break;
    }
    return out_path().empty() && terminal_.stdout_is_terminal() &&
           terminal_.variable("NO_COLOR").empty() && terminal_.variable("TERM") != "dumb";
}

client::Options Session::client_options() const {
    client::Options options;
    options.socket = socket_path();
    options.name = "vaultctl " + program_version();
    if (const auto timeout = invocation_.globals.timeout) {
        options.call_limit = *timeout;
        if (timeout->count() == 0) options.call_limit = std::nullopt;
        if (timeout->count() > 0) options.connect_limit = std::min(options.connect_limit, *timeout);
    }
    return options;
}

Result<void> Session::connect() {
    VAULT_TRY(const Secret* const token, credentials_.token_for("sub.open"));
    if (!client_) {
        VAULT_TRY(auto client, client::Client::connect(client_options()));
        client_.emplace(std::move(client));
    }
    client_->present(token);
    return success();
}

Result<void> Session::reach() {
    if (client_) return success();
    VAULT_TRY(auto client, client::Client::open(client_options()));
    client_.emplace(std::move(client));
    return success();
}

Reply Session::call(std::string_view method, json::object params, bool mutates) {
    return call(method, std::move(params), mutates,
                {invocation_.globals.dry_run, invocation_.globals.idem_key});
}

Reply Session::call(std::string_view method, json::object params, bool mutates,
                    const CallOptions& options) {
    protocol::Request request;
    request.method = method;
    request.params = std::move(params);
    if (method == "login" && !request.params.contains("origin"))
        request.params["origin"] = origin_of(terminal_);
    if (mutates) {
        request.meta.dry_run = options.dry_run;
        request.meta.idem_key =
            options.idem_key.empty() ? client::new_idem_key() : options.idem_key;
        idem_key_ = request.meta.idem_key;
    }
    const bool changes = mutates && !options.dry_run;
    Reply reply = call_patiently(request, changes);
    if (is_failure(reply, Errc::AuthRequired) && credentials_.reread())
        reply = call_patiently(request, changes);
    if (is_failure(reply, Errc::MfaRequired))
        reply = call_with_code(request, changes, std::move(reply));
    settle(request, reply);
    return reply;
}

Reply Session::call_patiently(const protocol::Request& request, bool changes) {
    const SystemClock clock;
    const Method* known = protocol::find_method(request.method);
    Duration patience = known != nullptr && known->reserved ? kReservedPatience : kBusyPatience;
    if (const auto limit = invocation_.globals.timeout; limit && limit->count() > 0)
        patience = std::min(patience, *limit);
    const auto give_up = clock.steady() + std::chrono::nanoseconds(patience);
    for (;;) {
        Reply reply = call_once(request, changes);
        // A connection that broke is not used again.
        if (is_failure(reply, Errc::DaemonDown)) client_.reset();
        const bool busy = is_failure(reply, Errc::Busy) && reply.failure->retryable;
        if (!busy || clock.steady() >= give_up) return reply;
        client_.reset();
        std::this_thread::sleep_for(kBusyPause);
    }
}

Reply Session::call_in_turn(std::string_view method, const json::object& params, bool mutates,
                            const CallOptions& options) {
    for (;;) {
        Reply reply = call(method, params, mutates, options);
        if (!is_too_soon(reply)) return reply;
        if (client::rest(pause_after(*reply.failure))) continue;
        reply.failure = Failure::from(Error{Errc::Interrupted, "interrupted"}, Effect::None);
        return reply;
    }
}

Reply Session::call_once(const protocol::Request& request, bool changes) {
    Reply failed;
    const auto token = credentials_.token_for(request.method);
    if (!token) {
        failed.failure = Failure::from(token.error(), Effect::None);
        return failed;
    }
    if (const auto reached = reach(); !reached) {
        failed.failure = Failure::from(reached.error(), Effect::None);
        return failed;
    }
    client_->present(token.value());
    Reply reply = client_->call(request, changes);
    if (!client_->greeted()) client_.reset();
    return reply;
}

// Codes change while they are typed, so a wrong one may be typed again.
Reply Session::call_with_code(protocol::Request request, bool changes, Reply refused) {
    constexpr int kTries = 3;
    const bool login = request.method == "login";
    if (login) refused.failure->hint = "give the code of your second factor: --code-file FILE";
    const bool can_show =
        login ? !request.params.contains("code") : credentials_.session() != nullptr;
    if (!can_show || !terminal_.has_keyboard()) return refused;
    if (!login)
        terminal_.note(fmt::format("vaultctl: {}\n", render::printable(refused.failure->message)));
    for (int i = 0; i < kTries; ++i) {
        // The daemon does not wait for people.
        client_.reset();
        auto code = terminal_.ask_secret("Code: ");
        if (!code) {
            refused.failure = Failure::from(code.error(), Effect::None);
            return refused;
        }
        refused = login ? login_with(request, code.value()) : show_factor(code.value());
        const bool wrong =
            is_failure(refused, Errc::PermissionDenied) && refused.failure->field == "code";
        if (!wrong) break;
        if (i + 1 < kTries) terminal_.note(render::failure_line(*refused.failure, {}));
    }
    return login || refused.failure ? refused : call_patiently(request, changes);
}

Reply Session::login_with(protocol::Request& request, const Secret& code) {
    request.params["code"] = code.reveal();
    if (invocation_.globals.idem_key.empty())
        idem_key_ = request.meta.idem_key = client::new_idem_key();
    return call_patiently(request, !request.meta.dry_run);
}

Reply Session::show_factor(const Secret& code) {
    protocol::Request verify;
    verify.method = "mfa.verify";
    verify.params["code"] = code.reveal();
    verify.meta.idem_key = client::new_idem_key();
    Reply shown = call_patiently(verify, true);
    settle(verify, shown);
    return shown;
}

void Session::settle(const protocol::Request& request, Reply& reply) {
    const auto settled = credentials_.settle(request.method, request.meta.dry_run, reply);
    if (!settled) reply.failure = Failure::from(settled.error(), Effect::Applied);
    end_replaced();
}

// Nobody has its token any more. If this fails, it ends by itself.
void Session::end_replaced() {
    const auto old = credentials_.replaced();
    if (!old || !client_) return;
    protocol::Request request;
    request.method = "logout";
    request.meta.idem_key = client::new_idem_key();
    client_->present(&old->token);
    (void)client_->call(std::move(request), true);
    client_.reset();
}

std::string Session::out_path() const {
    const auto* out = invocation_.local.if_contains("out");
    const bool chart = invocation_.command != nullptr && invocation_.command->noun == "chart";
    if (out == nullptr && chart) out = invocation_.params.if_contains("out");
    if (out == nullptr || *out == "-" || *out == "/dev/stdout") return {};
    return std::string(out->get_string());
}

int Session::put(std::string_view text) {
    const std::string path = out_path();
    if (path.empty()) return print(text);
    if (const auto written = write_whole(path, text); !written) return fail(written.error());
    return exits::kDone;
}

std::string Session::made_now() {
    const std::string now = format_utc(SystemClock{}.now());
    return fmt::format("generated at {} {} UTC by vaultctl {}", now.substr(0, 10),
                       now.substr(11, 8), program_version());
}

void Session::tell_dry_run() {
    terminal_.note("vaultctl: dry run: nothing was changed\n");
}

int Session::print(std::string_view text) {
    if (text.empty() || terminal_.write(text)) return exits::kDone;
    const Error broken{Errc::Io,
                       "standard output cannot be written",
                       {},
                       "see what it goes to: a full disk, or a pipe that nobody reads"};
    terminal_.note(render::failure_line(Failure::from(broken, Effect::None), {}));
    return exits::kOutput;
}

// A configuration that was refused ends like a failure, so stderr says why; all its faults are in
// the document.
void Session::tell_refused_config(const json::value& data) {
    const auto* object = data.if_object();
    const auto* faults = object == nullptr ? nullptr : object->if_contains("faults");
    const auto* list = faults == nullptr ? nullptr : faults->if_array();
    if (list == nullptr || list->empty() || !list->front().is_string()) return;
    const std::string more =
        list->size() > 1 ? fmt::format("; {} more", list->size() - 1) : std::string();
    terminal_.note(
        fmt::format("vaultctl: CONFIG_INVALID: {}{} (nothing was changed; mend the file "
                    "and try again)\n",
                    render::printable(list->front().get_string()), more));
}

int Session::succeed(std::string_view method, std::string_view primary, const Reply& reply) {
    const int answer = exit_of_answer(method, reply.data);
    if (answer == exits::kConfig) tell_refused_config(reply.data);
    const int printed = show(method, primary, reply, answer == exits::kDone);
    return printed == exits::kDone ? answer : printed;
}

int Session::show(std::string_view method, std::string_view primary, const Reply& reply, bool ok) {
    const Globals& globals = invocation_.globals;
    const bool json_wanted = globals.format == render::Format::Json;
    if (!json_wanted)
        for (const auto& warning : reply.warnings)
            terminal_.note(fmt::format("vaultctl: warning: {}\n", warning));
    std::string text;
    if (globals.quiet) {
        text = render::primary_value(reply.data, primary);
    } else {
        render::Document document{method, &reply.data, ok, reply.warnings};
        if (globals.format == render::Format::Html) {
            document.subject = subject_of(invocation_.params);
            document.made = made_now();
        }
        text = render::to_text(document, {globals.format, decorated()});
    }
    const int printed = put(text);
    if (printed != exits::kDone && !idem_key_.empty() && !globals.dry_run)
        terminal_.note("vaultctl: the change was made all the same\n");
    return printed;
}

int Session::fail(const Failure& failure) {
    const std::string& key =
        failure.effect == Effect::Unknown ? idem_key_ : invocation_.globals.idem_key;
    const auto format = invocation_.globals.format;
    if (format == render::Format::Json || format == render::Format::Jsonl)
        print(render::failure_document(failure, key));
    terminal_.note(render::failure_line(failure, key));
    return failure.exit_code();
}

int call_and_print(Session& session) {
    const Method& command = *session.invocation().command;
    const Reply reply = session.call(command.name, session.invocation().params, command.mutates);
    if (reply.failure) return session.fail(*reply.failure);
    if (command.mutates && session.invocation().globals.dry_run) session.tell_dry_run();
    return session.succeed(command.name, command.primary, reply);
}

}  // namespace vault::command
