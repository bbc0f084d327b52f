#pragma once
// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03): seals bytes under a key of 32 and binds them to
// associated data that must be the same to open them. Nonces are random: with 192 bits no two ever
// meet. Pure but for the nonce; any thread.
#include "common/base/secret.hpp"
#include "daemon/secrets/rows.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vault::secrets {

inline constexpr std::size_t kKeyBytes = 32;

// What a ciphertext is bound to: parts in order, each preceded by its length (32 bits, big-endian),
// so that no two lists of parts give the same bytes; a number is a part of 8 bytes, big-endian. The
// first part is the purpose, by which the kinds of rows differ.
class AssociatedData {
  public:
    AssociatedData(std::string_view purpose, std::string_view deployment);
    AssociatedData& add(std::string_view part);
    AssociatedData& add(std::uint64_t number);
    const std::string& bytes() const { return bytes_; }

  private:
    std::string bytes_;
};

Secret random_key();

// `key` has kKeyBytes bytes.
Sealed seal(const Secret& key, std::string_view associated, const Secret& plain);
// Nothing if the key, the associated data, the nonce or a bit of the ciphertext is another.
std::optional<Secret> open(const Secret& key, std::string_view associated, const Sealed& sealed);

}  // namespace vault::secrets
