#pragma once
// The rows that a batch carries to the store and that reports read back. Plain values in domain
// types; texts named *_json are compact JSON made by the room that owns them. Every row names its
// owner: user, account, mode and the actor who caused it ("engine" for the daemon itself).
#include "common/base/hash.hpp"
#include "common/domain/order.hpp"
#include "common/domain/permission.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vault::ports {

struct Owner {
    UserId user;
    AccountId account;
    Mode mode = Mode::Paper;
    std::string actor;
    friend bool operator==(const Owner&, const Owner&) = default;
};

// Whose rows a list shows to who asked for it. By default everybody's: for the daemon itself.
struct Visible {
    bool everyones = true;
    bool members = false;  // those of users whose role is member
    UserId own{};          // and this user's
    friend bool operator==(const Visible&, const Visible&) = default;
};

struct UserRow {
    UserId id;
    std::string name;  // unique
    Role role = Role::Member;
    UserStatus status = UserStatus::Active;
    PermissionSet permissions = PermissionSet::all();
    std::vector<Asset> wallets;
    UtcTime created_at;
    std::string created_by;
};

struct AccountRow {
    AccountId id;
    UserId user;
    std::string exchange;  // "paper" …
    std::string label;     // unique per user
    UtcTime created_at;
    std::string created_by;
    // Since when it is not known what happened on it at its exchange, since the store was restored.
    std::optional<UtcTime> history_unread_since{};
    std::string history{};  // what was found of that, or why it could not be read; empty: nothing
};

struct VaultRow {
    VaultId id;
    AccountId account;
    UserId user;
    Asset asset;  // unique with account
    Mode mode = Mode::Paper;
    UtcTime created_at;
    std::string created_by;
};

// One journal entry (daemon/ledger/entry.hpp) as stored. Its idempotency key is
// "<vault>:<kind>:<cause>", so one unique index proves both promises.
struct EntryRow {
    VaultId vault;
    std::uint64_t seq = 0;
    std::uint64_t tx = 0;
    std::string kind;
    std::string cause;
    UtcTime at;
    Owner owner;
    std::string postings_json;
    Digest prev_hash{};
    Digest hash{};
};

struct BalanceRow {
    VaultId vault;
    std::string account;  // ledger account text, "flash.cash"
    Asset asset;
    Decimal amount;
};

struct OrderRow {  // upsert by id
    OrderId id;
    Owner owner;
    Pair pair;
    Side side = Side::Buy;
    OrderState state = OrderState::Intent;
    std::string reason;      // the decision's
    std::string end_reason;  // empty while live
    Decimal requested;       // buy: budget in quote, sell: quantity in base
    Decimal filled_quantity;
    Decimal filled_cost;
    Decimal fee;  // in quote value
    UtcTime decided_at;
    std::optional<UtcTime> ended_at;
};

struct FillRow {  // unique (account, trade_id)
    Owner owner;
    Fill fill;
    Pair pair;
    std::string reason;  // the decision's
    Decimal realised;    // of this fill, quote, fee inside
    std::uint32_t cycle = 0;
};

struct DecisionRow {
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    Owner owner;
    Pair pair;
    UtcTime at;
    std::string check;  // buy | sell
    std::string action;
    std::string reason;
    std::uint64_t repeats = 0;  // of the decision before this one in the same check
    std::string figures_json;
    std::uint32_t order_number = 0;  // 0: led to no order
};

struct PriceRow {
    AccountId account;  // the feed's
    Pair pair;
    UtcTime at;
    Decimal price;
};

struct AllocationRow {
    VaultId vault;
    Owner owner;
    UtcTime at;
    std::string kind;  // set_tradeable allocate unallocate request request_paid request_lapsed …
    std::string sleeve;  // quiet, flash or empty
    Decimal amount;
    Decimal tradeable_after;
    Decimal unallocated_after;
    Decimal quiet_after;
    Decimal flash_after;
};

struct SweepRow {
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Flash;
    Owner owner;
    UtcTime at;
    std::string kind;  // flash_sweep quiet_sweep sweep_return
    Decimal amount;
    std::string cause;
    std::uint32_t cycle = 0;
};

struct PauseRow {
    std::string level;   // sleeve vault account user daemon
    std::string target;  // "v1.flash", "v1", "a1", "u1", "" for the daemon
    std::string action;  // pause resume halt liquidate
    Owner owner;
    UtcTime at;
    std::string why;
};

struct CycleRow {
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    Owner owner;
    std::uint32_t number = 0;
    Pair pair;
    UtcTime opened_at;
    UtcTime closed_at;
    Decimal cost;
    Decimal proceeds;
    Decimal fees;
    Decimal realised;
    Decimal swept;
};

struct DayCloseRow {  // unique (vault, sleeve, day)
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    Owner owner;
    UtcTime day;  // the day that ended, its midnight
    Decimal balance, equity, realised, unrealised, fees, swept, principal;
    Decimal vault_total, vault_tradeable;
};

// The owner of an event that is for who may see everybody's; no user has that number.
inline constexpr UserId kForWhoSeesAll{std::numeric_limits<std::uint32_t>::max()};

// One line of the event log: what happened, for the people and programs that follow along.
struct EventRow {
    std::uint64_t seq = 0;  // dense over the shard from 1; given when the batch is closed
    Owner owner;
    UtcTime at;
    std::string severity;  // info warning alert
    std::string type;      // stable lower_snake name
    std::string object;    // "v1", "v1.flash", "v1.flash.3" …; empty: the daemon
    std::string message;
    std::string data_json;  // its figures, an object of texts
};

// Rows name their user by id, people know the name.
using UserNames = std::map<UserId, std::string>;

// Events by seq, with the names of their users.
struct EventPage {
    std::vector<EventRow> rows;
    UserNames users;
};

struct IdempotencyRow {
    std::string user;  // who called: keys are per user
    std::string key;
    Digest request{};
    std::string reply_json;
    UtcTime at;  // wall clock
};

// A machine's memory: upsert by (kind, id). The engine owns the text.
struct StateRow {
    std::string kind;  // "daemon" "user" "account" "vault" "sleeve" …
    std::string id;
    std::string body;
};

}  // namespace vault::ports
