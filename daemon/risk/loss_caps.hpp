#pragma once
// The two loss caps of one level, from price to price: what max_daily_loss and max_drawdown say to
// the newest figures. The engine asks at each price that it is shown, a risk test at each one that
// is stored. Pure; amounts in the level's asset; any thread; cannot fail.
#include "daemon/risk/caps.hpp"
#include "daemon/risk/drawdown.hpp"

namespace vault::risk {

// What the loss caps of a level compare, at one price.
struct LossFigures {
    Decimal realised, unrealised;
    Stake stake;
};

// Follows the drawdown, unless that is what has tripped. The cap that has just been reached, by its
// key; empty if none, or if `capped_by` names the one that is latched already.
std::string_view reached(const Caps& caps, std::string_view capped_by, const DayMarks& day,
                         std::optional<Drawdown>& drawdown, const LossFigures& now, UtcTime at);

}  // namespace vault::risk
