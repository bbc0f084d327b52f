#include "common/base/random.hpp"
#include "daemon/ports/strategy.hpp"
#include "daemon/report/decision_why.hpp"
#include "daemon/report/history.hpp"
#include "daemon/report/order_story.hpp"
#include "daemon/report/pnl.hpp"
#include "tests/unit/report/fake_reader.hpp"

#include <gtest/gtest.h>

#include <map>

namespace vault::report {
namespace {

using vault::literals::operator""_dec;

const UtcTime kStart = parse_utc("2021-04-01").value();
const Asset kUsdt = Asset::parse("USDT").value();
const Asset kEur = Asset::parse("EUR").value();
const Asset kBnb = Asset::parse("BNB").value();
const Pair kEth = Pair::parse("ETH/USDT").value();
constexpr Duration kDay = std::chrono::hours{24};

ports::Owner owner(Mode mode = Mode::Paper) {
    return {UserId{1}, AccountId{1}, mode, "engine"};
}

ports::FillRow fill_row(std::uint32_t vault, SleeveKind sleeve, Side side, Duration after,
                        Decimal realised, Decimal fee, Mode mode = Mode::Paper) {
    ports::FillRow row;
    row.owner = owner(mode);
    row.pair = kEth;
    row.fill.order = OrderId{VaultId{vault}, sleeve, 1};
    row.fill.time = kStart + after;
    row.fill.side = side;
    row.fill.price = Price{"2000"_dec};
    row.fill.cost = "100"_dec;
    row.fill.fee = fee;
    row.fill.fee_asset = kUsdt;
    row.realised = realised;
    return row;
}

ports::CycleRow cycle_row(std::uint32_t vault, SleeveKind sleeve, Duration after,
                          Decimal realised) {
    ports::CycleRow row;
    row.vault = VaultId{vault};
    row.sleeve = sleeve;
    row.owner = owner();
    row.closed_at = kStart + after;
    row.realised = realised;
    return row;
}

VaultMark mark_of(std::uint32_t id, Asset asset = kUsdt) {
    VaultMark mark;
    mark.vault = VaultId{id};
    mark.user = UserId{1};
    mark.account = mark.recorded_under = AccountId{1};
    mark.asset = asset;
    mark.now = kStart + 100 * kDay;
    mark.unrealised = {kZero, kZero};
    return mark;
}

struct PnlRead {
    std::vector<PnlRow> rows;
    std::vector<PnlTotal> totals;
};

Result<PnlRead> pnl(ports::StoreReader& reader, std::vector<VaultMark> marks,
                    std::optional<UtcTime> from = {}, std::optional<UtcTime> to = {}) {
    PnlReport report(ReportScope{from, to, std::move(marks)});
    for (bool more = true; more;) {
        VAULT_TRY(more, report.step(reader));
    }
    VAULT_TRY(auto totals, report.totals());
    return PnlRead{report.rows(), std::move(totals)};
}

const PnlRow& find(const PnlRead& report, std::uint32_t vault, SleeveKind sleeve) {
    for (const PnlRow& row : report.rows)
        if (row.vault == VaultId{vault} && row.sleeve == sleeve) return row;
    ADD_FAILURE() << "no such row";
    return report.rows.front();
}

TEST(Pnl, BooksTellTheMoneyAndRowsAreCounted) {
    test::FakeReader reader;
    const auto flash = SleeveKind::Flash;
    reader.fill_rows = {fill_row(1, flash, Side::Buy, Duration{1}, -"0.4"_dec, "0.4"_dec),
                        fill_row(1, flash, Side::Sell, Duration{2}, "3.1"_dec, "0.5"_dec),
                        fill_row(1, SleeveKind::Quiet, Side::Buy, Duration{3}, -"1"_dec, "1"_dec)};
    reader.cycle_rows = {cycle_row(1, flash, Duration{2}, "2.7"_dec),
                         cycle_row(1, flash, Duration{5}, -"1.2"_dec),
                         cycle_row(1, flash, Duration{6}, "0"_dec)};
    VaultMark mark = mark_of(1);
    mark.sums.of(flash) = {"50"_dec, "2.7"_dec, "0.9"_dec, "0"_dec, "2.5"_dec, "0"_dec, {}};
    mark.sums.of(SleeveKind::Quiet).realised = -"1"_dec;
    mark.unrealised = {std::nullopt, -"0.25"_dec};

    const auto report = pnl(reader, {mark});
    ASSERT_TRUE(report);
    ASSERT_EQ(report.value().rows.size(), 2u);
    const PnlRow& row = find(report.value(), 1, flash);
    EXPECT_EQ(row.figures.realised, "2.7"_dec);
    EXPECT_EQ(row.figures.fees, "0.9"_dec);
    EXPECT_EQ(row.figures.swept, "2.5"_dec);
    EXPECT_EQ(row.figures.volume, "200"_dec);
    EXPECT_EQ(row.figures.unrealised_before, "0"_dec);
    EXPECT_EQ(row.figures.unrealised, -"0.25"_dec);
    EXPECT_EQ(row.figures.net().value(), "2.45"_dec);
    EXPECT_EQ(row.figures.cycles, 3u);
    EXPECT_EQ(row.figures.won, 1u);
    EXPECT_EQ(row.figures.lost, 1u);
    EXPECT_EQ(row.figures.win_rate(), "0.3333"_dec);
    EXPECT_EQ(row.figures.best_cycle, "2.7"_dec);
    EXPECT_EQ(row.figures.worst_cycle, -"1.2"_dec);
    EXPECT_EQ(row.closing.balance, "50"_dec);
    const PnlRow& quiet = find(report.value(), 1, SleeveKind::Quiet);
    EXPECT_EQ(quiet.figures.realised, -"1"_dec);
    EXPECT_FALSE(quiet.figures.net().value());
    EXPECT_FALSE(quiet.figures.win_rate());
    ASSERT_EQ(report.value().totals.size(), 1u);
    EXPECT_EQ(report.value().totals[0].figures.realised, "1.7"_dec);
    EXPECT_EQ(report.value().totals[0].figures.trades, 3u);
    EXPECT_FALSE(report.value().totals[0].figures.unrealised);  // a part of it is not known
}

TEST(Pnl, NeverAddsModesOrAssetsUp) {
    test::FakeReader reader;
    const auto quiet = SleeveKind::Quiet;
    std::vector<VaultMark> marks{mark_of(1), mark_of(2), mark_of(3, kEur), mark_of(4)};
    for (VaultMark& mark : marks)
        mark.sums.of(quiet).realised = Decimal::from_int(1 << mark.vault.value);
    marks[3].mode = Mode::Live;
    const auto report = pnl(reader, marks);
    ASSERT_TRUE(report);
    std::map<std::pair<std::string, Mode>, Decimal> sums;
    for (const PnlTotal& total : report.value().totals)
        sums[{std::string(total.asset.text()), total.mode}] = total.figures.realised;
    EXPECT_EQ(sums.size(), 3u);
    EXPECT_EQ((sums[{"USDT", Mode::Paper}]), "6"_dec);
    EXPECT_EQ((sums[{"USDT", Mode::Live}]), "16"_dec);
    EXPECT_EQ((sums[{"EUR", Mode::Paper}]), "8"_dec);
}

TEST(Pnl, FeesInThirdAssetsAreToldByThemselves) {
    test::FakeReader reader;
    const auto quiet = SleeveKind::Quiet;
    auto third = fill_row(1, quiet, Side::Buy, Duration{2}, "0"_dec, "0.001"_dec);
    third.fill.fee_asset = kBnb;
    reader.fill_rows = {fill_row(1, quiet, Side::Buy, Duration{1}, "0"_dec, "0.4"_dec), third};
    VaultMark mark = mark_of(1);
    mark.sums.of(quiet).fees = "0.7"_dec;
    mark.sums.of(quiet).fee_float = "0.3"_dec;
    const auto report = pnl(reader, {mark});
    ASSERT_TRUE(report);
    const PnlFigures& figures = find(report.value(), 1, quiet).figures;
    EXPECT_EQ(figures.fees, "0.4"_dec);
    EXPECT_EQ(figures.fees_other.at(kBnb), "0.001"_dec);
}

TEST(Pnl, AMidnightNeedsNoJournal) {
    test::FakeReader reader;
    for (int day = 0; day < 10; ++day)
        for (const SleeveKind sleeve : kSleeveKinds) {
            ports::DayCloseRow row;
            row.vault = VaultId{1};
            row.sleeve = sleeve;
            row.owner = owner();
            row.day = kStart + day * kDay;
            row.balance = Decimal::from_int(100 + day);
            row.unrealised = Decimal::from_int(day);
            row.realised = Decimal::from_int(2 * day);
            reader.close_rows.push_back(row);
        }
    VaultMark mark = mark_of(1);
    mark.seq = 1'000'000;  // none of which the reader has
    const auto report = pnl(reader, {mark}, kStart + 3 * kDay, kStart + 6 * kDay);
    ASSERT_TRUE(report) << report.error().message();
    const PnlRow& row = find(report.value(), 1, SleeveKind::Flash);
    EXPECT_EQ(row.opening.balance, "102"_dec);  // the day before it, number 2, has ended then
    EXPECT_EQ(row.opening.at, kStart + 3 * kDay);
    EXPECT_EQ(row.closing.balance, "105"_dec);
    EXPECT_EQ(row.figures.unrealised_before, "2"_dec);
    EXPECT_EQ(row.figures.net().value(), "9"_dec);
    EXPECT_LE(reader.calls, 5u);
}

TEST(Pnl, RefusesEmptySpans) {
    test::FakeReader reader;
    EXPECT_EQ(pnl(reader, {mark_of(1)}, kStart, kStart).error().field(), "to");
}

TEST(Pnl, ASumOutOfRangeIsAnErrorNotAnAbort) {
    test::FakeReader reader;
    auto fill = fill_row(1, SleeveKind::Quiet, Side::Sell, Duration{1}, "0"_dec, "0"_dec);
    fill.fill.cost = "99999999999999999999"_dec;
    reader.fill_rows = {fill, fill};
    EXPECT_EQ(pnl(reader, {mark_of(1)}).error().code(), Errc::AmountTooLarge);
}

TEST(Pnl, PagesLoseNothingAndCountNothingTwice) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Random random(seed);
        test::FakeReader reader;
        Decimal sum;
        const auto count = random.below(4500);
        const auto spread = 1 + random.below(seed % 2 == 0 ? 3 : 5000);
        for (std::uint64_t i = 0; i < count; ++i) {
            const auto amount = Decimal::from_int(static_cast<std::int64_t>(random.below(1000)));
            sum += "100"_dec;
            reader.fill_rows.push_back(fill_row(
                1, SleeveKind::Quiet, Side::Sell,
                Duration{static_cast<std::int64_t>(random.below(spread))}, amount, "0"_dec));
        }
        const auto report = pnl(reader, {mark_of(1)});
        ASSERT_TRUE(report) << report.error().message();
        const PnlFigures& figures = find(report.value(), 1, SleeveKind::Quiet).figures;
        EXPECT_EQ(figures.trades, count);
        EXPECT_EQ(figures.volume, sum);
        EXPECT_LE(reader.largest_limit, kPageRowsMax);
    }
}

