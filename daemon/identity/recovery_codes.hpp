#pragma once
// Recovery codes: what a user types who has lost the authenticator. Ten at a time, each good once;
// new ones replace the old. A code has 125 random bits, which is past what needs a slow hash
// (ASVS: 112), so the SHA-256 with the user in it is stored. Wrong ones are limited by Throttle.
// Pure; any thread.
#include "common/base/secret.hpp"
#include "daemon/identity/entropy.hpp"
#include "daemon/ports/identity_rows.hpp"

#include <string_view>
#include <vector>

namespace vault::identity {

inline constexpr std::size_t kRecoveryCodes = 10;

struct NewRecoveryCodes {
    std::vector<Secret> texts;  // "abcde-fghij-klmno-pqrst-uvwxy"; to be shown once
    std::vector<ports::RecoveryCodeRow> rows;
};
NewRecoveryCodes make_recovery_codes(UserId user, Entropy& entropy);

// Marks the row of this user that the code opens as used, and returns it; null if none does. Case,
// dashes and blanks do not count. Every row is looked at, whichever it is.
ports::RecoveryCodeRow* redeem(std::vector<ports::RecoveryCodeRow>& rows, UserId user,
                               std::string_view code, UtcTime now);

}  // namespace vault::identity
