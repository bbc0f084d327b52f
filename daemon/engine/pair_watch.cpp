#include "daemon/engine/pair_watch.hpp"

#include "daemon/engine/market_runner.hpp"
#include "daemon/market/price_guard.hpp"

#include <fmt/format.h>

namespace vault::engine {
namespace {

std::string_view meaning_of(PairStatus status) {
    switch (status) {
        case PairStatus::Trading: return "";
        case PairStatus::ReduceOnly: return "sells go on, nothing is bought";
        case PairStatus::CancelOnly: return "it takes no order";
        case PairStatus::Halted: return "it takes no order, and its price stands still";
        case PairStatus::Delisted: return "it takes no order any more, and its price stands still";
    }
    return "";
}

ports::MarketView shown_to(const World& world, const Listener& listener, const Market& market,
                           const PairMarket& at) {
    ports::MarketView view;
    if (listener.slot->window != nullptr && !listener.slot->window->empty())
        view = market_view(world, listener);
    else if (at.last)
        view.price = at.last->price;
    view.now = market.now;
    return view;
}

}  // namespace

void PairWatch::recall() {
    Catalogue& paper = world_.catalogues.find(kPaper)->second;
    for (auto& [pair, rules] : paper.pairs) {
        const auto told = paper.standings.find(pair);
        rules.status = told == paper.standings.end() ? PairStatus::Trading : told->second.status;
    }
}

void PairWatch::follow(std::string_view exchange, const std::map<Pair, PairRules>& rules,
                       UtcTime now) {
    auto& known = world_.catalogues.try_emplace(std::string{exchange}).first->second.pairs;
    if (exchange != kPaper)
        for (const auto& [pair, fresh] : rules) {
            const auto [at, is_new] = known.try_emplace(pair, fresh);
            if (!is_new) continue;
            at->second.status = PairStatus::Trading;  // so that another one is told
            recorder_.touch_daemon(world_);
        }
    for (auto& [pair, mine] : known) {
        const auto told = rules.find(pair);
        if (told != rules.end()) {
            settle(exchange, mine, told->second, now);
        } else if (exchange != kPaper && makes_prices(mine.status)) {
            PairRules gone = mine;
            gone.status = PairStatus::Halted;
            settle(exchange, mine, gone, now);
        }
    }
}

void PairWatch::settle(std::string_view exchange, PairRules& known, const PairRules& wanted,
                       UtcTime now) {
    if (known == wanted) return;
    const PairStatus before = std::exchange(known, wanted).status;
    const Changed changed{exchange, known};
    adopt(changed);
    if (before != wanted.status) change(changed, now);
    if (exchange != kPaper) recorder_.touch_daemon(world_);
}

void PairWatch::adopt(const Changed& changed) {
    for (Market& market : world_.markets) {
        const auto found = market.pairs.find(changed.rules.pair);
        if (found == market.pairs.end() || exchange_of(market) != changed.exchange) continue;
        found->second.rules = changed.rules;
        for (const Listener& listener : found->second.listeners)
            listener.slot->view.rules = changed.rules;
    }
}

void PairWatch::change(const Changed& changed, UtcTime now) {
    const Pair& pair = changed.rules.pair;
    auto& standings = world_.catalogues.find(changed.exchange)->second.standings;
    if (changed.rules.status == PairStatus::Trading)
        standings.erase(pair);
    else
        standings[pair] = {changed.rules.status, now};
    recorder_.touch_daemon(world_);
    for (Market& market : world_.markets) {
        const auto found = market.pairs.find(pair);
        if (found != market.pairs.end() && exchange_of(market) == changed.exchange)
            change(market, found->second);
    }
}

void PairWatch::change(Market& market, PairMarket& at) {
    SleeveTrader trader{world_, recorder_};
    for (const AccountId id : market.accounts) {
        Account& account = *world_.find_account(id);
        trader.on_venue_events(account, account.venue.on_status(at.rules, market.now), market.now);
        recorder_.touch(account);
    }
    for (const Listener& listener : at.listeners)
        trader.on_pair_status(listener, shown_to(world_, listener, market, at));
    if (!makes_prices(at.rules.status)) MarketRunner::begin_anew(market, at);
}

std::string status_text(const PairRules& rules) {
    if (rules.status == PairStatus::Trading) return {};
    std::string text = fmt::format("{} is {}: {}", rules.pair.text(), to_text(rules.status),
                                   meaning_of(rules.status));
    if (rules.renamed_to) text += fmt::format("; it is {} now", rules.renamed_to->text());
    return text;
}

std::string stuck_text(const Vault& vault, const Sleeve& sleeve, const PairSlot& slot) {
    const PairRules& rules = slot.view.rules;
    if (!slot.view.quantity.is_positive() || takes_orders(rules.status, Side::Sell)) return {};
    const std::string coins =
        fmt::format("; {} {}", slot.view.quantity.text(), slot.pair.base.text());
    if (rules.status != PairStatus::Delisted)
        return coins + " cannot be sold until it trades again";
    return fmt::format(
        "{} cannot be sold here: take them off the exchange, then vaultctl position "
        "resolve {} {} --pair {} --as sold|withdrawn",
        coins, to_text(vault.row.id), to_text(sleeve.kind), slot.pair.text());
}

std::string refused_text(const PairMarket& at) {
    if (!at.past.refused) return {};
    const Tick& refused = *at.past.refused;
    const std::string price =
        fmt::format("the price {} of {} at {} is not believed", refused.price.value.text(),
                    at.rules.pair.text(), format_utc(refused.time));
    const bool possible = market::judge_price(refused.price, std::nullopt, std::nullopt) ==
                          market::PriceVerdict::Good;
    if (!possible) return price + ": it is out of range";
    return fmt::format(
        "{}: more than {} times away from the last good one{}; {} more in a row near it would "
        "confirm it",
        price, market::kJumpMax.text(), at.last ? ", " + at.last->price.value.text() : "",
        market::kAgreeing - at.past.agreeing);
}

std::string_view price_frozen(const PairMarket& at) {
    if (!makes_prices(at.rules.status)) return to_text(at.rules.status);
    return at.past.refused ? "refused" : "";
}

std::string pair_trouble(const World& world, const Account& account, const Pair& pair) {
    const PairRules* const rules = world.rules_of(account, pair);
    if (rules != nullptr && !takes_orders(rules->status, Side::Buy)) {
        const auto& standings = world.catalogue_of(account).standings;
        const auto standing = standings.find(pair);
        return standing == standings.end() ? status_text(*rules)
                                           : fmt::format("{} (since {})", status_text(*rules),
                                                         format_utc(standing->second.since));
    }
    const PairMarket* const at = world.pair_market(account, pair);
    return at == nullptr ? std::string{} : refused_text(*at);
}

}  // namespace vault::engine
