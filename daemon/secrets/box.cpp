#include "daemon/secrets/box.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::secrets {

using ports::KeyStep;

namespace {

constexpr std::size_t kRewrapsAStep = 100;
constexpr std::size_t kResealsAStep = 100;
constexpr std::size_t kUsersACheck = 50;

// A passphrase, stretched.
struct Lock final : ports::NextLock {
    explicit Lock(StretchedPassphrase passphrase) : ready(std::move(passphrase)) {}
    StretchedPassphrase ready;
};

std::string name_of(const FieldId& id) {
    return fmt::format("{} of {}, account {}, API key {}", id.name, to_text(id.user),
                       id.account.value, id.api_key.value);
}

bool has_keys(const RowChanges& changes) {
    return !changes.put_masters.empty() || !changes.drop_masters.empty() ||
           !changes.put_data_keys.empty() || !changes.drop_data_keys.empty();
}

Error being_rotated(const char* what) {
    return Error{Errc::WrongState,
                 fmt::format("the master key is being rotated, and {}", what),
                 {},
                 "wait until vaultctl secrets show says that no rotation is under way"};
}

}  // namespace

// ---- follow the store

Box::Box(std::string deployment, KeyPlaces places, KeyRing ring)
    : deployment_(std::move(deployment)), places_(std::move(places)), ring_(std::move(ring)) {}

Box::Key Box::key_of(const FieldId& id) {
    return {id.user, id.account, id.api_key, id.name};
}

Result<KeyRing> Box::load_ring(const std::string& deployment, KeyPlaces& places,
                               const ports::SecretRows& rows) {
    Error why{Errc::NotFound, {}};
    for (const auto look : {KeyPlaces::Look::Usual, KeyPlaces::Look::Everywhere}) {
        VAULT_TRY(auto keys, places.find(look));
        // A key is made only where none can be missed.
        if (keys.empty() && rows.masters.empty() && look == KeyPlaces::Look::Everywhere) {
            VAULT_TRY(MasterKey made, places.make_first());
            keys.push_back(std::move(made));
        } else if (keys.empty() && look == KeyPlaces::Look::Usual) {
            continue;
        }
        auto ring = KeyRing::load(deployment, rows.masters, rows.data_keys, std::move(keys));
        if (ring || ring.error().code() != Errc::PermissionDenied) return ring;
        why = ring.error();
    }
    return why;
}

Result<std::unique_ptr<Box>> Box::create(std::string deployment, KeyPlaces places,
                                         const ports::SecretRows& rows) {
    VAULT_TRY(KeyRing ring, load_ring(deployment, places, rows));
    std::unique_ptr<Box> box{new Box(std::move(deployment), std::move(places), std::move(ring))};
    for (const FieldRow& row : rows.fields)
        box->fields_[key_of(row.id)] = row;
    // A file that is not in its place yet is readable all the same: next_step() tries again.
    static_cast<void>(box->settle());
    return box;
}

// What is on its way stays on its way: the engine carries it out after the load, or refuses it.
Result<void> Box::load(const ports::SecretRows& rows) {
    VAULT_TRY(KeyRing ring, load_ring(deployment_, places_, rows));
    ring.inherit(std::move(ring_));
    ring_ = std::move(ring);
    stuck_.clear();
    fields_.clear();
    for (const FieldRow& row : rows.fields)
        fields_[key_of(row.id)] = row;
    return success();
}

Result<void> Box::adopt(const ports::SecretChanges& changes) {
    for (const MasterVersion version : changes.drop_masters)
        if (const MasterKey* const key = ring_.key_of(version)) retired_.push_back(key->copy());
    if (has_keys(changes)) ring_.adopt(changes);
    for (const FieldId& id : changes.drop_fields)
        fields_.erase(key_of(id));
    for (const FieldRow& row : changes.put_fields)
        fields_[key_of(row.id)] = row;
    for (const Reseal& reseal : changes.reseals) {
        const auto at = fields_.find(key_of(reseal.row.id));
        if (at != fields_.end() && at->second.value.nonce == reseal.was) at->second = reseal.row;
    }
    if (ring_.master() != MasterVersion{} && ring_.master_in_use() == nullptr)
        return Error{Errc::StoreInvalid,
                     fmt::format("no key at hand is master key version {}", ring_.master().value),
                     "master key", "restore it from its escrow copy, and restart vaultd"};
    return changes.drop_masters.empty() ? success() : settle();
}

// While two master keys are in use both have to stay where they are.
Result<void> Box::settle() {
    const MasterKey* const in_use = ring_.master_in_use();
    if (in_use == nullptr || ring_.changes_master()) return success();
    VAULT_TRYV(places_.settle(*in_use, retired_));
    retired_.clear();
    return success();
}

// ---- proposals

