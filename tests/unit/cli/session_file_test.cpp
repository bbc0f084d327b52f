// The session's file: who may read it, what stands in its way, and which session it is.
#include "cli/client/session_file.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace vault::client {
namespace {

namespace fs = std::filesystem;

constexpr const char* kToken = "vault_session_5ec2e7";
constexpr uid_t kSomebodyElse = 4242;

StoredSession session(const std::string& user = "alice", const std::string& token = kToken) {
    return {user, "s3", joined(token, {})};
}

mode_t mode_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777;
}

class SessionFileTest : public testing::Test {
  protected:
    void SetUp() override {
        root = testing::TempDir() + "vaultctl-session-XXXXXX";
        ASSERT_NE(::mkdtemp(root.data()), nullptr);
    }
    void TearDown() override { fs::remove_all(root); }

    std::string folder() const { return root + "/vaultctl"; }
    SessionFile file(const std::string& socket = "/run/a.sock") const { return {folder(), socket}; }
    // The code of what reading says, and that it does not tell the token.
    Error refusal(const SessionFile& kept) {
        const auto read = kept.read();
        EXPECT_FALSE(read.has_value());
        if (read) return Error{Errc::Internal, "it was read"};
        EXPECT_EQ(read.error().message().find("5ec2e7"), std::string::npos);
        EXPECT_FALSE(read.error().hint().empty());
        return read.error();
    }

    std::string root;
};

TEST_F(SessionFileTest, IsReadAsItWasWrittenByItsOwnerAlone) {
    const SessionFile kept = file();
    ASSERT_TRUE(kept.read().has_value());
    EXPECT_FALSE(kept.read().value().has_value());
    const mode_t before = ::umask(0);
    ASSERT_TRUE(kept.write(session()).has_value());
    ::umask(before);
    EXPECT_EQ(mode_of(folder()), 0700U);
    EXPECT_EQ(mode_of(kept.path()), 0600U);
    const auto read = kept.read();
    ASSERT_TRUE(read.has_value() && read.value().has_value());
    EXPECT_EQ(read.value()->user, "alice");
    EXPECT_EQ(read.value()->id, "s3");
    EXPECT_EQ(read.value()->token.reveal(), kToken);
    // Another sign-in replaces it, under any umask; nothing else lies there.
    ::umask(0777);
    EXPECT_TRUE(kept.write(session("bob")).has_value());
    ::umask(before);
    EXPECT_EQ(mode_of(kept.path()), 0600U);
    EXPECT_EQ(kept.read().value()->user, "bob");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder()), fs::directory_iterator()), 1);
}

TEST_F(SessionFileTest, IsOfOneSocket) {
    ASSERT_TRUE(file("/run/a.sock").write(session("alice")).has_value());
    ASSERT_TRUE(file("/run/b.sock").write(session("bob")).has_value());
    EXPECT_EQ(file("/run/a.sock").read().value()->user, "alice");
    EXPECT_EQ(file("/run/x/../a.sock").read().value()->user, "alice");
    EXPECT_FALSE(file("/run/c.sock").read().value().has_value());
    // Of another socket, however it came under this name.
    fs::copy_file(file("/run/a.sock").path(), file("/run/c.sock").path());
    EXPECT_FALSE(file("/run/c.sock").read().value().has_value());
}

TEST_F(SessionFileTest, IsRemovedOnlyWithItsToken) {
    const SessionFile kept = file();
    ASSERT_TRUE(kept.write(session()).has_value());
    EXPECT_FALSE(kept.remove(joined("vault_session_other", {})));
    EXPECT_TRUE(kept.read().value().has_value());
    EXPECT_TRUE(kept.remove(joined(kToken, {})));
    EXPECT_FALSE(kept.read().value().has_value());
    EXPECT_FALSE(kept.remove());
}

