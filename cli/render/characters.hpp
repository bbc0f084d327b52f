#pragma once
// UTF-8 text as a terminal takes it: wide characters have two cells, combining ones none. Pure; any
// thread; cannot fail.
#include <cstdint>
#include <string_view>

namespace vault::render {

inline constexpr std::uint32_t kBroken = 0xFFFFFFFF;

struct Character {
    std::uint32_t code = kBroken;
    std::size_t bytes = 1;
};

// The first character of `text`, which is not empty; kBroken for a byte that starts none.
Character first_character(std::string_view text);

int cells_of(std::uint32_t code);
int cells_of(std::string_view text);

// False for what moves the cursor, changes the direction, hides or ends a line, and for kBroken.
bool may_be_shown(std::uint32_t code);

}  // namespace vault::render
