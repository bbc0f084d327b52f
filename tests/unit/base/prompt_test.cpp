// Asks on the near end of a pseudo terminal while the test types at the far end.
#include "common/base/prompt.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <string>
#include <termios.h>
#include <thread>
#include <unistd.h>

namespace vault {
namespace {

class Prompt : public testing::Test {
  protected:
    void SetUp() override {
        far_ = ::posix_openpt(O_RDWR | O_NOCTTY);
        if (far_ < 0 || ::grantpt(far_) != 0 || ::unlockpt(far_) != 0)
            GTEST_SKIP() << "this system has no pseudo terminals";
        near_ = ::open(::ptsname(far_), O_RDWR | O_NOCTTY);
        ASSERT_GE(near_, 0);
    }
    void TearDown() override {
        if (near_ >= 0) ::close(near_);
        if (far_ >= 0) ::close(far_);
    }

    // Types once the prompt is there: what was typed before is thrown away.
    Result<Secret> ask(const std::string& keys) {
        std::optional<Result<Secret>> answer;
        std::thread asker{[&] { answer.emplace(ask_secret_on(near_, "Passphrase: ")); }};
        shown_.clear();
        while (shown_.find("Passphrase: ") == std::string::npos)
            show();
        EXPECT_FALSE(echoes());
        EXPECT_EQ(::write(far_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
        while (shown_.find('\n') == std::string::npos)
            show();
        asker.join();
        return *std::move(answer);
    }
    bool echoes() const {
        termios now{};
        EXPECT_EQ(::tcgetattr(near_, &now), 0);
        return (now.c_lflag & (ECHO | ICANON | ISIG)) == (ECHO | ICANON | ISIG);
    }
    void show() {
        char buffer[256];
        const ssize_t got = ::read(far_, buffer, sizeof buffer);
        ASSERT_GT(got, 0);
        shown_.append(buffer, static_cast<std::size_t>(got));
    }

    int far_ = -1;
    int near_ = -1;
    std::string shown_;
};

TEST_F(Prompt, TakesALineAndShowsNothingOfIt) {
    const auto answer = ask("correct horse\r");
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer.value().reveal(), "correct horse");
    EXPECT_EQ(shown_, "Passphrase: \r\n");
    EXPECT_TRUE(echoes());
}

TEST_F(Prompt, EditsByTheCharacter) {
    EXPECT_EQ(ask("horsé\x7f\x7f"
                  "se\n")
                  .value()
                  .reveal(),
              "horse");
    EXPECT_EQ(ask("wrong\x15right\b\b\bce\n").value().reveal(), "rice");
    EXPECT_EQ(ask("\x7f\x7f"
                  "a\n")
                  .value()
                  .reveal(),
              "a");
}

TEST_F(Prompt, RefusesNothingAndTooMuch) {
    EXPECT_EQ(ask("\n").error().code(), Errc::InvalidParams);
    EXPECT_EQ(ask(std::string(kMostTyped, 'x') + "\n").value().size(), kMostTyped);
    EXPECT_EQ(ask(std::string(kMostTyped + 1, 'x')).error().code(), Errc::InvalidParams);
    EXPECT_TRUE(echoes());
}

TEST_F(Prompt, CtrlCAndCtrlDEndItAndTheTerminalIsAsBefore) {
    for (const char* keys : {"half\x03", "half\x04"}) {
        EXPECT_EQ(ask(keys).error().code(), Errc::Interrupted);
        EXPECT_TRUE(echoes());
    }
}

TEST_F(Prompt, RefusesWhatIsNoTerminal) {
    const int file = ::open("/dev/null", O_RDWR);
    const auto answer = ask_secret_on(file, "Passphrase: ");
    ::close(file);
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code(), Errc::Io);
    EXPECT_NE(answer.error().hint().find("terminal"), std::string::npos);
}

}  // namespace
}  // namespace vault