TEST_F(SessionFileTest, ThatOthersCanReadIsNotUsed) {
    const SessionFile kept = file();
    ASSERT_TRUE(kept.write(session()).has_value());
    for (const mode_t mode : {0640U, 0604U, 0620U, 0660U, 0644U}) {
        ASSERT_EQ(::chmod(kept.path().c_str(), mode), 0);
        const Error error = refusal(kept);
        EXPECT_EQ(error.code(), Errc::PermissionDenied);
        EXPECT_NE(error.message().find("others can read it"), std::string::npos) << error.message();
        EXPECT_NE(error.hint().find("vaultctl login"), std::string::npos);
    }
    EXPECT_TRUE(kept.write(session()).has_value()) << "signing in again mends it";
    EXPECT_TRUE(kept.read().value().has_value());
}

TEST_F(SessionFileTest, InAFolderThatOthersCanEnterIsNotUsed) {
    const SessionFile kept = file();
    ASSERT_TRUE(kept.write(session()).has_value());
    for (const mode_t mode : {0755U, 0710U, 0701U}) {
        ASSERT_EQ(::chmod(folder().c_str(), mode), 0);
        EXPECT_EQ(refusal(kept).code(), Errc::PermissionDenied);
        EXPECT_EQ(kept.prepare().error().code(), Errc::PermissionDenied);
        EXPECT_EQ(kept.write(session()).error().code(), Errc::PermissionDenied);
        EXPECT_FALSE(kept.remove());
    }
    EXPECT_NE(refusal(kept).hint().find("chmod 700"), std::string::npos);
}

TEST_F(SessionFileTest, LinksAreNotFollowed) {
    const SessionFile kept = file();
    ASSERT_TRUE(kept.write(session()).has_value());
    const std::string elsewhere = root + "/elsewhere";
    fs::rename(kept.path(), elsewhere);
    fs::create_symlink(elsewhere, kept.path());
    EXPECT_EQ(refusal(kept).code(), Errc::PermissionDenied);
    EXPECT_NE(refusal(kept).message().find("symbolic link"), std::string::npos);
    // Signing in replaces the link and leaves what it led to.
    ASSERT_TRUE(kept.write(session("bob")).has_value());
    EXPECT_FALSE(fs::is_symlink(kept.path()));
    std::stringstream text;
    text << std::ifstream(elsewhere).rdbuf();
    EXPECT_NE(text.str().find("user alice"), std::string::npos);

    const std::string real = root + "/real";
    fs::rename(folder(), real);
    fs::create_symlink(real, folder());
    EXPECT_EQ(refusal(kept).code(), Errc::PermissionDenied);
    EXPECT_EQ(kept.write(session()).error().code(), Errc::PermissionDenied);
}

TEST_F(SessionFileTest, WhatIsNoSessionIsRefused) {
    const SessionFile kept = file();
    ASSERT_TRUE(kept.prepare().has_value());
    for (const std::string text :
         {"", "token x", "vaultctl session 1\n", "vaultctl session 2\nsocket /run/a.sock\n",
          "vaultctl session 1\nsocket /run/a.sock\nuser alice\nsession s3\ntoken \n"}) {
        std::ofstream(kept.path(), std::ios::trunc) << text;
        ASSERT_EQ(::chmod(kept.path().c_str(), 0600), 0);
        EXPECT_EQ(refusal(kept).code(), Errc::PermissionDenied) << text;
    }
    std::ofstream(kept.path(), std::ios::trunc) << std::string(9000, 'x');
    EXPECT_NE(refusal(kept).message().find("8 KiB"), std::string::npos);
    fs::remove(kept.path());
    ASSERT_EQ(::mkfifo(kept.path().c_str(), 0600), 0);
    EXPECT_NE(refusal(kept).message().find("no regular file"), std::string::npos);
    fs::remove(kept.path());
    fs::create_directory(kept.path());
    EXPECT_EQ(refusal(kept).code(), Errc::PermissionDenied);
}

