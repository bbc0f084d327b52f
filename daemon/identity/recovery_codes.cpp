#include "daemon/identity/recovery_codes.hpp"

#include "daemon/identity/base32.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

namespace vault::identity {
namespace {

constexpr std::size_t kLetters = 25;
constexpr std::size_t kGroup = 5;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// The letters alone, or nothing if there are not as many as a code has.
Secret letters_of(std::string_view code) {
    std::string letters;
    letters.reserve(kLetters + 1);
    for (const char c : code) {
        if (c == '-' || c == ' ') continue;
        if (letters.size() == kLetters) return {};
        letters += lower(c);
    }
    return letters.size() == kLetters ? Secret{std::move(letters)} : Secret{};
}

Digest hash_of(UserId user, std::string_view letters) {
    const Secret bound{fmt::format("vault recovery code:{}:{}", to_text(user), letters)};
    return sha256(bound.reveal());
}

Secret grouped(std::string_view letters) {
    std::string text;
    text.reserve(letters.size() + letters.size() / kGroup);
    for (std::size_t i = 0; i < letters.size(); ++i) {
        if (i > 0 && i % kGroup == 0) text += '-';
        text += letters[i];
    }
    return Secret{std::move(text)};
}

// 16 random bytes are 26 letters; the last one, of three bits, is left off.
Secret random_letters(Entropy& entropy) {
    std::array<std::uint8_t, 16> bytes{};
    entropy.fill(bytes);
    std::string letters = to_base32({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    sodium_memzero(bytes.data(), bytes.size());
    letters.resize(kLetters);
    for (char& letter : letters)
        letter = lower(letter);
    return Secret{std::move(letters)};
}

}  // namespace

NewRecoveryCodes make_recovery_codes(UserId user, Entropy& entropy) {
    NewRecoveryCodes codes;
    for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
        const Secret letters = random_letters(entropy);
        codes.texts.push_back(grouped(letters.reveal()));
        codes.rows.push_back(
            {.user = user, .code_hash = hash_of(user, letters.reveal()), .used_at = std::nullopt});
    }
    return codes;
}

ports::RecoveryCodeRow* redeem(std::vector<ports::RecoveryCodeRow>& rows, UserId user,
                               std::string_view code, UtcTime now) {
    const Secret letters = letters_of(code);
    const Digest hash = hash_of(user, letters.reveal());
    ports::RecoveryCodeRow* found = nullptr;
    for (ports::RecoveryCodeRow& row : rows)
        if (sodium_memcmp(row.code_hash.data(), hash.data(), hash.size()) == 0 &&
            row.user == user && !row.used_at && !letters.empty())
            found = &row;
    if (found != nullptr) found->used_at = now;
    return found;
}

}  // namespace vault::identity
