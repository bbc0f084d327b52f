#pragma once
// What the store keeps for sign-in, as plain rows: who may sign in with what, sessions, tokens of
// robots, second factors and failed attempts. identity makes and changes them on the control
// thread; the store writes them in the transaction of the command that caused them. No row holds a
// secret in clear: passwords, tokens and recovery codes are hashed. Values; any thread.
#include "common/base/hash.hpp"
#include "common/base/time.hpp"
#include "common/domain/ids.hpp"
#include "common/domain/permission.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vault::ports {

using PeerUid = std::uint32_t;  // a uid_t

struct CredentialRow {  // one per user, beside UserRow
    UserId user{};
    std::string password_hash{};  // PHC text with its parameters; empty: none set, no sign-in
    bool must_change = false;     // set by somebody else: to be changed at the next sign-in
    UtcTime changed_at{};
    friend bool operator==(const CredentialRow&, const CredentialRow&) = default;
};

struct SessionRow {
    SessionId id{};
    Digest token_hash{};  // unique
    UserId user{};
    PeerUid uid = 0;  // valid for this peer only
    UtcTime created_at{};
    UtcTime last_used_at{};                  // stored once a minute at most
    std::optional<UtcTime> stepped_up_at{};  // when the second factor was shown last
    std::string origin{};                    // for people: what the peer said of itself
    friend bool operator==(const SessionRow&, const SessionRow&) = default;
};

struct RobotTokenRow {
    TokenId id{};
    Digest token_hash{};  // unique
    UserId user{};
    PeerUid uid = 0;  // valid for this peer only
    std::string label{};
    std::vector<std::string> patterns{};  // "report.*", "vault.show"
    std::uint32_t calls_per_minute = 0;
    UtcTime created_at{};
    UtcTime expires_at{};
    std::optional<UtcTime> revoked_at{};
    std::optional<UtcTime> last_used_at{};  // stored once a minute at most
    friend bool operator==(const RobotTokenRow&, const RobotTokenRow&) = default;
};

enum class TotpHash : std::uint8_t { Sha1, Sha256, Sha512 };

struct TotpRow {  // one per user; its seed is a secret field (secret_rows.hpp)
    UserId user{};
    TotpHash hash = TotpHash::Sha1;
    std::uint32_t digits = 6;     // 6 to 8
    std::uint32_t period = 30;    // seconds
    bool confirmed = false;       // until then it is not asked for
    std::uint64_t last_step = 0;  // the newest that was used up; 0 for none
    UtcTime enrolled_at{};
    friend bool operator==(const TotpRow&, const TotpRow&) = default;
};

struct RecoveryCodeRow {  // unique (user, code_hash)
    UserId user{};
    Digest code_hash{};
    std::optional<UtcTime> used_at{};
    friend bool operator==(const RecoveryCodeRow&, const RecoveryCodeRow&) = default;
};

// What one uid tried on one account. The account is the name as typed: it need not exist.
struct AttemptRow {
    std::string account{};
    PeerUid uid = 0;
    std::vector<UtcTime> checks{};  // that failed in the last day, or are not over
    std::uint32_t failures = 0;     // without a success in between
    UtcTime last_at{};
    std::optional<UtcTime> succeeded_at{};
    friend bool operator==(const AttemptRow&, const AttemptRow&) = default;
};

// What one change of sign-in data puts (inserts or replaces by primary key) and drops, in one
// transaction with the command that caused it. Drops come before puts.
struct IdentityChanges {
    std::vector<CredentialRow> credentials{};
    std::vector<SessionRow> sessions{};
    std::vector<SessionId> ended_sessions{};
    std::vector<RobotTokenRow> tokens{};
    std::vector<TotpRow> totps{};
    std::vector<UserId> dropped_totps{};
    std::vector<RecoveryCodeRow> recovery_codes{};
    std::vector<UserId> dropped_recovery_codes{};  // all of these users
    std::vector<AttemptRow> attempts{};
    UtcTime dropped_attempts_before{};  // attempts whose last_at is earlier go

    std::size_t row_count() const {
        return credentials.size() + sessions.size() + ended_sessions.size() + tokens.size() +
               totps.size() + dropped_totps.size() + recovery_codes.size() +
               dropped_recovery_codes.size() + attempts.size() +
               (dropped_attempts_before > UtcTime{} ? 1U : 0U);
    }
    bool empty() const { return row_count() == 0; }
};

// What both come to, one after the other: what `later` drops is not put by `first`.
void append(IdentityChanges& first, IdentityChanges&& later);

// All there are, as a start reads them, each list by primary key.
struct IdentityRows {
    std::vector<CredentialRow> credentials{};
    std::vector<SessionRow> sessions{};
    std::vector<RobotTokenRow> tokens{};
    std::vector<TotpRow> totps{};
    std::vector<RecoveryCodeRow> recovery_codes{};
    std::vector<AttemptRow> attempts{};
    SessionId next_session{1};  // above every id that was ever given
};

}  // namespace vault::ports
