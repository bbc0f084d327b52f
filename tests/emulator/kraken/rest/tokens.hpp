#pragma once
// Tokens: what opens the private side of WebSocket v2. A token has to be used within 15 minutes; a
// subscription that it opened lasts. One thread.
#include "tests/emulator/kraken/exchange/order.hpp"

#include <map>
#include <string>
#include <string_view>

namespace vault::kraken_emulator {

class Tokens {
  public:
    static constexpr std::chrono::seconds kLife{900};

    explicit Tokens(std::uint64_t seed) : seed_(seed) {}

    std::string issue(AccountNo account, Moment now);
    // Whose it is; nullopt if it is unknown or too old.
    std::optional<AccountNo> find(std::string_view token, Moment now) const;

  private:
    struct Grant {
        AccountNo account = 0;
        Moment issued;
    };
    std::uint64_t seed_;
    std::map<std::string, Grant, std::less<>> grants_;
};

}  // namespace vault::kraken_emulator
