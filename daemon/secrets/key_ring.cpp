#include "daemon/secrets/key_ring.hpp"

#include "common/base/check.hpp"
#include "daemon/secrets/aead.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace vault::secrets {
namespace {

constexpr const char* kMasterField = "master key";
constexpr const char* kRestore = "restore the row from a backup of this installation";

bool is_deployment(std::string_view name) {
    return !name.empty() && name.size() <= 64 &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
               std::string_view::npos;
}

std::string name_of(const DataKeyId& id) {
    return fmt::format("data key {} of {}", id.version.value, to_text(id.user));
}

std::string name_of(const FieldId& id) {
    return fmt::format("{} of {}, account {}, API key {}", id.name, to_text(id.user),
                       id.account.value, id.api_key.value);
}

// What each kind of row is bound to: every column but nonce and ciphertext.
std::string bound_to(std::string_view deployment, const MasterRow& row) {
    AssociatedData data{"canary", deployment};
    return data.add(row.version.value).add(row.least.value).bytes();
}

std::string bound_to(std::string_view deployment, const DataKeyRow& row) {
    AssociatedData data{"data key", deployment};
    data.add(row.id.user.value).add(row.id.version.value).add(row.least.value);
    return data.add(row.master.value).bytes();
}

std::string bound_to(std::string_view deployment, const FieldRow& row) {
    AssociatedData data{"field", deployment};
    data.add(row.id.user.value).add(row.id.account.value).add(row.id.api_key.value);
    return data.add(row.id.name).add(row.version.value).bytes();
}

Secret canary() {
    return Secret{std::string{"the master key opens this"}};
}

Error invalid(std::string message, std::string hint = kRestore) {
    return Error{Errc::StoreInvalid, std::move(message), kMasterField, std::move(hint)};
}

// Of an escrow copy.
Error unfit(std::string message, std::string hint) {
    return Error{Errc::WrongState, std::move(message), "copy", std::move(hint)};
}

Error not_at_hand(const std::string& what, MasterVersion version) {
    return Error{Errc::PermissionDenied,
                 fmt::format("{} master key version {}, which is not at hand", what, version.value),
                 kMasterField, "give vaultd that key as well, or restore it from its escrow copy"};
}

Error no_master_key() {
    return Error{Errc::WrongState, "there is no master key in use yet", kMasterField,
                 "the first secret, an API key or a second factor, takes it into use"};
}

bool version_less(const DataKeyRow& a, const DataKeyRow& b) {
    return a.id.version < b.id.version;
}

}  // namespace

// ---- load

Result<KeyRing> KeyRing::load(std::string deployment, std::vector<MasterRow> masters,
                              std::vector<DataKeyRow> data_keys, std::vector<MasterKey> keys) {
    if (!is_deployment(deployment))
        return Error{Errc::InvalidParams, "a deployment is named by 1 to 64 of a-z, 0-9 and \"-\"",
                     "deployment", "take the name that was given when the store was made"};
    KeyRing ring{std::move(deployment)};
    VAULT_TRYV(ring.take(std::move(masters), std::move(keys)));
    VAULT_TRYV(ring.take(std::move(data_keys)));
    VAULT_TRYV(ring.check_needed_masters());
    return ring;
}

// The newest row says which versions still count, and its canary that nobody changed that.
Result<void> KeyRing::take(std::vector<MasterRow> masters, std::vector<MasterKey> keys) {
    for (MasterRow& row : masters) {
        const MasterVersion version = row.version;
        if (version.value == 0 || row.least > version || masters_.contains(version))
            return invalid(fmt::format("master key row {} does not fit", version.value));
        const auto key = std::find_if(keys.begin(), keys.end(),
                                      [&](const MasterKey& k) { return opens_canary(k, row); });
        Master& master = masters_[version];
        master.row = std::move(row);
        if (key != keys.end()) master.key = std::move(*key);
        if (key != keys.end()) keys.erase(key);
    }
    spares_ = std::move(keys);
    if (masters_.empty()) return success();
    const Master& newest = masters_.rbegin()->second;
    if (!newest.key) return not_at_hand("the canary is sealed by", newest.row.version);
    masters_.erase(masters_.begin(), masters_.lower_bound(newest.row.least));
    return success();
}

