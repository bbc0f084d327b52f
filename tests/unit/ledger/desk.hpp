#pragma once
// Desk: one vault's books and journal for table tests, with the amounts written as text. Test only.
#include "daemon/ledger/invariants.hpp"
#include "daemon/ledger/transaction.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace vault::ledger::test {

using vault::literals::operator""_dec;

inline constexpr SleeveKind kQuiet = SleeveKind::Quiet;
inline constexpr SleeveKind kFlash = SleeveKind::Flash;
inline const Asset kUsdt = Asset::parse("USDT").value();
inline const Asset kEth = Asset::parse("ETH").value();
inline const Asset kBtc = Asset::parse("BTC").value();
inline const Asset kBnb = Asset::parse("BNB").value();

struct FillSpec {
    SleeveKind sleeve = kFlash;
    Side side = Side::Buy;
    Decimal quantity, price, cost, fee;
    Asset fee_asset = kUsdt;
    Decimal remaining, fee_value;
    Asset base = kEth;
};

class Desk {
  public:
    explicit Desk(Decimal opening = kZero) : books_(VaultId{1}, kUsdt) {
        run([&](Transaction& t) { return t.open(opening); });
    }

    // Runs and adopts; the error's code when refused (then nothing changed).
    template <class Play>
    std::optional<Errc> run(const Play& play) {
        Transaction t{books_,
                      {"test:" + std::to_string(++causes_), Mode::Paper, UtcTime{}, "test"}};
        const auto result = play(t);
        if (result.has_error()) {
            error_ = result.error().message();
            return result.error().code();
        }
        books_ = t.books();
        last_ = t.entries();
        journal_.insert(journal_.end(), last_.begin(), last_.end());
        EXPECT_TRUE(check_identities(books_).has_value());
        return std::nullopt;
    }

    std::optional<Errc> deposit(Decimal d, AutoRaise policy = {}) {
        return run([&](Transaction& t) { return t.deposit(d, policy); });
    }
    std::optional<Errc> withdraw(Decimal d) {
        return run([&](Transaction& t) { return t.withdraw(d); });
    }
    std::optional<Errc> tradeable(Decimal to, std::optional<Decimal> pct = std::nullopt) {
        return run([&](Transaction& t) { return t.set_tradeable(to, pct); });
    }
    std::optional<Errc> allocate(Decimal quiet, Decimal flash, PerSleeve<bool> live = {}) {
        return run([&](Transaction& t) { return t.allocate({quiet, flash}, live); });
    }
    std::optional<Errc> unallocate(Decimal quiet, Decimal flash, PerSleeve<bool> live = {}) {
        return run([&](Transaction& t) { return t.unallocate({quiet, flash}, live); });
    }
    std::optional<Errc> release(Decimal amount, PerSleeve<bool> live = {}) {
        return run([&](Transaction& t) { return t.release(amount, live); });
    }
    std::optional<Errc> buy(SleeveKind sleeve, Decimal lock) {
        return run([&](Transaction& t) { return t.buy_intent(sleeve, lock); });
    }
    std::optional<Errc> sell(SleeveKind sleeve, Decimal quantity, Asset base = kEth) {
        return run([&](Transaction& t) { return t.sell_intent(sleeve, base, quantity); });
    }
    // `end`: the order ends with this fill, and the sleeve closes if that leaves it flat.
    std::optional<Errc> fill(const FillSpec& spec, bool end = true) {
        return run([&](Transaction& t) -> Result<void> {
            const Fill fill{{VaultId{1}, spec.sleeve, 1},
                            "T" + std::to_string(causes_),
                            UtcTime{},
                            spec.side,
                            Price{spec.price},
                            Quantity{spec.quantity},
                            spec.cost,
                            spec.fee,
                            spec.fee_asset};
            const FillTerms terms{spec.base, spec.remaining, spec.fee_value};
            VAULT_TRY(figures_,
                      spec.side == Side::Buy ? t.buy_fill(fill, terms) : t.sell_fill(fill, terms));
            if (!end) return success();
            if (spec.side == Side::Buy) {
                VAULT_TRYV(t.buy_end(spec.sleeve, figures_.remaining));
            } else {
                VAULT_TRYV(t.sell_end(spec.sleeve, spec.base, figures_.remaining));
            }
            VAULT_TRY(close_, t.close_if_flat(spec.sleeve, false));
            return success();
        });
    }
    // A whole cycle at cost `in` and proceeds `out`, without fees.
    void cycle(SleeveKind sleeve, Decimal in, Decimal out) {
        EXPECT_EQ(buy(sleeve, in), std::nullopt);
        EXPECT_EQ(fill({sleeve, Side::Buy, kOne, in, in, {}, kUsdt, in, {}, kEth}), std::nullopt);
        EXPECT_EQ(sell(sleeve, kOne), std::nullopt);
        EXPECT_EQ(fill({sleeve, Side::Sell, kOne, out, out, {}, kUsdt, kOne, {}, kEth}),
                  std::nullopt);
    }

    const VaultBooks& books() const { return books_; }
    const SleeveBooks& flash() const { return books_.sleeve(kFlash); }
    const SleeveBooks& quiet() const { return books_.sleeve(kQuiet); }
    const std::vector<Entry>& journal() const { return journal_; }
    const std::vector<Entry>& last() const { return last_; }
    const FillFigures& figures() const { return figures_; }
    const CloseFigures& close() const { return close_; }
    const std::string& error() const { return error_; }
    std::vector<std::string> last_kinds() const {
        std::vector<std::string> kinds;
        for (const Entry& entry : last_)
            kinds.emplace_back(to_text(entry.kind));
        return kinds;
    }

  private:
    VaultBooks books_;
    std::vector<Entry> journal_;
    std::vector<Entry> last_;
    FillFigures figures_;
    CloseFigures close_;
    std::string error_;
    int causes_ = 0;
};

using Kinds = std::vector<std::string>;

}  // namespace vault::ledger::test
