// Visible: each list shows the rows of those whom the caller may see, and its limit counts these.
// The same on SQLite and in memory.
#include "tests/unit/store/store_world.hpp"

namespace vault::store::test {

namespace {

const Pair kPair = Pair::parse("ETH/USDT").value();

// u1 admin, u2 and u3 members, u4 moderator; u0 is nobody.
constexpr std::uint32_t kUsers = 4;

std::vector<std::uint32_t> users_of(const auto& rows) {
    std::vector<std::uint32_t> users;
    for (const auto& row : rows) {
        if constexpr (requires { row.owner; })
            users.push_back(row.owner.user.value);
        else
            users.push_back(row.user.value);
    }
    return users;
}

using Users = std::vector<std::uint32_t>;

ports::Visible own(std::uint32_t user) {
    return {.everyones = false, .members = false, .own = UserId{user}};
}
ports::Visible members_and(std::uint32_t user) {
    return {.everyones = false, .members = true, .own = UserId{user}};
}

}  // namespace

template <class World>
class VisibleConformance : public testing::Test {
  protected:
    void SetUp() override {
        maker.resume(world.store().load(kShard).value());
        ports::Batch batch = maker.next();
        maker.open_vaults(batch, 1);
        add_user(batch, 2, Role::Member);
        add_user(batch, 3, Role::Member);
        add_user(batch, 4, Role::Moderator);
        ASSERT_EQ(commit(world, batch).status, ports::CommitStatus::Durable);
        ports::ChainHead trail;
        // A row of each kind for u0, u1 … u4, and the same again later.
        for (std::uint32_t i = 0; i < 2 * (kUsers + 1); ++i) {
            ports::Batch rows = maker.next();
            maker.history(rows, VaultId{1});
            rows.orders.front().id.number = i + 1;
            own_all(rows, UserId{i % (kUsers + 1)});
            ports::seal(rows.audits, trail);
            ASSERT_EQ(commit(world, rows).status, ports::CommitStatus::Durable);
        }
    }
    static void add_user(ports::Batch& batch, std::uint32_t id, Role role) {
        ports::UserRow row = batch.users.front();
        row.id = UserId{id};
        row.name = to_text(row.id);
        row.role = role;
        batch.users.push_back(row);
    }
    static void own_all(ports::Batch& batch, UserId user) {
        const auto give = [user](auto& rows) {
            for (auto& row : rows)
                row.owner.user = user;
        };
        give(batch.orders), give(batch.fills), give(batch.decisions), give(batch.allocations);
        give(batch.sweeps), give(batch.pauses), give(batch.cycles), give(batch.day_closes);
        give(batch.events);
        batch.audits.resize(1);
        batch.audits.front().user = user;
    }
    void set_role(std::uint32_t user, Role role) {
        ports::UserRow row = world.reader().user(UserId{user}).value().value();
        row.role = role;
        ports::Batch batch = maker.next();
        batch.users = {row};
        ASSERT_EQ(commit(world, batch).status, ports::CommitStatus::Durable);
    }
    void expect_lists(const ports::RowFilter& filter, const Users& users) {
        auto& reader = world.reader();
        EXPECT_EQ(users_of(reader.orders(filter).value()), users);
        EXPECT_EQ(users_of(reader.fills(filter).value()), users);
        EXPECT_EQ(users_of(reader.decisions(filter).value()), users);
        EXPECT_EQ(users_of(reader.allocations(filter).value()), users);
        EXPECT_EQ(users_of(reader.sweeps(filter).value()), users);
        EXPECT_EQ(users_of(reader.pauses(filter).value()), users);
        EXPECT_EQ(users_of(reader.cycles(filter).value()), users);
        EXPECT_EQ(users_of(reader.day_closes(filter).value()), users);
        EXPECT_EQ(users_of(reader.events(filter).value()), users);
    }
    Users audits(const ports::AuditFilter& filter) {
        return users_of(world.reader().audits(filter).value());
    }
    World world;
    BatchMaker maker;
};

using Worlds = testing::Types<MemoryWorld, SqliteWorld>;
TYPED_TEST_SUITE(VisibleConformance, Worlds);

TYPED_TEST(VisibleConformance, ListsShowOnesOwnAndNobodys) {
    ports::RowFilter filter;
    this->expect_lists(filter, {0, 1, 2, 3, 4, 0, 1, 2, 3, 4});
    filter.visible = own(3);
    this->expect_lists(filter, {0, 3, 0, 3});
    filter.visible = own(0);
    this->expect_lists(filter, {0, 0});
    filter.visible = own(99);
    this->expect_lists(filter, {0, 0});
}

TYPED_TEST(VisibleConformance, ListsShowThoseWhoAreMembersNow) {
    ports::RowFilter filter;
    filter.visible = members_and(4);
    this->expect_lists(filter, {0, 2, 3, 4, 0, 2, 3, 4});
    filter.visible = members_and(0);
    this->expect_lists(filter, {0, 2, 3, 0, 2, 3});
    this->set_role(2, Role::Auditor);
    this->set_role(1, Role::Member);
    filter.visible = members_and(4);
    this->expect_lists(filter, {0, 1, 3, 4, 0, 1, 3, 4});
    EXPECT_EQ(this->audits({.visible = members_and(4)}), (Users{1, 3, 4, 1, 3, 4}));
}

TYPED_TEST(VisibleConformance, TheLimitCountsWhatIsSeen) {
    ports::RowFilter filter;
    filter.visible = own(2);
    filter.limit = 3;
    this->expect_lists(filter, {2, 0, 2});
    filter.visible = members_and(1);
    filter.limit = 5;
    this->expect_lists(filter, {3, 0, 1, 2, 3});
    EXPECT_EQ(this->audits({.visible = own(2), .limit = 1}), (Users{2}));
    EXPECT_EQ(this->audits({.visible = members_and(1), .limit = 4}), (Users{3, 1, 2, 3}));
}

TYPED_TEST(VisibleConformance, OtherFiltersNarrowWithinIt) {
    ports::RowFilter filter;
    filter.visible = own(2);
    filter.user = UserId{2};
    this->expect_lists(filter, {2, 2});
    filter.user = UserId{3};
    this->expect_lists(filter, {});
    filter.visible = members_and(4);
    this->expect_lists(filter, {3, 3});
    filter.user = UserId{1};
    this->expect_lists(filter, {});
    EXPECT_EQ(this->audits({.visible = own(2), .user = UserId{3}}), Users{});
    EXPECT_EQ(this->audits({.visible = members_and(4), .user = UserId{3}}), (Users{3, 3}));
}

TYPED_TEST(VisibleConformance, TheAuditTrailHidesWhatIsNobodys) {
    EXPECT_EQ(this->audits({}), (Users{0, 1, 2, 3, 4, 0, 1, 2, 3, 4}));
    EXPECT_EQ(this->audits({.visible = own(3)}), (Users{3, 3}));
    EXPECT_EQ(this->audits({.visible = own(0)}), Users{});
    EXPECT_EQ(this->audits({.visible = members_and(0)}), (Users{2, 3, 2, 3}));
    EXPECT_EQ(this->audits({.visible = members_and(4)}), (Users{2, 3, 4, 2, 3, 4}));
}

// Prices have no user, and events_from no filter: who asks for them decides who may.
TYPED_TEST(VisibleConformance, WhatHasNoUserIsNotNarrowed) {
    ports::RowFilter filter;
    filter.visible = own(99);
    const auto prices = this->world.reader().prices(AccountId{1}, filter).value();
    EXPECT_EQ(prices.size(), 2 * (kUsers + 1));
    EXPECT_EQ(prices.front().pair, kPair);
    EXPECT_EQ(this->world.reader().events_from(1, 100).value().size(), 2 * (kUsers + 1));
}

}  // namespace vault::store::test
