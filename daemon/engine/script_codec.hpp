#pragma once
// The script of a sleeve in the sleeve's stored text (state_codec.hpp). Saving cannot fail; what is
// not understood poisons the reader. The shard's thread.
#include "daemon/engine/script_use.hpp"
#include "daemon/engine/state_reader.hpp"

namespace vault::engine {

json::object save_script(const ScriptUse& script);
// Nothing for a sleeve that the built-in rules decide for, or that was stored before there were
// scripts.
void load_script(StateReader& sleeve, Box<ScriptUse>& into);

}  // namespace vault::engine
