#pragma once
// Signing with a secret that somebody else knows as well: it lies in a private file (mode 0600,
// vaultd's own), is read for each signature and wiped after it. Blocks on the file; any thread.
#include "common/base/hash.hpp"
#include "common/base/result.hpp"

#include <string>
#include <string_view>

namespace vault::secrets {

// HMAC-SHA256 of the bytes under the file's content without the line's end. Errors: of
// read_private(); what has fewer than 16 bytes or more than 1024 is no secret.
Result<Digest> sign_with_file(const std::string& secret_file, std::string_view bytes);

}  // namespace vault::secrets
