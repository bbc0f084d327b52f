#pragma once
// Directory: who there is and who owns what, as far as it is durable. The gate asks it before every
// call, so it answers from memory. Owned by the server; control thread only; cannot fail.
#include "daemon/ports/directory.hpp"

#include <map>
#include <string_view>

namespace vault::control {

class Directory {
  public:
    void load(const ports::WholeDirectory& whole);
    void adopt(const ports::DirectoryPage& page);

    // Null if there is none. A user is named by id or login name: what looks like an id is one, as
    // the engine has it, so that both mean the same user.
    const ports::UserRow* user(std::string_view name) const;
    const ports::UserRow* user(UserId id) const;
    const ports::AccountRow* account(AccountId id) const;
    const ports::VaultRow* vault(VaultId id) const;
    const ports::ApiKeyRow* key(ApiKeyId id) const;
    ApiKeyId next_key() const;
    // Keys whose validation is due.
    std::vector<ports::ApiKeyRow> keys_due(UtcTime now) const;

    bool sees(const ports::Visible& visible, UserId owner) const;
    std::vector<AccountId> accounts(const ports::Visible& visible) const;
    std::vector<VaultId> vaults(const ports::Visible& visible) const;

  private:
    void put(const std::vector<ports::UserRow>& users,
             const std::vector<ports::AccountRow>& accounts,
             const std::vector<ports::VaultRow>& vaults, const std::vector<ports::ApiKeyRow>& keys);

    std::map<UserId, ports::UserRow> users_;
    std::map<std::string, UserId, std::less<>> names_;
    std::map<AccountId, ports::AccountRow> accounts_;
    std::map<VaultId, ports::VaultRow> vaults_;
    std::map<ApiKeyId, ports::ApiKeyRow> keys_;
};

}  // namespace vault::control
