#include "common/domain/ids.hpp"

#include "common/domain/order.hpp"

#include <gtest/gtest.h>

#include <string>

namespace vault {
namespace {

TEST(Ids, ReadAndWrite) {
    EXPECT_EQ(to_text(UserId{1}), "u1");
    EXPECT_EQ(to_text(AccountId{20}), "a20");
    EXPECT_EQ(to_text(VaultId{4294967295U}), "v4294967295");
    EXPECT_EQ(parse_user_id("u1").value(), UserId{1});
    EXPECT_EQ(parse_account_id("a20").value(), AccountId{20});
    EXPECT_EQ(parse_vault_id("v4294967295").value(), VaultId{4294967295U});
}

TEST(Ids, RefuseOtherForms) {
    for (const char* text : {"", "v", "1", "u1", "V1", "v0", "v01", "v-1", "v+1", "v1 ", " v1",
                             "v1x", "v4294967296", "v99999999999999999999", "v1.5", "vv1"}) {
        const auto id = parse_vault_id(text);
        ASSERT_FALSE(id.has_value()) << text;
        EXPECT_EQ(id.error().code(), Errc::InvalidParams);
        EXPECT_EQ(id.error().hint(), "ids look like v1");
    }
    EXPECT_LT(parse_vault_id(std::string(100'000, '9')).error().message().size(), 100U);
}

TEST(Ids, OrderIdsAreVaultSleeveNumber) {
    const OrderId id{VaultId{3}, SleeveKind::Flash, 12};
    EXPECT_EQ(to_text(id), "v3.flash.12");
    EXPECT_EQ(parse_order_id("v3.flash.12").value(), id);
    for (const char* text : {"", "v3", "v3.flash", "v3.flash.", "v3.flash.0", "v3.flash.01",
                             "v3.loud.1", "v0.flash.1", "3.flash.1", "v3.flash.1.2", "v3..1",
                             "v3.flash.v1", "v3.flash.-1", "v3.FLASH.1", "v3.flash.4294967296"})
        EXPECT_FALSE(parse_order_id(text).has_value()) << text;
}

template <class Enum, class Parse>
void expect_round_trip(std::initializer_list<Enum> all, Parse parse) {
    for (const Enum value : all) {
        ASSERT_FALSE(to_text(value).empty());
        EXPECT_EQ(parse(to_text(value)).value(), value);
    }
    EXPECT_FALSE(parse("").has_value());
    EXPECT_FALSE(parse("Nonsense").has_value());
}

TEST(Ids, NamesRoundTrip) {
    expect_round_trip({SleeveKind::Quiet, SleeveKind::Flash}, parse_sleeve_kind);
    expect_round_trip({Mode::Paper, Mode::Validate, Mode::Live}, parse_mode);
    expect_round_trip({Side::Buy, Side::Sell}, parse_side);
    expect_round_trip({Role::Admin, Role::Moderator, Role::Member, Role::Auditor}, parse_role);
    expect_round_trip(
        {OrderState::Intent, OrderState::Sending, OrderState::Open, OrderState::Partial,
         OrderState::Filled, OrderState::Canceled, OrderState::Expired, OrderState::Rejected,
         OrderState::NotSent, OrderState::Dead, OrderState::Unresolved, OrderState::Revived},
        parse_order_state);
    EXPECT_EQ(parse_role("boss").error().hint(), "one of: admin, moderator, member, auditor");
}

TEST(Ids, UnresolvedIsNotTheEndOfAnOrder) {
    EXPECT_FALSE(is_terminal(OrderState::Unresolved));
    EXPECT_FALSE(is_terminal(OrderState::Revived));
    EXPECT_FALSE(is_terminal(OrderState::Partial));
    EXPECT_TRUE(is_terminal(OrderState::Filled));
    EXPECT_TRUE(is_terminal(OrderState::Dead));
}

}  // namespace
}  // namespace vault
