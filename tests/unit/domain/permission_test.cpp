#include "common/domain/permission.hpp"

#include <gtest/gtest.h>

namespace vault {
namespace {

TEST(Permission, EverySetReadsBackFromItsText) {
    for (unsigned bits = 0; bits < 32; ++bits) {
        PermissionSet set;
        for (const Permission permission : kPermissions)
            if ((bits >> static_cast<unsigned>(permission) & 1U) != 0) set.add(permission);
        EXPECT_EQ(parse_permissions(to_text(set)).value(), set) << to_text(set);
    }
    EXPECT_EQ(to_text(PermissionSet::all()), "trade,allocate,keys,reports,live");
    EXPECT_EQ(to_text(PermissionSet{}), "");
}

TEST(Permission, AddAndRemove) {
    PermissionSet set{Permission::Trade, Permission::Live};
    EXPECT_TRUE(set.has(Permission::Live));
    EXPECT_FALSE(set.has(Permission::Keys));
    set.remove(Permission::Live);
    set.remove(Permission::Keys);
    EXPECT_EQ(set, PermissionSet{Permission::Trade});
    set.remove(Permission::Trade);
    EXPECT_TRUE(set.empty());
}

TEST(Permission, AWrongWordIsRefusedWithTheRightOnes) {
    for (const char* text : {"trades", "Trade", "trade,", "trade,,keys", ",trade", "trade keys"}) {
        const auto set = parse_permissions(text);
        ASSERT_FALSE(set.has_value()) << text;
        EXPECT_EQ(set.error().code(), Errc::InvalidParams);
        EXPECT_NE(set.error().hint().find("allocate"), std::string::npos);
    }
}

}  // namespace
}  // namespace vault
