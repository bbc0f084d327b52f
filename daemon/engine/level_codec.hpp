#pragma once
// The caps of a level above the sleeves and what they measure, as texts by name: one flat object in
// the memory of the level (state_codec.hpp). Caps are kept as people write them, so that a later
// version reads them by its own rules. Pure; the shard's thread.
#include "daemon/engine/level_risk.hpp"

#include <string>

namespace vault::engine {

using Texts = std::map<std::string, std::string>;

Texts save_level(const LevelRisk& level);
// With what the books added up; the rest of the sums is made anew from the vaults.
Texts save_level(const WideRisk& level);
Texts save_booked(const risk::Booked& booked);
// Where the levels above measure the vault's day from.
Texts save_marks(const VaultShare& share);

// Errors: StoreInvalid naming the entry.
Result<void> load_level(LevelRisk& level, const Texts& texts);
Result<void> load_level(WideRisk& level, const Texts& texts);
Result<void> load_booked(risk::Booked& booked, const Texts& texts);
Result<void> load_marks(VaultShare& share, const Texts& texts);

}  // namespace vault::engine
