#pragma once
// People: the users of the installation with what they sign in with, as the last directory page
// told it. Owned by the identity service, on the control thread. Pointers are good until the next
// change.
#include "daemon/ports/directory.hpp"

#include <map>
#include <string_view>

namespace vault::identity {

struct Person {
    ports::UserRow row;
    std::optional<ports::CredentialRow> credential;
    std::optional<ports::TotpRow> totp;
    std::vector<ports::RecoveryCodeRow> recovery_codes;

    bool has_factor() const { return totp && totp->confirmed; }
};

class People {
  public:
    void load(const std::vector<ports::UserRow>& users, const ports::IdentityRows& rows);
    void adopt(const std::vector<ports::UserRow>& users, const ports::IdentityChanges& changes);

    Person* find(UserId id);
    Person* find(std::string_view name);
    const Person* find(UserId id) const;
    // An active admin who has a password: nobody needs the admin of last resort any more.
    bool admin_exists() const;

  private:
    void put(const ports::UserRow& row);

    std::map<UserId, Person> by_id_;
    std::map<std::string, UserId, std::less<>> by_name_;
};

}  // namespace vault::identity
