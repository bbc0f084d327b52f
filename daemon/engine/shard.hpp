#pragma once
// Shard: the world of one thread and its turns. A turn takes commands and ticks and leaves one
// numbered batch; nothing that a turn decided may leave before its batch is durable (TurnLoop
// sees to that). Plain and synchronous: the same class runs in the daemon, in the backtest clock
// and in the simulator. After a failed commit it is thrown away and loaded again. One thread; no
// Asio.
#include "common/base/log.hpp"
#include "daemon/engine/commander.hpp"
#include "daemon/engine/idle_watch.hpp"
#include "daemon/engine/live_clock.hpp"
#include "daemon/ports/store.hpp"

namespace vault::engine {

inline constexpr std::string_view kBuysStopped = "buys_stopped";
inline constexpr std::string_view kBuysGoOn = "buys_go_on";

class Shard {
  public:
    Shard(ShardId id, EngineOptions options, ports::FeedFactory& feeds, const Clock& clock,
          Logger& logger);
    // Once, on a fresh shard. Errors: StoreInvalid when the snapshot does not fit together.
    Result<void> load(const ports::Snapshot& snapshot);

    struct Applied {
        std::string reply_json;
        bool repeated = false;  // the reply of the first call: nothing was done
        bool stored = false;    // repeated, and the store alone has the reply
    };
    // All or nothing; what changed something or was refused is in the audit trail. Errors: the
    // refusal; IdemMismatch when the key came with another request.
    Result<Applied> apply(const ports::CallContext& context, const ports::Command& command,
                          ports::Render render);

    // Runs due replays until `until` on the steady clock or until the batch is full. True if more
    // work is due at once.
    bool run_replays(SteadyTime until);
    // When a paced replay is next due; none: nothing to wait for.
    std::optional<SteadyTime> next_due() const;
    // One tick of a market from outside its replay; all that it moves is stored with the batch.
    void push_tick(std::uint32_t market, const Pair& pair, const Tick& tick);
    // After load(): the recorded prices that live markets go on with are read by `read`. Errors:
    // its.
    using PriceRead =
        std::function<Result<std::vector<ports::PriceRow>>(AccountId, const Pair&, UtcTime)>;
    Result<void> recall_prices(const PriceRead& read);
    // Live markets have a time (live_clock.hpp), with prices or without. Before commands and ticks.
    void keep_time();
    // One tick of a live exchange, for all accounts on it. A pair that it does not list is ignored.
    // What it does is stored, and trackers that moved; clocks and timers are not: after a restart
    // the first price is checked at once.
    void push_price(std::string_view exchange, const Pair& pair, const Tick& tick);
    // What a live exchange lists now (PairWatch::follow).
    void push_rules(std::string_view exchange, const std::map<Pair, PairRules>& rules);

    // Scripts as strategies: which shall run; ticks for them and those to be started anew, to be
    // passed on after the turn; what they answered, into a turn. A shard that was loaded takes the
    // numbers of ticks after `last`, so that an answer to one before is nobody's.
    void number_ticks_after(std::uint64_t last) { world_.last_seq = last; }
    bool take_scripts_changed() { return std::exchange(scripts_changed_, false); }
    std::map<std::string, ports::ScriptSpec> wanted_scripts() const;
    std::vector<ScriptAsk> take_asks();
    std::set<std::string> take_restarts();
    void on_script_news(const ScriptNews& news);

    // Takes over what may change while it runs. Of the catalogue: the rules of pairs that it knows.
    void configure(const EngineOptions& options);
    // Exits only, for this reason; an empty one lets buys go on. Either is told once.
    void stop_buys(std::string why);
    // Tells of sleeves that have begun or ceased to be idle, now and then.
    void watch_idle();
    bool batch_empty() const { return recorder_.empty(); }
    bool batch_full() const { return recorder_.row_count() >= options_.batch_rows_max; }
    // What is durable up to this batch need not be kept here as well.
    void on_durable(BatchNo n);
    // Numbers the batch and hands it over; the next one is open and empty.
    ports::Batch close_batch();
    BatchNo last_batch() const { return last_batch_; }
    // The number of the newest event, durable or not; 0: none yet.
    std::uint64_t last_event() const { return last_event_; }

    const World& world() const { return world_; }
    World& world() { return world_; }

  private:
    Result<Applied> change(const ports::CallContext& context, const ports::Command& command,
                           ports::Render render);
    void note_refusal(const ports::CallContext& context, const ports::Command& command,
                      const Error& refusal);
    struct AccountBackup;
    struct Backup;
    Backup back_up(const ports::Command& command, bool dry_run) const;
    void back_up_keys(AccountId account, Backup& backup) const;
    void restore(Backup&& backup);
    void rebind(const std::vector<AccountId>& accounts);
    bool run_account(Account& account, std::size_t ticks_max);
    void tell_script(const ports::ScriptStatus& status);
    void settle_answers(Account& account);
    void settle_overdue(Account& account);
    void settle(const Listener& listener);
    void show_again(Account& account);
    void forget_ticks(Vault& vault);
    std::optional<Result<Applied>> find_reply(const ports::CallContext& context) const;
    void remember_reply(const ports::CallContext& context, const std::string& reply_json,
                        Recorder& recorder);
    void forget_replies();
    void touch_all(Account& account);
    void tell_of_buys(const std::string& why);
    std::optional<SteadyTime> due_at(const Account& account) const;

    Result<void> load_accounts(const ports::Snapshot& snapshot,
                               const std::map<std::string, const ports::StateRow*>& states);
    Result<void> load_vaults(const ports::Snapshot& snapshot,
                             const std::map<std::string, const ports::StateRow*>& states);
    Result<void> open_feed(Account& account, std::uint64_t position);

    ShardId id_;
    EngineOptions options_;
    ports::FeedFactory& feeds_;
    const Clock& clock_;
    Logger& logger_;
    World world_;
    Recorder recorder_;
    BatchNo last_batch_;
    std::uint64_t last_event_ = 0;
    ports::ChainHead audit_;  // of the audit trail, with what is not durable yet
    std::uint64_t epoch_ = 0;
    IdleWatch idle_watch_;
    LiveClock live_clock_;
    bool told_no_buys_ = false;     // an alert says so, and none that they go on
    std::size_t next_account_ = 0;  // round robin over replays
    struct AskedSlot {
        VaultId vault;
        SleeveKind sleeve = SleeveKind::Quiet;
        Pair pair;
    };
    std::map<std::uint64_t, AskedSlot> asked_;  // by the tick's number
    bool scripts_changed_ = false;              // which shall run may have
    SteadyTime replies_forgotten_{};
    std::deque<std::pair<BatchNo, Digest>> fresh_replies_;  // their batch is not durable yet
};

}  // namespace vault::engine
