#pragma once
// Line: the calls of one key, one after the other over one connection, with what Kraken counts
// against that key; or the public calls. Rest says what is repeated and what is waited for. Owned
// by Rest; its executor.
#include "daemon/exchange/kraken/call.hpp"
#include "daemon/exchange/kraken/nonce.hpp"
#include "daemon/exchange/kraken/rate_counter.hpp"
#include "daemon/exchange/kraken/turns.hpp"
#include "daemon/runtime/http.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace vault::exchange::kraken {

class Line {
  public:
    // `clock` and `nonces` outlive it.
    Line(runtime::HttpPlace place, const Clock& clock, Nonces& nonces);

    // `call` outlives the await.
    boost::asio::awaitable<CallResult> ask(const Call& call, Duration limit);

    void set_tier(Tier tier) { counter_.set_tier(tier); }
    // Nothing is under way and nothing is left to be remembered.
    bool is_blank() const;

  private:
    struct Attempt {
        CallResult result;
        bool unheard = false;  // the request never left, or met a connection that was dead
    };

    boost::asio::awaitable<std::optional<CallFailure>> admit(std::uint32_t cost, SteadyTime end);
    boost::asio::awaitable<Attempt> attempt(const Call& call, SteadyTime end);
    CallResult judge(CallKind kind, const runtime::HttpAnswer& answer);
    CallFailure heed(CallKind kind, const Refusal& refusal);
    CallFailure turned_away(CallKind kind, const runtime::HttpAnswer& answer);
    void close_for(Duration span, Remedy why);
    void back_off(Duration least);

    const Clock& clock_;
    Nonces& nonces_;
    Turns turns_;
    runtime::HttpConnection connection_;
    bool may_be_kept_ = false;  // the last request was answered, so its connection may still be up
    RateCounter counter_;
    SteadyTime closed_until_{0};
    Remedy closed_for_ = Remedy::None;
    Duration next_back_off_;
};

}  // namespace vault::exchange::kraken
