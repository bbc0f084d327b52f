#include "daemon/secrets/aead.hpp"

#include "common/base/check.hpp"

#include <sodium.h>

namespace vault::secrets {
namespace {

constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kKeyBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(std::tuple_size_v<Nonce> == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);

std::string big_endian(std::uint64_t number, std::size_t bytes) {
    std::string text(bytes, '\0');
    for (std::size_t i = bytes; i-- > 0; number >>= 8)
        text[i] = static_cast<char>(number & 0xff);
    return text;
}

const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

const unsigned char* raw(const Secret& key) {
    VAULT_CHECK(key.size() == kKeyBytes, "a key has 32 bytes");
    return raw(key.reveal());
}

}  // namespace

AssociatedData::AssociatedData(std::string_view purpose, std::string_view deployment) {
    add(purpose).add(deployment);
}

AssociatedData& AssociatedData::add(std::string_view part) {
    VAULT_CHECK(part.size() <= UINT32_MAX, "a part that is too long");
    bytes_ += big_endian(part.size(), 4);
    bytes_ += part;
    return *this;
}

AssociatedData& AssociatedData::add(std::uint64_t number) {
    return add(big_endian(number, 8));
}

Secret random_key() {
    Secret key = Secret::of_size(kKeyBytes);
    randombytes_buf(key.writable().data(), kKeyBytes);
    return key;
}

Sealed seal(const Secret& key, std::string_view associated, const Secret& plain) {
    Sealed sealed;
    randombytes_buf(sealed.nonce.data(), sealed.nonce.size());
    sealed.ciphertext.resize(plain.size() + kTagBytes);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        reinterpret_cast<unsigned char*>(sealed.ciphertext.data()), nullptr, raw(plain.reveal()),
        plain.size(), raw(associated), associated.size(), nullptr, sealed.nonce.data(), raw(key));
    return sealed;
}

std::optional<Secret> open(const Secret& key, std::string_view associated, const Sealed& sealed) {
    if (sealed.ciphertext.size() < kTagBytes) return std::nullopt;
    Secret plain = Secret::of_size(sealed.ciphertext.size() - kTagBytes);
    const int status = crypto_aead_xchacha20poly1305_ietf_decrypt(
        plain.writable().data(), nullptr, nullptr, raw(sealed.ciphertext), sealed.ciphertext.size(),
        raw(associated), associated.size(), sealed.nonce.data(), raw(key));
    if (status != 0) return std::nullopt;
    return plain;
}

}  // namespace vault::secrets
