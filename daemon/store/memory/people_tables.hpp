#pragma once
// The rows of sign-in and of secrets in the in-memory store: what SQLite's tables of these names
// hold, with the same keys. after() gives the tables that a change leads to, or why it may not be;
// the caller puts them in the place of these. Used by MemoryTables alone; one thread.
#include "daemon/ports/store.hpp"

#include <functional>
#include <map>
#include <tuple>

namespace vault::store {

// Rows name users that exist, or come with the same batch.
using KnownUser = std::function<bool(UserId)>;

struct IdentityTables {
    std::map<UserId, ports::CredentialRow> credentials;
    std::map<SessionId, ports::SessionRow> sessions;
    std::map<TokenId, ports::RobotTokenRow> tokens;
    std::map<UserId, ports::TotpRow> totps;
    std::map<std::pair<UserId, Digest>, ports::RecoveryCodeRow> recovery_codes;
    std::map<std::pair<std::string, ports::PeerUid>, ports::AttemptRow> attempts;
    SessionId next_session{1};

    // Errors: StoreFailed.
    Result<IdentityTables> after(const ports::IdentityChanges& changes,
                                 const KnownUser& is_known) const;
    ports::IdentityRows rows() const;

  private:
    void drop(const ports::IdentityChanges& changes);
    void put(const ports::IdentityChanges& changes);
    Result<void> check(const KnownUser& is_known) const;
};

struct SecretTables {
    std::map<ports::MasterVersion, ports::MasterRow> masters;
    std::map<std::pair<UserId, ports::DataKeyVersion>, ports::DataKeyRow> data_keys;
    std::map<std::tuple<UserId, AccountId, ApiKeyId, std::string>, ports::FieldRow> fields;

    // Errors: StoreFailed.
    Result<SecretTables> after(const ports::SecretChanges& changes,
                               const KnownUser& is_known) const;
    ports::SecretRows rows() const;

  private:
    void drop(const ports::SecretChanges& changes);
    void put(const ports::SecretChanges& changes);
    Result<void> check_keys(const ports::SecretChanges& changes) const;
    Result<void> check(const KnownUser& is_known) const;
};

}  // namespace vault::store
