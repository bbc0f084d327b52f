#pragma once
// What the engine shows of itself: plain values that the control room renders to JSON. Amounts are
// in the vault's asset, quantities in the base. Times are those of the account's clock (virtual
// under replay). Names equal the JSON field names.
#include "common/domain/ids.hpp"
#include "common/domain/market.hpp"
#include "common/domain/permission.hpp"
#include "daemon/ports/account_views.hpp"
#include "daemon/ports/key_rows.hpp"
#include "daemon/ports/presets.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vault::ports {

struct UserView {
    UserId id;
    std::string name;
    Role role = Role::Member;
    UserStatus status = UserStatus::Active;
    PermissionSet permissions{};
    std::vector<Asset> wallets;
    UtcTime created_at;
};

// An answer that was drawn before the command was given, as compact JSON.
struct DrawnView {
    std::string data_json;
};

struct ApiKeyView {
    ApiKeyRow row;
    std::string user;
    std::string exchange;
};

// By which rule a vault picks its key, and which one that is now.
struct KeyPolicyView {
    VaultId vault;
    KeyPolicy policy = KeyPolicy::RoundRobin;
    std::optional<ApiKeyId> pinned;
    std::optional<ApiKeyId> picked;  // none: no key can be used
    std::string why_none;
};

struct PositionView {
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    Pair pair;
    std::string state;  // open dust stuck needs_attention
    Decimal quantity, held, cost, average_price;
    std::optional<Decimal> price;  // last
    bool price_stale = false;      // there is none
    std::optional<UtcTime> price_at;
    std::string price_frozen;  // halted delisted refused: why it is an old one; empty: it is not
    Decimal value, unrealised;
    std::optional<UtcTime> opened_at;
    // What it goes on with although its sleeve is set otherwise by now.
    std::vector<SettingView> kept_exits;
};

struct PauseView {
    std::string level, target;
    std::string state;  // paused halted liquidating running
    std::string by, why;
    std::optional<UtcTime> since;
    bool changed = false;  // in a dry run: would have
    bool durable = true;   // never in a dry run
    bool dry_run = false;
    std::optional<JobId> job;          // that carries a liquidation out
    std::vector<std::string> sleeves;  // the states of the sleeves it is about, "v1.flash pausing"
};

struct ScriptView {  // a sleeve's strategy where it is a script
    std::string command, folder;
    Duration deadline{};
    std::uint64_t memory_mib = 0;
    std::string phase;  // ports::ScriptPhase
    std::string fault;  // the last one, "late: no decision within 1s"; empty if none
};

struct SleeveView {
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    std::string state;
    std::string idle_reason;  // why it does not trade; empty if it does
    Decimal cash, locked, pending, unallocate_requested, positions_cost, balance, principal;
    Decimal realised, unrealised, equity, fees, fee_float, swept;
    std::vector<PositionView> positions;
    std::vector<std::string> orders;  // ids of live or unresolved orders
    std::uint32_t cycles = 0;
    std::string strategy, mode, preset;
    std::optional<ScriptView> script;
    std::vector<SettingView> settings;
    std::optional<UtcTime> last_fill_at;
    std::vector<PauseView> pauses;  // that hold it, widest first
};

struct AutoRaiseView {
    std::string mode;  // off full percent
    std::optional<Decimal> percent, cap;
};

struct VaultView {
    VaultId id;
    std::string user;
    AccountId account;
    Asset asset;
    Mode mode = Mode::Paper;
    std::string state;
    Decimal total, tradeable, reserve, unallocated, equity;
    Decimal shortfall;
    std::optional<Decimal> reserve_pct,
        reserve_cap;  // reserve_cap: the largest tradeable it allows
    SleeveView quiet, flash;
    std::vector<Pair> pairs;
    AutoRaiseView auto_raise;
    std::vector<PauseView> pauses;
    std::string attention;  // why needs_attention; empty if not
    // created_at: by the wall clock if the account's clock had not started; updated_at: of the last
    // entry, by the account's clock alone.
    UtcTime created_at, updated_at;
};

// What reports need of a vault, at one instant of the engine: its books after entry `seq`.
struct CoinsView {
    Asset base;
    Decimal coins;
};
struct SleeveMarkView {
    Decimal balance, unrealised;
    Decimal realised, fees, fee_float, swept;  // since the vault was opened
    Decimal positions_cost;
    std::vector<CoinsView> coins;
    std::uint32_t cycles = 0;  // closed
};
struct VaultMarkView {
    VaultId vault;
    UserId user;
    std::string user_name;
    AccountId account;
    AccountId recorded_under;  // whose PriceRows its prices are
    Asset asset;
    Mode mode = Mode::Paper;
    std::uint64_t seq = 0;  // of its last entry; 0: none
    UtcTime now;            // the account's clock
    Decimal fee_rate;       // with which open positions are valued
    Decimal reserve, unallocated;
    SleeveMarkView quiet, flash;
    std::vector<std::string> frozen;  // of its open positions: what is valued at an old price, why
};

struct PairView {
    PairRules rules;
    bool selected = false;
    std::optional<UtcTime> status_since;  // of another than trading; wall clock
    std::string trouble;                  // why nothing is bought in it; empty if it could be
    std::optional<Price> price;
    std::optional<UtcTime> price_at;
    std::string price_frozen;  // as PositionView's
};

struct PairsView {
    VaultId vault;
    std::vector<PairView> pairs;
};

struct ReplayView {
    AccountId account;
    std::string state;  // ready running finished stopped none
    std::string source;
    Pair pair;
    Duration interval{};
    std::uint64_t seed = 0;
    std::uint64_t position = 0, ticks = 0;  // ticks done, ticks in all
    std::optional<UtcTime> now, until, first, last;
    std::optional<Decimal> speed;
    std::optional<JobId> job;  // that this call began
};

struct PairMarketView {
    AccountId account;
    AccountId recorded_under;  // whose PriceRows this market's are: accounts may share one
    Pair pair;
    std::optional<Price> price;  // last
    std::optional<UtcTime> price_at;
};

struct JobView {
    JobId id;
    std::string method;  // that began it
    std::string object;  // "a1", "v1"
    std::string state;   // running done canceled
    std::string by;
    std::string detail;  // how far it is; empty once it has ended
    UtcTime started_at;
    std::optional<UtcTime> ended_at;
};

struct EntryView {
    VaultId vault;
    std::uint64_t seq = 0;
    std::string kind, cause;
};

// A risk cap that is set, with what it says now.
struct CapView {
    std::string level, of;  // "vault" "v1"; of: the user's name, "v1.flash", empty for the daemon
    std::string cap, limit;
    std::string standing;                 // free blocks latched unjudged unresolved
    std::string headroom;                 // what is left before it blocks; empty if that is unknown
    std::string asset;                    // that its amounts are in
    std::string blocks;                   // entries all liquidate
    std::string arithmetic;               // what it measures now
    std::optional<UtcTime> tripped_at{};  // latched: when, and what it measured then
    std::string tripped{};
    std::string ends, remedy;
};

struct StatusView {
    std::string state;  // running draining halted
    std::uint32_t users = 0, accounts = 0, vaults = 0, sleeves = 0;
    std::uint32_t open_positions = 0, live_orders = 0, unresolved_orders = 0;
    std::uint32_t paused_sleeves = 0, attention = 0, running_replays = 0;
    std::uint64_t entries = 0;
    std::vector<PauseView> pauses;
    std::vector<std::string> warnings;
};

}  // namespace vault::ports
