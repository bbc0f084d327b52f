// The second factor and the tokens of robots.
#include "daemon/identity/base32.hpp"
#include "daemon/identity/recovery_codes.hpp"
#include "daemon/identity/service.hpp"
#include "daemon/identity/totp.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::identity {
namespace {

constexpr std::string_view kIssuer = "Core Vault";
constexpr const char* kSeedField = "totp_seed";

ports::FieldId seed_field(UserId user) {
    return {.user = user, .account = {}, .api_key = {}, .name = kSeedField};
}

std::string tries_of(UserId user) {
    return fmt::format("mfa:{}", to_text(user));
}

Error not_enrolled() {
    return Error{
        Errc::WrongState, "there is no second factor", {}, "set one up with: vaultctl mfa enroll"};
}

}  // namespace

Result<Secret> Service::seed_of(const Person& person) const {
    return secrets_.open(seed_field(person.row.id));
}

Result<void> Service::use_code(Person& person, ports::PeerUid uid, const Secret& code,
                               Changes& changes) {
    VAULT_TRY(const Secret seed, seed_of(person));
    const SecondFactor::Record record{person.totp ? &*person.totp : nullptr, seed.reveal(),
                                      &person.recovery_codes};
    const UtcTime now = clock_.now();
    const auto kind = factor_.check(person.row.id, uid, record, code.reveal(), now);
    note_try(changes, tries_of(person.row.id), uid);
    if (!kind) return kind.error();
    if (kind.value() == SecondFactor::Kind::Totp)
        changes.totps.push_back(*person.totp);
    else
        for (const ports::RecoveryCodeRow& row : person.recovery_codes)
            if (row.used_at == now) changes.recovery_codes.push_back(row);
    return success();
}

ports::FactorState Service::factor(UserId user) const {
    const Person* person = people_.find(user);
    if (person == nullptr) return {};
    const auto left =
        std::ranges::count_if(person->recovery_codes, [](const auto& row) { return !row.used_at; });
    return {person->totp, static_cast<std::size_t>(left)};
}

Service::Later<ports::Proposal<ports::Enrolment>> Service::enroll(const ports::Principal& caller,
                                                                  Secret password) {
    ports::Proposal<ports::Enrolment> proposal;
    proposal.command.user = caller.user;
    proposal.command.object = to_text(caller.user);
    proposal.command.once = true;
    const UserId user = caller.user;
    const std::string name = caller.name;
    const ports::PeerUid uid = caller.uid;
    auto checking = check_password(name, uid, password);
    const Result<SignIn::Accepted> accepted = co_await std::move(checking);
    note_try(proposal.command.rows, name, uid);
    if (!accepted) {
        proposal.command.refusal = Error{accepted.error()}.with_field("password");
        co_return proposal;
    }
    const Person* person = people_.find(user);
    if (person != nullptr && person->has_factor()) {
        proposal.command.refusal =
            Error{Errc::Exists,
                  "there is a second factor already",
                  {},
                  "to move to another authenticator: vaultctl mfa disable, then enroll"};
        co_return proposal;
    }
    const ports::TotpRow row{.user = user, .enrolled_at = clock_.now()};
    const Secret seed = new_totp_seed(row.hash, entropy_);
    auto sealed = secrets_.seal(seed_field(user), seed);
    if (!sealed) {
        proposal.command.refusal = sealed.error();
        co_return proposal;
    }
    proposal.command.rows.totps.push_back(row);
    proposal.command.secrets.put_fields.push_back(std::move(sealed.value()));
    proposal.made = {row, otpauth_uri(kIssuer, name, seed.reveal(), kind_of(row)),
                     Secret{to_base32(seed.reveal())}};
    co_return proposal;
}

