// Who may connect: the socket file's mode decides, and whose connection it is the kernel says.
#include "tests/unit/control/harness.hpp"

#include <grp.h>
#include <sys/fsuid.h>
#include <sys/wait.h>

namespace vault::test {
namespace {

// Runs `talk` as the user 65534: true if it says so.
bool as_another(bool (*talk)(const std::string& path), const std::string& path, bool sneaks) {
    const pid_t child = ::fork();
    if (child == 0) {
        // Files are opened as root, but connections are of who one is.
        bool changed = ::setgroups(0, nullptr) == 0;
        if (sneaks)
            changed =
                changed && ::setegid(65'534) == 0 && ::seteuid(65'534) == 0 && ::setfsuid(0) >= 0;
        else
            changed = changed && ::setgid(65'534) == 0 && ::setuid(65'534) == 0;
        ::_exit(changed && talk(path) ? 0 : 1);
    }
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

using PeersTest = ServerTest;

TEST_F(PeersTest, WhoMayNotWriteToTheFileIsToldSoOnce) {
    if (::getuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
    start();
    const auto is_told = [](const std::string& path) {
        RawClient client(path);
        const auto line = client.line();
        return line && line->find("PERM_DENIED") != std::string::npos &&
               line->find("65534") != std::string::npos && client.at_end();
    };
    EXPECT_TRUE(as_another(is_told, path(), true));
    EXPECT_TRUE(commands.seen().empty());
}

TEST_F(PeersTest, WhoMayWriteToTheFileIsGreeted) {
    if (::getuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
    options.mode = 0666;
    start();
    const auto is_greeted = [](const std::string& path) {
        RawClient client(path);
        client.send(RawClient::hello_line());
        const auto line = client.line();
        return line && line->find(R"("peer_uid":65534)") != std::string::npos;
    };
    EXPECT_TRUE(as_another(is_greeted, path(), false));
}

}  // namespace
}  // namespace vault::test
