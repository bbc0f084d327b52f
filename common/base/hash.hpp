#pragma once
// SHA-256 of bytes, for hash chains and fingerprints. OpenSSL's implementation (it uses the CPU's
// SHA instructions); no OpenSSL type shows here. Any thread; an instance belongs to one thread at a
// time.
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace vault {

using Digest = std::array<std::uint8_t, 32>;

class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    Digest digest(std::string_view bytes);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// One-shot convenience on a thread-local instance.
Digest sha256(std::string_view bytes);

std::string to_hex(const Digest& digest);
// False if `text` is not 64 lower-case hex digits.
bool from_hex(std::string_view text, Digest& digest);

}  // namespace vault
