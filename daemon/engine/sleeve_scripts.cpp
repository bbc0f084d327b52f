// The part of SleeveMachine for sleeves that a script decides for. What a script says is judged as
// a decision of the built-in rules is: holds, caps, gates, minima, a standing sell; and stored as
// one.
#include "daemon/engine/sleeve_machine.hpp"
#include "daemon/strategy/keys.hpp"

namespace vault::engine {

using ports::Action;
using ports::Decision;
using ports::Reason;
using Check = ports::Decision::Check;

namespace {

// The side that can act.
Check side_of(const PairSlot& slot) {
    return slot.view.quantity.is_positive() ? Check::Sell : Check::Buy;
}

// An open position is judged by the exits that it keeps, whoever decides.
ports::ScriptTexts params_shown(const Sleeve& sleeve, const PairSlot& slot) {
    ports::ScriptTexts params = sleeve.script->params;
    if (slot.kept_params)
        for (auto& [key, text] : params)
            text = strategy::get(*slot.kept_params, key).value();
    return params;
}

}  // namespace

ports::ScriptTick SleeveMachine::show(const Vault& vault, const Sleeve& sleeve,
                                      const PairSlot& slot, const ports::MarketView& view) {
    const ScriptSlot& own = sleeve.script->slots.at(slot.pair);
    ports::ScriptTick tick;
    tick.seq = own.seq;
    tick.sleeve = sleeve_name(vault, sleeve.kind);
    tick.market = view;
    tick.figures = slot.view;
    tick.gap = own.shown.gap;
    tick.bought = own.shown.bought;
    tick.closed = own.shown.closed;
    tick.judge_exits = own.shown.judge_exits;
    tick.state = own.state;
    tick.params = params_shown(sleeve, slot);
    return tick;
}

void SleeveMachine::on_script_answer(Sleeve& sleeve, PairSlot& slot, const ports::MarketView& view,
                                     const ScriptAnswer& answer) {
    ScriptSlot& own = sleeve.script->slots[slot.pair];
    own.asked = false;
    own.seq = 0;
    if (!answer.decision) own.marks.add(own.shown);
    if (answer.decision) ++sleeve.looks;
    own.shown = {};
    record_.touch(vault_, sleeve);
    answer_ = &answer;
    if (answer.decision)
        on_script_decision(sleeve, slot, view);
    else
        on_script_failure(sleeve, slot, view);
    answer_ = nullptr;
}

void SleeveMachine::on_script_decision(Sleeve& sleeve, PairSlot& slot,
                                       const ports::MarketView& view) {
    const ports::ScriptDecision& said = *answer_->decision;
    ScriptSlot& own = sleeve.script->slots[slot.pair];
    if (said.state) own.state = *said.state;
    const Check side = side_of(slot);
    // Nothing was due; but a sale that was decided goes on until the sleeve is flat.
    if (said.action == Action::Hold && said.reason == "none" &&
        (slot.standing_sell == Reason::None || slot.view.order_pending))
        return;
    Decision decision{side, said.action, Reason::Script};
    const auto hold = [side](Reason why) { return Decision{side, Action::Hold, why}; };
    if (said.action != Action::Hold && slot.view.order_pending) {
        decision = hold(Reason::OrderPending);
    } else if (said.action == Action::Buy && side == Check::Sell) {
        decision = hold(Reason::AlreadyHolds);
    } else if (said.action == Action::Sell && side == Check::Buy) {
        decision = hold(Reason::NothingHeld);
    } else if (said.action == Action::Sell && view.stale) {
        decision = hold(Reason::StalePrice);
    } else if (said.action == Action::Buy) {
        const Decimal spend = min(sleeve.params->spend, fraction_said());
        const Reason shut = strategy::entry_gate(sleeve.params, view, slot.view, spend);
        if (shut != Reason::None) decision = hold(shut);
    }
    if (decision.action == Action::Sell) own.sell_word = said.reason;
    act(sleeve, slot, view, decision);
}

void SleeveMachine::on_script_failure(Sleeve& sleeve, PairSlot& slot,
                                      const ports::MarketView& view) {
    const bool late = answer_->why.fault == ports::ScriptFault::Late;
    Decision decision{side_of(slot), Action::Hold, late ? Reason::ScriptLate : Reason::ScriptFault};
    if (!slot.view.order_pending &&
        strategy::stop_loss_due(params_of(sleeve, slot), view, slot.view))
        decision = {Check::Sell, Action::Sell, Reason::StopLoss};
    act(sleeve, slot, view, decision);
}

// Of a buy: at most the sleeve's own spend is used. 1 where the script named none.
Decimal SleeveMachine::fraction_said() const {
    if (answer_ == nullptr || !answer_->decision) return kOne;
    const ports::ScriptDecision& said = *answer_->decision;
    return said.action == Action::Hold ? kOne : said.fraction.value_or(kOne);
}

// The word of a sale that stands is that of the decision which it began with.
std::string SleeveMachine::word_of(const Sleeve& sleeve, const PairSlot& slot,
                                   const Decision& decision) const {
    if (decision.reason != Reason::Script) return std::string{ports::to_text(decision.reason)};
    if (decision.action == Action::Sell && sleeve.script)
        return sleeve.script->slots.at(slot.pair).sell_word;
    if (answer_ != nullptr && answer_->decision) return answer_->decision->reason;
    return std::string{ports::to_text(Reason::Script)};
}

// Whether this side's last decision had the same word; remembers this one's.
bool SleeveMachine::says_the_same(Sleeve& sleeve, const PairSlot& slot,
                                  const Decision& decision) const {
    if (decision.reason != Reason::Script || !sleeve.script) return true;
    ScriptSlot& own = sleeve.script->slots[slot.pair];
    std::string& last = decision.check == Check::Buy ? own.buy_word : own.last_sell_word;
    std::string word = word_of(sleeve, slot, decision);
    const bool same = last == word;
    last = std::move(word);
    return same;
}

void SleeveMachine::add_script_figures(std::vector<strategy::Figure>& figures,
                                       const ports::SleeveFigures& shown,
                                       const Decision& decision) const {
    if (decision.reason == Reason::Script && decision.check == Check::Buy)
        figures.push_back({"free_cash", shown.free_cash.text()});
    if (decision.reason == Reason::Script && decision.check == Check::Sell) {
        figures.push_back({"quantity", shown.quantity.text()});
        figures.push_back({"cost", shown.cost.text()});
    }
    figures.push_back({"strategy", "script"});
    if (!answer_->decision) return figures.push_back({"fault", fault_text(answer_->why)});
    const ports::ScriptDecision& said = *answer_->decision;
    if (decision.reason != Reason::Script)
        figures.push_back(
            {"script_said", std::string{ports::to_text(said.action)} + " " + said.reason});
    if (said.fraction) figures.push_back({"fraction", said.fraction->text()});
    for (const auto& [name, value] : said.figures)
        figures.push_back({"script." + name, value});
}

}  // namespace vault::engine
