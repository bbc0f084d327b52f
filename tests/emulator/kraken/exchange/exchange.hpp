#pragma once
// Exchange: the whole of a small Kraken as one deterministic value: listing, books, accounts,
// orders and time. What the world does and what clients ask come in as calls, what follows goes out
// as events; the same calls give the same events to the last digit. It does no I/O and reads no
// clock. One thread.
#include "tests/emulator/kraken/exchange/account.hpp"
#include "tests/emulator/kraken/exchange/event.hpp"
#include "tests/emulator/kraken/exchange/id_maker.hpp"
#include "tests/emulator/kraken/exchange/refusal.hpp"

#include <deque>
#include <map>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace vault::kraken_emulator {

struct Settings {
    std::uint64_t seed = 1;
    std::size_t street_levels = 100;  // per side of each book
    Span read_lag{};                  // reads of orders, trades and balances are that old
    // A post-only order that would take: refused, or accepted and canceled. Both are seen.
    bool post_only_refused = true;
};

struct Amendment {
    std::optional<Decimal> quantity{};  // the new total, base units
    std::optional<Decimal> limit{}, trigger{}, display{};
    bool post_only = false;  // this once; an order that is post-only stays so
    Moment deadline = kNever;
};

// What of an order is to be different in the one that replaces it.
struct Edit {
    std::optional<Decimal> quantity{};  // the new total, with what the old order executed
    std::optional<Decimal> limit{}, trigger{}, display{};
    bool post_only = false;  // the old order's does not count
    std::optional<std::int32_t> userref{};
    Moment deadline = kNever;
};

class Exchange {
  public:
    Exchange(Instruments instruments, Settings settings, Moment start);

    Moment now() const { return now_; }
    // What its own clock shows, which may be wrong: what it says is the time, and judges deadlines
    // and expiries by. Its records have the true time.
    Moment clock() const { return by_clock(now_); }
    Moment by_clock(Moment time) const { return time + skew_; }
    const Settings& settings() const { return settings_; }
    const Instruments& instruments() const { return instruments_; }
    SystemStatus status() const { return status_; }
    const Book& book(PairNo pair) const { return markets_[pair].book; }
    const Tape& tape(PairNo pair) const { return markets_[pair].tape; }
    // Of the last trade, or where the pair starts.
    Decimal last_price(PairNo pair) const;
    const Account& account(AccountNo no) const { return accounts_[no]; }
    std::size_t accounts() const { return accounts_.size(); }
    const Order& order(OrderNo no) const { return orders_[no]; }
    std::size_t orders() const { return orders_.size(); }
    // What the engine counts now of that account's orders of the pair, in points.
    std::int64_t rate_count(AccountNo account, PairNo pair) const;
    // By its market against USD, "XBT.M" by that of XBT; at par without one. What is out of range
    // is kAmountMax.
    Decimal usd_of(Asset asset, Decimal amount) const;
    std::vector<Event> take_events();

    // The world.
    // Time passes: orders begin and expire, switches fire. Never backwards.
    void advance(Moment to);
    // A trade of others at `price`. Client orders that it passes are filled whole, those at its
    // price up to `quantity`. Nothing matches while system or pair are not online.
    void trade(PairNo pair, Side taker, Decimal price, Decimal quantity, bool market = true);
    // A trade from before the start: on the tape alone. Times ascend per pair.
    void print_history(const PublicTrade& trade) { markets_[trade.pair].tape.add(trade); }
    // Where the street's grid comes from, and the last price as long as there is none.
    void set_start_price(PairNo pair, Decimal price) {
        instruments_.pair(pair).start_price = price;
    }
    // Puts the street around the last price, after history was printed.
    void open_books();
    AccountNo open_account(std::string name, Tier tier);
    void set_earlier_volume(AccountNo account, Decimal usd);
    // Deposit, withdrawal and the like; `amount` is signed, `type` as the ledger says it.
    void transfer(AccountNo account, Asset asset, Decimal amount, std::string_view type,
                  std::string_view subtype);
    void set_status(SystemStatus status);
    void set_listing(PairNo pair, PairStatus status, Decimal order_min);
    void set_read_lag(Span lag) { settings_.read_lag = lag; }
    void set_skew(Span skew) { skew_ = skew; }

    // Clients.
    Answer<void> validate(AccountNo account, const OrderTerms& terms) const;
    Answer<OrderNo> add(AccountNo account, const OrderTerms& terms);
    // What a batch of so many orders costs, before any of them is judged; then each of them.
    Answer<void> charge_batch(AccountNo account, PairNo pair, std::size_t orders);
    Answer<OrderNo> add_of_batch(AccountNo account, const OrderTerms& terms);
    Answer<std::string> amend(AccountNo account, OrderNo order, const Amendment& amendment);
    // Cancels it and adds one with other terms; both or, if the new one is refused, none. The fills
    // stay with the old one, and so does its cl_ord_id.
    Answer<OrderNo> edit(AccountNo account, OrderNo order, const Edit& edit);
    Answer<void> validate_edit(AccountNo account, OrderNo order, const Edit& edit) const;
    Answer<void> cancel(AccountNo account, OrderNo order);
    // All of them that are open, or none; UnknownOrder if none is. Answers how many.
    Answer<std::size_t> cancel_together(AccountNo account, std::span<const OrderNo> orders);
    Answer<std::size_t> cancel_all(AccountNo account);
    // Cancels all orders of the account after `timeout`; zero turns it off. Returns when.
    Moment arm_switch(AccountNo account, Span timeout);

