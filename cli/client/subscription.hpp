#pragma once
// A subscription as its reader sees it: events one by one, gaps where the daemon says there are
// some, and the news that the connection is gone or has fallen silent. It grants credit as events
// are taken, and knows from which number to go on over a new connection. Owned by the command that
// follows; borrows its connection. One thread; errors as of Client.
#include "cli/client/client.hpp"

#include <cstdint>

namespace vault::client {

class Subscription {
  public:
    // `params` of sub.open, without credit; the client must outlive it.
    Subscription(Client& client, json::object params)
        : client_(client), params_(std::move(params)) {}

    struct Opened {
        std::uint64_t first_seq = 0, last_seq = 0;  // what the daemon has
        std::uint64_t from_seq = 0;                 // what comes first
    };
    std::optional<protocol::Failure> open();
    const Opened& opened() const { return opened_; }

    enum class Kind : std::uint8_t {
        Event,        // seq, at, data
        Gap,          // from..to are gone for ever, for `text`
        TimedOut,     // nothing within the limit
        Lost,         // closed, silent or not understood, as `text` says
        Interrupted,  // Ctrl-C
    };
    struct Next {
        Kind kind = Kind::Lost;
        std::uint64_t seq = 0;  // of an event; of a gap its last
        std::uint64_t from = 0;
        std::string at;
        json::value data;
        std::string text;
    };
    // Absent: waits as long as the daemon shows that it lives.
    Next next(std::optional<Duration> limit = {});
    // Everything below it has come, was left out by the filter, or was told as a gap.
    std::uint64_t next_seq() const { return next_seq_; }

  private:
    std::optional<Next> grant();
    std::optional<Next> read(const protocol::Notification& notice);

    Client& client_;
    json::object params_;
    std::int64_t sub_ = 0;
    Opened opened_;
    std::uint64_t next_seq_ = 0;
    std::int64_t taken_ = 0;  // events since credit was granted
    std::chrono::nanoseconds grant_at_{0};
    bool closed_ = false;  // no more credit can be granted; what has come is still read
};

}  // namespace vault::client
