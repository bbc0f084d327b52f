// batch, wait, job wait and --wait against a daemon of a few lines.
#include "cli/command/shell_words.hpp"
#include "common/protocol/codec.hpp"
#include "tests/unit/cli/fake_terminal.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <unistd.h>

namespace vault::command {
namespace {

namespace json = boost::json;
using protocol::Effect;
using protocol::encode_failure;
using protocol::encode_reply;
using protocol::Request;
using test::call;
using test::FakeServer;
using test::Ran;

using Words = std::vector<std::string>;

TEST(ShellWords, AreThoseOfAShell) {
    const std::vector<std::pair<std::string, Words>> rows{
        {"", {}},
        {"  \t ", {}},
        {"# all of it", {}},
        {"vault show v1 # tail", {"vault", "show", "v1"}},
        {"a#b c", {"a#b", "c"}},
        {"halt --why 'the market is # odd'", {"halt", "--why", "the market is # odd"}},
        {R"(a "b \"c\" $x \n" d)", {"a", "b \"c\" $x \\n", "d"}},
        {R"(a\ b c\'d)", {"a b", "c'd"}},
        {"'' \"\"", {"", ""}},
        {"x'y'\"z\"", {"xyz"}},
        {"windows\r", {"windows"}},
    };
    for (const auto& [line, words] : rows) {
        const auto split = shell_words(line);
        ASSERT_TRUE(split.has_value()) << line;
        EXPECT_EQ(split.value(), words) << line;
    }
    for (const std::string line : {"'", "a 'b", "\"", "a \"b\\\"", "tail\\"})
        EXPECT_EQ(shell_words(line).error().code(), Errc::Usage) << line;
}

class BatchTest : public testing::Test {
  protected:
    BatchTest() : path_(testing::TempDir() + "batch" + std::to_string(::getpid()) + ".txt") {}
    ~BatchTest() override { std::remove(path_.c_str()); }

    Ran run(const std::string& lines, const std::string& flags = {}) {
        std::ofstream(path_) << lines;
        return call(&server_, "batch -f " + path_ + " " + flags);
    }

    // v9 is not there; the outcome of v8 is unknown; anything else is done.
    FakeServer server_{[](const Request& request) {
        const auto* vault = request.params.if_contains("vault");
        const std::string name = vault == nullptr ? "" : std::string(vault->as_string());
        if (name == "v9")
            return encode_failure(request.id, Error{Errc::NotFound, "no v9", "vault"},
                                  Effect::None);
        if (name == "v8")
            return encode_failure(request.id, Error{Errc::OutcomeUnknown, "lost"}, Effect::Unknown);
        return encode_reply(request.id, json::object{{"id", "v1"}, {"state", "running"}});
    }};
    std::string path_;
};

TEST_F(BatchTest, RunsLineByLineAndStopsAtTheFirstFailure) {
    const Ran ran =
        run("# morning\nvault show v1\n\nvaultctl vault pause v1 --why 'a b'\n"
            "vault show v9\nvault show v2\n",
            "-o csv");
    EXPECT_EQ(ran.code, 6);
    EXPECT_EQ(
        ran.err,
        "vaultctl: line 5: NOT_FOUND: vault: no v9 (the list verb of the same noun shows what "
        "exists)\nvaultctl: 2 of 4 lines done, 1 failed, 1 not run\n");
    ASSERT_EQ(server_.requests().size(), 3U);
    EXPECT_EQ(server_.requests()[1].params.at("why"), json::value("a b"));
    EXPECT_EQ(run("vault show v9\n").code, 4) << "nothing was done";
    EXPECT_EQ(run("vault show v1\n").code, 0);
    EXPECT_EQ(run("# nothing\n").code, 0);
    EXPECT_EQ(run("vault show v1\nvault pause v8\n").code, 124);
}

TEST_F(BatchTest, KeepGoingRunsThemAll) {
    const Ran ran = run("vault show v9\nvault show v1\n", "--keep-going --json");
    EXPECT_EQ(ran.code, 6);
    const auto document = protocol::parse_json(ran.out.substr(0, ran.out.size() - 1));
    ASSERT_TRUE(document.has_value()) << ran.out;
    EXPECT_EQ(document.value().at("ok"), json::value(false));
    const json::array& rows = document.value().at("data").as_array();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("error").at("code"), json::value("NOT_FOUND"));
    EXPECT_EQ(rows[0].at("exit"), json::value(4));
    EXPECT_EQ(rows[1].at("result"), json::value("running"));
    EXPECT_EQ(rows[1].at("line"), json::value(2));
}

TEST_F(BatchTest, ASlipInAnyLineRunsNone) {
    for (const std::string wrong :
         {"vault frob v1", "vault show v1 --json", "help", "batch -f x", "vault show 'v1",
          "status --timeout 3s", "wait v1 --for paused"}) {
        const Ran ran = run("vault show v1\n" + wrong + "\n");
        EXPECT_EQ(ran.code, 64) << wrong;
        EXPECT_NE(ran.err.find("line 2: "), std::string::npos) << ran.err;
    }
    EXPECT_TRUE(server_.requests().empty());
}

TEST_F(BatchTest, EveryLineHasAKeyOfItsOwnThatARepeatHasToo) {
    run("vault pause v1\nvault pause v2\nvault pause v3 --idem-key mine\n", "--idem-key k");
    ASSERT_EQ(server_.requests().size(), 3U);
    EXPECT_EQ(server_.requests()[0].meta.idem_key, "k.1");
    EXPECT_EQ(server_.requests()[1].meta.idem_key, "k.2");
    EXPECT_EQ(server_.requests()[2].meta.idem_key, "mine");
}

