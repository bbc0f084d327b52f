#pragma once
// AuditSeal: the signed end of the audit trail, kept in the table meta. It is written in the
// transaction of every batch that has audit rows, so a trail that was cut or emptied behind
// vaultd's back no longer fits it. Who takes the seal away as well, or puts an old copy of the
// whole file back, is found only beside a head that was kept elsewhere. Writer thread only.
#include "daemon/ports/signer.hpp"
#include "daemon/ports/store.hpp"
#include "daemon/store/sqlite/connection.hpp"

#include <optional>

namespace vault::store {

class AuditSeal {
  public:
    // Both outlive the seal.
    static Result<AuditSeal> create(Connection& connection, const ports::Signer& signer);

    // In the caller's transaction.
    Result<void> write(const ports::ChainHead& head);
    // The end of the trail, if its newest row and the seal, where there is one, agree. Errors:
    // StoreInvalid.
    Result<ports::ChainHead> proven_head();

  private:
    AuditSeal(Connection& connection, const ports::Signer& signer)
        : connection_(&connection), signer_(&signer) {}
    Connection* connection_;
    const ports::Signer* signer_;
    std::optional<Statement> write_;
};

// What the seal says, its signature unchecked; none if nothing was sealed yet. Errors: StoreInvalid
// for a text that is no seal.
Result<std::optional<ports::ChainHead>> sealed_head(Connection& connection);

}  // namespace vault::store
