#pragma once
// Tokens: what opens the private side of WebSocket v2. A token is its key's: it may what the key
// may, and ends with it. It has to be used within 15 minutes, and goes on while a subscription that
// it opened does. One thread.
#include "tests/emulator/kraken/rest/api_key.hpp"

#include <map>
#include <string>
#include <string_view>

namespace vault::kraken_emulator {

class Tokens {
  public:
    static constexpr std::chrono::seconds kLife{900};

    explicit Tokens(std::uint64_t seed) : seed_(seed) {}

    // The key outlives this.
    std::string issue(const ApiKey& key, Moment now);
    // Whose it is, however old; null if it is nobody's, or a revoked key's.
    const ApiKey* owner(std::string_view token) const;
    bool is_fresh(std::string_view token, Moment now) const;

  private:
    struct Grant {
        const ApiKey* key = nullptr;
        Moment issued;
    };
    std::uint64_t seed_;
    std::map<std::string, Grant, std::less<>> grants_;
};

}  // namespace vault::kraken_emulator
