#pragma once
// Box: the secrets that the daemon keeps for its users, behind ports::SecretBox. It holds the key
// ring and every secret as it is stored, sealed, and follows the directory: rows count once they
// are durable. The first secret of all makes the master key's row, a user's first one his data key.
// One proposal is on its way at a time. Owned by the App; control thread only.
#include "daemon/ports/secret_box.hpp"
#include "daemon/secrets/key_places.hpp"
#include "daemon/secrets/key_ring.hpp"

#include <map>
#include <memory>
#include <set>
#include <tuple>

namespace vault::secrets {

class Box final : public ports::SecretBox {
  public:
    // Errors: of KeyRing::load and of KeyPlaces::find, which looks anew at each load.
    static Result<std::unique_ptr<Box>> create(std::string deployment, KeyPlaces places,
                                               const ports::SecretRows& rows);
    // The store was loaded anew. Errors: as create(); the box then stays as it was.
    Result<void> load(const ports::SecretRows& rows);
    // Errors: StoreInvalid (a master key's row that no key at hand opens), Io (the next master key
    // is durable, but its file is not in its place yet; next_step tries again).
    Result<void> adopt(const ports::SecretChanges& changes);

    Result<ports::KeyStep> prepare(UserId user) override;
    void done(const ports::KeyStep& step) override;
    Result<FieldRow> seal(const FieldId& id, const Secret& plain) const override;
    Result<Secret> open(const FieldId& id) const override;

    Result<ports::KeyStep> rotate_master(const ports::NextLock* lock) override;
    Result<void> may_rotate_master(bool has_lock) const override;
    Work<std::shared_ptr<const ports::NextLock>> ready_lock(Secret passphrase) const override;
    Result<ports::KeyStep> rotate_data_keys(std::optional<UserId> user) override;
    Result<ports::KeyStep> next_step() override;
    ports::SecretState state() const override;

    // The master key in use, for work on another thread.
    KeyRing root() const { return ring_.root(); }

    Work<ports::EscrowCopy> escrow(Secret passphrase) const override;
    Work<MasterVersion> drill(std::string copy, Secret passphrase) const override;
    ports::SecretCheck check(ports::SecretCheck so_far) const override;

  private:
    // By all of a field's id.
    using Key = std::tuple<UserId, AccountId, ApiKeyId, std::string>;
    using Fields = std::map<Key, FieldRow>;

    Box(std::string deployment, KeyPlaces places, KeyRing ring);
    static Key key_of(const FieldId& id);
    static Result<KeyRing> load_ring(const std::string& deployment, KeyPlaces& places,
                                     const ports::SecretRows& rows);

    Result<void> check_free() const;
    ports::KeyStep propose(RowChanges changes, std::string ends = {});
    Result<ports::KeyStep> next_step_of(UserId user);
    // Of the user, of a version below his newest data key; not all if they are many.
    std::vector<FieldRow> outdated(UserId user) const;
    Result<void> settle();

    std::string deployment_;
    KeyPlaces places_;
    KeyRing ring_;
    Fields fields_;
    std::uint64_t proposals_ = 0;
    bool proposed_ = false;           // the last of them is on its way
    std::vector<MasterKey> retired_;  // by this process
    std::set<UserId> stuck_;          // their rotation waits: something of theirs does not open
};

}  // namespace vault::secrets
