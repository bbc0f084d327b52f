// What a decision's reason means, with its figures put into the sentence.
#include "daemon/report/decision_why.hpp"
#include "daemon/report/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vault::report {

namespace {

struct Sentence {
    std::string_view reason, check;  // check: "" for both
    std::string_view text;           // {name} stands for the figure of that name
};

// The gates of design/strategy.md in the words of strategy/explain.cpp's figures. {base} is the
// pair's base asset; {name$} is an amount of the quote that may be missing, {name%} a fraction that
// is told as a percentage.
constexpr std::array kSentences{
    Sentence{"spike", "",
             "The price {price$} had reached {spike_at$}: so much it had to rise from "
             "{p1$}, where it was when the momentum window began."},
    Sentence{"bounce", "",
             "The price {price$} had come back above {bounce_above$} from its low of "
             "{tracked_low$}; the low of the whole window was {low$}."},
    Sentence{"no_signal", "buy",
             "The price {price$} was below {spike_at$}, from where it would have "
             "risen fast enough, and had not come back from a low: the low followed was "
             "{tracked_low$}, lows count up to {near_low_up_to$}."},
    Sentence{"no_signal", "sell",
             "A sale would have earned {net%} of the cost after fees, above the stop-loss of "
             "{stop_loss_at_net%}; the trailing sale is armed from {trail_arm_at_net%} on, the "
             "highest price so far was {tracked_high$}."},
    Sentence{
        "stop_loss", "",
        "A sale at the price {price$} would earn {net%} of the cost after fees of "
        "{fee_rate%} a side; the stop-loss is at {stop_loss_at_net%}, the average buy price was "
        "{average$}."},
    Sentence{"trailing", "",
             "The price {price$} had fallen below {trailing_below$}, the limit that "
             "follows the highest price of {tracked_high$}; a sale "
             "would earn {net%} of the cost after fees."},
    Sentence{"hold_uptrend", "",
             "The price {price$} had reached {hold_uptrend_at$}: a rising price is "
             "not sold; a sale would have earned {net%} of the cost after fees."},
    Sentence{"min_quote", "", "Free cash was {free_cash$}, a buy needs {min_quote$}."},
    Sentence{"max_slippage", "",
             "The fill was expected {expected_slippage%} away from the price, at most "
             "{max_slippage%} is allowed."},
    Sentence{"max_move", "",
             "The price {price$} was further than {max_move%} from {p1$}, where it stood a "
             "momentum window before."},
    Sentence{"below_minimum", "buy",
             "The exchange takes no order below {min_cost$} or {min_quantity} {base}; "
             "free cash was {free_cash$} at a price of {price$}."},
    Sentence{"below_minimum", "sell",
             "{quantity} {base} at a price of {price$} is below the least order of the "
             "exchange."},
    Sentence{
        "warming_up", "",
        "The trend had {hourly_closes} hourly closes, and the momentum window began at {p1$}."},
    Sentence{"price_band", "",
             "An order has to be within {order_limit%} of the last price, which was "
             "{order_found$}."},
    Sentence{"max_order", "", "The buy was worth {order_found}; one order may be {order_limit}."},
    Sentence{"max_orders_per_minute", "",
             "The account had sent {order_found} orders within a minute, of {order_limit}."},
    Sentence{"self_cross", "",
             "The account's own order {order_limit} was live on the other side; it waits until "
             "that is gone."},
    Sentence{"not_trading", "",
             "The exchange said that the pair is {pair_status}; the last price was {price$}."},
    Sentence{"cooldown", "", "The last cycle closed at {last_close} and {last_cycle}."},
};

// "1925.76" -> "1925.76 USDT"; a figure that is none has no unit.
std::string amount(const std::string& figure, const std::string& quote) {
    return Decimal::parse(figure) ? figure + " " + quote : "not known yet";
}

// "0.00101406" -> "0.101406 %"; as it is if it is no figure.
std::string percentage(const std::string& figure) {
    const auto fraction = Decimal::parse(figure);
    if (!fraction) return figure;
    const auto percent = mul(fraction.value(), Decimal::from_int(100), Rounding::Down);
    return percent ? percent.value().text() + " %" : figure;
}

// Empty when a figure is missing.
std::string filled_in(std::string_view text, const std::map<std::string, std::string>& figures) {
    std::string out;
    while (!text.empty()) {
        const auto open = text.find('{');
        out += text.substr(0, open);
        if (open == std::string_view::npos) return out;
        const auto close = text.find('}', open);
        std::string_view name = text.substr(open + 1, close - open - 1);
        const char unit = name.back();
        if (unit == '%' || unit == '$') name.remove_suffix(1);
        const auto figure = figures.find(std::string(name));
        if (figure == figures.end()) return {};
        out += unit == '%'   ? percentage(figure->second)
               : unit == '$' ? amount(figure->second, figures.at("quote"))
                             : figure->second;
        text.remove_prefix(close + 1);
    }
    return out;
}

}  // namespace

std::string reason_in_figures(const ports::DecisionRow& decision,
                              const std::map<std::string, std::string>& figures) {
    const auto row = std::ranges::find_if(kSentences, [&](const Sentence& candidate) {
        return candidate.reason == decision.reason &&
               (candidate.check.empty() || candidate.check == decision.check);
    });
    if (row == kSentences.end()) return {};
    std::map<std::string, std::string> all = figures;
    all["quote"] = decision.pair.quote.text();
    all["base"] = decision.pair.base.text();
    return filled_in(row->text, all);
}

std::vector<std::string> decision_story(const ports::DecisionRow& decision) {
    std::vector<std::string> story{
        fmt::format("At {} the {} check of {} {} on {} decided to {}: {}.", format_utc(decision.at),
                    decision.check, to_text(decision.vault), to_text(decision.sleeve),
                    decision.pair.text(), decision.action, decision.reason)};
    story.push_back(fmt::format("{}: {}.", decision.reason, explain_reason(decision.reason)));
    if (decision.repeats > 0)
        story.push_back(
            fmt::format("The decision before it had held for {} further {} checks; repeats are "
                        "counted, not stored.",
                        decision.repeats, decision.check));
    return story;
}

}  // namespace vault::report
