#include "daemon/control/gate.hpp"

#include "common/protocol/codec.hpp"
#include "daemon/control/arguments.hpp"
#include "daemon/control/directory.hpp"
#include "daemon/control/lines.hpp"
#include "daemon/control/render_views.hpp"
#include "daemon/ports/absent.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::control {

namespace asio = boost::asio;
namespace json = boost::json;
using ports::Principal;
using protocol::Ownership;

namespace {

constexpr std::uint32_t kRefusalsAMinute = 60;
constexpr std::size_t kMostActors = 10'000;
constexpr SteadyTime kMinute = std::chrono::minutes{1};

protocol::Caller::Kind kind_of(Principal::Kind kind) {
    switch (kind) {
        case Principal::Kind::Nobody: return protocol::Caller::Kind::Nobody;
        case Principal::Kind::LastResort: return protocol::Caller::Kind::LastResort;
        case Principal::Kind::Person: return protocol::Caller::Kind::Person;
        case Principal::Kind::Robot: return protocol::Caller::Kind::Robot;
    }
    return protocol::Caller::Kind::Nobody;
}

protocol::Caller caller_of(const Principal& principal) {
    using Duty = protocol::Caller::Duty;
    return {.kind = kind_of(principal.kind),
            .role = principal.role,
            .permissions = principal.permissions,
            .in_scope = principal.in_scope,
            .admin_exists = principal.admin_exists,
            .duty = principal.must_change   ? Duty::ChangePassword
                    : principal.must_enroll ? Duty::EnrollFactor
                                            : Duty::None};
}

// Empty: the call does not name one.
std::string_view text_of(const json::object& params, std::string_view name) {
    const json::value* value = params.if_contains(name);
    return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                  : std::string_view();
}

// "v1" of "v1.flash.3", "a1" of "a1:T7".
std::string_view first_part(std::string_view id) {
    return id.substr(0, id.find_first_of(".:@"));
}

// By its parameter `name`: the others make one who is not there yet.
bool names_a_user(const protocol::Method& method) {
    return method.object == protocol::Object::User && method.right != protocol::Right::Open &&
           !method.bootstrap;
}

// Whose an object is, from the nearest to the farthest.
int distance(Ownership ownership) {
    switch (ownership) {
        case Ownership::None: return 0;
        case Ownership::Own: return 1;
        case Ownership::Members: return 2;
        case Ownership::Foreign: return 3;
        case Ownership::Absent: return 4;
    }
    return 4;
}

}  // namespace

std::string actor_of(const Principal& caller) {
    switch (caller.kind) {
        case Principal::Kind::Nobody:
        case Principal::Kind::LastResort: return fmt::format("uid:{}", caller.uid);
        case Principal::Kind::Person: return caller.name;
        case Principal::Kind::Robot:
            return fmt::format("{}:{}", caller.name, to_text(caller.token->id));
    }
    return {};
}

ports::Visible visible_to(const Principal& caller, protocol::Scope scope) {
    ports::Visible visible{.everyones = false, .members = false, .own = caller.user};
    if (caller.user == UserId{}) return visible;
    if (scope == protocol::Scope::Nothing) scope = protocol::readable(caller.role);
    visible.everyones = scope == protocol::Scope::Everyones;
    visible.members = scope == protocol::Scope::OwnAndMembers;
    return visible;
}

void take_pass(Call& call, Pass pass) {
    call.context.actor = actor_of(pass.caller);
    call.context.user = pass.caller.user;
    call.context.visible = pass.visible;
    call.scope = pass.scope;
    call.caller = std::move(pass.caller);
}

