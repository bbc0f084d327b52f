#include "daemon/secrets/box.hpp"

#include "tests/unit/secrets/ring_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vault::secrets {
namespace {

constexpr UserId kAnn{1};
constexpr UserId kBob{2};

FieldId field_of(UserId user, std::string name = "totp_seed") {
    return {.user = user, .account = {}, .api_key = {}, .name = std::move(name)};
}

// What a store would hold, as far as a box needs it.
struct Rows {
    ports::SecretRows rows;

    void keep(const ports::SecretChanges& changes) {
        for (const FieldId& id : changes.drop_fields)
            std::erase_if(rows.fields, [&](const FieldRow& row) { return row.id == id; });
        for (const FieldRow& row : changes.put_fields) {
            std::erase_if(rows.fields, [&](const FieldRow& kept) { return kept.id == row.id; });
            rows.fields.push_back(row);
        }
        for (const auto& row : changes.put_masters)
            rows.masters.push_back(row);
        for (const auto& row : changes.put_data_keys)
            rows.data_keys.push_back(row);
    }
};

class BoxTest : public testing::Test {
  protected:
    // With the master keys of these numbers at hand.
    Result<std::unique_ptr<Box>> make(std::vector<std::uint32_t> numbers,
                                      std::string deployment = "here") {
        return Box::create(
            std::move(deployment),
            [this, numbers = std::move(numbers)]() -> Result<std::vector<MasterKey>> {
                ++looked;
                if (missing) return Error{Errc::NotFound, "no file"};
                return master_keys_of(numbers);
            },
            store.rows);
    }
    void keep(Box& of, const ports::SecretChanges& changes) {
        store.keep(changes);
        of.adopt(changes);
    }
    void prepare(Box& of, UserId user) {
        for (;;) {
            const auto changes = of.prepare(user);
            ASSERT_TRUE(changes.has_value());
            if (changes.value().empty()) return;
            keep(of, changes.value());
        }
    }
    void put(Box& of, const FieldId& id, std::string text) {
        ports::SecretChanges changes;
        changes.put_fields.push_back(of.seal(id, secret_of(std::move(text))).value());
        keep(of, changes);
    }

