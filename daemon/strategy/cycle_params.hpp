#pragma once
// CycleParams: the numbers of the cycle rules, one field per key of design/strategy.md's table,
// with that table's defaults. Shared by all sleeves with the same configuration; immutable while
// trading. Values; any thread. Setting fails with InvalidParams, naming the key and the nearest
// known one.
#include "common/domain/decimal.hpp"
#include "daemon/market/price_window.hpp"
#include "daemon/strategy/keys.hpp"
#include "daemon/strategy/trading_windows.hpp"

#include <optional>
#include <vector>

namespace vault::strategy {

inline constexpr Decimal kDefaultFeeRate = Decimal::from_raw(4'000'000'000'000'000);  // 0.004

struct CycleParams {
    std::optional<Decimal> fee_rate;  // one side, a fraction; none: the account's tier
    Duration history{std::chrono::hours{8}};
    Duration momentum_window{std::chrono::hours{1}};
    std::uint32_t trend_closes = 4;
    Duration buy_check{std::chrono::seconds{30}};
    Duration sell_check{std::chrono::seconds{15}};
    Decimal spike, trend_min, near_low, bounce;             // factors of a price
    Decimal spend;                                          // fraction of free cash
    Decimal min_quote;                                      // quote units
    Decimal hold_uptrend;                                   // factor of p1
    Decimal stop_loss, trail_arm, trail_drop, trail_reset;  // fractions
    Decimal max_slippage;                                   // fraction
    std::optional<Decimal> max_move;                        // fraction of p1
    bool spike_needs_trend = true;
    bool stop_first = false;
    Duration cooldown{0};
    Duration loss_cooldown{0};
    TradingWindows trading_windows;

    CycleParams();  // the script's numbers
    friend bool operator==(const CycleParams&, const CycleParams&) = default;
};

// All keys in the order of the design's table.
const std::vector<KeyInfo>& cycle_keys();
// A duration is "30s", a flag true/false/1/0/yes/no, fee_rate "tier" or a fraction.
Result<void> set(CycleParams& params, std::string_view key, std::string_view text);
Result<std::string> get(const CycleParams& params, std::string_view key);

// The keys that an open position keeps when its sleeve is set otherwise: what ends it, and how far
// from the price.
const std::vector<std::string_view>& exit_keys();
// `params` with the exit keys of `exits`.
CycleParams with_exits(CycleParams params, const CycleParams& exits);

// What no single key can tell: history >= momentum_window (InvalidParams), and
// stop_loss >= 2 * fee_rate + 0.002 with the rate that will apply (FeeTooHigh).
Result<void> validate(const CycleParams& params, Decimal fee_rate);
inline Decimal effective_fee(const CycleParams& params, std::optional<Decimal> tier) {
    return params.fee_rate.value_or(tier.value_or(kDefaultFeeRate));
}

// The window that these parameters need. Live samples come once per sell_check; a replay's every
// tick is one.
market::WindowSpec window_spec(const CycleParams& params, bool live);

// "flash" is the script's numbers, "quiet" is wider (README.md of this room has the evidence).
CycleParams flash_preset();
CycleParams quiet_preset();
Result<CycleParams> preset(std::string_view name);

}  // namespace vault::strategy
