// The commands that sign in and out, and those whose answer is a secret to be kept.
#include "cli/command/secret_input.hpp"
#include "cli/command/session.hpp"
#include "cli/render/qr.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace vault::command {
namespace {

using protocol::Failure;
using protocol::Reply;
namespace exits = protocol::exits;

// What a new session has to do first, on stderr.
void tell_duties(Session& session, const json::value& data) {
    const auto* must = data.is_object() ? data.get_object().if_contains("must") : nullptr;
    if (must == nullptr || !must->is_array()) return;
    for (const auto& duty : must->get_array()) {
        if (duty == "change_password")
            session.terminal().note("vaultctl: change your password first: vaultctl passwd\n");
        if (duty == "enroll_factor")
            session.terminal().note("vaultctl: enrol a second factor first: vaultctl mfa enroll\n");
    }
}

// Nobody should type a password to learn that there is no daemon, or that the session has ended.
std::optional<Failure> asked_in_vain(Session& session, const Method& command) {
    if (command.right == protocol::Right::Open) return session.call("version", {}, false).failure;
    const Reply reply = session.call("whoami", {}, false);
    if (reply.failure) return reply.failure;
    const auto* kind =
        reply.data.is_object() ? reply.data.get_object().if_contains("kind") : nullptr;
    const bool nobody = kind != nullptr && (*kind == "nobody" || *kind == "last_resort");
    if (command.bootstrap || !nobody) return std::nullopt;
    return Failure::from(Error{Errc::AuthRequired, "nobody is signed in"}, protocol::Effect::None);
}

// A command whose answer is to be kept: the field `name` of it goes, alone, into the file of --out,
// which is there before the secret is made.
struct Kept {
    std::string_view name;
    std::string_view what;     // "file of the token"
    std::string_view instead;  // what --quiet prints then
    std::string_view note;     // of what was shown and not kept
    bool as_it_is;             // on a page: the text, line by line
};

Result<client::PrivateWriter> open_for(const Kept& kept, const std::string& path) {
    client::PrivateName file;
    file.name = path;
    file.path = path;
    file.what = kept.what;
    file.hint = "name one that is not there yet, in a folder that you can write to";
    file.never_replaces = true;
    return client::PrivateWriter::open(std::move(file));
}

Result<void> move_out(Reply& reply, const Kept& kept, client::PrivateWriter& file) {
    auto* const data = reply.data.if_object();
    auto* const secret = data == nullptr ? nullptr : data->if_contains(kept.name);
    if (secret == nullptr || !secret->is_string()) return success();
    VAULT_TRYV(file.commit(client::joined(secret->get_string(), "\n")));
    data->stable_erase(kept.name);
    return success();
}

int call_and_keep(Session& session, Invocation& invocation, const Kept& kept) {
    std::optional<client::PrivateWriter> file;
    // Standard output is no file, and what is printed there goes through the format.
    if (const std::string path = session.out_path(); !path.empty()) {
        auto opened = open_for(kept, path);
        if (!opened) return session.fail(opened.error());
        file.emplace(std::move(opened).value());
    }
    invocation.local.erase("out");
    const std::string_view method = invocation.command->name;
    Reply reply = session.call(method, invocation.params, true);
    if (reply.failure) return session.fail(*reply.failure);
    if (invocation.globals.dry_run) session.tell_dry_run();
    if (file)
        if (const auto moved = move_out(reply, kept, *file); !moved)
            return session.fail(Failure::from(moved.error(), protocol::Effect::Applied));
    if (!file && !invocation.globals.quiet && !invocation.globals.dry_run)
        session.terminal().note(kept.note);
    if (!file && kept.as_it_is && invocation.globals.format == render::Format::Table)
        if (const auto* text = reply.data.as_object().if_contains(kept.name))
            return session.print(fmt::format("{}\n", std::string_view(text->get_string())));
    return session.succeed(method, file ? kept.instead : invocation.command->primary, reply);
}

// The picture for the app to read; only a terminal can show it.
std::string picture_of(Session& session, const json::value& data) {
    Terminal& terminal = session.terminal();
    const auto* uri = data.is_object() ? data.get_object().if_contains("uri") : nullptr;
    const Globals& globals = session.invocation().globals;
    const bool page = globals.format == render::Format::Table && !globals.quiet;
    if (!page || !terminal.stdout_is_terminal() || uri == nullptr || !uri->is_string()) return {};
    if (!speaks_utf8(terminal)) return {};
    const auto code = render::QrCode::encode(uri->get_string());
    if (!code) return {};  // too long: the URI below says the same
    return render::draw_qr(code.value(), session.decorated() ? render::QrGround::Colored
                                                             : render::QrGround::Dark) +
           '\n';
}

}  // namespace

