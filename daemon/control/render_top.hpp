#pragma once
// The engine's part of the document of `top` as JSON; what only this room knows is added by
// top_commands.cpp. Called inside a turn: pure and quick.
#include "daemon/control/json_fields.hpp"
#include "daemon/ports/top_view.hpp"

namespace vault::control {

json::value top_to_json(const ports::TopView& view);

}  // namespace vault::control