    Rows store;
    int looked = 0;
    bool missing = false;
    std::unique_ptr<Box> box = make({1}).value();
};

TEST_F(BoxTest, TheFirstSecretOfAllMakesTheKeys) {
    EXPECT_EQ(box->seal(field_of(kAnn), secret_of("x")).error().code(), Errc::WrongState);
    const auto master = box->prepare(kAnn);
    ASSERT_TRUE(master.has_value());
    EXPECT_EQ(master.value().put_masters.size(), 1U);
    // It is on its way: nobody else may begin, and nothing can be sealed.
    EXPECT_EQ(box->prepare(kBob).error().code(), Errc::Busy);
    EXPECT_FALSE(box->seal(field_of(kAnn), secret_of("x")).has_value());
    keep(*box, master.value());
    const auto key = box->prepare(kAnn);
    ASSERT_TRUE(key.has_value());
    EXPECT_EQ(key.value().put_data_keys.size(), 1U);
    keep(*box, key.value());
    EXPECT_TRUE(box->prepare(kAnn).value().empty());
    put(*box, field_of(kAnn), "seed of ann");
    EXPECT_EQ(box->open(field_of(kAnn)).value().reveal(), "seed of ann");
    EXPECT_EQ(box->open(field_of(kBob)).error().code(), Errc::NotFound);
}

TEST_F(BoxTest, WhatTheStoreLostCanBeProposedAgain) {
    ASSERT_TRUE(box->prepare(kAnn).has_value());
    box->drop();
    EXPECT_FALSE(box->seal(field_of(kAnn), secret_of("x")).has_value());
    prepare(*box, kAnn);
    ASSERT_FALSE(box->prepare(kBob).value().empty());
    box->drop();
    box->drop();  // of nothing: no matter
    EXPECT_FALSE(box->seal(field_of(kBob), secret_of("x")).has_value());
    prepare(*box, kBob);
    put(*box, field_of(kBob), "b");
    EXPECT_EQ(box->open(field_of(kBob)).value().reveal(), "b");
}

TEST_F(BoxTest, OnlyWhatWasAdoptedOpens) {
    prepare(*box, kAnn);
    const FieldRow sealed = box->seal(field_of(kAnn), secret_of("one")).value();
    EXPECT_EQ(sealed.value.ciphertext.find("one"), std::string::npos);
    EXPECT_EQ(box->open(field_of(kAnn)).error().code(), Errc::NotFound);
    ports::SecretChanges changes;
    changes.put_fields = {sealed};
    keep(*box, changes);
    EXPECT_EQ(box->open(field_of(kAnn)).value().reveal(), "one");
    put(*box, field_of(kAnn), "two");
    EXPECT_EQ(box->open(field_of(kAnn)).value().reveal(), "two");
    changes = {};
    changes.drop_fields = {field_of(kAnn)};
    keep(*box, changes);
    EXPECT_EQ(box->open(field_of(kAnn)).error().code(), Errc::NotFound);
}

TEST_F(BoxTest, AResealReplacesWhatItWasMadeOfAlone) {
    prepare(*box, kAnn);
    put(*box, field_of(kAnn), "old");
    const FieldRow old = store.rows.fields.at(0);
    const FieldRow resealed = box->seal(field_of(kAnn), secret_of("old")).value();
    put(*box, field_of(kAnn), "new");
    ports::SecretChanges changes;
    changes.reseals = {{.was = old.value.nonce, .row = resealed}};
    box->adopt(changes);
    EXPECT_EQ(box->open(field_of(kAnn)).value().reveal(), "new");
    changes.reseals = {{.was = store.rows.fields.at(0).value.nonce, .row = resealed}};
    box->adopt(changes);
    EXPECT_EQ(box->open(field_of(kAnn)).value().reveal(), "old");
}

TEST_F(BoxTest, NothingOpensUnderAnotherUserFieldOrDeployment) {
    prepare(*box, kAnn);
    prepare(*box, kBob);
    put(*box, field_of(kAnn), "of ann");
    put(*box, field_of(kBob), "of bob");
    put(*box, field_of(kAnn, "other"), "another");
    const auto rows = store.rows.fields;
    const auto swapped = [&](std::size_t from, std::size_t to) {
        store.rows.fields = rows;
        store.rows.fields[to].value = rows[from].value;
        store.rows.fields[to].version = rows[from].version;
        EXPECT_TRUE(box->load(store.rows).has_value());
        return box->open(rows[to].id);
    };
    for (std::size_t from = 0; from < 3; ++from)
        for (std::size_t to = 0; to < 3; ++to) {
            const auto opened = swapped(from, to);
            EXPECT_EQ(opened.has_value(), from == to) << from << " as " << to;
            EXPECT_TRUE(opened || opened.error().code() == Errc::StoreInvalid);
        }
    store.rows.fields = rows;
    EXPECT_FALSE(make({1}, "elsewhere").has_value());
}

TEST_F(BoxTest, ALoadGivesTheSameSecrets) {
    prepare(*box, kAnn);
    prepare(*box, kBob);
    put(*box, field_of(kAnn), "a");
    put(*box, field_of(kBob), "b");
    ASSERT_FALSE(box->prepare(UserId{3}).value().empty());  // in flight, and lost
    ASSERT_TRUE(box->load(store.rows).has_value());
    EXPECT_EQ(box->open(field_of(kAnn)).value().reveal(), "a");
    EXPECT_FALSE(box->prepare(UserId{3}).value().empty());
    const auto other = make({5, 1}).value();
    EXPECT_EQ(other->open(field_of(kBob)).value().reveal(), "b");
    EXPECT_TRUE(other->prepare(kBob).value().empty());
}

TEST_F(BoxTest, AWrongMasterKeyIsAnErrorAndChangesNothing) {
    prepare(*box, kAnn);
    put(*box, field_of(kAnn), "a");
    EXPECT_FALSE(make({2}).has_value());
    EXPECT_FALSE(make({}).has_value());
    const int before = looked;
    missing = true;
    EXPECT_EQ(box->load(store.rows).error().code(), Errc::NotFound);
    EXPECT_EQ(looked, before + 1);
    EXPECT_EQ(box->open(field_of(kAnn)).value().reveal(), "a");
    missing = false;
    auto tampered = store.rows;
    tampered.masters.at(0).canary.ciphertext[0] ^= 1;
    EXPECT_FALSE(box->load(tampered).has_value());
    EXPECT_EQ(box->open(field_of(kAnn)).value().reveal(), "a");
}

TEST_F(BoxTest, WithoutAMasterKeyNothingIsSealed) {
    const auto none = make({}).value();
    const auto changes = none->prepare(kAnn);
    ASSERT_FALSE(changes.has_value());
    EXPECT_EQ(changes.error().field(), "security.master_key_file");
    EXPECT_FALSE(changes.error().hint().empty());
}

}  // namespace
}  // namespace vault::secrets
