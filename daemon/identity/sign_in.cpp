#include "daemon/identity/sign_in.hpp"

#include "daemon/identity/waiting.hpp"

namespace vault::identity {
namespace {

bool has_password(const ports::CredentialRow* row) {
    return row != nullptr && !row->password_hash.empty();
}

Error denied(std::string message, std::string hint) {
    return Error{Errc::PermissionDenied, std::move(message), {}, std::move(hint)};
}

}  // namespace

Result<SignIn::Attempt> SignIn::begin(std::string_view name, ports::PeerUid uid, const Known& known,
                                      UtcTime now) {
    if (const auto wait = throttle_.admit(name, uid, now)) return too_often(*wait);
    return Attempt{std::string{name}, uid,
                   has_password(known.credential) ? known.credential->password_hash : decoy_};
}

Result<SignIn::Accepted> SignIn::finish(const Attempt& attempt, const Known& known, bool matched,
                                        UtcTime now) {
    const ports::CredentialRow* credential = known.credential;
    if (!matched || !has_password(credential) || credential->password_hash != attempt.stored)
        return denied("the name or the password is wrong",
                      "after five wrong ones each try waits longer; an admin can set a new one");
    throttle_.succeeded(attempt.name, attempt.uid, now);
    switch (known.status) {
        case UserStatus::Pending:
            return denied("your registration waits for approval",
                          "ask an admin or a moderator for: vaultctl user approve");
        case UserStatus::Disabled:
            return denied("this user is disabled", "ask an admin for: vaultctl user enable");
        case UserStatus::Active: break;
    }
    return Accepted{.user = credential->user,
                    .rehash = needs_rehash(credential->password_hash, cost_),
                    .must_change = credential->must_change};
}

void SignIn::abandon(const Attempt& attempt) {
    throttle_.give_back(attempt.name, attempt.uid);
}

}  // namespace vault::identity
