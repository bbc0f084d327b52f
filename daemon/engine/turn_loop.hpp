#pragma once
// TurnLoop: runs a shard's turns and keeps the promise that nothing leaves before its batch is
// durable. It takes commands, runs replays between them, hands batches to the store at most 64 or
// 1 s ahead, and releases replies when the store reports them durable. A commit that failed or
// whose outcome was lost throws the shard away and loads it again: only then is it known what was
// done. Pauses and halts that were not durable yet are put back in force before anything else runs.
// Plain: it knows no thread and no timer but its Scheduler, so the daemon and the simulator run the
// same code. Owned by the Driver (or the simulator); the scheduler's thread only.
#include "common/base/log.hpp"
#include "daemon/engine/scheduler.hpp"
#include "daemon/engine/script_desk.hpp"
#include "daemon/ports/directory.hpp"
#include "daemon/ports/market_feed.hpp"

#include <atomic>
#include <deque>
#include <functional>

namespace vault::engine {

struct DriverOptions {
    std::uint64_t batches_ahead_max = 64;
    Duration ahead_max{1'000};
    Duration ride_along{250};          // rows that nobody waits for are committed by then
    Duration replay_batch{50};         // a replay's batch is closed at this age
    std::size_t commands_max = 4'096;  // waiting for a turn; past that a command is Busy
};

// What other threads may read at any time.
struct DriverProgress {
    std::atomic<std::uint64_t> turns{0};
    std::atomic<std::uint64_t> batch{0};
    std::atomic<std::uint64_t> durable{0};
    std::atomic<std::uint64_t> commits{0};      // batches that became durable since the start
    std::atomic<std::int64_t> last_turn_ns{0};  // steady clock
    std::atomic<std::uint64_t> reloads{0};
    std::atomic<std::int64_t> unsaved_since_ns{0};  // of the oldest batch in flight; 0: none
};

class TurnLoop {
  public:
    using MakeShard = std::function<std::unique_ptr<Shard>()>;
    // Called exactly once per call(), unless the loop is destroyed first.
    using Answer = std::function<void(Result<ports::Reply>)>;

    TurnLoop(Scheduler& scheduler, ports::Store& store, MakeShard make_shard, ShardId shard,
             DriverOptions options, const Clock& clock, Logger& logger);

    // Loads the shard and starts turning. Blocking. Errors: the store's.
    Result<void> start();
    void call(ports::CallContext context, ports::Command command, ports::Render render,
              Answer answer);
    // A live price, for the next turn; the newest per pair takes the place of the one before it.
    void price(ports::LivePrice price);
    // What a live exchange lists, for the next turn.
    void rules(std::string exchange, std::vector<PairRules> rules);
    // Who runs users' scripts, and whom to tell what comes of it. Before start().
    void run_scripts_by(ports::ScriptHost& host) { desk_.use(host); }
    ports::ScriptListener& script_listener() { return desk_; }
    // Refuses mutations, stops replays, waits for the last batch, then calls `drained` once. A
    // store that keeps failing is given up on after a few tries.
    // False if something that was answered as unknown, or a hold, may be lost.
    void drain(std::function<void(bool durable)> drained);

    // From the next turn on. A shard that is loaded later comes from MakeShard, which has to know
    // the new options too.
    void configure(const DriverOptions& options, const EngineOptions& shard);

    const DriverProgress& progress() const { return progress_; }
    // Null while the store cannot be loaded, or after another writer took the shard.
    const Shard* shard() const { return shard_.get(); }
    // Set before start(): called when another writer has taken the shard.
    std::function<void()> on_fenced;
    // Set before start(): gets every event once its batch is durable, by seq, each exactly once.
    std::function<void(ports::EventPage)> on_events;
    // Set before start(): gets the alerts that changed once their batch is durable, and all of them
    // whenever the shard was loaded.
    ports::AlertSink on_alerts;
    // Set before start(): learns who there is and who owns what, before any caller is answered.
    ports::DirectorySink directory;

  private:
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
        std::uint64_t hold = 0;        // of a pause or halt: its StickyHold's number
        bool impatient = false;        // answered although its batch is not durable, if that lasts
        std::optional<Error> refusal;  // what it rests on may not be durable yet either
        // Of a repeated call whose first reply only the store has: whose, and under which key.
        std::optional<std::pair<std::string, std::string>> stored;
    };
    // A pause or halt that is in force but not durable yet.
    struct StickyHold {
        std::uint64_t number = 0;
        BatchNo batch;
        ports::CallContext context;
        ports::Command command;
        ports::Render render;
    };

    void refuse_overtaken_resumes(const ports::Command& hold);
    void schedule_turn();
    void turn();
    void take_commands();
    void take_prices();
    void run(Waiting waiting);
    std::optional<Error> refusal(const Waiting& waiting) const;
    void submit();
    void release_events();
    void keep_page(const ports::Batch& batch);
    void release_pages();
    void release_alerts();
    bool behind() const;
    void note_unsaved();
    BatchNo open_batch() const;
    void on_report(const ports::CommitReport& report);
    void on_durable(BatchNo n);
    void fenced();
    void release();
    void release_urgent();
    static Held held(const ports::CallContext& context, Shard::Applied applied, Answer answer);
    void answer(Held held);
    enum class Known : std::uint8_t { No, Lost };  // what became of the batches in flight
    void reload(const std::string& why, Known known);
    Result<void> load_shard();
    void refuse_lost(const std::string& why);
    void refuse_held(const Error& error);
    void restore_holds();
    void give_up(const std::string& why);
    SteadyTime next_alarm() const;
    void arm_alarm();
    void on_alarm();
    void check_drained();

    Scheduler& scheduler_;
    ports::Store& store_;
    MakeShard make_shard_;
    ShardId shard_id_;
    DriverOptions options_;
    const Clock& clock_;
    Logger& logger_;
    std::unique_ptr<Shard> shard_;
    DriverProgress progress_;
    ScriptDesk desk_{[this] { schedule_turn(); }};

    std::deque<Waiting> urgent_;    // pauses and halts, in the order they came
    std::deque<Waiting> commands_;  // everything else
    std::map<std::pair<std::string, Pair>, Tick> prices_;  // live, by exchange and pair
    // What live exchanges told that they list. A shard that is loaded anew may not know of it.
    std::map<std::string, std::map<Pair, PairRules>> listings_;
    bool listings_told_ = true;
    std::deque<Held> held_;  // by batch
    std::vector<StickyHold> sticky_;
    std::uint64_t last_hold_ = 0;
    std::deque<std::pair<BatchNo, SteadyTime>> in_flight_;
    std::deque<std::pair<BatchNo, ports::EventPage>> untold_;        // not durable yet
    std::deque<std::pair<BatchNo, ports::DirectoryPage>> unlisted_;  // likewise
    std::deque<std::pair<BatchNo, ports::AlertPage>> unsent_;        // likewise
    BatchNo durable_;
    std::uint64_t generation_ = 0;          // reports of batches before a reload are ignored
    SteadyTime wakes_at_{};                 // when the alarm is due
    std::optional<SteadyTime> open_since_;  // of the open batch's first row
    std::function<void(bool)> drained_;
    bool draining_ = false;
    bool gave_up_ = false;
    std::uint32_t failures_while_draining_ = 0;
    bool turn_scheduled_ = false;
    bool down_ = false;  // the store could not be loaded; tried again with each alarm
    std::string down_why_;
};

}  // namespace vault::engine
