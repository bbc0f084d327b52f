#include "daemon/strategy/cycle_params.hpp"

#include "daemon/strategy/key_table.hpp"

#include <fmt/format.h>

namespace vault::strategy {

using vault::literals::operator""_dec;

namespace {

using P = CycleParams;
using T = KeyType;
constexpr std::string_view kFactor = "factor";
constexpr std::string_view kFraction = "fraction";
constexpr std::string_view kTime = "time";
constexpr KeyRange kNearOne{"0.5", "2"};
constexpr KeyRange kSmall{"0", "0.9"};
constexpr KeyRange kWindow{"1m", "7d"};
constexpr KeyRange kInterval{"1s", "1h"};
constexpr KeyRange kPause{"0s", "30d"};

const std::vector<KeyRow<P>> kRows{
    {"fee_rate",
     T::Decimal,
     &P::fee_rate,
     {"0", "0.05"},
     "tier",
     kFraction,
     "one side's fee; tier: the account's taker rate"},
    {"history",
     T::Duration,
     &P::history,
     kWindow,
     {},
     kTime,
     "window of samples kept, at least momentum_window"},
    {"momentum_window",
     T::Duration,
     &P::momentum_window,
     kWindow,
     {},
     kTime,
     "p1 is the sample nearest to now minus this"},
    {"trend_closes",
     T::Count,
     &P::trend_closes,
     {"1", "168"},
     {},
     "closes",
     "hourly closes that the trend is measured on"},
    {"buy_check", T::Duration, &P::buy_check, kInterval, {}, kTime, "how often buys are judged"},
    {"sell_check", T::Duration, &P::sell_check, kInterval, {}, kTime, "how often sells are judged"},
    {"spike", T::Decimal, &P::spike, kNearOne, {}, kFactor, "buy when price >= spike * p1"},
    {"spike_needs_trend",
     T::Flag,
     &P::spike_needs_trend,
     {},
     {},
     {},
     "the spike also needs the trend"},
    {"trend_min",
     T::Decimal,
     &P::trend_min,
     kNearOne,
     {},
     kFactor,
     "trend holds when price >= trend_min * mean of the closes"},
    {"near_low",
     T::Decimal,
     &P::near_low,
     {"1", "2"},
     {},
     kFactor,
     "the low is tracked while price <= near_low * lowest sample"},
    {"bounce",
     T::Decimal,
     &P::bounce,
     {"1", "2"},
     {},
     kFactor,
     "buy when price > tracked low * bounce and the trend holds"},
    {"spend",
     T::Decimal,
     &P::spend,
     {"0.01", "1"},
     {},
     kFraction,
     "part of free cash that one buy spends, fee inside"},
    {"min_quote",
     T::Decimal,
     &P::min_quote,
     {"0", "1000000000"},
     {},
     "quote",
     "no buy with less free cash"},
    {"hold_uptrend",
     T::Decimal,
     &P::hold_uptrend,
     kNearOne,
     {},
     kFactor,
     "no sell while price >= hold_uptrend * p1"},
    {"stop_first",
     T::Flag,
     &P::stop_first,
     {},
     {},
     {},
     "the stop-loss is tested before hold_uptrend"},
    {"stop_loss",
     T::Decimal,
     &P::stop_loss,
     {"0.002", "0.9"},
     {},
     kFraction,
     "sell when net <= -stop_loss"},
    {"trail_arm",
     T::Decimal,
     &P::trail_arm,
     {"-0.9", "10"},
     {},
     kFraction,
     "from this net profit on, the high is tracked"},
    {"trail_drop",
     T::Decimal,
     &P::trail_drop,
     kSmall,
     {},
     kFraction,
     "sell when price < tracked high * (1 - trail_drop)"},
    {"trail_reset",
     T::Decimal,
     &P::trail_reset,
     {"-1", "10"},
     {},
     kFraction,
     "the high is forgotten when net < trail_reset"},
    {"max_slippage",
     T::Decimal,
     &P::max_slippage,
     {"0", "0.1"},
     {},
     kFraction,
     "a worse expected fill refuses a buy, delays a trailing sell"},
    {"max_move",
     T::Decimal,
     &P::max_move,
     {"0.0001", "1"},
     "off",
     kFraction,
     "no buy while the price is further than this from p1, up or down"},
    {"cooldown",
     T::Duration,
     &P::cooldown,
     kPause,
     {},
     kTime,
     "from the closing fill to the next buy"},
    {"loss_cooldown",
     T::Duration,
     &P::loss_cooldown,
     kPause,
     {},
     kTime,
     "the same after a losing cycle; the longer of the two counts"},
    {"trading_windows",
     T::Windows,
     &P::trading_windows,
     {},
     {},
     {},
     "when buys are allowed, UTC: mon-fri 08:00-22:00"},
};

const std::vector<KeyRow<P>>& rows() {
    return kRows;
}

}  // namespace

CycleParams::CycleParams()
    : spike("1.0125"_dec),
      trend_min("1.002"_dec),
      near_low("1.02"_dec),
      bounce("1.002"_dec),
      spend("0.996"_dec),
      min_quote("10"_dec),
      hold_uptrend("1.011"_dec),
      stop_loss("0.016"_dec),
      trail_arm("0.001"_dec),
      max_slippage("0.003"_dec) {}

const std::vector<KeyInfo>& cycle_keys() {
    static const std::vector<KeyInfo> kInfos = key_infos(rows());
    return kInfos;
}

Result<void> set(CycleParams& params, std::string_view key, std::string_view text) {
    const auto* row = find_row(rows(), key);
    if (row == nullptr) return unknown_key(key, cycle_keys());
    return set_row(*row, params, text);
}

Result<std::string> get(const CycleParams& params, std::string_view key) {
    const auto* row = find_row(rows(), key);
    if (row == nullptr) return unknown_key(key, cycle_keys());
    return row_text(*row, params);
}

const std::vector<std::string_view>& exit_keys() {
    static const std::vector<std::string_view> kKeys{"hold_uptrend", "stop_first", "stop_loss",
                                                     "trail_arm",    "trail_drop", "trail_reset",
                                                     "max_slippage"};
    return kKeys;
}

CycleParams with_exits(CycleParams params, const CycleParams& exits) {
    for (const std::string_view key : exit_keys()) {
        const auto* row = find_row(rows(), key);
        VAULT_CHECK(row != nullptr, "an exit key is a key");
        const Result<void> done = set_row(*row, params, row_text(*row, exits));
        VAULT_CHECK(done.has_value(), "a value is within its own range");
    }
    return params;
}

Result<void> validate(const CycleParams& params, Decimal fee_rate) {
    VAULT_TRYV(check_ranges(rows(), params));
    if (params.history < params.momentum_window)
        return Error{
            Errc::InvalidParams,
            fmt::format("history {} is shorter than momentum_window {}",
                        format_duration(params.history), format_duration(params.momentum_window)),
            "history", "set history to momentum_window or more"};
    const Decimal least = fee_rate + fee_rate + "0.002"_dec;
    if (params.stop_loss < least)
        return Error{Errc::FeeTooHigh,
                     fmt::format("stop_loss {} would stop out on its own fees (fee_rate {})",
                                 params.stop_loss.text(), fee_rate.text()),
                     "stop_loss", fmt::format("set stop_loss to {} or more", least.text())};
    return success();
}

market::WindowSpec window_spec(const CycleParams& params, bool live) {
    return {params.history, params.momentum_window, params.trend_closes,
            live ? params.sell_check : Duration{0}};
}

}  // namespace vault::strategy