Result<void> KeyRing::take(std::vector<DataKeyRow> data_keys) {
    if (masters_.empty() && !data_keys.empty())
        return invalid("there are data keys but no master key row");
    std::sort(data_keys.begin(), data_keys.end(), version_less);
    for (DataKeyRow& row : data_keys) {
        DataKeys& keys = data_keys_[row.id.user];
        const bool is_known = !keys.empty() && keys.back().id == row.id;
        if (row.id.version.value == 0 || row.least > row.id.version || is_known)
            return invalid(name_of(row.id) + " does not fit");
        keys.push_back(std::move(row));
    }
    return success();
}

Result<void> KeyRing::check_needed_masters() const {
    for (const auto& [user, keys] : data_keys_)
        for (const DataKeyRow& row : keys) {
            const auto master = masters_.find(row.master);
            if (master != masters_.end() && !master->second.key)
                return not_at_hand(name_of(row.id) + " is sealed by", row.master);
        }
    return success();
}

// ---- seal and open

Result<FieldRow> KeyRing::seal(FieldId id, const Secret& plain) const {
    VAULT_TRY(const DataKeys* const keys, data_keys(id.user));
    VAULT_TRY(const Secret key, unwrap(keys->back()));
    FieldRow row{std::move(id), keys->back().id.version, {}};
    row.value = secrets::seal(key, bound_to(deployment_, row), plain);
    return row;
}

Result<Secret> KeyRing::open(const FieldRow& row) const {
    VAULT_TRY(const Secret key, data_key_for(row));
    std::optional<Secret> plain = secrets::open(key, bound_to(deployment_, row), row.value);
    if (!plain) return invalid(name_of(row.id) + " does not open: it was moved or changed");
    return *std::move(plain);
}

Result<Sealed> KeyRing::seal_key(std::string_view about, const Secret& key) const {
    const MasterKey* const in_use = master_in_use();
    if (in_use == nullptr) return no_master_key();
    AssociatedData data{"key", deployment_};
    return secrets::seal(in_use->bytes(), data.add(about).bytes(), key);
}

Result<Secret> KeyRing::open_key(std::string_view about, const Sealed& sealed) const {
    const MasterKey* const in_use = master_in_use();
    if (in_use == nullptr) return no_master_key();
    AssociatedData data{"key", deployment_};
    std::optional<Secret> key = secrets::open(in_use->bytes(), data.add(about).bytes(), sealed);
    if (!key) return invalid("a key does not open: it was moved or changed");
    return *std::move(key);
}

Result<const KeyRing::DataKeys*> KeyRing::data_keys(UserId user) const {
    const auto found = data_keys_.find(user);
    if (found != data_keys_.end()) return &found->second;
    return Error{Errc::NotFound, to_text(user) + " has no data key", kMasterField,
                 "a user gets one before the first secret is kept"};
}

// The newest row is unwrapped in any case: only then is its `least` known to be true.
Result<Secret> KeyRing::data_key_for(const FieldRow& row) const {
    VAULT_TRY(const DataKeys* const keys, data_keys(row.id.user));
    VAULT_TRY(Secret newest, unwrap(keys->back()));
    if (row.version == keys->back().id.version) return newest;
    if (row.version < keys->back().least)
        return invalid(fmt::format("{} is sealed by data key {}; nothing below {} opens any more",
                                   name_of(row.id), row.version.value, keys->back().least.value),
                       "it is an old copy: take the newest row");
    for (const DataKeyRow& each : *keys)
        if (each.id.version == row.version) return unwrap(each);
    return invalid(fmt::format("{} is sealed by data key {}, which does not exist", name_of(row.id),
                               row.version.value));
}

