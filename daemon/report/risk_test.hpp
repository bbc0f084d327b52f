#pragma once
// RiskTest: when the caps of a level would have tripped, as if they had been set at an instant of
// the past: the journals of its vaults are booked anew from the first entry, and from that instant
// on each stored price and each buy is judged by the very functions that the engine uses (risk/).
//
// What it cannot know: a loss between two stored prices, so a trip says since when it may have
// been; and what a blocked buy would have changed, so everything after a trip is the history as it
// was. What is open is valued with today's fee. Vaults of several accounts are laid side by side by
// the time of their own clocks. A cap that somebody ended in truth is ended here too.
//
// Belongs to one caller; step() makes one bounded read or looks at one moment, on the thread that
// owns the reader. Errors: StoreFailed, InvariantBroken for a journal that does not fold.
#include "daemon/report/past_level.hpp"
#include "daemon/report/time_rows.hpp"

#include <map>
#include <set>
#include <tuple>

namespace vault::report {

struct RiskTrip {
    UtcTime at;        // the first stored price that shows it, or the buy that is refused
    UtcTime earliest;  // it may have been at any moment after this one
    // Of the prices that it is made of, the oldest: `at`, or before it where several markets count
    // or money was moved between two prices.
    UtcTime oldest_price;
    std::string cap, limit, arithmetic;
    risk::OnTrip blocks = risk::OnTrip::Entries;
    std::optional<UtcTime> until;    // none: nothing ended it
    std::string ends;                // what would
    std::uint64_t buys_blocked = 0;  // of those that were sent in truth
};

// What the event log has of the level.
struct RiskEvent {
    UtcTime at;
    std::string type;  // cap_tripped cap_ended
    std::string actor, message;
};

// How closely the stored prices tell what happened while coins were held.
struct PriceSteps {
    std::uint64_t prices = 0;    // judged
    Duration longest{};          // between two of one pair
    std::optional<UtcTime> at;   // when that ended
    std::uint64_t unjudged = 0;  // moments at which a price was missing
};

class RiskTest {
  public:
    // As if the caps of the mark had been set at `since`.
    RiskTest(LevelMark mark, UtcTime since);
    RiskTest(const RiskTest&) = delete;  // its parts refer to its mark
    RiskTest& operator=(const RiskTest&) = delete;

    // False when everything has been looked at.
    Result<bool> step(ports::StoreReader& reader);

    const LevelMark& mark() const { return mark_; }
    UtcTime since() const { return since_; }
    const std::vector<RiskTrip>& rows() const { return rows_; }       // by time
    const std::vector<RiskEvent>& events() const { return events_; }  // of that time, by seq
    const PriceSteps& steps() const { return steps_; }
    std::uint64_t buys() const { return buys_; }  // sent in truth
    std::uint64_t buys_blocked() const { return buys_blocked_; }
    // What the reader of the result must know.
    std::vector<std::string> notes() const;

  private:
    enum class Source : std::uint8_t { Journal, Prices, Resumes };
    using Named = std::pair<Source, std::size_t>;
    using Moment = std::tuple<UtcTime, Part, Source, std::size_t>;

    Result<void> read_events(ports::StoreReader& reader);
    Result<void> feed(ports::StoreReader& reader, Named source);
    void queue(Named source);
    Result<void> open_markets(ports::StoreReader& reader, UtcTime at);
    Result<void> pass(ports::StoreReader& reader, UtcTime at, std::size_t vault);
    Result<void> on_entry(ports::StoreReader& reader, std::size_t vault);
    Result<void> on_price(ports::StoreReader& reader, std::size_t market);
    void on_resume();
    void judge_booked();
    void follow_money(UtcTime at);
    UtcTime oldest_price(std::string_view cap, UtcTime at) const;
    void judge(UtcTime at);
    void trip(std::string_view cap, UtcTime at);
    void end_latch(UtcTime at, std::optional<UtcTime> midnight);
    void end_day(UtcTime at);
    Result<void> on_buy(ports::StoreReader& reader, std::size_t vault, const PastEntry& past);
    bool refuse(const risk::CapReading& reading, UtcTime at);
    Result<std::vector<Asset>> dust_of(ports::StoreReader& reader, std::size_t vault,
                                       SleeveKind sleeve, UtcTime at) const;

    LevelMark mark_;
    UtcTime since_, from_;  // from_: midnight before
    PastLevel level_;
    std::vector<TimeRows<ports::PriceRow>> prices_;  // by market
    std::uint64_t next_event_ = 1;
    bool events_read_ = false;
    std::size_t next_resume_ = 0;  // in events_
    std::set<Moment> moments_;     // the next one of each source
    std::vector<Named> hungry_;    // sources that have to be read first
    bool open_ = false, begun_ = false;
    std::optional<UtcTime> booked_;  // something was, and is not judged yet

    std::string capped_by_;
    std::optional<risk::Drawdown> drawdown_;
    std::optional<UtcTime> peak_price_;  // older than the money that moved the peak at it
    UtcTime day_, judged_;
    std::size_t latch_ = 0;                                  // in rows_, while capped_by_
    std::map<std::string, std::size_t, std::less<>> gates_;  // caps that refuse buys now, in rows_
    std::vector<RiskTrip> rows_;
    std::vector<RiskEvent> events_;
    PriceSteps steps_;
    std::uint64_t buys_ = 0, buys_blocked_ = 0, unknown_buys_ = 0;
    std::map<std::size_t, UtcTime> seen_;  // the last price of a market while its coins were held
};

}  // namespace vault::report
