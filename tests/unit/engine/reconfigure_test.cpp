// Settings that change while the shard runs: new accounts get them, old accounts keep theirs.
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

EngineOptions with_fee(std::string_view fee) {
    EngineOptions options;
    options.paper.fee_rate = dec(fee);
    return options;
}

TEST(Reconfigure, PaperSettingsAreThoseOfAccountsAddedLater) {
    OpenDesk desk{{.fee = "0.003"}};
    const exchange::SimSettings before = desk.venue().settings();
    desk.shard().configure(with_fee("0.001"));
    desk.must(cmd::AddAccount{"ann", "paper", "second"});
    EXPECT_EQ(desk.venue(AccountId{2}).settings().fee_rate, "0.001"_dec);
    EXPECT_EQ(desk.venue().settings().fee_rate, before.fee_rate);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(desk.venue(AccountId{2}).settings().fee_rate, "0.001"_dec);
    EXPECT_EQ(desk.venue().settings().fee_rate, before.fee_rate);
}

TEST(Reconfigure, TheCatalogueStays) {
    OpenDesk desk;
    const auto before = desk.world().catalogues.at("paper").pairs.size();
    ASSERT_GT(before, 0U);
    desk.shard().configure(with_fee("0.001"));  // its catalogue is empty
    EXPECT_EQ(desk.world().catalogues.at("paper").pairs.size(), before);
}

TEST(Reconfigure, ABatchIsFullAtTheNewSize) {
    OpenDesk desk;
    EngineOptions options = with_fee("0");
    options.batch_rows_max = 1;
    EXPECT_FALSE(desk.shard().batch_full());
    desk.shard().configure(options);
    ports::CallContext context;
    context.actor = "ann";
    const auto render = [](const ports::View&) { return std::string{"{}"}; };
    ASSERT_TRUE(desk.shard().apply(context, cmd::CreateUser{"bob", Role::Member}, render));
    EXPECT_TRUE(desk.shard().batch_full());
}

}  // namespace
}  // namespace vault::engine::test
