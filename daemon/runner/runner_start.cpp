#include "daemon/runner/runner_start.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace vault::runner {
namespace {

constexpr std::string_view kNice = "10";  // whoever trades goes first

bool is_socket(const std::string& path) {
    struct stat about {};
    return !path.empty() && ::stat(path.c_str(), &about) == 0 && S_ISSOCK(about.st_mode);
}

std::string beside_this(const std::string& program) {
    if (program.starts_with('/')) return program;
    std::error_code fault;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", fault);
    return fault ? program : (self.parent_path() / program).string();
}

// Where the kernel weighs sessions (sched(7), autogroup), nice values count within one alone. A
// kernel without that has no such file.
void make_way() {
    const int file = ::open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    [[maybe_unused]] const auto written = ::write(file, kNice.data(), kNice.size());
    ::close(file);
}

// In the child: nothing of the daemon but its standard error. A session of its own, so that what a
// terminal sends the daemon does not end the runner before it.
[[noreturn]] void become(const std::string& program, RunnerRole role, int end) {
    ::setsid();
    if (role == RunnerRole::Scripts) make_way();
    for (const int number : {SIGHUP, SIGPIPE, SIGXFSZ, SIGCHLD})
        ::signal(number, SIG_DFL);
    if (::dup2(end, STDIN_FILENO) < 0 || ::dup2(end, STDOUT_FILENO) < 0) ::_exit(127);
    ::syscall(SYS_close_range, 3U, ~0U, 0U);
    static char hooks[] = "--hooks";
    std::array<char*, 3> words{const_cast<char*>(program.c_str()),
                               role == RunnerRole::Hooks ? hooks : nullptr, nullptr};
    static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin", language[] = "LANG=C.UTF-8";
    std::array<char*, 3> environment{path, language, nullptr};
    ::execve(program.c_str(), words.data(), environment.data());
    ::_exit(127);
}

}  // namespace

std::string_view name_of(RunnerRole role) {
    return role == RunnerRole::Hooks ? "vaultd-runner --hooks" : "vaultd-runner";
}

RunnerPlace find_runner(RunnerRole role, const std::string& socket, const std::string& program) {
    RunnerPlace place;
    place.role = role;
    if (is_socket(socket)) {
        place.socket = socket;
        return place;
    }
    const std::string file = beside_this(program);
    if (::access(file.c_str(), X_OK) != 0) {
        place.missing = fmt::format("there is no {}: {} is no socket, and {}: {}", name_of(role),
                                    socket, file, std::strerror(errno));
        return place;
    }
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        place.missing = fmt::format("no sockets for {}: {}", file, std::strerror(errno));
        return place;
    }
    const pid_t child = ::fork();
    if (child == 0) become(file, role, ends[1]);
    ::close(ends[1]);
    if (child < 0) {
        place.missing = fmt::format("{} cannot be started: {}", file, std::strerror(errno));
        ::close(ends[0]);
        return place;
    }
    ::signal(SIGCHLD, SIG_IGN);  // nobody waits for it: its end shows on the socket
    place.descriptor = ends[0];
    return place;
}

void close_runner_end(int descriptor) {
    ::close(descriptor);
}

}  // namespace vault::runner
