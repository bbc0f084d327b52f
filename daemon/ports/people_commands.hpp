#pragma once
// Commands about people and their API keys: users and what they may do, what sign-in keeps, keys
// and by which rule vaults pick them. Values; errors are the engine's.
#include "common/base/error.hpp"
#include "daemon/ports/identity_rows.hpp"
#include "daemon/ports/key_rows.hpp"
#include "daemon/ports/rows.hpp"
#include "daemon/ports/secret_rows.hpp"

namespace vault::ports::cmd {

struct CreateUser {
    std::string name;
    Role role = Role::Member;
    UserStatus status = UserStatus::Active;
    std::optional<CredentialRow> credential{};  // its user is the new one
};
struct SetStatus {  // approve, disable, enable
    std::string name;
    UserStatus status = UserStatus::Active;
    std::optional<UserStatus> from{};  // it must be this one, or `status` already
};
struct SetRole {
    std::string name;
    Role role = Role::Member;
};
struct SetPermissions {
    std::string name;
    std::vector<Permission> add, remove;
};
struct AddKey {
    AccountId account;
    ApiKeyId id;  // the next one, to which its secrets are sealed already; else Busy
    std::string label;
    KeyPublicPart key{};
    bool allow_withdrawal = false;
    std::optional<ApiKeyId> replaces{};     // begins the rotation of this one
    std::optional<KeyFindings> findings{};  // none: the exchange could not be asked
    SecretChanges secrets{};
};
// What a validation found, or why there are no findings.
struct CheckedKey {
    ApiKeyId key;
    std::optional<KeyFindings> findings{};
    KeyFailure failure = KeyFailure::Network;
    std::string message{};
};
struct CheckKey {  // a validation begins
    ApiKeyId key;
};
struct RetireKey {
    ApiKeyId key;
};
struct RemoveKey {  // retires it, and its secrets go
    ApiKeyId key;
};
struct SetKeyPolicy {
    VaultId vault;
    KeyPolicy policy = KeyPolicy::RoundRobin;
    std::optional<ApiKeyId> pinned{};
};
struct ListKeys {
    std::optional<AccountId> account{};
};
// What identity or secrets have decided to keep, and what they refused.
struct ChangeIdentity {
    UserId user;         // whose; 0: nobody's
    std::string object;  // "u1", "s3", "t2", for the audit trail
    IdentityChanges rows{};
    SecretChanges secrets{};
    std::optional<Error> refusal{};  // the answer; `rows` are stored all the same
    bool housekeeping = false;       // nobody's command: not in the audit trail
    std::string reply_json = "{}";   // the answer otherwise
    bool once = false;  // it goes with a secret: a repeated call is refused (ReplyNotRepeatable)
};

}  // namespace vault::ports::cmd
