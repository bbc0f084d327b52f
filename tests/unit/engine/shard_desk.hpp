#pragma once
// ShardDesk: a bench that drives the real engine::Shard by hand: users, accounts and vaults by
// command, prices tick by tick, every batch through the in-memory store, and a restart whenever a
// test likes, from nothing but what the store kept. Nothing is mocked: strategy, ledger, simulated
// venue and store are the daemon's own. One thread.
#include "common/base/log.hpp"
#include "daemon/engine/shard.hpp"
#include "daemon/store/memory/memory_store.hpp"
#include "tests/unit/engine/scripted_feed.hpp"

#include <set>

namespace vault::engine::test {

namespace cmd = ports::cmd;
using vault::literals::operator""_dec;

inline Asset asset(std::string_view text) {
    return Asset::parse(text).value();
}
inline Pair pair(std::string_view text) {
    return Pair::parse(text).value();
}
inline Decimal dec(std::string_view text) {
    return Decimal::parse(text).value();
}

inline const Pair kEthUsdt = pair("ETH/USDT");
inline const Pair kBtcUsdt = pair("BTC/USDT");
inline const Pair kEthUsdc = pair("ETH/USDC");
inline const Pair kEthBtc = pair("ETH/BTC");
inline constexpr VaultId kV1{1};
inline constexpr SleeveKind kQuiet = SleeveKind::Quiet;
inline constexpr SleeveKind kFlash = SleeveKind::Flash;
inline constexpr AccountId kA1{1};
inline constexpr UtcTime kStart{Duration{1'700'006'400'000}};  // 2023-11-15 00:00 UTC

std::map<Pair, PairRules> desk_catalogue();

// Settings under which a test decides by price alone: a rise of 1 % over the tick before buys, a
// net gain of 2 % arms the trail, a fall of 0.5 % from the high sells, a net loss of 5 % stops.
std::map<std::string, std::string> simple_settings();

cmd::Target sleeve_target(VaultId vault, SleeveKind sleeve);
cmd::Target vault_target(VaultId vault);
cmd::Target user_target(std::string user);
cmd::Target daemon_target();

// What the shard remembers, as text: equal before and after a restart, or something was lost.
std::string describe(const World& world);
std::string describe(const Sums& sums);

class ShardDesk {
  public:
    explicit ShardDesk(exchange::SimSettings paper = {});

    // The shard's options from now on, also after a restart; all but paper and catalogue.
    void configure(EngineOptions options);
    Shard& shard() { return *shard_; }
    const World& world() const { return std::as_const(*shard_).world(); }
    const Vault& vault(VaultId id = kV1) const { return world().vaults[id.value - 1]; }
    const ledger::VaultBooks& books(VaultId id = kV1) const { return vault(id).books; }
    const Sleeve& sleeve(SleeveKind kind, VaultId id = kV1) const { return vault(id).sleeve(kind); }
    const ledger::SleeveBooks& sleeve_books(SleeveKind kind, VaultId id = kV1) const {
        return books(id).sleeve(kind);
    }
    const exchange::SimVenue& venue(AccountId id = kA1) const {
        return world().accounts[id.value - 1].venue;
    }
    std::string state(SleeveKind kind, VaultId id = kV1) const;
    ManualClock& clock() { return clock_; }
    const store::MemoryStore& store() const { return store_; }
    ports::StoreReader& reader() { return store_; }

    // The command's error, or none. Every command and tick ends with a durable batch.
    std::optional<Error> apply(const ports::Command& command, const std::string& key = {},
                               bool dry_run = false);
    // The daemon's caps, as a reload of the configuration would.
    void configure(const risk::Caps& daemon_caps);
    void configure(const risk::OrderRules& order_rules);
    // The exchange's rules of a pair, as a reload of the configuration would bring them; or as a
    // restart finds them that were changed meanwhile.
    void set_rules(const PairRules& rules);
    void set_status(const Pair& pair, PairStatus status);
    void change_before_restart(const PairRules& rules);
    // As apply, for commands that must succeed: the test fails otherwise.
    void must(const ports::Command& command);

    // Account `account` follows a script of its own for the pair, from `price` at kStart + `after`.
    void start_replay(AccountId account, Pair pair, std::string_view price,
                      Duration after = Duration{0});
    // The next price of the account's script, `after` the last one.
    void tick(std::string_view price, AccountId account = kA1);
    void tick_after(Duration after, Price price, AccountId account = kA1, bool gap = false);
    // Of the book behind every tick from now on.
    void set_gaps(Decimal ask, Decimal bid) { ask_gap_ = ask, bid_gap_ = bid; }
    void set_half_spread(Decimal half_spread) { set_gaps(half_spread, half_spread); }
    // A price of another pair on the account's market.
    void push(Pair pair, std::string_view price, AccountId account = kA1);
    void end_of_data(AccountId account = kA1);

    // A new shard from what the store kept. False if it remembers anything else than the old one;
    // difference() says where.
    bool restart();
    const std::string& difference() const { return difference_; }

    // Everything that was committed, and what the last command or tick added.
    const ports::Batch& last() const { return last_; }
    const ports::Batch& all() const { return all_; }
    std::size_t events(std::string_view type) const;
    const std::string& store_error() const { return store_error_; }

  private:
    void commit();
    std::string script_of(AccountId account) const { return to_text(account); }

    ManualClock clock_{kStart};
    NullLogger log_;
    Scripts scripts_;
    store::MemoryStore store_{clock_};
    EngineOptions options_;
    Decimal ask_gap_, bid_gap_;
    std::unique_ptr<Shard> shard_;
    ports::Batch all_, last_;
    std::string difference_, store_error_;
};

// A desk with user ann, account a1 following ETH/USDT from 2000, and the vault v1 of USDT with
// `total`, all of it tradeable, simple_settings() on both sleeves. No fee or slippage unless said.
struct DeskOptions {
    std::string total = "10000";
    std::string quiet = "0";
    std::string flash = "1000";
    std::string fee = "0";
    std::string slippage = "0";
    exchange::SimSettings paper = {};
};
class OpenDesk : public ShardDesk {
  public:
    explicit OpenDesk(const DeskOptions& options = {});
};
// Both sleeves that have money buy at 2020: decided at 2020, filled on the next tick at 2020.
void open_position(ShardDesk& desk);

}  // namespace vault::engine::test
