#pragma once
// Start-up: proves every vault from its checkpoint on, takes the shard, reads the snapshot. Runs on
// the writer thread with no commit in flight. Errors: StoreInvalid naming vault and seq,
// StoreFailed.
#include "daemon/store/sqlite/audit_seal.hpp"
#include "daemon/store/sqlite/heads.hpp"

namespace vault::store {

Result<void> prove_vaults(Connection& connection, Prover& prover, Heads& heads);
Result<ports::ShardMark> take_shard(Connection& connection, ShardId shard);
// `now` is the wall clock, for the age of replies.
Result<ports::Snapshot> read_snapshot(Connection& connection, const Heads& heads, AuditSeal& seal,
                                      ports::ShardMark mark, UtcTime now, Duration reply_age);
// The cheap part of SQLite's own check: every small table. The big ones are the full check's.
Result<void> check_small_tables(Connection& connection, const std::string& path);

}  // namespace vault::store
