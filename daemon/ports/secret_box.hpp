#pragma once
// The seam to the secrets room: what is kept of users that nobody may read in the store. Sealing
// and rotating only propose rows, for the transaction of the command that keeps them; what became
// durable comes back by the directory, and from then on it opens. A rotation is begun by one step
// and goes on by next_step() until there is none left, also after a restart. Control thread only.
#include "common/base/result.hpp"
#include "common/base/secret.hpp"
#include "daemon/ports/secret_rows.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vault::ports {

// One transaction of a change of keys.
struct KeyStep {
    std::uint64_t number = 0;  // of the proposal, for drop()
    SecretChanges changes{};
    std::string ends{};  // of the last step of a rotation: "master-key", "u5"
    bool empty() const { return changes.empty(); }
};

struct SecretState {
    std::string deployment;
    MasterVersion master;  // 0: none yet; the first secret makes it
    std::string place;     // of the master key in use: "file /var/lib/vaultd/master.key"
    bool rotates_master = false;
    std::size_t rotating_users = 0;  // whose data key is being rotated
    std::size_t users = 0;           // that have a data key
    std::size_t secrets = 0;         // that are kept
    std::string to_do{};             // what is left to be done by hand
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
    // The step is not stored, or nobody knows: then it is proposed again. No matter if it is.
    virtual void drop(const KeyStep& step) = 0;
    // Errors: WrongState (not prepared), StoreInvalid.
    virtual Result<FieldRow> seal(const FieldId& id, const Secret& plain) const = 0;
    // Errors: NotFound, StoreInvalid (it does not open: the store was changed, or put back).
    virtual Result<Secret> open(const FieldId& id) const = 0;

    // Begins a rotation of the master key: the next one lies where a start finds it before its row
    // is proposed. With a passphrase (empty: none) it lies locked, which takes 0.1 s. Errors: Busy,
    // WrongState (no key yet, or it is being rotated), NotFound (no next credential),
    // InvalidParams (passphrase), Io.
    virtual Result<KeyStep> rotate_master(const Secret& passphrase) = 0;
    // Whether it could begin; it makes nothing. Errors: as rotate_master.
    virtual Result<void> may_rotate_master(const Secret& passphrase) const = 0;
    // Begins that of one user's data key, or of everybody's that is not being rotated yet. Errors:
    // Busy, WrongState (it is), NotFound (the user has none).
    virtual Result<KeyStep> rotate_data_keys(std::optional<UserId> user) = 0;
    // Empty: every rotation is at its end. Errors: Busy, StoreInvalid.
    virtual Result<KeyStep> next_step() = 0;
    virtual SecretState state() const = 0;

    // The text of an escrow copy of the master key. Errors: InvalidParams (passphrase), WrongState
    // (no master key yet), Busy.
    virtual Work<std::string> escrow(Secret passphrase) const = 0;
    // Whether the copy would bring this installation back: gives its version. Errors: InvalidParams
    // (no copy, or a damaged one), WrongState (not of here, outdated), PermissionDenied
    // (passphrase), Busy.
    virtual Work<MasterVersion> drill(std::string copy, Secret passphrase) const = 0;
    virtual SecretCheck check(SecretCheck so_far) const = 0;
};

}  // namespace vault::ports
