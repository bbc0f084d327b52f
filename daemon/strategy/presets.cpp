#include "daemon/strategy/cycle_params.hpp"

#include <fmt/format.h>

namespace vault::strategy {

using vault::literals::operator""_dec;

CycleParams flash_preset() {
    return CycleParams{};
}

// Chosen by walk-forward; the figures are in README.md of this room.
CycleParams quiet_preset() {
    CycleParams params;
    params.bounce = "1.015"_dec;
    params.trend_min = "1.015"_dec;
    params.spike = "1.03"_dec;
    params.stop_loss = "0.05"_dec;
    params.stop_first = true;
    params.trail_arm = "0.01"_dec;
    params.trail_drop = "0.03"_dec;
    params.trail_reset = "-1"_dec;
    params.cooldown = std::chrono::hours{4};
    params.loss_cooldown = std::chrono::hours{12};
    return params;
}

Result<CycleParams> preset(std::string_view name) {
    if (name == "flash") return flash_preset();
    if (name == "quiet") return quiet_preset();
    return Error{Errc::InvalidParams, fmt::format("unknown preset '{}'", name), "preset",
                 "use flash or quiet"};
}

}  // namespace vault::strategy
