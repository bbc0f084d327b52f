#pragma once
// What the caps of a sleeve look at (risk/caps.hpp), gathered from its vault and from the world
// around it. Reads only; the shard's thread.
#include "daemon/engine/world.hpp"
#include "daemon/risk/readings.hpp"

namespace vault::engine {

// What the sleeve's next buy locks of `free` cash, fee inside; 0 if there is nothing to buy with.
Decimal buy_budget(const Sleeve& sleeve, Decimal free);
// As the slots' views are, which SleeveMachine::refresh() keeps current.
risk::Exposure exposure_of(const Vault& vault, const Sleeve& sleeve);
// What its loss caps follow.
risk::Stake stake_of(const Vault& vault, SleeveKind sleeve, Decimal unrealised);
// What the caps see outside when this vault would buy `base`. Every coin is valued at the last
// price in this vault's own market; what is still being bought for another quote, by its price.
risk::Outside outside_of(const World& world, const Vault& vault, const Asset& base);
std::string resume_command(const Vault& vault, const Sleeve& sleeve);  // "sleeve resume v1 flash"
// What `caps`, the sleeve's or some of them, read.
risk::ReadingInputs reading_inputs(const World& world, const Vault& vault, const Sleeve& sleeve,
                                   const risk::Caps& caps);

// A level above the sleeves, by id. None of both: the daemon.
struct CapLevel {
    std::optional<VaultId> vault = std::nullopt;
    std::optional<UserId> user = std::nullopt;
};
risk::Level kind_of(const CapLevel& level);
const LevelRisk& risk_of(const World& world, const CapLevel& level);
LevelFigures figures_of(const World& world, const CapLevel& level);
std::string name_of(const World& world, const CapLevel& level);  // "v1", "ann"; daemon: empty
std::string asset_of(const World& world, const CapLevel& level);
std::string resume_command(const World& world, const CapLevel& level);  // "vault resume v1"
// The newest time of its markets; 1970: no price came yet.
UtcTime newest_time(const World& world, const CapLevel& level);
// What the caps of that level read; `next`: of the buy that is asked about.
struct NextBuy {
    const Vault* vault = nullptr;  // null: none
    Asset base;
    Decimal budget;
};
risk::ReadingInputs reading_inputs(const World& world, const CapLevel& level, const NextBuy& next);
std::vector<risk::CapReading> read_level(const World& world, const CapLevel& level,
                                         const NextBuy& next);
// The first cap above the sleeves that forbids the buy, latched ones left out; none: none does.
struct CapAbove {
    risk::Level level;
    risk::CapReading reading;
};
std::optional<CapAbove> cap_above(const World& world, const NextBuy& next);

}  // namespace vault::engine
