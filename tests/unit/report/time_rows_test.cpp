#include "daemon/report/time_rows.hpp"

#include "tests/unit/report/fake_reader.hpp"

#include <gtest/gtest.h>

namespace vault::report {
namespace {

const UtcTime kStart = parse_utc("2021-04-01").value();
constexpr AccountId kA1{1};

TimeRows<ports::PriceRow> rows_of(UtcTime from, UtcTime to) {
    return {[](ports::StoreReader& reader, const ports::RowFilter& filter) {
                return reader.prices(kA1, filter);
            },
            {},
            from,
            to};
}

// Every one of them once, oldest first, in reads of at most a page and one.
TEST(TimeRows, ReadsDenseAndSparseTimesFromTheOldestOn) {
    test::FakeReader reader;
    std::vector<UtcTime> wanted;
    UtcTime at = kStart;
    const auto add = [&](int count, Duration every) {
        for (int i = 0; i < count; ++i) {
            reader.price_rows.push_back({kA1, {}, at, kOne});
            wanted.push_back(at);
            at += every;
        }
    };
    add(2500, Duration{1000});
    at += std::chrono::hours{24 * 200};
    add(30, std::chrono::hours{1});
    add(3, std::chrono::hours{24 * 30});
    TimeRows<ports::PriceRow> rows = rows_of(kStart, at);
    std::vector<UtcTime> found;
    while (rows.starved() || rows.front() != nullptr) {
        if (rows.starved()) {
            ASSERT_TRUE(rows.fill(reader));
            continue;
        }
        found.push_back(rows.front()->at);
        rows.pop();
    }
    EXPECT_EQ(found, wanted);
    EXPECT_EQ(reader.largest_limit, kPageRows + 1);
    EXPECT_LT(reader.calls, 60U);
}

TEST(TimeRows, KeepsToItsSpan) {
    test::FakeReader reader;
    for (int i = 0; i < 5; ++i)
        reader.price_rows.push_back({kA1, {}, kStart + Duration{i}, kOne});
    TimeRows<ports::PriceRow> rows = rows_of(kStart + Duration{1}, kStart + Duration{3});
    ASSERT_TRUE(rows.fill(reader));
    ASSERT_NE(rows.front(), nullptr);
    EXPECT_EQ(rows.front()->at, kStart + Duration{1});
    rows.pop();
    rows.pop();
    EXPECT_EQ(rows.front(), nullptr);
    EXPECT_FALSE(rows.starved());
}

TEST(TimeRows, RefusesMoreInAMillisecondThanAPageHolds) {
    test::FakeReader reader;
    reader.price_rows.assign(kPageRows + 1, {kA1, {}, kStart, kOne});
    TimeRows<ports::PriceRow> rows = rows_of(kStart, kStart + Duration{1000});
    Result<void> filled = success();
    for (int i = 0; i < 20 && filled; ++i)
        filled = rows.fill(reader);
    ASSERT_FALSE(filled);
    EXPECT_EQ(filled.error().code(), Errc::Internal);
}

}  // namespace
}  // namespace vault::report
