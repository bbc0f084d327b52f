#include "daemon/secrets/key_ring.hpp"

#include "common/base/random.hpp"
#include "tests/unit/secrets/ring_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace vault::secrets {
namespace {

FieldId field_of(std::uint32_t user, std::uint32_t account, std::uint32_t api_key,
                 std::string name) {
    return {UserId{user}, AccountId{account}, ApiKeyId{api_key}, std::move(name)};
}

std::string plain_of(const FieldId& id) {
    return id.name + " of " + std::to_string(id.user.value) + "/" +
           std::to_string(id.account.value) + "/" + std::to_string(id.api_key.value);
}

class KeyRingTest : public testing::Test {
  protected:
    KeyRingTest() { start(ring, store); }

    static void start(KeyRing& ring, RowStore& store) {
        carry_out(ring, store, ring.add_master(master_key_of(1)));
        for (const std::uint32_t user : {1, 2, 3})
            carry_out(ring, store, ring.add_data_key(UserId{user}));
    }
    // Twelve secrets for each of three users, where "ab" + "c" could be taken for "a" + "bc".
    void fill() {
        std::vector<FieldRow> rows;
        for (const std::uint32_t user : {1, 2, 3})
            for (const std::uint32_t account : {0, 1, 12})
                for (const std::uint32_t api_key : {0, 2})
                    for (const char* name : {"api_secret", "totp_seed"})
                        rows.push_back(sealed(field_of(user, account, api_key, name)));
        store.put(rows);
    }
    FieldRow sealed(const FieldId& id) const {
        return ring.seal(id, secret_of(plain_of(id))).value();
    }
    void expect_all_open(const KeyRing& by) const {
        const auto rows = store.fields();
        EXPECT_EQ(rows.size(), 36U);
        for (const FieldRow& row : rows)
            EXPECT_EQ(by.open(row).value().reveal(), plain_of(row.id));
    }
    Result<KeyRing> reload(const std::vector<std::uint32_t>& numbers) const {
        return KeyRing::load("here", store.masters(), store.data_keys(), master_keys_of(numbers));
    }

