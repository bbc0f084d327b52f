#include "daemon/identity/entropy.hpp"

#include "common/base/check.hpp"

#include <sodium.h>

namespace vault::identity {

SystemEntropy::SystemEntropy() {
    VAULT_CHECK(sodium_init() >= 0, "libsodium does not start");
}

void SystemEntropy::fill(std::span<std::uint8_t> bytes) {
    randombytes_buf(bytes.data(), bytes.size());
}

}  // namespace vault::identity
