#include "daemon/app/watchdog.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::app {

std::vector<ports::LoopCheck> Watchdog::check() const {
    const SteadyTime now = clock_.steady();
    std::vector<ports::LoopCheck> checks;
    for (const Loop& loop : loops_) {
        const SteadyTime age = now - loop.last(now);
        ports::LoopCheck check{loop.name, age < loop.limit, fmt::format("it {}", loop.does)};
        if (!check.ok)
            check.message =
                fmt::format("it has made no progress for {} s",
                            std::chrono::duration_cast<std::chrono::seconds>(age).count());
        checks.push_back(std::move(check));
    }
    return checks;
}

bool Watchdog::alive() const {
    return std::ranges::all_of(check(), &ports::LoopCheck::ok);
}

}  // namespace vault::app
