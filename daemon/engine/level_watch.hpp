#pragma once
// LevelWatch: judges the loss caps of vaults, users and the daemon, and does what a cap that trips
// says. A price first has every vault that it may concern measured (level_sums.hpp), then those
// vaults judged, then each of their users once and the daemon once, all before any sleeve is asked
// what it wants. A market in which no vault is watched costs one comparison a price. A level whose
// worth is not known is not judged: it trips nothing, and its caps block buys (cap_inputs.hpp).
//
// The day of a user, or of the daemon, is the newest UTC day that a market of theirs has reached.
// Made for one turn; the shard's thread.
#include "daemon/engine/cap_inputs.hpp"
#include "daemon/engine/level_sums.hpp"

namespace vault::engine {

class LevelWatch {
  public:
    LevelWatch(World& world, Recorder& recorder) : world_(world), recorder_(recorder) {}

    // Before the sleeves see a new price of the pair, which is the market's last by now.
    void on_price(const Market& market, PairMarket& at, const Pair& pair, UtcTime now);
    // The market passed midnight, and the sleeves of its vaults did: so do those vaults, and their
    // users and the daemon, if it is their first market that does.
    void on_day_over(const Market& market, UtcTime now);
    // What the batch changed in the books is in the sums before it is closed.
    void settle();

    // A level begins to measure with its first loss cap. What has tripped stays so.
    void set_caps(const CapLevel& level, const risk::Caps& caps, UtcTime now);
    // The latched cap holds no longer, and measures from now on. None latched: nothing happens.
    void end_cap(const CapLevel& level, UtcTime now, const std::string& actor);
    // After a load: the sums anew, and the daemon's caps as configured.
    void load(const risk::Caps& daemon, UtcTime now);

  private:
    LevelRisk& risk_of(const CapLevel& level);
    void touch(const CapLevel& level);
    void tell(const CapLevel& level, UtcTime at, std::string severity, std::string type,
              std::string message, const std::string& actor);
    void judge(const CapLevel& level, UtcTime now);
    void trip(const CapLevel& level, std::string_view cap, const LevelFigures& figures,
              UtcTime now);
    void roll(const CapLevel& level, UtcTime now);
    void mark_day(const CapLevel& level, UtcTime now);
    void hold_sleeves(const CapLevel& level, std::string_view why);
    void hold_sleeves(Vault& vault, std::string_view why);
    void forget_measures();
    void list_watched(const Market& market, PairMarket& at, const Pair& pair);

    World& world_;
    Recorder& recorder_;
};

}  // namespace vault::engine
