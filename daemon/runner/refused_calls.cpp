// The seccomp filter of a script. A list of what is refused, not of what is allowed: which calls an
// interpreter needs changes from release to release, what leads out of a sandbox does not.
#include "daemon/runner/sandbox.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <vector>

namespace vault::runner {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kArchitecture = 0;  // no filter: refuse_system_calls() says so
#endif

constexpr std::array kRefused {
    // Sockets: even where there is no network namespace, nothing is reached.
    SYS_socket, SYS_bind, SYS_listen, SYS_accept, SYS_accept4, SYS_connect,
        // Other namespaces and file systems.
        SYS_unshare, SYS_setns, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_open_tree,
        SYS_move_mount, SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_mount_setattr,
        SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_quotactl, SYS_swapon, SYS_swapoff,
        // Other processes.
        SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_pidfd_open, SYS_pidfd_getfd,
        SYS_pidfd_send_signal, SYS_kcmp, SYS_process_madvise,
        // The kernel: keys, programs in it, modules, clocks, accounting.
        SYS_add_key, SYS_request_key, SYS_keyctl, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd,
        SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_init_module,
        SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_reboot, SYS_syslog, SYS_acct,
        SYS_settimeofday, SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime, SYS_sethostname,
        SYS_setdomainname, SYS_personality, SYS_vhangup, SYS_lookup_dcookie, SYS_fanotify_init,
#if defined(__x86_64__)
        SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_kexec_file_load,
#endif
};

constexpr unsigned kNamespaces = CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID |
                                 CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

sock_filter step(unsigned code, std::uint32_t value) {
    return {static_cast<std::uint16_t>(code), 0, 0, value};
}
sock_filter jump(unsigned code, std::uint32_t value, std::uint8_t yes, std::uint8_t no) {
    return {static_cast<std::uint16_t>(code), yes, no, value};
}

class Filter {
  public:
    Filter() {
        load(offsetof(seccomp_data, arch));
        unless_equal(kArchitecture, SECCOMP_RET_KILL_PROCESS);
        load(offsetof(seccomp_data, nr));
#if defined(__x86_64__)
        // The second table of the same architecture would go round this list.
        program_.push_back(jump(BPF_JMP | BPF_JGE | BPF_K, 0x40000000U, 0, 1));
        end(SECCOMP_RET_ERRNO | ENOSYS);
#endif
    }
    void refuse(long call, int with) {
        program_.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1));
        end(SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(with));
    }
    // clone() stays for threads and children, without namespaces.
    void refuse_namespaces() {
        program_.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3));
        load(offsetof(seccomp_data, args));
        program_.push_back(jump(BPF_JMP | BPF_JSET | BPF_K, kNamespaces, 0, 1));
        end(SECCOMP_RET_ERRNO | EPERM);
    }
    bool install() {
        end(SECCOMP_RET_ALLOW);
        sock_fprog all{static_cast<unsigned short>(program_.size()), program_.data()};
        return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
               ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all, 0, 0) == 0;
    }

  private:
    void load(std::size_t offset) {
        program_.push_back(step(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)));
    }
    void unless_equal(std::uint32_t value, std::uint32_t verdict) {
        program_.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0));
        end(verdict);
    }
    void end(std::uint32_t verdict) {
        program_.push_back(step(BPF_RET | BPF_K, verdict));
    }

    std::vector<sock_filter> program_;
};

}  // namespace

bool refuse_system_calls(bool stay) {
    if (kArchitecture == 0) {
        errno = ENOSYS;
        return false;
    }
    Filter filter;
    for (const long call : kRefused)
        filter.refuse(call, EPERM);
    if (stay)
        for (const long call : {SYS_setsid, SYS_setpgid, SYS_kill, SYS_tkill, SYS_prlimit64})
            filter.refuse(call, EPERM);
    filter.refuse(SYS_clone3, ENOSYS);  // its flags lie where no filter can look: clone() is used
    filter.refuse_namespaces();         // last: it leaves the call's number behind
    return filter.install();
}

}  // namespace vault::runner
