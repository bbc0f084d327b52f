// Signing in and out, sessions, one's own password, registering.
#include "daemon/control/directory.hpp"
#include "daemon/control/options.hpp"
#include "daemon/control/peer_name.hpp"
#include "daemon/control/proposals.hpp"

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

// What a person has to do before anything else.
json::array duties_after(Services& services, const ports::SessionRow& row, const Secret& token) {
    return duties_of(services.access.who(token.reveal(), row.uid, "whoami"));
}

Handled login(Services& services, const Call& call) {
    ports::SignIn ask{call.params.text("name"), secret_of(call, "password"),
                      secret_of(call, "code"), call.caller.uid, call.params.text("origin")};
    const std::string name = ask.name;
    auto signing = services.access.sign_in(std::move(ask));
    auto proposal = co_await std::move(signing);
    const ports::SessionRow row = proposal.made;
    const ports::UserRow* user = services.directory.user(name);
    json::object reply{{"user", name}, {"session", to_json(row.id)}};
    reply["role"] = user == nullptr ? json::value(nullptr) : to_json(user->role);
    const ports::SessionTimes times = services.access.times(row);
    reply["created_at"] = to_json(row.created_at);
    reply["idle_until"] = to_json(times.idle_until);
    reply["expires_at"] = to_json(times.expires_at);
    json::object secret{{"token", secret_text(proposal.secret)}};
    auto carrying = carry_out(services, call, proposal, reply, std::move(secret));
    Result<Answer> answer = co_await std::move(carrying);
    if (!answer) co_return answer;
    // Only now does the session count, and tells what its user has to do first.
    json::object whole =
        protocol::parse_json(answer.value().data_json, answer.value().data_json.size())
            .value()
            .as_object();
    whole["must"] = duties_after(services, row, proposal.secret);
    answer.value().data_json = protocol::to_compact(whole);
    co_return answer;
}

Handled logout(Services& services, const Call& call) {
    auto proposal = services.access.sign_out(call.caller);
    json::object reply{{"user", call.caller.name}};
    reply["session"] = call.caller.session ? to_json(call.caller.session->id) : nullptr;
    auto carrying = carry_out(services, call, proposal, std::move(reply));
    co_return co_await std::move(carrying);
}

Handled passwd(Services& services, const Call& call) {
    auto changing = services.access.change_password(call.caller, secret_of(call, "password"),
                                                    secret_of(call, "new_password"));
    auto proposal = co_await std::move(changing);
    json::object reply{{"user", call.caller.name}};
    reply["changed_at"] = to_json(proposal.made.changed_at);
    reply["ended"] = ids_to_json(proposal.command.rows.ended_sessions);
    auto carrying = carry_out(services, call, proposal, std::move(reply));
    co_return co_await std::move(carrying);
}

Handled set_password(Services& services, const Call& call) {
    const ports::UserRow* user = services.directory.user(call.params.text("name"));
    VAULT_CHECK(user != nullptr, "the gate let a user through who is not there");
    const std::string name = user->name;
    auto setting = services.access.set_password(user->id, secret_of(call, "password"));
    auto proposal = co_await std::move(setting);
    json::object reply{{"user", name}, {"must_change", true}};
    reply["ended"] = ids_to_json(proposal.command.rows.ended_sessions);
    auto carrying = carry_out(services, call, proposal, std::move(reply));
    co_return co_await std::move(carrying);
}

// A member who waits until somebody approves.
Handled register_member(Services& services, const Call& call) {
    if (!services.options.registration)
        co_return Error(Errc::PermissionDenied, "nobody can register here", {},
                        "ask an admin for: vaultctl user create");
    cmd::CreateUser command{call.params.text("name"), Role::Member, UserStatus::Pending};
    auto hashing = services.access.first_password(command.name, secret_of(call, "password"), false,
                                                  call.caller.uid);
    Result<ports::CredentialRow> credential = co_await std::move(hashing);
    if (!credential) co_return credential.error();
    command.credential = std::move(credential.value());
    const std::string name = command.name;
    auto executing = execute(services, call, std::move(command), &render_view);
    Result<Answer> answer = co_await std::move(executing);
    if (!answer) co_return answer;
    answer.value().data_json =
        protocol::to_compact(json::object{{"name", name}, {"status", "pending"}});
    co_return answer;
}

