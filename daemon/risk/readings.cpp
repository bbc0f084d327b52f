#include "daemon/risk/readings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::risk {
namespace {

constexpr std::string_view kUntilBought = "what the sleeve has and may spend falls";
constexpr std::string_view kSetAgain = "its owner sets the cap anew";

// "-5" would read as an operator.
std::string term(Decimal x) {
    return x.is_negative() ? "(" + x.text() + ")" : x.text();
}

std::string percent_of(Decimal part, Decimal whole) {
    const auto share = whole.is_positive()
                           ? mul_div(part, Decimal::from_int(100), whole, Rounding::Down)
                           : Result<Decimal>{Decimal::from_int(100)};
    return share ? round_places(share.value(), 4, Rounding::Down).text() : "?";
}

Standing if_blocked(bool blocked) {
    return blocked ? Standing::Blocks : Standing::Free;
}

class Reader {
  public:
    Reader(const Caps& caps, const ReadingInputs& in) : caps_(caps), in_(in), now_(in.exposure) {}

    std::vector<CapReading> read() {
        if (caps_.max_position) position(*caps_.max_position);
        if (caps_.max_position_pct) position_pct(*caps_.max_position_pct);
        if (caps_.max_daily_loss) daily_loss(*caps_.max_daily_loss);
        if (caps_.max_drawdown) drawdown(*caps_.max_drawdown);
        if (caps_.max_trades_per_day) trades(*caps_.max_trades_per_day);
        if (in_.level == Level::Sleeve) open_positions();
        if (caps_.max_exposure_per_base) exposure(*caps_.max_exposure_per_base);
        if (caps_.quote_band) quote(*caps_.quote_band);
        latched_but_off();
        set_but_off();
        return std::move(out_);
    }

  private:
    void put(std::string_view key, Standing standing, std::string headroom, std::string arithmetic,
             std::string_view ends) {
        CapReading& each = out_.emplace_back();
        each.key = key;
        each.limit = cap_text(caps_, key);
        each.standing = standing;
        each.headroom = std::move(headroom);
        each.arithmetic = std::move(arithmetic);
        each.blocks = on_trip(caps_, key);
        each.ends = ends;
        if (standing == Standing::Latched) {
            each.remedy = "vaultctl " + in_.resume;
            each.trip = in_.trip;
        }
        if (standing == Standing::Blocks) each.remedy = fmt::format("{} {}=…", in_.set, key);
    }
    void say(std::string_view key, Standing standing, Decimal headroom, std::string arithmetic,
             std::string_view ends) {
        put(key, standing, max(headroom, kZero).text(), std::move(arithmetic), ends);
    }
    void say_unknown(std::string_view key, Standing standing, std::string why,
                     std::string_view ends) {
        put(key, standing, {}, std::move(why), ends);
    }
    Decimal after() const { return now_.committed + now_.budget; }
    std::string after_text() const {
        return fmt::format("positions and live buys {} + next buy {} = {}", now_.committed.text(),
                           now_.budget.text(), after().text());
    }
    Standing latched(std::string_view key, bool reached) const {
        return in_.capped_by == key ? Standing::Latched : if_blocked(reached);
    }
    std::string latch_ends() const { return end_words(in_.level, caps_, in_.resume); }
    // A loss is not judged while the worth of a vault is unknown: it trips nothing, and nothing is
    // bought.
    bool unresolved(std::string_view key) {
        if (in_.unresolved == 0) return false;
        const std::string missing = fmt::format(
            "{} of its vaults cannot be valued in {}: a price "
            "is missing",
            in_.unresolved, in_.asset);
        if (in_.capped_by == key)
            put(key, Standing::Latched, "",
                "it was reached; what it would say now is unknown: " + missing, latch_ends());
        else
            say_unknown(key, Standing::Unresolved,
                        missing + ", so nothing is bought, and nothing trips on a guess",
                        "a price comes");
        return true;
    }
    void latched_but_off() {
        for (const std::string_view key : {"max_daily_loss", "max_drawdown"}) {
            if (in_.capped_by != key || cap_text(caps_, key) != "off") continue;
            put(key, Standing::Latched, "", "the cap was reached and is off by now", latch_ends());
        }
    }

