#include "tests/simulation/faulty_store.hpp"

#include <algorithm>

namespace vault::simulation {
namespace {

constexpr std::uint32_t kMillion = 1'000'000;

// Failures that follow from a fault that was rolled.
bool expected(const std::string& message) {
    return message.starts_with("simulated") || message.find("is not durable") != message.npos ||
           message.find("does not follow") != message.npos || message == "the store is closed";
}

Error down_error() {
    return Error{Errc::StoreFailed, "simulated: the store is down"};
}

}  // namespace

FaultyStore::FaultyStore(EventQueue& queue, std::uint64_t seed, Witness witness)
    : queue_(queue),
      random_(seed),
      witness_(std::move(witness)),
      memory_(queue.clock(), {random_.next(), 0, 0, 0}) {}

Result<ports::Snapshot> FaultyStore::load(ShardId shard) {
    if (down_) return down_error();
    auto snapshot = memory_.load(shard);
    witness();
    pending_.clear();
    return snapshot;
}

void FaultyStore::commit(ports::Batch batch, Done done) {
    pending_.push_back(batch);
    auto told = [this, done = std::move(done)](const ports::CommitReport& report) {
        const bool failed = report.status == ports::CommitStatus::Failed;
        if (failed && on_refused && !expected(report.message)) on_refused(report.message);
        if (done) done(report);
    };
    memory_.commit(std::move(batch), std::move(told));
    schedule_step();
}

Result<std::vector<ports::PriceRow>> FaultyStore::read_prices(AccountId account, const Pair& pair,
                                                              UtcTime since) {
    if (down_) return down_error();
    return memory_.read_prices(account, pair, since);
}

void FaultyStore::read_reply(const std::string& user, const std::string& key, ReplyRead done) {
    if (down_) return done(down_error());
    memory_.read_reply(user, key, std::move(done));
}

void FaultyStore::set_buys_stopped(bool stopped) {
    ports::StoreHealth health = memory_.health();
    health.buys_stopped = health.alert = stopped;
    memory_.set_health(health);
}

void FaultyStore::schedule_step() {
    const auto took = static_cast<std::int64_t>(
        random_.below(static_cast<std::uint64_t>(latency_.count())) + 100'000);
    busy_until_ = std::max(busy_until_, queue_.clock().peek()) + SteadyTime{took};
    queue_.at(busy_until_, [this, life = life_] {
        if (life == life_) step();
    });
}

store::MemoryFaults FaultyStore::roll() {
    store::MemoryFaults faults;
    faults.seed = random_.next();
    const std::uint64_t roll = random_.below(kMillion);
    const std::uint64_t fail = down_ ? kMillion / 2 : faults_.fail;
    const std::uint64_t lost = fail + (down_ ? kMillion / 2 : faults_.unknown_lost);
    const std::uint64_t applied = lost + (down_ ? 0 : faults_.unknown_applied);
    if (roll < fail) {
        faults.fail_per_million = kMillion;
    } else if (roll < lost) {
        faults.unknown_lost_per_million = kMillion;
    } else if (roll < applied) {
        faults.unknown_applied_per_million = kMillion;
    }
    if (roll < applied) ++faults_done_;
    return faults;
}

void FaultyStore::step() {
    memory_.set_faults(roll());
    memory_.step();
    memory_.set_faults({random_.next(), 0, 0, 0});
    witness();
}

// The mark says what is durable, whatever was reported.
void FaultyStore::witness() {
    const BatchNo durable = memory_.mark(ShardId{1}).n;
    while (!pending_.empty() && pending_.front().n <= durable) {
        VAULT_CHECK(pending_.front().n.value == seen_.value + 1, "batches become durable in order");
        seen_ = pending_.front().n;
        witness_(pending_.front());
        pending_.pop_front();
    }
}

void FaultyStore::crash() {
    ++life_;
    busy_until_ = queue_.clock().peek();
    memory_.crash();
    witness();
    pending_.clear();
}

void FaultyStore::steal(ShardId shard) {
    VAULT_CHECK(memory_.load(shard).has_value(), "the memory store can be loaded");
    witness();
}

}  // namespace vault::simulation
