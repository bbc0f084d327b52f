// What --out names: files, links, folders, pipes, descriptors, and a chart that has nothing to
// show.
#include "cli/command/atomic_file.hpp"
#include "tests/unit/cli/fake_terminal.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <gtest/gtest.h>

#include <array>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace vault::command {
namespace {

namespace fs = std::filesystem;
using protocol::encode_reply;
using protocol::Request;
using test::call;
using test::FakeServer;
using test::Ran;

class OutFile : public testing::Test {
  protected:
    OutFile() : folder_(testing::TempDir() + "out-" + std::to_string(::getpid())) {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }
    ~OutFile() override { fs::remove_all(folder_); }

    std::string at(const std::string& name) const { return folder_ + '/' + name; }
    std::string put(const std::string& name, const std::string& text, mode_t mode) const {
        std::ofstream(at(name)) << text;
        ::chmod(at(name).c_str(), mode);
        return at(name);
    }
    static std::string text_of(const std::string& path) {
        std::stringstream text;
        text << std::ifstream(path).rdbuf();
        return text.str();
    }
    static mode_t mode_of(const std::string& path) {
        struct stat there {};
        return ::stat(path.c_str(), &there) == 0 ? there.st_mode & 07777 : 0;
    }
    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder_), fs::directory_iterator{}));
    }
    static void expect_refused(const std::string& path, std::string_view why) {
        const auto written = write_whole(path, "new");
        ASSERT_FALSE(written) << path;
        EXPECT_EQ(written.error().code(), Errc::Io);
        EXPECT_EQ(written.error().field(), "out");
        EXPECT_TRUE(written.error().message().starts_with("--out " + path + ": "))
            << written.error().message();
        EXPECT_NE(written.error().message().find(why), std::string::npos)
            << written.error().message();
        EXPECT_FALSE(written.error().hint().empty());
    }

    std::string folder_;
};

TEST_F(OutFile, KeepsTheModeOfWhatItReplacesAndHeedsTheUmask) {
    const std::string old = put("old", "old", 0640);
    ASSERT_TRUE(write_whole(old, "new"));
    EXPECT_EQ(text_of(old), "new");
    EXPECT_EQ(mode_of(old), 0640U);
    const mode_t before = ::umask(027);
    ASSERT_TRUE(write_whole(at("made"), "new"));
    ::umask(before);
    EXPECT_EQ(mode_of(at("made")), 0640U);
    EXPECT_EQ(files(), 2U);
}

TEST_F(OutFile, WritesWhatALinkLeadsTo) {
    put("target", "old", 0600);
    fs::create_symlink("target", at("link"));
    fs::create_symlink("later", at("dangling"));
    ASSERT_TRUE(write_whole(at("link"), "new"));
    ASSERT_TRUE(write_whole(at("dangling"), "new"));
    EXPECT_TRUE(fs::is_symlink(at("link")) && fs::is_symlink(at("dangling")));
    EXPECT_EQ(text_of(at("target")), "new");
    EXPECT_EQ(text_of(at("later")), "new");
    fs::create_symlink("loop", at("loop"));
    expect_refused(at("loop"), "symbolic links");
}

TEST_F(OutFile, SaysWhatIsWrongWithTheName) {
    expect_refused(folder_, "this is a folder");
    expect_refused(at("new/"), "this is a folder");
    expect_refused(at("no/such"), "there is no folder " + at("no"));
    const std::string file = put("file", "old", 0600);
    expect_refused(file + "/x", "is no folder");
    expect_refused(at(std::string(300, 'x')), "too long");
    expect_refused("/dev/full", "No space left");
    EXPECT_EQ(text_of(file), "old");
    EXPECT_EQ(files(), 1U);
}

TEST_F(OutFile, AnUnfinishedFileLeavesTheOldOneAndNothingElse) {
    const std::string path = put("kept", "old", 0600);
    {
        AtomicFile file(path);
        ASSERT_TRUE(file.open());
        ASSERT_TRUE(file.write("new"));
        EXPECT_EQ(text_of(path), "old");
    }
    EXPECT_EQ(text_of(path), "old");
    EXPECT_EQ(files(), 1U);
}