    // What else was said about a loss cap that is off.
    void set_but_off() {
        for (const std::string_view key : {"max_daily_loss", "max_drawdown"}) {
            const bool said = on_trip(caps_, key) != OnTrip::Entries ||
                              (caps_.caps_reset_daily && !follows_losses(caps_));
            if (!said || in_.capped_by == key || cap_text(caps_, key) != "off") continue;
            put(key, Standing::Free, "",
                fmt::format("the cap is off; once it is set and reached, it blocks {}",
                            blocked_words(on_trip(caps_, key))),
                "");
        }
    }

    void position(Decimal most) {
        say("max_position", if_blocked(after() > most), most - now_.committed,
            fmt::format("{}, the cap is {} {}", after_text(), most.text(), in_.asset),
            kUntilBought);
    }
    void position_pct(Decimal pct) {
        const Decimal hundred = Decimal::from_int(100);
        const auto most = mul_div(pct, now_.balance, hundred, Rounding::Down);
        const Decimal limit = most ? most.value() : now_.balance;
        say("max_position_pct",
            if_blocked(compare_products(after(), hundred, pct, now_.balance) > 0),
            limit - now_.committed,
            fmt::format("{}, the cap is {} % of the balance {} = {} {}", after_text(), pct.text(),
                        now_.balance.text(), limit.text(), in_.asset),
            kUntilBought);
    }
    void daily_loss(Decimal most) {
        if (unresolved("max_daily_loss")) return;
        if (in_.level != Level::Sleeve && in_.day.day == UtcTime{} && in_.capped_by.empty())
            return say_unknown("max_daily_loss", Standing::Unjudged,
                               "no price came since the cap was set: it measures from the next on",
                               "the next price");
        say("max_daily_loss",
            latched("max_daily_loss",
                    daily_loss_reached(caps_, in_.day, in_.realised, in_.unrealised)),
            most - loss_today(in_.day, in_.realised, in_.unrealised),
            daily_loss_text(caps_, in_.day, in_.realised, in_.unrealised, in_.asset), latch_ends());
    }
    void drawdown(Decimal most) {
        if (unresolved("max_drawdown")) return;
        if (!in_.drawdown)
            return say_unknown("max_drawdown", Standing::Unjudged,
                               "no price came since the cap was set: there is no peak yet",
                               "the next price");
        const auto limit = mul(most, in_.drawdown->peak, Rounding::Down);
        const Decimal fallen = in_.drawdown->peak - value_of(*in_.drawdown, in_.stake);
        say("max_drawdown",
            latched("max_drawdown", drawdown_reached(*in_.drawdown, in_.stake, most)),
            (limit ? limit.value() : kZero) - fallen,
            drawdown_text(caps_, *in_.drawdown, in_.stake, in_.asset), latch_ends());
    }
    void trades(std::uint32_t most) {
        const std::uint32_t sent = now_.buys_today;
        say("max_trades_per_day", if_blocked(sent >= most),
            Decimal::from_int(most) - Decimal::from_int(sent),
            fmt::format("{} buys sent today, the cap is {}", sent, most), "the next UTC day");
    }
    void open_positions() {
        const std::uint32_t most = caps_.max_open_positions;
        const std::uint32_t open = now_.open_positions;
        say("max_open_positions", if_blocked(open >= most),
            Decimal::from_int(most) - Decimal::from_int(open),
            fmt::format("{} positions open or being bought, the cap is {}", open, most),
            "a position closes");
    }
    void exposure(Decimal most) {
        if (in_.bases.empty())
            say("max_exposure_per_base", Standing::Free, most,
                fmt::format("nothing is held or being bought, the cap is {} {}", most.text(),
                            in_.asset),
                kSetAgain);
        for (const BaseValue& each : in_.bases) {
            if (!each.value) {
                say_unknown("max_exposure_per_base", Standing::Unresolved,
                            fmt::format("{0}: a part of what there is of it has no price in "
                                        "{1}, so no more {0} is bought",
                                        each.base, in_.asset),
                            "a price comes");
                continue;
            }
            const auto sum = add(*each.value, now_.budget);
            say("max_exposure_per_base", if_blocked(!sum || sum.value() > most), most - *each.value,
                fmt::format("{}: {} in all vaults of the {} + next buy {} = {}, the cap is {} {}",
                            each.base, each.value->text(),
                            in_.level == Level::Daemon ? "daemon" : "user", now_.budget.text(),
                            sum ? sum.value().text() : "too much", most.text(), in_.asset),
                kSetAgain);
        }
    }
    void quote(Decimal band) {
        const std::string pair = in_.asset + "/USD";
        if (in_.outside.quote_is_usd)
            return say("quote_band", Standing::Free, band, "the vault is in USD itself", "");
        if (!in_.outside.quote_price)
            return say_unknown("quote_band", Standing::Unjudged,
                               fmt::format("no price of {} in the account's market: it cannot be "
                                           "judged and blocks nothing",
                                           pair),
                               "");
        const Decimal price = *in_.outside.quote_price;
        const Decimal off = (price - kOne).abs();
        say("quote_band", if_blocked(off > band), band - off,
            fmt::format("{} was {} at {}: off 1 by {}, the band is {}", pair, price.text(),
                        format_utc(in_.quote_at), off.text(), band.text()),
            fmt::format("{} comes back to within the band", pair));
    }

