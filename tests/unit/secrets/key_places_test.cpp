// Where master keys are looked for, what the next one needs, and who is asked for a passphrase.
#include "daemon/secrets/key_places.hpp"

#include "tests/support/shared_data.hpp"
#include "tests/unit/secrets/ring_world.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sys/stat.h>

namespace vault::secrets {
namespace {

constexpr PassphraseCost kCheap{2, 19'456};
constexpr const char* kPassphrase = "five words nobody puts together";

constexpr auto kUsual = KeyPlaces::Look::Usual;
constexpr auto kEverywhere = KeyPlaces::Look::Everywhere;

class KeyPlacesTest : public ::testing::Test {
  protected:
    std::string file() const { return (folder.path() / "master.key").string(); }
    std::string credential(const std::string& name) const {
        return (folder.path() / "credentials" / name).string();
    }
    void write(const std::string& path, std::string_view bytes, mode_t mode = 0600) const {
        std::filesystem::create_directories(std::filesystem::path{path}.parent_path());
        std::filesystem::remove(path);
        std::ofstream{path, std::ios::binary} << bytes;
        ::chmod(path.c_str(), mode);
    }
    void write_key(const std::string& path, std::uint32_t number) const {
        write(path, master_key_of(number).bytes().reveal());
    }
    void write_locked(const std::string& path, std::uint32_t number,
                      const std::string& deployment = "here") const {
        const auto locked = lock(master_key_of(number), deployment, MasterVersion{1},
                                 secret_of(kPassphrase), kCheap);
        write(path, to_text(locked.value()));
    }
    KeyPlaces places(bool with_credentials = false) {
        return KeyPlaces{
            {.deployment = "here",
             .file = file(),
             .credentials = with_credentials ? (folder.path() / "credentials").string() : "",
             .ask = [this](std::string_view prompt) -> Result<Secret> {
                 prompts.emplace_back(prompt);
                 if (answers.empty()) return Error{Errc::Io, "there is no terminal"};
                 std::string next = answers.front();
                 answers.erase(answers.begin());
                 if (next.empty()) return Error{Errc::InvalidParams, "empty"};
                 return secret_of(std::move(next));
             }}};
    }
    static int number_in(const std::string& path) {
        const auto key = MasterKey::read_file(path);
        for (std::uint32_t number = 1; key && number < 9; ++number)
            if (key.value().bytes().equals(master_key_of(number).bytes()))
                return static_cast<int>(number);
        return 0;
    }
    static std::vector<int> numbers(const std::vector<MasterKey>& keys) {
        std::vector<int> found;
        for (const MasterKey& key : keys)
            for (std::uint32_t number = 1; number < 9; ++number)
                if (key.bytes().equals(master_key_of(number).bytes()))
                    found.push_back(static_cast<int>(number));
        return found;
    }

    vault::testing::TemporaryDirectory folder;
    std::vector<std::string> prompts;
    std::vector<std::string> answers;
};

TEST_F(KeyPlacesTest, TheFirstKeyIsMadeOnce) {
    KeyPlaces of = places();
    EXPECT_TRUE(of.find(kUsual).value().empty());
    EXPECT_FALSE(std::filesystem::exists(file()));
    const MasterKey made = of.make_first().value();
    EXPECT_EQ(of.place_of(made), "file " + file());
    EXPECT_TRUE(places().find(kUsual).value().at(0).bytes().equals(made.bytes()));
    EXPECT_EQ(of.make_first().error().code(), Errc::Exists);
}

TEST_F(KeyPlacesTest, EveryPlaceIsLookedAt) {
    write_key(credential("master.key"), 1);
    write_key(credential("master.key.next"), 2);
    write_key(file(), 3);
    write_key(file() + ".next", 4);
    EXPECT_EQ(numbers(places(true).find(kEverywhere).value()), (std::vector<int>{1, 2, 3, 4}));
    EXPECT_EQ(numbers(places(true).find(kUsual).value()), (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(numbers(places().find(kEverywhere).value()), (std::vector<int>{3, 4}));
}

// What a rotation has left behind is read only if it is needed.
TEST_F(KeyPlacesTest, ABrokenNextKeyHoldsUpNoUsualLook) {
    write_key(credential("master.key"), 1);
    write_key(file(), 3);
    write(credential("master.key.next"), "short");
    EXPECT_EQ(numbers(places(true).find(kUsual).value()), (std::vector<int>{1, 3}));
    EXPECT_EQ(places(true).find(kEverywhere).error().code(), Errc::StoreInvalid);
    std::filesystem::remove(credential("master.key.next"));
    for (const char* bytes : {"", "short", "no key at all, but longer than one of 32 bytes"}) {
        write(file() + ".next", bytes);
        EXPECT_EQ(numbers(places().find(kUsual).value()), (std::vector<int>{3}));
        EXPECT_EQ(places().find(kEverywhere).error().code(), Errc::StoreInvalid) << bytes;
    }
    write(file() + ".next", master_key_of(4).bytes().reveal(), 0644);
    EXPECT_EQ(places().find(kEverywhere).error().code(), Errc::StoreInvalid);
    write_locked(file() + ".next", 4);
    EXPECT_TRUE(places().find(kUsual).has_value());
    EXPECT_TRUE(prompts.empty());
}

// Nobody may lose the only key of an installation to a credential that is there as well.
TEST_F(KeyPlacesTest, WhereACredentialIsNoFileIsMade) {
    write_key(credential("master.key"), 1);
    EXPECT_EQ(numbers(places(true).find(kUsual).value()), (std::vector<int>{1}));
    EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(KeyPlacesTest, APassphraseIsAskedForOnce) {
    write_locked(file(), 5);
    KeyPlaces of = places();
    answers = {"not these five words at all", "", kPassphrase};
    EXPECT_EQ(numbers(of.find(kUsual).value()), (std::vector<int>{5}));
    EXPECT_EQ(prompts, (std::vector<std::string>(3, "Passphrase of " + file() + ": ")));
    EXPECT_EQ(numbers(of.find(kUsual).value()), (std::vector<int>{5}));
    EXPECT_EQ(prompts.size(), 3U);
    EXPECT_EQ(of.place_of(master_key_of(5)), "file " + file() + ", locked by a passphrase");
}

TEST_F(KeyPlacesTest, AWrongPassphraseOrNobodyToAskIsAnError) {
    write_locked(file(), 5);
    answers = {"not these five words at all", "nor these five words either",
               "and these neither, sorry", kPassphrase};
    const auto wrong = places().find(kUsual);
    EXPECT_EQ(wrong.error().code(), Errc::PermissionDenied);
    EXPECT_EQ(answers.size(), 1U);
    answers.clear();
    const auto nobody = places().find(kUsual);
    EXPECT_EQ(nobody.error().code(), Errc::WrongState);
    EXPECT_NE(nobody.error().message().find(file()), std::string::npos);
    EXPECT_NE(nobody.error().hint().find("terminal"), std::string::npos);
    write_locked(file(), 5, "elsewhere");
    EXPECT_EQ(places().find(kUsual).error().code(), Errc::StoreInvalid);
    write(file(), "core vault locked master key, format 1\nno more of it than this line\n");
    EXPECT_EQ(places().find(kUsual).error().code(), Errc::StoreInvalid);
}

TEST_F(KeyPlacesTest, TheNextFileIsMadeAnewAndThenTakesThePlace) {
    write_key(file(), 1);
    write_key(file() + ".next", 2);  // of a rotation that never began, or of somebody
    KeyPlaces of = places();
    ASSERT_TRUE(of.find(kUsual).has_value());
    const MasterKey next = of.make_next(master_key_of(1), MasterVersion{2}, nullptr).value();
    EXPECT_FALSE(next.bytes().equals(master_key_of(2).bytes()));
    EXPECT_EQ(number_in(file() + ".next.aside.1"), 2);
    EXPECT_TRUE(MasterKey::read_file(file() + ".next").value().bytes().equals(next.bytes()));
    EXPECT_EQ(of.place_of(next), "file " + file() + ".next");
    ASSERT_TRUE(of.settle(master_key_of(1), {}).has_value());  // still in use: nothing moves
    EXPECT_TRUE(std::filesystem::exists(file() + ".next"));
    std::vector<MasterKey> retired;
    retired.push_back(master_key_of(1));
    ASSERT_TRUE(of.settle(next, retired).has_value());
    EXPECT_FALSE(std::filesystem::exists(file() + ".next"));
    EXPECT_FALSE(std::filesystem::exists(file() + ".aside.1"));
    EXPECT_TRUE(MasterKey::read_file(file()).value().bytes().equals(next.bytes()));
    EXPECT_EQ(of.place_of(next), "file " + file());
    ASSERT_TRUE(of.settle(next, retired).has_value());
}

// It may belong to a newer store than the one that was put back.
TEST_F(KeyPlacesTest, AKeyThatIsNotKnownToBeRetiredIsSetAside) {
    write_key(file(), 1);
    write_key(file() + ".next", 2);
    KeyPlaces of = places();
    ASSERT_TRUE(of.find(kEverywhere).has_value());
    ASSERT_TRUE(of.settle(master_key_of(2), {}).has_value());
    EXPECT_EQ(number_in(file()), 2);
    EXPECT_EQ(number_in(file() + ".aside.1"), 1);
    EXPECT_NE(of.to_do(master_key_of(2)).at(0).find(".aside.1"), std::string::npos);
}

TEST_F(KeyPlacesTest, ANextKeyThatIsNotTakenIntoUseGoes) {
    write_key(file(), 1);
    KeyPlaces of = places();
    ASSERT_TRUE(of.find(kUsual).has_value());
    const MasterKey next = of.make_next(master_key_of(1), MasterVersion{2}, nullptr).value();
    ASSERT_TRUE(of.forget_next(next).has_value());  // in use by now: it stays
    EXPECT_TRUE(std::filesystem::exists(file() + ".next"));
    ASSERT_TRUE(of.forget_next(master_key_of(1)).has_value());
    EXPECT_FALSE(std::filesystem::exists(file() + ".next"));
    ASSERT_TRUE(of.forget_next(master_key_of(1)).has_value());
}

TEST_F(KeyPlacesTest, AFileThatHasChangedSinceIsNoPlaceForTheNext) {
    write_key(file(), 1);
    KeyPlaces of = places();
    ASSERT_TRUE(of.find(kUsual).has_value());
    write_key(file(), 7);
    EXPECT_EQ(of.may_make_next(master_key_of(1), false).error().code(), Errc::WrongState);
    EXPECT_EQ(of.make_next(master_key_of(1), MasterVersion{2}, nullptr).error().code(),
              Errc::WrongState);
    std::filesystem::remove(file());
    EXPECT_FALSE(of.may_make_next(master_key_of(1), false).has_value());
    EXPECT_EQ(of.may_make_next(master_key_of(3), false).error().code(), Errc::WrongState);
    // A look that fails leaves what was known.
    std::filesystem::create_directory(file());
    EXPECT_FALSE(of.find(kUsual).has_value());
    EXPECT_EQ(of.place_of(master_key_of(1)), "file " + file());
}

TEST_F(KeyPlacesTest, APassphraseLocksTheNextFile) {
    write_key(file(), 1);
    KeyPlaces of = places();
    ASSERT_TRUE(of.find(kUsual).has_value());
    EXPECT_EQ(make_ready(secret_of("short")).error().field(), "passphrase");
    const StretchedPassphrase ready = make_ready(secret_of(kPassphrase), kCheap).value();
    const MasterKey next = of.make_next(master_key_of(1), MasterVersion{2}, &ready).value();
    const LockedKey locked = read_locked_key_file(file() + ".next").value();
    EXPECT_EQ(locked.version, MasterVersion{2});
    EXPECT_TRUE(unlock(locked, secret_of(kPassphrase)).value().bytes().equals(next.bytes()));
    ASSERT_TRUE(of.settle(next, {}).has_value());
    EXPECT_TRUE(of.find(kUsual).has_value());  // made here: nobody is asked
    EXPECT_TRUE(prompts.empty());
    EXPECT_EQ(of.may_make_next(next, false).error().field(), "passphrase");
    EXPECT_TRUE(of.may_make_next(next, true).has_value());
}

TEST_F(KeyPlacesTest, CredentialsFollowEachOtherByHand) {
    write_key(credential("master.key"), 1);
    KeyPlaces before = places(true);
    ASSERT_TRUE(before.find(kUsual).has_value());
    const auto none = before.may_make_next(master_key_of(1), false);
    EXPECT_EQ(none.error().code(), Errc::NotFound);
    EXPECT_NE(none.error().hint().find("systemd-creds"), std::string::npos);
    EXPECT_EQ(before.may_make_next(master_key_of(1), true).error().code(), Errc::InvalidParams);
    write_key(credential("master.key.next"), 2);
    KeyPlaces of = places(true);
    ASSERT_TRUE(of.find(kUsual).has_value());
    EXPECT_TRUE(of.make_next(master_key_of(1), MasterVersion{2}, nullptr)
                    .value()
                    .bytes()
                    .equals(master_key_of(2).bytes()));
    ASSERT_TRUE(of.settle(master_key_of(2), {}).has_value());
    EXPECT_EQ(of.place_of(master_key_of(2)), "credential master.key.next");
    EXPECT_NE(of.to_do(master_key_of(2)).at(0).find("encrypt"), std::string::npos);
    EXPECT_TRUE(of.to_do(master_key_of(1)).empty());
    // The old key is no next one.
    EXPECT_EQ(of.may_make_next(master_key_of(2), false).error().code(), Errc::WrongState);
    EXPECT_FALSE(std::filesystem::exists(file()));
}

}  // namespace
}  // namespace vault::secrets