TEST_F(SessionFileTest, OfSomebodyElseIsNotUsed) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
    const SessionFile kept = file();
    ASSERT_TRUE(kept.write(session()).has_value());
    ASSERT_EQ(::chown(kept.path().c_str(), kSomebodyElse, kSomebodyElse), 0);
    EXPECT_NE(refusal(kept).message().find("belongs to uid 4242"), std::string::npos);
    ASSERT_TRUE(kept.write(session()).has_value());
    ASSERT_EQ(::chown(folder().c_str(), kSomebodyElse, kSomebodyElse), 0);
    EXPECT_NE(refusal(kept).message().find("belongs to uid 4242"), std::string::npos);
    EXPECT_NE(kept.write(session()).error().hint().find("XDG_RUNTIME_DIR"), std::string::npos);
}

TEST_F(SessionFileTest, LiesWhereItsOwnerAloneGoes) {
    EXPECT_EQ(session_folder(root), root + "/vaultctl");
    const std::string otherwise = session_folder("");
    EXPECT_TRUE(otherwise == "/tmp/vaultctl-" + std::to_string(::geteuid()) ||
                otherwise == "/run/user/" + std::to_string(::geteuid()) + "/vaultctl")
        << otherwise;
    EXPECT_EQ(session_folder("relative"), otherwise);
    EXPECT_EQ(session_folder(root + "/missing"), otherwise);
    if (::geteuid() != 0) return;
    // As after su: the variable is another user's.
    ASSERT_EQ(::chown(root.c_str(), kSomebodyElse, kSomebodyElse), 0);
    EXPECT_EQ(session_folder(root), otherwise);
    ASSERT_EQ(::chown(root.c_str(), ::geteuid(), ::getegid()), 0);
}

TEST_F(SessionFileTest, ARobotsTokenIsItsFirstLine) {
    const std::string path = root + "/token";
    const auto put = [&](const std::string& text, mode_t mode = 0600) {
        fs::remove(path);  // it may be one that cannot be written
        std::ofstream(path) << text;
        EXPECT_EQ(::chmod(path.c_str(), mode), 0);
        return read_token_file(path, "");
    };
    EXPECT_EQ(put("vault_robot_5ec2e7\n").value().reveal(), "vault_robot_5ec2e7");
    EXPECT_EQ(put("vault_robot_5ec2e7\r\nmore").value().reveal(), "vault_robot_5ec2e7");
    EXPECT_EQ(put("vault_robot_5ec2e7", 0400).value().reveal(), "vault_robot_5ec2e7");
    for (const std::string text : {"", "\n", "two 5ec2e7", "{\"token\":\"5ec2e7\"}"}) {
        const auto bad = put(text);
        ASSERT_FALSE(bad.has_value()) << text;
        EXPECT_EQ(bad.error().code(), Errc::InvalidParams);
        EXPECT_EQ(bad.error().message().find("5ec2e7"), std::string::npos);
    }
    EXPECT_EQ(put("vault_robot_5ec2e7", 0640).error().code(), Errc::PermissionDenied);
    EXPECT_EQ(read_token_file(root + "/none", "").error().code(), Errc::NotFound);
    EXPECT_TRUE(put("vault_robot_5ec2e7").has_value());
    fs::create_symlink(path, root + "/link");
    EXPECT_TRUE(read_token_file(root + "/link", "").has_value());
    // systemd lets the service in by a list, which shows as the group's right.
    EXPECT_FALSE(put("vault_robot_5ec2e7", 0440).has_value());
    EXPECT_TRUE(read_token_file(path, root).has_value());
    EXPECT_EQ(::chmod(path.c_str(), 0444), 0);
    EXPECT_FALSE(read_token_file(path, root).has_value());
}

TEST_F(SessionFileTest, AWriterThatIsNotDoneLeavesNothing) {
    PrivateName name;
    name.name = name.path = root + "/token";
    name.what = "file";
    {
        auto writer = PrivateWriter::open(name);
        ASSERT_TRUE(writer.has_value());
    }
    EXPECT_TRUE(fs::is_empty(root));
    auto writer = PrivateWriter::open(name);
    ASSERT_TRUE(writer.value().commit(joined("x", "\n")).has_value());
    EXPECT_EQ(mode_of(name.name), 0600U);
    name.name = root + "/missing/token";
    EXPECT_EQ(PrivateWriter::open(name).error().code(), Errc::Io);
}

}  // namespace
}  // namespace vault::client
