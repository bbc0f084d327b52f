#include "daemon/runner/sandbox.hpp"

#include "daemon/runner/file_view.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace vault::runner {
namespace {

constexpr int kNamespaces =
    CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS;
constexpr int kFailed = 127;
constexpr int kNice = 10;  // whoever trades goes first
constexpr const char* kPath = "/usr/local/bin:/usr/bin:/bin";

// Everything below runs in the child, before the script.
class Child {
  public:
    Child(const ports::ScriptSpec& spec, const ScriptEnds& ends, uid_t uid, gid_t gid)
        : spec_(spec), ends_(ends), uid_(uid), gid_(gid) {}

    // The init of the sandbox: it sets the namespaces up, starts the script and waits for it.
    [[noreturn]] void run_init() {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        map_ids();
        const std::string refused = make_file_view(spec_.folder, spec_.limits.file_bytes);
        if (!refused.empty()) missing("a file system of its own (" + refused + ")");
        const pid_t script = ::fork();
        if (script < 0) fail(fmt::format("a process for it is refused: {}", std::strerror(errno)));
        if (script == 0) run_script(false);
        for (int fd = 0; fd < 1024; ++fd)
            ::close(fd);
        wait_for(script);
    }

    // Without namespaces: a group of its own is all that holds its processes together.
    [[noreturn]] void run_weak(const std::string& why) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        missing("user, network, mount and pid namespaces (" + why + ")");
        run_script(true);
    }

  private:
    void tell(std::string line) const {
        line += '\n';
        [[maybe_unused]] const auto written = ::write(ends_.report, line.data(), line.size());
    }
    void missing(const std::string& what) const {
        if (!spec_.weak) fail("the system refuses " + what);
        tell("missing " + what);
    }
    [[noreturn]] void fail(const std::string& why) const {
        tell("failed " + why);
        ::_exit(kFailed);
    }

    static bool write_file(const char* path, const std::string& text) {
        const int file = ::open(path, O_WRONLY | O_CLOEXEC);
        if (file < 0) return false;
        const auto size = static_cast<ssize_t>(text.size());
        const bool written = ::write(file, text.data(), text.size()) == size;
        ::close(file);
        return written;
    }

