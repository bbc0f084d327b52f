// Names of decisions, sweeps and trades: text and back, and the row behind them.
#include "daemon/report/row_ids.hpp"

#include "common/base/random.hpp"
#include "daemon/report/explain.hpp"
#include "tests/unit/report/fake_reader.hpp"

#include <gtest/gtest.h>

namespace vault::report {
namespace {

const UtcTime kAt = parse_utc("2024-01-24T23:40:15Z").value();
const Pair kEth = Pair::parse("ETH/USDT").value();
const Pair kStaked = Pair::parse("ETH.S/USDT").value();

ports::DecisionRow decision(Pair pair, UtcTime at, std::string reason) {
    ports::DecisionRow row;
    row.vault = VaultId{1};
    row.sleeve = SleeveKind::Flash;
    row.pair = pair;
    row.at = at;
    row.check = "buy";
    row.reason = std::move(reason);
    return row;
}

TEST(RowIds, DecisionIsTextAndBack) {
    const DecisionId id{VaultId{12}, SleeveKind::Quiet, kStaked.base, kAt, 1};
    EXPECT_EQ(to_text(id), "v12.quiet.ETH.S@2024-01-24T23:40:15Z");
    EXPECT_EQ(parse_decision_id(to_text(id)).value(), id);
    const DecisionId second{VaultId{1}, SleeveKind::Flash, kEth.base, kAt + Duration{7}, 2};
    EXPECT_EQ(to_text(second), "v1.flash.ETH@2024-01-24T23:40:15.007Z#2");
    EXPECT_EQ(parse_decision_id(to_text(second)).value(), second);
    for (const char* wrong :
         {"", "@", "v1.flash@2024-01-24", "v1.ETH@2024-01-24", "v1.flash.eth@2024-01-24",
          "v1.flash.ETH@", "v1.flash.ETH@now", "v1.flash.ETH@2024-01-24#", "x.flash.ETH@2024-01-24",
          "v1.flash.ETH@2024-01-24#0", "v1.flash.ETH@2024-01-24#-1", "v1.flash.ETH"}) {
        const auto parsed = parse_decision_id(wrong);
        ASSERT_FALSE(parsed) << wrong;
        EXPECT_EQ(parsed.error().field(), "decision");
        EXPECT_FALSE(parsed.error().hint().empty());
    }
}

TEST(RowIds, DecisionsOfOneInstantAreToldApartWhereverThePageBegins) {
    test::FakeReader reader;
    reader.decision_rows = {decision(kEth, kAt, "a"), decision(kStaked, kAt, "b"),
                            decision(kEth, kAt, "c"), decision(kEth, kAt, "d"),
                            decision(kEth, kAt + Duration{1}, "e")};
    const auto all = ids_of(reader, reader.decision_rows).value();
    const std::string base = "v1.flash.ETH@2024-01-24T23:40:15";
    EXPECT_EQ(all, (std::vector<std::string>{base + "Z", "v1.flash.ETH.S@2024-01-24T23:40:15Z",
                                             base + "Z#2", base + "Z#3", base + ".001Z"}));
    for (std::size_t first = 0; first < all.size(); ++first) {
        const std::vector<ports::DecisionRow> page(
            reader.decision_rows.begin() + static_cast<std::ptrdiff_t>(first),
            reader.decision_rows.end());
        const auto ids = ids_of(reader, page).value();
        for (std::size_t i = 0; i < ids.size(); ++i) {
            EXPECT_EQ(ids[i], all[first + i]) << "page from " << first;
            const auto row = find_decision(reader, parse_decision_id(ids[i]).value());
            ASSERT_TRUE(row) << ids[i];
            EXPECT_EQ(row.value().reason, page[i].reason);
        }
    }
    EXPECT_EQ(
        find_decision(reader, {VaultId{1}, SleeveKind::Flash, kEth.base, kAt, 4}).error().code(),
        Errc::NotFound);
}

TEST(RowIds, SweepIsCalledByTheEntryThatMovedTheMoney) {
    test::FakeReader reader;
    ports::SweepRow sweep;
    sweep.vault = VaultId{1};
    sweep.sleeve = SleeveKind::Flash;
    sweep.at = kAt;
    sweep.kind = "flash_sweep";
    sweep.cause = "fill:paper:T2";
    ports::SweepRow other = sweep;
    other.cause = "fill:paper:T9";
    reader.sweep_rows = {other, sweep};
    ports::EntryRow entry;
    entry.vault = sweep.vault;
    entry.seq = 17;
    entry.kind = sweep.kind;
    entry.cause = sweep.cause;
    entry.at = kAt;
    reader.entry_rows = {entry};
    EXPECT_EQ(ids_of(reader, std::vector{sweep}).value().front(), "v1.flash@17");
    EXPECT_EQ(find_sweep(reader, parse_sweep_id("v1.flash@17").value()).value().cause, sweep.cause);
    EXPECT_EQ(find_sweep(reader, {VaultId{1}, SleeveKind::Quiet, 17}).error().code(),
              Errc::NotFound);
    EXPECT_EQ(find_sweep(reader, {VaultId{1}, SleeveKind::Flash, 16}).error().code(),
              Errc::NotFound);
    EXPECT_EQ(ids_of(reader, std::vector{other}).error().code(), Errc::StoreInvalid);
    for (const char* wrong : {"", "v1.flash", "v1@17", "v1.flash@0", "v1.flash@1.5", "v1.slow@17",
                              "v1.flash@99999999999999999999"})
        EXPECT_FALSE(parse_sweep_id(wrong)) << wrong;
}

TEST(RowIds, TradeOfSeveralAccountsNeedsItsAccount) {
    test::FakeReader reader;
    for (std::uint32_t i = 1; i <= 2; ++i) {
        ports::VaultRow vault;
        vault.id = VaultId{i};
        vault.account = AccountId{i};
        reader.vault_rows.push_back(vault);
        ports::FillRow fill;
        fill.owner.account = AccountId{i};
        fill.fill.trade_id = "T1";
        fill.cycle = i;
        reader.fill_rows.push_back(fill);
    }
    reader.fill_rows[1].fill.trade_id = "T2";
    const std::vector both{AccountId{1}, AccountId{2}};
    EXPECT_EQ(find_trade(reader, parse_trade_id("T1").value(), both).value().cycle, 1u);
    EXPECT_EQ(find_trade(reader, parse_trade_id("a2:T2").value(), both).value().cycle, 2u);
    EXPECT_EQ(find_trade(reader, parse_trade_id("a1:T2").value(), both).error().code(),
              Errc::NotFound);
    reader.fill_rows[1].fill.trade_id = "T1";
    EXPECT_EQ(find_trade(reader, parse_trade_id("T1").value(), both).error().code(),
              Errc::InvalidParams);
    EXPECT_EQ(find_trade(reader, parse_trade_id("a2:T1").value(), both).value().cycle, 2u);
    EXPECT_FALSE(parse_trade_id("a1:"));
    EXPECT_FALSE(parse_trade_id("x:T1"));
}

TEST(Reasons, AreToldInFiguresOnlyIfAllAreThere) {
    ports::DecisionRow row = decision(kEth, kAt, "min_quote");
    EXPECT_EQ(reason_in_figures(row, {{"free_cash", "3"}, {"min_quote", "10"}}),
              "Free cash was 3 USDT, a buy needs 10 USDT.");
    EXPECT_EQ(reason_in_figures(row, {{"free_cash", "3"}}), "");
    row.reason = "max_slippage";
    EXPECT_EQ(reason_in_figures(row, {{"expected_slippage", "0.0051"}, {"max_slippage", "0.005"}}),
              "The fill was expected 0.51 % away from the price, at most 0.5 % is allowed.");
    row.reason = "something new";
    EXPECT_EQ(reason_in_figures(row, {}), "");
    row.reason = "no_signal";
    row.check = "sell";
    EXPECT_EQ(reason_in_figures(row, {{"spike_at", "1"}, {"price", "2"}}), "")
        << "the sentence of the other check";
}

}  // namespace
}  // namespace vault::report
