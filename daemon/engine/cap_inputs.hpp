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
risk::Stake stake_of(const Vault& vault, SleeveKind sleeve, Decimal unrealised);
// What the caps see outside when this vault would buy `base`. Every coin is valued at the last
// price in this vault's own market; what is still being bought for another quote, by its price.
risk::Outside outside_of(const World& world, const Vault& vault, const Asset& base);
// What `caps`, the sleeve's or some of them, read.
risk::ReadingInputs reading_inputs(const World& world, const Vault& vault, const Sleeve& sleeve,
                                   const risk::Caps& caps);

}  // namespace vault::engine
