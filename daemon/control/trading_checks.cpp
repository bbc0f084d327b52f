#include "daemon/control/trading_checks.hpp"

#include "daemon/control/json_fields.hpp"
#include "daemon/report/decision_why.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace vault::control {

namespace {

std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

Decimal amount_of(const json::object& object, std::string_view name) {
    const auto amount = Decimal::parse(text_of(object, name));
    VAULT_CHECK(amount.has_value(), "an amount of the engine is no decimal");
    return amount.value();
}

const json::array& list_of(const json::object& object, std::string_view name) {
    return object.at(name).as_array();
}

// design/strategy.md: an older price is none.
constexpr Duration kFresh = std::chrono::seconds{60};

// Reasons that hold every buy, whatever the prices do, and what ends each: a command with {0} for
// the vault and {1} for the sleeve. Pauses and cash have checks of their own: a decision is only as
// new as the last tick.
struct Gate {
    std::string_view reason;
    std::string_view remedy;
};
constexpr std::array kGates{
    Gate{"stale_price", "vaultctl vault pairs {0}"},
    Gate{"warming_up", "vaultctl wait {0}.{1} --for watching"},
    Gate{"window", "vaultctl sleeve set {0} {1} trading_windows=always"},
    Gate{"cooldown", "vaultctl sleeve set {0} {1} cooldown=0s loss_cooldown=0s"},
    Gate{"caps", "vaultctl sleeve show {0} {1}"},
    Gate{"fee_too_high", "vaultctl sleeve set {0} {1} stop_loss=FRACTION"},
    Gate{"max_slippage", "vaultctl sleeve set {0} {1} max_slippage=FRACTION"},
    Gate{"max_move", "vaultctl sleeve set {0} {1} max_move=off"},
    Gate{"price_band", "vaultctl market prices"},
    Gate{"max_order", "vaultctl risk show {0}"},
    Gate{"max_orders_per_minute", "vaultctl risk show {0}"},
    Gate{"self_cross", "vaultctl order list --vault {0}"},
    Gate{"not_trading", "vaultctl vault pairs {0} --available"},
    Gate{"below_minimum", "vaultctl vault allocate {0} --{1} AMOUNT"}};

class Checker {
  public:
    explicit Checker(const TradingFacts& facts)
        : facts_(facts),
          vault_(facts.vault),
          id_(text_of(facts.vault, "id")),
          asset_(text_of(facts.vault, "asset")),
          account_(text_of(facts.vault, "account")) {}

    // All that concerns the whole vault.
    bool check_vault() {
        of_ = id_;
        check_daemon();
        check_holds("user", "vaultctl resume");
        check_holds("account", "vaultctl account show " + account_);
        check_holds("vault", "vaultctl vault resume " + id_);
        const std::string attention = text_of(vault_, "attention");
        add("attention", attention.empty(),
            attention.empty() ? "the vault needs no person" : attention,
            "vaultctl vault resume " + id_);
        const Decimal shortfall = amount_of(vault_, "shortfall");
        add("shortfall", !shortfall.is_positive(),
            shortfall.is_positive() ? fmt::format("withdrawals took {} {} that is still missing",
                                                  shortfall.text(), asset_)
                                    : std::string("nothing is missing in the wallet"),
            fmt::format("vaultctl account deposit {} {} {}", account_, asset_, shortfall.text()));
        constexpr std::array<std::string_view, 4> kWider{"daemon", "account", "user", "vault"};
        check_caps(kWider, "", false);
        check_tradeable();
        check_market();
        return std::exchange(fine_, true);
    }

    bool check_sleeve(SleeveKind kind) {
        const std::string_view name = vault::to_text(kind);
        const json::object& sleeve = vault_.at(name).as_object();
        of_ = fmt::format("{}.{}", id_, name);
        check_sleeve_hold(sleeve, name);
        check_needs(sleeve, name);
        const bool holding = check_position(sleeve);
        check_money(sleeve, name, holding);
        check_no_buys(sleeve);
        constexpr std::array<std::string_view, 1> kOwn{"sleeve"};
        check_caps(kOwn, of_, holding);
        check_script(sleeve, name);
        check_decision(kind, holding);
        return std::exchange(fine_, true);
    }

    json::array take() { return std::move(checks_); }

  private:
    void add(std::string_view name, bool ok, std::string message, const std::string& remedy) {
        checks_.push_back(json::object{{"name", name},
                                       {"of", of_},
                                       {"ok", ok},
                                       {"message", std::move(message)},
                                       {"remedy", ok ? std::string() : remedy}});
        fine_ = fine_ && ok;
    }

