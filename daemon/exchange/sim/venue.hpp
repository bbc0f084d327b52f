#pragma once
// SimVenue: one paper account's simulated exchange, a plain value inside the shard: balances, live
// orders, random state, counters. It fills an order on the next tick of its pair, as
// design/strategy.md says under "How a candle becomes ticks, and an order a fill". Deterministic;
// save() and load() carry the whole state, so a restart goes on to the same digit. The shard's
// thread.
//
// place() answers with Accepted or Refused; on_tick() and cancel() with fills and exactly one Ended
// per order (state Filled or Canceled). No order ever spends more than its own hold.
#include "common/base/random.hpp"
#include "common/domain/order.hpp"
#include "daemon/exchange/sim/wallets.hpp"

#include <algorithm>
#include <variant>
#include <vector>

namespace vault::exchange {

enum class FeeIn : std::uint8_t { Quote, Base };  // Base: a buy's fee is taken from what was bought

struct SimSettings {
    Decimal fee_rate = Decimal::from_raw(4'000'000'000'000'000);  // one side, 0 <= x < 1
    Decimal slippage = Decimal::from_raw(500'000'000'000'000);    // at least; 0 <= x < 1
    FeeIn fee_in = FeeIn::Quote;
    std::uint32_t partial_fill_per_million = 0;  // chance that a tick fills a part only
    std::uint32_t reject_per_million = 0;        // chance that place() is refused
    std::uint32_t latency_ticks = 0;             // ticks of the pair let pass before the fill
    std::uint64_t seed = 1;
    friend bool operator==(const SimSettings&, const SimSettings&) = default;
};
Result<void> validate(const SimSettings& settings);

struct Accepted {
    OrderId order;
    friend bool operator==(const Accepted&, const Accepted&) = default;
};
struct Refused {  // reason: insufficient_balance, bad_order, duplicate_order, rejected_by_venue
    OrderId order;
    std::string reason;
    friend bool operator==(const Refused&, const Refused&) = default;
};
struct Ended {  // reason: empty when Filled; else lapsed_in_gap, below_minimum, canceled,
                // limit, pair_halted, pair_delisted …
    OrderId order;
    OrderState state = OrderState::Canceled;
    std::string reason;
    UtcTime time;
    friend bool operator==(const Ended&, const Ended&) = default;
};
using VenueEvent = std::variant<Accepted, Refused, Fill, Ended>;
inline const OrderId& order_of(const VenueEvent& event) {
    return std::visit([](const auto& e) -> const OrderId& { return e.order; }, event);
}

// A change of a wallet that no order of ours explains. id "F1", "F2" … per account.
struct FundingRecord {
    std::string id;
    std::string kind;  // deposit, withdrawal, manual_trade
    Asset asset;
    Decimal amount;  // signed
    UtcTime time;
    friend bool operator==(const FundingRecord&, const FundingRecord&) = default;
};
struct HandTrade {
    Fill fill;                           // order is the empty id
    std::vector<FundingRecord> records;  // what left, then what came; fee inside
};

class SimVenue {
  public:
    explicit SimVenue(const SimSettings& settings);

    // A buy with quantity 0 is sized at its fill price from spend_fraction * spend_base, and holds
    // that; one with limit and quantity holds limit * quantity * (1 + fee), and like every order is
    // filled at once on its tick or not at all (limit). A sell holds its quantity.
    std::vector<VenueEvent> place(const OrderRequest& request);
    // The live order ends as Canceled; no event if it is not live.
    std::vector<VenueEvent> cancel(const OrderId& id, UtcTime now);
    // rules.pair is the tick's pair. Orders fill in the order in which they were placed; none does
    // while the pair matches none.
    std::vector<VenueEvent> on_tick(const Tick& tick, const PairRules& rules);
    // The pair's status changed: buys that it takes no more end, and all once it is halted; Expired
    // with the reason pair_<status>.
    std::vector<VenueEvent> on_status(const PairRules& rules, UtcTime now);

    // amount > 0. Errors: InvalidParams, AmountTooLarge, InsufficientBalance.
    Result<FundingRecord> deposit(const Asset& asset, Decimal amount, UtcTime now);
    Result<FundingRecord> withdraw(const Asset& asset, Decimal amount, UtcTime now);
    // Exactly at `price`. Errors: InvalidParams (lot, tick, sign), BelowMinimum,
    // InsufficientBalance.
    Result<HandTrade> hand_trade(const PairRules& rules, Side side, Quantity quantity, Price price,
                                 UtcTime now);

    Balance balance(const Asset& asset) const { return wallets_.of(asset); }
    const Wallets& wallets() const { return wallets_; }
    std::vector<OrderId> live_orders() const;
    const SimSettings& settings() const { return settings_; }
    // How far from the tick's price an order of that side fills, as a fraction of it. 1: a buy does
    // not, and a sell waits.
    Decimal slippage_at(Side side, const Tick& tick) const {
        return std::max(settings_.slippage, side == Side::Buy ? tick.ask_gap : tick.bid_gap);
    }

    // Compact text of everything; load() fails with InvalidParams.
    std::string save() const;
    static Result<SimVenue> load(std::string_view text);
    friend bool operator==(const SimVenue& a, const SimVenue& b) { return a.save() == b.save(); }

  private:
    struct LiveOrder {
        OrderRequest request;
        Decimal held;   // what is left of the hold, in the asset that pays
        Quantity rest;  // still to fill; 0 until a buy by budget has its first fill
        bool filled_some = false;
        std::uint32_t ticks_left = 0;
    };
    using Events = std::vector<VenueEvent>;

    Result<Decimal> needed(const OrderRequest& request) const;
    bool well_formed(const OrderRequest& request) const;
    // True when the order is over.
    bool step(LiveOrder& order, const Tick& tick, const PairRules& rules, Events& out);
    Result<Quantity> wanted_quantity(const LiveOrder& order, Price price,
                                     const PairRules& rules) const;
    Result<Quantity> fill_quantity(const LiveOrder& order, Price price,
                                   const PairRules& rules) const;
    Quantity take_part(Quantity whole, const PairRules& rules);
    Result<void> fill(LiveOrder& order, Quantity quantity, Price price, UtcTime now, Events& out);
    Result<Fill> make_fill(const OrderRequest& request, Quantity quantity, Price price,
                           UtcTime now);
    Result<void> book_buy(LiveOrder& order, const Fill& fill);
    void end(LiveOrder& order, OrderState state, std::string reason, UtcTime now, Events& out);
    bool holds_add_up() const;
    static const Asset& pays(const OrderRequest& request);
    FundingRecord record(std::string kind, const Asset& asset, Decimal amount, UtcTime now);

    SimSettings settings_;
    Random random_;
    Wallets wallets_;
    std::vector<LiveOrder> orders_;                                        // in the order placed
    std::map<std::pair<VaultId, SleeveKind>, std::uint32_t> last_number_;  // of each sleeve
    std::uint64_t trades_ = 0;
    std::uint64_t fundings_ = 0;
};

}  // namespace vault::exchange