Result<const MasterKey*> KeyRing::master_key(MasterVersion version) const {
    const auto master = masters_.find(version);
    if (master != masters_.end() && master->second.key) return &*master->second.key;
    return invalid(fmt::format("master key version {} opens nothing any more", version.value));
}

Result<DataKeyRow> KeyRing::wrap(DataKeyId id, DataKeyVersion least, const Secret& key) const {
    VAULT_TRY(const MasterKey* const master_bytes, master_key(master()));
    DataKeyRow row{id, least, master(), {}};
    row.key = secrets::seal(master_bytes->bytes(), bound_to(deployment_, row), key);
    return row;
}

Result<Secret> KeyRing::unwrap(const DataKeyRow& row) const {
    VAULT_TRY(const MasterKey* const master_bytes, master_key(row.master));
    std::optional<Secret> key =
        secrets::open(master_bytes->bytes(), bound_to(deployment_, row), row.key);
    if (!key || key->size() != kKeyBytes)
        return invalid(name_of(row.id) + " does not open: it was moved or changed");
    return *std::move(key);
}

// ---- change of the master key

MasterRow KeyRing::make_master(const MasterKey& key, MasterVersion version,
                               MasterVersion least) const {
    MasterRow row{version, least, {}};
    row.canary = secrets::seal(key.bytes(), bound_to(deployment_, row), canary());
    return row;
}

bool KeyRing::opens_canary(const MasterKey& key, const MasterRow& row) const {
    const auto opened = secrets::open(key.bytes(), bound_to(deployment_, row), row.canary);
    return opened && opened->equals(canary());
}

Result<RowChanges> KeyRing::add_master(MasterKey next) {
    VAULT_TRYV(check_free());
    if (changes_master())
        return Error{Errc::WrongState, "the change of the master key before is not finished",
                     kMasterField, "let it finish, then change the key again"};
    for (const auto& [version, master] : masters_)
        if (master.key && master.key->bytes().equals(next.bytes()))
            return Error{Errc::Exists,
                         fmt::format("this key is the master key version {}", version.value),
                         kMasterField, "generate a fresh one"};
    const MasterVersion version{master().value + 1};
    const MasterVersion least = masters_.empty() ? version : masters_.rbegin()->second.row.least;
    RowChanges changes;
    changes.put_masters.push_back(make_master(next, version, least));
    return propose(std::move(changes), std::move(next));
}

Result<RowChanges> KeyRing::rewrap(std::size_t at_most) {
    VAULT_CHECK(at_most > 0, "a step that does nothing would be the last");
    VAULT_TRYV(check_free());
    if (!changes_master()) return RowChanges{};
    RowChanges changes;
    for (const auto& [user, keys] : data_keys_)
        for (const DataKeyRow& row : keys) {
            if (row.master == master() || changes.put_data_keys.size() == at_most) continue;
            VAULT_TRY(const Secret key, unwrap(row));
            VAULT_TRY(DataKeyRow wrapped, wrap(row.id, row.least, key));
            changes.put_data_keys.push_back(std::move(wrapped));
        }
    if (changes.empty()) return retire_masters();
    return propose(std::move(changes));
}

Result<RowChanges> KeyRing::retire_masters() {
    VAULT_TRY(const MasterKey* const key, master_key(master()));
    RowChanges changes;
    changes.put_masters.push_back(make_master(*key, master(), master()));
    changes.only_if_no_key_below = master();
    for (const auto& [version, old] : masters_)
        if (version < master()) changes.drop_masters.push_back(version);
    return propose(std::move(changes));
}

// ---- change of a data key

Result<RowChanges> KeyRing::add_data_keys(std::span<const UserId> users) {
    VAULT_TRYV(check_free());
    if (users.empty()) return RowChanges{};
    RowChanges changes;
    for (const UserId user : users) {
        VAULT_TRY(DataKeyRow row, next_data_key(user));
        changes.put_data_keys.push_back(std::move(row));
    }
    return propose(std::move(changes));
}