    void check_daemon() {
        const std::string state = text_of(facts_.status, "state");
        std::string why;
        for (const json::value& pause : list_of(facts_.status, "pauses"))
            if (text_of(pause.as_object(), "level") == "daemon") why = hold_text(pause.as_object());
        const bool ok = state == "running" && why.empty();
        add("daemon", ok, why.empty() ? "the daemon is " + state : "the whole daemon is " + why,
            state == "draining" ? "start vaultd again" : "vaultctl resume");
    }

    static std::string hold_text(const json::object& pause) {
        const std::string why = text_of(pause, "why");
        return fmt::format("{} by {}{}{}", text_of(pause, "state"), text_of(pause, "by"),
                           why.empty() ? "" : ": ", why);
    }

    void check_holds(std::string_view level, const std::string& remedy) {
        for (const json::value& item : list_of(vault_, "pauses"))
            if (const auto& pause = item.as_object(); text_of(pause, "level") == level)
                return add(level, false, fmt::format("the {} is {}", level, hold_text(pause)),
                           remedy);
        add(level, true, fmt::format("the {} is not held", level), "");
    }

    void check_tradeable() {
        const bool any = amount_of(vault_, "tradeable").is_positive();
        add("tradeable", any,
            any ? fmt::format("{} {} are at risk", text_of(vault_, "tradeable"), asset_)
                : "Tradeable is 0: no money is put at risk",
            fmt::format("vaultctl vault set-tradeable {} AMOUNT", id_));
    }

    void check_market() {
        const bool any = !facts_.pairs.empty();
        add("pairs", any,
            any ? fmt::format("{} selected", facts_.pairs.size()) : "no pair is selected",
            fmt::format("vaultctl vault pairs {} --add ETH/{}", id_, asset_));
        check_status();
        const bool priced = std::ranges::any_of(facts_.pairs, [](const json::value& pair) {
            return !pair.as_object().at("price").is_null();
        });
        if (const std::string refused = refused_prices(); priced && !refused.empty())
            return add("price", false, refused, "vaultctl market prices");
        if (facts_.exchange != "paper") return check_live_price(priced);
        const json::object* replay =
            facts_.replays.empty() ? nullptr : &facts_.replays.front().as_object();
        const std::string state = replay == nullptr ? "none" : text_of(*replay, "state");
        const bool started = state == "ready" || state == "running" || state == "finished";
        std::string start = "vaultctl replay start synthetic --account " + account_;
        // The account's time does not go back, and a synthetic market begins at a midnight.
        if (const auto now = parse_utc(replay == nullptr ? "" : text_of(*replay, "now")))
            start += " --from " + format_utc(floor_day(now.value()) + std::chrono::days{1});
        add("price", priced,
            priced ? std::string("there is a price") : std::string("no selected pair has a price"),
            started ? "vaultctl replay run --account " + account_ : start);
        check_clock(state, start);
    }

    // What the exchange takes buys in.
    void check_status() {
        std::string closed;
        std::string remedy = fmt::format("vaultctl vault pairs {} --available", id_);
        std::size_t open = 0;
        for (const json::value& item : facts_.pairs) {
            const json::object& pair = item.as_object();
            if (text_of(pair, "status") == "trading") {
                ++open;
                continue;
            }
            closed += (closed.empty() ? "" : "; ") + text_of(pair, "trouble");
            if (const std::string name = text_of(pair, "renamed_to"); !name.empty())
                remedy = fmt::format("vaultctl vault pairs {} --add {}", id_, name);
        }
        const std::string count = fmt::format("{} of {} pairs trade", open, facts_.pairs.size());
        add("pair_status", open > 0 || facts_.pairs.empty(),
            closed.empty() ? count : fmt::format("{}: {}", count, closed), remedy);
    }

    // Of the pairs that trade; empty if one of them has a price that is believed.
    std::string refused_prices() const {
        std::string all;
        for (const json::value& item : facts_.pairs) {
            const json::object& pair = item.as_object();
            if (text_of(pair, "status") != "trading") continue;
            if (text_of(pair, "price_frozen") != "refused") return {};
            all += (all.empty() ? "" : "; ") + text_of(pair, "trouble");
        }
        return all;
    }

    // A live market speaks each second while it can be reached.
    void check_live_price(bool priced) {
        std::optional<UtcTime> newest;
        for (const json::value& pair : facts_.pairs)
            if (const auto at = parse_utc(text_of(pair.as_object(), "price_at")))
                newest = std::max(newest.value_or(at.value()), at.value());
        const bool fresh = newest && facts_.now - *newest <= kFresh;
        std::string message = fmt::format("{} tells prices", facts_.exchange);
        if (!priced) message = facts_.exchange + " has told no price of a selected pair yet";
        if (priced && !fresh)
            message = fmt::format("{} tells no price: the newest is of {}", facts_.exchange,
                                  newest ? format_utc(*newest) : "an unknown time");
        add("price", fresh, std::move(message), "vaultctl doctor");
    }

