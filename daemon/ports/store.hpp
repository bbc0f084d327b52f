#pragma once
// The seam between the shard and whatever keeps its batches. The store owns its writer thread: the
// shard hands over whole batches and goes on; a batch is durable when its report says so. Reading
// for reports has a port of its own (store_reader.hpp) on separate read-only connections.
#include "daemon/ports/audit.hpp"
#include "daemon/ports/identity_rows.hpp"
#include "daemon/ports/key_rows.hpp"
#include "daemon/ports/rows.hpp"
#include "daemon/ports/secret_rows.hpp"

#include <functional>
#include <map>

namespace vault::ports {

// One numbered batch of one shard: everything in it becomes durable together or not at all. `n` is
// idempotency key and fence at once: it commits only onto n - 1 of the same epoch.
struct Batch {
    ShardId shard;
    BatchNo n;
    std::uint64_t epoch = 0;
    std::vector<UserRow> users;        // upsert
    std::vector<AccountRow> accounts;  // upsert
    std::vector<VaultRow> vaults;      // upsert
    std::vector<EntryRow> entries;
    std::vector<BalanceRow> balances;  // upsert: the amounts after the batch
    std::vector<OrderRow> orders;      // upsert
    std::vector<FillRow> fills;
    std::vector<DecisionRow> decisions;
    std::vector<PriceRow> prices;
    std::vector<AllocationRow> allocations;
    std::vector<SweepRow> sweeps;
    std::vector<PauseRow> pauses;
    std::vector<CycleRow> cycles;
    std::vector<DayCloseRow> day_closes;
    std::vector<EventRow> events;
    std::vector<AuditRow> audits;
    std::vector<IdempotencyRow> replies;
    std::vector<StateRow> states;            // upsert
    std::vector<ApiKeyRow> api_keys;         // upsert
    std::vector<KeyPolicyRow> key_policies;  // upsert
    IdentityChanges identity;
    SecretChanges secrets;  // an only_if that does not hold fails the whole batch

    std::size_t row_count() const;
};

enum class CommitStatus : std::uint8_t {
    Durable,
    Failed,   // definitely not applied
    Unknown,  // the answer was lost: load() tells what became of it
    Fenced,   // another writer owns the shard now: stop
};

struct CommitReport {
    BatchNo n;
    CommitStatus status = CommitStatus::Failed;
    std::string message;
};

struct ShardMark {
    BatchNo n;  // the last batch that is durable
    std::uint64_t epoch = 0;
};

// Everything the engine needs to continue where the last durable batch ended.
struct Snapshot {
    ShardMark mark;
    std::vector<UserRow> users;
    std::vector<AccountRow> accounts;
    std::vector<VaultRow> vaults;
    std::vector<BalanceRow> balances;
    std::map<VaultId, ChainHead> heads;
    std::vector<StateRow> states;
    std::vector<IdempotencyRow> replies;  // not older than 24 h of wall clock; reply_json is empty
    std::uint64_t last_event = 0;         // the newest event's seq; 0: none yet
    ChainHead audit;                      // the audit trail's
    std::vector<ApiKeyRow> api_keys;      // by id, dense from 1
    std::vector<KeyPolicyRow> key_policies;  // by vault
    IdentityRows identity;
    SecretRows secrets;
};

struct StoreHealth {
    std::uint32_t disk_used_pct = 0;  // 0..100 of the volume, or of the configured size limit
    bool alert = false;               // past disk_alert_pct
    bool buys_stopped = false;        // past disk_stop_buys_pct
    bool writable = true;
    bool full_check_done = false;
    bool full_check_failed = false;
    std::string message;
};

class Store {
  public:
    using Done = std::function<void(const CommitReport&)>;
    using ReplyRead = std::function<void(Result<std::string>)>;
    virtual ~Store() = default;

    // Verifies the newest checkpoint and everything after it, takes the shard (epoch + 1) and reads
    // it. Blocking; start-up and reload only, with no commit in flight. Errors: StoreInvalid,
    // StoreFailed.
    virtual Result<Snapshot> load(ShardId shard) = 0;
    // The recorded prices of a pair from `since` on, oldest first: what a live market goes on with.
    // Blocking, and as load(). Errors: StoreFailed.
    virtual Result<std::vector<PriceRow>> read_prices(AccountId account, const Pair& pair,
                                                      UtcTime since) = 0;
    // Takes the batch and returns at once. `done` runs once, on the store's thread (or inside the
    // caller's step() for the in-memory store), in the order of the batches. After a report that is
    // not Durable every later batch of the shard is reported Failed until load().
    virtual void commit(Batch batch, Done done) = 0;
    // The reply_json that is durable under a user's idempotency key. `done` runs once, on the
    // store's thread (or inside the call for the in-memory store). Errors: NotFound, StoreFailed.
    virtual void read_reply(const std::string& user, const std::string& key, ReplyRead done) = 0;
    virtual StoreHealth health() const = 0;
    // Finishes queued commits, writes a checkpoint, closes. Idempotent.
    virtual void close() = 0;
};

}  // namespace vault::ports
