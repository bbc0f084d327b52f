#include "daemon/runner/script_process.hpp"

#include "daemon/runner/script_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/wait.h>
#include <unistd.h>

namespace vault::runner {
namespace {

constexpr std::size_t kErrorLineMost = 1024;

}  // namespace

ScriptProcess::ScriptProcess() : answers(kLineMost), errors(kErrorLineMost), report(kReportMost) {}

ScriptProcess::ScriptProcess(ScriptProcess&& other) noexcept
    : answers(std::move(other.answers)),
      errors(std::move(other.errors)),
      report(std::move(other.report)),
      input_(std::move(other.input_)),
      answers_end_(std::move(other.answers_end_)),
      errors_end_(std::move(other.errors_end_)),
      report_end_(std::move(other.report_end_)),
      pid_(std::exchange(other.pid_, 0)),
      ending_(std::move(other.ending_)),
      outgoing_(std::move(other.outgoing_)),
      sent_(other.sent_) {}

Result<ScriptProcess> ScriptProcess::start(const ports::ScriptSpec& spec) {
    VAULT_TRY(Pipe input, make_pipe());
    VAULT_TRY(Pipe output, make_pipe());
    VAULT_TRY(Pipe errors, make_pipe());
    VAULT_TRY(Pipe report, make_pipe());
    ScriptProcess process;
    VAULT_TRY(process.pid_, start_in_sandbox(spec, {input.read.get(), output.write.get(),
                                                    errors.write.get(), report.write.get()}));
    process.input_ = std::move(input.write);
    process.answers_end_ = std::move(output.read);
    process.errors_end_ = std::move(errors.read);
    process.report_end_ = std::move(report.read);
    for (const Descriptor* end :
         {&process.input_, &process.answers_end_, &process.errors_end_, &process.report_end_})
        never_wait(end->get());
    return process;
}

// What was killed ends at once, and its whole namespace with it, so this does not wait for long.
ScriptProcess::~ScriptProcess() {
    if (pid_ == 0) return;
    if (ending().empty()) {
        kill_sandbox(pid_);
        while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
}

std::string ScriptProcess::ending() {
    if (!ending_.empty() || pid_ == 0) return ending_;
    siginfo_t ended{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        ended.si_pid != pid_)
        return {};
    kill_sandbox(pid_);  // what it has left behind in its group, while the number is still its own
    int status = 0;
    ::waitpid(pid_, &status, 0);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    ending_ = code > 128 ? fmt::format("signal {}", code - 128) : fmt::format("exit code {}", code);
    return ending_;
}

bool ScriptProcess::flush() {
    while (sent_ < outgoing_.size()) {
        const auto written =
            ::write(input_.get(), outgoing_.data() + sent_, outgoing_.size() - sent_);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno == EAGAIN;
        sent_ += static_cast<std::size_t>(written);
    }
    outgoing_.clear();
    sent_ = 0;
    return true;
}

bool ScriptProcess::read(Descriptor& from, LineBuffer& into, std::size_t most) {
    std::array<char, 16384> part{};
    while (most > 0) {
        const auto got = ::read(from.get(), part.data(), std::min(most, part.size()));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return true;
        if (got <= 0) {
            from.close();
            return false;
        }
        into.add({part.data(), static_cast<std::size_t>(got)});
        most -= static_cast<std::size_t>(got);
        if (into.too_long()) return true;
        if (static_cast<std::size_t>(got) < part.size()) return true;
    }
    return true;
}

}  // namespace vault::runner
