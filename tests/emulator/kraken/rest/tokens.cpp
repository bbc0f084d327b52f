#include "tests/emulator/kraken/rest/tokens.hpp"

#include "common/base/hash.hpp"
#include "tests/emulator/kraken/rest/signature.hpp"

namespace vault::kraken_emulator {

std::string Tokens::issue(const ApiKey& key, Moment now) {
    const Digest digest =
        sha256("token " + std::to_string(seed_) + " " + std::to_string(grants_.size()));
    std::string bytes;
    for (const std::uint8_t byte : digest)
        bytes += static_cast<char>(byte);
    std::string token = base64(bytes);
    grants_.emplace(token, Grant{&key, now});
    return token;
}

const ApiKey* Tokens::owner(std::string_view token) const {
    const auto found = grants_.find(token);
    if (found == grants_.end() || found->second.key->revoked) return nullptr;
    return found->second.key;
}

bool Tokens::is_fresh(std::string_view token, Moment now) const {
    const auto found = grants_.find(token);
    return found != grants_.end() && now - found->second.issued <= kLife;
}

}  // namespace vault::kraken_emulator
