#pragma once
// Everything one shard owns, as plain values: users, their accounts, the vaults (vault_state.hpp),
// and the markets that drive them. Nothing here acts; the machines beside this file do. Owned by
// the Shard, touched by its thread only. Deques keep addresses stable; ids are dense from 1.
#include "common/base/hash.hpp"
#include "daemon/engine/alerts.hpp"
#include "daemon/engine/job.hpp"
#include "daemon/engine/preset.hpp"
#include "daemon/engine/vault_state.hpp"
#include "daemon/exchange/sim/venue.hpp"
#include "daemon/ports/commands.hpp"
#include "daemon/ports/feed_factory.hpp"
#include "daemon/risk/order_rules.hpp"

#include <deque>
#include <memory>
#include <unordered_map>

namespace vault::engine {

// The exchange that is simulated here.
inline constexpr std::string_view kPaper = "paper";

// Who listens to a pair's ticks. An account's are made anew whenever its pairs, settings or vaults
// change.
struct Listener {
    AccountId account;
    Vault* vault = nullptr;
    Sleeve* sleeve = nullptr;
    PairSlot* slot = nullptr;
    market::WindowSpec window;  // that it holds
};

// Which prices of its feed a pair's windows hold: a restart folds the same ones again.
struct FeedPast {
    std::uint64_t since = 0;           // position of the first
    std::vector<std::uint64_t> holes;  // positions after it that were refused, ascending
    bool begins_anew = false;          // the windows are empty; the next good price is a gap's end
    bool unanchored = false;           // the last price is another feed's: nothing to compare with
    UtcTime since_time;                // live: of the first one
    std::optional<Tick> refused;       // the newest price, if it was not believed
    std::uint32_t agreeing = 0;        // refused prices in a row that are near each other
    friend bool operator==(const FeedPast&, const FeedPast&) = default;
};

struct PairMarket {
    PairRules rules;
    market::PairWindows windows;
    std::optional<Tick> last;  // that was believed
    FeedPast past;
    std::optional<UtcTime> recorded;  // the newest that was stored, as far as is known
    std::vector<Listener> listeners;  // by account, then in its vaults' order
    // Vaults with a cap that this pair's price may trip: its own, or one that sums it up.
    std::vector<VaultId> watched;
    std::uint64_t watched_at = 0;  // World::watch_version then

    explicit PairMarket(const PairRules& r) : rules(r) {}
};

// One source of prices and its clock. A replayed account has one of its own; accounts that follow a
// live market share one.
struct Market {
    std::string exchange;  // live; empty: of one simulated account
    std::map<Pair, PairMarket> pairs;
    UtcTime now;  // of the last tick; 1970 before the first
    // Scripts that decide for a sleeve here, and how many of their answers are awaited: a replay
    // stands still meanwhile.
    std::vector<std::string> scripts;
    std::size_t awaited = 0;
    std::vector<AccountId> accounts;  // not empty, in order of their ids
};
inline std::string_view exchange_of(const Market& market) {
    return market.exchange.empty() ? kPaper : std::string_view{market.exchange};
}
// The account that stands for the market where its prices are kept.
inline AccountId recorded_under(const Market& market) {
    return market.accounts.front();
}

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
    WideRisk risk;
    std::map<std::string, Preset> presets;  // his own, by name
    bool dirty = false;
};

struct Account {
    ports::AccountRow row;
    Hold hold;  // World::hold_of(), kept current by whoever changes what it says
    exchange::SimVenue venue;
    std::uint32_t market = 0;  // index in World::markets
    Replay replay;
    std::vector<VaultId> vaults;
    std::map<Asset, Decimal> ignored;  // of what no vault explains
    std::vector<UtcTime> sent;         // orders of the last minute, while their number is limited
    bool removed = false;              // it takes no command and is in no list
    bool dirty = false;

    Account(ports::AccountRow r, exchange::SimVenue v) : row(std::move(r)), venue(std::move(v)) {}
};

// A call that was answered under an idempotency key. Its reply is here until its batch is durable,
// then in the store alone. An empty one went with a secret: it was kept nowhere, and a repeat is
// refused.
struct KnownReply {
    Digest request{};
    UtcTime at;  // wall clock
    std::optional<std::string> reply_json;
};
Error not_repeatable();
Digest reply_key(std::string_view user, std::string_view key);
struct DigestHash {
    std::size_t operator()(const Digest& digest) const;
};

