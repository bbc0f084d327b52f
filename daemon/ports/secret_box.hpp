#pragma once
// The seam to the secrets room: what is kept of users that nobody may read in the store. Sealing
// only proposes rows, for the transaction of the command that keeps them; what became durable comes
// back by the directory, and from then on it opens. Control thread only.
#include "common/base/result.hpp"
#include "common/base/secret.hpp"
#include "daemon/ports/secret_rows.hpp"

namespace vault::ports {

class SecretBox {
  public:
    virtual ~SecretBox() = default;
    // What has to be durable before a secret of this user can be sealed; empty: nothing. If it got
    // lost, say so by drop(). Errors: Busy (another change of keys is on its way).
    virtual Result<SecretChanges> prepare(UserId user) = 0;
    virtual void drop() = 0;
    // Errors: WrongState (not prepared), StoreInvalid.
    virtual Result<FieldRow> seal(const FieldId& id, const Secret& plain) const = 0;
    // Errors: NotFound, StoreInvalid (it does not open: the store was changed, or put back).
    virtual Result<Secret> open(const FieldId& id) const = 0;
};

}  // namespace vault::ports
