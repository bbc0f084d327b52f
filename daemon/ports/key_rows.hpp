#pragma once
// API keys of exchange accounts, as plain rows (design/domain.md, Keys): what is known of each key,
// what its last validation found, how it does, and by which rule a vault picks one. The secret is
// not here: key and secret are FieldRows of secret_rows.hpp, named kApiKeyField and
// kApiSecretField, and a row shows no more of a key than its PublicPart. The engine's machines
// change rows (engine/key_machine.hpp), the store keeps them. Values; any thread.
#include "common/base/hash.hpp"
#include "common/base/result.hpp"
#include "common/base/secret.hpp"
#include "common/base/time.hpp"
#include "common/domain/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vault::ports {

inline constexpr std::string_view kApiKeyField = "api_key";
inline constexpr std::string_view kApiSecretField = "api_secret";

enum class KeyState : std::uint8_t {
    New,          // not validated yet, or its first validation refused it: not used
    Valid,        //
    Degraded,     // used, but many of its last calls failed
    Quarantined,  // not used until a validation succeeds
    Retired,      // for good
};
// "ip_restricted" in words: not every exchange tells.
enum class IpRestriction : std::uint8_t { Unknown, No, Yes };
enum class KeyPolicy : std::uint8_t { RoundRobin, Health, Pinned };
// What a call that failed says about its key.
enum class KeyFailure : std::uint8_t {
    Auth,      // key, signature, nonce or right refused
    Rate,      // too many calls
    Network,   // not reached, no answer, no answer in time
    Exchange,  // anything else: maintenance, busy, an answer that makes no sense
};

// Calls may be made with a key in this state.
constexpr bool is_usable(KeyState state) {
    return state == KeyState::Valid || state == KeyState::Degraded;
}

// What may be shown of a key, and what tells two keys apart.
struct KeyPublicPart {
    std::string shown;  // first four and last four characters: "AbCd…wXyZ"; fewer of a short key
    Digest digest{};    // SHA-256 of the key; unique among keys that are not retired
    friend bool operator==(const KeyPublicPart&, const KeyPublicPart&) = default;
};
KeyPublicPart public_part(const Secret& key);

struct KeyRights {
    bool query_funds = false;
    bool trade = false;     // place, cancel and look up orders: all that trading takes
    bool withdraw = false;  // move money out, in whatever form (addresses, transfers between users)
    friend bool operator==(const KeyRights&, const KeyRights&) = default;
};

// What an exchange told about a key (ports/key_validator.hpp).
struct KeyFindings {
    bool signature_accepted = false;  // false: the exchange knows no such key, or not with this
                                      // secret, or not from this address; the rest means nothing
    KeyRights rights{};
    IpRestriction ip = IpRestriction::Unknown;
    std::optional<UtcTime> expires_at{};  // none: never, or not told
    // The real account behind the key, unique among all exchanges ("kraken:" and the iban,
    // "binance:" and the uid); empty if the exchange does not tell.
    std::string account_identity{};
    std::uint64_t latency_us = 0;
    std::string message{};  // the exchange's words, for a person; never key or secret
    friend bool operator==(const KeyFindings&, const KeyFindings&) = default;
};

// The newest findings, as kept.
struct KeyCheck {
    UtcTime at{};
    bool signature_accepted = false;
    KeyRights rights{};
    IpRestriction ip = IpRestriction::Unknown;
    std::optional<UtcTime> expires_at{};
    std::string message{};  // what is wrong with the key, for a person; empty: nothing
    friend bool operator==(const KeyCheck&, const KeyCheck&) = default;
};

struct KeyHealth {
    std::uint64_t calls = 0;               // validations are calls too
    std::uint64_t errors = 0;              // of these
    std::uint32_t recent = 0;              // the last 32 calls, newest in bit 0; 1: failed
    std::uint32_t auth_errors_in_row = 0;  // no call has succeeded in between
    std::uint64_t latency_us = 0;          // moving average (1/8) of the calls that succeeded
    std::optional<UtcTime> last_success{};
    std::string last_error{};                     // the exchange's words; empty: none ever
    std::optional<std::uint8_t> rate_left_pct{};  // 0 to 100; none: unknown
    std::uint32_t recent_errors() const;
    friend bool operator==(const KeyHealth&, const KeyHealth&) = default;
};

// That the owner accepts a key that can withdraw.
struct WithdrawalPermit {
    std::string by;
    UtcTime at{};
    friend bool operator==(const WithdrawalPermit&, const WithdrawalPermit&) = default;
};

struct ApiKeyRow {
    ApiKeyId id{};
    UserId user{};
    AccountId account{};
    std::string label{};
    KeyPublicPart key{};
    KeyState state = KeyState::New;
    UtcTime state_since{};
    std::string state_reason{};  // why it is in this state, for a person; empty if self-evident
    UtcTime created_at{};
    std::string created_by{};

    std::optional<KeyCheck> check{};           // none: the exchange has told nothing yet
    std::optional<UtcTime> next_check_at{};    // a validation is due then; none: none is
    std::uint32_t checks_without_answer = 0;   // in a row
    std::optional<Digest> account_identity{};  // SHA-256 of the findings'; none: not told
    KeyHealth health{};

    std::optional<ApiKeyId>
        replaced_by{};  // its rotation has begun; ids of replacements are higher
    std::optional<WithdrawalPermit> allow_withdrawal{};
    friend bool operator==(const ApiKeyRow&, const ApiKeyRow&) = default;
};

// By which rule a vault picks among the keys of its account. Primary key: vault.
struct KeyPolicyRow {
    VaultId vault{};
    KeyPolicy policy = KeyPolicy::RoundRobin;  // also of a vault that has no row
    std::optional<ApiKeyId> pinned{};          // for Pinned
    friend bool operator==(const KeyPolicyRow&, const KeyPolicyRow&) = default;
};

std::string_view to_text(KeyState state);
std::string_view to_text(IpRestriction ip);  // "yes", "no", "unknown"
std::string_view to_text(KeyPolicy policy);  // "round_robin"
std::string_view to_text(KeyFailure failure);

// Errors: InvalidParams with the accepted words in the hint. A policy may be written round-robin.
Result<KeyState> parse_key_state(std::string_view text);
Result<IpRestriction> parse_ip_restriction(std::string_view text);
Result<KeyPolicy> parse_key_policy(std::string_view text);

}  // namespace vault::ports