    // A paper account lives on a replay: without one that moves, no price comes.
    void check_clock(const std::string& state, const std::string& start) {
        const std::string run = "vaultctl replay run --account " + account_;
        const bool moves = state == "running";
        std::string message = "the replay runs";
        if (state == "ready") message = "the replay stands still: prices come while it runs";
        if (state == "finished") message = "the replay is at its end: no price comes any more";
        if (state == "stopped") message = "the replay was stopped: no price comes any more";
        if (state == "none") message = "no replay was started: no price comes";
        const bool can_run = state == "ready";
        add("replay", moves, std::move(message), can_run ? run : start);
    }

    void check_sleeve_hold(const json::object& sleeve, std::string_view name) {
        for (const json::value& item : list_of(sleeve, "pauses"))
            if (const auto& pause = item.as_object(); text_of(pause, "level") == "sleeve")
                return add("sleeve", false, "the sleeve is " + hold_text(pause),
                           fmt::format("vaultctl sleeve resume {} {}", id_, name));
        add("sleeve", true, "the sleeve is not held", "");
    }

    void check_needs(const json::object& sleeve, std::string_view name) {
        const std::string state = text_of(sleeve, "state");
        if (state == "needs_attention")
            return add("person", false, text_of(sleeve, "idle_reason"),
                       fmt::format("vaultctl position show {} {}", id_, name));
        if (state == "stuck" || (state == "liquidating" && holds_stuck_position(sleeve)))
            return add("person", false, text_of(sleeve, "idle_reason"), unstick(sleeve, name));
        add("person", true, "no position needs a person", "");
    }

    static bool holds_stuck_position(const json::object& sleeve) {
        return std::ranges::any_of(list_of(sleeve, "positions"), [](const json::value& position) {
            return text_of(position.as_object(), "state") == "stuck";
        });
    }

    // Coins of a delisted pair leave the exchange; others wait for the pair, or for a better price.
    std::string unstick(const json::object& sleeve, std::string_view name) const {
        for (const json::value& item : list_of(sleeve, "positions")) {
            const json::object& position = item.as_object();
            if (text_of(position, "price_frozen") != "delisted") continue;
            const std::string pair = text_of(position, "pair");
            return fmt::format("vaultctl account withdraw {} {} {}", account_,
                               pair.substr(0, pair.find('/')), text_of(position, "quantity"));
        }
        return fmt::format("vaultctl position show {} {}", id_, name);
    }

    static bool is_halted(const json::object& sleeve) {
        return std::ranges::any_of(list_of(sleeve, "pauses"), [](const json::value& pause) {
            return text_of(pause.as_object(), "state") == "halted";
        });
    }

    bool check_position(const json::object& sleeve) {
        for (const json::value& item : list_of(sleeve, "positions")) {
            const json::object& position = item.as_object();
            if (text_of(position, "state") == "dust") continue;
            const bool works = text_of(position, "state") == "open" && !is_halted(sleeve);
            add("position", true,
                fmt::format("holds {} of {}: {}, buys wait", text_of(position, "quantity"),
                            text_of(position, "pair"),
                            works ? "the exit rules are at work" : "nothing sells it now"),
                "");
            return true;
        }
        return false;
    }

    void check_money(const json::object& sleeve, std::string_view name, bool holding) {
        const Decimal balance = amount_of(sleeve, "balance");
        const std::string allocate =
            fmt::format("vaultctl vault allocate {} --{} AMOUNT", id_, name);
        add("allocation", balance.is_positive(),
            balance.is_positive() ? fmt::format("its balance is {} {}", balance.text(), asset_)
                                  : std::string("nothing is allocated to it"),
            allocate);
        if (!balance.is_positive() || holding) return;
        Decimal least;
        for (const json::value& setting : list_of(sleeve, "settings"))
            if (text_of(setting.as_object(), "key") == "min_quote")
                least = amount_of(setting.as_object(), "value");
        const Decimal locked = amount_of(sleeve, "locked");
        const auto free = vault::add(amount_of(sleeve, "cash"), amount_of(sleeve, "pending"));
        VAULT_CHECK(free.has_value(), "cash and pending are parts of a balance");
        const bool enough = locked.is_positive() || free.value() >= least;
        add("cash", enough,
            fmt::format("{} {} free to buy with, a buy needs {}", free.value().text(), asset_,
                        least.text()),
            allocate);
    }

