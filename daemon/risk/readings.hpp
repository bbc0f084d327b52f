#pragma once
// What every cap says now, with its arithmetic, for people: the figures that it compares, what is
// left, and what would end it. The words of an alert and of a sleeve's idle reason are the same.
// Pure; any thread; cannot fail.
#include "daemon/risk/caps.hpp"
#include "daemon/risk/drawdown.hpp"

namespace vault::risk {

enum class Standing : std::uint8_t {
    Free,        // the next buy passes
    Blocks,      // it would not, now
    Latched,     // it was reached, and holds until it is ended
    Unjudged,    // what it looks at is not known; it blocks nothing
    Unresolved,  // what it looks at is not known, so it blocks
};
std::string_view to_text(Standing standing);
// "buys", "all orders" …
std::string_view blocked_words(OnTrip on_trip);
// What ends a latched cap of that level: `resume` is the command for it.
std::string end_words(Level level, const Caps& caps, std::string_view resume);

struct CapReading {
    std::string_view key;
    std::string limit;  // as set
    Standing standing = Standing::Free;
    std::string headroom;  // what is left before it blocks; empty if that is unknown
    OnTrip blocks = OnTrip::Entries;
    std::string arithmetic;
    Trip trip;           // latched: what it measured then
    std::string ends;    // what ends a block, and who may do it
    std::string remedy;  // the command for it; empty if nothing has to be done
};

struct BaseValue {
    std::string base;
    std::optional<Decimal> value;  // in the quote, over the user; none: unresolved
};
struct ReadingInputs {
    Level level = Level::Sleeve;
    std::string asset;   // that the figures are in
    std::string resume;  // the command that ends a latch, "sleeve resume v1 flash"
    std::string set;     // the command that sets a cap, up to its KEY=VALUE
    std::string capped_by;
    Trip trip;                     // of the latched cap
    std::uint32_t unresolved = 0;  // vaults whose worth nobody knows
    Exposure exposure;
    DayMarks day;
    Decimal realised, unrealised;
    std::optional<Drawdown> drawdown;  // none: no price came yet
    Stake stake;
    Outside outside;  // its base_value is not read
    UtcTime quote_at;
    std::vector<BaseValue> bases;  // of the coins that the sleeve trades
};

// The caps that are set, in the order of cap_keys(), and one that is off but still latched.
std::vector<CapReading> read_caps(const Caps& caps, const ReadingInputs& inputs);

// The cap is set.
std::string daily_loss_text(const Caps& caps, const DayMarks& marks, Decimal realised,
                            Decimal unrealised, std::string_view asset);
std::string drawdown_text(const Caps& caps, const Drawdown& mark, const Stake& now,
                          std::string_view asset);

}  // namespace vault::risk
