// A child becomes another user, closes itself and holds a secret; a second process of that user
// tries to get at it. An open child shows that the tries succeed where nothing forbids them.
#include "daemon/secrets/hardening.hpp"

#include "common/base/secret.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

namespace vault::secrets {
namespace {

constexpr uid_t kSomebody = 65'534;
constexpr const char* kCanary = "canary-3141592653";

bool become_somebody() {
    return ::setgid(kSomebody) == 0 && ::setuid(kSomebody) == 0;
}

// Holds the canary and waits to be killed. Its address comes through the pipe.
class Holder {
  public:
    explicit Holder(bool hardened) {
        int pipe[2];
        EXPECT_EQ(::pipe(pipe), 0);
        pid_ = ::fork();
        if (pid_ == 0) hold(hardened, pipe[1]);
        ::close(pipe[1]);
        is_ready_ = ::read(pipe[0], &address_, sizeof address_) == sizeof address_;
        ::close(pipe[0]);
    }
    ~Holder() { end(SIGKILL); }
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;

    bool is_ready() const { return is_ready_; }
    pid_t pid() const { return pid_; }
    std::uintptr_t address() const { return address_; }
    // The status of waitpid.
    int end(int signal) {
        int status = 0;
        if (pid_ <= 0) return status;
        ::kill(pid_, signal);
        ::waitpid(pid_, &status, 0);
        pid_ = -1;
        return status;
    }

  private:
    [[noreturn]] static void hold(bool hardened, int ready) {
        if (!become_somebody()) ::_exit(2);
        // Changing the user has closed the process already (fs.suid_dumpable): open it, so that
        // harden_process has something to do.
        ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
        ::signal(SIGSEGV, SIG_DFL);  // a sanitizer would catch it
        const rlimit any{RLIM_INFINITY, RLIM_INFINITY};
        ::setrlimit(RLIMIT_CORE, &any);
        if (hardened && !harden_process()) ::_exit(3);
        const Secret secret{std::string{kCanary}};
        const auto address = reinterpret_cast<std::uintptr_t>(secret.reveal().data());
        if (::write(ready, &address, sizeof address) != sizeof address) ::_exit(4);
        for (;;)
            ::pause();
    }

    pid_t pid_ = -1;
    std::uintptr_t address_ = 0;
    bool is_ready_ = false;
};

// The ways in, as bits.
constexpr int kReadsMemory = 1;
constexpr int kReadsMemFile = 2;
constexpr int kReadsEnvironment = 4;
constexpr int kTraces = 8;

bool reads(pid_t pid, const char* file, off_t at, std::size_t size) {
    const std::string path = "/proc/" + std::to_string(pid) + "/" + file;
    const int handle = ::open(path.c_str(), O_RDONLY);
    if (handle < 0) return false;
    char buffer[64] = {};
    const bool got = ::pread(handle, buffer, size, at) > 0;
    ::close(handle);
    return got;
}

int ways_in(pid_t pid, std::uintptr_t address) {
    int ways = 0;
    char buffer[17] = {};
    const iovec here{buffer, sizeof buffer};
    const iovec there{reinterpret_cast<void*>(address), sizeof buffer};
    if (::process_vm_readv(pid, &here, 1, &there, 1, 0) == sizeof buffer &&
        std::string(buffer, sizeof buffer) == kCanary)
        ways |= kReadsMemory;
    if (reads(pid, "mem", static_cast<off_t>(address), 17)) ways |= kReadsMemFile;
    if (reads(pid, "environ", 0, 1)) ways |= kReadsEnvironment;
    if (::ptrace(PTRACE_ATTACH, pid, nullptr, nullptr) == 0) {
        ways |= kTraces;
        ::ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
    }
    return ways;
}

// What a process of the same user gets.
int ways_in_of_somebody(const Holder& holder) {
    const pid_t spy = ::fork();
    if (spy == 0) ::_exit(become_somebody() ? ways_in(holder.pid(), holder.address()) : 255);
    int status = 0;
    EXPECT_EQ(::waitpid(spy, &status, 0), spy);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Runs in a child, whose exit code it returns: what is set cannot be unset.
int in_child(int (*body)()) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body());
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Hardening, SetsWhatItSays) {
    const auto body = [] {
        if (!harden_process()) return 1;
        rlimit core{1, 1};
        if (::getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 || core.rlim_max != 0)
            return 2;
        if (::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) return 3;
        if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) return 4;
        return Secret::of_size(32).is_locked() && harden_process() ? 0 : 5;
    };
    EXPECT_EQ(in_child(body), 0);
}

TEST(Hardening, TheSameUserCannotReadTheMemory) {
    if (::getuid() != 0) GTEST_SKIP() << "needs root to start two processes of another user";
    Holder closed{true};
    ASSERT_TRUE(closed.is_ready());
    EXPECT_EQ(ways_in_of_somebody(closed), 0);
    Holder open{false};
    ASSERT_TRUE(open.is_ready());
    const int ways = ways_in_of_somebody(open);
    if (ways == 0) GTEST_SKIP() << "this system lets no user read another process of theirs";
    EXPECT_NE(ways & kReadsEnvironment, 0);
}

TEST(Hardening, ACrashLeavesNoCore) {
    if (::getuid() != 0) GTEST_SKIP() << "needs root to become a user whose limits hold";
    Holder closed{true};
    ASSERT_TRUE(closed.is_ready());
    const int status = closed.end(SIGSEGV);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), SIGSEGV);
    EXPECT_FALSE(WCOREDUMP(status));
}

TEST(Hardening, SaysWhichLimitToRaise) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers make mlock do nothing";
#endif
    if (::getuid() != 0) GTEST_SKIP() << "needs root to become a user whose limit holds";
    const auto body = [] {
        const rlimit page{4096, 4096};
        if (::setrlimit(RLIMIT_MEMLOCK, &page) != 0 || !become_somebody()) return 2;
        const auto hardened = harden_process();
        const bool told = !hardened && hardened.error().code() == Errc::PermissionDenied &&
                          hardened.error().hint().find("LimitMEMLOCK") != std::string::npos;
        return told ? 0 : 1;
    };
    EXPECT_EQ(in_child(body), 0);
}

}  // namespace
}  // namespace vault::secrets
