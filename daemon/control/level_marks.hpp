#pragma once
// What a risk test needs of the engine, on its way through a reply, as marks.hpp does it for
// reports. Pure; any thread; text that level_to_json() did not write is our bug and aborts.
#include "daemon/control/json_fields.hpp"
#include "daemon/ports/level_mark_view.hpp"
#include "daemon/report/level_mark.hpp"

namespace vault::control {

json::value level_to_json(const ports::LevelMarkView& view);
report::LevelMark read_level(std::string_view text);

}  // namespace vault::control
