#pragma once
// The nearest known word to a mistyped one, for messages. Pure; private to the room.
#include <span>
#include <string>
#include <string_view>

namespace vault::config {

// Empty if none is near: more than a third of the letters (at least two) would have to change.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

// "unknown key store.pth; did you mean path?", or the known keys if none is near.
std::string unknown_key(std::string_view full_name, std::string_view word,
                        std::span<const std::string_view> known);

}  // namespace vault::config
