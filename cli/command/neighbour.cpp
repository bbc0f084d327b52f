#include "cli/command/neighbour.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace vault::command {
namespace {

constexpr std::size_t kMostOutput = 4U << 20U;

Error failed(const std::string& what) {
    return Error{Errc::Io, what, {}, "see whether it is installed and may be run"};
}

std::string read_to_end(int fd) {
    std::string text;
    std::array<char, 4096> part{};
    for (;;) {
        const auto got = ::read(fd, part.data(), part.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0 || text.size() > kMostOutput) return text;
        text.append(part.data(), static_cast<std::size_t>(got));
    }
}

}  // namespace

std::string find_neighbour(const std::string& name, const std::string& path_variable) {
    std::array<char, PATH_MAX> self{};
    const auto length = ::readlink("/proc/self/exe", self.data(), self.size() - 1);
    std::vector<std::string> folders;
    if (length > 0) {
        const std::string program(self.data(), static_cast<std::size_t>(length));
        folders.push_back(program.substr(0, program.find_last_of('/')));
    }
    for (std::size_t at = 0; at <= path_variable.size();) {
        const std::size_t colon = std::min(path_variable.find(':', at), path_variable.size());
        if (colon > at) folders.push_back(path_variable.substr(at, colon - at));
        at = colon + 1;
    }
    for (const std::string& folder : folders)
        if (const std::string program = folder + "/" + name; ::access(program.c_str(), X_OK) == 0)
            return program;
    return {};
}

Result<std::string> output_of(const std::string& program, std::vector<std::string> words) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed(std::strerror(errno));
    std::vector<char*> arguments;
    words.insert(words.begin(), program);
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    pid_t child = 0;
    const int fault =
        ::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::string text = fault == 0 ? read_to_end(ends[0]) : std::string();
    ::close(ends[0]);
    if (fault != 0) return failed(fmt::format("{}: {}", program, std::strerror(fault)));
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return text;
}

}  // namespace vault::command
