#pragma once
// The signature of a private call: base64(HMAC-SHA512(secret, path + SHA256(nonce + body))). Pure;
// any thread.
#include <optional>
#include <string>
#include <string_view>

namespace vault::kraken_emulator {

std::string base64(std::string_view bytes);
// Nullopt if `text` is not base64 with its padding.
std::optional<std::string> from_base64(std::string_view text);

// `secret` in base64, as the key's owner has it; `path` from "/0/private/" on, `body` as sent.
std::string api_sign(std::string_view secret, std::string_view path, std::string_view nonce,
                     std::string_view body);

}  // namespace vault::kraken_emulator
