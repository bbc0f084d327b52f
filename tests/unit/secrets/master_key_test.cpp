// Where a master key comes from, and the files that are refused. What FileSigner's tests show of
// key files holds here too: both read them by private_file.hpp.
#include "daemon/secrets/master_key.hpp"

#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace vault::secrets {
namespace {

class MasterKeyTest : public ::testing::Test {
  protected:
    std::string path() const { return (folder_.path() / "master.key").string(); }
    void write(const std::string& bytes, mode_t mode = 0600) const {
        std::filesystem::remove(path());  // its mode may forbid to write it
        std::ofstream{path(), std::ios::binary} << bytes;
        ::chmod(path().c_str(), mode);
    }
    Result<MasterKey> credential() const {
        return MasterKey::read_credential(folder_.path().c_str(), "master.key");
    }

    vault::testing::TemporaryDirectory folder_;
    const std::string raw_ = "0123456789abcdef0123456789ABCDEF";
};

TEST_F(MasterKeyTest, IsReadFromAFileIntoLockedMemory) {
    write(raw_);
    const MasterKey key = MasterKey::read_file(path()).value();
    EXPECT_EQ(key.bytes().reveal(), raw_);
    EXPECT_TRUE(key.bytes().is_locked());
}

TEST_F(MasterKeyTest, IsMadeOnceAndNeverReplaced) {
    const MasterKey made = MasterKey::make_file(path()).value();
    struct stat status {};
    ASSERT_EQ(::stat(path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600U);
    EXPECT_TRUE(MasterKey::read_file(path()).value().bytes().equals(made.bytes()));
    EXPECT_EQ(MasterKey::make_file(path()).error().code(), Errc::Exists);
    EXPECT_TRUE(MasterKey::read_file(path()).value().bytes().equals(made.bytes()));
    EXPECT_FALSE(std::filesystem::exists(path() + ".new"));
    EXPECT_FALSE(made.bytes().equals(MasterKey::generate().bytes()));
}

TEST_F(MasterKeyTest, RefusesAFileOfAnotherSizeOrMode) {
    for (const std::size_t size : {0, 1, 16, 31, 33, 4096}) {
        write(std::string(size, 'k'));
        const auto key = MasterKey::read_file(path());
        ASSERT_FALSE(key.has_value()) << size;
        EXPECT_EQ(key.error().code(), Errc::StoreInvalid);
        EXPECT_NE(key.error().hint().find("escrow"), std::string::npos);
    }
    for (const mode_t mode : {0640, 0604, 0620, 0601}) {
        write(raw_, mode);
        const auto key = MasterKey::read_file(path());
        ASSERT_FALSE(key.has_value()) << mode;
        EXPECT_NE(key.error().hint().find("chmod 0600"), std::string::npos);
        EXPECT_EQ(key.error().message().find(raw_), std::string::npos);
    }
}

TEST_F(MasterKeyTest, SaysWhichFileIsMissing) {
    const auto key = MasterKey::read_file(path());
    ASSERT_FALSE(key.has_value());
    EXPECT_EQ(key.error().code(), Errc::NotFound);
    EXPECT_NE(key.error().message().find(path()), std::string::npos);
    EXPECT_FALSE(key.error().hint().empty());
}

TEST_F(MasterKeyTest, RefusesAFileOfAnotherUser) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to give a file away";
    write(raw_);
    ASSERT_EQ(::chown(path().c_str(), 65'534, 65'534), 0);
    EXPECT_EQ(MasterKey::read_file(path()).error().code(), Errc::StoreInvalid);
    EXPECT_EQ(credential().error().code(), Errc::StoreInvalid);
}

TEST_F(MasterKeyTest, IsReadFromASystemdCredential) {
    for (const mode_t mode : {0400, 0440, 0600}) {
        write(raw_, mode);
        EXPECT_EQ(credential().value().bytes().reveal(), raw_) << mode;
    }
    for (const mode_t mode : {0444, 0460, 0404}) {
        write(raw_, mode);
        EXPECT_EQ(credential().error().code(), Errc::StoreInvalid) << mode;
    }
    write(raw_.substr(1), 0400);
    EXPECT_EQ(credential().error().code(), Errc::StoreInvalid);
}

TEST_F(MasterKeyTest, SaysHowToGiveACredential) {
    for (const auto& key :
         {credential().error(), MasterKey::read_credential(nullptr, "master.key").error()}) {
        EXPECT_EQ(key.code(), Errc::NotFound);
        EXPECT_NE(key.hint().find("LoadCredentialEncrypted=master.key"), std::string::npos);
    }
    for (const char* name : {"", "../master.key", "a/b"})
        EXPECT_EQ(MasterKey::read_credential("/nowhere", name).error().code(), Errc::InvalidParams);
}

TEST_F(MasterKeyTest, HasThirtyTwoBytes) {
    EXPECT_EQ(MasterKey::from(Secret{std::string(31, 'k')}).error().code(), Errc::InvalidParams);
    EXPECT_EQ(MasterKey::from(Secret{}).error().code(), Errc::InvalidParams);
}

}  // namespace
}  // namespace vault::secrets
