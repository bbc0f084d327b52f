#include "daemon/report/decision_why.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vault::report {

namespace {

struct Explanation {
    std::string_view reason;
    std::string_view text;
};

// The words of ports/strategy.hpp's Reason; the gates of design/strategy.md, "Buy check". A script
// may have words of its own.
constexpr std::array kExplanations{
    Explanation{"none", "nothing was due"},
    Explanation{"paused", "buys are held by a pause of the sleeve or of something wider"},
    Explanation{"stale_price", "there was no fresh price to decide on"},
    Explanation{"warming_up", "the price history is still shorter than the momentum window"},
    Explanation{"window", "it was outside the trading windows of the sleeve"},
    Explanation{"cooldown", "the last cycle closed too recently to buy again"},
    Explanation{"caps",
                "a limit of the sleeve (sleeve show lists its caps) forbids another buy now"},
    Explanation{"min_quote", "free cash is below the least amount for a buy"},
    Explanation{"fee_too_high", "a round trip would not earn its fees"},
    Explanation{"max_slippage", "the expected fill is too far from the market price"},
    Explanation{"max_move", "the price has moved too far over the momentum window"},
    Explanation{"below_minimum",
                "the order would be below the minimum of the exchange for the pair"},
    Explanation{"no_signal", "nothing forbade it, but the price gave no sign to do it"},
    Explanation{"spike", "the price rose fast enough over the momentum window"},
    Explanation{"bounce", "the price came back far enough from its recent low"},
    Explanation{"hold_uptrend", "the trend still points up, so the position is kept"},
    Explanation{"stop_loss", "the price fell below the stop-loss"},
    Explanation{"trailing", "the price fell back from its peak by more than the trail"},
    Explanation{"order_pending", "an order in this pair is live or its outcome is not known yet"},
    Explanation{"liquidate",
                "everything is to be sold: a person asked for it, or a cap that sells has tripped"},
    Explanation{"script", "the sleeve's script decided it"},
    Explanation{"script_late", "the sleeve's script had not decided within its deadline"},
    Explanation{
        "script_fault",
        "the sleeve's script does not run, or said what is no decision (sleeve show tells)"},
    Explanation{"already_holds", "the sleeve's script wanted to buy with a position open"},
    Explanation{"nothing_held", "the sleeve's script wanted to sell without a position"},
    Explanation{"price_band",
                "the order would have been too far from the last price, or there is none"},
    Explanation{"max_order", "one buy may not take so much (risk show lists max_order)"},
    Explanation{"max_orders_per_minute",
                "the account has sent as many orders as it may in a minute"},
    Explanation{"self_cross", "it would have matched another order of the same account"},
    Explanation{"not_trading",
                "the exchange takes no such order in the pair now (market pairs tells its status)"},
};

}  // namespace

std::string_view explain_reason(std::string_view reason) {
    const auto row = std::ranges::find(kExplanations, reason, &Explanation::reason);
    return row == kExplanations.end() ? "the rule of this name decided, or the script of the sleeve"
                                      : row->text;
}

Result<DecisionWhy> decision_why(ports::StoreReader& reader, VaultId vault, SleeveKind sleeve) {
    ports::RowFilter filter;
    filter.vault = vault;
    filter.sleeve = sleeve;
    filter.limit = 5;
    VAULT_TRY(auto rows, reader.decisions(filter));
    if (rows.empty())
        return Error(
            Errc::NotFound,
            fmt::format("{} {} has not decided anything yet", to_text(vault), to_text(sleeve)), "",
            "vaultctl sleeve show tells what it waits for");
    ports::DecisionRow last = std::move(rows.back());
    rows.pop_back();
    const std::string_view text = explain_reason(last.reason);
    return DecisionWhy{std::move(last), text, std::move(rows)};
}

}  // namespace vault::report