int log_in(Session& session) {
    const Invocation& asked = session.invocation();
    const Reply reply = session.call("login", asked.params, true);
    if (reply.failure) return session.fail(*reply.failure);
    if (asked.globals.dry_run) session.tell_dry_run();
    tell_duties(session, reply.data);
    if (session.credentials().is_robot())
        session.terminal().note(
            "vaultctl: warning: --token-file or VAULTCTL_TOKEN_FILE goes before this session\n");
    return session.succeed("login", asked.command->primary, reply);
}

// Whoever is signed out already has what was asked for.
int log_out(Session& session) {
    json::object before{{"user", nullptr}, {"session", nullptr}};
    if (const auto token = session.credentials().token_for("logout"); !token)
        return session.fail(token.error());
    if (const auto* kept = session.credentials().session())
        before = {{"user", kept->user}, {"session", kept->id}};
    const bool robot = session.credentials().is_robot();
    Reply reply = session.call("logout", {}, true);
    if (!robot && is_failure(reply, Errc::AuthRequired)) {
        reply = {};
        reply.warnings.emplace_back(before.at("session").is_null()
                                        ? "nobody was signed in"
                                        : "the session had ended already");
        reply.data = std::move(before);
    }
    if (reply.failure) return session.fail(*reply.failure);
    if (session.invocation().globals.dry_run) session.tell_dry_run();
    return session.succeed("logout", session.invocation().command->primary, reply);
}

int create_user(Session& session) {
    const Invocation& asked = session.invocation();
    const bool bare = !asked.params.contains("password");
    const Reply reply = session.call("user.create", asked.params, true);
    if (reply.failure) return session.fail(*reply.failure);
    if (asked.globals.dry_run) session.tell_dry_run();
    if (bare)
        session.terminal().note(
            fmt::format("vaultctl: without a password nobody can sign in as {0}: "
                        "vaultctl user set-password {0}\n",
                        std::string_view(asked.params.at("name").get_string())));
    return session.succeed("user.create", asked.command->primary, reply);
}

int enroll_factor(Session& session) {
    const Invocation& asked = session.invocation();
    const Reply reply = session.call("mfa.enroll", asked.params, true);
    if (reply.failure) return session.fail(*reply.failure);
    if (asked.globals.dry_run) session.tell_dry_run();
    if (const int printed = session.print(picture_of(session, reply.data)); printed != exits::kDone)
        return printed;
    const int shown = session.succeed("mfa.enroll", asked.command->primary, reply);
    if (shown == exits::kDone && !asked.globals.dry_run)
        session.terminal().note(
            "vaultctl: give this to your authenticator app, then: vaultctl mfa confirm\n");
    return shown;
}

int create_token(Session& session, Invocation& invocation) {
    return call_and_keep(
        session, invocation,
        {"token", "file of the token", "id",
         "vaultctl: the token is not shown again; keep it in a file of mode 0600\n", false});
}

// Without a file the copy is shown as it is, so that it can be redirected or printed.
int escrow_master_key(Session& session, Invocation& invocation) {
    return call_and_keep(
        session, invocation,
        {"copy", "escrow copy", "version",
         "vaultctl: keep the copy off this machine, and its passphrase elsewhere\n", true});
}

std::optional<Failure> ask_for_secrets(Session& session, Invocation& invocation) {
    const Method& command = *invocation.command;
    if (!takes_secret(command)) return std::nullopt;
    if (command.name == "login")
        if (const auto ready = session.credentials().prepare(); !ready)
            return Failure::from(ready.error(), protocol::Effect::None);
    if (session.terminal().has_keyboard())
        if (auto failure = asked_in_vain(session, command)) return failure;
    // The daemon does not wait for people.
    session.drop();
    const auto taken = take_secrets(invocation, session.terminal(), Asking::Allowed);
    if (!taken) return Failure::from(taken.error(), protocol::Effect::None);
    return std::nullopt;
}

}  // namespace vault::command
