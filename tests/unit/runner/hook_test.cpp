// Hooks in earnest: the daemon's client and the runner's service at the two ends of a pair of
// sockets, and shell scripts as the operator's programs.
#include "daemon/runner/hook_client.hpp"
#include "daemon/runner/hook_service.hpp"
#include "tests/support/shared_data.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace vault::runner {
namespace {

namespace asio = boost::asio;

// A killed orphan is there until its new parent has read its end.
bool runs(const std::string& process) {
    std::ifstream about{"/proc/" + process + "/stat"};
    std::string state;
    for (int fields = 0; fields < 3; ++fields)
        about >> state;
    return about && state != "Z";
}

asio::awaitable<void> keep(HookClient& client, ports::HookCall call,
                           std::optional<Result<void>>& ended) {
    auto running = client.run(std::move(call));
    ended = co_await std::move(running);
}

class HookTest : public ::testing::Test {
  protected:
    HookTest() {
        std::signal(SIGPIPE, SIG_IGN);  // as the runner does
        std::string name = (std::filesystem::temp_directory_path() / "hooks-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
        theirs_ = Descriptor{ends[1]};
        link_ = std::make_unique<Link>(io_.get_executor(),
                                       RunnerPlace{ends[0], "", "", RunnerRole::Hooks}, logger_);
        client_ = std::make_unique<HookClient>(io_.get_executor(), *link_);
        service_ = std::thread{[this] {
            HookService service{theirs_.get(), theirs_.get(), clock_, logger_};
            const Result<void> served = service.run(stop_);
            EXPECT_TRUE(served.has_value()) << served.error().message();
        }};
    }
    ~HookTest() override {
        link_.reset();  // hangs up
        service_.join();
        std::filesystem::remove_all(folder_);
    }

    std::string program(const std::string& text) {
        const std::string path = fmt::format("{}/{}.sh", folder_, ++programs_);
        std::ofstream{path} << "#!/bin/sh\n" << text;
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        return path;
    }
    std::string file(const std::string& name) const { return folder_ + "/" + name; }
    std::string content(const std::string& name) const {
        std::stringstream text;
        text << std::ifstream{file(name)}.rdbuf();
        return text.str();
    }
    // How each of them ended, run beside each other.
    std::vector<Result<void>> run_all(const std::vector<ports::HookCall>& calls) {
        std::vector<std::optional<Result<void>>> ended(calls.size());
        for (std::size_t i = 0; i < calls.size(); ++i)
            asio::co_spawn(io_, keep(*client_, calls[i], ended[i]), asio::detached);
        const auto done = [&] {
            return std::ranges::all_of(ended, [](const auto& one) { return one.has_value(); });
        };
        while (!done() && io_.run_one() > 0) {
        }
        std::vector<Result<void>> out;
        for (auto& one : ended)
            out.push_back(std::move(*one));
        return out;
    }
    Result<void> run(std::vector<std::string> command, std::string input = {},
                     Duration limit = std::chrono::seconds{60}) {
        return run_all({{std::move(command), std::move(input), limit}}).front();
    }

    asio::io_context io_;
    SystemClock clock_;
    NullLogger logger_;
    Descriptor theirs_;
    const volatile std::sig_atomic_t stop_ = 0;
    std::string folder_;
    int programs_ = 0;
    std::unique_ptr<Link> link_;
    std::unique_ptr<HookClient> client_;
    std::thread service_;
};

TEST_F(HookTest, AProgramReadsTheWholeMessageAndItsArguments) {
    std::string message(300'000, 'x');
    message += "\xc3\xa9\n\"end\"";
    const Result<void> ran = run({program("cat > \"$1\"\n"), file("a b")}, message);
    ASSERT_TRUE(ran.has_value()) << ran.error().message();
    EXPECT_EQ(content("a b"), message);
}

TEST_F(HookTest, ANoIsToldWithTheLastLines) {
    const Result<void> ran = run({program("echo first; echo 'no such room' >&2; exit 3\n")});
    ASSERT_FALSE(ran.has_value());
    EXPECT_EQ(ran.error().code(), Errc::Io);
    EXPECT_EQ(ran.error().message(), "exit code 3: first; no such room");
    EXPECT_EQ(run({program("kill -9 $$\n")}).error().message(), "signal 9");
}

TEST_F(HookTest, WhatCannotBeExecutedSaysWhy) {
    const Result<void> ran = run({file("none")});
    ASSERT_FALSE(ran.has_value());
    EXPECT_EQ(ran.error().message(),
              fmt::format("exit code 127: {}: No such file or directory", file("none")));
}

// A program that does not read has its pipe closed; one that floods costs a line.
TEST_F(HookTest, OneThatReadsNothingOrFloodsIsDoneAllTheSame) {
    EXPECT_TRUE(run({program("exit 0\n")}, std::string(400'000, 'x')).has_value());
    const Result<void> ran = run({program("head -c 3000000 /dev/zero | tr '\\0' y; exit 1\n")});
    ASSERT_FALSE(ran.has_value());
    EXPECT_LE(ran.error().message().size(), 1100U);
}

TEST_F(HookTest, OneThatHangsIsEndedWithAllThatItStarted) {
    const std::string hangs =
        program(fmt::format("sleep 1000 & echo $! > {}\nsleep 1000\n", file("child")));
    const Result<void> ran = run({hangs}, {}, Duration{500});
    ASSERT_FALSE(ran.has_value());
    EXPECT_EQ(ran.error().code(), Errc::Expired);
    const std::string child = content("child");
    ASSERT_FALSE(child.empty());
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (runs(child.substr(0, child.size() - 1)) && std::chrono::steady_clock::now() < end)
        std::this_thread::yield();
    EXPECT_FALSE(runs(child.substr(0, child.size() - 1)));
}

TEST_F(HookTest, ItHasACleanEnvironmentAndNoDescriptorOfOthers) {
    const std::string looks = program(fmt::format("env > {}; ls /proc/$$/fd > {}; pwd > {}\n",
                                                  file("env"), file("fd"), file("pwd")));
    ASSERT_TRUE(run({looks}).has_value());
    std::stringstream lines{content("env")};
    for (std::string line; std::getline(lines, line);)
        EXPECT_TRUE(line.starts_with("PATH=") || line.starts_with("LANG=") ||
                    line.starts_with("PWD=") || line.starts_with("_="))
            << line;
    EXPECT_EQ(content("pwd"), "/\n");
    EXPECT_EQ(content("fd").substr(0, 6), "0\n1\n10");  // 10: the shell's own, of its script
}

TEST_F(HookTest, ManyRunBesideEachOther) {
    const std::string one = program("read n; exit $n\n");
    std::vector<ports::HookCall> calls;
    for (int i = 0; i < 40; ++i)
        calls.push_back({{one}, fmt::format("{}\n", i), std::chrono::seconds{60}});
    const auto ended = run_all(calls);
    for (int i = 0; i < 40; ++i) {
        const auto& each = ended[static_cast<std::size_t>(i)];
        EXPECT_EQ(each ? "" : each.error().message(), i == 0 ? "" : fmt::format("exit code {}", i));
    }
}

TEST_F(HookTest, WithoutARunnerItFailsAtOnceAndSaysWhy) {
    Link none{io_.get_executor(), RunnerPlace{-1, "", "there is none here", RunnerRole::Hooks},
              logger_};
    HookClient client{io_.get_executor(), none};
    std::optional<Result<void>> ended;
    asio::co_spawn(io_, keep(client, {{"/bin/true"}, {}, std::chrono::hours{1}}, ended),
                   asio::detached);
    io_.restart();
    while (!ended && io_.run_one() > 0) {
    }
    ASSERT_TRUE(ended && !*ended);
    EXPECT_EQ(ended->error().message(), "there is none here");
}

TEST_F(HookTest, AMessageThatIsTooLongIsNotSent) {
    EXPECT_FALSE(run({"/bin/true"}, std::string(kSeamLineMost, 'x')).has_value());
    EXPECT_TRUE(run({"/bin/true"}).has_value());
}

}  // namespace
}  // namespace vault::runner
