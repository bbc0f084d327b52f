#pragma once
// Everything that `sleeve set` can change, by its key: the preset, the strategy's parameters, the
// risk caps and, for quiet, the sweep plan. A sleeve keeps what differs from its preset as text, so
// that a later version reads it by its own rules. Pure; the shard's thread.
#include "daemon/engine/world.hpp"

namespace vault::engine {

// The preset's numbers, with no override and no cap. Errors: NotFound.
Result<void> apply_preset(Sleeve& sleeve, const std::string& name);
// One key, and notes it as an override. Errors: InvalidParams naming the key and the nearest known
// one, or its range; the sleeve may be half changed then: use a copy.
Result<void> apply_setting(Sleeve& sleeve, const std::string& key, const std::string& text);
// A loaded sleeve's preset and overrides into its numbers. Errors: as above.
Result<void> restore_settings(Sleeve& sleeve);
// Every key with its value, in the order of the design.
std::vector<ports::SettingView> settings_of(const Sleeve& sleeve);

}  // namespace vault::engine
