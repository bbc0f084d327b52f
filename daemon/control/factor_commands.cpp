// The second factor, and the tokens that robots call with.
#include "common/base/excerpt.hpp"
#include "daemon/control/proposals.hpp"
#include "daemon/control/secret_steps.hpp"

#include <algorithm>
#include <array>

namespace vault::control {
namespace {

constexpr Duration kTokenLife = std::chrono::hours{24 * 90};
constexpr std::int64_t kTokenRate = 10;

std::string_view algorithm_of(ports::TotpHash hash) {
    switch (hash) {
        case ports::TotpHash::Sha1: return "SHA1";
        case ports::TotpHash::Sha256: return "SHA256";
        case ports::TotpHash::Sha512: return "SHA512";
    }
    return {};
}

Handled enroll(Services& services, const Call& call) {
    auto preparing = prepare_secrets(services, call.caller.user);
    const Result<void> prepared = co_await std::move(preparing);
    if (!prepared) co_return prepared.error();
    auto enrolling = services.access.enroll(call.caller, secret_of(call, "password"));
    auto proposal = co_await std::move(enrolling);
    const ports::TotpRow& row = proposal.made.row;
    json::object reply{{"user", call.caller.name}, {"algorithm", algorithm_of(row.hash)}};
    reply["digits"] = row.digits;
    reply["period"] = row.period;
    json::object secret{{"uri", secret_text(proposal.made.uri)},
                        {"secret", secret_text(proposal.made.text)}};
    auto carrying = carry_out(services, call, proposal, std::move(reply), std::move(secret));
    co_return co_await std::move(carrying);
}

Handled confirm(Services& services, const Call& call) {
    auto proposal = services.access.confirm(call.caller, secret_of(call, "code"));
    json::array codes;
    for (const Secret& code : proposal.made)
        codes.push_back(secret_text(code));
    json::object reply{{"user", call.caller.name}, {"second_factor", true}};
    json::object secret{{"recovery_codes", std::move(codes)}};
    auto carrying = carry_out(services, call, proposal, std::move(reply), std::move(secret));
    co_return co_await std::move(carrying);
}

Handled verify(Services& services, const Call& call) {
    auto proposal = services.access.step_up(call.caller, secret_of(call, "code"));
    json::object reply{{"user", call.caller.name}, {"session", to_json(proposal.made.id)}};
    reply["stepped_up_until"] = to_json(services.access.times(proposal.made).stepped_up_until);
    json::object secret{{"token", secret_text(proposal.secret)}};
    auto carrying = carry_out(services, call, proposal, std::move(reply), std::move(secret));
    co_return co_await std::move(carrying);
}

Handled disable(Services& services, const Call& call) {
    auto proposal = services.access.drop_factor(call.caller);
    json::object reply{{"user", call.caller.name}, {"second_factor", false}};
    auto carrying = carry_out(services, call, proposal, std::move(reply));
    co_return co_await std::move(carrying);
}

Handled factor_status(Services& services, const Call& call) {
    const ports::FactorState state = services.access.factor(call.caller.user);
    json::object object{{"user", call.caller.name}, {"second_factor", call.caller.has_factor}};
    object["confirmed"] = state.totp && state.totp->confirmed;
    object["enrolled_at"] = state.totp ? to_json(state.totp->enrolled_at) : json::value(nullptr);
    object["recovery_codes_left"] = state.recovery_codes_left;
    co_return answer_with(object);
}

std::string_view state_of(const ports::RobotTokenRow& row, UtcTime now) {
    return row.revoked_at ? "revoked" : now >= row.expires_at ? "expired" : "active";
}

json::object listed_token(const ports::RobotTokenRow& row, UtcTime now) {
    json::object object = token_to_json(row);
    object["revoked_at"] = to_json(row.revoked_at);
    object["last_used_at"] = to_json(row.last_used_at);
    object["state"] = state_of(row, now);
    return object;
}

// A pattern that covers nothing is a slip that would show at night.
Result<void> covers_something(const std::vector<std::string>& patterns) {
    for (const std::string& pattern : patterns) {
        const std::string_view noun = std::string_view(pattern).substr(0, pattern.find('*'));
        const bool any = std::ranges::any_of(protocol::methods(), [&](const auto& method) {
            return pattern.ends_with(".*") ? method.name.starts_with(noun) : method.name == pattern;
        });
        if (!any)
            return Error(Errc::InvalidParams,
                         fmt::format("no method is covered by '{}'", excerpt(pattern, 40)),
                         "methods", "vaultctl api describe lists the methods");
    }
    return success();
}

Handled create_token(Services& services, const Call& call) {
    ports::TokenAsk ask{
        call.params.text("label"), call.params.texts("methods"),
        static_cast<std::uint32_t>(call.params.integer("rate").value_or(kTokenRate)),
        call.params.duration("expires").value_or(kTokenLife)};
    const Result<void> some = covers_something(ask.methods);
    auto proposal = services.access.make_token(call.caller, std::move(ask));
    if (!some && !proposal.command.refusal) {
        proposal.command.refusal = some.error();
        proposal.command.rows = {};  // what a refusal carries is stored all the same
    }
    json::object reply = token_to_json(proposal.made);
    json::object secret{{"token", secret_text(proposal.secret)}};
    auto carrying = carry_out(services, call, proposal, std::move(reply), std::move(secret));
    co_return co_await std::move(carrying);
}

Handled list_tokens(Services& services, const Call& call) {
    json::array list;
    for (const ports::RobotTokenRow& row : services.access.tokens(call.caller.user))
        list.push_back(listed_token(row, services.clock.now()));
    co_return answer_with(list);
}

Handled revoke_token(Services& services, const Call& call) {
    const auto id = parse_token_id(call.params.text("token"));
    if (!id) co_return Error{id.error()}.with_field("token");
    auto proposal = services.access.end_token(call.caller, id.value());
    json::object reply = listed_token(proposal.made, services.clock.now());
    auto carrying = carry_out(services, call, proposal, std::move(reply));
    co_return co_await std::move(carrying);
}

constexpr std::array kRoutes{
    Route{"mfa.enroll", &enroll},        Route{"mfa.confirm", &confirm},
    Route{"mfa.verify", &verify},        Route{"mfa.disable", &disable},
    Route{"mfa.status", &factor_status}, Route{"token.create", &create_token},
    Route{"token.list", &list_tokens},   Route{"token.revoke", &revoke_token},
};

}  // namespace

json::object token_to_json(const ports::RobotTokenRow& row) {
    json::object object{{"id", to_json(row.id)}, {"label", row.label}};
    object["methods"] = to_json_list(row.patterns);
    object["calls_per_minute"] = row.calls_per_minute;
    object["uid"] = row.uid;
    object["created_at"] = to_json(row.created_at);
    object["expires_at"] = to_json(row.expires_at);
    return object;
}

std::span<const Route> factor_routes() {
    return kRoutes;
}

}  // namespace vault::control
