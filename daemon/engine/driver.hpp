#pragma once
// Driver: runs a shard's turns on one Asio executor and keeps the promise that nothing leaves
// before its batch is durable. It takes commands (from any executor), runs replays between them,
// hands batches to the store at most 64 or 1 s ahead, and releases replies when the store reports
// them durable. A failed commit throws the shard away and loads it again; pauses and halts that
// were not durable yet are applied anew. Owned by the composition root; everything but execute() on
// its own executor.
#include "common/base/log.hpp"
#include "daemon/engine/shard.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <deque>
#include <functional>

namespace vault::engine {

struct DriverOptions {
    std::uint64_t batches_ahead_max = 64;
    Duration ahead_max{1'000};
    Duration ride_along{250};
    std::size_t commands_max = 4'096;  // waiting for a turn; past that a command is Busy
};

// What other threads may read at any time.
struct DriverProgress {
    std::atomic<std::uint64_t> turns{0};
    std::atomic<std::uint64_t> batch{0};
    std::atomic<std::uint64_t> durable{0};
    std::atomic<std::int64_t> last_turn_ns{0};  // steady clock
    std::atomic<std::uint64_t> reloads{0};
};

class Driver final : public ports::Commands {
  public:
    using MakeShard = std::function<std::unique_ptr<Shard>()>;

    Driver(boost::asio::any_io_executor executor, ports::Store& store, MakeShard make_shard,
           ShardId shard, DriverOptions options, const Clock& clock, Logger& logger);
    ~Driver() override;

    // Loads the shard and starts turning. Blocking. Errors: the store's.
    Result<void> start();
    // Refuses mutations, stops replays, waits for the last batch, then calls `drained` once.
    void drain(std::function<void()> drained);

    boost::asio::awaitable<Result<ports::Reply>> execute(ports::CallContext context,
                                                         ports::Command command,
                                                         ports::Render render) override;
    const DriverProgress& progress() const { return progress_; }
    // Set before start(): called when another writer has taken the shard.
    std::function<void()> on_fenced;

  private:
    using Answer = std::function<void(Result<ports::Reply>)>;
    struct Waiting {
        ports::CallContext context;
        ports::Command command;
        ports::Render render;
        Answer answer;
    };
    struct Held {
        BatchNo batch;
        ports::Reply reply;
        Answer answer;
        SteadyTime since{};
        bool lowers_risk = false;
        bool mutation = false;
    };
    struct StickyHold {
        BatchNo batch;
        ports::CallContext context;
        ports::Command command;
        ports::Render render;
    };

    void enqueue(Waiting waiting);
    void schedule_turn();
    void turn();
    void take_commands();
    void run(Waiting waiting);
    void submit();
    bool behind() const;
    void on_report(const ports::CommitReport& report);
    void release();
    void release_urgent();
    void reload(const std::string& why);
    void arm_timer();
    void check_drained();

    boost::asio::any_io_executor executor_;
    ports::Store& store_;
    MakeShard make_shard_;
    ShardId shard_id_;
    DriverOptions options_;
    const Clock& clock_;
    Logger& logger_;
    boost::asio::steady_timer timer_;
    std::unique_ptr<Shard> shard_;
    DriverProgress progress_;

    std::deque<Waiting> commands_;
    std::deque<Held> held_;
    std::vector<StickyHold> sticky_;
    std::deque<std::pair<BatchNo, SteadyTime>> in_flight_;
    BatchNo durable_;
    std::uint64_t generation_ = 0;          // reports of batches before a reload are ignored
    SteadyTime wakes_at_{};                 // when the timer is due
    std::optional<SteadyTime> open_since_;  // of the open batch's first row
    std::atomic<std::size_t> queued_{0};
    std::function<void()> drained_;
    bool draining_ = false;
    bool turn_scheduled_ = false;
    bool down_ = false;  // the store could not be loaded; tried again each second
};

}  // namespace vault::engine