ports::Proposal<std::vector<Secret>> Service::confirm(const ports::Principal& caller,
                                                      const Secret& code) {
    ports::Proposal<std::vector<Secret>> proposal;
    proposal.command.user = caller.user;
    proposal.command.object = to_text(caller.user);
    proposal.command.once = true;
    Person* const person = people_.find(caller.user);
    if (person == nullptr || !person->totp) {
        proposal.command.refusal = not_enrolled();
        return proposal;
    }
    const auto seed = seed_of(*person);
    if (!seed) {
        proposal.command.refusal = seed.error();
        return proposal;
    }
    // Confirmed only once that is durable; that its code was used counts at once.
    ports::TotpRow row = *person->totp;
    const auto confirmed =
        factor_.confirm(caller.uid, row, seed.value().reveal(), code.reveal(), clock_.now());
    note_try(proposal.command.rows, tries_of(caller.user), caller.uid);
    person->totp->last_step = row.last_step;
    if (!confirmed) {
        proposal.command.refusal = confirmed.error();
        return proposal;
    }
    NewRecoveryCodes codes = make_recovery_codes(caller.user, entropy_);
    // Who has just shown the factor need not show it again at once.
    if (caller.session) {
        proposal.command.rows.sessions.push_back(*caller.session);
        proposal.command.rows.sessions.back().stepped_up_at = clock_.now();
    }
    proposal.command.rows.totps.push_back(row);
    proposal.command.rows.dropped_recovery_codes.push_back(caller.user);
    proposal.command.rows.recovery_codes = std::move(codes.rows);
    proposal.made = std::move(codes.texts);
    return proposal;
}

ports::Proposal<ports::SessionRow> Service::step_up(const ports::Principal& caller,
                                                    const Secret& code) {
    ports::Proposal<ports::SessionRow> proposal;
    proposal.command.user = caller.user;
    proposal.command.once = true;
    Person* const person = people_.find(caller.user);
    if (person == nullptr || !caller.session || !person->has_factor()) {
        proposal.command.refusal = not_enrolled();
        return proposal;
    }
    proposal.command.object = to_text(caller.session->id);
    const auto used = use_code(*person, caller.uid, code, proposal.command.rows);
    if (!used) {
        proposal.command.refusal = used.error();
        return proposal;
    }
    auto renewed = sessions_.step_up(*caller.session, clock_.now());
    proposal.command.rows.sessions.push_back(renewed.row);
    proposal.made = std::move(renewed.row);
    proposal.secret = std::move(renewed.token);
    return proposal;
}

ports::Proposal<ports::Nothing> Service::drop_factor(const ports::Principal& caller) {
    ports::Proposal<ports::Nothing> proposal;
    proposal.command.user = caller.user;
    proposal.command.object = to_text(caller.user);
    const Person* person = people_.find(caller.user);
    if (person == nullptr || !person->totp) {
        proposal.command.refusal = not_enrolled();
        return proposal;
    }
    if (options_.require_factor) {
        proposal.command.refusal =
            Error{Errc::WrongState,
                  "this daemon asks everybody for a second factor",
                  {},
                  "enroll the new authenticator after an admin has lifted security.second_factor"};
        return proposal;
    }
    proposal.command.rows.dropped_totps.push_back(caller.user);
    proposal.command.rows.dropped_recovery_codes.push_back(caller.user);
    proposal.command.secrets.drop_fields.push_back(seed_field(caller.user));
    return proposal;
}

std::vector<ports::RobotTokenRow> Service::tokens(UserId user) const {
    return tokens_.list(user);
}

ports::Proposal<ports::RobotTokenRow> Service::make_token(const ports::Principal& caller,
                                                          ports::TokenAsk ask) {
    ports::Proposal<ports::RobotTokenRow> proposal;
    proposal.command.user = caller.user;
    proposal.command.object = to_text(caller.user);
    proposal.command.once = true;
    auto made = tokens_.create({.user = caller.user,
                                .uid = caller.uid,
                                .label = std::move(ask.label),
                                .patterns = std::move(ask.methods),
                                .calls_per_minute = ask.calls_per_minute,
                                .life = ask.life},
                               clock_.now());
    if (!made) {
        proposal.command.refusal = made.error();
        return proposal;
    }
    proposal.command.object = to_text(made.value().row.id);
    proposal.command.rows.tokens.push_back(made.value().row);
    proposal.made = std::move(made.value().row);
    proposal.secret = std::move(made.value().token);
    return proposal;
}

ports::Proposal<ports::RobotTokenRow> Service::end_token(const ports::Principal& caller,
                                                         TokenId id) {
    ports::Proposal<ports::RobotTokenRow> proposal;
    proposal.command.user = caller.user;
    proposal.command.object = to_text(id);
    auto row = tokens_.revoked(caller.user, id, clock_.now());
    if (!row) {
        proposal.command.refusal =
            Error{Errc::NotFound, fmt::format("you have no token {} in force", to_text(id)),
                  "token", "list them with: vaultctl token list"};
        return proposal;
    }
    proposal.command.rows.tokens.push_back(*row);
    proposal.made = std::move(*row);
    return proposal;
}

}  // namespace vault::identity
