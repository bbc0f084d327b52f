#pragma once
// The answers for what is not there. Whoever may not see an object gets the very same ones, so that
// nobody learns from an error what others have. Pure; any thread.
#include "common/base/error.hpp"
#include "common/domain/ids.hpp"

#include <string_view>

namespace vault::ports {

Error no_user(std::string_view name);
Error no_account(AccountId id);
Error no_vault(VaultId id);
Error no_job(JobId id);
Error no_key(ApiKeyId id);
Error no_alert(AlertId id);

}  // namespace vault::ports
