#include "daemon/secrets/box.hpp"

#include "tests/support/shared_data.hpp"
#include "tests/unit/secrets/ring_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sys/stat.h>

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
        for (const MasterVersion version : changes.drop_masters)
            std::erase_if(rows.masters, [&](const auto& row) { return row.version == version; });
        for (const auto& row : changes.put_masters) {
            std::erase_if(rows.masters, [&](const auto& of) { return of.version == row.version; });
            rows.masters.push_back(row);
        }
        for (const DataKeyId& id : changes.drop_data_keys)
            std::erase_if(rows.data_keys, [&](const auto& row) { return row.id == id; });
        for (const auto& row : changes.put_data_keys) {
            std::erase_if(rows.data_keys, [&](const auto& of) { return of.id == row.id; });
            rows.data_keys.push_back(row);
        }
        for (const Reseal& reseal : changes.reseals)
            for (FieldRow& row : rows.fields)
                if (row.id == reseal.row.id && row.value.nonce == reseal.was) row = reseal.row;
    }
};

class BoxTest : public ::testing::Test {
  protected:
    // With the master keys of these numbers at hand, in the file and the one beside it.
    Result<std::unique_ptr<Box>> make(std::vector<std::uint32_t> numbers,
                                      std::string deployment = "here") {
        for (std::size_t i = 0; i < 2; ++i)
            put_file(i == 0 ? file() : file() + ".next", i < numbers.size() ? numbers[i] : 0);
        return open(std::move(deployment));
    }
    Result<std::unique_ptr<Box>> open(std::string deployment = "here") {
        KeyPlaces places{{.deployment = deployment,
                          .file = file(),
                          .credentials = {},
                          .ask = [](std::string_view) -> Result<Secret> {
                              return Error{Errc::Io, "no terminal"};
                          }}};
        return Box::create(std::move(deployment), std::move(places), store.rows);
    }
    std::string file() const { return (folder.path() / "master.key").string(); }
    static void put_file(const std::string& path, std::uint32_t number) {
        std::filesystem::remove(path);
        if (number == 0) return;
        std::ofstream{path, std::ios::binary} << master_key_of(number).bytes().reveal();
        ::chmod(path.c_str(), 0600);
    }
    void keep(Box& of, const ports::SecretChanges& changes) {
        store.keep(changes);
        EXPECT_TRUE(of.adopt(changes).has_value());
    }
    void keep(Box& of, const ports::KeyStep& step) {
        keep(of, step.changes);
        of.done(step);
    }
    void prepare(Box& of, UserId user) {
        for (;;) {
            const auto step = of.prepare(user);
            ASSERT_TRUE(step.has_value());
            if (step.value().empty()) return;
            keep(of, step.value());
        }
    }
    // How many steps it took.
    int finish(Box& of) {
        for (int steps = 0;; ++steps) {
            const auto step = of.next_step();
            EXPECT_TRUE(step.has_value());
            if (!step || step.value().empty()) return steps;
            keep(of, step.value());
        }
    }
    std::string opened(Box& of, UserId user) const {
        const auto secret = of.open(field_of(user));
        return secret ? std::string{secret.value().reveal()} : secret.error().message();
    }
    void put(Box& of, const FieldId& id, std::string text) {
        ports::SecretChanges changes;
        changes.put_fields.push_back(of.seal(id, secret_of(std::move(text))).value());
        keep(of, changes);
    }

    vault::testing::TemporaryDirectory folder;
    Rows store;
    std::unique_ptr<Box> box = make({1}).value();
};

