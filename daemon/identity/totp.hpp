#pragma once
// Time-based one-time passwords (RFC 6238 over RFC 4226) of a user's authenticator. A code counts
// for its own step and the one after, once: the newest step that was used is kept, and neither it
// nor an older one is accepted again. Wrong codes are limited by Throttle, like passwords. Pure;
// any thread. No function here keeps or prints the seed.
#include "common/base/result.hpp"
#include "common/base/secret.hpp"
#include "daemon/identity/entropy.hpp"
#include "daemon/ports/identity_rows.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace vault::identity {

struct TotpKind {
    ports::TotpHash hash = ports::TotpHash::Sha1;  // what every authenticator can
    std::uint32_t digits = 6;                      // 6 to 8
    std::uint32_t period = 30;                     // seconds
    friend bool operator==(const TotpKind&, const TotpKind&) = default;
};
TotpKind kind_of(const ports::TotpRow& row);
std::string_view to_text(ports::TotpHash hash);  // "SHA256"

// As many random bytes as the hash gives: 20, 32 or 64.
Secret new_totp_seed(ports::TotpHash hash, Entropy& entropy);

// Steps since 1970 (T0 = 0).
std::uint64_t totp_step(UtcTime now, std::uint32_t period);
std::string totp_code(std::string_view seed, std::uint64_t step, const TotpKind& kind);

enum class TotpOutcome : std::uint8_t {
    Accepted,
    Wrong,     // of neither step, or no code at all
    Replayed,  // right, but of a step that is used up; the user is told the same as for Wrong
};
struct TotpCheck {
    TotpOutcome outcome = TotpOutcome::Wrong;
    std::uint64_t step = 0;  // Accepted: what becomes the row's last_step, before anything is done
};
TotpCheck check_totp(std::string_view seed, const ports::TotpRow& row, std::string_view code,
                     UtcTime now);

// "otpauth://totp/ISSUER:NAME?secret=…": what the QR code of an enrolment holds.
Secret otpauth_uri(std::string_view issuer, std::string_view name, std::string_view seed,
                   const TotpKind& kind);

}  // namespace vault::identity
