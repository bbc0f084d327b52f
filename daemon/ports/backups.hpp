#pragma once
// The seam between control and backups: copies of the whole store, made while it runs, sealed under
// the master key, in one folder. A copy is of one instant and names that instant: the last durable
// batch, the end of the audit trail and the head of every vault's journal. Control thread; the work
// itself runs elsewhere.
#include "common/base/hash.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/domain/ids.hpp"
#include "daemon/ports/secret_rows.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace vault::ports {

// What a store was at one instant.
struct StoreHeads {
    std::uint64_t batch = 0;  // the last durable one
    std::uint64_t epoch = 0;
    std::uint64_t audit_seq = 0;  // of the newest row of the audit trail; 0: none
    Digest audit_hash{};
    std::uint64_t vaults = 0;
    std::uint64_t entries = 0;  // of the journal, over all vaults
    Digest journal{};           // SHA-256 over every vault's id, last seq and its hash
    friend bool operator==(const StoreHeads&, const StoreHeads&) = default;
};

// What a backup says of itself: in clear, and bound to what is sealed behind it.
struct BackupLabel {
    std::string deployment;
    UtcTime made_at;
    MasterVersion master;     // of the master key that it opens with
    std::uint64_t bytes = 0;  // of the store inside
    StoreHeads heads;
    friend bool operator==(const BackupLabel&, const BackupLabel&) = default;
};

struct Backup {
    std::string name;  // of the file, in the folder of backups
    std::uint64_t file_bytes = 0;
    BackupLabel label;
};

// Of a backup that was opened, read through and forgotten again.
struct BackupProof {
    Backup backup;
    bool ok = false;
    std::uint64_t entries = 0;  // walked
    std::string problem;        // of the first that does not fit; empty if none
};

class Backups {
  public:
    template <class T>
    using Later = boost::asio::awaitable<Result<T>>;

    virtual ~Backups() = default;
    // Errors: WrongState (no master key in use yet), Busy (another backup is being made or
    // verified), Io, StoreFailed.
    virtual Later<Backup> create() = 0;
    // A file that is cut, changed or of another deployment is an error, a store inside that does
    // not fit is a proof that is not ok. Errors: NotFound, InvalidParams (a name with a slash),
    // StoreInvalid, WrongState (another version of the master key), Busy, Io.
    virtual Later<BackupProof> verify(std::string name) = 0;
    // Oldest first; files that are no backups are left out. Errors: Busy, Io.
    virtual Later<std::vector<Backup>> list() = 0;
};

}  // namespace vault::ports
