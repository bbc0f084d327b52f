#pragma once
// RiskCaps: a sleeve's caps, all optional, tested before every buy (design/strategy.md, "Risk
// caps"). This is the configuration only; the risk room decides. Values; any thread. Setting fails
// with InvalidParams, naming the key and the nearest known one.
#include "common/domain/decimal.hpp"
#include "daemon/strategy/keys.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace vault::strategy {

struct RiskCaps {
    std::optional<Decimal> max_position;      // quote units, position at cost
    std::optional<Decimal> max_position_pct;  // percent of the sleeve's balance, 0 < x <= 100
    std::optional<Decimal> max_daily_loss;    // quote units, > 0
    std::optional<Decimal> max_drawdown;      // fraction, 0 < x < 1
    std::optional<std::uint32_t> max_trades_per_day;  // buys sent
    std::uint32_t max_open_positions = 1;
    std::optional<Decimal> max_exposure_per_base;  // the user's report currency
    std::optional<Decimal> quote_band;             // fraction off 1
    bool caps_reset_daily = false;  // loss and drawdown latches open at the next UTC day
    friend bool operator==(const RiskCaps&, const RiskCaps&) = default;
};

const std::vector<KeyInfo>& risk_keys();
// "off" clears an optional cap.
Result<void> set(RiskCaps& caps, std::string_view key, std::string_view text);
Result<std::string> get(const RiskCaps& caps, std::string_view key);
// Each cap is in its range by set(); for values that came another way.
Result<void> validate(const RiskCaps& caps);

}  // namespace vault::strategy
