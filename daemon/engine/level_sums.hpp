#pragma once
// The sums over the vaults of a user and of the whole daemon that their caps look at, kept as the
// vaults change. Measuring one vault costs as much as it has positions, and three comparisons if it
// has no coins and its books did not move; nothing walks over all vaults but a command that sets or
// ends a cap, and a start. What has no price is in no sum: it is counted as unresolved, unless it
// is cash that was in none before. The shard's thread.
#include "daemon/engine/recorder.hpp"

namespace vault::engine {

// Brings the vault's share up to date in the sums of its user and of the daemon, as far as their
// caps follow them. What its books added up since is taken at the price of now.
void measure(World& world, Recorder& recorder, Vault& vault);
// The day of the vault's account is over: for the levels above, it begins anew. The vault's share
// is up to date.
void begin_day(World& world, Recorder& recorder, Vault& vault, UtcTime now);
// Of a level above vaults (no user: the daemon): the days of all its vaults begin now.
void begin_days(World& world, Recorder& recorder, std::optional<UserId> user);
// Counts a buy that is sent, or takes back what a sleeve sent on a day that is over.
void count_buys(World& world, const Vault& vault, std::int64_t buys);
// Everything anew from the vaults as they are: after a load.
void rebuild_sums(World& world, Recorder& recorder);
// Likewise, when a cap begins to follow a sum: of a vault that nothing summed up before and whose
// asset has no price, all that it is worth comes in with the first one.
void begin_sums(World& world, Recorder& recorder);
// Which vaults a price has to look at.
void list_watched(World& world);

// What the loss caps of a vault compare, in its own asset.
LevelFigures figures_of(const World& world, const Vault& vault);
risk::Booked booked_of(const Vault& vault);
// What its books added up is not in the sums yet: there is no price that would turn it into them.
bool is_owed(const Vault& vault);

}  // namespace vault::engine
