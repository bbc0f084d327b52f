#pragma once
// MarketRunner: one tick through a market, in the order of design/strategy.md: gap test, fills of
// pending orders, the sample, then every listening sleeve's checks. The first tick of a UTC day
// closes the day before. Also ties sleeves to price windows. Made for one turn; the shard's thread.
#include "daemon/engine/sleeve_trader.hpp"

namespace vault::engine {

class MarketRunner {
  public:
    // Price snapshots are written on UTC multiples of snapshot_every > 0.
    MarketRunner(World& world, Recorder& recorder, Duration snapshot_every)
        : world_(world), recorder_(recorder), snapshot_every_(snapshot_every) {}

    // A price that cannot be believed, or of a pair that makes none, moves the clock alone. A live
    // one gets the market's time.
    void on_tick(Market& market, const Pair& pair, Tick tick);

    // Moves the clock without a tick; a midnight that passes closes its day.
    void advance_clock(Market& market, UtcTime now);

    // Makes the account's listeners fit its vaults' pairs and parameters. A replay's past is folded
    // into a window that is new; in a live market that starts empty until the next load, and the
    // others go on. Call after pairs, parameters or vaults changed. Errors: the feed's.
    Result<void> rebind(Account& account);
    // What a live market's windows want back after a load: the recorded prices of a pair, from
    // `since` on. `now`: the wall clock.
    struct PastWanted {
        AccountId account;  // that they are recorded under
        Pair pair;
        UtcTime since;
    };
    static std::vector<PastWanted> past_wanted(const World& world, UtcTime now);
    static void fold_past(World& world, const PastWanted& wanted,
                          const std::vector<ports::PriceRow>& rows);
    // Empties all windows: the prices that follow come from another feed.
    static void forget_past(Market& market);
    // Empties the windows of a pair whose prices break off: the next one is a gap's end.
    static void begin_anew(Market& market, PairMarket& at);

  private:
    PairMarket* known(Market& market, const Pair& pair);
    bool believe(Market& market, PairMarket& at, Tick& tick);
    void mark_break(const Market& market, PairMarket& at, const Tick& tick);
    void record(const Market& market, PairMarket& at, const Tick& tick);
    void tell_refused(const Market& market, const PairMarket& at);
    void touch_accounts(const Market& market);
    void close_day(Market& market, UtcTime day, UtcTime now);
    void snapshot(const Market& market, PairMarket& at, const Tick& tick);
    struct HeldWindow {
        market::PairWindows* windows;
        market::WindowSpec spec;
    };
    static std::vector<HeldWindow> take_listeners(Market& market, AccountId account);
    bool add_listeners(Market& market, Vault& vault);
    static void bind_script(const Vault& vault, Sleeve& sleeve);
    static void count_scripts(Market& market);
    Result<void> refill(PairMarket& market, ports::TickFeed& feed);

    World& world_;
    Recorder& recorder_;
    Duration snapshot_every_;
};

// What its window and its account show a listener now. The window is not empty.
ports::MarketView market_view(const World& world, const Listener& at);

// A replay that is over, by its data's end or by command: pending orders are dropped, positions
// stay.
void end_replay(World& world, Recorder& recorder, Account& account, ReplayState state);

}  // namespace vault::engine
