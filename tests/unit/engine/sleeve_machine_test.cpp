// SleeveMachine alone: a vault, what surrounds it, and an event give the next vault and effects.
// No world, no shard, no venue and no store: what the venue would say is said here.
#include "daemon/engine/sleeve_machine.hpp"

#include "daemon/ledger/invariants.hpp"

#include <gtest/gtest.h>

namespace vault::engine {
namespace {

using vault::literals::operator""_dec;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;

constexpr UtcTime kNoon{std::chrono::sys_days{std::chrono::year{2024} / 3 / 4} + 12h};
constexpr SleeveKind kFlash = SleeveKind::Flash;
const Pair kEthUsdt = Pair::parse("ETH/USDT").value();

Vault funded_vault() {
    const ports::VaultRow row{VaultId{1},  AccountId{1}, UserId{1}, kEthUsdt.quote,
                              Mode::Paper, kNoon,        "admin"};
    ledger::VaultBooks books{row.id, row.asset};
    ledger::Transaction tx{books, {"cmd:v1:1", Mode::Paper, kNoon, "admin"}};
    EXPECT_TRUE(tx.open("10000"_dec));
    EXPECT_TRUE(tx.set_tradeable("2000"_dec, std::nullopt));
    EXPECT_TRUE(tx.allocate({kZero, "1000"_dec}, {}));
    Vault vault{row, tx.books()};
    vault.pairs = {kEthUsdt};
    for (Sleeve& sleeve : vault.sleeves) {
        PairSlot slot;
        slot.pair = kEthUsdt;
        slot.view.rules = {kEthUsdt, "0.01"_dec, "0.0001"_dec, "5"_dec, "0.0001"_dec};
        sleeve.slots.push_back(slot);
    }
    return vault;
}

class SleeveMachineTest : public ::testing::Test {
  protected:
    SleeveMachineTest() {
        for (Sleeve& each : vault.sleeves)
            machine.refresh(each);
    }
    Sleeve& sleeve() { return vault.sleeve(kFlash); }
    PairSlot& slot() { return sleeve().slots.front(); }
    Order& order() { return sleeve().orders.back(); }

    // One tick, a minute after the last, in a market whose trend is up.
    void tick(Decimal price) {
        now += 1min;
        ports::MarketView view;
        view.now = now;
        view.price = Price{price};
        view.low = Price{"2000"_dec};
        view.reference = Price{hour_ago};
        view.closes_sum = "7900"_dec;
        view.closes_count = 4;
        view.warm = true;
        if (const auto due = SleeveMachine::look(vault, sleeve(), slot(), view, recorder))
            machine.act(sleeve(), slot(), view, *due);
    }
    void buy_signal() {
        tick("2000"_dec);
        tick("2010"_dec);
    }
    Fill fill(std::string id, Decimal quantity, Decimal price) {
        const Decimal cost = mul(quantity, price, Rounding::Up).value();
        return {.order = order().request.id,
                .trade_id = std::move(id),
                .time = now,
                .side = order().request.side,
                .price = Price{price},
                .quantity = Quantity{quantity},
                .cost = cost,
                .fee = mul(cost, "0.004"_dec, Rounding::Up).value(),
                .fee_asset = kEthUsdt.quote};
    }
    exchange::Ended ended(OrderState state) {
        return {order().request.id, state, state == OrderState::Filled ? "" : "canceled", now};
    }
    void open_position() {
        buy_signal();
        const exchange::Ended last = ended(OrderState::Filled);
        machine.on_fill(order(), fill("T1", "0.4"_dec, "2010"_dec), &last);
    }
    ports::Batch rows() {
        ports::Batch batch;
        std::swap(batch, recorder.rows());
        return batch;
    }