Result<DataKeyRow> KeyRing::next_data_key(UserId user) const {
    const DataKeyId id{user, DataKeyVersion{data_key(user).value + 1}};
    DataKeyVersion least = id.version;
    if (const auto found = data_keys_.find(user); found != data_keys_.end()) {
        if (found->second.size() > 1)
            return Error{Errc::WrongState,
                         "the change of the data key before is not finished for " + to_text(user),
                         "user", "let it finish, then change the key again"};
        VAULT_TRY(const Secret authentic, unwrap(found->second.back()));
        least = found->second.back().least;
    }
    return wrap(id, least, random_key());
}

Result<RowChanges> KeyRing::reseal(UserId user, std::span<const FieldRow> outdated) {
    VAULT_TRYV(check_free());
    VAULT_TRY(const DataKeys* const keys, data_keys(user));
    if (outdated.empty()) return keys->size() > 1 ? retire_data_keys(*keys) : RowChanges{};
    RowChanges changes;
    for (const FieldRow& row : outdated) {
        if (row.id.user != user || row.version >= keys->back().id.version)
            return Error{Errc::InvalidParams, name_of(row.id) + " is not to be sealed anew",
                         "outdated"};
        VAULT_TRY(const Secret plain, open(row));
        VAULT_TRY(FieldRow sealed, seal(row.id, plain));
        changes.reseals.push_back({row.value.nonce, std::move(sealed)});
    }
    return propose(std::move(changes));
}

Result<RowChanges> KeyRing::retire_data_keys(const DataKeys& keys) {
    const DataKeyId newest = keys.back().id;
    VAULT_TRY(const Secret key, unwrap(keys.back()));
    VAULT_TRY(DataKeyRow row, wrap(newest, newest.version, key));
    RowChanges changes;
    changes.put_data_keys.push_back(std::move(row));
    for (const DataKeyRow& each : keys)
        if (each.id != newest) changes.drop_data_keys.push_back(each.id);
    changes.only_if = NoFieldBelow{newest.user, newest.version};
    return propose(std::move(changes));
}

// ---- proposals

Result<void> KeyRing::check_free() const {
    if (!proposal_) return success();
    return Error{Errc::WrongState, "a change of keys is on its way to the store", kMasterField,
                 "wait until it is there"};
}

RowChanges KeyRing::propose(RowChanges changes, std::optional<MasterKey> key) {
    proposal_ = Proposal{changes, std::move(key)};
    return changes;
}

void KeyRing::adopt(const RowChanges& changes) {
    if (proposal_ && proposal_->key) spares_.push_back(std::move(*proposal_->key));
    proposal_.reset();
    for (const MasterRow& row : changes.put_masters) {
        Master& master = masters_[row.version];
        master.row = row;
        if (!master.key) master.key = spare_for(row);
    }
    for (const MasterVersion version : changes.drop_masters)
        masters_.erase(version);
    for (const DataKeyRow& row : changes.put_data_keys)
        put(row);
    for (const DataKeyId& id : changes.drop_data_keys)
        erase(id);
}

void KeyRing::inherit(KeyRing&& before) {
    if (before.proposal_ && before.proposal_->key)
        before.spares_.push_back(std::move(*before.proposal_->key));
    for (MasterKey& key : before.spares_) {
        const bool is_known = std::ranges::any_of(
            spares_, [&](const MasterKey& each) { return each.bytes().equals(key.bytes()); });
        if (!is_known) spares_.push_back(std::move(key));
    }
}

std::optional<MasterKey> KeyRing::spare_for(const MasterRow& row) {
    const auto key = std::ranges::find_if(
        spares_, [&](const MasterKey& each) { return opens_canary(each, row); });
    if (key == spares_.end()) return std::nullopt;
    MasterKey found = std::move(*key);
    spares_.erase(key);
    return found;
}

void KeyRing::drop() {
    proposal_.reset();
}

