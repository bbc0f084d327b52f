#pragma once
// BackupFile: a store and the key that signs its checkpoints, sealed into one file. In front stands
// the label as text, so that anybody can see what it is; behind it a key of the file's own, sealed
// under the master key, and the content in pieces (XChaCha20-Poly1305, libsodium's secretstream).
// Label and pieces are bound to each other: a file that was cut, mixed or changed in any bit does
// not open. Blocking: reads and writes as many bytes as the store has. Any thread.
#include "common/base/result.hpp"
#include "daemon/ports/backups.hpp"
#include "daemon/secrets/key_ring.hpp"

#include <string>

namespace vault::secrets {

// What goes in, and what comes out of one.
struct BackupContent {
    std::string store;       // path of the SQLite file
    std::string signer_key;  // path of the key file (FileSigner)
};

// `path` must not exist, and is there whole or not at all, with mode 0600. `root` (KeyRing::root)
// has the master key that the label names. Errors: WrongState (no master key), Exists, Io.
Result<void> write_backup(const std::string& path, const ports::BackupLabel& label,
                          const KeyRing& root, const BackupContent& from);

// Errors: NotFound, Io; StoreInvalid (not a backup, or its label is damaged).
Result<ports::BackupLabel> read_backup_label(const std::string& path);

// Writes both files of `to`, which must not exist, or none. Errors: as read_backup_label;
// WrongState (another deployment, or another version of the master key), StoreInvalid (cut or
// changed), Exists.
Result<ports::BackupLabel> open_backup(const std::string& path, const KeyRing& root,
                                       const BackupContent& to);

}  // namespace vault::secrets
