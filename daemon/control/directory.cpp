#include "daemon/control/directory.hpp"

namespace vault::control {
namespace {

template <class Map, class Key>
const typename Map::mapped_type* find_in(const Map& map, const Key& key) {
    const auto at = map.find(key);
    return at == map.end() ? nullptr : &at->second;
}

template <class Id, class Row, class Sees>
std::vector<Id> ids_where(const std::map<Id, Row>& rows, Sees sees) {
    std::vector<Id> ids;
    for (const auto& [id, row] : rows)
        if (sees(row.user)) ids.push_back(id);
    return ids;
}

}  // namespace

void Directory::load(const ports::WholeDirectory& whole) {
    users_.clear();
    names_.clear();
    accounts_.clear();
    vaults_.clear();
    keys_.clear();
    put(whole.users, whole.accounts, whole.vaults, whole.api_keys);
}

void Directory::adopt(const ports::DirectoryPage& page) {
    put(page.users, page.accounts, page.vaults, page.api_keys);
}

void Directory::put(const std::vector<ports::UserRow>& users,
                    const std::vector<ports::AccountRow>& accounts,
                    const std::vector<ports::VaultRow>& vaults,
                    const std::vector<ports::ApiKeyRow>& keys) {
    for (const ports::UserRow& row : users) {
        names_[row.name] = row.id;
        users_[row.id] = row;
    }
    for (const ports::AccountRow& row : accounts)
        accounts_[row.id] = row;
    for (const ports::VaultRow& row : vaults)
        vaults_[row.id] = row;
    for (const ports::ApiKeyRow& row : keys)
        keys_[row.id] = row;
}

const ports::UserRow* Directory::user(std::string_view name) const {
    if (const auto id = parse_user_id(name)) return user(id.value());
    const UserId* const id = find_in(names_, name);
    return id == nullptr ? nullptr : user(*id);
}

const ports::UserRow* Directory::user(UserId id) const {
    return find_in(users_, id);
}

const ports::AccountRow* Directory::account(AccountId id) const {
    return find_in(accounts_, id);
}

const ports::VaultRow* Directory::vault(VaultId id) const {
    return find_in(vaults_, id);
}

const ports::ApiKeyRow* Directory::key(ApiKeyId id) const {
    return find_in(keys_, id);
}

ApiKeyId Directory::next_key() const {
    return keys_.empty() ? ApiKeyId{1} : ApiKeyId{keys_.rbegin()->first.value + 1};
}

std::vector<ports::ApiKeyRow> Directory::keys_due(UtcTime now) const {
    std::vector<ports::ApiKeyRow> due;
    for (const auto& [id, row] : keys_)
        if (row.state != ports::KeyState::Retired && row.next_check_at && *row.next_check_at <= now)
            due.push_back(row);
    return due;
}

bool Directory::sees(const ports::Visible& visible, UserId owner) const {
    if (visible.everyones || owner == visible.own) return true;
    const ports::UserRow* row = visible.members ? user(owner) : nullptr;
    return row != nullptr && row->role == Role::Member;
}

std::vector<AccountId> Directory::accounts(const ports::Visible& visible) const {
    return ids_where(accounts_, [&](UserId owner) { return sees(visible, owner); });
}

std::vector<VaultId> Directory::vaults(const ports::Visible& visible) const {
    return ids_where(vaults_, [&](UserId owner) { return sees(visible, owner); });
}

}  // namespace vault::control
