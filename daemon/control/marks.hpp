#pragma once
// What reports need of the engine's vaults, on its way through a reply: the shard renders it inside
// its turn, so that all vaults are of one instant, and the command that asked reads it back. Pure;
// any thread; text that marks_to_json() did not write is our bug and aborts.
#include "daemon/control/json_fields.hpp"
#include "daemon/ports/views.hpp"
#include "daemon/report/vault_mark.hpp"

namespace vault::control {

json::value marks_to_json(const std::vector<ports::VaultMarkView>& views);
std::vector<report::VaultMark> read_marks(std::string_view text);

}  // namespace vault::control