    // Reads, as clients get them: `read_lag` old. Null: not to be seen (yet).
    const Order* seen(OrderNo order) const;
    const Order* find(AccountNo account, std::string_view txid) const;
    std::vector<const Order*> open_orders(AccountNo account) const;    // oldest first
    std::vector<const Order*> closed_orders(AccountNo account) const;  // newest end first
    std::size_t trades_seen(AccountNo account) const;  // how many of account.trades, the oldest
    std::size_t ledger_seen(AccountNo account) const;
    Decimal balance_seen(AccountNo account, Asset asset) const;
    Decimal held_seen(AccountNo account, Asset asset) const;

    // An order of that account by id, without lag, as the engine finds it for a cancel.
    std::optional<OrderNo> known(AccountNo account, std::string_view txid) const;

  private:
    struct Market {
        Book book;
        Tape tape;
        std::set<OrderNo> waiting;  // trigger orders
    };
    struct OldOrder {
        Moment replaced;
        Order order;
    };
    struct Closing {
        OrderNo order = 0;
        Decimal quantity;  // of the fill
    };
    struct Fillable {
        Decimal quantity, cost;  // base, quote units
    };
    struct Offer {
        Decimal quantity;
        bool ends = false;  // the taker goes no further
    };
    // Of whose orders a look at the book takes account.
    enum class Own : std::uint8_t { Counted, Prevented };

    // exchange.cpp
    OrderTerms in_true_time(OrderTerms terms) const;
    // `replaced` gives its place up to the new one.
    Answer<OrderTerms> accepted(const Account& account, const OrderTerms& terms,
                                const Order* replaced) const;
    Answer<Order> replacement(const Account& account, OrderNo replaced, const Edit& edit) const;
    bool would_take(const Order& order) const;
    Order& enter(Order draft);
    Answer<void> check_funds(const Account& account, const Order& order) const;
    Answer<void> check_amendment(const Account& account, const Order& old, const Order& changed,
                                 const Amendment& amendment) const;
    Order drafted(const Account& account, const OrderTerms& terms) const;
    void cancel_quietly(AccountNo account, std::string_view reason);
    Moment next_due(Moment most) const;
    // matching.cpp
    void start(Order& order);
    void open(Order& order);
    void begin(Order& order);
    void work(Order& order);
    void rest(Order& order);
    void refill(Order& order);
    void execute(Order& taker);
    void resolve_self_trade(Order& taker, Order& maker);
    void fill(Order& order, Decimal price, Decimal quantity, bool maker, std::uint64_t public_id);
    std::uint64_t print(PairNo pair, Side taker, bool market, Decimal price, Decimal quantity);
    void fill_resting(PairNo pair, Side maker, Decimal price, Decimal quantity, bool market);
    void settle(PairNo pair);
    void settle_triggers(PairNo pair);
    void settle_closes();
    void finish(Order& order, OrderStatus status, Execution execution, std::string_view reason);
    void hold(Order& order);
    void remember(const Order& order);
    void tell(const Order& order, Execution execution);
    void tell_book(PairNo pair);
    std::string post(Account& account, Asset asset, Decimal amount, Decimal fee,
                     std::string_view type, std::string_view subtype, const std::string& refid);
    bool accepts(const Order& taker, Decimal price) const;
    Offer offer_to(const Order& taker, Own own, const Book::Level& level) const;
    Fillable fillable(const Order& taker, Own own, Decimal wanted, Decimal most_cost) const;
    Decimal bought_for(AccountNo account, const OrderTerms& terms) const;
    void set_street(PairNo pair);
    bool matches(PairNo pair) const;

    Instruments instruments_;
    Settings settings_;
    Moment now_;
    Span skew_{};
    SystemStatus status_ = SystemStatus::Online;
    IdMaker ids_;
    std::vector<Market> markets_;  // by PairNo
    std::deque<Account> accounts_;
    std::deque<Order> orders_;  // by OrderNo; references stay valid
    std::unordered_map<std::string, OrderNo> by_id_;
    std::set<std::pair<Moment, OrderNo>> expiries_;
    std::set<OrderNo> scheduled_;                  // pending until they start
    std::deque<Closing> closings_;                 // fills whose closing order is due
    std::map<OrderNo, std::deque<OldOrder>> old_;  // what reads still see
    std::vector<Event> events_;
};

}  // namespace vault::kraken_emulator
