#include "daemon/identity/password_hash.hpp"

#include "common/base/check.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <cerrno>
#include <charconv>

namespace vault::identity {
namespace {

constexpr std::size_t kSaltBytes = crypto_pwhash_argon2id_SALTBYTES;
constexpr std::size_t kTagBytes = 32;
constexpr std::uint32_t kMostMemoryKib = 1U << 20U;
constexpr std::uint32_t kMostPasses = 16;

std::string base64(const unsigned char* bytes, std::size_t size) {
    constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
    std::string text(sodium_base64_encoded_len(size, kVariant), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes, size, kVariant);
    text.pop_back();  // the zero of C
    return text;
}

bool take(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

std::optional<std::uint32_t> take_number(std::string_view& text) {
    std::uint32_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [at, status] = std::from_chars(text.data(), end, number);
    if (status != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(at - text.data()));
    return number;
}

std::string phc_text(HashCost cost, const std::array<unsigned char, kSaltBytes>& salt,
                     const std::array<unsigned char, kTagBytes>& tag) {
    return fmt::format("$argon2id$v=19$m={},t={},p=1${}${}", cost.memory_kib, cost.passes,
                       base64(salt.data(), salt.size()), base64(tag.data(), tag.size()));
}

Error no_memory() {
    return Error{Errc::Busy, "there is no memory to check a password", {}, "try again in a moment"};
}

}  // namespace

Argon2Hasher::Argon2Hasher(HashCost cost, Entropy& entropy) : cost_(cost), entropy_(entropy) {
    VAULT_CHECK(sodium_init() >= 0, "libsodium does not start");
    VAULT_CHECK(cost.memory_kib >= 8 && cost.memory_kib <= kMostMemoryKib && cost.passes >= 1 &&
                    cost.passes <= kMostPasses,
                "the cost of a password hash is out of range");
}

Result<std::string> Argon2Hasher::hash(const Secret& password) {
    std::array<unsigned char, kSaltBytes> salt{};
    entropy_.fill(salt);
    std::array<unsigned char, kTagBytes> tag{};
    const std::string_view text = password.reveal();
    if (crypto_pwhash_argon2id(tag.data(), tag.size(), text.data(), text.size(), salt.data(),
                               cost_.passes, std::size_t{cost_.memory_kib} * 1024,
                               crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
        return no_memory();
    return phc_text(cost_, salt, tag);
}

Result<bool> Argon2Hasher::matches(const std::string& stored, const Secret& password) {
    const auto cost = cost_of(stored);
    if (!cost || cost->memory_kib > kMostMemoryKib || cost->passes > kMostPasses ||
        stored.size() >= crypto_pwhash_argon2id_STRBYTES)
        return Error{Errc::StoreInvalid,
                     "a stored password hash is not one of ours",
                     {},
                     "set the user's password anew; find out who wrote to the store"};
    const std::string_view text = password.reveal();
    errno = 0;
    if (crypto_pwhash_argon2id_str_verify(stored.c_str(), text.data(), text.size()) == 0)
        return true;
    // libsodium says EINVAL for a password that is wrong; all else is for want of memory.
    if (errno == EINVAL) return false;
    return no_memory();
}

std::string decoy_hash(HashCost cost, Entropy& entropy) {
    std::array<unsigned char, kSaltBytes> salt{};
    std::array<unsigned char, kTagBytes> tag{};
    entropy.fill(salt);
    entropy.fill(tag);
    return phc_text(cost, salt, tag);
}

std::optional<HashCost> cost_of(std::string_view stored) {
    if (!take(stored, "$argon2id$v=19$m=")) return std::nullopt;
    const auto memory = take_number(stored);
    if (!memory || !take(stored, ",t=")) return std::nullopt;
    const auto passes = take_number(stored);
    if (!passes || !take(stored, ",p=1$")) return std::nullopt;
    return HashCost{*memory, *passes};
}

bool needs_rehash(std::string_view stored, HashCost wanted) {
    const auto cost = cost_of(stored);
    return !cost || cost->memory_kib < wanted.memory_kib || cost->passes < wanted.passes;
}

}  // namespace vault::identity
