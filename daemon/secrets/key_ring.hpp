#pragma once
// KeyRing: seals and opens the secrets of users. It holds the master keys in locked memory and the
// data keys only as they are stored, sealed; a data key lies open for the moment it is used. One
// thread owns the ring and changes it; const calls may come from any thread while it does not.
//
// A change of keys is a sequence of steps. A step proposes changes of rows; the caller commits them
// in one transaction and then gives them to adopt(), or calls drop() if they did not get in.
// Nothing else remembers a change, so that after a crash load() finds it where it was and the steps
// go on. Until the last step both old and new keys open; the last step raises `least`, and from
// then on nothing old opens.
//
// A whole old copy of all rows is not told from the newest one here, but by the signed head of the
// audit trail.
#include "common/base/result.hpp"
#include "daemon/secrets/locked_key.hpp"
#include "daemon/secrets/master_key.hpp"
#include "daemon/secrets/rows.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vault::secrets {

class KeyRing {
  public:
    // `deployment`: names this installation for ever, 1 to 64 of a-z, 0-9 and "-". `keys`: what is
    // at hand, in any order; a key that opens no canary is put aside. No rows at all: a new ring,
    // which add_master starts. Errors: InvalidParams (deployment), StoreInvalid (rows that do not
    // fit together), PermissionDenied (a key that is still needed is not at hand).
    static Result<KeyRing> load(std::string deployment, std::vector<MasterRow> masters,
                                std::vector<DataKeyRow> data_keys, std::vector<MasterKey> keys);

    // Errors: NotFound (the user has no data key), StoreInvalid (its data key does not open).
    Result<FieldRow> seal(FieldId id, const Secret& plain) const;
    // Errors: as seal, and StoreInvalid (not this field's value, changed, or older than `least`).
    Result<Secret> open(const FieldRow& row) const;

    // A key of something that is no row, sealed under the master key in use and bound to `about`.
    // Errors: WrongState (no master key yet); StoreInvalid (it does not open).
    Result<Sealed> seal_key(std::string_view about, const Secret& key) const;
    Result<Secret> open_key(std::string_view about, const Sealed& sealed) const;

    // A new version of the master key; the first call begins the ring. The key must lie where the
    // next start finds it, beside the old one, before the changes are committed. Then rewrap()
    // until its changes are empty: it seals at most `at_most` data keys anew in a step, then
    // retires the old master key. Errors: WrongState (a change is proposed or not finished), Exists
    // (this key).
    Result<RowChanges> add_master(MasterKey next);
    Result<RowChanges> rewrap(std::size_t at_most);

    // A new version of the data key of each of these users, or the first one. Then reseal() each
    // until its changes are empty. `outdated`: any of the user's field rows whose version is below
    // data_key(user); none only if none is left: then the old data keys go. Errors: WrongState;
    // StoreInvalid as open; NotFound, InvalidParams (a row of another user).
    Result<RowChanges> add_data_keys(std::span<const UserId> users);
    Result<RowChanges> add_data_key(UserId user) { return add_data_keys({&user, 1}); }
    Result<RowChanges> reseal(UserId user, std::span<const FieldRow> outdated);

    // What is in the store now; a new master key's row opens with the key that was proposed, or
    // with one that was at hand when the ring was loaded. drop(): what was proposed is certainly
    // not in the store.
    void adopt(const RowChanges& durable);
    void drop();
    // This ring was loaded in the place of `before`, whose proposal may get into the store yet: its
    // keys count as at hand.
    void inherit(KeyRing&& before);

    const std::string& deployment() const { return deployment_; }
    // Zero before the first.
    MasterVersion master() const;
    const MasterKey* master_in_use() const;  // null before the first, or if it is not at hand
    const MasterKey* key_of(MasterVersion version) const;  // null: no row, or not at hand
    DataKeyVersion data_key(UserId user) const;
    // Changes that a crash or a person left unfinished.
    bool changes_master() const { return masters_.size() > 1; }
    std::vector<UserId> users_in_change() const;
    // Those that have a data key, at most so many behind `after`, in their order.
    std::vector<UserId> users(UserId after, std::size_t at_most) const;
    std::size_t user_count() const { return data_keys_.size(); }
    // Data keys that do not open, for a check of the whole store.
    std::vector<DataKeyId> unreadable() const;
    std::vector<DataKeyId> unreadable(UserId user) const;

    // The newest master key alone, which opens no secret: for escrow and drill on another thread.
    KeyRing root() const;
    // The same of a key that is taken for the master key of that version, without any row.
    static KeyRing root_of(std::string deployment, MasterVersion version, MasterKey key);
    // The escrow copy of the current master key. Errors: as lock; WrongState (no master key yet).
    Result<LockedKey> escrow(const Secret& passphrase, PassphraseCost cost = {}) const;
    // Proves that the copy would bring this installation back: it is of this deployment and of the
    // current version, and its key opens the canary. Errors: as unlock; WrongState.
    Result<void> drill(const LockedKey& copy, const Secret& passphrase) const;

  private:
    struct Master {
        MasterRow row;
        std::optional<MasterKey> key;
    };
    using DataKeys = std::vector<DataKeyRow>;  // of one user, in the order of their versions
    struct Proposal {
        RowChanges changes;
        std::optional<MasterKey> key;  // of the new master row
    };

    explicit KeyRing(std::string deployment) : deployment_(std::move(deployment)) {}
    Result<void> take(std::vector<MasterRow> masters, std::vector<MasterKey> keys);
    Result<void> take(std::vector<DataKeyRow> data_keys);
    Result<void> check_needed_masters() const;

    MasterRow make_master(const MasterKey& key, MasterVersion version, MasterVersion least) const;
    bool opens_canary(const MasterKey& key, const MasterRow& row) const;
    Result<const MasterKey*> master_key(MasterVersion version) const;

    Result<DataKeyRow> wrap(DataKeyId id, DataKeyVersion least, const Secret& key) const;
    Result<Secret> unwrap(const DataKeyRow& row) const;
    Result<const DataKeys*> data_keys(UserId user) const;
    Result<Secret> data_key_for(const FieldRow& row) const;
    Result<DataKeyRow> next_data_key(UserId user) const;
    Result<RowChanges> retire_masters();
    Result<RowChanges> retire_data_keys(const DataKeys& keys);

    std::optional<MasterKey> spare_for(const MasterRow& row);
    Result<void> check_free() const;
    RowChanges propose(RowChanges changes, std::optional<MasterKey> key = std::nullopt);
    void put(const DataKeyRow& row);
    void erase(const DataKeyId& id);

    std::string deployment_;
    std::map<MasterVersion, Master> masters_;
    std::map<UserId, DataKeys> data_keys_;
    std::vector<MasterKey> spares_;  // at hand, and of no row
    std::optional<Proposal> proposal_;
};

}  // namespace vault::secrets
