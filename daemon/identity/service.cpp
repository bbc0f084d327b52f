#include "daemon/identity/service.hpp"

#include "daemon/identity/waiting.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::identity {
namespace {

constexpr std::string_view kProduct = "corevault";
// Passwords that are set for others or at a registration are hashed for this name's share of tries.
constexpr std::string_view kNewPasswords = "new password";

template <class Made>
ports::Proposal<Made> refused(Error error) {
    ports::Proposal<Made> proposal;
    proposal.command.refusal = std::move(error);
    return proposal;
}

Error crowded() {
    return Error{Errc::Busy,
                 "two passwords of this uid are being checked already",
                 {},
                 "wait for one of them"};
}

Error no_session(SessionId id) {
    return Error{Errc::NotFound, fmt::format("you have no session {}", to_text(id)), "session",
                 "list them with: vaultctl session list"};
}

}  // namespace

Service::Service(ServiceOptions options, PasswordRules rules, PasswordHasher& hasher,
                 ports::SecretBox& secrets, Entropy& entropy, const Clock& clock)
    : options_(options),
      rules_(std::move(rules)),
      desk_(hasher),
      secrets_(secrets),
      entropy_(entropy),
      clock_(clock),
      sessions_(entropy, options.sessions),
      tokens_(entropy),
      throttle_(options.throttle),
      door_(throttle_, options.cost, decoy_hash(options.cost, entropy)) {}

void Service::load(const ports::WholeDirectory& whole) {
    people_.load(whole.users, whole.identity);
    sessions_.load(whole.identity.sessions, whole.identity.next_session);
    TokenId next{1};
    for (const ports::RobotTokenRow& row : whole.identity.tokens)
        next = std::max(next, TokenId{row.id.value + 1});
    tokens_.load(whole.identity.tokens, next);
    throttle_.load(whole.identity.attempts);
    for (const ports::UserRow& row : whole.users)
        if (row.status != UserStatus::Active) sessions_.end_all(row.id);
}

void Service::adopt(const ports::DirectoryPage& page) {
    people_.adopt(page.users, page.identity);
    sessions_.adopt(page.identity.sessions, page.identity.ended_sessions);
    tokens_.adopt(page.identity.tokens);
    for (const ports::UserRow& row : page.users)
        if (row.status != UserStatus::Active) sessions_.end_all(row.id);
}

std::optional<ports::cmd::ChangeIdentity> Service::housekeeping() {
    const UtcTime now = clock_.now();
    sessions_.expire(now);
    Sessions::Changes changes = sessions_.take_changes();
    ports::cmd::ChangeIdentity command;
    command.housekeeping = true;
    command.rows.sessions = std::move(changes.put);
    command.rows.ended_sessions = std::move(changes.gone);
    command.rows.tokens = tokens_.take_changes();
    if (command.rows.empty()) return std::nullopt;
    command.rows.dropped_attempts_before = now - options_.throttle.known_for;
    return command;
}

bool Service::take_person(ports::Principal& caller, UserId user) const {
    const Person* person = people_.find(user);
    if (person == nullptr || person->row.status != UserStatus::Active) return false;
    caller.user = person->row.id;
    caller.name = person->row.name;
    caller.role = person->row.role;
    caller.permissions = person->row.permissions;
    caller.has_factor = person->has_factor();
    caller.must_change = person->credential && person->credential->must_change;
    caller.must_enroll = options_.require_factor && !caller.has_factor;
    return true;
}

bool Service::take_session(ports::Principal& caller, const ports::SessionRow& row,
                           UtcTime now) const {
    if (!take_person(caller, row.user)) return false;
    caller.kind = ports::Principal::Kind::Person;
    caller.session = row;
    caller.fresh = sessions_.is_fresh(row, now);
    return true;
}

bool Service::take_token(ports::Principal& caller, const ports::RobotTokenRow& row,
                         std::string_view method) const {
    if (!take_person(caller, row.user)) return false;
    caller.kind = ports::Principal::Kind::Robot;
    caller.token = row;
    caller.in_scope = covers(row.patterns, method);
    return true;
}

