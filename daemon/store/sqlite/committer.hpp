#pragma once
// Turns queued batches into transactions: one fsync for a whole group, the fence of every batch
// checked in it. A group that does not go through as a whole is rolled back and taken batch by
// batch, so that a bad batch harms none before it; those after it wait for load(), for they were
// decided on top of it. Writer thread only.
#include "daemon/store/sqlite/audit_seal.hpp"
#include "daemon/store/sqlite/disk_guard.hpp"
#include "daemon/store/sqlite/heads.hpp"
#include "daemon/store/sqlite/row_writer.hpp"

#include <span>

namespace vault::store {

struct PendingCommit {
    ports::Batch batch;
    ports::Store::Done done;
    ports::CommitReport report;
};

class Committer {
  public:
    // All references outlive the committer.
    static Result<std::unique_ptr<Committer>> create(Connection& connection,
                                                     const SqliteOptions& options, DiskGuard& disk,
                                                     Heads& heads, AuditSeal& seal);

    // Fills in the report of every batch. `group` holds at least one.
    void commit(std::span<PendingCommit> group);
    // At load(): earlier failures of the shard no longer matter.
    void forget(ShardId shard) { broken_.erase(shard); }
    // The last failure of the file itself; empty while writing works.
    const std::string& trouble() const { return trouble_; }

  private:
    struct Verdict {
        ports::CommitStatus status = ports::CommitStatus::Durable;
        std::string message;
    };

    Committer(Connection& connection, const SqliteOptions& options, DiskGuard& disk, Heads& heads,
              AuditSeal& seal)
        : connection_(connection), options_(options), disk_(disk), heads_(heads), seal_(seal) {}

    bool try_group(std::span<PendingCommit> group);
    Verdict write_all(std::span<PendingCommit> group);
    Verdict apply(const ports::Batch& batch);
    Verdict fence_lost(const ports::Batch& batch);
    Result<ports::ShardMark> read_mark(ShardId shard);
    Verdict settle(std::span<PendingCommit> group, const std::string& why);
    Result<void> finish_transaction();
    bool make_room();
    void note(PendingCommit& item, const Verdict& verdict);

    Connection& connection_;
    const SqliteOptions& options_;
    DiskGuard& disk_;
    Heads& heads_;
    AuditSeal& seal_;
    std::optional<RowWriter> rows_;
    std::optional<Statement> begin_, commit_, rollback_, fence_, mark_;
    std::map<ShardId, BatchNo> broken_;  // the first batch that was not reported durable
    std::string trouble_;
};

}  // namespace vault::store