// What the parameters name, the farthest of it if several. What is made belongs to who makes it.
Gate::Named Gate::named_by(const protocol::Method& method, const json::object& params,
                           const Principal& caller) const {
    const Directory& directory = services_.directory;
    Named named;
    const auto take = [&](UserId owner, bool there, std::string object, Error absent, Mode mode) {
        const ports::UserRow* row = there ? directory.user(owner) : nullptr;
        const Ownership whose = row == nullptr              ? Ownership::Absent
                                : owner == caller.user      ? Ownership::Own
                                : row->role == Role::Member ? Ownership::Members
                                                            : Ownership::Foreign;
        named.target.beyond_paper = named.target.beyond_paper || mode != Mode::Paper;
        if (distance(whose) < distance(named.target.ownership)) return;
        named.target.ownership = whose;
        named.owner = row == nullptr ? UserId{} : owner;
        named.object = std::move(object);
        named.absent = std::move(absent);
    };
    // What is no id of anything is refused as such, not for want of an owner. Questions say so
    // themselves.
    const auto take_misnamed = [&](const Error& error, std::string_view field) {
        if (!method.mutates) return;
        take(UserId{}, false, {}, Error{error}.with_field(std::string(field)), Mode::Paper);
    };
    const auto take_vault = [&](std::string_view text, std::string_view field) {
        if (text.empty()) return;
        const auto id = vault_named(text);
        if (!id) return take_misnamed(id.error(), field);
        const ports::VaultRow* row = directory.vault(id.value());
        take(row == nullptr ? UserId{} : row->user, row != nullptr, to_text(id.value()),
             ports::no_vault(id.value()).with_field(std::string(field)),
             row == nullptr ? Mode::Paper : row->mode);
    };
    const auto take_account = [&](std::string_view text, std::string_view field) {
        if (text.empty()) return;
        const auto id = account_named(text);
        if (!id) return take_misnamed(id.error(), field);
        const ports::AccountRow* row = directory.account(id.value());
        take(row == nullptr ? UserId{} : row->user, row != nullptr, to_text(id.value()),
             ports::no_account(id.value()).with_field(std::string(field)), Mode::Paper);
    };
    const auto take_user = [&](std::string_view text, std::string_view field) {
        if (text.empty()) return;
        const ports::UserRow* row = directory.user(text);
        take(row == nullptr ? UserId{} : row->id, row != nullptr,
             row == nullptr ? std::string(text) : to_text(row->id),
             ports::no_user(text).with_field(std::string(field)), Mode::Paper);
    };
    const auto take_key = [&](std::string_view text) {
        if (text.empty()) return;
        const auto id = parse_api_key_id(text);
        if (!id) return take_misnamed(id.error(), "key");
        const ports::ApiKeyRow* row = directory.key(id.value());
        take(row == nullptr ? UserId{} : row->user, row != nullptr, to_text(id.value()),
             ports::no_key(id.value()), Mode::Paper);
    };
    if (method.object == protocol::Object::Key) take_key(text_of(params, "key"));
    take_vault(text_of(params, "vault"), "vault");
    for (const std::string_view name : {"order", "decision", "sweep"})
        take_vault(first_part(text_of(params, name)), name);
    take_account(text_of(params, "account"), "account");
    take_account(first_part(text_of(params, "trade")), "trade");
    take_user(text_of(params, "user"), "user");
    if (names_a_user(method)) take_user(text_of(params, "name"), "name");
    const bool makes = method.mutates && (method.object == protocol::Object::Account ||
                                          method.object == protocol::Object::Preset);
    if (makes && named.target.ownership == Ownership::None) {
        named.target.ownership = Ownership::Own;
        named.owner = caller.user;
    }
    return named;
}

// A job is known to the engine alone; what it is about has an owner here. Empty: no such job.
asio::awaitable<std::string> Gate::object_of_job(const json::object& params) {
    const auto job = parse_job_id(text_of(params, "job"));
    if (!job) co_return std::string{};
    auto asking = services_.commands.execute({}, ports::cmd::ShowJob{job.value()}, &render_view);
    const Result<ports::Reply> reply = co_await std::move(asking);
    if (!reply) co_return std::string{};
    const std::string& data = reply.value().data_json;
    const auto shown = protocol::parse_json(data, data.size());
    VAULT_CHECK(shown && shown.value().is_object(), "a job is no object");
    co_return std::string(shown.value().at("object").as_string());
}

protocol::Decision Gate::decide(const Principal& caller, const protocol::Method& method,
                                const Named& named) const {
    return protocol::decide(caller_of(caller), protocol::facts_of(method), named.target);
}

