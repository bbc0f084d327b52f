// Random lives of accounts: whatever is asked and whatever the market does, balances are what
// deposits and fills made them to the last digit, holds are what open orders need, books show what
// orders want, and the same seed gives the same events.
#include "common/base/random.hpp"
#include "tests/emulator/kraken/exchange/order_rules.hpp"
#include "tests/emulator/kraken/unit/desk.hpp"

#include <map>

namespace vault::kraken_emulator {
namespace {

class Life {
  public:
    explicit Life(std::uint64_t seed)
        : random_(seed),
          desk_({.seed = seed, .street_levels = 8, .post_only_refused = chance(2)}) {}

    void step() {
        switch (random_.below(10)) {
            case 0: cancel(); break;
            case 1: chance(2) ? amend() : edit(); break;
            case 2: pass(); break;
            case 3: transfer(); break;
            case 4: rare(); break;
            case 5:
            case 6: street(); break;
            default: add(); break;
        }
        for (const Event& event : desk_.exchange.take_events())
            note(event);
        check();
    }
    // What two runs of one seed must share.
    const std::string& told() const { return told_; }
    std::size_t fills() const { return fills_; }
    std::size_t edits() const { return edits_; }
    std::size_t refills() const { return refills_; }
    // Of edits and closes.
    std::size_t successors() const { return successors_; }

  private:
    bool chance(std::uint64_t in) { return random_.below(in) == 0; }
    Decimal units(Decimal step, std::uint64_t from, std::uint64_t span) {
        return Decimal::from_raw(step.raw() *
                                 static_cast<Decimal::Raw>(from + random_.below(span)));
    }
    Decimal price() { return units("0.1"_dec, 490'000, 20'000); }
    AccountNo somebody() { return random_.below(2); }
    OrderNo any_order() { return random_.below(desk_.exchange.orders()); }

