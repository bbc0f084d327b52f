// Backup files: what goes in comes out, and nothing else opens.
#include "daemon/secrets/backup_file.hpp"

#include "tests/support/shared_data.hpp"
#include "tests/unit/secrets/ring_world.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>
#include <sys/stat.h>

namespace vault::secrets {
namespace {

std::string read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream{path, std::ios::binary}.rdbuf();
    return text.str();
}

class BackupFileTest : public ::testing::Test {
  protected:
    std::string at(const char* name) const { return (folder_.path() / name).string(); }
    void write(const char* name, std::string_view bytes) const {
        std::filesystem::remove(at(name));
        std::ofstream{at(name), std::ios::binary} << bytes;
        ::chmod(at(name).c_str(), 0600);
    }
    static KeyRing root(std::uint32_t number = 1, std::uint32_t version = 3,
                        std::string deployment = "here") {
        return KeyRing::root_of(std::move(deployment), MasterVersion{version},
                                master_key_of(number));
    }
    static std::string store_of(std::size_t bytes) {
        std::mt19937_64 dice{bytes};
        std::string text(bytes, '\0');
        for (char& each : text)
            each = static_cast<char>(dice());
        return text;
    }
    ports::BackupLabel label(std::uint64_t bytes) const {
        ports::BackupLabel label{"here",
                                 UtcTime{std::chrono::milliseconds{1'700'000'000'000}},
                                 MasterVersion{3},
                                 bytes,
                                 {}};
        label.heads = {12, 2, 34, sha256("audit"), 2, 56, sha256("journal")};
        return label;
    }
    // A backup of that many bytes at "one.backup".
    void make(std::size_t bytes) const {
        write("vault.db", store_of(bytes));
        write("checkpoint.key", kSigner);
        std::filesystem::remove(at("one.backup"));
        ASSERT_TRUE(write_backup(at("one.backup"), label(bytes), root(),
                                 {at("vault.db"), at("checkpoint.key")})
                        .has_value());
    }
    Result<ports::BackupLabel> open(const KeyRing& with = root()) const {
        std::filesystem::remove(at("out.db"));
        std::filesystem::remove(at("out.key"));
        return open_backup(at("one.backup"), with, {at("out.db"), at("out.key")});
    }
    bool left_nothing() const {
        return !std::filesystem::exists(at("out.db")) && !std::filesystem::exists(at("out.key"));
    }

    static constexpr std::string_view kSigner = "0123456789abcdef0123456789abcdef";
    vault::testing::TemporaryDirectory folder_;
};

TEST_F(BackupFileTest, WhatGoesInComesOut) {
    for (const std::size_t bytes : {1U, 65'535U, 65'536U, 65'537U, 131'072U, 300'000U}) {
        make(bytes);
        const auto opened = open();
        ASSERT_TRUE(opened.has_value()) << opened.error().message();
        EXPECT_EQ(opened.value(), label(bytes));
        EXPECT_EQ(read(at("out.db")), store_of(bytes));
        EXPECT_EQ(read(at("out.key")), kSigner);
        EXPECT_EQ(read_backup_label(at("one.backup")).value(), label(bytes));
    }
    struct stat status {};
    ASSERT_EQ(::stat(at("one.backup").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST_F(BackupFileTest, NothingOfTheContentIsToBeSeen) {
    write("vault.db", "a canary that nobody else has");
    write("checkpoint.key", kSigner);
    ASSERT_TRUE(
        write_backup(at("one.backup"), label(29), root(), {at("vault.db"), at("checkpoint.key")})
            .has_value());
    const std::string sealed = read(at("one.backup"));
    EXPECT_EQ(sealed.find("canary"), std::string::npos);
    EXPECT_EQ(sealed.find(kSigner), std::string::npos);
    EXPECT_TRUE(sealed.starts_with("core vault backup, format 1\ndeployment here\n"));
}

// Every byte counts: of the label, of the key, of each piece, and how many there are.
TEST_F(BackupFileTest, EveryChangedByteAndEveryCutIsFound) {
    make(150'000);
    const std::string whole = read(at("one.backup"));
    const std::size_t label_end = whole.find("\ncheck ") + 24;
    std::mt19937_64 dice{20261129};
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < label_end; ++i)
        places.push_back(i);
    for (int i = 0; i < 400; ++i)
        places.push_back(dice() % whole.size());
    for (const std::size_t place : places) {
        std::string changed = whole;
        changed[place] = static_cast<char>(changed[place] ^ (1 << dice() % 8));
        write("one.backup", changed);
        EXPECT_FALSE(open().has_value()) << "byte " << place;
        EXPECT_TRUE(left_nothing()) << "byte " << place;
    }
    for (std::size_t size = 0; size < whole.size(); size += 1 + dice() % 900) {
        write("one.backup", std::string_view{whole}.substr(0, size));
        EXPECT_FALSE(open().has_value()) << size << " bytes";
    }
    write("one.backup", whole + "x");
    EXPECT_FALSE(open().has_value());
    EXPECT_TRUE(left_nothing());
    write("one.backup", whole);
    EXPECT_TRUE(open().has_value());
}

TEST_F(BackupFileTest, PiecesOfAnotherBackupDoNotFit) {
    make(200'000);
    const std::string first = read(at("one.backup"));
    make(200'000);
    const std::string second = read(at("one.backup"));
    ASSERT_EQ(first.size(), second.size());
    write("one.backup", first.substr(0, 100'000) + second.substr(100'000));
    EXPECT_FALSE(open().has_value());
    // The label of one before the pieces of the other.
    const std::size_t end = first.find("\ncheck ") + 24;
    write("one.backup", first.substr(0, end) + second.substr(end));
    EXPECT_FALSE(open().has_value());
}

TEST_F(BackupFileTest, OnlyItsOwnKeyAndDeploymentOpenIt) {
    make(10);
    EXPECT_EQ(open(root(2)).error().code(), Errc::StoreInvalid);
    const auto older = open(root(1, 2));
    EXPECT_EQ(older.error().code(), Errc::WrongState);
    EXPECT_NE(older.error().message().find("version 3"), std::string::npos);
    EXPECT_EQ(open(root(1, 3, "elsewhere")).error().code(), Errc::WrongState);
    EXPECT_TRUE(left_nothing());
}

TEST_F(BackupFileTest, NothingThatIsThereIsReplaced) {
    make(10);
    EXPECT_EQ(
        write_backup(at("one.backup"), label(10), root(), {at("vault.db"), at("checkpoint.key")})
            .error()
            .code(),
        Errc::Exists);
    const auto over = [&](const char* store, const char* key) {
        return open_backup(at("one.backup"), root(), {at(store), at(key)});
    };
    EXPECT_EQ(over("vault.db", "new.key").error().code(), Errc::Exists);
    EXPECT_EQ(over("new.db", "checkpoint.key").error().code(), Errc::Exists);
    EXPECT_EQ(read(at("vault.db")), store_of(10));
    EXPECT_EQ(read(at("checkpoint.key")), kSigner);
    EXPECT_FALSE(std::filesystem::exists(at("new.db")));
    EXPECT_FALSE(std::filesystem::exists(at("new.key")));
    EXPECT_EQ(read_backup_label(at("none")).error().code(), Errc::NotFound);
    EXPECT_EQ(read_backup_label(at("vault.db")).error().code(), Errc::StoreInvalid);
    EXPECT_EQ(write_backup(at("two.backup"), label(10), KeyRing::load("here", {}, {}, {}).value(),
                           {at("vault.db"), at("checkpoint.key")})
                  .error()
                  .code(),
              Errc::WrongState);
}

}  // namespace
}  // namespace vault::secrets
