#pragma once
// RiskPast: a hand-made history for risk tests: journals booked by the ledger's own transactions,
// and beside them the rows that the engine would have stored. Minutes count from kPastStart. One
// thread.
#include "daemon/ledger/transaction.hpp"
#include "daemon/report/risk_test.hpp"
#include "tests/unit/report/fake_reader.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vault::test {

using vault::literals::operator""_dec;

inline const UtcTime kPastStart = parse_utc("2021-04-01").value();
inline const Asset kUsdt = Asset::parse("USDT").value();
inline const Asset kEth = Asset::parse("ETH").value();
inline const Asset kBtc = Asset::parse("BTC").value();
inline constexpr std::uint32_t kDayMinutes = 24 * 60;

inline UtcTime minute(std::int64_t at) {
    return kPastStart + std::chrono::minutes{at};
}
inline Decimal dec(std::string_view text) {
    return Decimal::parse(text).value();
}

// One vault's past; every trade is of its sleeve flash, without a fee, at the price that it names.
class RiskPast {
  public:
    RiskPast(FakeReader& reader, std::uint32_t id, Asset asset, AccountId account)
        : reader_(reader), books_(VaultId{id}, asset) {
        mark_.mark.vault = VaultId{id};
        mark_.mark.user = UserId{1};
        mark_.mark.account = mark_.mark.recorded_under = account;
        mark_.mark.asset = asset;
        mark_.pairs = {Pair{kEth, asset}};
    }

    // `amount` goes to flash.
    void fund(std::int64_t at, std::string_view amount) {
        ledger::Transaction tx = begin("cmd:fund:" + std::to_string(++causes_), at);
        must(tx.deposit(dec(amount), {}));
        must(tx.set_tradeable(tx.books().tradeable() + dec(amount), std::nullopt));
        must(tx.allocate({kZero, dec(amount)}, {}));
        adopt(std::move(tx));
    }
    void unallocate(std::int64_t at, std::string_view amount) {
        ledger::Transaction tx = begin("cmd:back:" + std::to_string(++causes_), at);
        must(tx.unallocate({kZero, dec(amount)}, {}));
        adopt(std::move(tx));
    }
    // Sends a buy that spends `budget`, and fills it a minute later at `price`.
    void buy(std::int64_t at, std::string_view budget, std::string_view price, Asset base = kEth) {
        const OrderId id{books_.vault(), SleeveKind::Flash, ++orders_};
        ledger::Transaction intent = begin("order:" + to_text(id), at);
        must(intent.buy_intent(SleeveKind::Flash, dec(budget)));
        adopt(std::move(intent));
        ports::OrderRow order;
        order.id = id;
        order.pair = Pair{base, books_.asset()};
        order.decided_at = minute(at);
        reader_.order_rows.push_back(order);
        Fill fill = fill_of(id, at + 1, Side::Buy, price);
        fill.quantity = Quantity{div(dec(budget), dec(price), Rounding::Down).value()};
        fill.cost = dec(budget);
        ledger::Transaction tx = begin("fill:paper:" + fill.trade_id, at + 1);
        must(tx.buy_fill(fill, {base, dec(budget), kZero}));
        adopt(std::move(tx));
    }
    // Sells all coins of the base at `price`, which closes the cycle and sweeps; `keep`: but these.
    void sell(std::int64_t at, std::string_view price, Asset base = kEth, Decimal keep = kZero) {
        const OrderId id{books_.vault(), SleeveKind::Flash, ++orders_};
        const Decimal coins = books_.position(SleeveKind::Flash, base)->coins() - keep;
        ledger::Transaction intent = begin("order:" + to_text(id), at - 1);
        must(intent.sell_intent(SleeveKind::Flash, base, coins));
        adopt(std::move(intent));
        Fill fill = fill_of(id, at, Side::Sell, price);
        fill.quantity = Quantity{coins};
        fill.cost = mul(coins, dec(price), Rounding::Down).value();
        ledger::Transaction tx = begin("fill:paper:" + fill.trade_id, at);
        must(tx.sell_fill(fill, {base, coins, kZero}));
        if (keep.is_positive()) must(tx.mark_dust(SleeveKind::Flash, base));
        must(tx.close_if_flat(SleeveKind::Flash, false));
        adopt(std::move(tx));
        ports::CycleRow cycle;
        cycle.vault = books_.vault();
        cycle.sleeve = SleeveKind::Flash;
        cycle.pair = Pair{base, books_.asset()};
        cycle.closed_at = minute(at);
        reader_.cycle_rows.push_back(cycle);
    }
    void price(std::int64_t at, std::string_view price, Asset base = kEth) {
        reader_.price_rows.push_back(
            {mark_.mark.recorded_under, Pair{base, books_.asset()}, minute(at), dec(price)});
    }
    // The row of a day that is over: what the open position was worth above its cost.
    void close_day(std::int64_t day, std::string_view unrealised) {
        for (const SleeveKind kind : kSleeveKinds) {
            ports::DayCloseRow row;
            row.vault = books_.vault();
            row.sleeve = kind;
            row.day = minute(day * kDayMinutes);
            row.realised = books_.sleeve(kind).realised;
            if (kind == SleeveKind::Flash) row.unrealised = dec(unrealised);
            reader_.close_rows.push_back(row);
        }
    }

    report::LevelVault mark(std::int64_t now) const {
        report::LevelVault mark = mark_;
        mark.mark.seq = books_.head().seq;
        mark.mark.now = minute(now);
        return mark;
    }
    void trades(Asset base) { mark_.pairs.push_back(Pair{base, books_.asset()}); }

  private:
    ledger::Transaction begin(std::string cause, std::int64_t at) const {
        return {books_, {std::move(cause), Mode::Paper, minute(at), "engine"}};
    }
    Fill fill_of(const OrderId& order, std::int64_t at, Side side, std::string_view price) {
        Fill fill;
        fill.order = order;
        fill.trade_id = fmt::format("T{}.{}", books_.vault().value, ++trades_);
        fill.time = minute(at);
        fill.side = side;
        fill.price = Price{dec(price)};
        fill.fee_asset = books_.asset();
        return fill;
    }
    template <class T>
    static void must(const Result<T>& done) {
        ASSERT_TRUE(done) << done.error().message();
    }
    void adopt(ledger::Transaction&& tx) {
        books_ = tx.books();
        for (const ledger::Entry& entry : tx.entries())
            reader_.add_entry(entry);
    }

    FakeReader& reader_;
    ledger::VaultBooks books_;
    report::LevelVault mark_;
    std::uint32_t orders_ = 0, trades_ = 0, causes_ = 0;
};

}  // namespace vault::test
