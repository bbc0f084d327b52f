#include "daemon/store/sqlite/disk_guard.hpp"

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <sys/statvfs.h>
#include <unistd.h>

namespace vault::store {

namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;

std::uint64_t size_of(const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    return error ? 0 : size;
}

}  // namespace

DiskGuard::DiskGuard(const SqliteOptions& options)
    : options_(options), ballast_path_(options.path + ".ballast") {}

bool DiskGuard::has_ballast() const {
    return options_.ballast_mib == 0 || size_of(ballast_path_) == options_.ballast_mib * kMiB;
}

bool DiskGuard::create_ballast() const {
    const int descriptor = ::open(ballast_path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return false;
    const bool done =
        ::posix_fallocate(descriptor, 0, static_cast<off_t>(options_.ballast_mib * kMiB)) == 0;
    ::close(descriptor);
    if (!done) ::unlink(ballast_path_.c_str());
    return done;
}

// A ballast that an earlier configuration made larger: what it has too much is given back. It needs
// no room, so it does not wait for any.
void DiskGuard::shrink_ballast() const {
    const std::uint64_t wanted = options_.ballast_mib * kMiB;
    if (size_of(ballast_path_) <= wanted) return;
    if (wanted == 0)
        ::unlink(ballast_path_.c_str());
    else
        (void)!::truncate(ballast_path_.c_str(), static_cast<off_t>(wanted));
}

bool DiskGuard::release() {
    if (options_.ballast_mib == 0) return false;
    return ::unlink(ballast_path_.c_str()) == 0;
}

std::uint64_t DiskGuard::page_limit(std::uint64_t page_size) const {
    if (options_.size_limit_mib == 0) return 0;
    const std::uint64_t limit = options_.size_limit_mib * kMiB;
    const std::uint64_t kept = std::min(limit / 2, size_of(ballast_path_));
    return std::max<std::uint64_t>(1, (limit - kept) / page_size);
}

DiskState DiskGuard::measure() const {
    std::uint64_t total = 0, used = 0, available = 0;
    if (options_.size_limit_mib != 0) {
        total = options_.size_limit_mib * kMiB;
        used = size_of(options_.path) + size_of(options_.path + "-wal") + size_of(ballast_path_);
        available = total > used ? total - used : 0;
    } else {
        struct statvfs volume {};
        const auto directory = std::filesystem::absolute(options_.path).parent_path();
        if (::statvfs(directory.c_str(), &volume) == 0) {
            used = (volume.f_blocks - volume.f_bfree) * volume.f_frsize;
            available = volume.f_bavail * volume.f_frsize;
            total = used + available;
        }
    }
    DiskState state;
    state.free_bytes = available;
    state.ballast = has_ballast();
    if (total != 0)
        state.used_pct = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(100, (std::min(used, total) * 100 + total - 1) / total));
    state.alert = state.used_pct >= options_.disk_alert_pct;
    state.buys_stopped = state.used_pct >= options_.disk_stop_buys_pct;
    return state;
}

DiskState DiskGuard::poll() {
    shrink_ballast();
    DiskState state = measure();
    if (state.free_bytes < options_.disk_floor_mib * kMiB) {
        if (release()) state = measure();
        // Without the ballast the disk looks emptier than the store may rely on.
        state.alert = state.buys_stopped = true;
        return state;
    }
    const std::uint64_t wanted = options_.ballast_mib * kMiB;
    const bool room = state.free_bytes >= 2 * wanted + options_.disk_floor_mib * kMiB;
    if (!state.ballast && room && create_ballast()) state = measure();
    if (!state.ballast) state.alert = state.buys_stopped = true;
    return state;
}

}  // namespace vault::store
