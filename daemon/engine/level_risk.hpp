#pragma once
// Caps of the levels above the sleeves, as values: what a vault, a user and the whole daemon may
// not pass, what that is measured from, and the sums that it is measured on. A vault is measured in
// its own asset, straight from its books. A user and the daemon are measured in the config's
// risk.asset, on sums that hold one VaultShare per vault, so that a price or a booking costs what
// the one vault costs. LevelWatch changes them; state_codec writes them down. The shard's thread.
#include "common/domain/asset.hpp"
#include "common/domain/ids.hpp"
#include "daemon/risk/drawdown.hpp"
#include "daemon/risk/readings.hpp"

#include <array>
#include <map>

namespace vault::engine {

struct LevelRisk {
    risk::Caps caps;
    std::string capped_by;       // the latched cap; empty if none
    risk::Trip trip;             // of the latched cap
    AccountId tripped_in;        // the account whose price tripped it
    bool trip_day_over = false;  // that account's UTC day has ended since
    // Since midnight UTC, or since the first loss cap was set; 1970: no cap. Above vaults it adds
    // up the WideMarks of the vaults, and `day` is the newest that one of them began.
    risk::DayMarks day;
    std::optional<risk::Drawdown> drawdown;  // while max_drawdown is set, from its first price on
    bool follows_losses() const { return risk::follows_losses(caps); }
};

// From where a level above vaults measures the day of one of them, which is that of its account's
// clock. In risk.asset.
struct WideMark {
    Decimal realised;  // booked since
    // Of what was open then; none: that had no price, and the first one that it gets counts.
    std::optional<Decimal> unrealised = kZero;
    friend bool operator==(const WideMark&, const WideMark&) = default;
};

// What one vault adds to the sums of its user and of the daemon.
struct VaultShare {
    struct Base {
        Asset base;
        Decimal value;  // of its coins and of what is being bought
        bool resolved = true;
        friend bool operator==(const Base&, const Base&) = default;
    };
    std::uint64_t seq = 0;        // the last entry of its books
    std::optional<Decimal> rate;  // one unit of its asset in risk.asset; none: nobody knows
    Decimal equity, unrealised;   // in risk.asset
    std::vector<Base> bases;      // in risk.asset
    bool open = false;            // it has coins, whose value each price changes
    bool resolved = true;         // false: a part of it has no price, so nothing of it is summed
    risk::Booked booked;          // in its own asset: what is in Sums::booked
    bool summed = false;          // a level sums it up; else its books are taken as they are
    WideMark of_user, of_daemon;  // while that level measures its day
    bool waits_for_mark() const { return !of_user.unrealised || !of_daemon.unrealised; }
};

// In risk.asset, over all vaults of a level.
struct Sums {
    struct Base {
        Decimal value;
        std::uint32_t unresolved = 0;  // vaults that have some of it without a price
        friend bool operator==(const Base&, const Base&) = default;
    };
    risk::Booked booked;  // each change at the price of its moment; stored
    Decimal equity, unrealised;
    std::uint32_t unresolved = 0;  // vaults without a price
    std::map<Asset, Base> bases;
    std::uint64_t buys_today = 0;  // of all sleeves, each by the day of its account's clock
};

struct WideRisk : LevelRisk {
    Sums sums;
    // A cap is set that looks at the sums.
    bool follows() const { return follows_losses() || caps.max_exposure_per_base; }
    // Its day has begun, so that the vaults have marks.
    bool measures_day() const { return follows_losses() && day.day != UtcTime{}; }
};

// What the loss caps of a level compare.
struct LevelFigures {
    Decimal unrealised;
    risk::Stake stake;
    Decimal realised;
    std::uint32_t unresolved = 0;  // nothing is judged then, and nothing is bought
};
LevelFigures figures_of(const WideRisk& level);

}  // namespace vault::engine
