#include "daemon/exchange/kraken/sign.hpp"

#include "common/base/check.hpp"
#include "common/base/hash.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <optional>

namespace vault::exchange::kraken {
namespace {

constexpr std::size_t kKeyLeast = 16, kKeyMost = 256;        // characters
constexpr std::size_t kSecretLeast = 16, kSecretMost = 256;  // bytes

bool is_base64(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
}

std::string_view without_blanks(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

// How many '=' end it; none: it is no base64.
std::optional<std::size_t> padding_of(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0) return std::nullopt;
    const std::size_t padding = text.size() - (text.find_last_not_of('=') + 1);
    const std::string_view digits = text.substr(0, text.size() - padding);
    if (padding > 2 || !std::ranges::all_of(digits, is_base64)) return std::nullopt;
    return padding;
}

Error bad_secret() {
    return Error{Errc::InvalidParams, "this is no secret of a Kraken API key", "api_secret",
                 "the private key that Kraken showed once, in base64"};
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Result<void> check_api_key(const Secret& key) {
    const std::string_view text = key.reveal();
    const auto fits = [](char c) { return is_base64(c) || c == '=' || c == '-' || c == '_'; };
    if (text.size() >= kKeyLeast && text.size() <= kKeyMost && std::ranges::all_of(text, fits))
        return success();
    return Error{Errc::InvalidParams, "this is no API key of Kraken", "api_key",
                 "the API key as Kraken shows it, 56 letters, digits, '+' and '/'"};
}

Result<Secret> decoded_secret(const Secret& text) {
    const std::string_view base64 = without_blanks(text.reveal());
    const auto padding = padding_of(base64);
    if (!padding || base64.size() / 4 * 3 > kSecretMost + 2) return bad_secret();
    Secret out = Secret::of_size(base64.size() / 4 * 3);
    const int written =
        ::EVP_DecodeBlock(out.writable().data(), bytes_of(base64), static_cast<int>(base64.size()));
    if (written < 0 || static_cast<std::size_t>(written) != out.size()) return bad_secret();
    out.shorten(out.size() - *padding);
    if (out.size() < kSecretLeast || out.size() > kSecretMost) return bad_secret();
    return out;
}

std::string api_sign(const Secret& decoded, std::string_view path, std::string_view nonce,
                     std::string_view body) {
    const Digest digest = sha256(std::string{nonce}.append(body));
    std::string message{path};
    message.append(reinterpret_cast<const char*>(digest.data()), digest.size());

    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned int size = 0;
    const unsigned char* const made =
        ::HMAC(::EVP_sha512(), decoded.reveal().data(), static_cast<int>(decoded.size()),
               bytes_of(message), message.size(), mac.data(), &size);
    VAULT_CHECK(made != nullptr, "HMAC-SHA512 cannot fail");
    std::array<unsigned char, EVP_MAX_MD_SIZE * 2> text{};
    const int written = ::EVP_EncodeBlock(text.data(), mac.data(), static_cast<int>(size));
    return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(written)};
}

}  // namespace vault::exchange::kraken
