// Reports against the books themselves: a desk trades at random prices, and after every tick and
// command what the engine shows is kept. Whatever instant a report begins or ends at, and whenever
// its mark was taken, its figures must be those that the engine showed then.
#include "common/base/random.hpp"
#include "common/protocol/codec.hpp"
#include "daemon/control/marks.hpp"
#include "daemon/engine/view_builder.hpp"
#include "daemon/report/pnl.hpp"
#include "daemon/report/span_reports.hpp"
#include "tests/unit/engine/shard_desk.hpp"
#include "tests/unit/report/fake_reader.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace vault::report {
namespace {

using engine::test::kA1;
using engine::test::kV1;
namespace cmd = ports::cmd;

constexpr Duration kDay = std::chrono::hours{24};

// Everything that a desk did, as a reader would find it, and what the engine showed after each
// step.
class Played {
  public:
    explicit Played(std::uint64_t seed)
        : random_(seed),
          desk_{{.quiet = seed % 2 == 0 ? "0" : "1010", .flash = "2000", .fee = "0.001"}} {
        show();
        for (int step = 0; step < 400; ++step) {
            if (random_.below(8) == 0) {
                command();
            } else {
                tick();
            }
            show();
        }
        const ports::Batch& all = desk_.all();
        reader.entry_rows = all.entries;
        reader.fill_rows = all.fills;
        reader.cycle_rows = all.cycles;
        reader.sweep_rows = all.sweeps;
        reader.close_rows = all.day_closes;
        reader.price_rows = all.prices;
    }

    // The last that was shown before anything at or after `at` was booked.
    const VaultMark& before(UtcTime at) const {
        const VaultMark* found = &marks.front();
        for (const VaultMark& mark : marks)
            if (mark.now < at) found = &mark;
        return *found;
    }
    UtcTime instant() {
        const auto first = marks.front().now, last = marks.back().now;
        const auto span = static_cast<std::uint64_t>((last - first).count()) + 1;
        UtcTime at = first + Duration{static_cast<std::int64_t>(random_.below(span))};
        if (random_.below(3) == 0) at -= at.time_since_epoch() % kDay;  // a midnight
        return std::max(at, first + Duration{1});  // before that there was nothing
    }
    const VaultMark& any_mark() { return marks[random_.below(marks.size())]; }

    test::FakeReader reader;
    std::vector<VaultMark> marks;

  private:
    void tick() {
        price_ *= 1.0 + (static_cast<double>(random_.below(2001)) - 1000.0) / 25'000.0;
        // Mostly a price a minute, which is what the desk's sleeves trade on.
        const bool late = random_.below(12) == 0;
        const auto minutes = static_cast<std::int64_t>(1 + (late ? random_.below(900) : 0));
        desk_.tick_after(std::chrono::minutes{minutes},
                         Price{Decimal::from_int(static_cast<std::int64_t>(price_))});
    }
    void command() {
        const Decimal amount = Decimal::from_int(static_cast<std::int64_t>(1 + random_.below(90)));
        switch (random_.below(6)) {
            case 0: desk_.apply(cmd::PaperFunding{kA1, engine::test::asset("USDT"), amount}); break;
            case 1: desk_.apply(cmd::Allocate{kV1, amount, amount}); break;
            case 2: desk_.apply(cmd::Unallocate{kV1, kZero, amount}); break;
            case 3: sell_by_hand(); break;
            case 4: desk_.apply(cmd::Release{kV1, amount}); break;
            default: {
                const ports::EntryRow wrong =
                    desk_.all().entries[random_.below(desk_.all().entries.size())];
                desk_.apply(cmd::CorrectEntry{kV1, wrong.seq, "wrong", wrong});
            }
        }
    }
    // A fill of the very instant at which other things were shown: no price comes with it.
    void sell_by_hand() {
        Decimal coins;
        for (const SleeveKind kind : kSleeveKinds)
            if (const auto* position = desk_.books().position(kind, engine::test::kEthUsdt.base))
                coins = coins.is_zero() ? position->quantity : kZero;
        if (coins.is_positive())
            desk_.apply(cmd::PaperTrade{kA1, engine::test::kEthUsdt, Side::Sell, Quantity{coins},
                                        std::nullopt});
    }
    void show() {
        const ports::VaultMarkView view = engine::mark_of(desk_.world(), desk_.vault());
        marks.push_back(
            control::read_marks(protocol::to_compact(control::marks_to_json({view})))[0]);
    }

