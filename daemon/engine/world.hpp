#pragma once
// Everything one shard owns, as plain values: users, their accounts, the vaults with their two
// sleeves, and the markets that drive them. Nothing here acts; the machines beside this file do.
// Owned by the Shard, touched by its thread only. Deques keep addresses stable; ids are dense
// from 1.
#include "common/base/hash.hpp"
#include "daemon/engine/hold.hpp"
#include "daemon/engine/order_machine.hpp"
#include "daemon/engine/sweep_plan.hpp"
#include "daemon/exchange/sim/venue.hpp"
#include "daemon/ledger/transaction.hpp"
#include "daemon/market/price_window.hpp"
#include "daemon/ports/commands.hpp"
#include "daemon/ports/feed_factory.hpp"
#include "daemon/ports/rows.hpp"
#include "daemon/risk/caps.hpp"
#include "daemon/strategy/cycle.hpp"

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>

namespace vault::engine {

// The last decision of one side, so that repeats only count.
struct DecisionMemory {
    ports::Action action = ports::Action::Hold;
    ports::Reason reason = ports::Reason::None;
    std::uint64_t repeats = 0;
    friend bool operator==(const DecisionMemory&, const DecisionMemory&) = default;
};

// One pair of one sleeve: trackers, timers, what the strategy is shown, and the open cycle.
struct PairSlot {
    Pair pair;
    const market::PriceWindow* window = nullptr;  // in the market's PairWindows; null: no market
    strategy::CycleState state;
    ports::SleeveFigures view;  // kept current by refresh_view()
    DecisionMemory last_buy, last_sell;
    ports::Reason standing_sell = ports::Reason::None;  // a sell decision stands until flat
    bool stuck = false;                                 // below the minimum to sell
    std::string attention;   // why the position needs a person; empty if not
    UtcTime opened_at;       // the first fill of the open position
    Decimal entry_fee_rate;  // kept from the first fill until it closes
    Decimal cycle_cost, cycle_proceeds, cycle_fees, cycle_realised;
};

// A sleeve's parameters, never changed in place. Most sleeves trade with a preset's numbers, and
// those exist once: 300 bytes less for each, and nearer to the core when thousands are evaluated.
class SharedParams {
  public:
    SharedParams() : SharedParams(strategy::CycleParams{}) {}
    SharedParams(const strategy::CycleParams& params);
    operator const strategy::CycleParams&() const { return *shared_; }
    const strategy::CycleParams* operator->() const { return shared_.get(); }

  private:
    std::shared_ptr<const strategy::CycleParams> shared_;  // owned by all sleeves that use them
};

struct Sleeve {
    SleeveKind kind = SleeveKind::Quiet;
    SharedParams params;
    risk::Caps caps;
    SweepPlan sweep_plan;                          // quiet only
    std::optional<UtcTime> sweep_due;              // fell due then; waits until the sleeve is flat
    std::map<std::string, std::string> overrides;  // what differs from the preset, as text
    std::string preset;
    Hold hold;
    std::vector<PairSlot> slots;   // in the vault's order of pairs
    std::vector<Order> orders;     // live or unresolved, and the last one that ended
    std::uint32_t last_order = 0;  // intent numbers are dense from 1
    std::uint32_t cycles = 0;      // closed
    UtcTime last_close;
    bool ever_closed = false;
    bool last_cycle_lost = false;
    UtcTime last_fill;
    risk::DayMarks day;              // since midnight UTC
    std::string capped_by;           // the latched cap that holds buys; empty if none
    HoldKind held = HoldKind::None;  // effective_hold(), kept current by refresh()
    bool dirty = false;
};

struct Vault {
    ports::VaultRow row;
    ledger::VaultBooks books;
    ledger::AutoRaise policy;  // auto-raise and reserve cap
    std::vector<Pair> pairs;
    Hold hold;
    std::string attention;             // quarantine: why; empty if none
    std::uint32_t commands = 0;        // numbers the causes of commands under replay
    std::set<std::uint64_t> reversed;  // entries that a correction took back: once each
    UtcTime updated_at;
    std::array<Sleeve, 2> sleeves;
    bool dirty = false;

