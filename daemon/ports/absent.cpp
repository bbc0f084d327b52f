#include "daemon/ports/absent.hpp"

#include "common/base/excerpt.hpp"

#include <fmt/format.h>

namespace vault::ports {

Error no_user(std::string_view name) {
    return Error{Errc::NotFound, fmt::format("there is no user '{}'", excerpt(name, 40)), "user",
                 "list them with: vaultctl user list"};
}

Error no_account(AccountId id) {
    return Error{Errc::NotFound, fmt::format("there is no account {}", to_text(id)), "account",
                 "list them with: vaultctl account list"};
}

Error no_vault(VaultId id) {
    return Error{Errc::NotFound, fmt::format("there is no vault {}", to_text(id)), "vault",
                 "list them with: vaultctl vault list"};
}

Error no_job(JobId id) {
    return Error{Errc::NotFound, fmt::format("there is no job {}", to_text(id)), "job",
                 "list them with: vaultctl job list; the oldest that ended are forgotten"};
}

Error no_key(ApiKeyId id) {
    return Error{Errc::NotFound, fmt::format("there is no API key {}", to_text(id)), "key",
                 "list them with: vaultctl key list"};
}

Error no_alert(AlertId id) {
    return Error{Errc::NotFound, fmt::format("there is no alert {}", to_text(id)), "alert",
                 "list them with: vaultctl alert list --all; the oldest are forgotten"};
}

}  // namespace vault::ports
