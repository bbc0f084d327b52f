#include "common/base/prompt.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <termios.h>
#include <unistd.h>

namespace vault {
namespace {

constexpr int kLook = 200;      // ms: a signal may come between two looks
constexpr char kInterrupt = 3;  // Ctrl-C
constexpr char kEnd = 4;        // Ctrl-D
constexpr char kKillLine = 21;  // Ctrl-U

Error io_error(const std::string& what) {
    return Error{Errc::Io,
                 "cannot " + what + " the terminal: " + std::strerror(errno),
                 {},
                 "run it in a terminal, or give the secret in a file"};
}

// A signal that ends the process must not leave the terminal mute: while somebody types it is only
// noted, and comes again when the terminal is as it was.
volatile std::sig_atomic_t noted = 0;
void note(int signal) {
    noted = signal;
}

class EndingSignals {
  public:
    EndingSignals() {
        noted = 0;
        struct sigaction action {};
        action.sa_handler = note;
        for (std::size_t i = 0; i < kSignals.size(); ++i)
            ::sigaction(kSignals[i], &action, &before_[i]);
    }
    ~EndingSignals() {
        for (std::size_t i = 0; i < kSignals.size(); ++i)
            ::sigaction(kSignals[i], &before_[i], nullptr);
        if (noted != 0) ::raise(noted);
    }
    EndingSignals(const EndingSignals&) = delete;
    EndingSignals& operator=(const EndingSignals&) = delete;

  private:
    static constexpr std::array<int, 4> kSignals{SIGTERM, SIGINT, SIGQUIT, SIGHUP};
    std::array<struct sigaction, 4> before_{};
};

// Takes keys one by one, unseen: with signals left on, Ctrl-C would leave the terminal mute.
class Unseen {
  public:
    explicit Unseen(int terminal) : terminal_(terminal) {
        if (::tcgetattr(terminal_, &before_) != 0) return;
        termios unseen = before_;
        unseen.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON | ISIG);
        unseen.c_cc[VMIN] = 1;
        unseen.c_cc[VTIME] = 0;
        is_set_ = ::tcsetattr(terminal_, TCSAFLUSH, &unseen) == 0;
    }
    ~Unseen() {
        if (is_set_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    }
    Unseen(const Unseen&) = delete;
    Unseen& operator=(const Unseen&) = delete;
    bool is_set() const { return is_set_; }

  private:
    int terminal_;
    termios before_{};
    bool is_set_ = false;
};

void say(int terminal, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(terminal, text.data(), text.size());
        if (written <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

// One step back, over the whole of a UTF-8 character.
std::size_t erased(const Secret& typed, std::size_t size) {
    const std::string_view bytes = typed.reveal();
    while (size > 0 && (static_cast<unsigned char>(bytes[size - 1]) & 0xc0) == 0x80)
        --size;
    return size > 0 ? size - 1 : 0;
}

Error interrupted() {
    return Error{Errc::Interrupted, "nothing was entered"};
}

Result<Secret> read_line(int terminal) {
    Secret typed = Secret::of_size(kMostTyped);
    for (std::size_t size = 0;;) {
        Secret key = Secret::of_size(1);
        pollfd waits{terminal, POLLIN, 0};
        const int ready = ::poll(&waits, 1, kLook);
        if (noted != 0) return interrupted();
        if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
        const ssize_t got = ::read(terminal, key.writable().data(), 1);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EIO) return interrupted();  // it was hung up
        if (got < 0) return io_error("read");
        const char c = key.reveal()[0];
        if (got == 0 || c == kInterrupt || c == kEnd) return interrupted();
        if (c == '\n' || c == '\r') {
            if (size == 0) return Error{Errc::InvalidParams, "the answer is empty"};
            typed.shorten(size);
            return typed;
        }
        if (c == '\b' || c == '\x7f')
            size = erased(typed, size);
        else if (c == kKillLine)
            size = 0;
        else if (size == kMostTyped)
            return Error{Errc::InvalidParams, "the answer is longer than 1,024 bytes"};
        else
            typed.writable()[size++] = static_cast<std::uint8_t>(c);
    }
}

}  // namespace

Result<Secret> ask_secret_on(int terminal, std::string_view prompt) {
    const EndingSignals signals;
    const Unseen unseen{terminal};
    if (!unseen.is_set()) return io_error("use");
    say(terminal, prompt);
    Result<Secret> answer = read_line(terminal);
    say(terminal, "\n");
    return answer;
}

Result<Secret> ask_secret(std::string_view prompt) {
    const int terminal = ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0) return io_error("open");
    Result<Secret> answer = ask_secret_on(terminal, prompt);
    ::close(terminal);
    return answer;
}

}  // namespace vault
