#pragma once
// The schema of a store file: numbered migrations compiled in, and the checks that a file is ours,
// of a version that this program knows, and exactly what the migrations make. Each migration runs
// in one transaction. Called by create() on the opening thread, before anything else touches the
// file.
#include "daemon/store/sqlite/connection.hpp"

namespace vault::store {

inline constexpr std::int64_t kApplicationId = 0x56415554;  // "VAUT"
inline constexpr std::uint64_t kPageSize = 4096;

// The version that this program writes: the number of its migrations.
std::int64_t schema_version();

// Sets WAL, synchronous=FULL, foreign keys and reads the settings back.
// Errors: StoreInvalid (a setting did not take), StoreFailed.
Result<void> apply_settings(Connection& connection);
Result<void> check_settings(Connection& connection);

// Refuses foreign files and newer versions; changes nothing. Errors: StoreInvalid.
Result<void> identify(Connection& connection, const std::string& path);
// Brings an empty file or an older version up to this one. Errors: StoreFailed.
Result<void> migrate(Connection& connection);
// Compares every object of the schema with what the migrations make. Errors: StoreInvalid.
Result<void> check_schema(Connection& connection, const std::string& path);

}  // namespace vault::store
