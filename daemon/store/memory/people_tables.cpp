#include "daemon/store/memory/people_tables.hpp"

#include "daemon/store/people_fields.hpp"

#include <fmt/format.h>

#include <set>

namespace vault::store {

namespace {

Error refused(std::string message) {
    return Error{Errc::StoreFailed, std::move(message), "store", "reload the shard from the store"};
}

template <class Key, class Row>
std::vector<Row> values(const std::map<Key, Row>& map) {
    std::vector<Row> rows;
    for (const auto& [key, row] : map)
        rows.push_back(row);
    return rows;
}

// The user that the row names.
template <class Row>
UserId user_of(const Row& row) {
    UserId user;
    fields(row, [&user](const char*, const auto& value) {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, UserId>) user = value;
    });
    return user;
}

template <class Key, class Row>
Result<void> check_users(const std::map<Key, Row>& map, const KnownUser& is_known) {
    for (const auto& [key, row] : map)
        if (!is_known(user_of(row)))
            return refused(fmt::format("a row of table {} names {}, who does not exist",
                                       kTable<Row>.table, to_text(user_of(row))));
    return success();
}

template <class Key, class Row>
Result<void> check_tokens(const std::map<Key, Row>& map) {
    std::set<Digest> hashes;
    for (const auto& [key, row] : map)
        if (!hashes.insert(row.token_hash).second)
            return refused(fmt::format("table {} has this token already", kTable<Row>.table));
    return success();
}

auto key_of(const ports::DataKeyId& id) {
    return std::pair{id.user, id.version};
}
auto key_of(const ports::FieldId& id) {
    return std::tuple{id.user, id.account, id.api_key, id.name};
}

}  // namespace

Result<IdentityTables> IdentityTables::after(const ports::IdentityChanges& changes,
                                             const KnownUser& is_known) const {
    IdentityTables next = *this;
    next.drop(changes);
    next.put(changes);
    VAULT_TRYV(next.check(is_known));
    return next;
}

void IdentityTables::drop(const ports::IdentityChanges& changes) {
    for (const SessionId id : changes.ended_sessions) {
        sessions.erase(id);
        // One that began and ended between two batches was never put, and yet its id was given.
        next_session = std::max(next_session, SessionId{id.value + 1});
    }
    for (const UserId user : changes.dropped_totps)
        totps.erase(user);
    for (const UserId user : changes.dropped_recovery_codes)
        std::erase_if(recovery_codes,
                      [user](const auto& item) { return item.first.first == user; });
    if (changes.dropped_attempts_before > UtcTime{})
        std::erase_if(attempts, [&changes](const auto& item) {
            return item.second.last_at < changes.dropped_attempts_before;
        });
}

void IdentityTables::put(const ports::IdentityChanges& changes) {
    for (const auto& row : changes.credentials)
        credentials[row.user] = row;
    for (const auto& row : changes.sessions) {
        sessions[row.id] = row;
        next_session = std::max(next_session, SessionId{row.id.value + 1});
    }
    for (const auto& row : changes.tokens)
        tokens[row.id] = row;
    for (const auto& row : changes.totps)
        totps[row.user] = row;
    for (const auto& row : changes.recovery_codes)
        recovery_codes[{row.user, row.code_hash}] = row;
    for (const auto& row : changes.attempts)
        attempts[{row.account, row.uid}] = row;
}

Result<void> IdentityTables::check(const KnownUser& is_known) const {
    VAULT_TRYV(check_users(credentials, is_known));
    VAULT_TRYV(check_users(sessions, is_known));
    VAULT_TRYV(check_users(tokens, is_known));
    VAULT_TRYV(check_users(totps, is_known));
    VAULT_TRYV(check_users(recovery_codes, is_known));
    VAULT_TRYV(check_tokens(sessions));
    return check_tokens(tokens);
}

ports::IdentityRows IdentityTables::rows() const {
    return {values(credentials),    values(sessions), values(tokens), values(totps),
            values(recovery_codes), values(attempts), next_session};
}

Result<SecretTables> SecretTables::after(const ports::SecretChanges& changes,
                                         const KnownUser& is_known) const {
    SecretTables next = *this;
    next.drop(changes);
    next.put(changes);
    VAULT_TRYV(next.check(is_known));
    VAULT_TRYV(next.check_keys(changes));
    if (!changes.only_if) return next;
    const auto [user, least] = *changes.only_if;
    for (const auto& [key, row] : next.fields)
        if (row.id.user == user && row.version < least) return field_is_below(*changes.only_if);
    return next;
}

Result<void> SecretTables::check_keys(const ports::SecretChanges& changes) const {
    if (!changes.only_if_no_key_below) return success();
    for (const auto& [key, row] : data_keys)
        if (row.master < *changes.only_if_no_key_below)
            return key_is_below(*changes.only_if_no_key_below);
    return success();
}

void SecretTables::drop(const ports::SecretChanges& changes) {
    for (const ports::MasterVersion version : changes.drop_masters)
        masters.erase(version);
    for (const ports::DataKeyId& id : changes.drop_data_keys)
        data_keys.erase(key_of(id));
    for (const ports::FieldId& id : changes.drop_fields)
        fields.erase(key_of(id));
}

void SecretTables::put(const ports::SecretChanges& changes) {
    for (const auto& row : changes.put_masters)
        masters[row.version] = row;
    for (const auto& row : changes.put_data_keys)
        data_keys[key_of(row.id)] = row;
    for (const auto& row : changes.put_fields)
        fields[key_of(row.id)] = row;
    for (const auto& [was, row] : changes.reseals) {
        const auto at = fields.find(key_of(row.id));
        if (at != fields.end() && at->second.value.nonce == was) at->second = row;
    }
}

Result<void> SecretTables::check(const KnownUser& is_known) const {
    VAULT_TRYV(check_users(data_keys, is_known));
    return check_users(fields, is_known);
}

ports::SecretRows SecretTables::rows() const {
    return {values(masters), values(data_keys), values(fields)};
}

}  // namespace vault::store
