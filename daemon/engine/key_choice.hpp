#pragma once
// Which API key a vault's next call goes out with, as a pure choice over rows. Only keys that are
// valid or degraded are picked. A key whose rotation has begun is picked until the key that
// replaces it can be used, and again if that one drops out: a rotation stops no loop. Calls that
// are under way keep the key they went out with. The shard's thread.
#include "daemon/ports/key_rows.hpp"

#include <span>

namespace vault::engine {

// `keys`: those of `account` are chosen from, in any order. `turn`: how many calls the vault has
// made so far; the same keys and the same turn give the same key.
//
//     round_robin   the usable keys by id, in turn
//     health        fewest of its last calls failed, then most rate budget left (what is not known
//                   counts as all of it), then the lowest id
//     pinned        that key or none; while it replaces or is replaced, the newer usable of the two
//
// Errors: WrongState, if no key can be used; it tells why not of each.
Result<ApiKeyId> choose_key(std::span<const ports::ApiKeyRow> keys, AccountId account,
                            const ports::KeyPolicyRow& policy, std::uint64_t turn);

// The row of the key, or nullptr.
const ports::ApiKeyRow* find_key(std::span<const ports::ApiKeyRow> keys, ApiKeyId id);

}  // namespace vault::engine