TEST_F(BoxTest, TheFirstSecretOfAllMakesTheKeys) {
    EXPECT_EQ(box->seal(field_of(kAnn), secret_of("x")).error().code(), Errc::WrongState);
    const auto master = box->prepare(kAnn);
    ASSERT_TRUE(master.has_value());
    EXPECT_EQ(master.value().changes.put_masters.size(), 1U);
    // It is on its way: nobody else may begin, and nothing can be sealed.
    EXPECT_EQ(box->prepare(kBob).error().code(), Errc::Busy);
    EXPECT_FALSE(box->seal(field_of(kAnn), secret_of("x")).has_value());
    keep(*box, master.value());
    const auto key = box->prepare(kAnn);
    ASSERT_TRUE(key.has_value());
    EXPECT_EQ(key.value().changes.put_data_keys.size(), 1U);
    keep(*box, key.value());
    EXPECT_TRUE(box->prepare(kAnn).value().empty());
    put(*box, field_of(kAnn), "seed of ann");
    EXPECT_EQ(box->open(field_of(kAnn)).value().reveal(), "seed of ann");
    EXPECT_EQ(box->open(field_of(kBob)).error().code(), Errc::NotFound);
}

TEST_F(BoxTest, WhatTheStoreLostCanBeProposedAgain) {
    const auto first = box->prepare(kAnn);
    ASSERT_TRUE(first.has_value());
    box->done(first.value());
    EXPECT_FALSE(box->seal(field_of(kAnn), secret_of("x")).has_value());
    prepare(*box, kAnn);
    const auto lost = box->prepare(kBob);
    ASSERT_FALSE(lost.value().empty());
    box->done(first.value());  // another's step: it stays proposed
    EXPECT_EQ(box->prepare(kBob).error().code(), Errc::Busy);
    box->done(lost.value());
    box->done(lost.value());  // of nothing: no matter
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
    EXPECT_TRUE(box->adopt(changes).has_value());
    EXPECT_EQ(box->open(field_of(kAnn)).value().reveal(), "new");
    changes.reseals = {{.was = store.rows.fields.at(0).value.nonce, .row = resealed}};
    EXPECT_TRUE(box->adopt(changes).has_value());
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
    const auto in_flight = box->prepare(UserId{3});
    ASSERT_FALSE(in_flight.value().empty());
    ASSERT_TRUE(box->load(store.rows).has_value());
    EXPECT_EQ(box->open(field_of(kAnn)).value().reveal(), "a");
    EXPECT_EQ(box->prepare(UserId{3}).error().code(), Errc::Busy);  // it may be stored yet
    box->done(in_flight.value());                                   // it was not
    EXPECT_FALSE(box->prepare(UserId{3}).value().empty());
    const auto other = make({5, 1}).value();  // the second is the one in use
    EXPECT_EQ(other->open(field_of(kBob)).value().reveal(), "b");
    EXPECT_TRUE(other->prepare(kBob).value().empty());
}

TEST_F(BoxTest, AWrongMasterKeyIsAnErrorAndChangesNothing) {
    prepare(*box, kAnn);
    put(*box, field_of(kAnn), "a");
    EXPECT_FALSE(make({2}).has_value());
    EXPECT_FALSE(make({}).has_value());
    std::filesystem::remove(file());
    std::filesystem::create_directory(file());  // no key can lie there
    EXPECT_EQ(box->load(store.rows).error().code(), Errc::StoreInvalid);
    EXPECT_EQ(box->open(field_of(kAnn)).value().reveal(), "a");
    std::filesystem::remove(file());
    put_file(file(), 1);
    auto tampered = store.rows;
    tampered.masters.at(0).canary.ciphertext[0] ^= 1;
    EXPECT_FALSE(box->load(tampered).has_value());
    EXPECT_EQ(box->open(field_of(kAnn)).value().reveal(), "a");
}

