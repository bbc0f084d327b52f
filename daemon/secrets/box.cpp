#include "daemon/secrets/box.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::secrets {

using ports::KeyStep;

namespace {

constexpr std::size_t kRewrapsAStep = 100;
constexpr std::size_t kResealsAStep = 100;
constexpr std::size_t kUsersACheck = 50;
constexpr const char* kMasterKey = "master-key";

std::string name_of(const FieldId& id) {
    return fmt::format("{} of {}, account {}, API key {}", id.name, to_text(id.user),
                       id.account.value, id.api_key.value);
}

bool is_of_rotation(const RowChanges& changes) {
    return !changes.put_masters.empty() || !changes.drop_masters.empty() ||
           !changes.put_data_keys.empty() || !changes.drop_data_keys.empty() ||
           !changes.reseals.empty();
}

}  // namespace

// ---- follow the store

Box::Box(std::string deployment, KeyPlaces places, KeyRing ring)
    : deployment_(std::move(deployment)), places_(std::move(places)), ring_(std::move(ring)) {}

Box::Key Box::key_of(const FieldId& id) {
    return {id.user, id.account, id.api_key, id.name};
}

Result<std::unique_ptr<Box>> Box::create(std::string deployment, KeyPlaces places,
                                         const ports::SecretRows& rows) {
    VAULT_TRY(auto keys, places.find());
    VAULT_TRY(KeyRing ring,
              KeyRing::load(deployment, rows.masters, rows.data_keys, std::move(keys)));
    std::unique_ptr<Box> box{new Box(std::move(deployment), std::move(places), std::move(ring))};
    for (const FieldRow& row : rows.fields)
        box->fields_[key_of(row.id)] = row;
    VAULT_TRYV(box->settle());
    return box;
}

Result<void> Box::load(const ports::SecretRows& rows) {
    VAULT_TRY(auto keys, places_.find());
    VAULT_TRY(ring_, KeyRing::load(deployment_, rows.masters, rows.data_keys, std::move(keys)));
    proposed_ = false;
    fields_.clear();
    for (const FieldRow& row : rows.fields)
        fields_[key_of(row.id)] = row;
    return settle();
}

// Only the box makes changes of keys, one at a time: if the page has any, it is ours.
Result<void> Box::adopt(const ports::SecretChanges& changes) {
    if (is_of_rotation(changes) && std::exchange(proposed_, false)) ring_.adopt();
    for (const FieldId& id : changes.drop_fields)
        fields_.erase(key_of(id));
    for (const FieldRow& row : changes.put_fields)
        fields_[key_of(row.id)] = row;
    for (const Reseal& reseal : changes.reseals) {
        const auto at = fields_.find(key_of(reseal.row.id));
        if (at != fields_.end() && at->second.value.nonce == reseal.was) at->second = reseal.row;
    }
    return changes.drop_masters.empty() ? success() : settle();
}

// While two master keys are in use both have to stay where they are.
Result<void> Box::settle() {
    const MasterKey* const in_use = ring_.master_in_use();
    if (in_use == nullptr || ring_.changes_master()) return success();
    return places_.settle(*in_use);
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

void Box::drop(const KeyStep& step) {
    if (step.number != proposals_ || !std::exchange(proposed_, false)) return;
    ring_.drop();
}

Result<KeyStep> Box::prepare(UserId user) {
    if (ring_.master() != MasterVersion{} && ring_.data_key(user) != DataKeyVersion{})
        return KeyStep{};
    VAULT_TRYV(check_free());
    if (ring_.master() != MasterVersion{}) {
        VAULT_TRY(auto changes, ring_.add_data_key(user));
        return propose(std::move(changes));
    }
    VAULT_TRY(auto keys, places_.find());
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

Result<void> Box::may_rotate_master(const Secret& passphrase) const {
    VAULT_TRYV(check_free());
    const MasterKey* const in_use = ring_.master_in_use();
    if (in_use == nullptr)
        return Error{Errc::WrongState,
                     "there is no master key in use yet",
                     {},
                     "the first secret, an API key or a second factor, takes it into use"};
    if (ring_.changes_master())
        return Error{Errc::WrongState,
                     "the master key is being rotated already",
                     {},
                     "vaultctl secrets show tells how far it is"};
    return places_.may_make_next(*in_use, passphrase);
}

Result<KeyStep> Box::rotate_master(const Secret& passphrase) {
    VAULT_TRYV(may_rotate_master(passphrase));
    const MasterVersion next{ring_.master().value + 1};
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
        return propose(std::move(changes), is_last ? kMasterKey : "");
    }
    const std::vector<UserId> users = ring_.users_in_change();
    return users.empty() ? KeyStep{} : next_step_of(users.front());
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
    return state;
}

// ---- escrow

// The work has a ring of its own, which nobody else touches.
ports::SecretBox::Work<std::string> Box::escrow(Secret passphrase) const {
    const auto ring = std::make_shared<const KeyRing>(ring_.root());
    const auto words = std::make_shared<const Secret>(std::move(passphrase));
    return [ring, words]() -> Result<std::string> {
        VAULT_TRY(const LockedKey copy, ring->escrow(*words));
        return to_text(copy);
    };
}

ports::SecretBox::Work<MasterVersion> Box::drill(std::string copy, Secret passphrase) const {
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