    Random random_;
    double price_ = 2000;
    engine::test::OpenDesk desk_;
};

template <class Report>
Report read(ports::StoreReader& reader, const VaultMark& mark, std::optional<UtcTime> from,
            std::optional<UtcTime> to) {
    Report report(ReportScope{from, to, {mark}});
    for (;;) {
        const Result<bool> more = report.step(reader);
        EXPECT_TRUE(more) << more.error().message();
        if (!more || !more.value()) return report;
    }
}

// What a day close does not tell.
VaultSums without_coins(VaultSums sums) {
    for (SleeveSums& sleeve : sums.sleeves) {
        sleeve.coins.clear();
        sleeve.positions_cost = kZero;
    }
    return sums;
}

std::vector<std::uint64_t> seeds() {
    const char* const given = std::getenv("VAULT_SEED");
    if (given != nullptr) return {std::strtoull(given, nullptr, 10)};
    return {1, 2, 3, 4, 5, 6};
}

TEST(Reports, PropertyAnyInstantIsAsTheEngineShowedIt) {
    std::size_t traded = 0;
    for (const std::uint64_t seed : seeds()) {
        SCOPED_TRACE("VAULT_SEED=" + std::to_string(seed));
        Played played(seed);
        traded += played.reader.cycle_rows.size();
        for (int i = 0; i < 200; ++i) {
            const UtcTime at = played.instant();
            const VaultMark& wanted = played.before(at);
            SumsAt sums(played.marks.back(), at);
            for (bool more = true; more;) {
                const Result<bool> stepped = sums.step(played.reader);
                ASSERT_TRUE(stepped) << stepped.error().message();
                more = stepped.value();
            }
            ASSERT_EQ(without_coins(sums.sums()), without_coins(wanted.sums)) << format_utc(at);
            ASSERT_EQ(sums.unrealised(), wanted.unrealised) << format_utc(at);
        }
    }
    EXPECT_GT(traded, 30u);
}

// The mark may be of any moment, and the store have much that came later.
TEST(Reports, PropertyNothingIsMixedFromTwoMoments) {
    for (const std::uint64_t seed : seeds()) {
        SCOPED_TRACE("VAULT_SEED=" + std::to_string(seed));
        Played played(seed);
        for (int i = 0; i < 60; ++i) {
            const VaultMark mark = played.any_mark();
            const auto report = read<PnlReport>(played.reader, mark, {}, {});
            std::uint64_t fills = 0, trades = 0;
            for (const ports::EntryRow& row : played.reader.entry_rows)
                fills += row.seq <= mark.seq && (row.kind == "buy_fill" || row.kind == "sell_fill");
            for (const PnlRow& row : report.rows()) {
                const SleeveSums& shown = mark.sums.of(row.sleeve);
                ASSERT_EQ(row.figures.realised, shown.realised);
                ASSERT_EQ(row.figures.swept, shown.swept);
                ASSERT_EQ(row.figures.unrealised, mark.unrealised[index_of(row.sleeve)]);
                ASSERT_EQ(row.figures.cycles, mark.cycles[index_of(row.sleeve)]);
                ASSERT_EQ(row.closing.balance, shown.balance);
                trades += row.figures.trades;
            }
            ASSERT_EQ(trades, fills);
            const auto flows = read<VaultReport>(played.reader, mark, {}, {});
            ASSERT_EQ(flows.vaults().size(), 1u);
            ASSERT_EQ(flows.vaults()[0].closing.reserve, mark.sums.reserve);
            ASSERT_EQ(flows.vaults()[0].closing.unallocated, mark.sums.unallocated);
        }
    }
}

TEST(Reports, PropertySpansThatMeetAddUp) {
    for (const std::uint64_t seed : seeds()) {
        SCOPED_TRACE("VAULT_SEED=" + std::to_string(seed));
        Played played(seed);
        for (int i = 0; i < 60; ++i) {
            std::array<UtcTime, 3> at{played.instant(), played.instant(), played.instant()};
            std::ranges::sort(at);
            if (at[0] == at[1] || at[1] == at[2]) continue;
            const VaultMark& mark = played.marks.back();
            const auto first = read<PnlReport>(played.reader, mark, at[0], at[1]);
            const auto second = read<PnlReport>(played.reader, mark, at[1], at[2]);
            const auto whole = read<PnlReport>(played.reader, mark, at[0], at[2]);
            for (std::size_t k = 0; k < 2; ++k) {
                const PnlFigures& a = first.rows()[k].figures;
                const PnlFigures& b = second.rows()[k].figures;
                const PnlFigures& ab = whole.rows()[k].figures;
                ASSERT_EQ(a.realised + b.realised, ab.realised);
                ASSERT_EQ(a.fees + b.fees, ab.fees);
                ASSERT_EQ(a.swept + b.swept, ab.swept);
                ASSERT_EQ(a.volume + b.volume, ab.volume);
                ASSERT_EQ(a.trades + b.trades, ab.trades);
                ASSERT_EQ(a.cycles + b.cycles, ab.cycles);
                ASSERT_EQ(a.unrealised, b.unrealised_before);
                ASSERT_EQ(*a.net().value() + *b.net().value(), *ab.net().value());
                ASSERT_EQ(first.rows()[k].closing.balance, second.rows()[k].opening.balance);
            }
            const auto left = read<VaultReport>(played.reader, mark, at[0], at[1]);
            const auto right = read<VaultReport>(played.reader, mark, at[1], at[2]);
            ASSERT_EQ(left.vaults()[0].closing, right.vaults()[0].opening);
        }
    }
}

}  // namespace
}  // namespace vault::report