// A pair whose status is another than trading, and since when by the wall clock.
struct PairStanding {
    PairStatus status = PairStatus::Trading;
    UtcTime since;
};

// What an exchange lists. PairWatch alone changes it.
struct Catalogue {
    std::map<Pair, PairRules> pairs;
    std::map<Pair, PairStanding> standings;
};

struct World {
    std::map<std::string, Catalogue, std::less<>> catalogues{{std::string{kPaper}, {}}};
    std::deque<User> users;
    std::deque<Account> accounts;
    std::deque<Vault> vaults;
    std::deque<Market> markets;
    std::vector<ports::ApiKeyRow> api_keys;  // by id
    std::map<VaultId, ports::KeyPolicyRow> key_policies;
    Jobs jobs;
    Alerts alerts;
    Hold daemon_hold;
    WideRisk daemon_risk;  // its caps are those of the configuration
    bool daemon_dirty = false;
    risk::OrderRules order_rules;      // those of the configuration
    Asset risk_asset;                  // in which users and the daemon are summed up
    Asset summed_in;                   // in which they were, when the store was written
    std::uint64_t watch_version = 1;   // rises when the vaults to watch, or listeners, change
    std::uint32_t watched_vaults = 0;  // 0: no price has to look further than its sleeves
    ports::TopActivity activity;
    std::string no_buys;  // why only exits are allowed; empty: buys too
    std::map<std::string, ScriptHealth, std::less<>> scripts;    // as last told, by name
    std::uint64_t last_seq = 0;                                  // of a tick for a script
    std::unordered_map<Digest, KnownReply, DigestHash> replies;  // by reply_key()

    User* find_user(std::string_view name);
    User* find_user(UserId id);
    // By id if it looks like one, else by login name: what commands call users.
    User* user_called(std::string_view text);
    const User* user_called(std::string_view text) const;
    const User* find_user(UserId id) const;
    Account* find_account(AccountId id);
    ports::ApiKeyRow* find_api_key(ApiKeyId id);
    Vault* find_vault(VaultId id);
    User& user_of(const Vault& vault);
    const User& user_of(const Vault& vault) const;
    Account& account_of(const Vault& vault);
    const Account& account_of(const Vault& vault) const;
    // An account whose history is unread is halted once it has had an API key, retired ones
    // included: without any it had nothing to send.
    Hold hold_of(const Account& account) const;
    // Gives the account its market: one of its own on paper, else the one that its exchange's
    // accounts share.
    void join_market(Account& account);
    Market* live_market(std::string_view exchange);  // null: nobody is on that exchange
    Market& market_of(const Account& account) { return markets[account.market]; }
    const Market& market_of(const Account& account) const { return markets[account.market]; }
    // Of the account's exchange; empty while that has told nothing yet.
    const Catalogue& catalogue_of(const Account& account) const;
    // null: the account's exchange does not list it.
    const PairRules* rules_of(const Account& account, const Pair& pair) const;
    ScriptHealth health_of(const ScriptUse& script) const;
    // Where a replay would wait: a script of it is being started, or has not answered.
    bool waits_for_scripts(const Market& market) const;
    const PairMarket* pair_market(const Account& account, const Pair& pair) const;
    // How far from the pair's last price an order of the account would fill, as a fraction of it:
    // no depth is known, so whatever its size. The second: on the worse side.
    Decimal slippage_of(const Account& account, const Pair& pair, Side side) const;
    Decimal slippage_of(const Account& account, const Pair& pair) const;
    // One unit of the asset in risk_asset, by the account's last price of the one in the other or
    // of the other in the one, to 18 places down; none: nobody knows.
    std::optional<Decimal> risk_rate(const Account& account, const Asset& asset) const;
    std::uint64_t entries() const;  // in all chains
};

// What the exchange lacks of the cash that the vault's books still hold; 0 if nothing. A shortfall
// is known to be gone.
Decimal lacking_cash(const World& world, const Vault& vault);

// What all open positions of the sleeve would give at the last prices, less cost and a fee.
Decimal unrealised_of(const World& world, const Vault& vault, const Sleeve& sleeve);

// Whether rows of this user are shown to who asks.
bool sees(const World& world, const ports::Visible& visible, UserId owner);
// Of the vault or account that the job is about.
UserId owner_of(const World& world, const Job& job);

WiderHolds wider_holds(const World& world, const Vault& vault);
HoldKind effective_hold(const World& world, const Vault& vault, const Sleeve& sleeve);

}  // namespace vault::engine
