#pragma once
// Text in lines that fit a terminal, for help, pages and the manual. Breaks stand at blanks only; a
// word that is wider than a line keeps its own. Pure; any thread; cannot fail.
#include <string>
#include <string_view>
#include <vector>

namespace vault::render {

inline constexpr std::size_t kTerminalColumns = 80;

// `text` in lines of at most `columns`, every line ended. The first line starts with `first`, the
// others with `indent` blanks.
std::string folded(std::string_view text, std::string_view first, std::size_t indent,
                   std::size_t columns = kTerminalColumns);

// The same with pieces that are never broken.
std::string folded_pieces(const std::vector<std::string>& pieces, std::string_view first,
                          std::size_t indent, std::string_view end = {},
                          std::size_t columns = kTerminalColumns);

// The same for a synopsis or an example: a flag and its value stay on one line, and `end` closes
// every line but the last (" \\" keeps an example ready to be copied).
std::string folded_command(std::string_view line, std::string_view first, std::size_t indent,
                           std::string_view end = {}, std::size_t columns = kTerminalColumns);

}  // namespace vault::render
