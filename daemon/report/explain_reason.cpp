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

// The gates of design/strategy.md in the words of strategy/explain.cpp's figures.
constexpr std::array kSentences{
    Sentence{"spike", "",
             "The price {price} had reached {spike_at}, which is the spike factor times {p1}, the "
             "price at the start of the momentum window."},
    Sentence{"bounce", "",
             "The price {price} had come back above {bounce_above} from the tracked low "
             "{tracked_low}; the low of the window was {low}."},
    Sentence{"no_signal", "buy",
             "The price {price} was neither at the spike level {spike_at} nor above the bounce "
             "level: the tracked low was {tracked_low}, tracked up to {near_low_up_to}."},
    Sentence{"no_signal", "sell",
             "The net result {net} was above the stop-loss {stop_loss_at_net}, and the trail had "
             "not called for a sale: it arms at {trail_arm_at_net}, the tracked high was "
             "{tracked_high}."},
    Sentence{"stop_loss", "",
             "The net result {net} at the price {price} had reached the stop-loss "
             "{stop_loss_at_net}; the average buy price was {average}, fees of {fee_rate} a side "
             "are counted in."},
    Sentence{"trailing", "",
             "The price {price} had fallen below {trailing_below}, the trail under the tracked "
             "high {tracked_high}; the net result was {net}."},
    Sentence{"hold_uptrend", "",
             "The price {price} had reached {hold_uptrend_at}: an uptrend is not sold into; the "
             "net result was {net}."},
    Sentence{"min_quote", "", "Free cash was {free_cash}, a buy needs {min_quote}."},
    Sentence{"max_slippage", "",
             "The expected slippage was {expected_slippage}, at most {max_slippage} is allowed."},
    Sentence{"below_minimum", "buy",
             "The exchange takes no order below {min_cost} in quote or {min_quantity} in base; "
             "free cash was {free_cash} at a price of {price}."},
    Sentence{"below_minimum", "sell",
             "{quantity} at a price of {price} is below the least order of the exchange."},
    Sentence{"warming_up", "",
             "The trend had {hourly_closes} hourly closes, and the momentum window began at {p1}."},
    Sentence{"cooldown", "", "The last cycle closed at {last_close} and {last_cycle}."},
};

// Empty when a figure is missing.
std::string filled_in(std::string_view text, const std::map<std::string, std::string>& figures) {
    std::string out;
    while (!text.empty()) {
        const auto open = text.find('{');
        out += text.substr(0, open);
        if (open == std::string_view::npos) return out;
        const auto close = text.find('}', open);
        const auto figure = figures.find(std::string(text.substr(open + 1, close - open - 1)));
        if (figure == figures.end()) return {};
        out += figure->second;
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
    return row == kSentences.end() ? std::string() : filled_in(row->text, figures);
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