    RowStore store;
    KeyRing ring = load(store, {});
};

TEST_F(KeyRingTest, OpensWhatItSealedAlsoAfterALoad) {
    fill();
    expect_all_open(ring);
    expect_all_open(load(store, {1}));
    expect_all_open(load(store, {9, 1, 8}));
    EXPECT_EQ(ring.master(), MasterVersion{1});
    EXPECT_EQ(ring.data_key(UserId{2}), DataKeyVersion{1});
    EXPECT_EQ(ring.data_key(UserId{4}), DataKeyVersion{});
    EXPECT_FALSE(ring.changes_master());
    EXPECT_TRUE(ring.users_in_change().empty());
    EXPECT_TRUE(ring.unreadable().empty());
}

TEST_F(KeyRingTest, RowsShowNoSecret) {
    const FieldRow row = sealed(field_of(1, 1, 1, "api_secret"));
    EXPECT_EQ(row.value.ciphertext.find("api_secret"), std::string::npos);
    for (const DataKeyRow& key : store.data_keys())
        EXPECT_EQ(key.key.ciphertext.size(), 48U);
}

TEST_F(KeyRingTest, NamesAUserWithoutADataKey) {
    const auto row = ring.seal(field_of(4, 0, 0, "totp_seed"), secret_of("x"));
    ASSERT_FALSE(row.has_value());
    EXPECT_EQ(row.error().code(), Errc::NotFound);
    EXPECT_NE(row.error().message().find("u4"), std::string::npos);
}

// A row made of the columns of two genuine ones opens only if it is one of them.
TEST_F(KeyRingTest, MixedRowsNeverOpen) {
    constexpr std::uint64_t kSeed = 20'261'129;
    SCOPED_TRACE("seed " + std::to_string(kSeed));
    fill();
    carry_out(ring, store, ring.add_data_key(UserId{1}));  // two versions open for user 1
    store.put({sealed(field_of(1, 5, 5, "api_secret")), sealed(field_of(1, 5, 5, "totp_seed"))});
    const std::vector<FieldRow> rows = store.fields();
    Random random{kSeed};
    int refused = 0;
    for (int i = 0; i < 10'000; ++i) {
        FieldRow mixed = rows[random.below(rows.size())];
        const FieldRow& other = rows[random.below(rows.size())];
        const auto take = [&] { return random.below(2) == 0; };
        if (take()) mixed.id.user = other.id.user;
        if (take()) mixed.id.account = other.id.account;
        if (take()) mixed.id.api_key = other.id.api_key;
        if (take()) mixed.id.name = other.id.name;
        if (take()) mixed.version = other.version;
        if (take()) mixed.value.nonce = other.value.nonce;
        if (take()) mixed.value.ciphertext = other.value.ciphertext;
        const bool is_genuine = std::ranges::find(rows, mixed) != rows.end();
        ASSERT_EQ(ring.open(mixed).has_value(), is_genuine) << "try " << i;
        refused += is_genuine ? 0 : 1;
    }
    EXPECT_GT(refused, 8'000);
}

// Once, and for each pair of rows: the whole value of one in the place of the other.
TEST_F(KeyRingTest, SwappedValuesNeverOpen) {
    fill();
    const std::vector<FieldRow> rows = store.fields();
    for (const FieldRow& place : rows)
        for (const FieldRow& origin : rows) {
            FieldRow swapped = place;
            swapped.value = origin.value;
            ASSERT_EQ(ring.open(swapped).has_value(), place == origin);
        }
}

TEST_F(KeyRingTest, RefusesChangedBitsAndCuts) {
    const FieldRow row = sealed(field_of(1, 1, 1, "api_secret"));
    for (std::size_t bit = 0; bit < 8 * row.value.ciphertext.size(); ++bit) {
        FieldRow changed = row;
        char& byte = changed.value.ciphertext[bit / 8];
        byte = static_cast<char>(byte ^ (1 << bit % 8));
        const auto opened = ring.open(changed);
        ASSERT_FALSE(opened.has_value());
        EXPECT_EQ(opened.error().code(), Errc::StoreInvalid);
        EXPECT_NE(opened.error().message().find("api_secret of u1"), std::string::npos);
    }
    for (std::size_t size = 0; size < row.value.ciphertext.size(); ++size) {
        FieldRow cut = row;
        cut.value.ciphertext.resize(size);
        EXPECT_FALSE(ring.open(cut).has_value());
    }
}

TEST_F(KeyRingTest, AnotherDeploymentWithTheSameMasterKeyOpensNothing) {
    fill();
    const auto masters = store.masters();
    const auto there = KeyRing::load("there", masters, store.data_keys(), master_keys_of({1}));
    ASSERT_FALSE(there.has_value());
    EXPECT_EQ(there.error().code(), Errc::PermissionDenied);
    RowStore other_store;
    KeyRing other = load(other_store, {}, "there");
    start(other, other_store);
    for (const FieldRow& row : store.fields())
        EXPECT_FALSE(other.open(row).has_value());
    for (const char* name : {"", "Here", "a b", "a\nb"})
        EXPECT_EQ(KeyRing::load(name, {}, {}, {}).error().code(), Errc::InvalidParams);
}

TEST_F(KeyRingTest, SwappedOrChangedDataKeysDoNotOpen) {
    fill();
    std::vector<DataKeyRow> keys = store.data_keys();
    std::swap(keys[0].key, keys[1].key);
    keys[2].master = MasterVersion{2};
    const KeyRing bad = KeyRing::load("here", store.masters(), keys, master_keys_of({1})).value();
    EXPECT_EQ(bad.unreadable().size(), 3U);
    for (const FieldRow& row : store.fields())
        EXPECT_EQ(bad.open(row).error().code(), Errc::StoreInvalid);
    keys = store.data_keys();
    keys[0].least = DataKeyVersion{0};
    EXPECT_EQ(KeyRing::load("here", store.masters(), keys, master_keys_of({1}))
                  .value()
                  .unreadable()
                  .size(),
              1U);
}

TEST_F(KeyRingTest, RefusesRowsThatDoNotFit) {
    const auto code = [&](std::vector<MasterRow> masters, std::vector<DataKeyRow> keys) {
        return KeyRing::load("here", std::move(masters), std::move(keys), master_keys_of({1}))
            .error()
            .code();
    };
    const auto masters = store.masters();
    auto keys = store.data_keys();
    EXPECT_EQ(code({}, keys), Errc::StoreInvalid);
    EXPECT_EQ(code({masters[0], masters[0]}, keys), Errc::StoreInvalid);
    EXPECT_EQ(code(masters, {keys[0], keys[0]}), Errc::StoreInvalid);
    auto lowered = masters;
    lowered[0].least = MasterVersion{0};
    EXPECT_EQ(code(lowered, keys), Errc::PermissionDenied);
    keys[0].least = DataKeyVersion{2};
    EXPECT_EQ(code(masters, keys), Errc::StoreInvalid);
}

TEST_F(KeyRingTest, SaysWhenTheMasterKeyIsNotAtHand) {
    for (const std::vector<std::uint32_t>& numbers : {std::vector<std::uint32_t>{}, {2}, {2, 3}}) {
        const auto without = reload(numbers);
        ASSERT_FALSE(without.has_value());
        EXPECT_EQ(without.error().code(), Errc::PermissionDenied);
        EXPECT_NE(without.error().hint().find("escrow"), std::string::npos);
    }
}

// ---- change of the master key

TEST_F(KeyRingTest, ChangesTheMasterKeyWhileEverythingOpens) {
    fill();
    carry_out(ring, store, ring.add_master(master_key_of(2)));
    EXPECT_EQ(ring.master(), MasterVersion{2});
    EXPECT_TRUE(ring.changes_master());
    EXPECT_EQ(reload({1}).error().code(), Errc::PermissionDenied);
    EXPECT_EQ(reload({2}).error().code(), Errc::PermissionDenied);
    int steps = 0;
    finish_master(ring, store, 1, [&] {
        ++steps;
        expect_all_open(ring);
        expect_all_open(load(store, {1, 2}));
    });
    EXPECT_EQ(steps, 4);  // three data keys and the end
    EXPECT_FALSE(ring.changes_master());
    expect_all_open(load(store, {2}));
    EXPECT_EQ(reload({1}).error().code(), Errc::PermissionDenied);
    EXPECT_EQ(store.masters().size(), 1U);
    EXPECT_EQ(store.masters()[0].least, MasterVersion{2});
}

TEST_F(KeyRingTest, AnOldMasterKeyOpensNothingAfterTheChange) {
    fill();
    const auto old_masters = store.masters();
    const auto old_keys = store.data_keys();
    carry_out(ring, store, ring.add_master(master_key_of(2)));
    finish_master(ring, store);
    // Old rows put back beside the new one, both keys at hand.
    auto masters = store.masters();
    masters.push_back(old_masters[0]);
    const KeyRing mixed = KeyRing::load("here", masters, old_keys, master_keys_of({1, 2})).value();
    EXPECT_EQ(mixed.unreadable().size(), 3U);
    for (const FieldRow& row : store.fields())
        EXPECT_EQ(mixed.open(row).error().code(), Errc::StoreInvalid);
    // `least` lowered in the new row: its canary does not open any more.
    masters[0].least = MasterVersion{1};
    EXPECT_EQ(KeyRing::load("here", masters, old_keys, master_keys_of({1, 2})).error().code(),
              Errc::PermissionDenied);
}

TEST_F(KeyRingTest, OneChangeAtATime) {
    const RowChanges proposed = ring.add_master(master_key_of(2)).value();
    EXPECT_EQ(ring.add_master(master_key_of(3)).error().code(), Errc::WrongState);
    EXPECT_EQ(ring.rewrap(1).error().code(), Errc::WrongState);
    EXPECT_EQ(ring.add_data_key(UserId{4}).error().code(), Errc::WrongState);
    EXPECT_EQ(ring.reseal(UserId{1}, {}).error().code(), Errc::WrongState);
    ring.drop();
    EXPECT_EQ(ring.master(), MasterVersion{1});
    EXPECT_EQ(ring.add_master(master_key_of(1)).error().code(), Errc::Exists);
    carry_out(ring, store, ring.add_master(master_key_of(2)));
    EXPECT_EQ(ring.add_master(master_key_of(3)).error().code(), Errc::WrongState);
    carry_out(ring, store, ring.add_data_key(UserId{4}));
    EXPECT_EQ(store.data_keys().back().master, MasterVersion{2});
    carry_out(ring, store, ring.add_data_key(UserId{1}));
    EXPECT_EQ(ring.add_data_key(UserId{1}).error().code(), Errc::WrongState);
}

TEST_F(KeyRingTest, ARingWithoutMasterKeyKeepsNothing) {
    KeyRing empty = load(RowStore{}, {1});
    EXPECT_EQ(empty.master(), MasterVersion{});
    EXPECT_FALSE(empty.add_data_key(UserId{1}).has_value());
    EXPECT_EQ(empty.escrow(secret_of("long enough to be one")).error().code(), Errc::WrongState);
    EXPECT_TRUE(empty.rewrap(1).value().empty());
}

// ---- change of a data key

TEST_F(KeyRingTest, ChangesADataKeyWhileEverythingOpens) {
    fill();
    const auto old = store.outdated(UserId{2}, DataKeyVersion{2}, 100);
    carry_out(ring, store, ring.add_data_key(UserId{2}));
    EXPECT_EQ(ring.users_in_change(), std::vector{UserId{2}});
    int steps = 0;
    finish_user(ring, store, UserId{2}, 5, [&] {
        ++steps;
        expect_all_open(ring);
        expect_all_open(load(store, {1}));
    });
    EXPECT_EQ(steps, 4);  // 5 + 5 + 2 fields and the end
    EXPECT_TRUE(ring.users_in_change().empty());
    EXPECT_TRUE(store.outdated(UserId{2}, DataKeyVersion{2}, 1).empty());
    for (const FieldRow& row : old) {
        const auto opened = ring.open(row);
        ASSERT_FALSE(opened.has_value());
        EXPECT_EQ(opened.error().code(), Errc::StoreInvalid);
        EXPECT_NE(opened.error().message().find("nothing below 2"), std::string::npos);
    }
}

TEST_F(KeyRingTest, AnOldDataKeyPutBackOpensNothing) {
    fill();
    const auto old_fields = store.outdated(UserId{2}, DataKeyVersion{2}, 100);
    auto keys = store.data_keys();
    const DataKeyRow old_key = keys[1];
    ASSERT_EQ(old_key.id.user, UserId{2});
    carry_out(ring, store, ring.add_data_key(UserId{2}));
    finish_user(ring, store, UserId{2});
    keys = store.data_keys();
    keys.push_back(old_key);
    const auto all_refused = [&] {
        const KeyRing tried =
            KeyRing::load("here", store.masters(), keys, master_keys_of({1})).value();
        return std::ranges::none_of(old_fields,
                                    [&](const FieldRow& row) { return !!tried.open(row); });
    };
    EXPECT_TRUE(all_refused());
    for (DataKeyRow& key : keys)
        if (key.id == DataKeyId{UserId{2}, DataKeyVersion{2}}) key.least = DataKeyVersion{1};
    EXPECT_TRUE(all_refused());
}

// A field that was sealed by the old key and written after the last page was read.
TEST_F(KeyRingTest, TheEndWaitsForAFieldThatCameLate) {
    fill();
    const FieldRow late = sealed(field_of(2, 0, 0, "totp_seed"));
    carry_out(ring, store, ring.add_data_key(UserId{2}));
    while (!store.outdated(UserId{2}, DataKeyVersion{2}, 1).empty())
        carry_out(ring, store,
                  ring.reseal(UserId{2}, store.outdated(UserId{2}, DataKeyVersion{2}, 10)));
    const RowChanges end = ring.reseal(UserId{2}, {}).value();
    ASSERT_TRUE(end.only_if.has_value());
    store.put(late);
    EXPECT_FALSE(store.commit(end));
    ring.drop();
    finish_user(ring, store, UserId{2});
    expect_all_open(load(store, {1}));
    EXPECT_TRUE(ring.users_in_change().empty());
}

TEST_F(KeyRingTest, ANewerValueIsNotReplacedByTheOldOne) {
    fill();
    carry_out(ring, store, ring.add_data_key(UserId{2}));
    const auto page = store.outdated(UserId{2}, DataKeyVersion{2}, 100);
    const RowChanges step = ring.reseal(UserId{2}, page).value();
    const FieldId id = page[3].id;
    store.put(ring.seal(id, secret_of("a newer value")).value());
    ASSERT_TRUE(store.commit(step));
    ring.adopt(step);
    finish_user(ring, store, UserId{2});
    for (const FieldRow& row : store.fields()) {
        const std::string expected = row.id == id ? "a newer value" : plain_of(row.id);
        EXPECT_EQ(ring.open(row).value().reveal(), expected);
    }
}

TEST_F(KeyRingTest, ResealsOnlyOutdatedRowsOfTheUser) {
    fill();
    carry_out(ring, store, ring.add_data_key(UserId{2}));
    const std::vector<FieldRow> foreign{sealed(field_of(1, 0, 0, "totp_seed"))};
    const std::vector<FieldRow> current{sealed(field_of(2, 0, 0, "totp_seed"))};
    EXPECT_EQ(ring.reseal(UserId{2}, foreign).error().code(), Errc::InvalidParams);
    EXPECT_EQ(ring.reseal(UserId{2}, current).error().code(), Errc::InvalidParams);
    EXPECT_EQ(ring.reseal(UserId{9}, {}).error().code(), Errc::NotFound);
    EXPECT_TRUE(ring.reseal(UserId{1}, {}).value().empty());
}

TEST_F(KeyRingTest, AFieldThatDoesNotOpenStopsTheChangeAndIsNamed) {
    fill();
    auto broken = store.fields()[14];
    ASSERT_EQ(broken.id.user, UserId{2});
    broken.value.ciphertext[0] = static_cast<char>(broken.value.ciphertext[0] ^ 1);
    store.put(broken);
    carry_out(ring, store, ring.add_data_key(UserId{2}));
    const auto page = store.outdated(UserId{2}, DataKeyVersion{2}, 100);
    const auto step = ring.reseal(UserId{2}, page);
    ASSERT_FALSE(step.has_value());
    EXPECT_NE(step.error().message().find(broken.id.name), std::string::npos);
    EXPECT_EQ(ring.users_in_change().size(), 1U);
}

// Each change of both kinds, stopped before and after each commit; the next process starts from the
// rows alone.
TEST_F(KeyRingTest, GoesOnFromTheRowsAfterEachStep) {
    fill();
    const auto again = [&](KeyRing& now) {
        now = load(store, {1, 2});
        expect_all_open(now);
        return true;
    };
    const auto each_step = [&](const std::function<Result<RowChanges>()>& propose) {
        ASSERT_FALSE(propose().value().empty());
        again(ring);  // died before the commit
        const RowChanges changes = propose().value();
        ASSERT_TRUE(store.commit(changes));
        again(ring);  // died after it
    };
    each_step([&] { return ring.add_master(master_key_of(2)); });
    while (ring.changes_master())
        each_step([&] { return ring.rewrap(2); });
    for (const std::uint32_t user : {1, 2, 3}) {
        each_step([&] { return ring.add_data_key(UserId{user}); });
        while (!ring.users_in_change().empty())
            each_step([&] {
                const UserId id = ring.users_in_change().front();
                const auto page = store.outdated(id, ring.data_key(id), 5);
                return ring.reseal(id, page);
            });
    }
    expect_all_open(load(store, {2}));
    EXPECT_EQ(store.data_keys().size(), 3U);
}

// ---- escrow

constexpr PassphraseCost kCheap{2, 19'456};

TEST_F(KeyRingTest, TheEscrowCopyBringsTheInstallationBack) {
    fill();
    const LockedKey copy = ring.escrow(secret_of("written on a card"), kCheap).value();
    EXPECT_TRUE(ring.drill(copy, secret_of("written on a card")).has_value());
    const LockedKey read = parse_locked_key(to_text(copy)).value();
    std::vector<MasterKey> keys;
    keys.push_back(unlock(read, secret_of("written on a card")).value());
    expect_all_open(
        KeyRing::load(read.deployment, store.masters(), store.data_keys(), std::move(keys))
            .value());
}

TEST_F(KeyRingTest, TheDrillFindsAWrongPassphraseAndAStaleOrForeignCopy) {
    const auto passphrase = [] { return secret_of("written on a card"); };
    const LockedKey copy = ring.escrow(passphrase(), kCheap).value();
    EXPECT_EQ(ring.drill(copy, secret_of("written on a cart")).error().code(),
              Errc::PermissionDenied);
    LockedKey foreign = copy;
    foreign.deployment = "there";
    EXPECT_EQ(ring.drill(foreign, passphrase()).error().code(), Errc::WrongState);
    const LockedKey wrong_key =
        lock(master_key_of(5), "here", MasterVersion{1}, passphrase(), kCheap).value();
    EXPECT_EQ(ring.drill(wrong_key, passphrase()).error().code(), Errc::WrongState);
    carry_out(ring, store, ring.add_master(master_key_of(2)));
    const auto stale = ring.drill(copy, passphrase());
    ASSERT_FALSE(stale.has_value());
    EXPECT_NE(stale.error().hint().find("new escrow copy"), std::string::npos);
    EXPECT_TRUE(ring.drill(ring.escrow(passphrase(), kCheap).value(), passphrase()).has_value());
}

}  // namespace
}  // namespace vault::secrets
