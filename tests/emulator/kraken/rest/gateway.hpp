#pragma once
// Gateway: a request in, a reply out, in two steps, because a fault may lie between them. admit()
// finds the endpoint, reads form or JSON, and checks who asks and whether he may; perform() does
// it. The reply is {"error":[],"result":…}; a refusal has no result, and its status is 200 too.
// One thread.
#include "tests/emulator/kraken/rest/endpoint.hpp"

namespace vault::kraken_emulator {

class Gateway {
  public:
    explicit Gateway(Exchange& exchange) : exchange_(exchange), tokens_(exchange.settings().seed) {}

    KeyDesk& keys() { return keys_; }
    const Tokens& tokens() const { return tokens_; }

    // A request that passed all checks of who asks, and may be done now or later.
    struct Admitted {
        const Endpoint* endpoint = nullptr;
        Params params;
        Moment arrived;         // by the exchange's clock
        ApiKey* key = nullptr;  // null for a public call
    };
    // `key` becomes the name of whose it is, also when it is refused after that was known.
    Answer<Admitted> admit(const Request& request, std::string& key);
    Answer<std::string> perform(const Admitted& admitted);
    static Reply reply_of(const Answer<std::string>& answer);

  private:
    Answer<Admitted> admit_private(const Request& request, std::string_view name, std::string& key);

    Exchange& exchange_;
    KeyDesk keys_;
    Tokens tokens_;
};

}  // namespace vault::kraken_emulator