TEST_F(BoxTest, AMasterKeyIsRotatedAndItsFileReplaced) {
    EXPECT_EQ(box->rotate_master(nullptr).error().code(), Errc::WrongState);  // none in use
    prepare(*box, kAnn);
    prepare(*box, kBob);
    put(*box, field_of(kAnn), "a");
    put(*box, field_of(kBob), "b");
    const auto begun = box->rotate_master(nullptr);
    ASSERT_TRUE(begun.has_value());
    EXPECT_TRUE(std::filesystem::exists(file() + ".next"));  // before its row is stored
    EXPECT_EQ(box->next_step().error().code(), Errc::Busy);
    keep(*box, begun.value());
    EXPECT_TRUE(box->state().rotates_master);
    EXPECT_EQ(box->rotate_master(nullptr).error().code(), Errc::WrongState);
    // A start in the middle has both keys, and goes on.
    const auto later = open().value();
    EXPECT_EQ(opened(*later, kAnn), "a");
    EXPECT_EQ(finish(*later), 2);
    EXPECT_EQ(later->state().master, MasterVersion{2});
    EXPECT_EQ(later->state().place, "file " + file());
    EXPECT_FALSE(std::filesystem::exists(file() + ".next"));
    EXPECT_EQ(opened(*later, kBob), "b");
    EXPECT_EQ(opened(*open().value(), kAnn), "a");
    EXPECT_FALSE(make({1}).has_value());  // the old key opens nothing any more
}

TEST_F(BoxTest, ARotationThatWasNotStoredIsBegunAnew) {
    prepare(*box, kAnn);
    put(*box, field_of(kAnn), "a");
    const auto begun = box->rotate_master(nullptr);
    ASSERT_TRUE(begun.has_value());
    box->done(begun.value());
    EXPECT_FALSE(box->state().rotates_master);
    EXPECT_EQ(opened(*open().value(), kAnn), "a");  // the file that nobody uses is no matter
    keep(*box, box->rotate_master(nullptr).value());
    finish(*box);
    EXPECT_EQ(opened(*open().value(), kAnn), "a");
}

// The file is moved when the last step is durable; a crash between the two is mended at the start.
TEST_F(BoxTest, AStartMovesTheFileThatACrashLeft) {
    prepare(*box, kAnn);
    put(*box, field_of(kAnn), "a");
    keep(*box, box->rotate_master(nullptr).value());
    for (auto step = box->next_step(); !step.value().empty(); step = box->next_step()) {
        store.keep(step.value().changes);
        if (!step.value().ends.empty()) break;
        ASSERT_TRUE(box->adopt(step.value().changes).has_value());
        box->done(step.value());
    }
    EXPECT_TRUE(std::filesystem::exists(file() + ".next"));
    const auto later = open().value();
    EXPECT_FALSE(std::filesystem::exists(file() + ".next"));
    EXPECT_EQ(opened(*later, kAnn), "a");
    EXPECT_EQ(opened(*open().value(), kAnn), "a");
}

// The engine carries out what waited in its queue after it has loaded the store anew.
TEST_F(BoxTest, AStepThatIsStoredAfterALoadCounts) {
    prepare(*box, kAnn);
    put(*box, field_of(kAnn), "a");
    const auto begun = box->rotate_master(nullptr);
    ASSERT_TRUE(begun.has_value());
    ASSERT_TRUE(box->load(store.rows).has_value());
    EXPECT_TRUE(std::filesystem::exists(file() + ".next"));
    keep(*box, begun.value());
    EXPECT_TRUE(box->state().rotates_master);
    const auto step = box->next_step();
    ASSERT_TRUE(box->load(store.rows).has_value());
    keep(*box, step.value());
    finish(*box);
    EXPECT_EQ(box->state().master, MasterVersion{2});
    EXPECT_EQ(opened(*box, kAnn), "a");
    EXPECT_EQ(opened(*open().value(), kAnn), "a");
    keep(*box, box->rotate_data_keys(kAnn).value());
    const auto reseal = box->next_step();
    ASSERT_TRUE(box->load(store.rows).has_value());
    keep(*box, reseal.value());
    finish(*box);
    EXPECT_EQ(opened(*box, kAnn), "a");
    EXPECT_EQ(opened(*open().value(), kAnn), "a");
}

TEST_F(BoxTest, AKeyIsMadeOnlyWhereNoneCanBeMissed) {
    prepare(*box, kAnn);
    std::filesystem::remove(file());
    EXPECT_FALSE(open().has_value());
    EXPECT_FALSE(std::filesystem::exists(file()));
    EXPECT_FALSE(box->load(store.rows).has_value());
    EXPECT_FALSE(std::filesystem::exists(file()));
    EXPECT_FALSE(box->rotate_master(nullptr).has_value());  // and nothing aborts
}