ports::Principal Service::who(std::string_view token, ports::PeerUid uid, std::string_view method) {
    const UtcTime now = clock_.now();
    ports::Principal caller;
    caller.uid = uid;
    caller.admin_exists = people_.admin_exists();
    if (uid == 0 || uid == options_.own_uid) caller.kind = ports::Principal::Kind::LastResort;
    if (token.empty()) return caller;
    if (token.starts_with(kRobotPrefix)) {
        const RobotTokens::Found found = tokens_.use(token, uid, method, now);
        if (const auto* fault = std::get_if<TokenFault>(&found)) {
            caller.too_many_calls = *fault == TokenFault::TooMany;
            caller.fault = to_text(*fault);
        }
        const ports::RobotTokenRow* row = tokens_.known(token, uid, now);
        if (row != nullptr && take_token(caller, *row, method)) caller.fault = {};
        return caller;
    }
    const Sessions::Found found = sessions_.find(token, uid, now);
    if (const auto* fault = std::get_if<TokenFault>(&found)) {
        caller.fault = to_text(*fault);
    } else if (!take_session(caller, *std::get<const ports::SessionRow*>(found), now)) {
        caller.fault = "user_not_active";
    }
    return caller;
}

std::optional<ports::Principal> Service::renewed(const ports::Principal& caller,
                                                 std::string_view method) {
    const UtcTime now = clock_.now();
    ports::Principal next;
    next.uid = caller.uid;
    if (caller.session) {
        const ports::SessionRow* row = sessions_.use(caller.session->id, now);
        if (row == nullptr || !take_session(next, *row, now)) return std::nullopt;
        return next;
    }
    if (!caller.token) return std::nullopt;
    const ports::RobotTokenRow* row = tokens_.by_id(caller.token->id, now);
    if (row == nullptr || !take_token(next, *row, method)) return std::nullopt;
    return next;
}

ports::SessionTimes Service::times(const ports::SessionRow& row) const {
    const SessionLimits& limits = sessions_.limits();
    const UtcTime expires = row.created_at + limits.longest;
    ports::SessionTimes times{std::min(row.last_used_at + limits.idle, expires), expires, {}};
    if (row.stepped_up_at) times.stepped_up_until = *row.stepped_up_at + limits.fresh;
    return times;
}

SignIn::Known Service::known(std::string_view name) {
    const Person* person = people_.find(name);
    if (person == nullptr) return {};
    return {person->credential ? &*person->credential : nullptr, person->row.status};
}

std::optional<ports::CredentialRow> Service::credential_of(UserId user) const {
    const Person* person = people_.find(user);
    return person == nullptr ? std::nullopt : person->credential;
}

void Service::note_try(Changes& changes, std::string_view account, ports::PeerUid uid) const {
    if (auto row = throttle_.row(account, uid)) changes.attempts.push_back(std::move(*row));
}

// One uid waits for two hashes at most, so that a guesser does not fill the desk that all sign in
// at.
class Service::AtDesk {
  public:
    AtDesk(Service& service, ports::PeerUid uid) : service_(service), uid_(uid) {
        granted_ = ++service_.at_desk_[uid_] <= kMostAtDesk;
    }
    ~AtDesk() {
        const auto at = service_.at_desk_.find(uid_);
        if (--at->second == 0) service_.at_desk_.erase(at);
    }
    AtDesk(const AtDesk&) = delete;
    AtDesk& operator=(const AtDesk&) = delete;
    bool granted() const { return granted_; }

  private:
    static constexpr std::size_t kMostAtDesk = 2;
    Service& service_;
    ports::PeerUid uid_;
    bool granted_ = false;
};

Service::Later<Result<SignIn::Accepted>> Service::check_password(std::string name,
                                                                 ports::PeerUid uid,
                                                                 const Secret& password) {
    const AtDesk at_desk(*this, uid);
    if (!at_desk.granted()) co_return crowded();
    auto attempt = door_.begin(name, uid, known(name), clock_.now());
    if (!attempt) co_return attempt.error();
    auto hashing = desk_.matches(attempt.value().stored, password);
    const Result<bool> matched = co_await std::move(hashing);
    if (!matched) {
        door_.abandon(attempt.value());
        co_return matched.error();
    }
    co_return door_.finish(attempt.value(), known(name), matched.value(), clock_.now());
}