std::optional<Error> Gate::refusal(const Principal& caller, const protocol::Method& method,
                                   const Named& named, const protocol::Decision& decision) const {
    if (decision.refusal == protocol::Refusal::Absent && named.absent) return named.absent;
    if (decision.refusal == protocol::Refusal::SignIn && !caller.fault.empty())
        return Error{Errc::AuthRequired,
                     "the session or token has ended, or is not for this uid",
                     {},
                     "sign in with: vaultctl login NAME"};
    if (!decision.allowed()) return protocol::refusal_error(decision, protocol::facts_of(method));
    if (caller.too_many_calls)
        return Error{Errc::RateLimited,
                     fmt::format("token {} makes at most {} calls a minute",
                                 to_text(caller.token->id), caller.token->calls_per_minute),
                     {},
                     "call less often, or make a token with a higher --rate"};
    const bool unshown = decision.step_up && caller.has_factor && !caller.fresh &&
                         caller.kind == Principal::Kind::Person;
    if (unshown)
        return Error{Errc::MfaRequired,
                     fmt::format("{} needs the second factor to be shown first", method.name)};
    return std::nullopt;
}

asio::awaitable<Result<Pass>> Gate::admit(Ask ask) {
    const Principal caller = services_.access.who(ask.token, ask.uid, ask.method.name);
    Named named = named_by(ask.method, ask.params, caller);
    if (ask.params.contains("job")) {
        auto asking = object_of_job(ask.params);
        const std::string about = co_await std::move(asking);
        const json::object params{{about.starts_with('a') ? "account" : "vault", about}};
        named = named_by(ask.method, params, caller);
        const auto job = job_named(text_of(ask.params, "job"));
        if (job ? about.empty() : ask.method.mutates) named.target.ownership = Ownership::Absent;
        named.absent = job ? ports::no_job(job.value()) : job.error();
        named.object = text_of(ask.params, "job");
    }
    const protocol::Decision decision = decide(caller, ask.method, named);
    const auto refused = refusal(caller, ask.method, named, decision);
    if (refused) {
        // A slip of the pen is nobody's business.
        if (refused->code() == Errc::InvalidParams) co_return *refused;
        auto telling = tell_trail(ask, caller, named, *refused);
        co_await std::move(telling);
        co_return *refused;
    }
    co_return Pass{caller, decision.scope, visible_to(caller, decision.scope)};
}

std::optional<Pass> Gate::still(const protocol::Method& method, const json::object& params,
                                const Principal& caller) {
    const auto now = services_.access.renewed(caller, method.name);
    if (!now) return std::nullopt;
    const Named named = named_by(method, params, *now);
    const protocol::Decision decision = decide(*now, method, named);
    if (!decision.allowed()) return std::nullopt;
    return Pass{*now, decision.scope, visible_to(*now, decision.scope)};
}

// Who has not even signed in must not be able to fill the disk with what he was refused.
bool Gate::may_tell(const std::string& actor, std::string& message) {
    const SteadyTime now = services_.clock.steady();
    if (refusals_.size() > kMostActors)
        std::erase_if(refusals_,
                      [&](const auto& item) { return now - item.second.since >= kMinute; });
    Refusals& of = refusals_[actor];
    if (now - of.since >= kMinute) {
        of.since = now;
        of.told = 0;
    }
    if (of.told >= kRefusalsAMinute) {
        ++of.left_out;
        return false;
    }
    ++of.told;
    if (of.left_out > 0)
        message += fmt::format(" ({} refusals before it are left out)", of.left_out);
    of.left_out = 0;
    return true;
}

// Told before it is answered, like everything that is in the trail.
Gate::Later Gate::tell_trail(const Ask& ask, const Principal& caller, const Named& named,
                             const Error& error) {
    ports::CallContext context;
    context.actor = actor_of(caller);
    context.user = caller.user;
    context.method = ask.method.name;
    context.params_json = params_for_trail(ask.method, ask.params);
    std::string message = error.message();
    if (!caller.fault.empty()) message += fmt::format(" (token: {})", caller.fault);
    const bool signed_in = caller.user != UserId{};
    if (!signed_in && !may_tell(context.actor, message)) co_return;
    ports::cmd::Note note{false, std::move(message), named.owner, named.object};
    auto telling = services_.commands.execute(std::move(context), std::move(note), &render_nothing);
    const auto told = co_await std::move(telling);
    // The refusal stands whatever the store does.
    static_cast<void>(told);
}

}  // namespace vault::control