TEST_F(BatchTest, AQuestionThatFailsTellsNoOtherLinesKey) {
    const Ran ran = run("vault pause v1\nvault show v9\n", "--idem-key k --json");
    EXPECT_EQ(ran.code, 6);
    EXPECT_EQ(ran.out.find("\"idem_key\""), std::string::npos) << ran.out;
    const Ran lost = run("vault pause v8\n", "--idem-key k --json");
    EXPECT_NE(lost.out.find("\"idem_key\":\"k.1\""), std::string::npos) << lost.out;
}

// A line that asks ends as the command would by itself.
TEST_F(BatchTest, AQuestionThatIsAnsweredNoFailsItsLine) {
    const FakeServer server([](const Request& request) {
        return encode_reply(request.id, json::object{{"ok", false}, {"state", "degraded"}},
                            {"the disk is nearly full"});
    });
    std::ofstream(path_) << "vault show v1\nhealth\n";
    const Ran ran = call(&server, "batch --json -f " + path_);
    EXPECT_EQ(ran.code, 6);
    EXPECT_NE(ran.out.find(R"("command":"health","ok":false,"exit":3,"result":"degraded")"),
              std::string::npos)
        << ran.out;
    EXPECT_EQ(std::ranges::count(ran.out, '\n'), 1) << ran.out;
    EXPECT_EQ(ran.err,
              "vaultctl: line 1: warning: the disk is nearly full\n"
              "vaultctl: line 2: warning: the disk is nearly full\n"
              "vaultctl: line 2: health: no\n"
              "vaultctl: 1 of 2 lines done, 1 failed, 0 not run\n");
}

TEST_F(BatchTest, WhatIsNoFileIsNotRead) {
    for (const char* file : {"/", "/nonexistent/morning.txt"}) {
        const Ran ran = call(&server_, std::string("batch -f ") + file);
        EXPECT_EQ(ran.code, 74) << ran.err;
        EXPECT_NE(ran.err.find("cannot be read: "), std::string::npos) << ran.err;
    }
    const Ran endless = call(&server_, "batch -f /dev/zero");
    EXPECT_EQ(endless.code, 65) << endless.err;
}

TEST_F(BatchTest, DryRunAndYesHoldForEveryLine) {
    const Ran all = run("vault pause v1\nvault liquidate v1\n", "--dry-run --yes");
    EXPECT_EQ(all.err, "vaultctl: dry run: nothing was changed\n");
    ASSERT_EQ(server_.requests().size(), 2U);
    EXPECT_TRUE(server_.requests()[0].meta.dry_run);
    EXPECT_EQ(server_.requests()[1].params.at("confirm"), json::value(true));
    EXPECT_EQ(run("vault pause v1\nvault pause v2 --dry-run\n").err,
              "vaultctl: line 2: dry run: nothing was changed\n");
}

std::string state(const Request& request, std::string_view text) {
    return encode_reply(request.id, json::object{{"id", "j1"}, {"state", text}, {"job", "j1"}});
}

TEST(Wait, EndsWhenTheStateIsReached) {
    int asked = 0;
    const FakeServer server(
        [&](const Request& request) { return state(request, ++asked < 3 ? "running" : "paused"); });
    const Ran ran = call(&server, "wait v1 --for paused,halted -q");
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(ran.out, "paused\n");
    EXPECT_EQ(server.requests().back().method, "vault.show");
}

TEST(Wait, TellsWhenTheTimeIsOverOrItCanNeverBe) {
    const FakeServer server([](const Request& request) { return state(request, "canceled"); });
    EXPECT_EQ(call(&server, "wait j1 --for done").code, 3) << "it stays canceled";
    EXPECT_EQ(call(&server, "job wait j1").code, 1);
    EXPECT_EQ(call(&server, "wait v1 --for done").code, 64) << "no vault is ever done";
    const FakeServer running([](const Request& request) { return state(request, "running"); });
    // The document says it too.
    for (const char* line : {"wait j1 --for done", "job wait j1"}) {
        const Ran over = call(&running, std::string(line) + " --timeout 50ms --json");
        EXPECT_EQ(over.code, 3) << line;
        EXPECT_NE(over.out.find(R"("ok":false)"), std::string::npos) << over.out;
        EXPECT_NE(over.err.find("j1 is running; the time is over\n"), std::string::npos)
            << over.err;
    }
    EXPECT_EQ(call(nullptr, "wait v1 --for paused").code, 69) << "no daemon was ever there";
}

TEST(Wait, ADaemonThatGoesAwayIsWaitedFor) {
    int asked = 0;
    const FakeServer server([&](const Request& request) {
        ++asked;
        return asked == 2 ? test::kClose : state(request, asked < 4 ? "running" : "done");
    });
    EXPECT_EQ(call(&server, "job wait j1").code, 0);
    EXPECT_EQ(asked, 4);
}

TEST(Wait, FollowsALongJob) {
    const FakeServer server([](const Request& request) {
        return state(request, request.method == "job.show" ? "canceled" : "running");
    });
    const Ran ran = call(&server, "replay run --account a1 --wait");
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find("job j1 was canceled"), std::string::npos) << ran.err;
}

}  // namespace
}  // namespace vault::command
