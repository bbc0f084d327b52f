#pragma once
// The signature of a private call (docs.kraken.com, "Spot REST authentication"):
//
//     API-Sign = base64(HMAC-SHA512(key = base64-decoded secret,
//                                   message = path + SHA-256(nonce + body)))
//
// Pure; any thread. OpenSSL stays in the .cpp. No key and no secret is ever in an error.
#include "common/base/result.hpp"
#include "common/base/secret.hpp"

#include <string>
#include <string_view>

namespace vault::exchange::kraken {

// That the text may be a key's public part: 16 to 256 letters, digits and '+', '/', '=', '-', '_'.
// Errors: InvalidParams naming api_key.
Result<void> check_api_key(const Secret& key);

// The bytes behind a secret's text: base64 of 16 to 256 bytes; blanks around it, as they come with
// a copied line, do not matter. Errors: InvalidParams naming api_secret.
Result<Secret> decoded_secret(const Secret& text);

// `path` begins with /0/private/; `body` is what is sent, to the byte, with nonce=`nonce` in it.
std::string api_sign(const Secret& decoded, std::string_view path, std::string_view nonce,
                     std::string_view body);

}  // namespace vault::exchange::kraken
