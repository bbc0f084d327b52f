#pragma once
// SleeveMachine: what one event does to a vault by way of one of its sleeves, as a pure step:
// (vault, event) -> (vault', effects). A price makes the strategy decide and an intent is booked
// (sleeve_machine.cpp); what the venue reports is booked, cycles close and profits are swept
// (sleeve_bookings.cpp). It sees its vault and the Surroundings, nothing else: no clock, store,
// venue or other vault. SleeveTrader shows it the world and carries its effects out.
//
// A step that the ledger refuses is never half done: the vault is quarantined (its `attention`) and
// its books stay as they were. Made for one step or a few; the shard's thread.
#include "daemon/engine/cap_inputs.hpp"
#include "daemon/engine/recorder.hpp"
#include "daemon/engine/vault_state.hpp"
#include "daemon/exchange/sim/venue.hpp"

#include <functional>

namespace vault::engine {

// Looks at an order before its intent is written: OrderDesk::refuse().
using LookAtOrder =
    std::function<std::optional<risk::OrderRefusal>(const OrderRequest&, Price, bool urgent)>;

// What a vault's machine is shown of the world around it.
struct Surroundings {
    WiderHolds holds;
    Decimal fee_rate;  // one side's, of the account's fee tier
    Decimal wallet;    // what the exchange has of the vault's asset, free and held
    bool buys_stopped = false;
    // For a decision to buy under a cap that looks there; none otherwise.
    std::optional<risk::Outside> outside = std::nullopt;
    // Likewise, a cap above the sleeve that forbids the buy; none if none does.
    std::optional<CapAbove> cap_above = std::nullopt;
    LookAtOrder look_at_order = {};  // whoever may send an order is shown one
};

// What a step leaves to be done, in this order.
struct Effects {
    Recorder& record;                  // rows for the batch that is being gathered
    std::vector<OrderRequest> orders;  // to place: their intents are booked
    std::vector<OrderId> cancels;      // to ask of the venue
    std::vector<Asset>
        released;  // a position that lacked coins of this base is gone: who lacks now?
};

class SleeveMachine {
  public:
    SleeveMachine(Vault& vault, const Surroundings& around, Effects& effects)
        : vault_(vault), around_(around), effects_(effects), record_(effects.record) {}

    // A tick of the slot's pair, after its fills were booked and its window has the sample, comes
    // in steps. First, only for a sleeve that follows its losses, what its loss caps say to the
    // new price. `unrealised`: of the whole sleeve.
    void check_loss_caps(Sleeve& sleeve, Decimal unrealised, UtcTime now);
    // Then what the strategy says: most ticks end here, with no more read than the sleeve itself,
    // while its surroundings lie all over the memory. None: nothing is due; else act() comes next.
    static std::optional<ports::Decision> look(Vault& vault, Sleeve& sleeve, PairSlot& slot,
                                               const ports::MarketView& view, Recorder& record);
    // A liquidation sells whatever the strategy says.
    static bool must_sell(const Vault& vault, const Sleeve& sleeve, const PairSlot& slot);
    // What the strategy said, as far as holds, minima and a standing sell decision let it.
    void act(Sleeve& sleeve, PairSlot& slot, const ports::MarketView& view,
             ports::Decision decision);

    // Of a sleeve that a script decides for (sleeve_scripts.cpp): what the script is shown, and
    // what it answered, as far as the gates of a buy let it too. A script that does not answer
    // holds, and the built-in stop-loss stands in for it.
    static ports::ScriptTick show(const Vault& vault, const Sleeve& sleeve, const PairSlot& slot,
                                  const ports::MarketView& view);
    void on_script_answer(Sleeve& sleeve, PairSlot& slot, const ports::MarketView& view,
                          const ScriptAnswer& answer);

    void on_accepted(Order& order, UtcTime now);
    void on_refused(Order& order, const std::string& reason, UtcTime now);
    // `ended`: the order's end, if it came with this fill; one transaction books both.
    void on_fill(Order& order, const Fill& fill, const exchange::Ended* ended);
    void on_ended(Order& order, const exchange::Ended& ended);

    // The status of the slot's pair changed: what it forbids now is a stored decision, and whose
    // sleeve it concerns is told.
    void on_pair_status(Sleeve& sleeve, PairSlot& slot, const ports::MarketView& view);

    // Midnight: the row of the day that is over, new day's marks, and the sweep that fell due.
    void on_day_over(UtcTime day, UtcTime now, const ledger::PerSleeve<Decimal>& unrealised);
    // A sale that the user made by hand of coins that the sleeve holds (rule 9). Errors: the
    // ledger's; nothing has happened then.
    Result<void> on_hand_sale(Sleeve& sleeve, const Pair& pair, Fill fill,
                              const std::string& cause);
    // Coins that the user bought by hand become the sleeve's: what they cost comes in as funding,
    // is put at risk, allocated, and spent on them. The sleeve has no live order in the pair.
    // Errors: the ledger's (TradeableAboveCap, WrongState while the vault is underfunded or an
    // unallocate request waits); nothing has happened then.
    Result<void> on_hand_purchase(Sleeve& sleeve, const Pair& pair, Fill fill,
                                  ledger::EntryContext context);
    // Adopts a correction. A sleeve that it leaves flat closes as after any other entry (rule 6); a
    // position that it took back had no cycle. Errors: the ledger's; nothing has happened then.
    Result<void> on_correction(ledger::Transaction tx, UtcTime now);
    // The exchange may not have this position any more: it waits for a person (rule 9).
    void on_coins_missing(Sleeve& sleeve, PairSlot& slot, const std::string& note, UtcTime now,
                          const std::string& actor);

