#include "daemon/store/memory/memory_store.hpp"

#include "daemon/ledger/chain.hpp"
#include "daemon/store/balance_fold.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::store {

using ports::CommitReport;
using ports::CommitStatus;

namespace {

constexpr Duration kReplyAge = std::chrono::hours{24};
constexpr std::uint32_t kMillion = 1'000'000;

template <class Key, class Row>
std::vector<Row> values(const std::map<Key, Row>& map) {
    std::vector<Row> rows;
    for (const auto& [key, row] : map)
        rows.push_back(row);
    return rows;
}

}  // namespace

MemoryStore::MemoryStore(const Clock& clock, const MemoryFaults& faults)
    : clock_(clock), faults_(faults), random_(faults.seed) {
    health_.full_check_done = true;
}

void MemoryStore::set_faults(const MemoryFaults& faults) {
    faults_ = faults;
    random_ = Random{faults.seed};
}

Result<ports::Snapshot> MemoryStore::load(ShardId shard) {
    // As on a writer thread of its own: what was queued before comes first.
    while (step()) {
    }
    closed_ = false;
    broken_.erase(shard);
    ports::Snapshot snapshot;
    auto& mark = tables_.shards[shard];
    ++mark.epoch;
    snapshot.mark = mark;
    snapshot.users = values(tables_.users);
    snapshot.accounts = values(tables_.accounts);
    snapshot.vaults = values(tables_.vaults);
    snapshot.balances = values(tables_.balances);
    snapshot.states = values(tables_.states);
    for (const auto& [vault, entries] : tables_.entries)
        snapshot.heads[vault] = tables_.head(vault);
    const UtcTime oldest = clock_.now() - kReplyAge;
    for (const auto& [key, reply] : tables_.replies)
        if (reply.at >= oldest)
            snapshot.replies.push_back({reply.user, reply.key, reply.request, {}, reply.at});
    if (!tables_.events.empty()) snapshot.last_event = tables_.events.back().seq;
    snapshot.audit = tables_.audit_head();
    snapshot.api_keys = values(tables_.api_keys);
    snapshot.key_policies = values(tables_.key_policies);
    snapshot.identity = tables_.identity.rows();
    snapshot.secrets = tables_.secrets.rows();
    return snapshot;
}

void MemoryStore::commit(ports::Batch batch, Done done) {
    if (closed_) {
        if (done) done({batch.n, CommitStatus::Failed, "the store is closed"});
        return;
    }
    queue_.push_back({std::move(batch), std::move(done)});
}

Result<std::vector<ports::PriceRow>> MemoryStore::read_prices(AccountId account, const Pair& pair,
                                                              UtcTime since) {
    std::vector<ports::PriceRow> rows;
    for (const auto& [key, row] : tables_.prices)
        if (row.account == account && row.pair == pair && row.at >= since) rows.push_back(row);
    return rows;
}

void MemoryStore::read_reply(const std::string& user, const std::string& key, ReplyRead done) {
    const auto found = tables_.replies.find({user, key});
    if (found != tables_.replies.end()) return done(found->second.reply_json);
    done(Error{Errc::NotFound, "no reply is kept under this key", "idem_key"});
}

ports::ShardMark MemoryStore::mark(ShardId shard) const {
    const auto at = tables_.shards.find(shard);
    return at == tables_.shards.end() ? ports::ShardMark{} : at->second;
}

ports::StoreHealth MemoryStore::health() const {
    return health_;
}

void MemoryStore::close() {
    while (step()) {
    }
    closed_ = true;
}

bool MemoryStore::step() {
    if (queue_.empty()) return false;
    // Taken out first: `done` may queue the next batch.
    const Queued item = std::move(queue_.front());
    queue_.pop_front();
    const CommitReport report = settle(item.batch);
    if (item.done) item.done(report);
    return true;
}

void MemoryStore::crash() {
    auto applied = random_.below(queue_.size() + 1);
    const MemoryFaults faults = std::exchange(faults_, MemoryFaults{});
    for (auto item = queue_.begin(); applied > 0; ++item, --applied)
        settle(item->batch);
    faults_ = faults;
    queue_.clear();
    broken_.clear();
}

// Durable if the batch comes onto the mark, else the answer that it gets.
CommitReport MemoryStore::fence(const ports::Batch& batch) const {
    const ports::ShardMark mark = this->mark(batch.shard);
    if (mark.epoch != batch.epoch)
        return {batch.n, CommitStatus::Fenced,
                fmt::format("the shard belongs to epoch {}, this batch is of epoch {}", mark.epoch,
                            batch.epoch)};
    if (batch.n.value == mark.n.value + 1) return {batch.n, CommitStatus::Durable, {}};
    return {batch.n, CommitStatus::Failed,
            fmt::format("batch {} does not follow batch {}", batch.n.value, mark.n.value)};
}

CommitReport MemoryStore::roll_faults(const ports::Batch& batch) {
    const std::uint64_t roll = random_.below(kMillion);
    const std::uint64_t failed = faults_.fail_per_million;
    const std::uint64_t lost = failed + faults_.unknown_lost_per_million;
    const std::uint64_t applied = lost + faults_.unknown_applied_per_million;
    if (roll < failed) return {batch.n, CommitStatus::Failed, "simulated: the disk failed"};
    if (roll < lost) return {batch.n, CommitStatus::Unknown, "simulated: the answer was lost"};
    auto done = tables_.apply(batch);
    if (!done) return {batch.n, CommitStatus::Failed, done.error().message()};
    tables_.shards[batch.shard].n = batch.n;
    if (roll < applied) return {batch.n, CommitStatus::Unknown, "simulated: the answer was lost"};
    return {batch.n, CommitStatus::Durable, {}};
}

CommitReport MemoryStore::settle(const ports::Batch& batch) {
    if (const auto broken = broken_.find(batch.shard); broken != broken_.end())
        return {batch.n, CommitStatus::Failed,
                fmt::format("batch {} of the shard is not durable", broken->second.value)};
    CommitReport report = fence(batch);
    if (report.status == CommitStatus::Durable) report = roll_faults(batch);
    if (report.status != CommitStatus::Durable) broken_.emplace(batch.shard, batch.n);
    return report;
}

Result<void> MemoryStore::prove() const {
    for (const auto& [vault, entries] : tables_.entries) {
        ledger::ChainVerifier chain{vault};
        BalanceFold fold;
        for (const auto& row : entries) {
            const std::string at = format_utc(row.at);
            const ledger::EntryColumns columns{
                row.vault,    row.seq,         row.tx,
                row.kind,     row.cause,       to_text(row.owner.mode),
                at,           row.owner.actor, row.postings_json,
                row.prev_hash};
            VAULT_TRYV(chain.next(columns, row.hash));
            VAULT_TRYV(fold.add(row.postings_json));
        }
        std::vector<std::string> lines;
        for (const auto& [key, row] : tables_.balances)
            if (row.vault == vault && !row.amount.is_zero())
                lines.push_back(
                    fmt::format("{} {} {}\n", row.account, row.asset.text(), row.amount.text()));
        std::sort(lines.begin(), lines.end());
        if (fmt::format("{}", fmt::join(lines, "")) != fold.text())
            return Error{Errc::StoreInvalid,
                         fmt::format("{}, entry {}: balances are not the sums of "
                                     "the journal",
                                     to_text(vault), chain.head().seq)};
    }
    ports::AuditVerifier trail;
    for (const auto& row : tables_.audits) {
        VAULT_TRYV(trail.next(row));
    }
    return success();
}

}  // namespace vault::store
