#include "daemon/secrets/master_key.hpp"

#include "daemon/secrets/aead.hpp"
#include "daemon/secrets/private_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace vault::secrets {
namespace {

PrivateFile key_file(std::string path) {
    return {std::move(path),
            "master key",
            "master key file",
            "restore it from its escrow copy: without it no secret of this installation opens",
            kKeyBytes,
            kKeyBytes};
}

}  // namespace

MasterKey MasterKey::generate() {
    return MasterKey{random_key()};
}

Result<MasterKey> MasterKey::from(Secret bytes) {
    if (bytes.size() != kKeyBytes)
        return Error{Errc::InvalidParams,
                     fmt::format("a master key has 32 bytes, not {}", bytes.size()), "master key",
                     "make one with: head -c 32 /dev/urandom"};
    return MasterKey{std::move(bytes)};
}

Result<MasterKey> MasterKey::read_file(const std::string& path) {
    Result<Secret> bytes = read_private(key_file(path));
    if (bytes) return MasterKey{std::move(bytes).value()};
    if (bytes.error().code() != Errc::NotFound) return std::move(bytes).error();
    return std::move(bytes).error().with_hint(
        "name the file with the master key, or restore it from its escrow copy");
}

Result<MasterKey> MasterKey::make_file(const std::string& path) {
    MasterKey key = generate();
    VAULT_TRYV(make_private(key_file(path), key.bytes()));
    return key;
}

Result<void> MasterKey::replace_file(const std::string& path, const std::string& at) {
    return replace_private(key_file(path), at);
}

Result<void> MasterKey::remove_file(const std::string& path) {
    return remove_private(key_file(path));
}

Result<void> MasterKey::set_file_aside(const std::string& path) {
    return set_aside(key_file(path));
}

MasterKey MasterKey::copy() const {
    Secret bytes = Secret::of_size(bytes_.size());
    std::ranges::copy(bytes_.reveal(), bytes.writable().begin());
    return MasterKey{std::move(bytes)};
}

Result<MasterKey> MasterKey::read_credential(const char* directory, std::string_view name) {
    const std::string hint = fmt::format(
        "add LoadCredentialEncrypted={} to vaultd.service (systemd-creds encrypt --name={})", name,
        name);
    if (name.empty() || name.find('/') != std::string_view::npos)
        return Error{Errc::InvalidParams, fmt::format("\"{}\" is no credential's name", name),
                     "master key", "give the name alone, such as master.key"};
    if (directory == nullptr)
        return Error{Errc::NotFound, "systemd gave no credentials (CREDENTIALS_DIRECTORY)",
                     "master key", hint};
    PrivateFile file = key_file(fmt::format("{}/{}", directory, name));
    file.what = "credential";
    file.is_credential = true;
    Result<Secret> bytes = read_private(file);
    if (bytes) return MasterKey{std::move(bytes).value()};
    if (bytes.error().code() != Errc::NotFound) return std::move(bytes).error();
    return std::move(bytes).error().with_hint(hint);
}

}  // namespace vault::secrets
