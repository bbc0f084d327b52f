// No command hangs: every command of the catalogue, by its own first example, without a daemon and
// with one that does not answer.
#include "cli/command/catalogue.hpp"
#include "cli/command/secret_input.hpp"
#include "common/base/clock.hpp"
#include "tests/unit/cli/fake_terminal.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <unistd.h>

namespace vault::command {
namespace {

using test::call;
using test::FakeServer;
using test::Ran;

constexpr Duration kTimeout{30};
constexpr Duration kPatience{2'000};  // for a machine that is busy

bool needs_daemon(const Method& command) {
    static const std::set<std::string_view> offline{"help", "completion", "api.errors",
                                                    "script.check"};
    return !offline.contains(command.name);
}

// version tells its own without a daemon; that there is none is what doctor is there to explain.
int code_of(const Method& command, int otherwise) {
    if (command.name == "version") return 0;
    if (command.name == "script.check") return 3;  // the example's file is not there
    return command.name == "doctor" ? 3 : otherwise;
}

std::string line_of(const Method& command) {
    EXPECT_FALSE(command.examples.empty()) << command.name;
    std::string line(command.examples.front());
    line = line.substr(std::string_view("vaultctl ").size());
    // Without a terminal its live picture is refused before anybody is asked.
    if (command.name == "top") line += " --once";
    return line.substr(0, line.find(" &&"));
}

// What the examples write and read; of this process alone, as another may run the same test.
struct Folder {
    Folder() : path(testing::TempDir() + "without-daemon-" + std::to_string(::getpid())) {
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
        std::ofstream(path + "/morning.txt") << "status\n";
        std::ofstream(path + "/monday.head") << "kept\n";
        std::ofstream(path + "/master.copy") << "kept\n";
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string path;
};

const Folder& folder() {
    static const Folder one;
    return one;
}

Ran timed_call(const FakeServer* server, const std::string& line) {
    const SystemClock clock;
    const auto begun = clock.steady();
    test::FakeTerminal terminal;
    terminal.folder = folder().path;
    terminal.keyboard = true;
    terminal.typed.assign(4, "tulips and clogs");
    Ran ran = call(server, line, terminal);
    EXPECT_LT(clock.steady() - begun, kPatience) << line;
    return ran;
}

const std::string kShort = " --timeout " + std::to_string(kTimeout.count()) + "ms";

TEST(WithoutDaemon, EveryCommandEndsAtOnce) {
    for (const Method& command : catalogue()) {
        SCOPED_TRACE(line_of(command));
        const Ran ran = timed_call(nullptr, line_of(command));
        const int expected = code_of(command, needs_daemon(command) ? 69 : 0);
        EXPECT_EQ(ran.code, expected);
        if (expected != 69) continue;
        // Failures of batch are rows of its result.
        const bool tells =
            command.name == "batch" || line_of(command).find("--json") != std::string::npos;
        EXPECT_EQ(ran.out.empty(), !tells);
        EXPECT_NE(ran.err.find("no socket at"), std::string::npos) << ran.err;
    }
}

TEST(WithoutDaemon, ADaemonThatDoesNotGreetIsLeftInTime) {
    const FakeServer deaf([](const protocol::Request&) { return test::kSilent; }, test::kSilent);
    for (const Method& command : catalogue()) {
        if (!needs_daemon(command)) continue;
        SCOPED_TRACE(line_of(command));
        const Ran ran = timed_call(&deaf, line_of(command) + kShort);
        EXPECT_EQ(ran.code, code_of(command, 75)) << ran.err;
    }
}

// Sent and not answered: a question was for nothing, what became of a change nobody knows. Before
// somebody types a password, a question is asked.
TEST(WithoutDaemon, ADaemonThatDoesNotAnswerIsLeftInTime) {
    const FakeServer mute([](const protocol::Request&) { return test::kSilent; });
    for (const Method& command : catalogue()) {
        if (!needs_daemon(command)) continue;
        SCOPED_TRACE(line_of(command));
        const Ran ran = timed_call(&mute, line_of(command) + kShort);
        const bool changes = command.mutates && !takes_secret(command);
        const int expected = code_of(command, changes ? 124 : 75);
        EXPECT_EQ(ran.code, expected) << ran.err;
        if (expected == 124) {
            EXPECT_NE(ran.err.find("auto-"), std::string::npos) << ran.err;
        }
    }
}

}  // namespace
}  // namespace vault::command
