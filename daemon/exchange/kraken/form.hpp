#pragma once
// Fields of a call as Kraken takes them: application/x-www-form-urlencoded, in the order given.
// Everything but letters, digits and "-._~" is escaped, so that "+5" stays "+5" and a value ends
// where it ends. Pure; any thread; cannot fail.
#include <string>
#include <utility>
#include <vector>

namespace vault::exchange::kraken {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string form_encoded(const Fields& fields);  // "nonce=1&pair=XBTUSD"

}  // namespace vault::exchange::kraken