    void add() {
        OrderTerms terms = Desk::limit(chance(2) ? Side::Buy : Side::Sell,
                                       units("0.00000001"_dec, 4'000, 20'000'000), price());
        terms.type = static_cast<OrderType>(chance(2) ? 1 : random_.below(7));
        if (terms.type == OrderType::Iceberg)
            terms.display = units("0.00000001"_dec, 1'000'000, 5'000'000);
        if (chance(8))
            terms.starts = desk_.exchange.now() + units("1"_dec, 1, 9).raw() / Decimal::kOne * 1s;
        terms.trigger = price();
        terms.force = static_cast<TimeInForce>(chance(2) ? 0 : random_.below(4));
        terms.expires = desk_.exchange.now() + units("1"_dec, 1, 90).raw() / Decimal::kOne * 1s;
        terms.post_only = chance(5);
        terms.fee_in_base = chance(3);
        if (terms.type == OrderType::Market && terms.side == Side::Buy && chance(2)) {
            terms.in_quote = true;
            terms.quantity = units("0.01"_dec, 1, 500'000);
        }
        if (chance(5)) {
            const auto type = static_cast<OrderType>(1 + random_.below(5));
            terms.close = CloseTerms{type, price(), price()};
        }
        terms.self_trade = static_cast<SelfTrade>(random_.below(3));
        if (chance(4)) terms.cl_ord_id = std::to_string(random_.below(5));
        const AccountNo account = somebody();
        const bool valid = desk_.exchange.validate(account, terms).has_value();
        const bool added = desk_.exchange.add(account, terms).has_value();
        EXPECT_TRUE(valid || !added) << "validate refuses what is accepted";
    }
    void cancel() {
        if (desk_.exchange.orders() == 0) return;
        (void)desk_.exchange.cancel(somebody(), any_order());
    }
    void amend() {
        if (desk_.exchange.orders() == 0) return;
        Amendment amendment;
        if (chance(2)) amendment.quantity = units("0.00000001"_dec, 4'000, 20'000'000);
        if (chance(2)) amendment.limit = price();
        if (chance(4)) amendment.trigger = price();
        amendment.post_only = chance(4);
        (void)desk_.exchange.amend(somebody(), any_order(), amendment);
    }
    void edit() {
        const AccountNo account = somebody();
        const std::set<OrderNo>& open = desk_.exchange.account(account).open;
        if (open.empty()) return;
        const auto at = static_cast<std::ptrdiff_t>(random_.below(open.size()));
        const OrderNo number = chance(8) ? any_order() : *std::next(open.begin(), at);
        Edit edit;
        if (chance(2)) edit.quantity = units("0.00000001"_dec, 4'000, 20'000'000);
        if (chance(2)) edit.limit = price();
        if (chance(4)) edit.trigger = price();
        edit.post_only = chance(4);
        const bool valid = desk_.exchange.validate_edit(account, number, edit).has_value();
        const bool edited = desk_.exchange.edit(account, number, edit).has_value();
        EXPECT_TRUE(valid || !edited) << "validate refuses what is accepted";
        if (edited) ++edits_;
    }
    void street() {
        desk_.street(price(), units("0.00000001"_dec, 1, 50'000'000),
                     chance(2) ? Side::Buy : Side::Sell);
    }
    void pass() { desk_.pass(Span{1'000'000} * static_cast<std::int64_t>(random_.below(30'000))); }
    void transfer() {
        desk_.exchange.transfer(somebody(), chance(2) ? desk_.usd : desk_.btc,
                                units("0.0001"_dec, 0, 1'000'000), "deposit", "");
    }
    void rare() {
        const AccountNo account = somebody();
        if (chance(3)) desk_.exchange.arm_switch(account, 20s);
        if (chance(8)) (void)desk_.exchange.cancel_all(account);
        if (chance(8)) desk_.exchange.set_status(static_cast<SystemStatus>(random_.below(4)));
        if (chance(2)) desk_.exchange.set_status(SystemStatus::Online);
    }

    void note(const Event& event) {
        if (const auto* order = std::get_if<OrderEvent>(&event)) {
            told_.append(to_text(order->execution)).append(order->order.id);
            if (order->execution == Execution::IcebergRefill) ++refills_;
            if (order->execution == Execution::PendingNew && !order->order.refid.empty())
                ++successors_;
            if (order->trade) {
                ++fills_;
                told_.append(order->trade->id).append(order->trade->cost.text());
            }
        } else if (const auto* row = std::get_if<LedgerEvent>(&event)) {
            Decimal& sum = sums_[{row->account, row->row.asset}];
            sum += row->row.amount - row->row.fee;
            EXPECT_EQ(sum, row->row.balance);
            told_.append(row->row.id).append(row->row.balance.text());
        }
    }

    void check() {
        for (AccountNo no = 0; no < desk_.exchange.accounts(); ++no)
            check_account(desk_.exchange.account(no));
        std::map<std::pair<Side, Decimal>, Decimal> wanted, hidden;
        for (OrderNo no = 0; no < desk_.exchange.orders(); ++no) {
            const Order& order = desk_.exchange.order(no);
            if (!order.rests()) continue;
            wanted[{order.terms.side, order.terms.limit}] += order.shown();
            hidden[{order.terms.side, order.terms.limit}] += order.hidden();
            EXPECT_TRUE(order.shown().is_positive() && !order.hidden().is_negative());
        }
        for (const Side side : {Side::Buy, Side::Sell})
            for (const auto& [price, level] : desk_.exchange.book(kPair).levels(side)) {
                EXPECT_EQ(level.queued, (wanted[{side, price}]));
                EXPECT_EQ(level.hidden, (hidden[{side, price}]));
                EXPECT_TRUE(level.shown().is_positive());
                EXPECT_EQ(level.queue.empty(), level.queued.is_zero());
                wanted.erase({side, price});
            }
        EXPECT_TRUE(wanted.empty()) << "an order that rests is in the book";
        const auto bid = desk_.exchange.book(kPair).best(Side::Buy);
        const auto ask = desk_.exchange.book(kPair).best(Side::Sell);
        EXPECT_TRUE(!bid || !ask || *bid < *ask) << "a crossed book";
    }

    // From its trades and what it was given; nothing of the account's own sums is used.
    void check_account(const Account& account) {
        std::map<Asset, Decimal> balances{{desk_.usd, kZero}, {desk_.btc, kZero}}, held = balances;
        for (const LedgerRow& row : account.ledger())
            if (row.type != "trade") balances[row.asset] += row.amount;
        for (const Trade& trade : account.trades) {
            const bool buys = trade.side == Side::Buy;
            balances[desk_.usd] += buys ? -trade.cost : trade.cost;
            balances[desk_.btc] += buys ? trade.quantity : -trade.quantity;
            balances[trade.fee_asset] -= trade.fee;
        }
        for (OrderNo no = 0; no < desk_.exchange.orders(); ++no) {
            const Order& order = desk_.exchange.order(no);
            if (order.account != account.no()) continue;
            const PairInfo& pair = desk_.exchange.instruments().pair(kPair);
            EXPECT_EQ(order.held, hold_of(pair, order));
            EXPECT_EQ(order.is_open(), account.open.contains(no));
            held[order.terms.side == Side::Buy ? desk_.usd : desk_.btc] += order.held;
        }
        for (const auto& [asset, balance] : balances) {
            EXPECT_EQ(account.balance(asset), balance);
            EXPECT_EQ(account.held(asset), held[asset]);
            EXPECT_GE(account.available(asset), kZero) << asset.text();
        }
    }

    Random random_;
    Desk desk_;
    std::map<std::pair<AccountNo, Asset>, Decimal> sums_{{{0, desk_.usd}, "10000"_dec},
                                                         {{0, desk_.btc}, "1"_dec},
                                                         {{1, desk_.usd}, "10000"_dec},
                                                         {{1, desk_.btc}, "1"_dec}};
    std::string told_;
    std::size_t fills_ = 0, edits_ = 0, refills_ = 0, successors_ = 0;
};

TEST(ExchangeProperty, MoneyAddsUpWhateverHappens) {
    std::size_t fills = 0, edits = 0, refills = 0, successors = 0;
    for (std::uint64_t seed = 1; seed <= 120; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        Life life{seed};
        for (int i = 0; i < 250 && !testing::Test::HasFailure(); ++i)
            life.step();
        fills += life.fills();
        edits += life.edits();
        refills += life.refills();
        successors += life.successors();
        if (testing::Test::HasFailure()) FAIL() << "seed " << seed;
    }
    EXPECT_GT(fills, 1'000U) << "these lives are too quiet to prove anything";
    EXPECT_GT(edits, 100U);
    EXPECT_GT(refills, 20U);
    EXPECT_GT(successors, edits + 100) << "closes";
}

TEST(ExchangeProperty, TheSameSeedTellsTheSame) {
    for (std::uint64_t seed = 100; seed < 105; ++seed) {
        Life one{seed}, two{seed};
        for (int i = 0; i < 200; ++i) {
            one.step();
            two.step();
        }
        EXPECT_EQ(one.told(), two.told()) << "seed " << seed;
        EXPECT_FALSE(one.told().empty());
    }
}

}  // namespace
}  // namespace vault::kraken_emulator
