#pragma once
// The page of `top`: one pass over the vaults counts, matches and gathers what needs a person; rows
// are made only of what is shown, so that thousands of vaults cost the shard little. Reading only;
// the shard's thread; cannot fail (the filters name what exists).
#include "daemon/engine/world.hpp"

namespace vault::engine {

// `now` is the wall clock's: a live price is stale by it.
ports::TopView top_of(const World& world, const ports::cmd::ShowTop& ask,
                      const ports::Visible& visible, UtcTime now);

}  // namespace vault::engine
