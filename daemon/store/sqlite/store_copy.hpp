#pragma once
// Copies of a store file, for backups. The copy is of one instant, however much is committed
// meanwhile, and holds up no commit. Blocking, on connections of its own; any thread. Errors:
// StoreFailed.
#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "daemon/ports/backups.hpp"

#include <string>

namespace vault::store {

// `to` must not exist; a copy that fails leaves none.
Result<void> copy_store(const std::string& from, const std::string& to);

// Of a file that nobody writes.
Result<ports::StoreHeads> heads_of(const std::string& path);

// Notes in a file that nobody writes that it is a backup put back, and of when it was made; read it
// before the store is opened, and let the store forget it (SqliteStore::forget_restored). Empty: it
// is not, or it is no store, which whoever opens it will say.
Result<void> note_restored(const std::string& path, const std::string& note, UtcTime made_at);
std::string restored_note(const std::string& path);

// What was done before, by the wall clock, is in that store: when the backup was made, else the
// time of the last command in its trail. 1970: there is none, or no store.
UtcTime known_until(const std::string& path);

}  // namespace vault::store