Result<void> Box::check_free() const {
    if (!proposed_) return success();
    return Error{Errc::Busy, "another change of keys is on its way", {}, "try again"};
}

KeyStep Box::propose(RowChanges changes, std::string ends) {
    if (changes.empty()) return {};
    proposed_ = true;
    return {++proposals_, std::move(changes), std::move(ends)};
}

// A rotation that was not stored leaves no key behind.
void Box::done(const KeyStep& step) {
    if (step.number != proposals_ || !std::exchange(proposed_, false)) return;
    ring_.drop();
    const MasterKey* const in_use = ring_.master_in_use();
    if (in_use == nullptr || ring_.changes_master()) return;
    static_cast<void>(places_.forget_next(*in_use));  // else the next rotation sets it aside
}

Result<KeyStep> Box::prepare(UserId user) {
    if (ring_.master() != MasterVersion{} && ring_.data_key(user) != DataKeyVersion{})
        return KeyStep{};
    VAULT_TRYV(check_free());
    if (ring_.master() != MasterVersion{}) {
        VAULT_TRY(auto changes, ring_.add_data_key(user));
        return propose(std::move(changes));
    }
    VAULT_TRY(auto keys, places_.find(KeyPlaces::Look::Usual));
    if (keys.empty()) {
        VAULT_TRY(MasterKey made, places_.make_first());
        keys.push_back(std::move(made));
    }
    VAULT_TRY(auto changes, ring_.add_master(std::move(keys.front())));
    return propose(std::move(changes));
}

// ---- secrets

Result<FieldRow> Box::seal(const FieldId& id, const Secret& plain) const {
    if (ring_.data_key(id.user) == DataKeyVersion{})
        return Error{Errc::WrongState, "the user's data key is not made yet", {}, "try again"};
    return ring_.seal(id, plain);
}

Result<Secret> Box::open(const FieldId& id) const {
    const auto at = fields_.find(key_of(id));
    if (at == fields_.end())
        return Error{Errc::NotFound, "there is no such secret", {}, "make it anew"};
    return ring_.open(at->second);
}

// ---- rotation

Result<void> Box::may_rotate_master(bool has_lock) const {
    VAULT_TRYV(check_free());
    const MasterKey* const in_use = ring_.master_in_use();
    if (in_use == nullptr)
        return Error{Errc::WrongState,
                     "there is no master key in use yet",
                     {},
                     "the first secret, an API key or a second factor, takes it into use"};
    if (ring_.changes_master()) return being_rotated("one rotation is enough");
    // It could never end.
    if (const auto bad = ring_.unreadable(); !bad.empty())
        return Error{Errc::StoreInvalid,
                     fmt::format("data key {} of {} does not open", bad.front().version.value,
                                 to_text(bad.front().user)),
                     "master key", "restore a backup of the store, or of that row"};
    return places_.may_make_next(*in_use, has_lock);
}

ports::SecretBox::Work<std::shared_ptr<const ports::NextLock>> Box::ready_lock(
    Secret passphrase) const {
    const auto words = std::make_shared<const Secret>(std::move(passphrase));
    return [words]() -> Result<std::shared_ptr<const ports::NextLock>> {
        VAULT_TRY(StretchedPassphrase ready, make_ready(*words));
        return std::make_shared<const Lock>(std::move(ready));
    };
}

Result<KeyStep> Box::rotate_master(const ports::NextLock* lock) {
    VAULT_TRYV(may_rotate_master(lock != nullptr));
    const MasterVersion next{ring_.master().value + 1};
    const auto* const passphrase =
        lock == nullptr ? nullptr : &dynamic_cast<const Lock*>(lock)->ready;
    VAULT_TRY(MasterKey key, places_.make_next(*ring_.master_in_use(), next, passphrase));
    VAULT_TRY(auto changes, ring_.add_master(std::move(key)));
    return propose(std::move(changes));
}

Result<KeyStep> Box::rotate_data_keys(std::optional<UserId> user) {
    VAULT_TRYV(check_free());
    if (user && ring_.data_key(*user) == DataKeyVersion{})
        return Error{Errc::NotFound, "the user has no secrets, and so no data key", "user",
                     "there is nothing to rotate"};
    std::vector<UserId> users{user.value_or(UserId{})};
    if (!user) {
        users = ring_.users(UserId{}, ring_.user_count());
        const std::vector<UserId> begun = ring_.users_in_change();
        std::erase_if(users,
                      [&](UserId each) { return std::ranges::find(begun, each) != begun.end(); });
    }
    VAULT_TRY(auto changes, ring_.add_data_keys(users));
    return propose(std::move(changes));
}

