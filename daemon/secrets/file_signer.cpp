#include "daemon/secrets/file_signer.hpp"

#include "daemon/secrets/aead.hpp"
#include "daemon/secrets/private_file.hpp"

#include <sodium.h>

#include <utility>

namespace vault::secrets {
namespace {

static_assert(kKeyBytes == crypto_auth_hmacsha256_KEYBYTES &&
              crypto_auth_hmacsha256_BYTES == std::tuple_size_v<Digest>);

PrivateFile key_file(const std::string& path) {
    return {path,       "state directory",
            "key file", "restore it from a backup: without it no checkpoint can be verified",
            kKeyBytes,  kKeyBytes};
}

}  // namespace

Result<FileSigner> FileSigner::open(const std::string& path) {
    const PrivateFile file = key_file(path);
    Result<Secret> key = read_private(file);
    if (key) return FileSigner{std::move(key).value()};
    if (key.error().code() != Errc::NotFound) return std::move(key).error();
    Secret fresh = random_key();
    VAULT_TRYV(make_private(file, fresh));
    return FileSigner{std::move(fresh)};
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
