#pragma once
// The room table of design/architecture.md as data, and the rules on includes: which room may show
// which other, no circle between rooms, third-party headers in their one room and in no header of
// ours, Asio out of the pure rooms. Pure functions.
#include "tests/tidy/source.hpp"

namespace vault::tidy {

// "ledger", "exchange/sim", "cli/render" …; "tests" below tests/; empty for other places.
std::string room_of(std::string_view path);

void check_arrows(const Source& source, std::vector<Fault>& faults);
void check_third_party(const Source& source, std::vector<Fault>& faults);
// Over all files: each circle of rooms once.
void check_circles(const std::vector<Source>& sources, std::vector<Fault>& faults);

}  // namespace vault::tidy
