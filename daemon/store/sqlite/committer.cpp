#include "daemon/store/sqlite/committer.hpp"

#include "daemon/store/sqlite/schema.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>

namespace vault::store {

using ports::CommitStatus;

Result<std::unique_ptr<Committer>> Committer::create(Connection& connection,
                                                     const SqliteOptions& options, DiskGuard& disk,
                                                     Heads& heads, AuditSeal& seal) {
    std::unique_ptr<Committer> made{new Committer{connection, options, disk, heads, seal}};
    VAULT_TRY(made->rows_, RowWriter::create(connection, options));
    VAULT_TRY(made->begin_, Statement::prepare(connection, "BEGIN IMMEDIATE"));
    VAULT_TRY(made->commit_, Statement::prepare(connection, "COMMIT"));
    VAULT_TRY(made->rollback_, Statement::prepare(connection, "ROLLBACK"));
    VAULT_TRY(made->fence_,
              Statement::prepare(
                  connection, "UPDATE shard SET n = n + 1 WHERE id = ? AND n = ? AND epoch = ?"));
    VAULT_TRY(made->mark_,
              Statement::prepare(connection, "SELECT n, epoch FROM shard WHERE id = ?"));
    return made;
}

void Committer::commit(std::span<PendingCommit> group) {
    const bool clean = std::none_of(group.begin(), group.end(), [&](const PendingCommit& item) {
        return broken_.contains(item.batch.shard);
    });
    if (clean && try_group(group)) return;
    for (std::size_t i = 0; i < group.size(); ++i) {
        const auto broken = broken_.find(group[i].batch.shard);
        if (broken == broken_.end())
            try_group(group.subspan(i, 1));
        else
            note(group[i],
                 {CommitStatus::Failed,
                  fmt::format("batch {} of the shard is not durable", broken->second.value)});
    }
}

// True when every batch of the group has its final report. A larger group that failed has none.
bool Committer::try_group(std::span<PendingCommit> group) {
    const Verdict verdict = write_all(group);
    const bool known =
        verdict.status == CommitStatus::Durable || verdict.status == CommitStatus::Unknown;
    if (!known && group.size() > 1) return false;
    if (verdict.status == CommitStatus::Durable) trouble_.clear();
    for (PendingCommit& item : group)
        note(item, verdict);
    return true;
}

Committer::Verdict Committer::write_all(std::span<PendingCommit> group) {
    if (auto begun = begin_->run(); !begun) {
        trouble_ = begun.error().message();
        return {CommitStatus::Failed, trouble_};
    }
    for (const PendingCommit& item : group) {
        const Verdict verdict = apply(item.batch);
        if (verdict.status == CommitStatus::Durable) continue;
        const int code = connection_.code();
        heads_.drop_staged();
        if (connection_.in_transaction() && !rollback_->run()) trouble_ = verdict.message;
        if (code == SQLITE_FULL || code == SQLITE_IOERR) trouble_ = verdict.message;
        if (code == SQLITE_FULL && make_room()) return write_all(group);
        return verdict;
    }
    auto done = finish_transaction();
    if (!done) return settle(group, done.error().message());
    heads_.keep_staged();
#ifdef VAULT_TESTING
    if (options_.faults != nullptr && FaultSites::fires(options_.faults->lose_answer)) {
        heads_.forget();
        return {CommitStatus::Unknown, "test fault: the answer of COMMIT was lost"};
    }
#endif
    return {};
}

Result<void> Committer::finish_transaction() {
#ifdef VAULT_TESTING
    FaultSites* faults = options_.faults;
    if (faults != nullptr && FaultSites::fires(faults->abort_before_commit)) std::abort();
    if (faults != nullptr && FaultSites::fires(faults->fail_commit))
        return Error{Errc::StoreFailed, "test fault: COMMIT failed"};
#endif
    VAULT_TRYV(commit_->run());
#ifdef VAULT_TESTING
    if (faults != nullptr && FaultSites::fires(faults->abort_after_commit)) std::abort();
#endif
    return success();
}

// COMMIT gave an error: what the file says now is what happened.
Committer::Verdict Committer::settle(std::span<PendingCommit> group, const std::string& why) {
    const bool full = connection_.code() == SQLITE_FULL;
    const bool closed = !connection_.in_transaction() || static_cast<bool>(rollback_->run());
    heads_.forget();
    trouble_ = why;
    bool applied = true;
    for (const PendingCommit& item : group) {
        const auto mark = closed ? read_mark(item.batch.shard) : connection_.error("rollback");
        if (!mark) return {CommitStatus::Unknown, why + "; then: " + mark.error().message()};
        applied =
            applied && mark.value().n >= item.batch.n && mark.value().epoch == item.batch.epoch;
    }
    if (applied) return {};
    if (full && make_room()) return write_all(group);
    return {CommitStatus::Failed, why};
}

bool Committer::make_room() {
    if (!disk_.release()) return false;
    if (const std::uint64_t limit = disk_.page_limit(kPageSize); limit != 0)
        return static_cast<bool>(
            connection_.exec(fmt::format("PRAGMA max_page_count = {}", limit).c_str()));
    return true;
}

Committer::Verdict Committer::apply(const ports::Batch& batch) {
    fence_->bind(1, std::int64_t{batch.shard.value});
    fence_->bind(2, static_cast<std::int64_t>(batch.n.value) - 1);
    fence_->bind(3, static_cast<std::int64_t>(batch.epoch));
    if (auto fenced = fence_->run(); !fenced)
        return {CommitStatus::Failed, fenced.error().message()};
    if (connection_.changes() != 1) return fence_lost(batch);
    for (const ports::EntryRow& entry : batch.entries)
        if (auto linked = heads_.stage(entry); !linked)
            return {CommitStatus::Failed, linked.error().message()};
    if (auto written = rows_->write(batch); !written)
        return {CommitStatus::Failed, written.error().message()};
    if (!batch.audits.empty()) {
        const ports::AuditRow& last = batch.audits.back();
        if (auto sealed = seal_.write({last.seq, last.hash}); !sealed)
            return {CommitStatus::Failed, sealed.error().message()};
    }
    return {};
}

Committer::Verdict Committer::fence_lost(const ports::Batch& batch) {
    const auto mark = read_mark(batch.shard);
    if (!mark) return {CommitStatus::Failed, mark.error().message()};
    if (mark.value().epoch != batch.epoch)
        return {CommitStatus::Fenced,
                fmt::format("shard {} belongs to epoch {}, this batch is of epoch {}",
                            batch.shard.value, mark.value().epoch, batch.epoch)};
    return {CommitStatus::Failed,
            fmt::format("batch {} does not follow batch {}", batch.n.value, mark.value().n.value)};
}

Result<ports::ShardMark> Committer::read_mark(ShardId shard) {
    mark_->bind(1, std::int64_t{shard.value});
    VAULT_TRY(const bool row, mark_->step());
    ports::ShardMark mark;
    if (row) {
        mark.n = BatchNo{static_cast<std::uint64_t>(mark_->integer(0))};
        mark.epoch = static_cast<std::uint64_t>(mark_->integer(1));
    }
    mark_->reset();
    return mark;
}

void Committer::note(PendingCommit& item, const Verdict& verdict) {
    item.report = {item.batch.n, verdict.status, verdict.message};
    if (verdict.status != CommitStatus::Durable)
        broken_.try_emplace(item.batch.shard, item.batch.n);
}

}  // namespace vault::store
