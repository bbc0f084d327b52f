// A disk without room while the file $FAILING_DISK_FLAG exists: SQLite's writes to the store fail
// with ENOSPC. master_key.py preloads it into vaultd, so that commits fail for real.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <sys/types.h>
#include <unistd.h>

namespace {

using Write = ssize_t (*)(int, const void*, size_t, off64_t);

bool is_full(int fd) {
    const char* const flag = std::getenv("FAILING_DISK_FLAG");
    if (flag == nullptr || ::access(flag, F_OK) != 0) return false;
    char link[64];
    char path[512];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t size = ::readlink(link, path, sizeof path - 1);
    if (size <= 0) return false;
    path[size] = '\0';
    return std::strstr(path, "vault.db") != nullptr;
}

ssize_t write_by(const char* name, int fd, const void* bytes, size_t size, off64_t at) {
    if (is_full(fd)) {
        errno = ENOSPC;
        return -1;
    }
    return reinterpret_cast<Write>(::dlsym(RTLD_NEXT, name))(fd, bytes, size, at);
}

}  // namespace

extern "C" {

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
    return write_by("pwrite64", fd, bytes, size, at);
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
    return write_by("pwrite", fd, bytes, size, at);
}
}
