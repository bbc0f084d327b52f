#include "common/base/hash.hpp"

#include "common/base/check.hpp"

#include <openssl/evp.h>

namespace vault {

struct Sha256::State {
    EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        EVP_MD_CTX_free(context);
        EVP_MD_free(algorithm);
    }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    VAULT_CHECK(state_->algorithm != nullptr && state_->context != nullptr, "no SHA-256");
}

Sha256::~Sha256() = default;

Digest Sha256::digest(std::string_view bytes) {
    Digest out{};
    const bool done = EVP_DigestInit_ex2(state_->context, state_->algorithm, nullptr) == 1 &&
                      EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1 &&
                      EVP_DigestFinal_ex(state_->context, out.data(), nullptr) == 1;
    VAULT_CHECK(done, "SHA-256 failed");
    return out;
}

Digest sha256(std::string_view bytes) {
    thread_local Sha256 instance;
    return instance.digest(bytes);
}

std::string to_hex(const Digest& digest) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text(64, '0');
    for (std::size_t i = 0; i < digest.size(); ++i) {
        text[2 * i] = kDigits[digest[i] >> 4];
        text[2 * i + 1] = kDigits[digest[i] & 15];
    }
    return text;
}

bool from_hex(std::string_view text, Digest& digest) {
    if (text.size() != 64) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const int nibble = c >= '0' && c <= '9'   ? c - '0'
                           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                                  : -1;
        if (nibble < 0) return false;
        const auto byte = static_cast<std::uint8_t>(nibble);
        digest[i / 2] = static_cast<std::uint8_t>(i % 2 == 0 ? byte << 4 : digest[i / 2] | byte);
    }
    return true;
}

}  // namespace vault
