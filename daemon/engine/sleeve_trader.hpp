#pragma once
// SleeveTrader: carries SleeveMachine's steps out in the shard. It shows the machine its
// surroundings, hands its orders and cancels to the account's venue, books what the venue answers,
// and looks at what concerns several vaults of an account at once. Made for one turn; the shard's
// thread.
#include "daemon/engine/sleeve_machine.hpp"
#include "daemon/engine/world.hpp"

namespace vault::engine {

class SleeveTrader {
  public:
    SleeveTrader(World& world, Recorder& recorder)
        : world_(world), effects_{recorder, {}, {}, {}} {}

    // A tick of the listener's pair, after its fills were booked and its window has the sample.
    void on_tick(const Listener& at, const ports::MarketView& view);
    // What came of the tick that the listener's script was shown; `view` is what the market shows
    // now, which in a replay is what the script saw.
    void on_script_answer(const Listener& at, const ports::MarketView& view,
                          const ScriptAnswer& answer);
    // The tick that was in flight when the state was stored, once more.
    void show_again(const Listener& at, const ports::MarketView& view);
    // What the simulated venue reports, in its order. Unknown orders and known trades are ignored.
    void on_venue_events(Account& account, const std::vector<exchange::VenueEvent>& events,
                         UtcTime now);
    void on_pair_status(const Listener& at, const ports::MarketView& view);
    // The market's clock passed the end of `day`.
    void on_day_over(Vault& vault, UtcTime day, UtcTime now);
    // As SleeveMachine's; on an error nothing has happened.
    Result<void> book_hand_sale(Vault& vault, Sleeve& sleeve, const Pair& pair, const Fill& fill,
                                const std::string& cause);
    Result<void> book_hand_purchase(Vault& vault, Sleeve& sleeve, const Pair& pair,
                                    const Fill& fill, ledger::EntryContext context);
    // Coins came or went at a stated cost, which made `gain` of the sleeve's unrealised profit: to
    // its caps and those above it that is none, nor a loss.
    void keep_apart(Vault& vault, Sleeve& sleeve, Decimal gain);
    Result<void> book_correction(Vault& vault, ledger::Transaction tx, UtcTime now);
    // Every position that the exchange may not have any more waits for a person (rule 9); dust only
    // if the others cannot explain it. `actor`: who made it so.
    void tell_lacking(Account& account, const Asset& base, UtcTime at, const std::string& actor);
    void pass_attention_on(Vault& vault, Sleeve& sleeve, PairSlot& slot, UtcTime now);
    void end_cap(Vault& vault, Sleeve& sleeve, UtcTime now, const std::string& actor);
    void cancel_orders(Vault& vault, Sleeve& sleeve, std::optional<Side> side, UtcTime now,
                       std::string_view why);
    // What the tick's book offers is further off than a buy of the listener's allows: it ends, as
    // one with a limit would that meets nobody.
    void drop_buys_in_wide_book(const Listener& at, const Tick& tick);
    void refresh(Vault& vault, Sleeve& sleeve);
    void quarantine(Vault& vault, UtcTime now, const Error& why);

  private:
    Surroundings around(const Vault& vault) const;
    void carry_out_orders(const Listener& at, UtcTime now);
    void check_loss_caps(const Listener& at, UtcTime now);
    void act(const Listener& at, const ports::MarketView& view, const ports::Decision& decision);
    void show_script(const Listener& at, const ports::MarketView& view);
    Surroundings around_buy(const Listener& at, bool buys) const;
    // The venue is part of the shard: the intent, the permit and the venue's answer are in one
    // batch, so nothing is sent that a crash could forget.
    void carry_out(Account& account, UtcTime now);

    World& world_;
    Effects effects_;
};

}  // namespace vault::engine
