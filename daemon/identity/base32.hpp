#pragma once
// Base32 (RFC 4648, section 6), upper case and without padding, as authenticator apps want seeds
// and as people read codes aloud. Pure; any thread. Both sides may be secret, so nothing here
// branches on the bytes, and an error does not repeat them.
#include "common/base/result.hpp"

#include <string>
#include <string_view>

namespace vault::identity {

std::string to_base32(std::string_view bytes);

// Accepts either case, and padding at the end. Errors: InvalidParams (another letter, a length that
// no bytes have, bits left over).
Result<std::string> from_base32(std::string_view text);

}  // namespace vault::identity
