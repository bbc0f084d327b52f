#pragma once
// A small exchange for tests: BTC/USD at 50,000.0 with five street levels per side, and two
// accounts with 10,000 USD and 1 BTC each.
#include "tests/emulator/kraken/exchange/exchange.hpp"

#include <gtest/gtest.h>

namespace vault::kraken_emulator {

using vault::literals::operator""_dec;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

inline constexpr Moment kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 4}};
inline constexpr PairNo kPair = 0;

class Desk {
  public:
    explicit Desk(Settings settings = {.seed = 7, .street_levels = 5})
        : exchange(Instruments::usual(), settings, kStart) {
        exchange.trade(kPair, Side::Buy, "50000"_dec, "1"_dec);
        for (const char* name : {"alice", "bob"}) {
            const AccountNo no = exchange.open_account(name, Tier::Pro);
            exchange.transfer(no, usd, "10000"_dec, "deposit", "");
            exchange.transfer(no, btc, "1"_dec, "deposit", "");
        }
        exchange.take_events();
    }

    static OrderTerms limit(Side side, Decimal quantity, Decimal price) {
        OrderTerms out;
        out.pair = kPair;
        out.side = side;
        out.quantity = quantity;
        out.limit = price;
        return out;
    }
    static OrderTerms market(Side side, Decimal quantity) {
        OrderTerms out = limit(side, quantity, kZero);
        out.type = OrderType::Market;
        return out;
    }

    const Order& add(AccountNo account, const OrderTerms& terms) {
        const auto made = exchange.add(account, terms);
        EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().text);
        return exchange.order(made.value());
    }
    std::string refusal(AccountNo account, const OrderTerms& terms) {
        const auto made = exchange.add(account, terms);
        return made ? "accepted" : made.error().text;
    }
    void street(Decimal price, Decimal quantity = "100"_dec, Side taker = Side::Sell) {
        exchange.trade(kPair, taker, price, quantity);
    }
    void pass(Span span) { exchange.advance(exchange.now() + span); }

    const Asset usd = Asset::parse("ZUSD").value();
    const Asset btc = Asset::parse("XXBT").value();
    const AccountNo alice = 0, bob = 1;
    Exchange exchange;
};

}  // namespace vault::kraken_emulator