    Vault(ports::VaultRow r, ledger::VaultBooks b) : row(std::move(r)), books(std::move(b)) {
        for (const SleeveKind kind : kSleeveKinds)
            sleeves[index_of(kind)].kind = kind;
    }
    Sleeve& sleeve(SleeveKind kind) { return sleeves[index_of(kind)]; }
    const Sleeve& sleeve(SleeveKind kind) const { return sleeves[index_of(kind)]; }
};

// Who listens to a pair's ticks. An account's are made anew whenever its pairs, settings or vaults
// change.
struct Listener {
    AccountId account;
    Vault* vault = nullptr;
    Sleeve* sleeve = nullptr;
    PairSlot* slot = nullptr;
    market::WindowSpec window;  // that it holds
};

struct PairMarket {
    PairRules rules;
    market::PairWindows windows;
    std::optional<Tick> last;
    std::vector<Listener> listeners;  // by account, then in its vaults' order

    explicit PairMarket(const PairRules& r) : rules(r) {}
};

// One source of prices and its clock. A replayed account has one of its own; accounts that follow a
// live market share one.
struct Market {
    std::string exchange;  // live; empty: of one simulated account
    std::map<Pair, PairMarket> pairs;
    UtcTime now;  // of the last tick; 1970 before the first
    std::vector<AccountId> accounts;
};

enum class ReplayState : std::uint8_t { None, Ready, Running, Finished, Stopped };
std::string_view to_text(ReplayState state);

struct Replay {
    ports::FeedSource source;
    std::unique_ptr<ports::TickFeed> feed;
    ReplayState state = ReplayState::None;
    std::optional<UtcTime> until;
    std::optional<Decimal> speed;        // virtual seconds per second; none: as fast as possible
    std::optional<UtcTime> first, last;  // of the source's ticks
    UtcTime paced_from;                  // virtual instant of paced_at
    SteadyTime paced_at{};
};

struct User {
    ports::UserRow row;
    Hold hold;
    bool dirty = false;
};

struct Account {
    ports::AccountRow row;
    exchange::SimVenue venue;
    std::uint32_t market = 0;  // index in World::markets
    Replay replay;
    std::vector<VaultId> vaults;
    bool dirty = false;

    Account(ports::AccountRow r, exchange::SimVenue v) : row(std::move(r)), venue(std::move(v)) {}
};

// A call that was answered under an idempotency key. Its reply is here until its batch is durable,
// then in the store alone.
struct KnownReply {
    Digest request{};
    UtcTime at;  // wall clock
    std::optional<std::string> reply_json;
};
Digest reply_key(std::string_view user, std::string_view key);
struct DigestHash {
    std::size_t operator()(const Digest& digest) const;
};

struct World {
    std::map<Pair, PairRules> catalogue;  // of the simulated exchange; constant
    std::deque<User> users;
    std::deque<Account> accounts;
    std::deque<Vault> vaults;
    std::deque<Market> markets;
    Hold daemon_hold;
    bool daemon_dirty = false;
    bool buys_stopped = false;  // the store is almost full: exits only
    std::unordered_map<Digest, KnownReply, DigestHash> replies;  // by reply_key()
    std::uint64_t entries = 0;                                   // in all chains

    User* find_user(std::string_view name);
    User* find_user(UserId id);
    Account* find_account(AccountId id);
    Vault* find_vault(VaultId id);
    User& user_of(const Vault& vault);
    const User& user_of(const Vault& vault) const;
    Account& account_of(const Vault& vault);
    const Account& account_of(const Vault& vault) const;
    // Gives the account its market: one of its own on paper, else the one that its exchange's
    // accounts share.
    void join_market(Account& account);
    Market* live_market(std::string_view exchange);  // null: nobody is on that exchange
    Market& market_of(const Account& account) { return markets[account.market]; }
    const Market& market_of(const Account& account) const { return markets[account.market]; }
    const PairRules* rules_of(const Pair& pair) const;
    const PairMarket* pair_market(const Account& account, const Pair& pair) const;
};

// What coins would give at the last price, less one side's fee (design/domain.md, "equity"); never
// more than a balance can be, so that sums of values stay in range.
Decimal value_at_market(Decimal coins, Price price, Decimal fee_rate);

// What the exchange lacks of the cash that the vault's books still hold; 0 if nothing. A shortfall
// is known to be gone.
Decimal lacking_cash(const World& world, const Vault& vault);

std::string sleeve_name(const Vault& vault, SleeveKind kind);  // "v1.flash"

HoldKind effective_hold(const World& world, const Vault& vault, const Sleeve& sleeve);

}  // namespace vault::engine
