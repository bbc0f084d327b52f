#pragma once
// Named figures as the JSON object of texts that rows keep: the figures of a decision and those of
// an event. Pure; any thread; cannot fail.
#include "daemon/strategy/cycle.hpp"

#include <string>
#include <vector>

namespace vault::engine {

// {"name":"value",…} in the order given.
std::string figures_json(const std::vector<strategy::Figure>& figures);

}  // namespace vault::engine
