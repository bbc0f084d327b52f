#pragma once
// Validations of API keys: the exchange is asked with the opened secret, and what it said goes to
// the engine, which judges. For the commands, and for keys whose daily check is due. Control
// thread.
#include "daemon/control/call.hpp"

namespace vault::control {

// What the exchange says of a key and its secret. Errors: InvalidParams, the text is no key of this
// exchange. What kept it from answering is a failure, not an error.
struct KeyAnswer {
    std::optional<ports::KeyFindings> findings;
    ports::KeyFailure failure = ports::KeyFailure::Network;
    std::string message;
};
boost::asio::awaitable<Result<KeyAnswer>> ask_exchange(Services& services, std::string exchange,
                                                       const Secret& key, const Secret& secret);

// Validates a key that is kept, and answers with it as it is then. `actor`: who wanted it.
Handled check_key(Services& services, std::string actor, ports::ApiKeyRow row);
// Validates the keys whose time has come, one after the other.
boost::asio::awaitable<void> check_due_keys(Services& services);

}  // namespace vault::control
