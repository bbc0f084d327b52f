#pragma once
// Service: everything that sign-in knows, behind ports::Access. It holds people, sessions, tokens
// and tries in memory, proposes changes, and takes over what the directory says is durable.
// Passwords are hashed on its HashDesk; a coroutine that waited for a hash looks everything up
// anew. Owned by the App; control thread only. Errors: as Access says.
#include "common/base/clock.hpp"
#include "daemon/identity/hash_desk.hpp"
#include "daemon/identity/password_rules.hpp"
#include "daemon/identity/people.hpp"
#include "daemon/identity/robot_tokens.hpp"
#include "daemon/identity/second_factor.hpp"
#include "daemon/identity/sessions.hpp"
#include "daemon/identity/sign_in.hpp"
#include "daemon/ports/access.hpp"
#include "daemon/ports/secret_box.hpp"

namespace vault::identity {

struct ServiceOptions {
    bool require_factor = false;  // every person needs a confirmed second factor
    ports::PeerUid own_uid = 0;   // of the daemon: beside root the admin of last resort
    SessionLimits sessions{};
    ThrottleLimits throttle{};
    HashCost cost{};
};

class Service final : public ports::Access {
  public:
    // `hasher` is used on the desk's threads; all outlive the service.
    Service(ServiceOptions options, PasswordRules rules, PasswordHasher& hasher,
            ports::SecretBox& secrets, Entropy& entropy, const Clock& clock);

    void load(const ports::WholeDirectory& whole);
    void adopt(const ports::DirectoryPage& page);
    // Uses of sessions and tokens, ends and tries that the store does not have yet; none: all is
    // there. To be asked about once a minute.
    std::optional<ports::cmd::ChangeIdentity> housekeeping();
    void configure(bool require_factor) { options_.require_factor = require_factor; }

    ports::Principal who(std::string_view token, ports::PeerUid uid,
                         std::string_view method) override;
    std::optional<ports::Principal> renewed(const ports::Principal& caller,
                                            std::string_view method) override;
    ports::SessionTimes times(const ports::SessionRow& row) const override;
    Later<ports::Proposal<ports::SessionRow>> sign_in(ports::SignIn ask) override;
    ports::Proposal<ports::Nothing> sign_out(const ports::Principal& caller) override;
    std::vector<ports::SessionRow> sessions(UserId user) const override;
    ports::Proposal<std::vector<SessionId>> end_sessions(const ports::Principal& caller,
                                                         std::optional<SessionId> id) override;
    Later<ports::Proposal<ports::CredentialRow>> change_password(const ports::Principal& caller,
                                                                 Secret current,
                                                                 Secret next) override;
    Later<ports::Proposal<ports::CredentialRow>> set_password(UserId user, Secret next) override;
    Later<Result<ports::CredentialRow>> first_password(
        std::string name, Secret password, bool must_change,
        std::optional<ports::PeerUid> by_uid) override;
    ports::FactorState factor(UserId user) const override;
    Later<ports::Proposal<ports::Enrolment>> enroll(const ports::Principal& caller,
                                                    Secret password) override;
    ports::Proposal<std::vector<Secret>> confirm(const ports::Principal& caller,
                                                 const Secret& code) override;
    ports::Proposal<ports::SessionRow> step_up(const ports::Principal& caller,
                                               const Secret& code) override;
    ports::Proposal<ports::Nothing> drop_factor(const ports::Principal& caller) override;
    std::vector<ports::RobotTokenRow> tokens(UserId user) const override;
    ports::Proposal<ports::RobotTokenRow> make_token(const ports::Principal& caller,
                                                     ports::TokenAsk ask) override;
    ports::Proposal<ports::RobotTokenRow> end_token(const ports::Principal& caller,
                                                    TokenId id) override;

  private:
    using Changes = ports::IdentityChanges;

    SignIn::Known known(std::string_view name);
    std::optional<ports::CredentialRow> credential_of(UserId user) const;
    // What a try leaves in the store, whatever came of it.
    void note_try(Changes& changes, std::string_view account, ports::PeerUid uid) const;
    class AtDesk;
    Later<Result<SignIn::Accepted>> check_password(std::string name, ports::PeerUid uid,
                                                   const Secret& password);
    Later<Result<std::string>> new_hash(std::string_view name, const Secret& password);
    Later<Result<ports::CredentialRow>> replaced(UserId user, const Secret& next, bool must_change);
    // A code of the caller's second factor; what it used up is in `changes`.
    Result<void> use_code(Person& person, ports::PeerUid uid, const Secret& code, Changes& changes);
    Result<Secret> seed_of(const Person& person) const;
    // False: the user may not sign in any more.
    bool take_person(ports::Principal& caller, UserId user) const;
    bool take_session(ports::Principal& caller, const ports::SessionRow& row, UtcTime now) const;
    bool take_token(ports::Principal& caller, const ports::RobotTokenRow& row,
                    std::string_view method) const;

    ServiceOptions options_;
    PasswordRules rules_;
    HashDesk desk_;
    ports::SecretBox& secrets_;
    Entropy& entropy_;
    const Clock& clock_;
    People people_;
    Sessions sessions_;
    RobotTokens tokens_;
    Throttle throttle_;
    SignIn door_;
    SecondFactor factor_{throttle_};
    std::map<ports::PeerUid, std::size_t> at_desk_;  // hashes that each uid waits for
};

}  // namespace vault::identity
