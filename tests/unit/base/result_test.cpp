#include "common/base/result.hpp"

#include "common/base/check.hpp"
#include "common/base/strong.hpp"

#include <gtest/gtest.h>

#include <string>
#include <unordered_set>

namespace vault {
namespace {

Result<int> half(int x) {
    if (x % 2 != 0) return Error{Errc::InvalidParams, "odd", "x", "give an even number"};
    return x / 2;
}

Result<int> quarter(int x, int& steps) {
    VAULT_TRY(const int once, half(x));
    ++steps;
    VAULT_TRY(const int twice, half(once));
    ++steps;
    return twice;
}

Result<void> check_even(int x) {
    VAULT_TRYV(half(x));
    return success();
}

TEST(Result, TryPropagatesTheErrorAndStops) {
    int steps = 0;
    EXPECT_EQ(quarter(12, steps).value(), 3);
    EXPECT_EQ(steps, 2);
    steps = 0;
    const auto failed = quarter(6, steps);
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(steps, 1);
    EXPECT_EQ(failed.error().code(), Errc::InvalidParams);
    EXPECT_EQ(failed.error().message(), "odd");
    EXPECT_EQ(failed.error().field(), "x");
    EXPECT_EQ(failed.error().hint(), "give an even number");
    EXPECT_TRUE(check_even(2).has_value());
    EXPECT_FALSE(check_even(3).has_value());
}

TEST(Result, ErrorIsAValueThatCanBeCompleted) {
    const Error plain{Errc::NotFound, "no vault v7"};
    const Error full = Error{plain}.with_field("vault").with_hint("see vault list");
    EXPECT_EQ(full.field(), "vault");
    EXPECT_EQ(full.hint(), "see vault list");
    EXPECT_NE(plain, full);
    EXPECT_EQ(full, (Error{Errc::NotFound, "no vault v7", "vault", "see vault list"}));
}

TEST(Result, TheValueOfAFailureTerminates) {
    const Result<int> failed = half(1);
    EXPECT_DEATH(static_cast<void>(failed.value()), "");
}

TEST(Check, AFailedCheckSaysWhereAndAborts) {
    const int x = 1;
    VAULT_CHECK(x == 1, "never printed");
    EXPECT_DEATH(VAULT_CHECK(x == 2, "x is off"), "x is off \\(x == 2\\) at .*result_test.cpp");
}

using RowId = Strong<int, struct RowIdTag>;
using ColumnId = Strong<int, struct ColumnIdTag>;
static_assert(!std::is_convertible_v<int, RowId>);
static_assert(!std::is_convertible_v<RowId, ColumnId>);
static_assert(!std::is_constructible_v<RowId, ColumnId>);

TEST(Strong, ComparesAndHashesAsItsValue) {
    EXPECT_LT(RowId{1}, RowId{2});
    EXPECT_EQ(RowId{}, RowId{0});
    const std::unordered_set<RowId> set{RowId{1}, RowId{2}, RowId{1}};
    EXPECT_EQ(set.size(), 2U);
    EXPECT_TRUE(set.contains(RowId{2}));
}

}  // namespace
}  // namespace vault
