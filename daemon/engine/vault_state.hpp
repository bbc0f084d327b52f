#pragma once
// What a vault is between two events, as plain values: its books, its two sleeves, and of each
// sleeve the orders, holds, caps and, per pair, what the strategy remembers. SleeveMachine changes
// it; state_codec writes it down. Owned by the World; the shard's thread.
#include "daemon/engine/hold.hpp"
#include "daemon/engine/level_risk.hpp"
#include "daemon/engine/order_machine.hpp"
#include "daemon/engine/script_use.hpp"
#include "daemon/engine/sweep_plan.hpp"
#include "daemon/ledger/transaction.hpp"
#include "daemon/market/price_window.hpp"
#include "daemon/ports/rows.hpp"
#include "daemon/risk/caps.hpp"
#include "daemon/risk/drawdown.hpp"
#include "daemon/strategy/cycle.hpp"

#include <map>
#include <memory>
#include <set>

namespace vault::engine {

// The last decision of one side, so that repeats only count.
struct DecisionMemory {
    ports::Action action = ports::Action::Hold;
    ports::Reason reason = ports::Reason::None;
    std::uint64_t repeats = 0;
    friend bool operator==(const DecisionMemory&, const DecisionMemory&) = default;
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

// One pair of one sleeve: trackers, timers, what the strategy is shown, and the open cycle.
struct PairSlot {
    Pair pair;
    const market::PriceWindow* window = nullptr;  // in the market's PairWindows; null: no market
    strategy::CycleState state;
    ports::SleeveFigures view;  // kept current by SleeveMachine::refresh()
    DecisionMemory last_buy, last_sell;
    ports::Reason standing_sell = ports::Reason::None;  // a sell decision stands until flat
    bool stuck = false;                                 // below the minimum to sell
    std::string attention;  // why the position needs a person; empty if not
    // The sleeve's parameters with the exits that the open position was opened with; none: they are
    // the sleeve's own.
    std::optional<SharedParams> kept_params;
    UtcTime opened_at;       // the first fill of the open position
    Decimal entry_fee_rate;  // kept from the first fill until it closes
    Decimal cycle_cost, cycle_proceeds, cycle_fees, cycle_realised;
};

struct Sleeve {
    SleeveKind kind = SleeveKind::Quiet;
    SharedParams params;
    risk::Caps caps;
    SweepPlan sweep_plan;                          // quiet only
    std::optional<UtcTime> sweep_due;              // fell due then; waits until the sleeve is flat
    std::map<std::string, std::string> overrides;  // what differs from the preset, as text
    std::string preset;                            // the one that was applied last
    std::string preset_base;                       // the built-in one that it began as
    Box<ScriptUse> script;                         // null: the built-in rules decide
    Hold hold;
    std::vector<PairSlot> slots;   // in the vault's order of pairs
    std::vector<Order> orders;     // live or unresolved, and the last one that ended
    std::uint32_t last_order = 0;  // intent numbers are dense from 1
    std::uint32_t cycles = 0;      // closed
    UtcTime last_close;
    bool ever_closed = false;
    bool last_cycle_lost = false;
    UtcTime last_fill;
    risk::DayMarks day;     // since midnight UTC
    std::string capped_by;  // the latched cap that holds buys; empty if none
    risk::Trip trip;        // of the latched cap
    // What coins that came or left at a stated cost were worth above it, summed up: nobody's profit
    // (position adopt, position resolve --as withdrawn).
    Decimal unearned;
    HoldKind held = HoldKind::None;  // effective_hold(), kept current by refresh()
    bool follows_losses = false;     // a cap looks at every price; kept current by refresh()
    bool dirty = false;
    std::uint32_t looks = 0;                 // prices that were decided about, since the start
    std::optional<risk::Drawdown> drawdown;  // while max_drawdown is set, from its first price on
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
    LevelRisk risk;
    std::array<Sleeve, 2> sleeves;
    bool dirty = false;
    // A cap of the vault, of its user or of the daemon looks at every price; kept current by
    // LevelWatch.
    bool watched = false;
    VaultShare share;  // while its user or the daemon sums it up

    Vault(ports::VaultRow r, ledger::VaultBooks b) : row(std::move(r)), books(std::move(b)) {
        for (const SleeveKind kind : kSleeveKinds)
            sleeves[index_of(kind)].kind = kind;
    }
    Sleeve& sleeve(SleeveKind kind) { return sleeves[index_of(kind)]; }
    const Sleeve& sleeve(SleeveKind kind) const { return sleeves[index_of(kind)]; }
};

// A position that nothing sells now: it is too small, or its pair takes no sells.
inline bool is_stuck(const PairSlot& slot) {
    const bool held = slot.view.quantity.is_positive();
    return slot.stuck || (held && !takes_orders(slot.view.rules.status, Side::Sell));
}
PairSlot* find_slot(Sleeve& sleeve, const Pair& pair);  // null: the vault does not trade it
Order* find_order(Sleeve& sleeve, const OrderId& id);   // null: forgotten or never there
// A position that the exchange does not explain, or that a liquidation cannot sell.
bool waits_for_a_person(const Sleeve& sleeve, const PairSlot& slot);
bool waits_for_a_person(const Sleeve& sleeve);
bool has_live_order(const Sleeve& sleeve);
bool has_live_order(const Sleeve& sleeve, const Pair& pair);
// By which the pair is judged.
inline const strategy::CycleParams& params_of(const Sleeve& sleeve, const PairSlot& slot) {
    return slot.kept_params ? *slot.kept_params : sleeve.params;
}
std::string sleeve_name(const Vault& vault, SleeveKind kind);  // "v1.flash"
ports::Owner owner_of(const Vault& vault, std::string actor);

// The holds of the levels above a vault, and the caps that may have tripped there.
struct WiderHolds {
    const Hold& daemon;
    const Hold& user;
    const Hold& account;
    const LevelRisk& daemon_risk;
    const LevelRisk& user_risk;
};
// A latched cap that is above the sleeve: at which level, and which.
struct WiderLatch {
    risk::Level level;
    std::string_view cap;
};
std::optional<WiderLatch> latched_above(const WiderHolds& wider, const Vault& vault);
// What a tripped cap that blocks more than buys does to a sleeve; none while nothing has.
HoldKind hold_of_caps(const WiderHolds& wider, const Vault& vault, const Sleeve& sleeve);
// What people asked for, at the level where it is strongest.
HoldKind asked_hold(const WiderHolds& wider, const Vault& vault, const Sleeve& sleeve);
// The stronger of both.
HoldKind effective_hold(const WiderHolds& wider, const Vault& vault, const Sleeve& sleeve);

}  // namespace vault::engine