void KeyRing::put(const DataKeyRow& row) {
    DataKeys& keys = data_keys_[row.id.user];
    const auto at = std::lower_bound(keys.begin(), keys.end(), row, version_less);
    if (at != keys.end() && at->id == row.id)
        *at = row;
    else
        keys.insert(at, row);
}

void KeyRing::erase(const DataKeyId& id) {
    std::erase_if(data_keys_[id.user], [&](const DataKeyRow& row) { return row.id == id; });
}

// ---- state

MasterVersion KeyRing::master() const {
    return masters_.empty() ? MasterVersion{} : masters_.rbegin()->first;
}

DataKeyVersion KeyRing::data_key(UserId user) const {
    const auto found = data_keys_.find(user);
    return found == data_keys_.end() ? DataKeyVersion{} : found->second.back().id.version;
}

std::vector<UserId> KeyRing::users_in_change() const {
    std::vector<UserId> users;
    for (const auto& [user, keys] : data_keys_)
        if (keys.size() > 1) users.push_back(user);
    return users;
}

const MasterKey* KeyRing::master_in_use() const {
    if (masters_.empty() || !masters_.rbegin()->second.key) return nullptr;
    return &*masters_.rbegin()->second.key;
}

const MasterKey* KeyRing::key_of(MasterVersion version) const {
    const auto master = masters_.find(version);
    return master == masters_.end() || !master->second.key ? nullptr : &*master->second.key;
}

std::vector<UserId> KeyRing::users(UserId after, std::size_t at_most) const {
    std::vector<UserId> users;
    for (auto at = data_keys_.upper_bound(after); at != data_keys_.end(); ++at) {
        if (users.size() == at_most) break;
        users.push_back(at->first);
    }
    return users;
}

std::vector<DataKeyId> KeyRing::unreadable() const {
    std::vector<DataKeyId> ids;
    for (const auto& [user, keys] : data_keys_)
        for (const DataKeyId& id : unreadable(user))
            ids.push_back(id);
    return ids;
}

std::vector<DataKeyId> KeyRing::unreadable(UserId user) const {
    std::vector<DataKeyId> ids;
    const auto found = data_keys_.find(user);
    if (found == data_keys_.end()) return ids;
    for (const DataKeyRow& row : found->second)
        if (!unwrap(row)) ids.push_back(row.id);
    return ids;
}

// ---- escrow

KeyRing KeyRing::root_of(std::string deployment, MasterVersion version, MasterKey key) {
    KeyRing root{std::move(deployment)};
    const MasterRow row = root.make_master(key, version, version);
    root.masters_[version] = {row, std::move(key)};
    return root;
}

KeyRing KeyRing::root() const {
    KeyRing root{deployment_};
    const MasterKey* const in_use = master_in_use();
    if (in_use == nullptr) return root;
    const auto& [version, newest] = *masters_.rbegin();
    root.masters_[version] = {newest.row, in_use->copy()};
    return root;
}

Result<LockedKey> KeyRing::escrow(const Secret& passphrase, PassphraseCost cost) const {
    if (masters_.empty()) return no_master_key();
    VAULT_TRY(const MasterKey* const key, master_key(master()));
    return lock(*key, deployment_, master(), passphrase, cost);
}

Result<void> KeyRing::drill(const LockedKey& copy, const Secret& passphrase) const {
    if (copy.deployment != deployment_)
        return unfit(fmt::format("the escrow copy is of deployment {}, this is {}", copy.deployment,
                                 deployment_),
                     "take the copy that was made here");
    if (copy.version != master())
        return unfit(fmt::format("the escrow copy holds master key version {}, in use is {}",
                                 copy.version.value, master().value),
                     "make a new escrow copy and destroy this one");
    VAULT_TRY(const MasterKey key, unlock(copy, passphrase));
    if (masters_.empty() || !opens_canary(key, masters_.rbegin()->second.row))
        return unfit("the key of the escrow copy does not open the canary",
                     "make a new escrow copy and destroy this one");
    return success();
}

}  // namespace vault::secrets