Result<KeyStep> Box::next_step() {
    VAULT_TRYV(check_free());
    if (ring_.changes_master()) {
        VAULT_TRY(auto changes, ring_.rewrap(kRewrapsAStep));
        const bool is_last = !changes.drop_masters.empty();
        return propose(std::move(changes),
                       is_last ? fmt::format("master-key.{}", ring_.master().value) : "");
    }
    for (const UserId user : ring_.users_in_change()) {
        if (stuck_.contains(user)) continue;
        auto step = next_step_of(user);
        if (step || step.error().code() != Errc::StoreInvalid) return step;
        stuck_.insert(user);
    }
    VAULT_TRYV(settle());
    return KeyStep{};
}

Result<KeyStep> Box::next_step_of(UserId user) {
    VAULT_TRY(auto changes, ring_.reseal(user, outdated(user)));
    const bool is_last = !changes.drop_data_keys.empty();
    return propose(std::move(changes), is_last ? to_text(user) : "");
}

std::vector<FieldRow> Box::outdated(UserId user) const {
    std::vector<FieldRow> rows;
    const DataKeyVersion newest = ring_.data_key(user);
    for (auto at = fields_.lower_bound({user, {}, {}, {}});
         at != fields_.end() && at->second.id.user == user && rows.size() < kResealsAStep; ++at)
        if (at->second.version < newest) rows.push_back(at->second);
    return rows;
}

ports::SecretState Box::state() const {
    ports::SecretState state;
    state.deployment = deployment_;
    state.master = ring_.master();
    state.rotates_master = ring_.changes_master();
    state.rotating_users = ring_.users_in_change().size();
    state.users = ring_.user_count();
    state.secrets = fields_.size();
    const MasterKey* const in_use = ring_.master_in_use();
    if (in_use == nullptr) return state;
    state.place = places_.place_of(*in_use);
    if (!ring_.changes_master()) state.to_do = places_.to_do(*in_use);
    for (const UserId user : stuck_)
        state.to_do.push_back(fmt::format(
            "the rotation of {0} waits for a secret that does not open: secrets drill names it; "
            "remove that API key (or that second factor), then secrets rotate data-keys",
            to_text(user)));
    return state;
}

// ---- escrow

// The work has a ring of its own, which nobody else touches.
ports::SecretBox::Work<ports::EscrowCopy> Box::escrow(Secret passphrase) const {
    if (ring_.changes_master())
        return []() -> Result<ports::EscrowCopy> {
            return being_rotated("one key alone would not bring everything back");
        };
    const auto ring = std::make_shared<const KeyRing>(ring_.root());
    const auto words = std::make_shared<const Secret>(std::move(passphrase));
    return [ring, words]() -> Result<ports::EscrowCopy> {
        VAULT_TRY(const LockedKey copy, ring->escrow(*words));
        return ports::EscrowCopy{to_text(copy), copy.version};
    };
}

ports::SecretBox::Work<MasterVersion> Box::drill(std::string copy, Secret passphrase) const {
    if (ring_.changes_master())
        return []() -> Result<MasterVersion> {
            return being_rotated("no copy brings everything back meanwhile");
        };
    const auto ring = std::make_shared<const KeyRing>(ring_.root());
    const auto words = std::make_shared<const Secret>(std::move(passphrase));
    return [ring, words, copy = std::move(copy)]() -> Result<MasterVersion> {
        if (!is_locked_key(copy))
            return Error{Errc::InvalidParams, "copy: there is no escrow copy in it", "copy",
                         "give the file that was written by: vaultctl secrets escrow --out FILE"};
        const Result<LockedKey> locked = parse_locked_key(copy);
        if (!locked)
            return Error{Errc::InvalidParams, locked.error().message(), "copy",
                         locked.error().hint()};
        // What others wrote may ask for a GiB of memory.
        if (locked.value().cost != PassphraseCost{})
            return Error{Errc::InvalidParams, "copy: secrets escrow does not write such a copy",
                         "copy", "make a new one with: vaultctl secrets escrow --out FILE"};
        VAULT_TRYV(ring->drill(locked.value(), *words));
        return locked.value().version;
    };
}

ports::SecretCheck Box::check(ports::SecretCheck so_far) const {
    const std::vector<UserId> users = ring_.users(so_far.last, kUsersACheck);
    so_far.done = users.size() < kUsersACheck;
    for (const UserId user : users) {
        so_far.last = user;
        ++so_far.users;
        for (const DataKeyId& id : ring_.unreadable(user))
            so_far.unreadable.push_back(
                fmt::format("data key {} of {}", id.version.value, to_text(id.user)));
        for (auto at = fields_.lower_bound({user, {}, {}, {}});
             at != fields_.end() && at->second.id.user == user; ++at) {
            ++so_far.secrets;
            if (!ring_.open(at->second)) so_far.unreadable.push_back(name_of(at->second.id));
        }
    }
    return so_far;
}

}  // namespace vault::secrets
