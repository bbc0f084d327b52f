#include "daemon/secrets/box.hpp"

namespace vault::secrets {

Box::Box(std::string deployment, FindKeys find_keys, KeyRing ring)
    : deployment_(std::move(deployment)),
      find_keys_(std::move(find_keys)),
      ring_(std::move(ring)) {}

Box::Key Box::key_of(const FieldId& id) {
    return {id.user, id.account, id.api_key, id.name};
}

Result<std::unique_ptr<Box>> Box::create(std::string deployment, FindKeys find_keys,
                                         const ports::SecretRows& rows) {
    VAULT_TRY(auto keys, find_keys());
    VAULT_TRY(KeyRing ring,
              KeyRing::load(deployment, rows.masters, rows.data_keys, std::move(keys)));
    std::unique_ptr<Box> box{new Box(std::move(deployment), std::move(find_keys), std::move(ring))};
    for (const FieldRow& row : rows.fields)
        box->fields_[key_of(row.id)] = row;
    return box;
}

Result<void> Box::load(const ports::SecretRows& rows) {
    VAULT_TRY(auto keys, find_keys_());
    VAULT_TRY(ring_, KeyRing::load(deployment_, rows.masters, rows.data_keys, std::move(keys)));
    proposed_ = false;
    fields_.clear();
    for (const FieldRow& row : rows.fields)
        fields_[key_of(row.id)] = row;
    return success();
}

void Box::adopt(const ports::SecretChanges& changes) {
    const bool of_keys = !changes.put_masters.empty() || !changes.drop_masters.empty() ||
                         !changes.put_data_keys.empty() || !changes.drop_data_keys.empty();
    if (of_keys && std::exchange(proposed_, false)) ring_.adopt();
    for (const FieldId& id : changes.drop_fields)
        fields_.erase(key_of(id));
    for (const FieldRow& row : changes.put_fields)
        fields_[key_of(row.id)] = row;
    for (const Reseal& reseal : changes.reseals) {
        const auto at = fields_.find(key_of(reseal.row.id));
        if (at != fields_.end() && at->second.value.nonce == reseal.was) at->second = reseal.row;
    }
}

Result<ports::SecretChanges> Box::prepare(UserId user) {
    if (ring_.master() != MasterVersion{} && ring_.data_key(user) != DataKeyVersion{})
        return ports::SecretChanges{};
    if (proposed_)
        return Error{Errc::Busy, "another change of keys is on its way", {}, "try again"};
    if (ring_.master() != MasterVersion{}) {
        VAULT_TRY(auto changes, ring_.add_data_key(user));
        proposed_ = true;
        return changes;
    }
    VAULT_TRY(auto keys, find_keys_());
    if (keys.empty())
        return Error{Errc::PermissionDenied, "there is no master key", "security.master_key_file",
                     "give the service the credential master.key, or let it make the file"};
    VAULT_TRY(auto changes, ring_.add_master(std::move(keys.front())));
    proposed_ = true;
    return changes;
}

void Box::drop() {
    if (std::exchange(proposed_, false)) ring_.drop();
}

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

}  // namespace vault::secrets