Service::Later<Result<std::string>> Service::new_hash(std::string_view name,
                                                      const Secret& password) {
    const std::array<std::string_view, 2> context{name, kProduct};
    const Result<void> good = rules_.check(password, context);
    if (!good) co_return good.error();
    auto hashing = desk_.hash(password);
    co_return co_await std::move(hashing);
}

Service::Later<ports::Proposal<ports::SessionRow>> Service::sign_in(ports::SignIn ask) {
    using Out = ports::SessionRow;
    ports::Proposal<Out> proposal;
    auto checking = check_password(ask.name, ask.uid, ask.password);
    const Result<SignIn::Accepted> accepted = co_await std::move(checking);
    Changes& changes = proposal.command.rows;
    note_try(changes, ask.name, ask.uid);
    // The trail of a user shows who tried to be him.
    if (const Person* aimed_at = people_.find(ask.name)) proposal.command.user = aimed_at->row.id;
    std::optional<std::string> rehashed;
    const auto before = accepted ? credential_of(accepted.value().user) : std::nullopt;
    if (accepted && accepted.value().rehash) {
        auto hashing = desk_.hash(ask.password);
        const Result<std::string> hash = co_await std::move(hashing);
        if (hash) rehashed = hash.value();
    }
    // Whoever waited for that hash may be another by now.
    Person* const person = accepted ? people_.find(accepted.value().user) : nullptr;
    const bool same = person != nullptr && person->row.status == UserStatus::Active &&
                      person->credential == before;
    Result<void> shown = success();
    if (!same) {
        shown = accepted ? Error{Errc::Busy, "the user was changed meanwhile", {}, "try again"}
                         : accepted.error();
    } else if (person->has_factor()) {
        shown = ask.code.empty()
                    ? Result<void>{Error{Errc::MfaRequired, "a code of the second factor is needed",
                                         "code", "sign in again with the code"}}
                    : use_code(*person, ask.uid, ask.code, changes);
    }
    if (!shown) {
        proposal.command.refusal = shown.error();
        proposal.command.object = "session";
        co_return proposal;
    }
    auto opened =
        sessions_.open(person->row.id, ask.uid, ask.origin, person->has_factor(), clock_.now());
    proposal.command.user = person->row.id;
    proposal.command.object = to_text(opened.row.id);
    proposal.command.once = true;
    if (rehashed) {
        changes.credentials.push_back(*person->credential);
        changes.credentials.back().password_hash = std::move(*rehashed);
    }
    changes.sessions.push_back(opened.row);
    changes.ended_sessions = std::move(opened.gone);
    proposal.made = std::move(opened.row);
    proposal.secret = std::move(opened.token);
    co_return proposal;
}

ports::Proposal<ports::Nothing> Service::sign_out(const ports::Principal& caller) {
    ports::Proposal<ports::Nothing> proposal;
    if (!caller.session)
        return refused<ports::Nothing>(
            Error{Errc::AuthRequired, "nobody is signed in", {}, "vaultctl login NAME"});
    proposal.command.user = caller.user;
    proposal.command.object = to_text(caller.session->id);
    proposal.command.rows.ended_sessions.push_back(caller.session->id);
    return proposal;
}

std::vector<ports::SessionRow> Service::sessions(UserId user) const {
    return sessions_.list(user, clock_.now());
}

ports::Proposal<std::vector<SessionId>> Service::end_sessions(const ports::Principal& caller,
                                                              std::optional<SessionId> id) {
    ports::Proposal<std::vector<SessionId>> proposal;
    if (id && !sessions_.belongs(*id, caller.user))
        return refused<std::vector<SessionId>>(no_session(*id));
    const auto own = caller.session ? std::optional{caller.session->id} : std::nullopt;
    proposal.made = id ? std::vector{*id} : sessions_.of(caller.user, own);
    proposal.command.user = caller.user;
    proposal.command.object = id ? to_text(*id) : to_text(caller.user);
    proposal.command.rows.ended_sessions = proposal.made;
    return proposal;
}

