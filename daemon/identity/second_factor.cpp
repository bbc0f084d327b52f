#include "daemon/identity/second_factor.hpp"

#include "daemon/identity/recovery_codes.hpp"
#include "daemon/identity/totp.hpp"
#include "daemon/identity/waiting.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::identity {
namespace {

std::string account_of(UserId user) {
    return fmt::format("mfa:{}", to_text(user));
}

bool looks_like_totp(std::string_view code) {
    return code.size() >= 6 && code.size() <= 8 &&
           std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
}

Error wrong_code() {
    return Error{Errc::PermissionDenied, "the code is wrong or was used before", "code",
                 "wait for the next code of the authenticator and check its clock; a recovery code "
                 "works once"};
}

bool use_totp(ports::TotpRow& row, std::string_view seed, std::string_view code, UtcTime now) {
    const TotpCheck check = check_totp(seed, row, code, now);
    if (check.outcome != TotpOutcome::Accepted) return false;
    row.last_step = check.step;
    return true;
}

}  // namespace

Result<SecondFactor::Kind> SecondFactor::check(UserId user, ports::PeerUid uid,
                                               const Record& record, std::string_view code,
                                               UtcTime now) {
    const std::string account = account_of(user);
    if (const auto wait = throttle_.admit(account, uid, now)) return too_often(*wait);
    const bool enrolled =
        record.totp != nullptr && record.totp->user == user && record.totp->confirmed;
    const Kind kind = looks_like_totp(code) ? Kind::Totp : Kind::RecoveryCode;
    bool good = false;
    if (enrolled && kind == Kind::Totp) good = use_totp(*record.totp, record.seed, code, now);
    if (enrolled && kind == Kind::RecoveryCode && record.codes != nullptr)
        good = redeem(*record.codes, user, code, now) != nullptr;
    if (!good) return wrong_code();
    throttle_.succeeded(account, uid, now);
    return kind;
}

Result<void> SecondFactor::confirm(ports::PeerUid uid, ports::TotpRow& totp, std::string_view seed,
                                   std::string_view code, UtcTime now) {
    if (totp.confirmed)
        return Error{Errc::Exists,
                     "the second factor is confirmed already",
                     {},
                     "to move to another authenticator: vaultctl mfa disable, then enroll"};
    const std::string account = account_of(totp.user);
    if (const auto wait = throttle_.admit(account, uid, now)) return too_often(*wait);
    if (!use_totp(totp, seed, code, now)) return wrong_code();
    throttle_.succeeded(account, uid, now);
    totp.confirmed = true;
    return success();
}

}  // namespace vault::identity