    Vault vault = funded_vault();
    Hold daemon_hold, user_hold, account_hold;
    LevelRisk daemon_risk, user_risk;
    Surroundings around{.holds = {daemon_hold, user_hold, account_hold, daemon_risk, user_risk},
                        .fee_rate = "0.004"_dec,
                        .wallet = "10000"_dec,
                        .look_at_order = [](const auto&...) { return std::nullopt; }};
    Recorder recorder;
    Effects effects{recorder, {}, {}, {}};
    SleeveMachine machine{vault, around, effects};
    UtcTime now = kNoon;
    Decimal hour_ago = "2000"_dec;
};

TEST_F(SleeveMachineTest, ASignalBooksTheIntentBeforeTheOrderMayLeave) {
    buy_signal();
    ASSERT_EQ(effects.orders.size(), 1u);
    EXPECT_EQ(effects.orders[0].id, (OrderId{VaultId{1}, kFlash, 1}));
    EXPECT_EQ(order().state, OrderState::Sending);
    EXPECT_EQ(std::as_const(vault.books).sleeve(kFlash).locked, order().lock_left);
    EXPECT_TRUE(slot().view.order_pending);
    const ports::Batch batch = rows();
    ASSERT_EQ(batch.entries.size(), 1u);
    EXPECT_EQ(batch.entries[0].kind, "buy_intent");
    EXPECT_EQ(batch.decisions.back().order_number, 1u);
    tick("2010"_dec);
    EXPECT_EQ(effects.orders.size(), 1u) << "an order is pending: no second one";
}

TEST_F(SleeveMachineTest, TheSameVaultAndEventsGiveTheSameVaultAndEffects) {
    Vault twin = vault;
    Recorder other;
    Effects twin_effects{other, {}, {}, {}};
    buy_signal();
    now = kNoon;
    std::swap(vault, twin);
    std::swap(recorder, other);
    std::swap(effects.orders, twin_effects.orders);
    buy_signal();
    EXPECT_EQ(vault.books, twin.books);
    EXPECT_EQ(effects.orders, twin_effects.orders);
    EXPECT_EQ(order(), twin.sleeve(kFlash).orders.back());
    EXPECT_EQ(rows().entries.back().hash, other.rows().entries.back().hash);
}

TEST_F(SleeveMachineTest, ARefusedOrderGivesItsLockBack) {
    const ledger::VaultBooks before = vault.books;
    buy_signal();
    machine.on_refused(order(), "rejected_by_venue", now);
    EXPECT_EQ(order().state, OrderState::Rejected);
    EXPECT_EQ(vault.books.free_cash(kFlash), before.free_cash(kFlash));
    EXPECT_FALSE(slot().view.order_pending);
    EXPECT_EQ(sleeve().cycles, 0u);
}

TEST_F(SleeveMachineTest, AFillAndItsEndAreOneTransaction) {
    open_position();
    EXPECT_EQ(order().state, OrderState::Filled);
    EXPECT_EQ(slot().view.quantity, "0.4"_dec);
    EXPECT_TRUE(std::as_const(vault.books).sleeve(kFlash).locked.is_zero());
    const ports::Batch batch = rows();
    ASSERT_EQ(batch.entries.size(), 3u);
    EXPECT_EQ(batch.entries[1].kind, "buy_fill");
    EXPECT_EQ(batch.entries[2].kind, "order_end");
    EXPECT_EQ(batch.entries[1].tx, batch.entries[2].tx);
}

TEST_F(SleeveMachineTest, AFlashSleeveSweepsWhenItIsFlat) {
    open_position();
    tick("2500"_dec);
    hour_ago = "2450"_dec;
    tick("2300"_dec);
    ASSERT_EQ(effects.orders.size(), 2u) << "a trailing sale";
    const exchange::Ended last = ended(OrderState::Filled);
    machine.on_fill(order(), fill("T2", "0.4"_dec, "2300"_dec), &last);
    EXPECT_TRUE(vault.books.flat(kFlash));
    EXPECT_EQ(sleeve().cycles, 1u);
    EXPECT_EQ(vault.books.balance(kFlash), "1000"_dec);
    const ports::Batch batch = rows();
    ASSERT_EQ(batch.sweeps.size(), 1u);
    EXPECT_EQ(vault.books.tradeable(), "2000"_dec + batch.cycles.back().realised);
    EXPECT_EQ(batch.sweeps[0].amount, batch.cycles.back().realised);
    EXPECT_TRUE(ledger::check_identities(vault.books));
}

TEST_F(SleeveMachineTest, AFillThatTheBooksRefuseStopsTheVaultAndChangesNoBooks) {
    buy_signal();
    const ledger::VaultBooks before = vault.books;
    Fill wrong = fill("T1", "0.4"_dec, "2010"_dec);
    wrong.quantity = Quantity{-"0.4"_dec};
    const exchange::Ended last = ended(OrderState::Filled);
    machine.on_fill(order(), wrong, &last);
    EXPECT_EQ(vault.books, before);
    EXPECT_FALSE(vault.attention.empty());
    EXPECT_TRUE(order().live()) << "its money stays locked";
    EXPECT_TRUE(order().fills_missing);
    EXPECT_TRUE(slot().view.paused);
    EXPECT_EQ(rows().events.back().type, "vault_quarantined");
}

TEST_F(SleeveMachineTest, NothingIsBoughtWithMoneyThatTheExchangeDoesNotHave) {
    around.wallet = "9999.99"_dec;
    buy_signal();
    EXPECT_TRUE(effects.orders.empty());
    EXPECT_FALSE(vault.attention.empty());
    EXPECT_TRUE(rows().entries.empty());
}

TEST_F(SleeveMachineTest, AWiderHoldReachesTheStrategy) {
    user_hold.kind = HoldKind::Paused;
    machine.refresh(sleeve());
    buy_signal();
    EXPECT_TRUE(effects.orders.empty());
    EXPECT_EQ(rows().decisions.back().reason, "paused");
}

TEST_F(SleeveMachineTest, ALiquidationSellsWhateverTheRulesSay) {
    open_position();
    sleeve().hold.kind = HoldKind::Liquidating;
    machine.refresh(sleeve());
    tick("2011"_dec);
    ASSERT_EQ(effects.orders.size(), 2u);
    EXPECT_EQ(effects.orders[1].side, Side::Sell);
    const exchange::Ended last = ended(OrderState::Filled);
    machine.on_fill(order(), fill("T2", "0.4"_dec, "2011"_dec), &last);
    EXPECT_EQ(sleeve().hold.kind, HoldKind::Halted);
}

TEST_F(SleeveMachineTest, CancelAsksForLiveOrdersOfThatSideOnly) {
    buy_signal();
    machine.on_accepted(order(), now);
    machine.cancel(sleeve(), Side::Sell, "pause");
    EXPECT_TRUE(effects.cancels.empty());
    machine.cancel(sleeve(), std::nullopt, "halt");
    EXPECT_EQ(effects.cancels, std::vector{order().request.id});
    EXPECT_TRUE(order().live()) << "asked is not done";
    machine.on_ended(order(), ended(OrderState::Canceled));
    EXPECT_EQ(order().end_reason, "halt");
    EXPECT_EQ(vault.books.free_cash(kFlash), "1000"_dec);
}

TEST_F(SleeveMachineTest, APositionThatLacksCoinsWaitsAndSaysWhenItIsGone) {
    open_position();
    machine.on_coins_missing(sleeve(), slot(), "0.1 ETH are missing", now, "anna");
    EXPECT_TRUE(slot().view.paused);
    const std::size_t told = recorder.rows().events.size();
    machine.on_coins_missing(sleeve(), slot(), "0.1 ETH are missing", now, "anna");
    EXPECT_EQ(recorder.rows().events.size(), told) << "told once";
    Fill sale = fill("H1", "0.4"_dec, "2100"_dec);
    sale.side = Side::Sell;
    ASSERT_TRUE(machine.on_hand_sale(sleeve(), kEthUsdt, sale, "fill:paper:H1"));
    EXPECT_TRUE(slot().attention.empty());
    EXPECT_EQ(effects.released, std::vector{kEthUsdt.base});
}

TEST_F(SleeveMachineTest, MidnightWritesADayOfEachSleeve) {
    open_position();
    const UtcTime midnight = floor_day(now) + 24h;
    machine.on_day_over(floor_day(now), midnight, {kZero, "-3.5"_dec});
    const ports::Batch batch = rows();
    ASSERT_EQ(batch.day_closes.size(), 2u);
    EXPECT_EQ(batch.day_closes[1].unrealised, "-3.5"_dec);
    EXPECT_EQ(batch.day_closes[1].equity, batch.day_closes[1].balance - "3.5"_dec);
    EXPECT_EQ(sleeve().day.day, midnight);
    EXPECT_EQ(sleeve().day.buys, 0u);
}

}  // namespace
}  // namespace vault::engine
