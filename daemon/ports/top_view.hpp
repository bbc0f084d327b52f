#pragma once
// What `top` asks and shows: the whole daemon on one page, cut to a number of rows so that its cost
// does not grow with the fleet. Plain values that the control room renders to JSON; names equal the
// JSON field names. Amounts are in the vault's asset; times are those of the account's clock.
#include "daemon/ports/views.hpp"

namespace vault::ports {

enum class TopSort : std::uint8_t {
    Id,
    User,
    State,  // what needs a person first
    Total,
    Tradeable,
    Equity,
    Today,
    Unrealised,
    Realised,
};

namespace cmd {

struct ShowTop {
    std::optional<std::string> user;
    std::optional<AccountId> account;
    std::optional<VaultId> vault;
    std::string match;  // in id, user, account, asset, mode or state; empty: all
    TopSort sort = TopSort::Id;
    bool reverse = false;       // else texts rise and amounts fall
    std::uint32_t limit = 200;  // rows of vaults, positions, orders and alerts
};

}  // namespace cmd

struct TopVault {
    VaultId id;
    std::string user;
    AccountId account;
    Asset asset;
    Mode mode = Mode::Paper;
    std::string state;
    std::string attention;     // why needs_attention; empty if not
    std::uint32_t alerts = 0;  // of it and its sleeves
    Decimal total, tradeable, equity;
    Decimal today;  // gained since midnight UTC, realised and not
    Decimal unrealised, realised;
    UtcTime now;  // the account's clock
};

struct TopSleeve {
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    std::string user;
    Asset asset;
    std::string state, idle_reason, preset;
    Decimal cash, locked, pending, positions_cost, balance, equity, today, unrealised, realised;
    std::uint32_t cycles = 0;
    std::optional<UtcTime> last_fill_at;
};

struct TopOrder {
    OrderId id;
    Pair pair;
    Side side = Side::Buy;
    std::string state, reason;
    Decimal requested;  // buy: budget in quote, sell: quantity in base
    Decimal filled_quantity, filled_cost, fee;
    UtcTime decided_at;
};

// The last answer of one check of the strategy.
struct TopDecision {
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    Pair pair;
    std::string check;  // buy | sell
    std::string action, reason;
    std::uint64_t repeats = 0;
};

struct TopAlert {
    std::string severity;  // critical warning info
    std::string kind;      // needs_attention unresolved_order halted stale_price …
    std::string object;    // "v1", "v1.flash", "alice"; empty: the daemon
    std::string message;
    std::optional<UtcTime> since;
};

// Since the shard was loaded; a reload starts them anew.
struct TopActivity {
    std::uint64_t ticks = 0;        // prices taken in
    std::uint64_t evaluations = 0;  // a sleeve looked at a price
};

// How much there is of each list, before it is cut.
struct TopMatched {
    std::uint32_t vaults = 0, sleeves = 0, positions = 0, orders = 0, alerts = 0;
};

struct TopView {
    StatusView status;  // of the whole daemon, whatever the filters; without its warnings
    TopActivity activity;
    TopMatched matched;
    std::vector<TopVault> vaults;
    std::vector<TopSleeve> sleeves;       // of these vaults
    std::vector<PositionView> positions;  // of these vaults first
    std::vector<TopOrder> orders;         // live or unresolved; the same
    std::vector<TopDecision> decisions;   // only of a single vault that was asked for
    std::vector<TopAlert> alerts;         // worst first
};

}  // namespace vault::ports
