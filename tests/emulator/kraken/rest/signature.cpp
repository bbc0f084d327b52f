#include "tests/emulator/kraken/rest/signature.hpp"

#include "common/base/check.hpp"
#include "common/base/hash.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace vault::kraken_emulator {
namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string base64(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4, '\0');
    // One zero more than the text, which a std::string has room for.
    ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(bytes),
                      static_cast<int>(bytes.size()));
    return out;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0 || text.size() > 1'000'000) return std::nullopt;
    std::string out(text.size() / 4 * 3, '\0');
    const int size = ::EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(text),
                                       static_cast<int>(text.size()));
    if (size < 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;
    out.resize(static_cast<std::size_t>(size) - padding);
    return out;
}

std::string api_sign(std::string_view secret, std::string_view path, std::string_view nonce,
                     std::string_view body) {
    const Digest inner = sha256(std::string{nonce}.append(body));
    std::string message{path};
    for (const std::uint8_t byte : inner)
        message += static_cast<char>(byte);
    const std::string key = from_base64(secret).value_or("");
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    const auto* made = ::HMAC(::EVP_sha512(), key.data(), static_cast<int>(key.size()),
                              bytes_of(message), message.size(), mac.data(), &size);
    VAULT_CHECK(made != nullptr, "HMAC-SHA512 failed");
    return base64({reinterpret_cast<const char*>(mac.data()), size});
}

}  // namespace vault::kraken_emulator
