#include "daemon/secrets/locked_key.hpp"

#include "tests/support/shared_data.hpp"
#include "tests/unit/secrets/published_vectors.hpp"
#include "tests/unit/secrets/ring_world.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <sys/stat.h>

namespace vault::secrets {
namespace {

constexpr PassphraseCost kCheap{2, 19'456};
constexpr const char* kPassphrase = "five words nobody puts together";

LockedKey locked_key(const MasterKey& key) {
    return lock(key, "here", MasterVersion{7}, secret_of(kPassphrase), kCheap).value();
}

TEST(LockedKey, StretchesByTheVectors) {
    for (const vectors::Argon2id& vector : vectors::kArgon2id) {
        Salt salt{};
        std::copy_n(vector.salt, salt.size(), salt.begin());
        const Secret key =
            stretch(secret_of(vector.password), salt, {vector.passes, vector.memory_kib}).value();
        EXPECT_EQ(key.reveal(), from_hex_text(vector.tag)) << vector.memory_kib;
    }
}

// Its salt is shorter than stretch() takes; it shows that the library is the Argon2id of the RFC.
TEST(LockedKey, LibraryVerifiesTheReferenceString) {
    ASSERT_GE(sodium_init(), 0);
    EXPECT_EQ(crypto_pwhash_str_verify(vectors::kArgon2idEncoded, "password", 8), 0);
    EXPECT_NE(crypto_pwhash_str_verify(vectors::kArgon2idEncoded, "sassword", 8), 0);
}

TEST(LockedKey, OpensByItsPassphraseOnly) {
    const MasterKey key = master_key_of(1);
    const LockedKey locked = locked_key(key);
    EXPECT_TRUE(unlock(locked, secret_of(kPassphrase)).value().bytes().equals(key.bytes()));
    for (std::string wrong : {"Five words nobody puts together", "five words nobody puts togethe",
                              "five words nobody puts together ", ""}) {
        const auto opened = unlock(locked, secret_of(std::move(wrong)));
        ASSERT_FALSE(opened.has_value());
        EXPECT_EQ(opened.error().code(), Errc::PermissionDenied);
        EXPECT_EQ(opened.error().field(), "passphrase");
        EXPECT_FALSE(opened.error().hint().empty());
    }
}

TEST(LockedKey, EveryColumnIsBound) {
    const LockedKey locked = locked_key(master_key_of(1));
    const auto opens = [](const LockedKey& changed) {
        return unlock(changed, secret_of(kPassphrase)).has_value();
    };
    LockedKey other = locked;
    other.deployment = "there";
    EXPECT_FALSE(opens(other));
    other = locked;
    other.version.value = 8;
    EXPECT_FALSE(opens(other));
    other = locked;
    other.cost.passes = 3;
    EXPECT_FALSE(opens(other));
    other = locked;
    other.salt[0] ^= 1;
    EXPECT_FALSE(opens(other));
    EXPECT_TRUE(opens(locked));
}

TEST(LockedKey, AsksForALongPassphrase) {
    const auto locked =
        lock(master_key_of(1), "here", MasterVersion{1}, secret_of("fourteen chars"), kCheap);
    ASSERT_FALSE(locked.has_value());
    EXPECT_EQ(locked.error().code(), Errc::InvalidParams);
    EXPECT_NE(locked.error().message().find("15"), std::string::npos);
}

TEST(LockedKey, DefaultCostIsTheOneOfPasswords) {
    EXPECT_EQ(PassphraseCost{}.passes, 3U);
    EXPECT_EQ(PassphraseCost{}.memory_kib, 65'536U);
}

TEST(LockedKey, TextHasEverythingAndNoSecret) {
    const MasterKey key = MasterKey::from(secret_of(std::string(32, 'K'))).value();
    const LockedKey locked = locked_key(key);
    const std::string text = to_text(locked);
    EXPECT_EQ(parse_locked_key(text).value(), locked);
    EXPECT_EQ(text.find("KKKK"), std::string::npos);
    EXPECT_EQ(text.find("4b4b4b4b"), std::string::npos);
    EXPECT_NE(text.find("version 7\n"), std::string::npos);
}

TEST(LockedKey, FindsEachWrongCharacterAndEachCut) {
    const std::string text = to_text(locked_key(master_key_of(1)));
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string wrong = text;
        wrong[i] = wrong[i] == '3' ? '4' : '3';
        const auto parsed = parse_locked_key(wrong);
        ASSERT_FALSE(parsed.has_value()) << i;
        EXPECT_EQ(parsed.error().code(), Errc::StoreInvalid);
        EXPECT_NE(parsed.error().message().find("line "), std::string::npos);
        EXPECT_FALSE(parse_locked_key(text.substr(0, i)).has_value()) << i;
    }
    EXPECT_FALSE(parse_locked_key(text + "\n").has_value());
}

// A cost that somebody made cheap, or so dear that it stops the daemon, is refused before it is
// paid, even when the check is right.
TEST(LockedKey, RefusesCostsOutOfRange) {
    LockedKey locked = locked_key(master_key_of(1));
    for (const PassphraseCost cost : {PassphraseCost{1, 19'456}, PassphraseCost{2, 19'455},
                                      PassphraseCost{17, 65'536}, PassphraseCost{3, 1'048'577}}) {
        locked.cost = cost;
        EXPECT_FALSE(parse_locked_key(to_text(locked)).has_value()) << cost.memory_kib;
    }
}

TEST(LockedKey, IsKeptInAPrivateFile) {
    const vault::testing::TemporaryDirectory folder;
    const std::string path = (folder.path() / "escrow.txt").string();
    const LockedKey locked = locked_key(master_key_of(1));
    ASSERT_TRUE(make_locked_key_file(path, locked).has_value());
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600U);
    EXPECT_EQ(read_locked_key_file(path).value(), locked);
    EXPECT_EQ(make_locked_key_file(path, locked).error().code(), Errc::Exists);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 20);
    EXPECT_EQ(read_locked_key_file(path).error().code(), Errc::StoreInvalid);
    std::filesystem::remove(path);
    EXPECT_EQ(read_locked_key_file(path).error().code(), Errc::NotFound);
}

}  // namespace
}  // namespace vault::secrets
