#pragma once
// The seam to the secrets room: what is kept of users that nobody may read in the store. Sealing
// and rotating only propose rows, for the transaction of the command that keeps them; what became
// durable comes back by the directory, and from then on it opens. A rotation is begun by one step
// and goes on by next_step() until there is none left, also after a restart. Control thread only.
#include "common/base/result.hpp"
#include "common/base/secret.hpp"
#include "daemon/ports/secret_rows.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vault::ports {

// One transaction of a change of keys.
struct KeyStep {
    std::uint64_t number = 0;  // of the proposal, for done()
    SecretChanges changes{};
    std::string ends{};  // of the last step of a rotation: "master-key.3", "u5"
    bool empty() const { return changes.empty(); }
};

struct SecretState {
    std::string deployment;
    MasterVersion master;  // 0: none yet; the first secret makes it
    std::string place;     // of the master key in use: "file /var/lib/vaultd/master.key"
    bool rotates_master = false;
    std::size_t rotating_users = 0;    // whose data key is being rotated
    std::size_t users = 0;             // that have a data key
    std::size_t secrets = 0;           // that are kept
    std::vector<std::string> to_do{};  // what is left to be done by hand
};

// A passphrase made ready to lock the next master key; by rotate_master alone.
class NextLock {
  public:
    virtual ~NextLock() = default;
};

struct EscrowCopy {
    std::string text;
    MasterVersion version;
};

// Some of the users' secrets opened and forgotten again, to see that they open.
struct SecretCheck {
    UserId last{};  // the next check begins behind
    bool done = false;
    std::size_t users = 0, secrets = 0;   // so far
    std::vector<std::string> unreadable;  // so far
};

class SecretBox {
  public:
    // Runs on any one thread and touches nothing of the box; it takes a while (Argon2id).
    template <class T>
    using Work = std::function<Result<T>()>;

    virtual ~SecretBox() = default;
    // What has to be durable before a secret of this user can be sealed; empty: nothing. Errors:
    // Busy (another change of keys is on its way).
    virtual Result<KeyStep> prepare(UserId user) = 0;
    // The engine has answered: what got into the store has come by the directory, or never will.
    // Until then nothing else is proposed, also if the store was loaded anew meanwhile.
    virtual void done(const KeyStep& step) = 0;
    // Errors: WrongState (not prepared), StoreInvalid.
    virtual Result<FieldRow> seal(const FieldId& id, const Secret& plain) const = 0;
    // Errors: NotFound, StoreInvalid (it does not open: the store was changed, or put back).
    virtual Result<Secret> open(const FieldId& id) const = 0;

    // Begins a rotation of the master key: the next one lies where a start finds it before its row
    // is proposed, locked if there is a lock. Errors: Busy, WrongState (no key yet, or it is being
    // rotated, or it lies nowhere any more), NotFound (no next credential), InvalidParams
    // (passphrase), StoreInvalid (a data key does not open), Io.
    virtual Result<KeyStep> rotate_master(const NextLock* lock) = 0;
    // Whether it could begin; it makes nothing. Errors: as rotate_master.
    virtual Result<void> may_rotate_master(bool has_lock) const = 0;
    // Errors: InvalidParams (too short), Busy (no memory).
    virtual Work<std::shared_ptr<const NextLock>> ready_lock(Secret passphrase) const = 0;
    // Begins that of one user's data key, or of everybody's that is not being rotated yet. Errors:
    // Busy, WrongState (it is), NotFound (the user has none).
    virtual Result<KeyStep> rotate_data_keys(std::optional<UserId> user) = 0;
    // Empty: every rotation is at its end, or waits for a person (SecretState::to_do): the secrets
    // of a user that do not open hold up nobody else's. Errors: Busy, StoreInvalid; Io (a file is
    // not in its place yet, which is tried again).
    virtual Result<KeyStep> next_step() = 0;
    virtual SecretState state() const = 0;

    // An escrow copy of the master key. Errors: InvalidParams (passphrase), WrongState (no master
    // key yet, or it is being rotated: some secrets need another), Busy.
    virtual Work<EscrowCopy> escrow(Secret passphrase) const = 0;
    // Whether the copy would bring this installation back: gives its version. Errors: InvalidParams
    // (no copy, or a damaged one), WrongState (not of here, outdated, or the key is
    // being rotated), PermissionDenied (passphrase), Busy.
    virtual Work<MasterVersion> drill(std::string copy, Secret passphrase) const = 0;
    virtual SecretCheck check(SecretCheck so_far) const = 0;
};

}  // namespace vault::ports