TEST_F(BoxTest, WhatARotationLeftBehindHoldsUpNoStart) {
    prepare(*box, kAnn);
    put(*box, field_of(kAnn), "a");
    std::ofstream{file() + ".next"} << "core vault locked master key, format 1\nof nobody\n";
    EXPECT_EQ(opened(*open().value(), kAnn), "a");
    std::filesystem::remove(file() + ".next");
    std::filesystem::create_directory(file() + ".next");
    EXPECT_EQ(opened(*open().value(), kAnn), "a");
}

// One user's damaged secret must not keep others from theirs.
TEST_F(BoxTest, ASecretThatDoesNotOpenHoldsUpItsUserAlone) {
    for (const UserId user : {kAnn, kBob}) {
        prepare(*box, user);
        put(*box, field_of(user), "x");
    }
    store.rows.fields.at(0).value.ciphertext[0] ^= 1;
    ASSERT_TRUE(box->load(store.rows).has_value());
    keep(*box, box->rotate_data_keys(std::nullopt).value());
    EXPECT_EQ(finish(*box), 2);
    EXPECT_EQ(box->state().rotating_users, 1U);
    EXPECT_NE(box->state().to_do.at(0).find("u1"), std::string::npos);
    EXPECT_EQ(opened(*box, kBob), "x");
    store.rows.data_keys.at(0).key.ciphertext[0] ^= 1;
    ASSERT_TRUE(box->load(store.rows).has_value());
    EXPECT_EQ(box->rotate_master(nullptr).error().code(), Errc::StoreInvalid);
}

TEST_F(BoxTest, NoEscrowWhileTwoMasterKeysAreNeeded) {
    constexpr const char* kWords = "five words nobody puts together";
    prepare(*box, kAnn);
    const std::string copy = box->escrow(secret_of(kWords))().value().text;
    keep(*box, box->rotate_master(nullptr).value());
    EXPECT_EQ(box->escrow(secret_of(kWords))().error().code(), Errc::WrongState);
    EXPECT_EQ(box->drill(copy, secret_of(kWords))().error().code(), Errc::WrongState);
    finish(*box);
    EXPECT_EQ(box->escrow(secret_of(kWords))().value().version, MasterVersion{2});
}

TEST_F(BoxTest, DataKeysAreRotatedForOneOrForAll) {
    for (const UserId user : {kAnn, kBob}) {
        prepare(*box, user);
        put(*box, field_of(user), "of " + to_text(user));
        put(*box, field_of(user, "other"), "more");
    }
    const std::vector<FieldRow> old = store.rows.fields;
    EXPECT_EQ(box->rotate_data_keys(UserId{9}).error().code(), Errc::NotFound);
    keep(*box, box->rotate_data_keys(kAnn).value());
    EXPECT_EQ(box->rotate_data_keys(kAnn).error().code(), Errc::WrongState);
    EXPECT_EQ(box->state().rotating_users, 1U);
    keep(*box, box->rotate_data_keys(std::nullopt).value());  // the others
    EXPECT_EQ(box->state().rotating_users, 2U);
    EXPECT_EQ(finish(*box), 4);  // two of each: seal anew, retire
    EXPECT_EQ(box->state().rotating_users, 0U);
    EXPECT_EQ(opened(*box, kAnn), "of u1");
    EXPECT_EQ(opened(*open().value(), kBob), "of u2");
    EXPECT_TRUE(box->rotate_data_keys(std::nullopt).value().changes.put_data_keys.size() == 2);
    // Rows of before do not open any more.
    store.rows.fields = old;
    EXPECT_NE(opened(*open().value(), kAnn), "of u1");
}

