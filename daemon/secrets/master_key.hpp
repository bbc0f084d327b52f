#pragma once
// MasterKey: the 32 bytes at the root of all secrets, which no store ever holds. It comes from a
// systemd credential (LoadCredentialEncrypted), from a file, or from a locked key and its
// passphrase (locked_key.hpp). The key ring owns it; any thread may read it.
#include "common/base/result.hpp"
#include "common/base/secret.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace vault::secrets {

class MasterKey {
  public:
    static MasterKey generate();
    // Errors: InvalidParams (not 32 bytes).
    static Result<MasterKey> from(Secret bytes);

    // `path`: 32 raw bytes, mode 0600, ours. Errors: as read_private.
    static Result<MasterKey> read_file(const std::string& path);
    // Generates one and keeps it there. Errors: as make_private.
    static Result<MasterKey> make_file(const std::string& path);
    // Of a file with a master key, raw or locked. Errors: as of private_file.hpp.
    static Result<void> replace_file(const std::string& path, const std::string& at);
    static Result<void> set_file_aside(const std::string& path);
    static Result<void> remove_file(const std::string& path);
    // `directory`: the value of $CREDENTIALS_DIRECTORY, null if it is not set. Errors: NotFound
    // (systemd gave no such credential), InvalidParams (a name with a slash), as read_private.
    static Result<MasterKey> read_credential(const char* directory, std::string_view name);

    const Secret& bytes() const { return bytes_; }
    MasterKey copy() const;  // in locked memory of its own

  private:
    explicit MasterKey(Secret bytes) : bytes_(std::move(bytes)) {}
    Secret bytes_;
};

}  // namespace vault::secrets
