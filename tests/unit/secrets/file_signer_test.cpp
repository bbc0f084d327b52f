#include "daemon/secrets/file_signer.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace vault::secrets {
namespace {

namespace fs = std::filesystem;

class FileSignerTest : public testing::Test {
  protected:
    FileSignerTest() {
        std::string pattern = (fs::temp_directory_path() / "signer-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        path_ = (folder_ / "checkpoint.key").string();
    }
    ~FileSignerTest() override { fs::remove_all(folder_); }

    void write_key(const std::string& bytes, mode_t mode = 0600) const {
        std::ofstream{path_, std::ios::binary} << bytes;
        ::chmod(path_.c_str(), mode);
    }
    std::string read_key() const {
        std::ifstream file{path_, std::ios::binary};
        return {std::istreambuf_iterator<char>{file}, {}};
    }

    fs::path folder_;
    std::string path_;
};

TEST_F(FileSignerTest, MakesAPrivateKeyOnceAndKeepsIt) {
    const Digest first = FileSigner::open(path_).value().sign("checkpoint");
    struct stat status {};
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600U);
    EXPECT_EQ(status.st_nlink, 1U);
    const std::string key = read_key();
    EXPECT_EQ(key.size(), 32U);
    EXPECT_EQ(FileSigner::open(path_).value().sign("checkpoint"), first);
    EXPECT_EQ(read_key(), key);
    EXPECT_EQ(std::distance(fs::directory_iterator{folder_}, fs::directory_iterator{}), 1);
    fs::remove(path_);
    EXPECT_NE(FileSigner::open(path_).value().sign("checkpoint"), first);
}

// RFC 4231, test case 1, with its 20-byte key padded by zeros to 32: HMAC pads keys with zeros, so
// the digest is the published one. Test case 2 likewise ("Jefe").
TEST_F(FileSignerTest, MatchesRfc4231) {
    write_key(std::string(20, '\x0b') + std::string(12, '\0'));
    EXPECT_EQ(to_hex(FileSigner::open(path_).value().sign("Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    write_key("Jefe" + std::string(28, '\0'));
    EXPECT_EQ(to_hex(FileSigner::open(path_).value().sign("what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_F(FileSignerTest, VerifiesOnlyWhatItSigned) {
    const FileSigner signer = FileSigner::open(path_).value();
    const Digest signature = signer.sign("batch 7");
    EXPECT_TRUE(signer.verify("batch 7", signature));
    EXPECT_FALSE(signer.verify("batch 8", signature));
    EXPECT_FALSE(signer.verify("", signature));
    for (std::size_t i = 0; i < signature.size(); ++i) {
        Digest changed = signature;
        changed[i] ^= 1;
        EXPECT_FALSE(signer.verify("batch 7", changed)) << i;
    }
}

TEST_F(FileSignerTest, RefusesAKeyThatOthersCanRead) {
    const std::string key(32, 'k');
    for (const mode_t mode : {0640, 0604, 0660, 0602, 0610}) {
        write_key(key, mode);
        const auto signer = FileSigner::open(path_);
        ASSERT_FALSE(signer.has_value());
        EXPECT_EQ(signer.error().code(), Errc::StoreInvalid);
        EXPECT_NE(signer.error().hint().find("chmod 0600"), std::string::npos);
        EXPECT_EQ(signer.error().message().find(key), std::string::npos);
    }
    write_key(key, 0400);
    EXPECT_TRUE(FileSigner::open(path_).has_value());
}

TEST_F(FileSignerTest, RefusesAWrongSizeALinkAndAFolder) {
    for (const std::size_t size : {0, 1, 31, 33, 64}) {
        write_key(std::string(size, 'k'));
        EXPECT_EQ(FileSigner::open(path_).error().code(), Errc::StoreInvalid) << size;
        EXPECT_EQ(read_key().size(), size);
    }
    fs::remove(path_);
    const fs::path target = folder_ / "elsewhere";
    std::ofstream{target} << std::string(32, 'k');
    ::chmod(target.c_str(), 0600);
    fs::create_symlink(target, path_);
    EXPECT_EQ(FileSigner::open(path_).error().code(), Errc::StoreInvalid);
    fs::remove(path_);
    fs::create_directory(path_);
    EXPECT_EQ(FileSigner::open(path_).error().code(), Errc::StoreInvalid);
}

TEST_F(FileSignerTest, RefusesAKeyOfAnotherUser) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to give a file away";
    write_key(std::string(32, 'k'));
    ASSERT_EQ(::chown(path_.c_str(), 65534, 65534), 0);
    EXPECT_EQ(FileSigner::open(path_).error().code(), Errc::StoreInvalid);
}

TEST_F(FileSignerTest, SaysWhenItCannotMakeTheKey) {
    const auto signer = FileSigner::open((folder_ / "missing" / "checkpoint.key").string());
    ASSERT_FALSE(signer.has_value());
    EXPECT_EQ(signer.error().code(), Errc::Io);
    EXPECT_NE(signer.error().message().find("No such file"), std::string::npos);
}

TEST_F(FileSignerTest, ALeftOverOfACrashIsReplaced) {
    std::ofstream{path_ + ".new"} << "half";
    EXPECT_TRUE(FileSigner::open(path_).has_value());
    EXPECT_EQ(read_key().size(), 32U);
    EXPECT_FALSE(fs::exists(path_ + ".new"));
}

}  // namespace
}  // namespace vault::secrets
