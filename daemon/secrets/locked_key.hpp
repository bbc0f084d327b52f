#pragma once
// LockedKey: a master key sealed under a passphrase (Argon2id, RFC 9106). It serves two ends: the
// escrow copy, kept off the machine for the day the machine is gone, and a start without systemd,
// where the passphrase is asked at the terminal (base/prompt.hpp). Its text can be printed: it is
// worth nothing without the passphrase, and a check tells a slip of the pen from a wrong one.
// Values; locking and unlocking take a time and memory that `cost` names, so not on a busy thread.
#include "common/base/result.hpp"
#include "common/base/secret.hpp"
#include "daemon/secrets/master_key.hpp"
#include "daemon/secrets/rows.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace vault::secrets {

inline constexpr std::size_t kLeastPassphrase = 15;  // characters; NIST SP 800-63B-4, single factor

// Argon2id with one lane. Read back: passes 2 to 16, memory 19 MiB (the floor of OWASP's Password
// Storage Cheat Sheet) to 1 GiB.
struct PassphraseCost {
    std::uint32_t passes = 3;
    std::uint32_t memory_kib = 65'536;
    friend bool operator==(const PassphraseCost&, const PassphraseCost&) = default;
};
using Salt = std::array<std::uint8_t, 16>;

// The key of 32 bytes that the passphrase gives. Errors: Busy (not enough memory).
Result<Secret> stretch(const Secret& passphrase, const Salt& salt, PassphraseCost cost);

// A passphrase made ready: it locks at once, in a salt of its own.
struct StretchedPassphrase {
    PassphraseCost cost;
    Salt salt{};
    Secret key;
};
// Errors: as check_passphrase; Busy.
Result<StretchedPassphrase> make_ready(const Secret& passphrase, PassphraseCost cost = {});

struct LockedKey {
    std::string deployment;  // as of KeyRing::load
    MasterVersion version;
    PassphraseCost cost;
    Salt salt{};
    Sealed key;
    friend bool operator==(const LockedKey&, const LockedKey&) = default;
};

// Errors: InvalidParams (a passphrase shorter than kLeastPassphrase).
Result<void> check_passphrase(const Secret& passphrase);
LockedKey lock(const MasterKey& key, std::string deployment, MasterVersion version,
               const StretchedPassphrase& passphrase);
// Errors: as make_ready.
Result<LockedKey> lock(const MasterKey& key, std::string deployment, MasterVersion version,
                       const Secret& passphrase, PassphraseCost cost = {});
// Errors: PermissionDenied (another passphrase, or a changed copy), Busy.
Result<MasterKey> unlock(const LockedKey& locked, const Secret& passphrase);

std::string to_text(const LockedKey& locked);
bool is_locked_key(std::string_view text);  // or one that is damaged
// Errors: StoreInvalid, naming the line that is not as it was written.
Result<LockedKey> parse_locked_key(std::string_view text);

// As a file of mode 0600. Errors: as make_private; as read_private and parse_locked_key.
Result<void> make_locked_key_file(const std::string& path, const LockedKey& locked);
Result<LockedKey> read_locked_key_file(const std::string& path);

}  // namespace vault::secrets