TEST_F(OutFile, WritesADescriptorWhereItStands) {
    const std::string path = put("log", "head\n", 0600);
    const int fd =
        ::open(path.c_str(), O_WRONLY | O_APPEND);  // as a shell does: not for exec alone
    ASSERT_GE(fd, 0);
    ASSERT_TRUE(write_whole("/dev/fd/" + std::to_string(fd), "tail\n"));
    EXPECT_EQ(text_of(path), "head\ntail\n");
    ::close(fd);
    expect_refused("/dev/fd/" + std::to_string(fd), "is not open");
    const int mine = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    expect_refused("/dev/fd/" + std::to_string(mine), "is not open");
    ::close(mine);
    const int read_only = ::open(path.c_str(), O_RDONLY);
    expect_refused("/dev/fd/" + std::to_string(read_only), "is not open for writing");
    ::close(read_only);
}

TEST_F(OutFile, WaitsForTheReaderOfAPipe) {
    ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
    std::string read;
    std::thread reader([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(60));
        read = text_of(at("pipe"));
    });
    EXPECT_TRUE(write_whole(at("pipe"), "through"));
    reader.join();
    EXPECT_EQ(read, "through");
    EXPECT_TRUE(fs::is_fifo(at("pipe")));
}

std::string without_days(const Request& request) {
    if (request.method == "vault.show")
        return encode_reply(request.id, {{"id", "v1"}, {"account", "a1"}, {"asset", "USDT"}});
    return encode_reply(request.id, boost::json::array());
}

TEST_F(OutFile, AChartWithoutDaysLeavesTheFileAndFails) {
    const FakeServer server(without_days);
    for (const char* name : {"x.svg", "x.html"}) {
        const std::string path = put(name, "old", 0600);
        const Ran ran = call(&server, "chart pnl v1 --out " + path);
        EXPECT_EQ(ran.code, 4);
        EXPECT_NE(ran.err.find("nothing to draw; " + path + " is not written"), std::string::npos)
            << ran.err;
        EXPECT_EQ(text_of(path), "old");
    }
    // A list that is empty is one.
    EXPECT_EQ(call(&server, "chart pnl v1 --out " + at("x.csv")).code, 0);
    EXPECT_EQ(text_of(at("x.csv")), "day,realised,unrealised\r\n");
}

TEST_F(OutFile, AFileIsNotDrawnForTheTerminal) {
    const FakeServer server([](const Request& request) {
        if (request.method == "vault.show") return without_days(request);
        const boost::json::object point{
            {"day", "2024-01-01T00:00:00.000Z"}, {"realised", "1"}, {"unrealised", "2"}};
        return encode_reply(request.id,
                            boost::json::array{{{"sleeve", "quiet"}, {"points", {point}}}});
    });
    test::FakeTerminal small;
    small.window = Terminal::Size{30, 14};
    EXPECT_EQ(call(&server, "chart pnl v1 -o table --out " + at("small"), small).code, 0);
    EXPECT_EQ(call(&server, "chart pnl v1 -o table --out " + at("none")).code, 0);
    EXPECT_EQ(text_of(at("small")), text_of(at("none")));
    EXPECT_EQ(text_of(at("small")).find('\x1b'), std::string::npos);
    for (const char* standard : {"-", "/dev/stdout"})
        EXPECT_TRUE(call(&server, std::string("chart pnl v1 -o csv --out ") + standard)
                        .out.starts_with("day,"));
}

TEST_F(OutFile, AReportHasThePageOfItsVaultAndTime) {
    const FakeServer server([](const Request& request) {
        return encode_reply(request.id, {{"from", "2024-01-05T00:00:00.000Z"},
                                         {"to", nullptr},
                                         {"rows", boost::json::array()}});
    });
    const std::string page = call(&server, "report pnl v1 -o html").out;
    EXPECT_NE(page.find("<title>Profit and loss of v1, since 2024-01-05</title>"),
              std::string::npos)
        << page;
    EXPECT_NE(page.find("generated at 20"), std::string::npos) << page;
    EXPECT_NE(page.find(" UTC by vaultctl "), std::string::npos) << page;
    const std::string all = call(&server, "report sweeps --all -o html").out;
    EXPECT_NE(all.find("<h1>Sweeps of all vaults, since 2024-01-05</h1>"), std::string::npos);
}

}  // namespace
}  // namespace vault::command
