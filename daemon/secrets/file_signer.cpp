#include "daemon/secrets/file_signer.hpp"

#include "common/base/check.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace vault::secrets {
namespace {

constexpr std::size_t kKeyBytes = crypto_auth_hmacsha256_KEYBYTES;
static_assert(kKeyBytes == 32 && crypto_auth_hmacsha256_BYTES == std::tuple_size_v<Digest>);

class File {
  public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int get() const { return descriptor_; }
    bool is_open() const { return descriptor_ >= 0; }

  private:
    int descriptor_;
};

Error io_error(const std::string& path, const char* what) {
    return Error{Errc::Io,
                 fmt::format("cannot {} the key file {}: {}", what, path, std::strerror(errno)),
                 "state directory", "it must be writable by the user that runs vaultd"};
}

Error refused(const std::string& path, std::string why, std::string hint) {
    return Error{Errc::StoreInvalid, fmt::format("key file {}: {}", path, std::move(why)),
                 "state directory", std::move(hint)};
}

// Syncs the folder, so that the file's name survives a power cut as well.
bool sync_folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const File handle{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return handle.is_open() && ::fsync(handle.get()) == 0;
}

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

Secret random_key() {
    std::string bytes(kKeyBytes, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    return Secret{std::move(bytes)};
}

// The key is written beside its place and renamed, so that a crash leaves a whole key or none.
Result<Secret> make(const std::string& path) {
    const std::string fresh = path + ".new";
    ::unlink(fresh.c_str());
    Secret key = random_key();
    {
        const File file{
            ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
        if (!file.is_open()) return io_error(path, "make");
        if (!write_all(file.get(), key.reveal()) || ::fsync(file.get()) != 0)
            return io_error(path, "write");
    }
    if (::link(fresh.c_str(), path.c_str()) != 0) return io_error(path, "place");
    ::unlink(fresh.c_str());
    if (!sync_folder_of(path)) return io_error(path, "sync");
    return key;
}

std::optional<Error> unfit(const std::string& path, const struct stat& status) {
    if (!S_ISREG(status.st_mode))
        return refused(path, "is no regular file", "move it away; vaultd makes the key itself");
    if (status.st_uid != ::geteuid())
        return refused(path, fmt::format("belongs to uid {}", status.st_uid),
                       "give it to the user that runs vaultd (chown), if you trust it");
    if ((status.st_mode & 077) != 0)
        return refused(path,
                       fmt::format("has mode {:04o}: others can read it", status.st_mode & 07777),
                       "run chmod 0600 on it, if nobody else had access");
    if (status.st_size != static_cast<off_t>(kKeyBytes))
        return refused(path, fmt::format("has {} bytes instead of 32", status.st_size),
                       "restore it from a backup: without it no checkpoint can be verified");
    return std::nullopt;
}

Result<Secret> read(const std::string& path, const File& file) {
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return io_error(path, "inspect");
    if (auto error = unfit(path, status)) return *std::move(error);
    std::string bytes(kKeyBytes, '\0');
    std::size_t size = 0;
    while (size < kKeyBytes) {
        const ssize_t got = ::read(file.get(), bytes.data() + size, kKeyBytes - size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return io_error(path, "read");
        size += static_cast<std::size_t>(got);
    }
    return Secret{std::move(bytes)};
}

}  // namespace

Result<FileSigner> FileSigner::open(const std::string& path) {
    VAULT_CHECK(sodium_init() >= 0, "libsodium does not start");
    const File file{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (file.is_open()) {
        VAULT_TRY(Secret key, read(path, file));
        return FileSigner{std::move(key)};
    }
    if (errno == ELOOP)
        return refused(path, "is a symbolic link", "put the key itself there, with mode 0600");
    if (errno != ENOENT) return io_error(path, "open");
    VAULT_TRY(Secret key, make(path));
    return FileSigner{std::move(key)};
}

Digest FileSigner::sign(std::string_view bytes) const {
    Digest digest{};
    crypto_auth_hmacsha256(digest.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                           bytes.size(),
                           reinterpret_cast<const unsigned char*>(key_.reveal().data()));
    return digest;
}

bool FileSigner::verify(std::string_view bytes, const Digest& signature) const {
    return crypto_auth_hmacsha256_verify(
               signature.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
               reinterpret_cast<const unsigned char*>(key_.reveal().data())) == 0;
}

}  // namespace vault::secrets
