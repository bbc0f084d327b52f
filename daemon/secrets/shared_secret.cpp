#include "daemon/secrets/shared_secret.hpp"

#include "daemon/secrets/private_file.hpp"

#include <sodium.h>

namespace vault::secrets {
namespace {

const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

Result<Digest> sign_with_file(const std::string& secret_file, std::string_view bytes) {
    PrivateFile file;
    file.path = secret_file;
    file.field = "alerts.targets[].secret_file";
    file.what = "secret file";
    file.when_lost = "put 16 to 1024 random bytes there, such as: openssl rand -hex 32";
    file.least = 16;
    file.most = 1'024;
    auto read = read_private(file);
    if (!read) return std::move(read).error();
    Secret secret = std::move(read).value();
    std::size_t size = secret.size();
    while (size > 0 && (secret.reveal()[size - 1] == '\n' || secret.reveal()[size - 1] == '\r'))
        --size;
    secret.shorten(size);
    static_assert(std::tuple_size_v<Digest> == crypto_auth_hmacsha256_BYTES);
    Digest digest{};
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, raw(secret.reveal()), secret.size());
    crypto_auth_hmacsha256_update(&state, raw(bytes), bytes.size());
    crypto_auth_hmacsha256_final(&state, digest.data());
    sodium_memzero(&state, sizeof state);
    return digest;
}

}  // namespace vault::secrets