    // It stays who it was, alone in its user namespace.
    void map_ids() const {
        ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);  // else its own files in /proc are not its own
        const bool mapped = write_file("/proc/self/setgroups", "deny") &&
                            write_file("/proc/self/uid_map", fmt::format("{0} {0} 1", uid_)) &&
                            write_file("/proc/self/gid_map", fmt::format("{0} {0} 1", gid_));
        if (!mapped) missing(fmt::format("a user of its own ({})", std::strerror(errno)));
        ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    }

    [[noreturn]] static void wait_for(pid_t script) {
        for (;;) {
            int status = 0;
            const pid_t ended = ::waitpid(-1, &status, 0);
            if (ended < 0 && errno != EINTR) ::_exit(kFailed);
            if (ended != script) continue;
            ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
        }
    }

    [[noreturn]] void run_script(bool weak) {
        ::setpgid(0, 0);  // in the runner's session: what that weighs, all scripts weigh together
        ::setpriority(PRIO_PROCESS, 0, kNice);
        take_descriptors();
        if (::chdir(spec_.folder.c_str()) != 0)
            fail(fmt::format("{}: {}", spec_.folder, std::strerror(errno)));
        set_limits(weak);
        drop_capabilities();
        restore_signals();
        if (!refuse_system_calls(weak))
            missing(fmt::format("the list of refused system calls ({})", std::strerror(errno)));
        execute();
    }

    // The report end stays open until exec closes it; it must not lie where a pipe end goes.
    void take_descriptors() {
        ends_.report = ::fcntl(ends_.report, F_DUPFD_CLOEXEC, 10);
        const int input = ::fcntl(ends_.input, F_DUPFD_CLOEXEC, 10);
        const int output = ::fcntl(ends_.output, F_DUPFD_CLOEXEC, 10);
        const int errors = ::fcntl(ends_.errors, F_DUPFD_CLOEXEC, 10);
        if (::dup2(input, 0) < 0 || ::dup2(output, 1) < 0 || ::dup2(errors, 2) < 0)
            fail(fmt::format("its pipes: {}", std::strerror(errno)));
        if (::syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */) != 0)
            for (int fd = 3; fd < 4096; ++fd)
                ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    }

    void limit(decltype(RLIMIT_AS) which, std::uint64_t most, const char* what) const {
        const rlimit both{most, most};
        if (::setrlimit(which, &both) != 0)
            missing(fmt::format("a limit of its {} ({})", what, std::strerror(errno)));
    }
    void set_limits(bool weak) const {
        const ports::ScriptLimits& limits = spec_.limits;
        const auto cpu = std::chrono::ceil<std::chrono::seconds>(limits.cpu).count();
        limit(RLIMIT_CORE, 0, "core files");
        limit(RLIMIT_AS, limits.memory_bytes, "memory");
        limit(RLIMIT_FSIZE, limits.file_bytes, "files' size");
        limit(RLIMIT_NOFILE, limits.files, "open files");
        limit(RLIMIT_CPU, static_cast<std::uint64_t>(cpu), "processor time");
        limit(RLIMIT_MEMLOCK, 0, "locked memory");
        limit(RLIMIT_MSGQUEUE, 0, "message queues");
        // In its own user namespace only its own processes count, and the init is one of them. Else
        // all processes of this user do.
        const std::uint64_t others = weak ? processes_of(uid_) : 1;
        limit(RLIMIT_NPROC, others + limits.processes, "processes");
    }

    // Threads count for the limit; processes of several are rare enough to leave a margin for.
    static std::uint64_t processes_of(uid_t uid) {
        constexpr std::uint64_t kMargin = 64;
        std::uint64_t count = kMargin;
        DIR* const folder = ::opendir("/proc");
        if (folder == nullptr) return count;
        while (const dirent* entry = ::readdir(folder)) {
            struct stat about {};
            if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
            if (::fstatat(::dirfd(folder), entry->d_name, &about, 0) == 0 && about.st_uid == uid)
                ++count;
        }
        ::closedir(folder);
        return count;
    }

    static void drop_capabilities() {
        for (unsigned long capability = 0; capability < 64; ++capability)
            ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    }

    static void restore_signals() {
        for (int number = 1; number < NSIG; ++number)
            ::signal(number, SIG_DFL);
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        ::umask(077);
    }

    [[noreturn]] void execute() const {
        const std::string path = fmt::format("PATH={}", kPath);
        std::array<const char*, 5> environment{path.c_str(), "LANG=C.UTF-8", "HOME=/tmp",
                                               "TMPDIR=/tmp", nullptr};
        std::vector<const char*> words;
        for (const std::string& word : spec_.command)
            words.push_back(word.c_str());
        words.push_back(nullptr);
        ::setenv("PATH", kPath, 1);  // where execvpe() looks
        ::execvpe(words[0], const_cast<char**>(words.data()),
                  const_cast<char**>(environment.data()));
        const char* const hint = errno == EACCES ? " (everybody must be able to read and run it)"
                                 : errno == ENOENT
                                     ? " (it, or what its first line names, is not in its folder "
                                       "or the system's)"
                                     : "";
        fail(fmt::format("{}: {}{}", spec_.command[0], std::strerror(errno), hint));
    }

    const ports::ScriptSpec& spec_;
    ScriptEnds ends_;
    uid_t uid_;
    gid_t gid_;
};

pid_t clone_child(int flags) {
    return static_cast<pid_t>(::syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0));
}

}  // namespace

Result<pid_t> start_in_sandbox(const ports::ScriptSpec& spec, const ScriptEnds& ends) {
    Child child{spec, ends, ::geteuid(), ::getegid()};
    const pid_t init = clone_child(kNamespaces);
    if (init == 0) child.run_init();
    if (init > 0) return init;
    const std::string why = std::strerror(errno);
    if (!spec.weak)
        return Error{Errc::PermissionDenied,
                     fmt::format("the system refuses user, network, mount and pid namespaces "
                                 "({})",
                                 why),
                     "script",
                     "allow user namespaces (sysctl user.max_user_namespaces), or allow a weaker "
                     "isolation"};
    const pid_t alone = clone_child(0);
    if (alone == 0) child.run_weak(why);
    if (alone > 0) return alone;
    return Error{Errc::PermissionDenied,
                 fmt::format("a process for it is refused: {}", std::strerror(errno)), "script",
                 "raise TasksMax in the unit"};
}

void kill_sandbox(pid_t child) {
    ::kill(-child, SIGKILL);  // the group, where there is no pid namespace
    ::kill(child, SIGKILL);
}

}  // namespace vault::runner