    // The latched cap holds no longer, and measures from now on. `unrealised`: of the whole sleeve.
    void end_cap(Sleeve& sleeve, Decimal unrealised, UtcTime now, const std::string& actor);
    // The sleeve's live orders on one side, or on both, shall end.
    // `only`: in that pair; null: in all.
    void cancel(Sleeve& sleeve, std::optional<Side> side, std::string_view why,
                const Pair* only = nullptr);
    // A note ends with its coins; what the exchange lacks then is another position's.
    void pass_attention_on(Sleeve& sleeve, PairSlot& slot);
    // Brings what the strategy is shown up to date; due after anything about the sleeve changed.
    void refresh(Sleeve& sleeve);
    // Notes that an invariant or a fact of the venue does not fit, and stops the vault.
    void quarantine(UtcTime now, const Error& why);

  private:
    struct Ending {
        OrderEvent event = OrderEvent::Cancel;
        std::string reason;
    };

    // sleeve_machine.cpp
    void trip(Sleeve& sleeve, std::string_view cap, const std::string& arithmetic, UtcTime now);
    std::string_view cap_on_buy(const Sleeve& sleeve) const;
    void set_stuck(const Sleeve& sleeve, PairSlot& slot, bool stuck, UtcTime now);
    void remember(Sleeve& sleeve, PairSlot& slot, const ports::MarketView& view,
                  const ports::SleeveFigures& shown, const ports::Decision& decision,
                  std::uint32_t order_number);
    ports::Reason why_stopped(const Sleeve& sleeve) const;
    void add_cap(std::vector<strategy::Figure>& figures, const Sleeve& sleeve) const;
    std::string figures_of(const Sleeve& sleeve, const PairSlot& slot,
                           const ports::MarketView& view, const ports::SleeveFigures& shown,
                           const ports::Decision& decision) const;
    std::uint32_t buy(Sleeve& sleeve, PairSlot& slot, ports::Reason reason,
                      const ports::MarketView& view);
    std::uint32_t sell(Sleeve& sleeve, PairSlot& slot, ports::Reason reason,
                       const ports::MarketView& view);
    bool is_held_back(const OrderRequest& order, ports::Reason reason,
                      const ports::MarketView& view);
    // sleeve_scripts.cpp
    void on_script_decision(Sleeve& sleeve, PairSlot& slot, const ports::MarketView& view);
    void on_script_failure(Sleeve& sleeve, PairSlot& slot, const ports::MarketView& view);
    std::string word_of(const Sleeve& sleeve, const PairSlot& slot,
                        const ports::Decision& decision) const;
    bool says_the_same(Sleeve& sleeve, const PairSlot& slot, const ports::Decision& decision) const;
    Decimal fraction_said() const;
    void add_script_figures(std::vector<strategy::Figure>& figures,
                            const ports::SleeveFigures& shown,
                            const ports::Decision& decision) const;
    std::uint32_t send(Sleeve& sleeve, Order order, ledger::Transaction intent, UtcTime now);

    // sleeve_bookings.cpp
    void book_end(Order& order, const Ending& ending, UtcTime now);
    Result<ledger::FillFigures> book_fill_in(ledger::Transaction& tx, Order& order,
                                             const Fill& fill);
    Result<Decimal> book_end_in(ledger::Transaction& tx, Order& order, const Ending& ending);
    Result<ledger::CloseFigures> close_in(ledger::Transaction& tx, const Order& next);
    void judge_dust(ledger::Transaction& tx, const Order& order);
    void after_fill(Sleeve& sleeve, PairSlot& slot, const Order& order, const Fill& fill,
                    const ledger::FillFigures& figures);
    void close_cycle(Sleeve& sleeve, PairSlot& slot, const ledger::CloseFigures& figures,
                     UtcTime now, const std::string& cause);
    void record_close(Sleeve& sleeve, const ledger::CloseFigures& figures, UtcTime now,
                      const std::string& cause);
    void sweep_if_due(Sleeve& sleeve, UtcTime now);
    void end_liquidation(Sleeve& sleeve);

    Vault& vault_;
    const Surroundings& around_;
    Effects& effects_;
    Recorder& record_;
    std::optional<risk::OrderRefusal> held_back_;  // the order that this step wanted to send
    const ScriptAnswer* answer_ = nullptr;  // of the script that decides this step; null: none does
};

}  // namespace vault::engine
