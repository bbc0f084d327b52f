#pragma once
// The rows that the store keeps for this room (daemon/ports/secret_rows.hpp), by their short names.
#include "daemon/ports/secret_rows.hpp"

namespace vault::secrets {

using ports::DataKeyId;
using ports::DataKeyRow;
using ports::DataKeyVersion;
using ports::FieldId;
using ports::FieldRow;
using ports::MasterRow;
using ports::MasterVersion;
using ports::NoFieldBelow;
using ports::Nonce;
using ports::Reseal;
using ports::Sealed;
using RowChanges = ports::SecretChanges;

}  // namespace vault::secrets
