#pragma once
// What the daemon's other threads know of the shard's people and possessions: who there is, who
// owns what, and what sign-in keeps. The shard hands out a page after each batch that changed any
// of it, once that is durable and before anybody is answered; and a whole one whenever it was
// loaded. Values; any thread.
#include "daemon/ports/identity_rows.hpp"
#include "daemon/ports/key_rows.hpp"
#include "daemon/ports/rows.hpp"
#include "daemon/ports/secret_rows.hpp"

#include <functional>
#include <vector>

namespace vault::ports {

struct DirectoryPage {
    std::vector<UserRow> users;
    std::vector<AccountRow> accounts;
    std::vector<VaultRow> vaults;
    std::vector<ApiKeyRow> api_keys;
    std::vector<KeyPolicyRow> key_policies;
    IdentityChanges identity;
    SecretChanges secrets;
};

struct WholeDirectory {
    std::vector<UserRow> users;
    std::vector<AccountRow> accounts;
    std::vector<VaultRow> vaults;
    std::vector<ApiKeyRow> api_keys;
    std::vector<KeyPolicyRow> key_policies;
    IdentityRows identity;
    SecretRows secrets;
};

// Called on the shard's thread.
struct DirectorySink {
    std::function<void(DirectoryPage)> changed{};
    std::function<void(WholeDirectory)> loaded{};
};

}  // namespace vault::ports
