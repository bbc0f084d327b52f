#pragma once
// Puts a backup back where no store is: at a machine that is new, or whose store is gone. Blocking,
// without a daemon. What comes back is checked before it takes its place, and notes of itself that
// it is old: the daemon that opens it halts everything first (App).
#include "common/base/clock.hpp"
#include "daemon/config/config.hpp"
#include "daemon/ports/backups.hpp"

#include <string>

namespace vault::app {

// `config`: as of with_state_dir; its master key must be at hand, or an escrow copy in its place.
// Errors: Exists (there is a store, or the key of another one), NotFound, WrongState (no master key
// at hand, or another), StoreInvalid (a damaged backup, or books inside that are not right), Io.
Result<ports::BackupLabel> restore(const config::Config& config, const std::string& backup,
                                   const Clock& clock);

}  // namespace vault::app
