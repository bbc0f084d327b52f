#include "daemon/identity/token.hpp"

#include <array>

namespace vault::identity {

NewToken make_token(std::string_view prefix, Entropy& entropy) {
    Digest bits{};
    entropy.fill(bits);
    std::string text{prefix};
    text += to_hex(bits);
    NewToken token;
    token.hash = sha256(text);
    token.text = Secret{std::move(text)};
    return token;
}

std::optional<Digest> token_hash(std::string_view prefix, std::string_view text) {
    Digest bits{};
    if (!text.starts_with(prefix) || !from_hex(text.substr(prefix.size()), bits))
        return std::nullopt;
    return sha256(text);
}

std::string_view to_text(TokenFault fault) {
    switch (fault) {
        case TokenFault::Malformed: return "malformed";
        case TokenFault::Unknown: return "unknown";
        case TokenFault::OtherUid: return "other_uid";
        case TokenFault::Idle: return "idle";
        case TokenFault::TooOld: return "too_old";
        case TokenFault::Revoked: return "revoked";
        case TokenFault::TooMany: return "too_many";
        case TokenFault::OutOfScope: return "out_of_scope";
    }
    return "";
}

}  // namespace vault::identity
