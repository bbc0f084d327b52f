#pragma once
// Bearer tokens: a word that says what it is, and 256 random bits as hex ("vault_session_<64
// hex>"). The holder has the text, the daemon the SHA-256 of it, so that neither a stolen store nor
// a backup signs anybody in; random bits need no slow hash. Pure; any thread.
#include "common/base/hash.hpp"
#include "common/base/secret.hpp"
#include "daemon/identity/entropy.hpp"

#include <optional>
#include <string_view>

namespace vault::identity {

inline constexpr std::string_view kSessionPrefix = "vault_session_";
inline constexpr std::string_view kRobotPrefix = "vault_robot_";

struct NewToken {
    Secret text;  // to be shown once
    Digest hash{};
};
NewToken make_token(std::string_view prefix, Entropy& entropy);

// None if the text has not the form of a token with this prefix.
std::optional<Digest> token_hash(std::string_view prefix, std::string_view text);

// Why a token opens nothing. The caller is told the same for all of them; the audit trail is not.
enum class TokenFault : std::uint8_t {
    Malformed,
    Unknown,   // never was, or was revoked, or ended long ago
    OtherUid,  // it is another uid's: it was copied
    Idle,      // not used for too long
    TooOld,    // past its longest life
    Revoked,
    TooMany,     // RobotTokens: more calls a minute than it may
    OutOfScope,  // RobotTokens: no pattern covers the method
};
std::string_view to_text(TokenFault fault);

}  // namespace vault::identity