TEST(Pnl, MoreRowsInOneInstantThanAPageHoldsIsAnError) {
    test::FakeReader reader;
    reader.fill_rows.assign(
        10'000, fill_row(1, SleeveKind::Quiet, Side::Sell, Duration{5}, "1"_dec, "0"_dec));
    EXPECT_EQ(pnl(reader, {mark_of(1)}).error().code(), Errc::Internal);
}

TEST(History, OneOrderedSeriesPerSleeveAndMode) {
    test::FakeReader reader;
    for (int day = 2500; day-- > 0;) {
        for (const SleeveKind sleeve : kSleeveKinds) {
            ports::DayCloseRow row;
            row.vault = VaultId{1};
            row.sleeve = sleeve;
            row.owner = owner(day < 100 ? Mode::Paper : Mode::Live);
            row.day = kStart + day * kDay;
            row.balance = Decimal::from_int(day);
            reader.close_rows.push_back(row);
        }
    }
    const auto series = history(reader, VaultId{1}, kStart + kDay, std::nullopt);
    ASSERT_TRUE(series);
    ASSERT_EQ(series.value().size(), 4u);
    EXPECT_EQ(series.value()[0].points.size(), 99u);
    EXPECT_EQ(series.value()[1].points.size(), 2400u);
    for (const HistorySeries& one : series.value())
        EXPECT_TRUE(std::ranges::is_sorted(one.points, {}, &HistoryPoint::day));
    EXPECT_EQ(series.value()[1].points.back().balance, "2499"_dec);
}

TEST(History, FirstAndLastDayAreInIt) {
    test::FakeReader reader;
    for (int day = 0; day < 5; ++day) {
        ports::DayCloseRow row;
        row.vault = VaultId{1};
        row.day = kStart + day * kDay;
        reader.close_rows.push_back(row);
    }
    const auto series = history(reader, VaultId{1}, kStart + kDay, kStart + 3 * kDay);
    ASSERT_TRUE(series);
    ASSERT_EQ(series.value().size(), 1u);
    EXPECT_EQ(series.value()[0].points.front().day, kStart + kDay);
    EXPECT_EQ(series.value()[0].points.back().day, kStart + 3 * kDay);
}

TEST(DecisionWhy, TellsTheLastAndWhatLedToIt) {
    test::FakeReader reader;
    for (int i = 0; i < 8; ++i) {
        ports::DecisionRow row;
        row.vault = VaultId{1};
        row.sleeve = SleeveKind::Flash;
        row.at = kStart + Duration{i};
        row.reason = i == 7 ? "spike" : "no_signal";
        row.repeats = static_cast<std::uint64_t>(i);
        reader.decision_rows.push_back(row);
    }
    const auto why = decision_why(reader, VaultId{1}, SleeveKind::Flash);
    ASSERT_TRUE(why);
    EXPECT_EQ(why.value().decision.reason, "spike");
    EXPECT_EQ(why.value().explanation, explain_reason("spike"));
    ASSERT_EQ(why.value().before.size(), 4u);
    EXPECT_EQ(why.value().before.back().repeats, 6u);
    EXPECT_EQ(decision_why(reader, VaultId{1}, SleeveKind::Quiet).error().code(), Errc::NotFound);
}

TEST(DecisionWhy, EveryReasonOfTheStrategyIsExplained) {
    const auto general = explain_reason("of another release");
    for (int i = 0; i <= static_cast<int>(ports::kLastReason); ++i)
        EXPECT_NE(explain_reason(ports::to_text(static_cast<ports::Reason>(i))), general) << i;
}

TEST(OrderStory, FindsAnOrderBehindManyAndItsFills) {
    test::FakeReader reader;
    for (std::uint32_t i = 1; i <= 2300; ++i) {
        ports::OrderRow row;
        row.id = OrderId{VaultId{1}, SleeveKind::Quiet, i};
        row.decided_at = kStart + Duration{i};
        reader.order_rows.push_back(row);
        auto fill = fill_row(1, SleeveKind::Quiet, Side::Buy, Duration{i + 1}, "0"_dec, "0"_dec);
        fill.fill.order = row.id;
        reader.fill_rows.push_back(fill);
    }
    const auto story = order_story(reader, OrderId{VaultId{1}, SleeveKind::Quiet, 3});
    ASSERT_TRUE(story);
    EXPECT_EQ(story.value().order.id.number, 3u);
    ASSERT_EQ(story.value().fills.size(), 1u);
    EXPECT_EQ(order_story(reader, OrderId{VaultId{1}, SleeveKind::Flash, 3}).error().field(),
              "order");
}

}  // namespace
}  // namespace vault::report
