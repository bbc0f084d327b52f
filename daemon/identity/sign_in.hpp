#pragma once
// SignIn: the steps of a sign-in by name and password, around the hash that a HashDesk computes in
// between: begin() admits the try and says which hash to check, finish() says what came of it. A
// name that nobody has, or that has no password, is checked against a hash of random bytes, so it
// costs and answers the same. Whether a user is pending or disabled is told only to who knows the
// password. Owned by the identity service, on the control thread; the time is passed in.
#include "common/base/result.hpp"
#include "daemon/identity/password_hash.hpp"
#include "daemon/identity/throttle.hpp"
#include "daemon/ports/identity_rows.hpp"

#include <string>
#include <string_view>

namespace vault::identity {

class SignIn {
  public:
    // `decoy` comes from decoy_hash(), with the cost that new hashes have.
    SignIn(Throttle& throttle, HashCost cost, std::string decoy)
        : throttle_(throttle), cost_(cost), decoy_(std::move(decoy)) {}

    // Who has this name, if anybody does.
    struct Known {
        const ports::CredentialRow* credential = nullptr;
        UserStatus status = UserStatus::Active;
    };
    // Between begin() and finish(); exactly one of finish() and abandon() follows.
    struct Attempt {
        std::string name;
        ports::PeerUid uid = 0;
        std::string stored;  // what the password is to be checked against
    };
    // Errors: RateLimited with the time to wait.
    Result<Attempt> begin(std::string_view name, ports::PeerUid uid, const Known& known,
                          UtcTime now);

    struct Accepted {
        UserId user;
        bool rehash = false;       // store a new hash of this password: the cost has risen
        bool must_change = false;  // nothing but passwd until it is changed
    };
    // `known` is looked up anew: it may have changed meanwhile. Errors: PermissionDenied, the same
    // for a wrong name and a wrong password.
    Result<Accepted> finish(const Attempt& attempt, const Known& known, bool matched, UtcTime now);
    // The hash was not computed (Busy).
    void abandon(const Attempt& attempt);

  private:
    Throttle& throttle_;
    HashCost cost_;
    std::string decoy_;
};

}  // namespace vault::identity
