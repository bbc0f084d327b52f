#pragma once
// HistoryReader: asks an exchange what happened on an account. Each exchange room implements it for
// its own accounts; the composition root picks by the account's exchange. It reads only, and judges
// nothing. Called on the control thread's executor; readings of different keys may overlap.
#include "common/base/result.hpp"
#include "common/base/secret.hpp"
#include "daemon/ports/account_history.hpp"

#include <boost/asio/awaitable.hpp>

namespace vault::ports {

class HistoryReader {
  public:
    virtual ~HistoryReader() = default;
    // `key` and `secret` must outlive the await; neither is kept, nor shown in errors. Errors:
    // KeyRefused, PermissionDenied (the key may not see it); InvalidParams (exchange, api_key,
    // api_secret); AmountTooLarge (more than AccountHistory::kRowsMax); RateLimited, Io, Expired
    // (not all came within `limit`, which is > 0), NotReady: the same may succeed later.
    virtual boost::asio::awaitable<Result<AccountHistory>> read(std::string exchange,
                                                                const Secret& key,
                                                                const Secret& secret, UtcTime since,
                                                                Duration limit) = 0;
};

}  // namespace vault::ports