std::string_view word_of(ports::Principal::Kind kind) {
    switch (kind) {
        case ports::Principal::Kind::Nobody: return "nobody";
        case ports::Principal::Kind::LastResort: return "last_resort";
        case ports::Principal::Kind::Person: return "person";
        case ports::Principal::Kind::Robot: return "robot";
    }
    return {};
}

Handled whoami(Services& services, const Call& call) {
    const ports::Principal& caller = call.caller;
    const bool known = caller.user != UserId{};
    json::object object{{"name", known ? json::value(caller.name) : json::value(nullptr)},
                        {"kind", word_of(caller.kind)},
                        {"uid", caller.uid}};
    object["login_name"] = to_json(login_name(caller.uid));
    object["role"] = known ? to_json(caller.role) : json::value(nullptr);
    object["permissions"] = known ? permission_words(caller.permissions) : json::array();
    object["second_factor"] = caller.has_factor;
    object["must"] = duties_of(caller);
    object["session"] = nullptr;
    if (caller.session) {
        json::object session = session_to_json(services.access, *caller.session);
        session["stepped_up_until"] =
            to_json(services.access.times(*caller.session).stepped_up_until);
        object["session"] = std::move(session);
    }
    object["token"] =
        caller.token ? json::value(token_to_json(*caller.token)) : json::value(nullptr);
    co_return answer_with(object);
}

Handled list_sessions(Services& services, const Call& call) {
    json::array list;
    for (const ports::SessionRow& row : services.access.sessions(call.caller.user)) {
        json::object object = session_to_json(services.access, row);
        object["current"] = call.caller.session && call.caller.session->id == row.id;
        list.push_back(std::move(object));
    }
    co_return answer_with(list);
}

Handled revoke_sessions(Services& services, const Call& call) {
    const bool all = call.params.flag("all");
    if (all == call.params.has("session"))
        co_return Error(Errc::InvalidParams, "name one session, or say all", "session",
                        "vaultctl session revoke s3, or vaultctl session revoke --all");
    std::optional<SessionId> id;
    if (!all) {
        const auto given = parse_session_id(call.params.text("session"));
        if (!given) co_return Error{given.error()}.with_field("session");
        id = given.value();
    }
    auto proposal = services.access.end_sessions(call.caller, id);
    json::object reply{{"revoked", ids_to_json(proposal.made)}};
    auto carrying = carry_out(services, call, proposal, std::move(reply));
    co_return co_await std::move(carrying);
}

constexpr std::array kRoutes{
    Route{"login", &login},
    Route{"logout", &logout},
    Route{"passwd", &passwd},
    Route{"whoami", &whoami},
    Route{"register", &register_member},
    Route{"session.list", &list_sessions},
    Route{"session.revoke", &revoke_sessions},
    Route{"user.set_password", &set_password},
};

}  // namespace

json::object session_to_json(const ports::Access& access, const ports::SessionRow& row) {
    const ports::SessionTimes times = access.times(row);
    json::object object{{"id", to_json(row.id)}, {"uid", row.uid}, {"origin", row.origin}};
    object["created_at"] = to_json(row.created_at);
    object["last_used_at"] = to_json(row.last_used_at);
    object["idle_until"] = to_json(times.idle_until);
    object["expires_at"] = to_json(times.expires_at);
    object["stepped_up_at"] = to_json(row.stepped_up_at);
    return object;
}

json::array duties_of(const ports::Principal& caller) {
    json::array duties;
    if (caller.must_change) duties.emplace_back("change_password");
    if (caller.must_enroll) duties.emplace_back("enroll_factor");
    return duties;
}

std::span<const Route> sign_in_routes() {
    return kRoutes;
}

}  // namespace vault::control
