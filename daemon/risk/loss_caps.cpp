#include "daemon/risk/loss_caps.hpp"

namespace vault::risk {

std::string_view reached(const Caps& caps, std::string_view capped_by, const DayMarks& day,
                         std::optional<Drawdown>& drawdown, const LossFigures& now, UtcTime at) {
    if (caps.max_drawdown && capped_by != "max_drawdown") {
        if (!drawdown) drawdown = begin_drawdown(now.stake, at);
        follow(*drawdown, now.stake, at);
    }
    if (!capped_by.empty()) return {};
    if (daily_loss_reached(caps, day, now.realised, now.unrealised)) return "max_daily_loss";
    const bool fallen =
        caps.max_drawdown && drawdown_reached(*drawdown, now.stake, *caps.max_drawdown);
    return fallen ? "max_drawdown" : "";
}

}  // namespace vault::risk
