// The daemon's side of the seam against a runner that is played by the test, line by line, over a
// pair of sockets or a socket that it listens on.
#include "daemon/runner/script_client.hpp"

#include "tests/support/shared_data.hpp"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace vault::runner {
namespace {

constexpr std::chrono::seconds kPatience{30};

constexpr const char* kHello = "{\"type\":\"hello\",\"protocol\":1}\n";

class Noted final : public ports::ScriptListener {
  public:
    void decided(const std::string& script, const ports::ScriptDecision& decision) override {
        lines.push_back(fmt::format("{} {} {}", script, decision.seq, decision.reason));
    }
    void failed(const std::string& script, std::uint64_t seq,
                const ports::ScriptComplaint& why) override {
        lines.push_back(fmt::format("{} {} failed {}", script, seq, to_text(why.fault)));
    }
    void changed(const ports::ScriptStatus& status) override {
        lines.push_back(fmt::format("{} is {}", status.name, to_text(status.phase)));
    }
    std::vector<std::string> lines;
};

// The runner's end.
class Played {
  public:
    explicit Played(int fd) : fd_(fd) {}
    ~Played() { hang_up(); }
    Played(const Played&) = delete;
    Played& operator=(const Played&) = delete;
    void say(std::string_view text) const {
        ASSERT_EQ(::write(fd_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    std::string heard() {
        std::array<char, 65536> part{};
        for (;;) {
            const auto got = ::recv(fd_, part.data(), part.size(), MSG_DONTWAIT);
            if (got <= 0) return std::exchange(text_, {});
            text_.append(part.data(), static_cast<std::size_t>(got));
        }
    }
    void hang_up() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }

  private:
    int fd_;
    std::string text_;
};

class ScriptClientTest : public ::testing::Test {
  protected:
    static RunnerPlace started(int& other) {
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
        other = ends[1];
        return {ends[0], "", ""};
    }
    void make(RunnerPlace place) {
        link_ = std::make_unique<Link>(io_.get_executor(), std::move(place), logger_);
        client_ = std::make_unique<ScriptClient>(io_.get_executor(), *link_, clock_, logger_);
        client_->listen(noted_);
    }
    // Until the daemon's side has been told `count` lines in all.
    void run_until(std::size_t count) {
        const auto end = std::chrono::steady_clock::now() + kPatience;
        while (noted_.lines.size() < count && std::chrono::steady_clock::now() < end)
            turn();
        ASSERT_EQ(noted_.lines.size(), count) << fmt::format("{}", fmt::join(noted_.lines, "; "));
    }
    void turn() {
        io_.restart();
        io_.run_for(std::chrono::milliseconds{5});
    }
    // A connection, once the link has made one.
    int accepted(int listener) {
        const auto end = std::chrono::steady_clock::now() + kPatience;
        pollfd waiting{listener, POLLIN, 0};
        while (::poll(&waiting, 1, 0) == 0 && std::chrono::steady_clock::now() < end)
            turn();
        return ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
    }
    static ports::ScriptSpec spec(const std::string& name) {
        ports::ScriptSpec spec;
        spec.name = name;
        spec.command = {"./x.py", "one"};
        spec.folder = "/srv/x";
        return spec;
    }
    static ports::ScriptTick tick(std::uint64_t seq) {
        ports::ScriptTick tick;
        tick.seq = seq;
        tick.sleeve = "v1.flash";
        tick.figures.rules.pair = Pair::parse("ETH/USDT").value();
        return tick;
    }

    boost::asio::io_context io_;
    ManualClock clock_{UtcTime{}};
    NullLogger logger_;
    Noted noted_;
    std::unique_ptr<Link> link_;
    std::unique_ptr<ScriptClient> client_;
};

TEST_F(ScriptClientTest, WhatIsAskedIsWhatTheRunnerReads) {
    int other = -1;
    make(started(other));
    Played runner{other};
    ASSERT_TRUE(client_->start(spec("s1")).has_value());
    EXPECT_FALSE(client_->start(spec("s1")).has_value());
    runner.say(kHello);
    run_until(1);
    client_->tick("s1", tick(7));
    turn();
    const std::string heard = runner.heard();
    const std::size_t end = heard.find('\n');
    const auto start = parse_ask(std::string_view{heard}.substr(0, end));
    ASSERT_TRUE(start.has_value());
    EXPECT_EQ(std::get<AskStart>(start.value()).spec, spec("s1"));
    const auto asked = parse_ask(std::string_view{heard}.substr(end + 1, heard.size() - end - 2));
    ASSERT_TRUE(asked.has_value()) << heard;
    EXPECT_EQ(std::get<AskTick>(asked.value()).seq, 7U);
    runner.say(seam_decision_line("s1", {7, ports::Action::Hold, "fine", {}, {}, {}}));
    runner.say(seam_decision_line("s1", {7, ports::Action::Hold, "again", {}, {}, {}}));
    client_->tick("s1", tick(8));
    runner.say(seam_failed_line("s1", 8, {ports::ScriptFault::Late, "no decision"}));
    run_until(3);
    EXPECT_EQ(noted_.lines,
              (std::vector<std::string>{"s1 is starting", "s1 7 fine", "s1 8 failed late"}));
}

TEST_F(ScriptClientTest, ARunnerThatWasStartedAndEndsIsGoneForGood) {
    int other = -1;
    make(started(other));
    Played runner{other};
    ASSERT_TRUE(client_->start(spec("s1")).has_value());
    runner.say(kHello);
    run_until(1);
    client_->tick("s1", tick(1));
    turn();
    runner.hang_up();
    run_until(3);
    client_->tick("s1", tick(2));
    ASSERT_TRUE(client_->start(spec("s2")).has_value());
    run_until(5);
    EXPECT_EQ(noted_.lines, (std::vector<std::string>{"s1 is starting", "s1 1 failed not_running",
                                                      "s1 is gave_up", "s1 2 failed not_running",
                                                      "s2 is gave_up"}));
    EXPECT_NE(link_->gone().find("restart vaultd"), std::string::npos);
}

TEST_F(ScriptClientTest, ARunnerOfAUnitIsConnectedToAgainAndAskedAnew) {
    const testing::TemporaryDirectory folder;
    const std::string path = (folder.path() / "s").string();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    ASSERT_EQ(::bind(listener, generic, sizeof address), 0);
    ASSERT_EQ(::listen(listener, 4), 0);
    make({-1, path, ""});
    ASSERT_TRUE(client_->start(spec("s1")).has_value());
    Played first{::accept(listener, nullptr, nullptr)};
    first.say(kHello);
    run_until(1);
    first.say(
        "{\"type\":\"decision\",\"script\":\"s1\",\"decision\":{\"type\":\"decision\","
        "\"seq\":1,\"action\":\"short\",\"reason\":\"x\"}}\n");  // no runner would
    run_until(2);
    Played second{accepted(listener)};
    second.say(kHello);
    run_until(3);
    turn();
    EXPECT_NE(second.heard().find("\"type\":\"start\""), std::string::npos);
    EXPECT_EQ(noted_.lines,
              (std::vector<std::string>{"s1 is starting", "s1 is waiting", "s1 is starting"}));
    ::close(listener);
}

TEST_F(ScriptClientTest, WithoutARunnerScriptsAreGivenUpAtOnce) {
    make({-1, "", "there is no vaultd-runner: none was installed"});
    ASSERT_TRUE(client_->start(spec("s1")).has_value());
    client_->tick("s1", tick(1));
    run_until(2);
    EXPECT_EQ(noted_.lines, (std::vector<std::string>{"s1 is gave_up", "s1 1 failed not_running"}));
    EXPECT_NE(client_->status().at(0).last_fault->detail.find("none was installed"),
              std::string::npos);
}

TEST_F(ScriptClientTest, ARunnerThatDoesNotAnswerIsNotWaitedFor) {
    int other = -1;
    make(started(other));
    Played runner{other};
    ASSERT_TRUE(client_->start(spec("s1")).has_value());
    runner.say(kHello);
    run_until(1);
    ports::ScriptStatus ready;
    ready.name = "s1";
    ready.phase = ports::ScriptPhase::Ready;
    runner.say(seam_script_line(ready));
    run_until(2);
    client_->tick("s1", tick(1));
    clock_.advance(Duration{3'000});
    run_until(3);
    client_->tick("s1", tick(2));  // at once
    run_until(4);
    runner.say(seam_decision_line("s1", {1, ports::Action::Buy, "too_late", {}, {}, {}}));
    runner.say(seam_script_line(ready));
    run_until(5);
    client_->tick("s1", tick(3));
    runner.say(seam_decision_line("s1", {3, ports::Action::Hold, "fine", {}, {}, {}}));
    run_until(6);
    client_->tick("s1", tick(4));
    clock_.advance(Duration{3'000});
    run_until(7);
    clock_.advance(Duration{31'000});
    run_until(8);
    EXPECT_EQ(noted_.lines,
              (std::vector<std::string>{"s1 is starting", "s1 is ready", "s1 1 failed late",
                                        "s1 2 failed not_running", "s1 is ready", "s1 3 fine",
                                        "s1 4 failed late", "s1 is gave_up"}));
}

TEST_F(ScriptClientTest, WhatIsToldOfARunThatWasStoppedDoesNotCount) {
    int other = -1;
    make(started(other));
    Played runner{other};
    ASSERT_TRUE(client_->start(spec("s1")).has_value());
    runner.say(kHello);
    run_until(1);
    client_->stop("s1");
    ASSERT_TRUE(client_->start(spec("s1")).has_value());
    ports::ScriptStatus status;
    status.name = "s1";
    for (const auto phase :
         {ports::ScriptPhase::GaveUp, ports::ScriptPhase::Stopped, ports::ScriptPhase::Starting}) {
        status.phase = phase;
        runner.say(seam_script_line(status));
    }
    run_until(2);
    EXPECT_EQ(noted_.lines.back(), "s1 is starting");
}

}  // namespace
}  // namespace vault::runner
