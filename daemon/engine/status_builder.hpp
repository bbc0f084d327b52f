#pragma once
// The one page of how the daemon is: counts, holds, and what is wrong. Reading only; the shard's
// thread; cannot fail.
#include "daemon/engine/world.hpp"

namespace vault::engine {

// Of what is visible to who asks.
ports::StatusView status_of(const World& world, const ports::Visible& visible);
// Its parts, for who walks over all vaults anyway: what no vault has to be looked at for, and what
// one vault adds to the counts. Warnings are left out; they are as many as there is trouble.
ports::StatusView status_but_vaults(const World& world, const ports::Visible& visible);
void count_vault(ports::StatusView& view, const World& world, const Vault& vault);

}  // namespace vault::engine
