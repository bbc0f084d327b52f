// Random lives of a simulated account: whatever happens, the wallets are what deposits and fills
// make them, every accepted order ends exactly once, and a venue that is saved and loaded goes on
// alike.
#include "daemon/exchange/sim/venue.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace vault::exchange {
namespace {

using vault::literals::operator""_dec;

constexpr UtcTime kStart{std::chrono::sys_days{std::chrono::year{2024} / 3 / 4}};

Decimal cents(Random& random, std::uint64_t most) {
    return Decimal::from_raw(static_cast<Decimal::Raw>(1 + random.below(most)) *
                             (Decimal::kOne / 100));
}

SimSettings random_settings(Random& random) {
    SimSettings s;
    s.fee_rate =
        Decimal::from_raw(static_cast<Decimal::Raw>(random.below(100)) * (Decimal::kOne / 10'000));
    s.slippage =
        Decimal::from_raw(static_cast<Decimal::Raw>(random.below(100)) * (Decimal::kOne / 10'000));
    s.fee_in = random.below(2) == 0 ? FeeIn::Quote : FeeIn::Base;
    s.partial_fill_per_million = random.below(2) == 0 ? 0 : 400'000;
    s.reject_per_million = random.below(2) == 0 ? 0 : 100'000;
    s.latency_ticks = static_cast<std::uint32_t>(random.below(3));
    s.seed = random.next();
    return s;
}

class Life {
  public:
    explicit Life(std::uint64_t seed) : random_(seed), venue_(random_settings(random_)) {
        rules_[0] = {Pair::parse("ETH/USDT").value(), "0.01"_dec, "0.0001"_dec, "5"_dec,
                     "0.0001"_dec};
        rules_[1] = {Pair::parse("DOGE/USDT").value(), "0.000000001"_dec, "0.0000000001"_dec,
                     "0.01"_dec, kZero};
    }

    void step() {
        switch (random_.below(8)) {
            case 0: deposit(); break;
            case 1: withdraw(); break;
            case 2: hand_trade(); break;
            case 3: place_buy(); break;
            case 4: place_sell(); break;
            case 5: cancel(); break;
            default: tick(); break;
        }
        check();
        if (random_.below(5) == 0) reload();
    }
    std::string state() const { return venue_.save(); }
    std::size_t filled_orders() const { return spent_.size(); }

  private:
    const PairRules& any_rules() { return rules_[random_.below(2)]; }
    Decimal price_of(const PairRules& rules) {
        return rules.lot == "0.0001"_dec ? cents(random_, 500'000)
                                         : Decimal::from_raw(static_cast<Decimal::Raw>(
                                               (1 + random_.below(900'000'000)) * 1'000'000'000));
    }
    void reload() {
        const std::string saved = venue_.save();
        venue_ = SimVenue::load(saved).value();
        ASSERT_EQ(venue_.save(), saved);
    }
    void note(const FundingRecord& record) {
        ASSERT_TRUE(records_.insert(record.id).second);
        expected_[record.asset] += record.amount;
    }
    void deposit() {
        const Asset asset = random_.below(2) == 0 ? any_rules().pair.quote : any_rules().pair.base;
        note(venue_.deposit(asset, cents(random_, 1'000'000), kStart).value());
    }
    void withdraw() {
        const auto done = venue_.withdraw(any_rules().pair.quote, cents(random_, 100'000), kStart);
        if (done) note(done.value());
    }
    void hand_trade() {
        const PairRules& rules = any_rules();
        const auto done =
            venue_.hand_trade(rules, random_.below(2) == 0 ? Side::Buy : Side::Sell,
                              Quantity{cents(random_, 500)}, Price{price_of(rules)}, kStart);
        if (!done) return;
        ASSERT_TRUE(trades_.insert(done.value().fill.trade_id).second);
        for (const FundingRecord& record : done.value().records)
            note(record);
    }
    OrderRequest request(const PairRules& rules) {
        OrderRequest r;
        r.id = {VaultId{1 + static_cast<std::uint32_t>(random_.below(2))}, SleeveKind::Quiet, 0};
        r.id.number = ++numbers_[r.id.vault];
        r.pair = rules.pair;
        r.fee_rate = venue_.settings().fee_rate;
        return r;
    }
    void place(const OrderRequest& r) {
        const auto events = venue_.place(r);
        ASSERT_EQ(events.size(), 1U);
        if (std::holds_alternative<Accepted>(events[0])) live_.emplace(r.id, r);
    }
    void place_buy() {
        OrderRequest r = request(any_rules());
        r.spend_fraction = cents(random_, 100);
        r.spend_base = cents(random_, 500'000);
        place(r);
    }
    void place_sell() {
        OrderRequest r = request(any_rules());
        r.side = Side::Sell;
        r.quantity = Quantity{cents(random_, 1000)};
        place(r);
    }
    void cancel() {
        if (live_.empty()) return;
        see(venue_.cancel(live_.begin()->first, kStart));
    }
    void tick() {
        const PairRules& rules = any_rules();
        ++position_;
        see(venue_.on_tick({kStart + std::chrono::seconds{position_}, Price{price_of(rules)},
                            position_, random_.below(20) == 0},
                           rules));
    }
    void see(const std::vector<VenueEvent>& events) {
        for (const VenueEvent& event : events) {
            if (const auto* fill = std::get_if<Fill>(&event)) book(*fill);
            if (const auto* end = std::get_if<Ended>(&event)) {
                ASSERT_EQ(live_.erase(end->order), 1U);
            }
        }
    }
    void book(const Fill& fill) {
        const auto at = live_.find(fill.order);
        ASSERT_NE(at, live_.end());
        ASSERT_TRUE(trades_.insert(fill.trade_id).second);
        OrderRequest& r = at->second;
        const bool buy = fill.side == Side::Buy;
        expected_[r.pair.base] += buy ? fill.quantity.value : -fill.quantity.value;
        expected_[r.pair.quote] += buy ? -fill.cost : fill.cost;
        expected_[fill.fee_asset] -= fill.fee;
        const Decimal fee = fill.fee_asset == r.pair.quote ? fill.fee : kZero;
        spent_[fill.order] += buy ? fill.cost + fee : fill.quantity.value;
        const Decimal bound =
            buy ? mul(r.spend_fraction, r.spend_base, Rounding::Up).value() : r.quantity.value;
        ASSERT_LE(spent_[fill.order], bound);
    }
    void check() {
        for (const auto& [asset, amount] : expected_) {
            const Balance balance = venue_.balance(asset);
            ASSERT_EQ(balance.total().text(), amount.text()) << asset.text();
            ASSERT_GE(balance.free, kZero);
            ASSERT_GE(balance.held, kZero);
        }
        ASSERT_EQ(venue_.live_orders().size(), live_.size());
    }

    Random random_;
    SimVenue venue_;
    std::array<PairRules, 2> rules_;
    std::map<Asset, Decimal> expected_;
    std::map<OrderId, OrderRequest> live_;
    std::map<OrderId, Decimal> spent_;
    std::map<VaultId, std::uint32_t> numbers_;
    std::set<std::string> trades_, records_;
    std::uint64_t position_ = 0;
};

TEST(SimProperty, WalletsAreWhatFundingAndFillsMakeThem) {
    std::size_t filled_orders = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        SCOPED_TRACE(seed);
        Life life{seed};
        for (int i = 0; i < 200; ++i) {
            life.step();
            if (::testing::Test::HasFatalFailure()) return;
        }
        filled_orders += life.filled_orders();
    }
    EXPECT_GT(filled_orders, 2000U);  // the lives are not idle
}

TEST(SimProperty, TheSameSeedGivesTheSameLife) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Life a{seed};
        Life b{seed};
        for (int i = 0; i < 200; ++i) {
            a.step();
            b.step();
        }
        EXPECT_EQ(a.state(), b.state()) << seed;
    }
}

}  // namespace
}  // namespace vault::exchange
