#include "daemon/identity/people.hpp"

#include <algorithm>
#include <utility>

namespace vault::identity {
namespace {

void put_code(std::vector<ports::RecoveryCodeRow>& codes, const ports::RecoveryCodeRow& row) {
    const auto same = std::ranges::find(codes, row.code_hash, &ports::RecoveryCodeRow::code_hash);
    if (same == codes.end())
        codes.push_back(row);
    else if (row.used_at)
        same->used_at = row.used_at;
}

// The step of an authenticator, or the code, that was used up before stays so.
void keep_used(Person& person, const Person& before) {
    if (person.totp && before.totp && person.totp->enrolled_at == before.totp->enrolled_at)
        person.totp->last_step = std::max(person.totp->last_step, before.totp->last_step);
    for (ports::RecoveryCodeRow& row : person.recovery_codes) {
        const auto same = std::ranges::find(before.recovery_codes, row.code_hash,
                                            &ports::RecoveryCodeRow::code_hash);
        if (!row.used_at && same != before.recovery_codes.end()) row.used_at = same->used_at;
    }
}

}  // namespace

// The store may have lost what was used up here: a commit that failed is why it is loaded again.
void People::load(const std::vector<ports::UserRow>& users, const ports::IdentityRows& rows) {
    const std::map<UserId, Person> before = std::exchange(by_id_, {});
    by_name_.clear();
    ports::IdentityChanges all;
    all.credentials = rows.credentials;
    all.totps = rows.totps;
    all.recovery_codes = rows.recovery_codes;
    adopt(users, all);
    for (auto& [id, person] : by_id_)
        if (const auto was = before.find(id); was != before.end()) keep_used(person, was->second);
}

void People::put(const ports::UserRow& row) {
    by_id_[row.id].row = row;
    by_name_[row.name] = row.id;
}

// What was used up here stays used up: a row that comes back from the store may be older.
void People::adopt(const std::vector<ports::UserRow>& users,
                   const ports::IdentityChanges& changes) {
    for (const ports::UserRow& row : users)
        put(row);
    for (const UserId user : changes.dropped_totps)
        by_id_[user].totp.reset();
    for (const UserId user : changes.dropped_recovery_codes)
        by_id_[user].recovery_codes.clear();
    for (const ports::CredentialRow& row : changes.credentials)
        by_id_[row.user].credential = row;
    for (const ports::TotpRow& row : changes.totps) {
        std::optional<ports::TotpRow>& kept = by_id_[row.user].totp;
        const bool same = kept && kept->enrolled_at == row.enrolled_at;
        const std::uint64_t used = same ? std::max(kept->last_step, row.last_step) : row.last_step;
        kept = row;
        kept->last_step = used;
    }
    for (const ports::RecoveryCodeRow& row : changes.recovery_codes)
        put_code(by_id_[row.user].recovery_codes, row);
}

Person* People::find(UserId id) {
    const auto at = by_id_.find(id);
    return at == by_id_.end() ? nullptr : &at->second;
}

const Person* People::find(UserId id) const {
    const auto at = by_id_.find(id);
    return at == by_id_.end() ? nullptr : &at->second;
}

Person* People::find(std::string_view name) {
    const auto at = by_name_.find(name);
    return at == by_name_.end() ? nullptr : find(at->second);
}

bool People::admin_exists() const {
    return std::ranges::any_of(by_id_, [](const auto& item) {
        const Person& person = item.second;
        return person.row.role == Role::Admin && person.row.status == UserStatus::Active &&
               person.credential && !person.credential->password_hash.empty();
    });
}

}  // namespace vault::identity
