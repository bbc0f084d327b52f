// vaultctl: the process around command::run: real terminal, sane descriptors, no exceptions out.
#include "cli/command/run.hpp"
#include "cli/command/terminal.hpp"
#include "common/base/prompt.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace {

// Whoever shares the descriptor may have made it non-blocking: then a full pipe is waited for.
bool waits(int fd) {
    if (errno != EAGAIN) return false;
    pollfd full{fd, POLLOUT, 0};
    return ::poll(&full, 1, -1) >= 0 || errno == EINTR;
}

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && (errno == EINTR || waits(fd))) continue;
        if (written < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

class PosixTerminal final : public vault::command::Terminal {
  public:
    bool write(std::string_view text) override { return write_all(STDOUT_FILENO, text); }
    void note(std::string_view text) override {
        [[maybe_unused]] const bool told = write_all(STDERR_FILENO, text);
    }
    std::optional<std::string> ask(std::string_view prompt) override {
        if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDERR_FILENO) == 0) return std::nullopt;
        note(prompt);
        std::string line;
        char c = 0;
        while (::read(STDIN_FILENO, &c, 1) == 1 && c != '\n' && line.size() < 1000)
            line += c;
        return line;
    }
    vault::Result<vault::Secret> ask_secret(std::string_view prompt) override {
        return vault::ask_secret(prompt);
    }
    bool has_keyboard() const override {
        if (::isatty(STDERR_FILENO) == 0) return false;
        const int terminal = ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (terminal < 0) return false;
        ::close(terminal);
        return true;
    }
    bool stdin_is_terminal() const override { return ::isatty(STDIN_FILENO) != 0; }
    std::string tty() const override {
        char name[64];
        for (const int fd : {STDIN_FILENO, STDERR_FILENO, STDOUT_FILENO})
            if (::ttyname_r(fd, name, sizeof name) == 0) return name;
        return {};
    }
    std::string variable(const char* name) const override {
        const char* value = std::getenv(name);
        return value == nullptr ? std::string() : std::string(value);
    }
    std::optional<Size> size() const override {
        winsize window{};
        if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0) return std::nullopt;
        if (window.ws_col == 0 || window.ws_row == 0) return std::nullopt;
        return Size{window.ws_col, window.ws_row};
    }
    bool stdout_is_terminal() const override { return ::isatty(STDOUT_FILENO) != 0; }
    bool stderr_is_terminal() const override { return ::isatty(STDERR_FILENO) != 0; }
    std::string directory() const override {
        char* path = ::getcwd(nullptr, 0);
        const std::string copy = path == nullptr ? "." : path;
        std::free(path);
        return copy;
    }
};

// A closed standard descriptor would be given to the next file or socket that is opened, and output
// would land there. /dev/null opened for reading keeps the number and still fails every write.
void hold_standard_descriptors() {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
        if (::fcntl(fd, F_GETFD) < 0) {
            const int held = ::open("/dev/null", O_RDONLY);
            if (held >= 0 && held != fd) {
                ::dup2(held, fd);
                ::close(held);
            }
        }
}

}  // namespace

int main(int argc, char** argv) {
    hold_standard_descriptors();
    // A file that may not grow any more is an output error like a full disk.
    std::signal(SIGXFSZ, SIG_IGN);
    // A core would hold what was typed.
    constexpr rlimit kNone{0, 0};
    ::setrlimit(RLIMIT_CORE, &kNone);
    PosixTerminal terminal;
    try {
        const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
        return vault::command::run(words, terminal);
    } catch (const std::exception& error) {
        terminal.note(std::string("vaultctl: INTERNAL: ") + error.what() + '\n');
        return 70;
    }
}
