#include "tests/emulator/kraken/rest/tokens.hpp"

#include "common/base/hash.hpp"
#include "tests/emulator/kraken/rest/signature.hpp"

namespace vault::kraken_emulator {

std::string Tokens::issue(AccountNo account, Moment now) {
    const Digest digest =
        sha256("token " + std::to_string(seed_) + " " + std::to_string(grants_.size()));
    std::string bytes;
    for (const std::uint8_t byte : digest)
        bytes += static_cast<char>(byte);
    std::string token = base64(bytes);
    grants_.emplace(token, Grant{account, now});
    return token;
}

std::optional<AccountNo> Tokens::find(std::string_view token, Moment now) const {
    const auto found = grants_.find(token);
    if (found == grants_.end() || now - found->second.issued > kLife) return std::nullopt;
    return found->second.account;
}

}  // namespace vault::kraken_emulator
