#pragma once
// Pages: an object as text for a person. Private to this room. Pure; any thread.
#include "cli/render/render.hpp"

#include <string>
#include <string_view>

namespace vault::render {

// Any object: scalars as key and value, objects indented below, lists of objects as tables.
std::string object_page(std::string_view method, const json::object& object, const Look& look);
// vault.show: the vault's figures, then both sleeves side by side.
std::string vault_page(const json::object& vault, const Look& look);
// A list of objects as a table with the columns of `list`; `places` shrinks until 80 columns hold
// it.
std::string list_table(std::string_view list, const json::array& rows, const Look& look);

}  // namespace vault::render