    // The first cap of the levels that holds buys, the widest level first. A sleeve that holds
    // coins is full by its own caps, as it should be.
    void check_caps(std::span<const std::string_view> levels, std::string_view of, bool holding) {
        for (const std::string_view level : levels)
            for (const json::value& item : facts_.caps) {
                const json::object& cap = item.as_object();
                const std::string standing = text_of(cap, "standing");
                const bool full = holding && is_of_size(text_of(cap, "cap"));
                const bool holds = standing == "latched" || standing == "unresolved" ||
                                   (standing == "blocks" && !full);
                const bool here = of.empty() || text_of(cap, "of") == of;
                if (!holds || !here || text_of(cap, "level") != level) continue;
                return add("caps", false, cap_text(cap), remedy_of(cap));
            }
        add("caps", true, "no cap is reached", "");
    }

    static bool is_of_size(std::string_view cap) {
        return cap == "max_open_positions" || cap == "max_position" || cap == "max_position_pct";
    }

    static std::string cap_text(const json::object& cap) {
        const std::string of = text_of(cap, "of"), standing = text_of(cap, "standing");
        return fmt::format("risk cap {} {} (of the {}{}{}): {}; it ends with: {}",
                           text_of(cap, "cap"), standing == "latched" ? "was reached" : standing,
                           text_of(cap, "level"), of.empty() ? "" : " ", of,
                           text_of(cap, "arithmetic"), text_of(cap, "ends"));
    }

    std::string remedy_of(const json::object& cap) const {
        const std::string remedy = text_of(cap, "remedy");
        return remedy.empty() ? "vaultctl risk show " + id_ : remedy;
    }

    void check_no_buys(const json::object& sleeve) {
        const std::string reason = text_of(sleeve, "idle_reason");
        const bool stopped = reason.starts_with("no buys");
        add("buys", !stopped, stopped ? reason : "buys are not stopped", "vaultctl health");
    }

    void check_script(const json::object& sleeve, std::string_view name) {
        const json::value* const found = sleeve.if_contains("script");
        if (found == nullptr) return;
        const json::object& script = found->as_object();
        const std::string phase = text_of(script, "phase"), fault = text_of(script, "fault");
        const std::string why = fault.empty() ? "" : " (" + fault + ")";
        if (phase == "ready") return add("script", true, "its script runs", "");
        if (phase == "gave_up")
            return add("script", false,
                       fmt::format("its script was given up{}: mend it first", why),
                       fmt::format("vaultctl sleeve resume {} {}", id_, name));
        add("script", false, fmt::format("its script is being started{}", why),
            fmt::format("vaultctl sleeve show {} {}", id_, name));
    }

    void check_decision(SleeveKind kind, bool holding) {
        const auto found = facts_.decisions.find(kind);
        if (found == facts_.decisions.end() || !found->second)
            return add("decision", true, "nothing was decided yet", "");
        const json::object& decision = *found->second;
        const std::string reason = text_of(decision, "reason");
        const auto* const gate = std::ranges::find(kGates, reason, &Gate::reason);
        const bool gated =
            !holding && text_of(decision, "action") == "hold" && gate != kGates.end();
        const std::string said =
            fmt::format("at {} its {} check said {}: {}", text_of(decision, "at"),
                        text_of(decision, "check"), text_of(decision, "action"), reason);
        add("decision", !gated, fmt::format("{}; {}", said, report::explain_reason(reason)),
            gated ? fmt::format(fmt::runtime(gate->remedy), id_, vault::to_text(kind)) : "");
    }

    const TradingFacts& facts_;
    const json::object& vault_;
    std::string id_, asset_, account_;
    std::string of_;
    bool fine_ = true;  // since the last question
    json::array checks_;
};

}  // namespace

json::object trading_checks(const TradingFacts& facts, std::optional<SleeveKind> only) {
    Checker checker(facts);
    const bool vault_fine = checker.check_vault();
    bool sleeve_fine = false;
    for (const SleeveKind kind : kSleeveKinds)
        if (!only || *only == kind) sleeve_fine = checker.check_sleeve(kind) || sleeve_fine;
    const bool ok = vault_fine && sleeve_fine;
    json::object result{
        {"vault", facts.vault.at("id")}, {"sleeve", to_json(only)}, {"ok", ok},
        {"blocked_by", nullptr},         {"message", nullptr},      {"remedy", nullptr}};
    json::array checks = checker.take();
    const auto* first = std::ranges::find_if(
        checks, [](const json::value& check) { return !check.at("ok").as_bool(); });
    if (!ok && first != checks.end()) {
        result["blocked_by"] = first->at("name");
        result["message"] = first->at("message");
        result["remedy"] = first->at("remedy");
    }
    result["checks"] = std::move(checks);
    return result;
}

}  // namespace vault::control
