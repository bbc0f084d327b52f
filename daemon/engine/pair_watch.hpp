#pragma once
// PairWatch: what becomes of a pair that its exchange stops trading, or takes up again: its orders
// end as the exchange ends them, its price stands still, and whoever it concerns is told. Applied
// once per change: what was told is stored with the daemon's state, and with it all that a live
// exchange lists, which is known at a start before anybody is connected. Made for one turn; the
// shard's thread.
#include "daemon/engine/recorder.hpp"

namespace vault::engine {

inline constexpr std::string_view kPairNotTrading = "pair_not_trading";
inline constexpr std::string_view kPairTrading = "pair_trading";

class PairWatch {
  public:
    PairWatch(World& world, Recorder& recorder) : world_(world), recorder_(recorder) {}

    // After the daemon's state was loaded, before accounts are: the catalogue of paper as it was
    // told last.
    void recall();
    // The rules as they are now. On paper what they leave out stays as it was, and a pair that is
    // new waits for a restart. Of a live exchange new pairs are taken up, and one that it tells of
    // no more is halted: nobody knows its price. `now`: the wall clock.
    void follow(std::string_view exchange, const std::map<Pair, PairRules>& rules, UtcTime now);

  private:
    struct Changed {
        std::string_view exchange;
        const PairRules& rules;
    };
    void settle(std::string_view exchange, PairRules& known, const PairRules& wanted, UtcTime now);
    void adopt(const Changed& changed);
    void change(const Changed& changed, UtcTime now);
    void change(Market& market, PairMarket& at);

    World& world_;
    Recorder& recorder_;
};

// What the pair's status forbids, "ETH/USDT is halted: …"; empty while it trades.
std::string status_text(const PairRules& rules);
// What can be done about coins that nothing sells now, after a semicolon; empty: there are none.
std::string stuck_text(const Vault& vault, const Sleeve& sleeve, const PairSlot& slot);
// What was wrong with the newest price; empty if nothing was.
std::string refused_text(const PairMarket& at);
// Why the pair is valued at an old price: "halted", "delisted", "refused"; empty: it is not.
std::string_view price_frozen(const PairMarket& at);
// Why the account buys nothing in the pair; empty if it could.
std::string pair_trouble(const World& world, const Account& account, const Pair& pair);

}  // namespace vault::engine