// What is sealed while a rotation runs is sealed by the new key, and its last step waits for what
// was on its way.
TEST_F(BoxTest, SecretsComeAndGoWhileKeysAreRotated) {
    prepare(*box, kAnn);
    put(*box, field_of(kAnn), "old");
    ports::SecretChanges late;
    late.put_fields = {box->seal(field_of(kAnn, "other"), secret_of("late")).value()};
    keep(*box, box->rotate_data_keys(kAnn).value());
    put(*box, field_of(kAnn), "new");
    keep(*box, late);
    finish(*box);
    EXPECT_EQ(opened(*box, kAnn), "new");
    EXPECT_EQ(box->open(field_of(kAnn, "other")).value().reveal(), "late");
    for (const FieldRow& row : store.rows.fields)
        EXPECT_EQ(row.version, DataKeyVersion{2}) << row.id.name;
}

TEST_F(BoxTest, AnEscrowCopyBringsEverythingBack) {
    constexpr const char* kWords = "five words nobody puts together";
    EXPECT_EQ(box->escrow(secret_of(kWords))().error().code(), Errc::WrongState);
    prepare(*box, kAnn);
    put(*box, field_of(kAnn), "a");
    EXPECT_EQ(box->escrow(secret_of("short"))().error().code(), Errc::InvalidParams);
    const std::string copy = box->escrow(secret_of(kWords))().value().text;
    EXPECT_EQ(box->drill(copy, secret_of(kWords))().value(), MasterVersion{1});
    EXPECT_EQ(box->drill(copy, secret_of("another five words than before"))().error().code(),
              Errc::PermissionDenied);
    EXPECT_EQ(box->drill(copy + "x", secret_of(kWords))().error().code(), Errc::InvalidParams);
    EXPECT_EQ(box->drill("x", secret_of(kWords))().error().field(), "copy");
    const auto check = box->check({});
    EXPECT_TRUE(check.done && check.unreadable.empty());
    EXPECT_EQ(std::pair(check.users, check.secrets), std::pair(std::size_t{1}, std::size_t{1}));
    // The copy lies where the key lay; whoever starts types the passphrase.
    std::filesystem::remove(file());
    std::ofstream{file()} << copy;
    ::chmod(file().c_str(), 0600);
    int asked = 0;
    KeyPlaces places{{.deployment = "here",
                      .file = file(),
                      .credentials = {},
                      .ask = [&](std::string_view) -> Result<Secret> {
                          ++asked;
                          return secret_of(kWords);
                      }}};
    const auto back = Box::create("here", std::move(places), store.rows).value();
    EXPECT_EQ(opened(*back, kAnn), "a");
    EXPECT_TRUE(back->load(store.rows).has_value());
    EXPECT_EQ(asked, 1);
    // It stays locked through a rotation, which outdates the copy.
    EXPECT_EQ(back->rotate_master(nullptr).error().field(), "passphrase");
    const auto lock = back->ready_lock(secret_of("five other words of another year"))().value();
    keep(*back, back->rotate_master(lock.get()).value());
    finish(*back);
    EXPECT_EQ(back->state().place, "file " + file() + ", locked by a passphrase");
    EXPECT_EQ(back->drill(copy, secret_of(kWords))().error().code(), Errc::WrongState);
    EXPECT_EQ(open().error().code(), Errc::WrongState);  // nobody to ask
}

TEST_F(BoxTest, ACheckFindsWhatDoesNotOpen) {
    for (std::uint32_t n = 1; n <= 120; ++n) {
        prepare(*box, UserId{n});
        put(*box, field_of(UserId{n}), "x");
    }
    store.rows.fields.at(70).value.ciphertext[0] ^= 1;
    store.rows.data_keys.at(3).key.ciphertext[5] ^= 1;
    ASSERT_TRUE(box->load(store.rows).has_value());
    ports::SecretCheck check;
    int rounds = 0;
    for (; !check.done; ++rounds)
        check = box->check(std::move(check));
    EXPECT_EQ(rounds, 3);
    EXPECT_EQ(check.users, 120U);
    EXPECT_EQ(check.secrets, 120U);
    const std::vector<std::string> found{"data key 1 of u4",
                                         "totp_seed of u4, account 0, API key 0",
                                         "totp_seed of u71, account 0, API key 0"};
    EXPECT_EQ(check.unreadable, found);
}

}  // namespace
}  // namespace vault::secrets
