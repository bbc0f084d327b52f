#include "daemon/runner/hook_process.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace vault::runner {
namespace {

constexpr int kNotExecuted = 127;  // as shells say it
constexpr int kPartsMost = 64;     // read in one go

[[noreturn]] void become(const std::vector<std::string>& command, int input, int output) {
    ::setsid();
    for (const int number : {SIGPIPE, SIGTERM, SIGINT, SIGCHLD})
        ::signal(number, SIG_DFL);
    if (::dup2(input, STDIN_FILENO) < 0 || ::dup2(output, STDOUT_FILENO) < 0 ||
        ::dup2(output, STDERR_FILENO) < 0 || ::chdir("/") != 0)
        ::_exit(kNotExecuted);
    ::syscall(SYS_close_range, 3U, ~0U, 0U);
    std::vector<char*> words;
    for (const std::string& word : command)
        words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    static char language[] = "LANG=C.UTF-8";
    std::array<char*, 3> environment{path, language, nullptr};
    ::execve(words[0], words.data(), environment.data());
    ::dprintf(STDERR_FILENO, "%s: %s\n", words[0], std::strerror(errno));
    ::_exit(kNotExecuted);
}

}  // namespace

HookProcess::HookProcess(std::string input, Pipe in, Pipe out)
    : to_write_(std::move(input)), input_(std::move(in.write)), output_(std::move(out.read)) {
    never_wait(input_.get());
    never_wait(output_.get());
}

HookProcess::HookProcess(HookProcess&& other) noexcept
    : to_write_(std::move(other.to_write_)),
      written_(other.written_),
      input_(std::move(other.input_)),
      output_(std::move(other.output_)),
      end_(std::move(other.end_)),
      pid_(std::exchange(other.pid_, 0)),
      lines_(std::move(other.lines_)),
      said_(std::move(other.said_)) {}

Result<HookProcess> HookProcess::start(const std::vector<std::string>& command, std::string input) {
    VAULT_TRY(Pipe in, make_pipe());
    VAULT_TRY(Pipe out, make_pipe());
    const pid_t child = ::fork();
    if (child == 0) become(command, in.read.get(), out.write.get());
    if (child < 0)
        return Error{Errc::Io,
                     fmt::format("no new process: {}", std::strerror(errno)),
                     {},
                     "raise the limit of processes"};
    HookProcess process{std::move(input), std::move(in), std::move(out)};
    process.pid_ = child;
    process.end_ = Descriptor{static_cast<int>(::syscall(SYS_pidfd_open, child, 0U))};
    if (!process.end_.open())
        return Error{Errc::Io,
                     fmt::format("a process cannot be watched: {}", std::strerror(errno)),
                     {},
                     "Linux 5.3 or newer is needed"};
    return process;
}

// What is left of its session goes with it, while the number is still its own.
HookProcess::~HookProcess() {
    if (pid_ == 0) return;
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);  // it may not have had its session yet
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

void HookProcess::serve() {
    if (input_.open()) write();
    for (int parts = 0; parts < kPartsMost && read(); ++parts) {
    }
}

// One that does not read what it is given may still do what it is for.
void HookProcess::write() {
    while (written_ < to_write_.size()) {
        const auto put =
            ::write(input_.get(), to_write_.data() + written_, to_write_.size() - written_);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0 && errno == EAGAIN) return;
        if (put < 0) break;
        written_ += static_cast<std::size_t>(put);
    }
    input_.close();
}

void HookProcess::note_line(std::string_view line) {
    if (line.empty()) return;
    said_ += (said_.empty() ? "" : "; ") + std::string{line};
    while (said_.size() > kSaidMost) {
        const std::size_t next = said_.find("; ");
        said_.erase(0, next == std::string::npos ? said_.size() - kSaidMost : next + 2);
    }
}

bool HookProcess::read() {
    if (!output_.open()) return false;
    std::array<char, 4096> part{};
    const auto got = ::read(output_.get(), part.data(), part.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return false;
    if (got <= 0) {
        note_line(lines_.rest());
        lines_.clear();
        output_.close();
        return false;
    }
    lines_.add({part.data(), static_cast<std::size_t>(got)});
    while (const auto line = lines_.next())
        note_line(*line);
    if (lines_.too_long()) {
        note_line(lines_.rest().substr(0, kSaidMost));
        lines_.clear();
    }
    return true;
}

bool HookProcess::has_ended() const {
    pollfd ended{end_.get(), POLLIN, 0};
    return ::poll(&ended, 1, 0) > 0;
}

std::string HookProcess::problem() {
    serve();  // what it said before it ended
    note_line(lines_.rest());
    siginfo_t end{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &end, WEXITED | WNOHANG | WNOWAIT) != 0)
        return "its end cannot be read";
    if (end.si_code == CLD_EXITED && end.si_status == 0) return {};
    const std::string how =
        fmt::format("{} {}", end.si_code == CLD_EXITED ? "exit code" : "signal", end.si_status);
    return said_.empty() ? how : fmt::format("{}: {}", how, said_);
}

}  // namespace vault::runner
