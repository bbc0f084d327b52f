#pragma once
// FaultyStore: the in-memory store as the simulated process sees it: commits take time, fail, lose
// their answers or find the store down, decided by a seed. It hands every batch to a witness, in
// order, at the moment it becomes durable, so that the oracles read what is kept and nothing else.
// It outlives the processes that use it. One thread; tests only.
#include "daemon/store/memory/memory_store.hpp"
#include "tests/simulation/virtual_time.hpp"

namespace vault::simulation {

// Chances are per million commits.
struct StoreFaults {
    std::uint32_t fail = 0;
    std::uint32_t unknown_applied = 0;
    std::uint32_t unknown_lost = 0;
};

class FaultyStore final : public ports::Store {
  public:
    using Witness = std::function<void(const ports::Batch&)>;
    FaultyStore(EventQueue& queue, std::uint64_t seed, Witness witness);

    Result<ports::Snapshot> load(ShardId shard) override;
    void commit(ports::Batch batch, Done done) override;
    Result<std::vector<ports::PriceRow>> read_prices(AccountId account, const Pair& pair,
                                                     UtcTime since) override;
    void read_reply(const std::string& user, const std::string& key, ReplyRead done) override;
    ports::StoreHealth health() const override { return memory_.health(); }
    void close() override { memory_.close(); }

    void set_faults(const StoreFaults& faults) { faults_ = faults; }
    void set_down(bool down) { down_ = down; }
    // Commits take up to `most` from now on.
    void set_latency(SteadyTime most) { latency_ = most; }
    void set_buys_stopped(bool stopped);
    // The process dies: some of what was queued is durable, nobody was told.
    void crash();
    // Another process loads the shard: what this one commits from now on is refused.
    void steal(ShardId shard);

    // Called when the store refuses a batch for what is in it: that is the engine's fault.
    std::function<void(const std::string& why)> on_refused;

    store::MemoryStore& memory() { return memory_; }
    std::uint64_t faults_done() const { return faults_done_; }

  private:
    void schedule_step();
    void step();
    store::MemoryFaults roll();
    void witness();

    EventQueue& queue_;
    Random random_;
    Witness witness_;
    store::MemoryStore memory_;
    StoreFaults faults_;
    std::deque<ports::Batch> pending_;  // handed over, not known to be durable
    BatchNo seen_;                      // the last batch that the witness has seen
    SteadyTime latency_ = std::chrono::milliseconds{4};
    SteadyTime busy_until_{0};
    std::uint64_t life_ = 0;  // steps scheduled for a process that died do nothing
    std::uint64_t faults_done_ = 0;
    bool down_ = false;
};

}  // namespace vault::simulation
