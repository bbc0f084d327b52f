#include "daemon/secrets/locked_key.hpp"

#include "daemon/secrets/aead.hpp"
#include "daemon/secrets/named_lines.hpp"
#include "daemon/secrets/private_file.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <utility>

namespace vault::secrets {
namespace {

constexpr std::string_view kTitle = "core vault locked master key, format 1\n";
constexpr std::size_t kSealedKeyBytes = kKeyBytes + 16;
constexpr std::size_t kMostText = 1024;
constexpr PassphraseCost kLeastCost{2, 19'456};
constexpr PassphraseCost kMostCost{16, 1'048'576};
static_assert(std::tuple_size_v<Salt> == crypto_pwhash_argon2id_SALTBYTES);

std::string associated(const LockedKey& locked) {
    AssociatedData data{"locked key", locked.deployment};
    data.add(locked.version.value).add(locked.cost.passes).add(locked.cost.memory_kib);
    data.add({reinterpret_cast<const char*>(locked.salt.data()), locked.salt.size()});
    return data.bytes();
}

std::string body_of(const LockedKey& locked) {
    return fmt::format(
        "{}deployment {}\nversion {}\npasses {}\nmemory_kib {}\nsalt {}\nnonce {}\nkey {}\n",
        kTitle, locked.deployment, locked.version.value, locked.cost.passes, locked.cost.memory_kib,
        hex_of(locked.salt), hex_of(locked.key.nonce), hex_of(locked.key.ciphertext));
}

PrivateFile locked_file(const std::string& path) {
    return {path,          "master key", "locked master key", "take another copy of it",
            kTitle.size(), kMostText};
}

}  // namespace

Result<Secret> stretch(const Secret& passphrase, const Salt& salt, PassphraseCost cost) {
    Secret key = Secret::of_size(kKeyBytes);
    const std::string_view words = passphrase.reveal();
    const int status = crypto_pwhash_argon2id(
        key.writable().data(), kKeyBytes, words.data(), words.size(), salt.data(), cost.passes,
        std::size_t{cost.memory_kib} * 1024, crypto_pwhash_argon2id_ALG_ARGON2ID13);
    if (status != 0)
        return Error{Errc::Busy,
                     fmt::format("cannot stretch the passphrase: it takes {} MiB of memory",
                                 cost.memory_kib / 1024),
                     "passphrase", "free memory, or raise MemoryMax= of the unit, and try again"};
    return key;
}

Result<void> check_passphrase(const Secret& passphrase) {
    const auto starts_character = [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;  // UTF-8
    };
    const auto characters = std::ranges::count_if(passphrase.reveal(), starts_character);
    if (static_cast<std::size_t>(characters) >= kLeastPassphrase) return success();
    return Error{
        Errc::InvalidParams,
        fmt::format("a passphrase for the master key has at least {} characters", kLeastPassphrase),
        "passphrase", "take five words or more that nobody else would put together"};
}

Result<StretchedPassphrase> make_ready(const Secret& passphrase, PassphraseCost cost) {
    VAULT_TRYV(check_passphrase(passphrase));
    StretchedPassphrase ready{cost, {}, {}};
    randombytes_buf(ready.salt.data(), ready.salt.size());
    VAULT_TRY(ready.key, stretch(passphrase, ready.salt, cost));
    return ready;
}

LockedKey lock(const MasterKey& key, std::string deployment, MasterVersion version,
               const StretchedPassphrase& passphrase) {
    LockedKey locked{std::move(deployment), version, passphrase.cost, passphrase.salt, {}};
    locked.key = seal(passphrase.key, associated(locked), key.bytes());
    return locked;
}

Result<LockedKey> lock(const MasterKey& key, std::string deployment, MasterVersion version,
                       const Secret& passphrase, PassphraseCost cost) {
    VAULT_TRY(const StretchedPassphrase ready, make_ready(passphrase, cost));
    return lock(key, std::move(deployment), version, ready);
}

Result<MasterKey> unlock(const LockedKey& locked, const Secret& passphrase) {
    VAULT_TRY(const Secret wrapping, stretch(passphrase, locked.salt, locked.cost));
    std::optional<Secret> bytes = open(wrapping, associated(locked), locked.key);
    if (!bytes)
        return Error{Errc::PermissionDenied, "the passphrase does not open the locked master key",
                     "passphrase", "type it again; mind the case and the keyboard's layout"};
    return MasterKey::from(*std::move(bytes));
}

std::string to_text(const LockedKey& locked) {
    return with_check(body_of(locked));
}

bool is_locked_key(std::string_view text) {
    return text.starts_with(kTitle);
}

Result<LockedKey> parse_locked_key(std::string_view text) {
    LockedKey locked;
    NamedLines lines{text.starts_with(kTitle) ? text.substr(kTitle.size()) : std::string_view{}};
    locked.deployment = lines.value("deployment");
    const auto number = [&](std::string_view name, std::uint32_t least, std::uint32_t most) {
        return static_cast<std::uint32_t>(lines.number(name, least, most));
    };
    locked.version.value = number("version", 1, UINT32_MAX);
    locked.cost.passes = number("passes", kLeastCost.passes, kMostCost.passes);
    locked.cost.memory_kib = number("memory_kib", kLeastCost.memory_kib, kMostCost.memory_kib);
    lines.bytes("salt", locked.salt);
    lines.bytes("nonce", locked.key.nonce);
    locked.key.ciphertext.resize(kSealedKeyBytes);
    lines.bytes("key", {reinterpret_cast<std::uint8_t*>(locked.key.ciphertext.data()),
                        locked.key.ciphertext.size()});
    lines.check(body_of(locked));
    if (lines.fault().empty()) return locked;
    return Error{Errc::StoreInvalid,
                 fmt::format("the locked master key is not as it was written: {}", lines.fault()),
                 "master key", "compare that line with another copy"};
}

Result<void> make_locked_key_file(const std::string& path, const LockedKey& locked) {
    return make_private(locked_file(path), Secret{to_text(locked)});
}

Result<LockedKey> read_locked_key_file(const std::string& path) {
    VAULT_TRY(const Secret text, read_private(locked_file(path)));
    return parse_locked_key(text.reveal());
}

}  // namespace vault::secrets
