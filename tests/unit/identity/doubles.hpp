#pragma once
// What the identity tests put in place of randomness and of libsodium's slow hash: bytes from a
// seed, and a hasher that counts. Tests only.
#include "common/base/hash.hpp"
#include "common/base/random.hpp"
#include "common/base/time.hpp"
#include "common/domain/ids.hpp"
#include "daemon/identity/password_hash.hpp"

#include <fmt/format.h>

namespace vault::identity {

class SeededEntropy final : public Entropy {
  public:
    explicit SeededEntropy(std::uint64_t seed) : random_(seed) {}
    void fill(std::span<std::uint8_t> bytes) override {
        for (std::uint8_t& byte : bytes)
            byte = static_cast<std::uint8_t>(random_.next());
    }

  private:
    Random random_;
};

// Its hash is the form of the real one around a SHA-256.
class CountingHasher final : public PasswordHasher {
  public:
    explicit CountingHasher(HashCost cost = {}) : cost_(cost) {}
    Result<std::string> hash(const Secret& password) override {
        return fmt::format("$argon2id$v=19$m={},t={},p=1$c2FsdA${}", cost_.memory_kib, cost_.passes,
                           to_hex(sha256(password.reveal())));
    }
    Result<bool> matches(const std::string& stored, const Secret& password) override {
        // As the real one: what is no hash costs nothing, and so would tell.
        if (!cost_of(stored)) return Error{Errc::StoreInvalid, "no hash"};
        ++checks;
        return stored.ends_with(to_hex(sha256(password.reveal())));
    }

    long checks = 0;

  private:
    HashCost cost_;
};

inline constexpr UserId kAlice{1};
inline constexpr UserId kBob{2};
inline constexpr UtcTime kStart{std::chrono::seconds{1'790'000'000}};

}  // namespace vault::identity
