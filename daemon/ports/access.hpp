#pragma once
// The seam between control and identity: who is calling, and what sign-in changes. Nothing here
// changes anything by itself: a method that would returns a Proposal, whose command control hands
// to the engine; what became durable comes back by the directory (directory.hpp) and counts from
// then on. Only what must not be used twice (codes, tries) counts at once. Control thread only.
#include "common/base/secret.hpp"
#include "daemon/ports/command.hpp"
#include "daemon/ports/directory.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vault::ports {

// Who is calling, as far as a token and the peer's uid tell.
struct Principal {
    enum class Kind : std::uint8_t { Nobody, LastResort, Person, Robot };
    Kind kind = Kind::Nobody;
    PeerUid uid = 0;
    UserId user{};
    std::string name{};
    Role role = Role::Member;
    PermissionSet permissions{};
    std::optional<SessionRow> session{};   // Person
    std::optional<RobotTokenRow> token{};  // Robot
    bool in_scope = false;                 // Robot: the method is one of the token's
    bool has_factor = false;               // Person: a confirmed second factor
    bool fresh = false;                    // Person: shown lately
    bool must_change = false;              // Person: the password first
    bool must_enroll = false;              // Person: a second factor first
    bool admin_exists = true;              // LastResort: there is an admin who can sign in
    std::string_view fault{};     // why a token that was sent opens nothing; for the trail alone
    bool too_many_calls = false;  // Robot: more than the token may make a minute
};

struct Nothing {};

// A change, what it makes, and what its maker alone may learn.
template <class Made>
struct Proposal {
    cmd::ChangeIdentity command;  // with `refusal`: nothing is made
    Made made{};
    Secret secret{};
};

struct SessionTimes {
    UtcTime idle_until, expires_at;
    std::optional<UtcTime> stepped_up_until;
};

struct SignIn {
    std::string name;
    Secret password;
    Secret code;  // of the second factor; empty: none given
    PeerUid uid = 0;
    std::string origin;
};

struct TokenAsk {
    std::string label;
    std::vector<std::string> methods;
    std::uint32_t calls_per_minute = 10;
    Duration life{};
};

struct FactorState {
    std::optional<TotpRow> totp;
    std::size_t recovery_codes_left = 0;
};

struct Enrolment {
    TotpRow row;
    Secret uri;   // "otpauth://…"
    Secret text;  // the seed in base 32
};

class Access {
  public:
    template <class T>
    using Later = boost::asio::awaitable<T>;

    virtual ~Access() = default;

    // `method` is for robots, whose tokens are for some only, and counted.
    virtual Principal who(std::string_view token, PeerUid uid, std::string_view method) = 0;
    // The same caller as of now, for a call that goes on. It keeps a session from ending unused and
    // does not count against a token's rate. None: the session or token has ended.
    virtual std::optional<Principal> renewed(const Principal& caller, std::string_view method) = 0;
    virtual SessionTimes times(const SessionRow& row) const = 0;

    // Refusals: PermissionDenied, MfaRequired (a code is missing), RateLimited, Busy.
    virtual Later<Proposal<SessionRow>> sign_in(SignIn ask) = 0;
    virtual Proposal<Nothing> sign_out(const Principal& caller) = 0;
    virtual std::vector<SessionRow> sessions(UserId user) const = 0;
    // One, or without `id` all but the caller's. Refusal: NotFound.
    virtual Proposal<std::vector<SessionId>> end_sessions(const Principal& caller,
                                                          std::optional<SessionId> id) = 0;

    // Both end every other session of the user. Refusals: PermissionDenied, RateLimited, Busy,
    // InvalidParams (a password that guessers try first).
    virtual Later<Proposal<CredentialRow>> change_password(const Principal& caller, Secret current,
                                                           Secret next) = 0;
    virtual Later<Proposal<CredentialRow>> set_password(UserId user, Secret next) = 0;
    // Of a user who is yet to be made. `by_uid`: registers himself. Errors: as above.
    virtual Later<Result<CredentialRow>> first_password(std::string name, Secret password,
                                                        bool must_change,
                                                        std::optional<PeerUid> by_uid) = 0;

    virtual FactorState factor(UserId user) const = 0;
    // Refusals: as sign_in; Exists, NotFound, WrongState.
    virtual Later<Proposal<Enrolment>> enroll(const Principal& caller, Secret password) = 0;
    virtual Proposal<std::vector<Secret>> confirm(const Principal& caller, const Secret& code) = 0;
    // The session goes on with another token.
    virtual Proposal<SessionRow> step_up(const Principal& caller, const Secret& code) = 0;
    virtual Proposal<Nothing> drop_factor(const Principal& caller) = 0;

    virtual std::vector<RobotTokenRow> tokens(UserId user) const = 0;
    // Refusals: InvalidParams, Exists; NotFound.
    virtual Proposal<RobotTokenRow> make_token(const Principal& caller, TokenAsk ask) = 0;
    virtual Proposal<RobotTokenRow> end_token(const Principal& caller, TokenId id) = 0;
};

}  // namespace vault::ports
