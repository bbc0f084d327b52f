#pragma once
// Everything that `sleeve set` can change, by its key: the preset, the strategy's parameters, the
// risk caps and, for quiet, the sweep plan. A sleeve keeps what differs from its preset as text, so
// that a later version reads it by its own rules. Pure; the shard's thread.
#include "daemon/engine/preset.hpp"
#include "daemon/engine/world.hpp"

namespace vault::engine {

// The preset's numbers; the caps and the sweep plan stay. Errors: params_of()'s.
Result<void> apply_preset(Sleeve& sleeve, const Preset& preset);
// One key, and notes it as an override. Errors: InvalidParams naming the key and the nearest known
// one, or its range; the sleeve may be half changed then: use a copy.
Result<void> apply_setting(Sleeve& sleeve, const std::string& key, const std::string& text);
// `next` is `before` with other settings: its open positions go on with the exits that they have.
void keep_exits(Sleeve& next, const Sleeve& before);
// What an open position keeps that the sleeve has no more; empty if nothing.
std::vector<ports::SettingView> kept_exits(const Sleeve& sleeve, const PairSlot& slot);
// "stop_loss: 0.016 -> 0.02; cooldown: 0s -> 1h", and what open positions keep; for the audit
// trail and the events. None: nothing changed.
std::optional<std::string> changes_between(const Sleeve& before, const Sleeve& next);
// A loaded sleeve's preset and overrides into its numbers. Errors: as above.
Result<void> restore_settings(Sleeve& sleeve);
// Every key with its value, in the order of the design.
std::vector<ports::SettingView> settings_of(const Sleeve& sleeve);

}  // namespace vault::engine