Service::Later<ports::Proposal<ports::CredentialRow>> Service::change_password(
    const ports::Principal& caller, Secret current, Secret next) {
    ports::Proposal<ports::CredentialRow> proposal;
    proposal.command.user = caller.user;
    proposal.command.object = to_text(caller.user);
    const auto session = caller.session;
    const UserId user = caller.user;
    const std::string name = caller.name;
    const ports::PeerUid uid = caller.uid;
    auto checking = check_password(name, uid, current);
    const Result<SignIn::Accepted> accepted = co_await std::move(checking);
    note_try(proposal.command.rows, name, uid);
    if (!accepted) {
        proposal.command.refusal = Error{accepted.error()}.with_field("password");
        co_return proposal;
    }
    if (current.equals(next)) {
        proposal.command.refusal = Error{Errc::InvalidParams, "the new password is the old one",
                                         "new_password", "choose another"};
        co_return proposal;
    }
    auto replacing = replaced(user, next, false);
    Result<ports::CredentialRow> row = co_await std::move(replacing);
    if (!row) {
        proposal.command.refusal = row.error();
        if (row.error().field() == "password")
            proposal.command.refusal = Error{row.error()}.with_field("new_password");
        co_return proposal;
    }
    proposal.command.rows.credentials.push_back(row.value());
    proposal.command.rows.ended_sessions =
        sessions_.of(user, session ? std::optional{session->id} : std::nullopt);
    proposal.made = std::move(row.value());
    co_return proposal;
}

Service::Later<Result<ports::CredentialRow>> Service::replaced(UserId user, const Secret& next,
                                                               bool must_change) {
    const Person* person = people_.find(user);
    if (person == nullptr) co_return Error{Errc::NotFound, "there is no such user", "name", ""};
    const std::string name = person->row.name;
    auto hashing = new_hash(name, next);
    Result<std::string> hash = co_await std::move(hashing);
    if (!hash) co_return hash.error();
    co_return ports::CredentialRow{.user = user,
                                   .password_hash = std::move(hash.value()),
                                   .must_change = must_change,
                                   .changed_at = clock_.now()};
}

Service::Later<ports::Proposal<ports::CredentialRow>> Service::set_password(UserId user,
                                                                            Secret next) {
    ports::Proposal<ports::CredentialRow> proposal;
    proposal.command.user = user;
    proposal.command.object = to_text(user);
    auto replacing = replaced(user, next, true);
    Result<ports::CredentialRow> row = co_await std::move(replacing);
    if (!row) {
        proposal.command.refusal = row.error();
        co_return proposal;
    }
    proposal.command.rows.credentials.push_back(row.value());
    proposal.command.rows.ended_sessions = sessions_.of(user);
    proposal.made = std::move(row.value());
    co_return proposal;
}

Service::Later<Result<ports::CredentialRow>> Service::first_password(
    std::string name, Secret password, bool must_change, std::optional<ports::PeerUid> by_uid) {
    // Whoever can connect may register, and every hash costs: they count as tries.
    if (by_uid) {
        const std::string tries = fmt::format("{}:{}", kNewPasswords, *by_uid);
        if (const auto wait = throttle_.admit(tries, *by_uid, clock_.now()))
            co_return too_often(*wait);
    }
    const std::optional<AtDesk> at_desk =
        by_uid ? std::optional<AtDesk>(std::in_place, *this, *by_uid) : std::nullopt;
    if (at_desk && !at_desk->granted()) co_return crowded();
    auto hashing = new_hash(name, password);
    Result<std::string> hash = co_await std::move(hashing);
    if (!hash) co_return hash.error();
    co_return ports::CredentialRow{.password_hash = std::move(hash.value()),
                                   .must_change = must_change,
                                   .changed_at = clock_.now()};
}

}  // namespace vault::identity
