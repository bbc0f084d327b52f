#pragma once
// LevelWatch: judges the loss caps of vaults, users and the daemon, and does what a cap that trips
// says. A price first has every vault that it may concern measured (level_sums.hpp), then those
// vaults judged, then each of their users once and the daemon once, all before any sleeve is asked
// what it wants. A market in which no vault is watched costs one comparison a price. A level whose
// worth is not known is not judged: it trips nothing, and its caps block buys (cap_inputs.hpp).
//
// Accounts have clocks of their own. Today's loss of a user or of the daemon is the sum of what
// each vault lost in the day of its own account's clock, so that a day's end begins anew for the
// vaults of its accounts alone. What has tripped and ends with the day ends at the first day's end
// at which today's loss is below the cap, not before that of the account whose price tripped it.
// Made for one turn; the shard's thread.
#include "daemon/engine/cap_inputs.hpp"
#include "daemon/engine/level_sums.hpp"

namespace vault::engine {

class LevelWatch {
  public:
    LevelWatch(World& world, Recorder& recorder) : world_(world), recorder_(recorder) {}

    // Before the sleeves see a new price of the pair, which is the market's last by now.
    void on_price(const Market& market, PairMarket& at, const Pair& pair, UtcTime now);
    // The market passed midnight, and the sleeves of its vaults did: so do those vaults. What
    // tripped above them may end.
    void on_day_over(const Market& market, UtcTime now);
    // What was booked is in the sums, and money that moved in the drawdowns, before the next price.
    void settle(Vault& vault);
    void settle();  // of all vaults that the batch changed

    // A level begins to measure with its first loss cap. What has tripped stays so.
    void set_caps(const CapLevel& level, const risk::Caps& caps, UtcTime now);
    // The latched cap holds no longer, and measures from now on. None latched: nothing happens.
    void end_cap(const CapLevel& level, UtcTime now, const std::string& actor);
    // After a load: the sums anew, and the daemon's caps as configured.
    void load(const risk::Caps& daemon, UtcTime now);

  private:
    LevelRisk& risk_of(const CapLevel& level);
    void follow_money(Vault& vault, Sleeve& sleeve);
    void follow_money(const CapLevel& level, UtcTime now);
    void touch(const CapLevel& level);
    void tell(const CapLevel& level, UtcTime at, std::string severity, std::string type,
              std::string message, const std::string& actor);
    // `by`: the account whose price it is.
    void judge(const CapLevel& level, AccountId by, UtcTime now);
    void trip(const CapLevel& level, std::string_view cap, const LevelFigures& figures,
              UtcTime now);
    void tell_trip(const CapLevel& level);
    void end_with_day(const CapLevel& level, const Market& market, UtcTime now);
    void release(const CapLevel& level, UtcTime now, const std::string& actor);
    void mark_day(const CapLevel& level, UtcTime now);
    void hold_sleeves(const CapLevel& level, std::string_view why);
    void hold_sleeves(Vault& vault, std::string_view why);
    void forget_measures();
    void list_watched(const Market& market, PairMarket& at, const Pair& pair);

    World& world_;
    Recorder& recorder_;
};

}  // namespace vault::engine
