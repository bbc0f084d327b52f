#include "cli/top/screen.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

namespace vault::top {
namespace {

// Alternate screen, no cursor, no wrapping at the right edge.
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
// Ends a picture that was being sent, then everything that kEnter began.
constexpr std::string_view kLeave = "\x1b[?2026l\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";
// A terminal that knows these shows the picture when it is complete; others ignore them.
constexpr std::string_view kBegin = "\x1b[?2026h";
constexpr std::string_view kEnd = "\x1b[?2026l";

constexpr std::array kWatched{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH};
constexpr std::array kFatal{SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};

// What a crash must put back. Plain and constant while a screen is open, because the handler of a
// fatal signal may read nothing else.
struct Taken {
    int in = -1, out = -1;
    termios before{};
    std::array<struct sigaction, kFatal.size()> handlers{};
};
Taken taken;
volatile std::sig_atomic_t is_taken = 0;

void give_back_and_die(int number) {
    if (is_taken != 0) {
        is_taken = 0;
        [[maybe_unused]] const auto sent = ::write(taken.out, kLeave.data(), kLeave.size());
        ::tcsetattr(taken.in, TCSANOW, &taken.before);
    }
    ::signal(number, SIG_DFL);
    ::raise(number);
}

sigset_t watched_set() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : kWatched)
        sigaddset(&set, number);
    return set;
}

}  // namespace

Result<std::unique_ptr<Screen>> Screen::open(int in, int out) {
    const Error no_terminal{Errc::Usage,
                            "top needs a terminal for its keys and its picture",
                            {},
                            "print one picture with: vaultctl top --once"};
    if (::isatty(in) == 0 || ::isatty(out) == 0) return no_terminal;
    if (::tcgetattr(in, &taken.before) != 0) return no_terminal;
    taken.in = in;
    taken.out = out;
    std::unique_ptr<Screen> screen(new Screen(in, out));
    const sigset_t set = watched_set();
    ::pthread_sigmask(SIG_BLOCK, &set, &screen->before_);
    screen->signal_fd_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (screen->signal_fd_ < 0) return Error{Errc::Internal, "no descriptor for signals is left"};
    struct sigaction fatal {};
    fatal.sa_handler = &give_back_and_die;
    for (std::size_t i = 0; i < kFatal.size(); ++i)
        ::sigaction(kFatal[i], &fatal, &taken.handlers[i]);
    screen->enter();
    return screen;
}

Screen::~Screen() {
    leave();
    for (std::size_t i = 0; i < kFatal.size(); ++i)
        if (signal_fd_ >= 0) ::sigaction(kFatal[i], &taken.handlers[i], nullptr);
    if (signal_fd_ >= 0) ::close(signal_fd_);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

// Signals stay on: Ctrl-C and Ctrl-Z reach the whole job, as they do for every program.
void Screen::enter() {
    termios raw = taken.before;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | IEXTEN);
    raw.c_iflag &= ~static_cast<tcflag_t>(IXON | ICRNL | INLCR);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    ::tcsetattr(in_, TCSANOW, &raw);
    is_taken = 1;
    write(kEnter);
    forget();
}

void Screen::leave() {
    if (is_taken == 0) return;
    is_taken = 0;
    write(kLeave);
    ::tcsetattr(in_, TCSANOW, &taken.before);
}

void Screen::stop() {
    leave();
    sigset_t stop_signal;
    sigemptyset(&stop_signal);
    sigaddset(&stop_signal, SIGTSTP);
    ::raise(SIGTSTP);  // blocked until the next line, where it takes effect
    ::pthread_sigmask(SIG_UNBLOCK, &stop_signal, nullptr);
    ::pthread_sigmask(SIG_BLOCK, &stop_signal, nullptr);
    enter();
}

Screen::Size Screen::size() const {
    winsize window{};
    if (::ioctl(out_, TIOCGWINSZ, &window) != 0 || window.ws_col == 0 || window.ws_row == 0)
        return {};
    return {window.ws_col, window.ws_row};
}

std::optional<int> Screen::next_signal() const {
    signalfd_siginfo info{};
    if (::read(signal_fd_, &info, sizeof info) != sizeof info) return std::nullopt;
    return static_cast<int>(info.ssi_signo);
}

bool Screen::show(const std::vector<std::string>& lines) {
    std::string out;
    if (shown_.size() != lines.size()) {
        shown_.assign(lines.size(), {});
        out += "\x1b[2J";
    }
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (lines[i] != shown_[i]) out += fmt::format("\x1b[{};1H{}", i + 1, lines[i]);
    if (out.empty()) return true;
    shown_ = lines;
    return write(std::string(kBegin) + out + std::string(kEnd));
}

bool Screen::write(std::string_view text) const {
    while (!text.empty()) {
        const auto written = ::write(out_, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0 && errno == EAGAIN) {
            pollfd ready{out_, POLLOUT, 0};
            ::poll(&ready, 1, 1000);
            continue;
        }
        if (written < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace vault::top
