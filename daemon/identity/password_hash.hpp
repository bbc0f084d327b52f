#pragma once
// Passwords as Argon2id (RFC 9106, version 1.3, one lane) in PHC text, which carries its
// parameters:
// "$argon2id$v=19$m=65536,t=3,p=1$<salt>$<tag>". PasswordHasher is the seam at which tests count;
// Argon2Hasher is libsodium's. One hash takes 64 MiB and a tenth of a second or more, so it belongs
// on a HashDesk and never on the control thread. Any thread, if its Entropy is.
#include "common/base/result.hpp"
#include "common/base/secret.hpp"
#include "daemon/identity/entropy.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vault::identity {

// The figures; OWASP's floor is 19 MiB with two passes.
struct HashCost {
    std::uint32_t memory_kib = 65'536;
    std::uint32_t passes = 3;
    friend bool operator==(const HashCost&, const HashCost&) = default;
};

class PasswordHasher {
  public:
    virtual ~PasswordHasher() = default;
    // Errors: Busy if there is no memory for it.
    virtual Result<std::string> hash(const Secret& password) = 0;
    // Errors: Busy as above; StoreInvalid if `stored` is no such text, or asks for more than 1 GiB
    // or 16 passes: it was not written by us, and is not to be computed.
    virtual Result<bool> matches(const std::string& stored, const Secret& password) = 0;
};

class Argon2Hasher final : public PasswordHasher {
  public:
    Argon2Hasher(HashCost cost, Entropy& entropy);
    Result<std::string> hash(const Secret& password) override;
    Result<bool> matches(const std::string& stored, const Secret& password) override;

  private:
    HashCost cost_;
    Entropy& entropy_;
};

// What looks like a hash of this cost, and is of no password: salt and tag are random.
std::string decoy_hash(HashCost cost, Entropy& entropy);

// None if it is no Argon2id text of one lane.
std::optional<HashCost> cost_of(std::string_view stored);

// True if `stored` was made with less memory or fewer passes than `wanted`, or cannot be read: then
// a sign-in that succeeds stores a new hash.
bool needs_rehash(std::string_view stored, HashCost wanted);

}  // namespace vault::identity
