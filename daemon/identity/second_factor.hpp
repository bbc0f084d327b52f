#pragma once
// SecondFactor: one place where a code of an authenticator or a recovery code is checked, limited
// by the Throttle and used up. A wrong code, a used one and one of a user who has no second factor
// are refused with the same words. What an accepted code changed has to be durable before the
// caller is told: the identity service puts it into the transaction of the call. Owned by that
// service, on the control thread; the time is passed in.
#include "common/base/result.hpp"
#include "daemon/identity/throttle.hpp"
#include "daemon/ports/identity_rows.hpp"

#include <string_view>
#include <vector>

namespace vault::identity {

class SecondFactor {
  public:
    explicit SecondFactor(Throttle& throttle) : throttle_(throttle) {}

    // What is on record of the user. `seed` is the opened seed of `totp`.
    struct Record {
        ports::TotpRow* totp = nullptr;  // null: not enrolled
        std::string_view seed;
        std::vector<ports::RecoveryCodeRow>* codes = nullptr;
    };
    enum class Kind : std::uint8_t { Totp, RecoveryCode };

    // Six to eight digits are of the authenticator, which must be confirmed; all else is a recovery
    // code. Ok: last_step or used_at in the record has moved. Errors: RateLimited with the time to
    // wait, PermissionDenied.
    Result<Kind> check(UserId user, ports::PeerUid uid, const Record& record, std::string_view code,
                       UtcTime now);

    // The first code of an enrolment: `totp` becomes confirmed. Errors: as above; Exists if it is
    // confirmed already.
    Result<void> confirm(ports::PeerUid uid, ports::TotpRow& totp, std::string_view seed,
                         std::string_view code, UtcTime now);

  private:
    Throttle& throttle_;
};

}  // namespace vault::identity
