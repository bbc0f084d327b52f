#pragma once
// SleeveTrader: one sleeve's part of a turn. It shows the strategy the market and turns decisions
// into intents and orders (sleeve_trader.cpp); it books what the venue reports and closes cycles
// (sleeve_bookings.cpp). A transition that the ledger refuses is never half done: the vault is
// quarantined (needs_attention) and its books stay as they were. Made for one turn; the shard's
// thread.
#include "daemon/engine/recorder.hpp"

namespace vault::engine {

class SleeveTrader {
  public:
    SleeveTrader(World& world, Recorder& recorder) : world_(world), recorder_(recorder) {}

    // A tick of the slot's pair, after its fills were booked and its window has the sample.
    void on_tick(const Listener& at, const PairMarket& market, const ports::MarketView& view);
    // What the simulated venue reports, in its order. Unknown orders and known trades are ignored.
    void on_venue_events(Account& account, const std::vector<exchange::VenueEvent>& events,
                         UtcTime now);
    // Books a sale that the user made by hand of coins that the sleeve holds (rule 9). Errors: the
    // ledger's; nothing has happened then.
    Result<void> book_hand_sale(Vault& vault, Sleeve& sleeve, const Pair& pair, Fill fill,
                                const std::string& cause);
    // Adopts a correction. A sleeve that it leaves flat closes as after any other entry (rule 6); a
    // position that it took back had no cycle. Errors: the ledger's; nothing has happened then.
    Result<void> book_correction(Vault& vault, ledger::Transaction tx, UtcTime now);
    // Every position that the exchange may not have any more waits for a person (rule 9); dust only
    // if the others cannot explain it. `actor`: who made it so.
    void tell_lacking(Account& account, const Asset& base, UtcTime at, const std::string& actor);
    // A note ends with its coins; what the exchange lacks then is another position's.
    void pass_attention_on(Vault& vault, Sleeve& sleeve, PairSlot& slot, UtcTime now);
    // Asks the venue to cancel the sleeve's live orders on one side, or on both.
    void cancel_orders(Vault& vault, Sleeve& sleeve, std::optional<Side> side, UtcTime now,
                       std::string_view why);
    // The quiet sweep that fell due, as soon as the sleeve is flat; does nothing before.
    void sweep_if_due(Vault& vault, Sleeve& sleeve, UtcTime now);
    // Brings what the strategy is shown up to date; call after anything about the sleeve changed.
    void refresh(Vault& vault, Sleeve& sleeve);
    // Notes that an invariant or a fact of the venue does not fit, and stops the vault.
    void quarantine(Vault& vault, UtcTime now, const Error& why);

  private:
    struct Ending {
        OrderEvent event = OrderEvent::Cancel;
        std::string reason;
    };

    void decide(const Listener& at, const PairMarket& market, const ports::MarketView& view,
                ports::Decision decision);
    void remember(const Listener& at, const ports::MarketView& view,
                  const ports::Decision& decision, std::uint32_t order_number);
    std::uint32_t buy(const Listener& at, ports::Reason reason, UtcTime now);
    std::uint32_t sell(const Listener& at, ports::Reason reason, UtcTime now);
    bool send(const Listener& at, Order order, ledger::Transaction intent, UtcTime now);
    void book_fill(Vault& vault, Order& order, const Fill& fill, const Ending* ending);
    void book_end(Vault& vault, Order& order, const Ending& ending, UtcTime now);
    Result<Decimal> book_end_in(ledger::Transaction& tx, Order& order, const Ending& ending);
    void close_cycle(Vault& vault, Sleeve& sleeve, PairSlot& slot,
                     const ledger::CloseFigures& figures, UtcTime now, const std::string& cause);
    void record_close(Vault& vault, Sleeve& sleeve, const ledger::CloseFigures& figures,
                      UtcTime now, const std::string& cause);
    void after_fill(Vault& vault, Sleeve& sleeve, PairSlot& slot, const Order& order,
                    const Fill& fill, const ledger::FillFigures& figures);
    void end_liquidation(Vault& vault, Sleeve& sleeve);
    void judge_dust(ledger::Transaction& tx, const Vault& vault, const Order& order);
    void check_loss_cap(const Listener& at, UtcTime now);

    World& world_;
    Recorder& recorder_;
};

PairSlot* find_slot(Sleeve& sleeve, const Pair& pair);
Order* find_order(Sleeve& sleeve, const OrderId& id);
bool has_live_order(const Sleeve& sleeve);
bool has_live_order(const Sleeve& sleeve, const Pair& pair);
// What all open positions of the sleeve would give at the last prices, less cost and a fee.
Decimal unrealised_of(const World& world, const Vault& vault, const Sleeve& sleeve);

}  // namespace vault::engine
