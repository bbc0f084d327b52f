#include "daemon/strategy/risk_caps.hpp"

#include "daemon/strategy/key_table.hpp"

namespace vault::strategy {
namespace {

using P = RiskCaps;
using T = KeyType;
constexpr KeyRange kAmount{"0.00000001", "100000000000000000"};

const std::vector<KeyRow<P>>& rows() {
    static const std::vector<KeyRow<P>> kRows{
        {"max_position", T::Decimal, &P::max_position, kAmount, "off", "quote",
         "largest position, at cost"},
        {"max_position_pct",
         T::Decimal,
         &P::max_position_pct,
         {"0.01", "100"},
         "off",
         "percent",
         "largest position, of the sleeve's balance"},
        {"max_daily_loss", T::Decimal, &P::max_daily_loss, kAmount, "off", "quote",
         "realised today (UTC) and change of unrealised; pauses the sleeve"},
        {"max_drawdown",
         T::Decimal,
         &P::max_drawdown,
         {"0.001", "0.999"},
         "off",
         "fraction",
         "of the sleeve's peak equity; pauses the sleeve"},
        {"max_trades_per_day",
         T::Count,
         &P::max_trades_per_day,
         {"1", "100000"},
         "off",
         "buys",
         "buys sent per UTC day"},
        {"max_open_positions",
         T::Count,
         &P::max_open_positions,
         {"1", "100"},
         {},
         "positions",
         "open positions of the sleeve"},
        {"max_exposure_per_base", T::Decimal, &P::max_exposure_per_base, kAmount, "off",
         "report currency", "over all the user's sleeves"},
        {"quote_band",
         T::Decimal,
         &P::quote_band,
         {"0.0001", "0.5"},
         "off",
         "fraction",
         "no entries when a stablecoin is off 1 by more"},
        {"caps_reset_daily",
         T::Flag,
         &P::caps_reset_daily,
         {},
         {},
         {},
         "a tripped loss or drawdown cap ends with the UTC day instead of a resume"},
    };
    return kRows;
}

}  // namespace

const std::vector<KeyInfo>& risk_keys() {
    static const std::vector<KeyInfo> kInfos = key_infos(rows());
    return kInfos;
}

Result<void> set(RiskCaps& caps, std::string_view key, std::string_view text) {
    const auto* row = find_row(rows(), key);
    if (row == nullptr) return unknown_key(key, risk_keys());
    return set_row(*row, caps, text);
}

Result<std::string> get(const RiskCaps& caps, std::string_view key) {
    const auto* row = find_row(rows(), key);
    if (row == nullptr) return unknown_key(key, risk_keys());
    return row_text(*row, caps);
}

Result<void> validate(const RiskCaps& caps) {
    return check_ranges(rows(), caps);
}

}  // namespace vault::strategy