    const Caps& caps_;
    const ReadingInputs& in_;
    const Exposure& now_;
    std::vector<CapReading> out_;
};

}  // namespace

std::string_view to_text(Standing standing) {
    switch (standing) {
        case Standing::Free: return "free";
        case Standing::Blocks: return "blocks";
        case Standing::Latched: return "latched";
        case Standing::Unjudged: return "unjudged";
        case Standing::Unresolved: return "unresolved";
    }
    return "";
}

std::string_view blocked_words(OnTrip on_trip) {
    switch (on_trip) {
        case OnTrip::Entries: return "buys";
        case OnTrip::All: return "all orders";
        case OnTrip::Liquidate: return "all orders, once everything is sold,";
    }
    return "";
}

std::string end_words(Level level, const Caps& caps, std::string_view resume) {
    const bool of_all = level == Level::Daemon;
    const bool wide = level == Level::User || of_all;
    const std::string_view by = of_all ? "an admin" : "its owner, a moderator or an admin";
    return fmt::format("{}{}, by {}",
                       !caps.caps_reset_daily ? ""
                       : wide ? "the end of a UTC day with today's loss below the cap, or "
                              : "the next UTC day, or ",
                       resume, by);
}

std::vector<CapReading> read_caps(const Caps& caps, const ReadingInputs& inputs) {
    return Reader{caps, inputs}.read();
}

std::string daily_loss_text(const Caps& caps, const DayMarks& marks, Decimal realised,
                            Decimal unrealised, std::string_view asset) {
    const Decimal loss = loss_today(marks, realised, unrealised);
    return fmt::format(
        "lost {} {} today = -(realised {} - {} + unrealised {} - {} at the day's start), the cap "
        "is {}",
        loss.text(), asset, realised.text(), term(marks.realised_before), unrealised.text(),
        term(marks.unrealised_before), caps.max_daily_loss->text());
}

std::string drawdown_text(const Caps& caps, const Drawdown& mark, const Stake& now,
                          std::string_view asset) {
    const Decimal value = value_of(mark, now);
    const Decimal fallen = max(mark.peak - value, kZero);
    return fmt::format(
        "peak {} {} at {}, now {} = equity {} + swept {} since {}: fallen {} = {} % of the peak, "
        "the cap is {}",
        mark.peak.text(), asset, format_utc(mark.peak_at), value.text(), now.equity.text(),
        (now.swept - mark.swept_before).text(), format_utc(mark.since), fallen.text(),
        percent_of(fallen, mark.peak), caps.max_drawdown->text());
}

}  // namespace vault::risk
