#pragma once
// Endpoints: one row per method of the API. A handler gets what was asked and answers the text of
// "result". One thread.
#include "tests/emulator/kraken/rest/api_key.hpp"
#include "tests/emulator/kraken/rest/tokens.hpp"

#include <span>
#include <string>
#include <string_view>

namespace vault::kraken_emulator {

struct Call {
    Exchange& exchange;
    Tokens& tokens;
    const Params& params;
    // By the exchange's clock: what is relative to now in the request is relative to this.
    Moment arrived;
    ApiKey* key = nullptr;  // of a private call

    AccountNo account() const { return key->account; }
    const Account& books() const { return exchange.account(key->account); }
};

using Handler = Answer<std::string> (*)(const Call&);

struct Endpoint {
    std::string_view name;  // last part of its path
    Handler handler = nullptr;
    PermissionSet permissions{};  // a private call needs one of them; none: any key may
    std::int64_t points = 1;      // on the REST counter; the engine counts orders itself
};

std::span<const Endpoint> public_endpoints();   // GET /0/public/<name>
std::span<const Endpoint> account_endpoints();  // POST /0/private/<name>
std::span<const Endpoint> trading_endpoints();  // POST /0/private/<name>

}  // namespace vault::kraken_emulator
