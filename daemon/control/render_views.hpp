#pragma once
// What the engine shows of itself as the JSON of a reply's data (design/control.md, last
// paragraph). These are ports::Render functions: the shard calls them inside a turn, so they are
// pure, quick and free of side effects. A view that a renderer was not made for is our bug and
// aborts.
#include "daemon/control/json_fields.hpp"
#include "daemon/ports/commands.hpp"

#include <string>
#include <string_view>

namespace vault::control {

// Any view, one object or an array of them.
std::string render_view(const ports::View& view);
// A list of vaults as the list of their sleeves, each with the vault's user, account and asset.
std::string render_sleeves(const ports::View& view);
// "null", for commands that nobody looks at.
std::string render_nothing(const ports::View& view);

// Parts that several documents show.
json::value position_to_json(const ports::PositionView& view);
json::value pause_to_json(const ports::PauseView& view);

}  // namespace vault::control
