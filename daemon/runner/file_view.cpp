#include "daemon/runner/file_view.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string_view>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace vault::runner {
namespace {

// Any folder that is always there will do: the new root is mounted on it and then becomes "/".
constexpr const char* kBase = "/tmp";

constexpr std::array kSystem{"/usr",
                             "/bin",
                             "/sbin",
                             "/lib",
                             "/lib32",
                             "/lib64",
                             "/libx32",
                             "/etc/alternatives",
                             "/etc/ld.so.cache",
                             "/etc/localtime"};
constexpr std::array kDevices{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"};

struct Tree {
    std::string path;
    int fd = -1;  // of a detached copy; -1: a link
    bool folder = false;
    std::string link;  // where it leads
};

std::string refused(std::string_view what) {
    return fmt::format("{}: {}", what, std::strerror(errno));
}

bool set_read_only(int fd, const char* path, unsigned flags) {
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID;
    return ::mount_setattr(fd, path, flags, &attributes, sizeof attributes) == 0;
}

// A copy of what lies at `path`, taken before anything is mounted over it. False with errno.
bool take(const std::string& path, bool read_only, std::vector<Tree>& trees) {
    struct stat about {};
    if (::fstatat(AT_FDCWD, path.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) return errno == ENOENT;
    Tree tree;
    tree.path = path;
    if (S_ISLNK(about.st_mode)) {
        std::array<char, 4096> target{};
        const auto size = ::readlink(path.c_str(), target.data(), target.size());
        if (size < 0) return false;
        tree.link.assign(target.data(), static_cast<std::size_t>(size));
        trees.push_back(std::move(tree));
        return true;
    }
    tree.folder = S_ISDIR(about.st_mode);
    tree.fd =
        ::open_tree(AT_FDCWD, path.c_str(),
                    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | static_cast<unsigned>(AT_RECURSIVE));
    if (tree.fd < 0) return false;
    if (read_only && !set_read_only(tree.fd, "", AT_EMPTY_PATH | AT_RECURSIVE)) return false;
    trees.push_back(std::move(tree));
    return true;
}

// The script's own folder, which somebody else may have made: no part of its path is a link, so it
// is what it is called. Followed, a link would show the script what only the runner may read.
bool take_folder(const std::string& path, std::vector<Tree>& trees) {
    open_how how{};
    how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_NO_SYMLINKS;
    const long folder = ::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how);
    if (folder < 0) return false;
    Tree tree;
    tree.path = path;
    tree.folder = true;
    tree.fd = ::open_tree(
        static_cast<int>(folder), "",
        OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | static_cast<unsigned>(AT_RECURSIVE | AT_EMPTY_PATH));
    ::close(static_cast<int>(folder));
    if (tree.fd < 0 || !set_read_only(tree.fd, "", AT_EMPTY_PATH | AT_RECURSIVE)) return false;
    trees.push_back(std::move(tree));
    return true;
}

void make_folders(const std::string& path) {
    for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1))
        ::mkdir(path.substr(0, at).c_str(), 0755);
}

// What is there already (a folder below /usr, say) is left as it is.
bool put(const Tree& tree) {
    const std::string target = kBase + tree.path;
    make_folders(target);
    if (!tree.link.empty())
        return ::symlink(tree.link.c_str(), target.c_str()) == 0 || errno == EEXIST;
    if (tree.folder) {
        ::mkdir(target.c_str(), 0755);
    } else if (const int made = ::open(target.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
               made >= 0) {
        ::close(made);
    }
    const bool moved =
        ::move_mount(tree.fd, "", AT_FDCWD, target.c_str(), MOVE_MOUNT_F_EMPTY_PATH) == 0;
    ::close(tree.fd);
    return moved;
}

bool mount_empty(const std::string& at, std::uint64_t bytes, const char* mode) {
    ::mkdir(at.c_str(), 0755);
    const std::string options = fmt::format("size={},nr_inodes=4096,mode={}", bytes, mode);
    return ::mount("tmpfs", at.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) == 0;
}

// The old root goes out of sight with everything that is not in the new one.
bool enter() {
    if (::chdir(kBase) != 0) return false;
    if (::syscall(SYS_pivot_root, ".", ".") != 0) return false;
    return ::umount2(".", MNT_DETACH) == 0 && ::chdir("/") == 0;
}

}  // namespace

std::string make_file_view(const std::string& folder, std::uint64_t tmp_bytes) {
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return refused("making its mounts private");
    std::vector<Tree> trees;
    for (const char* path : kSystem)
        if (!take(path, true, trees)) return refused(fmt::format("a read-only {}", path));
    for (const char* path : kDevices)
        if (!take(path, false, trees)) return refused(path);
    if (!take_folder(folder, trees))
        return refused(fmt::format("a read-only {}, no part of which is a link", folder));
    constexpr std::uint64_t kRootBytes = 1U << 20U;
    if (!mount_empty(kBase, kRootBytes, "0755")) return refused("an empty root");
    const std::string tmp = std::string{kBase} + "/tmp";
    if (!mount_empty(tmp, tmp_bytes, "1777")) return refused("a /tmp of its own");
    for (const Tree& tree : trees)
        if (!put(tree)) return refused(fmt::format("putting {} in its place", tree.path));
    // Where parts of /proc are masked, as in containers, a new one is refused: then it has none.
    const std::string proc = std::string{kBase} + "/proc";
    ::mkdir(proc.c_str(), 0755);
    ::mount("proc", proc.c_str(), "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
    if (!set_read_only(AT_FDCWD, kBase, 0)) return refused("a read-only root");
    if (!enter()) return refused("entering the new root");
    return {};
}

}  // namespace vault::runner
