#pragma once
// Risk caps (design/strategy.md, "Risk caps") of a sleeve, a vault, a user or the whole daemon:
// limits that hold buys. Of a sleeve some follow from itself alone (blocking_cap), some from the
// world around it, at the moment a rule wants to buy (blocking_outside). Two, at every level,
// follow from each price (loss caps). Those latch: once tripped they hold until a resume, or until
// the next UTC day if so configured, and each says what it blocks then. Pure values and functions;
// amounts in the vault's asset, above vaults in that of the config's risk.asset; any thread.
#include "common/base/time.hpp"
#include "common/domain/decimal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vault::risk {

enum class Level : std::uint8_t { Sleeve, Vault, User, Daemon };  // narrowest first
std::string_view to_text(Level level);

// What a loss cap blocks once it has tripped: buys; all orders, as a halt does; or it sells what
// there is and then blocks all.
enum class OnTrip : std::uint8_t { Entries, All, Liquidate };  // weakest first
std::string_view to_text(OnTrip on_trip);

struct Caps {
    std::optional<Decimal> max_position;  // quote, > 0: cost of the sleeve's positions after a buy
    std::optional<Decimal> max_position_pct;          // of the sleeve's balance, 0 < pct <= 100
    std::optional<Decimal> max_daily_loss;            // quote, > 0
    std::optional<Decimal> max_drawdown;              // fraction, 0 < f < 1
    std::optional<std::uint32_t> max_trades_per_day;  // buys sent, >= 1
    std::uint32_t max_open_positions = 1;             // 1..100
    std::optional<Decimal> max_exposure_per_base;     // quote, > 0: of one coin, over the user
    std::optional<Decimal> quote_band;                // fraction, 0 < f < 1
    OnTrip daily_loss_on_trip = OnTrip::Entries;
    OnTrip drawdown_on_trip = OnTrip::Entries;
    bool caps_reset_daily = false;  // tripped loss caps end with their UTC day
    friend bool operator==(const Caps&, const Caps&) = default;
};

struct CapKey {
    std::string_view name;
    std::string_view unit;
    std::string_view range;
    std::string_view doc;
    std::uint8_t levels;  // a bit per Level
    bool is_at(Level level) const { return ((levels >> static_cast<unsigned>(level)) & 1U) != 0; }
};
const std::vector<CapKey>& cap_keys();
const CapKey* find_cap_key(std::string_view name);
// Sets one key from text; "off" clears an optional one. Errors: NotFound for a key that is none,
// InvalidParams naming key, range and unit.
Result<void> set_cap(Caps& caps, std::string_view key, std::string_view text);
// The key's value as text, "off" when unset. The key exists.
std::string cap_text(const Caps& caps, std::string_view key);
// What the loss cap of that key blocks once it has tripped; the others block buys.
OnTrip on_trip(const Caps& caps, std::string_view key);
// True if `after` lets something pass that `before` did not.
bool raises_risk(const Caps& before, const Caps& after);

// What has been done since midnight UTC of `day`.
struct DayMarks {
    UtcTime day;
    Decimal realised_before;    // realised at midnight
    Decimal unrealised_before;  // of the positions open at midnight, at its price; adopted since:
                                // what they came with
    std::uint32_t buys = 0;     // sent since
    friend bool operator==(const DayMarks&, const DayMarks&) = default;
};

// What a loss cap measured when it tripped.
struct Trip {
    UtcTime at;
    std::string arithmetic;  // empty: it was not kept
    friend bool operator==(const Trip&, const Trip&) = default;
};

struct Exposure {
    Decimal budget;     // what the next buy would spend, fee inside
    Decimal committed;  // cost of all the sleeve's positions, and what its live buys have locked
    Decimal balance;    // the sleeve's
    std::uint32_t open_positions = 0;
    std::uint32_t buys_today = 0;  // sent
};

// The first cap that forbids the next buy whatever the prices are, by its key; empty if none does.
std::string_view blocking_cap(const Caps& caps, const Exposure& exposure);

// What the vault itself does not know.
struct Outside {
    bool quote_is_usd = false;           // then it is 1 by definition
    std::optional<Decimal> quote_price;  // one unit of the quote in USD; none: nobody knows
    // Value in the quote of all coins of the base that the user has or is buying; none: unresolved.
    std::optional<Decimal> base_value;
};
// True if a cap is set that looks at Outside.
bool looks_outside(const Caps& caps);
// The first cap that forbids a buy of `budget` now, by its key. A quote without a price cannot be
// judged and blocks nothing; a value that is unresolved blocks, as nobody may guess it.
std::string_view blocking_outside(const Caps& caps, const Outside& outside, Decimal budget);

// True if a cap is set that looks at every price.
bool follows_losses(const Caps& caps);
// Today's loss: -(realised today + change of unrealised); negative when the day is up.
Decimal loss_today(const DayMarks& marks, Decimal realised, Decimal unrealised);
// True when today's loss has reached max_daily_loss.
bool daily_loss_reached(const Caps& caps, const DayMarks& marks, Decimal realised,
                        Decimal unrealised);

}  // namespace vault::risk
