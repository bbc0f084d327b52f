// How changes that share a batch become one: its drops come before its puts, so what a later change
// drops must not be put by an earlier one.
#include "common/base/check.hpp"
#include "daemon/ports/identity_rows.hpp"
#include "daemon/ports/secret_rows.hpp"

#include <algorithm>
#include <iterator>

namespace vault::ports {
namespace {

template <class T>
void move_into(std::vector<T>& first, std::vector<T>& later) {
    first.insert(first.end(), std::make_move_iterator(later.begin()),
                 std::make_move_iterator(later.end()));
    later.clear();
}

template <class Row, class Key, class Of>
void forget(std::vector<Row>& puts, const std::vector<Key>& drops, Of key_of) {
    if (drops.empty()) return;
    std::erase_if(puts, [&](const Row& row) {
        return std::ranges::find(drops, std::invoke(key_of, row)) != drops.end();
    });
}

}  // namespace

void append(IdentityChanges& first, IdentityChanges&& later) {
    forget(first.sessions, later.ended_sessions, &SessionRow::id);
    forget(first.totps, later.dropped_totps, &TotpRow::user);
    forget(first.recovery_codes, later.dropped_recovery_codes, &RecoveryCodeRow::user);
    std::erase_if(first.attempts, [&](const AttemptRow& row) {
        return row.last_at < later.dropped_attempts_before;
    });
    move_into(first.credentials, later.credentials);
    move_into(first.sessions, later.sessions);
    move_into(first.ended_sessions, later.ended_sessions);
    move_into(first.tokens, later.tokens);
    move_into(first.totps, later.totps);
    move_into(first.dropped_totps, later.dropped_totps);
    move_into(first.recovery_codes, later.recovery_codes);
    move_into(first.dropped_recovery_codes, later.dropped_recovery_codes);
    move_into(first.attempts, later.attempts);
    first.dropped_attempts_before =
        std::max(first.dropped_attempts_before, later.dropped_attempts_before);
}

// A reseal is about a row that is there: it comes after the puts.
void append(SecretChanges& first, SecretChanges&& later) {
    VAULT_CHECK(!first.only_if || !later.only_if, "two changes of keys at once");
    if (later.only_if_no_key_below) first.only_if_no_key_below = later.only_if_no_key_below;
    forget(first.put_masters, later.drop_masters, &MasterRow::version);
    forget(first.put_data_keys, later.drop_data_keys, &DataKeyRow::id);
    forget(first.put_fields, later.drop_fields, &FieldRow::id);
    std::erase_if(first.reseals, [&](const Reseal& reseal) {
        return std::ranges::find(later.drop_fields, reseal.row.id) != later.drop_fields.end();
    });
    move_into(first.put_masters, later.put_masters);
    move_into(first.drop_masters, later.drop_masters);
    move_into(first.put_data_keys, later.put_data_keys);
    move_into(first.drop_data_keys, later.drop_data_keys);
    move_into(first.put_fields, later.put_fields);
    move_into(first.drop_fields, later.drop_fields);
    move_into(first.reseals, later.reseals);
    if (later.only_if) first.only_if = later.only_if;
}

}  // namespace vault::ports
