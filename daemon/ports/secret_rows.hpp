#pragma once
// What the secrets room asks a store to keep: plain rows, none of which tells a secret to whoever
// reads them. Three kinds, each sealed by the one above:
//
//     master key (never stored) -> MasterRow (a canary)
//                               -> DataKeyRow, one or two per user -> FieldRow, one per secret
//
// A row opens only where it was made: its deployment and all its columns are bound in. Values.
#include "common/base/strong.hpp"
#include "common/domain/ids.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vault::ports {

using MasterVersion = Strong<std::uint32_t, struct MasterVersionTag>;    // from 1
using DataKeyVersion = Strong<std::uint32_t, struct DataKeyVersionTag>;  // from 1 per user

using Nonce = std::array<std::uint8_t, 24>;

// XChaCha20-Poly1305 (IETF): the ciphertext is as long as the secret, plus a tag of 16 bytes.
struct Sealed {
    Nonce nonce{};
    std::string ciphertext;
    friend bool operator==(const Sealed&, const Sealed&) = default;
};

// A version of the master key, known by the canary that only it opens. Primary key: version.
struct MasterRow {
    MasterVersion version;
    MasterVersion least;  // master keys below open nothing
    Sealed canary;
    friend bool operator==(const MasterRow&, const MasterRow&) = default;
};

// Primary key: user, version.
struct DataKeyId {
    UserId user;
    DataKeyVersion version;
    friend bool operator==(const DataKeyId&, const DataKeyId&) = default;
};
struct DataKeyRow {
    DataKeyId id;
    DataKeyVersion least;  // fields of the user sealed by a version below do not open
    MasterVersion master;  // by which `key` is sealed
    Sealed key;
    friend bool operator==(const DataKeyRow&, const DataKeyRow&) = default;
};

// Which secret of whom; account 0 and API key 0 for what belongs to none (a TOTP seed).
struct FieldId {
    UserId user;
    AccountId account;
    ApiKeyId api_key;
    std::string name;  // "api_secret", "totp_seed" …
    friend bool operator==(const FieldId&, const FieldId&) = default;
};
// Primary key: id.
struct FieldRow {
    FieldId id;
    DataKeyVersion version;  // of the user's data key by which `value` is sealed
    Sealed value;
    friend bool operator==(const FieldRow&, const FieldRow&) = default;
};

// Replaces the field's row only if its nonce is still `was`: else somebody wrote a newer value.
struct Reseal {
    Nonce was{};
    FieldRow row;
};

// The user has no field row of a version below this one.
struct NoFieldBelow {
    UserId user;
    DataKeyVersion version;
};

// One step of a change of keys: what one transaction puts (inserts or replaces by primary key) and
// drops. All or nothing. If `only_if` does not hold inside the transaction, it is rolled back, and
// the change is dropped and proposed again.
struct SecretChanges {
    std::vector<MasterRow> put_masters;
    std::vector<MasterVersion> drop_masters;
    std::vector<DataKeyRow> put_data_keys;
    std::vector<DataKeyId> drop_data_keys;
    std::vector<FieldRow> put_fields;  // new secrets and new values of old ones
    std::vector<FieldId> drop_fields;
    std::vector<Reseal> reseals;
    std::optional<NoFieldBelow> only_if;
    std::optional<MasterVersion> only_if_no_key_below;  // no data key is sealed by a master below

    std::size_t row_count() const {
        return put_masters.size() + drop_masters.size() + put_data_keys.size() +
               drop_data_keys.size() + put_fields.size() + drop_fields.size() + reseals.size();
    }
    bool empty() const { return row_count() == 0; }
};

// What both come to, one after the other. At most one of them has an `only_if`.
void append(SecretChanges& first, SecretChanges&& later);

// All there are, as a start reads them.
struct SecretRows {
    std::vector<MasterRow> masters;
    std::vector<DataKeyRow> data_keys;
    std::vector<FieldRow> fields;
};

}  // namespace vault::ports
