#pragma once
// Rest: Kraken's REST interface as calls. Of each key one call is under way at a time, over a
// connection of its own, since its nonces have to arrive in order; calls of different keys overlap,
// and so do the public ones with them, which come one after the other. It counts what Kraken counts
// against a key and waits rather than go over; after "Rate limit exceeded" or a lockout the key's
// calls are held back until that has passed. A lockout holds back its own key alone: whether others
// are locked out as well, their own answers tell.
//
// Repeated by itself is only what certainly changes nothing: a call after "Invalid nonce", once,
// and one that reads, once, if its request never left or met a dead kept-alive connection. Whether
// anything else that failed may have been done is in CallFailure::outcome(). An answer that came
// twice is noticed if the copy is there before the next call; else it is taken for that call's, so
// whoever reads a result reads it strictly.
//
// Owned by the composition root. All calls on one executor. A call may be cancelled; whether it was
// done is then unknown. Neither key nor secret is kept or shown. Errors: those of CallFailure.
#include "common/base/clock.hpp"
#include "common/base/hash.hpp"
#include "common/base/url.hpp"
#include "daemon/exchange/kraken/call.hpp"
#include "daemon/exchange/kraken/nonce.hpp"
#include "daemon/exchange/kraken/rate_counter.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <memory>

namespace vault::exchange::kraken {

class Line;

struct RestSettings {
    Url origin;             // https://api.kraken.com; its target is not looked at
    std::string ca_file{};  // trusted roots; empty: those of the system
};

class Rest {
  public:
    // `clock` outlives it.
    Rest(RestSettings settings, const Clock& clock);
    ~Rest();  // no call is under way
    Rest(const Rest&) = delete;
    Rest& operator=(const Rest&) = delete;

    // `method` is a name such as "AssetPairs". `limit` > 0 counts from the call to its answer, all
    // waiting and repeating included.
    boost::asio::awaitable<CallResult> call_public(std::string method, Fields query,
                                                   Duration limit);
    // `key` and `secret`, texts as Kraken shows them, must outlive the await. The nonce is put
    // before the fields.
    boost::asio::awaitable<CallResult> call_private(std::string method, Fields fields,
                                                    const Secret& key, const Secret& secret,
                                                    Duration limit);

    // Of the account of that key; Starter until told.
    void tell_tier(const Secret& key, Tier tier);

  private:
    Line& line_of(const Secret& key);
    std::unique_ptr<Line> new_line();

    RestSettings settings_;
    const Clock& clock_;
    Nonces nonces_;
    std::unique_ptr<Line> public_;
    std::map<Digest, std::unique_ptr<Line>> lines_;  // by SHA-256 of the key
};

}  // namespace vault::exchange::kraken
