#pragma once
// The life of an API key as a pure machine: (row, event, now) -> (row', effects).
//
//     new -> valid <-> degraded;  valid, degraded -> quarantined -> valid;  all -> retired
//
// A validation that finds nothing wrong makes a key valid, whatever it was before. One that finds
// something wrong (a right is missing, it can withdraw and may not, it has expired, it is of
// another account) leaves a new key new and quarantines a used one: waiting for errors would be
// too late. A call that fails counts against its key; many of the last 32 degrade it, and
// kAuthErrorsToQuarantine refusals without a success in between quarantine it. A refused signature
// in a validation is such a refusal, too. A quarantined key is asked about once a day: asking
// faster would have the exchange lock the account out. Nothing leads out of retired; calls that
// were under way are still counted there.
//
// When a validation is due is in the row, so nothing is lost by a restart. The shard's thread;
// cannot fail.
#include "daemon/ports/key_rows.hpp"

#include <span>
#include <variant>
#include <vector>

namespace vault::engine {

inline constexpr std::uint32_t kAuthErrorsToQuarantine = 3;  // in a row
inline constexpr std::uint32_t kErrorsToDegrade = 8;         // of the last 32 calls
inline constexpr std::uint32_t kErrorsToRecover = 2;         // at most; degraded -> valid
inline constexpr Duration kCheckEvery = std::chrono::hours{24};
inline constexpr Duration kCheckDegradedAfter = std::chrono::minutes{5};
inline constexpr Duration kCheckRefusedAfter = std::chrono::minutes{1};  // a used key's signature
inline constexpr Duration kFirstRetry = std::chrono::minutes{1};         // no answer; then doubled
inline constexpr Duration kLongestRetry = std::chrono::hours{1};
inline constexpr Duration kRetryAfterRateLimit = std::chrono::minutes{15};  // at least
inline constexpr Duration kAskAgainAfter = std::chrono::minutes{10};  // a check that never ended
inline constexpr Duration kWarnOfExpiry = std::chrono::hours{24 * 14};

// Whether the account that the exchange told is the one that the key was added for.
enum class AccountMatch : std::uint8_t {
    Fits,            // or not told
    TakenElsewhere,  // an account of this installation is the same real account
    OtherAccount,    // the other keys of its account, or it itself before, are of another
};
// `keys`: all of the installation, retired ones too.
AccountMatch match_account(std::span<const ports::ApiKeyRow> keys, const ports::ApiKeyRow& row,
                           const ports::KeyFindings& findings);

namespace key_event {

struct Validated {
    ports::KeyFindings findings;
    AccountMatch account = AccountMatch::Fits;
};
// No findings: the exchange was not reached, was busy, or made no sense.
struct ValidationFailed {
    ports::KeyFailure kind = ports::KeyFailure::Network;
    std::string message;
};
struct CallSucceeded {
    std::uint64_t latency_us = 0;
    std::optional<std::uint8_t> rate_left_pct{};  // none: not told, what was known stays
};
struct CallFailed {
    ports::KeyFailure kind = ports::KeyFailure::Network;
    std::string message;  // the exchange's words; never key or secret
    std::optional<std::uint8_t> rate_left_pct{};
};
struct Retire {
    std::string why;  // "by alice", "replaced by k2"
};
struct RevalidationDue {};  // its time has come (is_check_due), or a person asks

}  // namespace key_event

using KeyEvent =
    std::variant<key_event::Validated, key_event::ValidationFailed, key_event::CallSucceeded,
                 key_event::CallFailed, key_event::Retire, key_event::RevalidationDue>;

struct Alert {  // to the owner
    std::string text;
    friend bool operator==(const Alert&, const Alert&) = default;
};
// Validate the key: at once if `when` is now, else raise RevalidationDue then, which takes the
// place of an earlier one.
struct Validate {
    UtcTime when;
    friend bool operator==(const Validate&, const Validate&) = default;
};
using KeyEffect = std::variant<Alert, Validate>;

struct KeyStep {
    ports::ApiKeyRow row;
    std::vector<KeyEffect> effects;  // one of each kind at most
};

// A row begins as New with next_check_at = created_at.
KeyStep next_key(ports::ApiKeyRow row, const KeyEvent& event, UtcTime now);

// Also true when the time is out of reach because the clock was set back.
bool is_check_due(const ports::ApiKeyRow& row, UtcTime now);

}  // namespace vault::engine
