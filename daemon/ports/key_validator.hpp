#pragma once
// KeyValidator: asks an exchange what a key is good for, without moving anything. Each exchange
// room implements it for its own accounts; the composition root picks by the account's exchange. It
// answers with what the exchange said, and judges nothing: whether the key may be used is decided
// by engine/key_machine.hpp. Called on the control thread's executor; validations of different keys
// may run at the same time.
#include "daemon/ports/key_rows.hpp"

#include <boost/asio/awaitable.hpp>

namespace vault::ports {

class KeyValidator {
  public:
    virtual ~KeyValidator() = default;
    // `key` and `secret` must outlive the await; neither is kept, nor shown in findings or errors.
    // A key that the exchange refuses is a finding. Errors: InvalidParams naming api_key or
    // api_secret (no key of this exchange has such a form; asking again is no use) or exchange;
    // RateLimited; Io (not reached); Expired (no answer within `limit`, which is > 0); NotReady
    // (any other answer that says nothing about the key: maintenance, busy, cut off).
    virtual boost::asio::awaitable<Result<KeyFindings>> validate(std::string exchange,
                                                                 const Secret& key,
                                                                 const Secret& secret,
                                                                 Duration limit) = 0;
};

// What kind of failure an error of validate() is, other than InvalidParams.
KeyFailure failure_of(const Error& error);

}  // namespace vault::ports
