#pragma once
// Oracle: reads every batch at the moment it becomes durable and keeps its own simple account of
// what must be true: the journal's sums, the venue's wallets, orders with their intents and fills,
// holds, and who was told what. It looks at the engine's memory only to see that nothing trades
// that may not. A complaint is a sentence with the batch it came from. Tests only.
#include "tests/simulation/calls.hpp"
#include "tests/simulation/plain_books.hpp"

namespace vault::simulation {

class Oracle {
  public:
    explicit Oracle(const Plan& plan);

    Calls& calls() { return calls_; }
    const Calls& calls() const { return calls_; }
    void on_batch(const ports::Batch& batch);
    // A life begins to tell events after `last`; what it tells.
    void on_subscribed(std::uint64_t last);
    void on_events(const std::vector<ports::EventRow>& events);
    // `submitted` is the newest batch that the loop handed over when the answer was given.
    void on_answer(Call& call, const Result<ports::Reply>& result, BatchNo submitted);
    void on_sent(const Call& call);
    // The entry that a client finds in the store.
    std::optional<ports::EntryRow> entry(VaultId vault, std::uint64_t seq) const;
    void on_crash();
    // Buys have been stopped for long enough that every later batch must be without them.
    void on_buys_stopped(std::optional<BatchNo> since) { buys_stopped_since_ = since; }
    void check_world(const engine::World& world);
    // After everything is durable: the memory equals the store.
    void finish(const engine::World& world, const store::MemoryStore& store);

    const std::vector<std::string>& complaints() const { return complaints_; }
    void complain(std::string what);
    std::uint64_t trace() const { return trace_; }
    void mix(std::string_view text);
    std::uint64_t orders() const { return orders_.size(); }
    std::uint64_t buys() const { return buys_; }
    std::uint64_t fills() const { return fills_; }
    std::uint64_t entries() const { return entries_; }
    std::uint64_t events() const { return events_.size(); }
    std::uint64_t corrections() const { return corrections_; }

  private:
    struct OrderTrack {
        ports::OrderRow row;
        std::uint32_t intents = 0;
        Decimal quantity, cost;  // of its fills
        bool known = false;      // has a row
    };
    struct HoldTrack {
        ports::cmd::Target target;
        BatchNo after;  // batches past this one may hold no new buy
        bool durable = false;
    };
    struct AccountTrack {
        std::map<Asset, Decimal> flows;  // what came in less what left, by everything known
        std::set<Asset> corrected;       // moved in the books alone
        std::set<Asset> at_market;       // moved by a trade whose price is the venue's own
        bool explained = true;           // no sale by hand waits for a decision, or did
    };
    using SleeveKey = std::pair<VaultId, SleeveKind>;

    void read_events(const ports::Batch& batch);
    void count_events(const ports::Batch& batch);
    void read_entries(const ports::Batch& batch);
    void read_fills(const ports::Batch& batch);
    void read_orders(const ports::Batch& batch);
    void read_order(const ports::Batch& batch, const ports::OrderRow& row);
    void new_order(const ports::Batch& batch, const ports::OrderRow& row);
    void read_correction(const ports::EntryRow& row);
    void read_replies(const ports::Batch& batch);
    void apply_flows(const ports::Command& command);
    void hand_trade(const ports::cmd::PaperTrade& trade);
    void compare_balances(const ports::Batch& batch);
    void compare_wallets(const ports::Batch& batch);
    bool left_short(const engine::Vault& vault) const;
    void check_hold(const engine::World& world, const ports::cmd::Target& target);
    void compare_wallet(AccountId id, const Asset& asset, Decimal total);
    bool resumed_since(const Call& hold, const ports::cmd::Target& target) const;
    bool concerns(const ports::cmd::Target& target, VaultId vault, SleeveKind sleeve) const;
    PlainBooks* books_of(VaultId vault);

    const Plan& plan_;
    Calls calls_;
    BatchNo batch_;  // being read
    std::map<VaultId, PlainBooks> books_;
    std::map<VaultId, ports::VaultRow> vaults_;
    std::map<VaultId, Decimal> shortfall_;
    std::map<AccountId, AccountTrack> accounts_;
    std::set<AccountId> corrected_;  // a correction of theirs was sent
    std::map<OrderId, OrderTrack> orders_;
    std::map<SleeveKey, std::uint32_t> last_order_;
    std::map<SleeveKey, std::set<OrderId>> live_;
    std::map<UserId, std::string> user_names_;
    std::vector<HoldTrack> holds_;
    std::map<std::uint64_t, std::uint64_t> sent_;  // call -> when it was last sent
    std::vector<std::pair<std::uint64_t, ports::cmd::Target>> resumes_;
    std::uint64_t sendings_ = 0;
    std::vector<std::string> events_;  // durable, as text; the first has seq 1
    std::uint64_t told_ = 0;           // the newest that subscribers were told
    std::optional<BatchNo> buys_stopped_since_;
    std::vector<std::string> complaints_;
    std::uint64_t trace_ = 0xcbf29ce484222325ULL;
    std::uint64_t buys_ = 0, fills_ = 0, entries_ = 0, corrections_ = 0;
};

}  // namespace vault::simulation
