#pragma once
// Hub: all sockets of WebSocket v2. It knows what each subscribed to, answers what clients say and
// tells what the exchange did. It writes no bytes: each socket has a function that takes its
// messages, whole and in order; the same text is shared by all who get it. One thread.
#include "tests/emulator/kraken/faults/fault_plan.hpp"
#include "tests/emulator/kraken/faults/message_plan.hpp"
#include "tests/emulator/kraken/rest/tokens.hpp"
#include "tests/emulator/kraken/socket/order_entry.hpp"
#include "tests/emulator/kraken/socket/private_messages.hpp"
#include "tests/emulator/kraken/socket/public_messages.hpp"

#include <compare>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace vault::kraken_emulator {

using SocketNo = std::uint64_t;  // dense from 1
using SharedText = std::shared_ptr<const std::string>;

enum class Channel : std::uint8_t { Ticker, Trade, Ohlc, Book, Instrument, Executions, Balances };
std::string_view to_text(Channel channel);
std::optional<Channel> parse_channel(std::string_view text);

// Public sockets have the public channels, private ones the two that need a token.
enum class SocketSide : bool { Public, Private };

// A message that a fault struck.
struct MessageStruck {
    SocketNo socket = 0;
    std::string message;  // its name: "executions/filled"
    Mishap mishap = Mishap::Lost;
};

// What became of a client's message.
struct Heard {
    std::string method{};               // empty: it was no request
    std::string refusal{};              // empty: none
    std::optional<Strike> struck{};     // of order entry
    std::optional<OrderEntry> later{};  // it lands after the strike's delay
};

// How long and how much a socket may; zero is without limit.
struct SocketLimits {
    // Without a subscription it lives so long: a public one since the last word, a private one
    // whatever it says.
    Span idle = std::chrono::minutes{1};
    std::int64_t messages = 0;  // of its client, each second
};

// One that the exchange closed of its own accord.
struct SocketClosed {
    SocketNo socket = 0;
    std::string_view reason;
};

class Hub {
  public:
    // Null closes the socket.
    using Send = std::function<void(const SharedText&)>;

    // `requests` strike order entry, `faults` what is told on channels.
    Hub(Exchange& exchange, const Tokens& tokens, FaultPlan& requests, MessagePlan& faults,
        std::uint64_t seed)
        : exchange_(exchange), tokens_(tokens), requests_(requests), faults_(faults), seed_(seed) {}

    void set_limits(const SocketLimits& limits) {
        limits_ = limits;
        next_beat_ = {};
    }
    const SocketLimits& limits() const { return limits_; }

    // Greets it with the system's status.
    SocketNo open(SocketSide side, Send send);
    void close(SocketNo socket);
    Heard receive(SocketNo socket, std::string_view text);
    // What the exchange did, all of one instant; books are told as they are now.
    void tell(std::span<const Event> events);
    // Late messages that are due, a heartbeat to each that subscribed and heard nothing for a
    // second, and the end of those that are idle.
    void beat();
    std::vector<MessageStruck> take_struck() { return std::exchange(struck_, {}); }
    std::vector<SocketClosed> take_closed() { return std::exchange(closed_, {}); }

  private:
    // Of one pair, or of all (0); `detail` is the depth, the index of the interval, 1 for a ticker
    // that follows the best bid and offer, or the account of a private channel.
    struct Topic {
        Channel channel = Channel::Ticker;
        PairNo pair = 0;
        std::size_t detail = 0;
        friend auto operator<=>(const Topic&, const Topic&) = default;
    };
    struct Socket {
        SocketSide side = SocketSide::Public;
        Send send;
        std::set<Topic> topics;
        Moment last_sent{}, last_heard{};
        Moment bare_since{};                         // without a subscription
        DecayingCount messages;                      // of its client
        bool closed = false;                         // it was told to
        SharedText swapped;                          // waits for the next one
        std::multimap<Moment, SharedText> late;      // by when they are due
        std::map<Topic, std::string> tokens;         // that opened the private ones
        ExecutionDetail executions;                  // that it is told
        std::map<Channel, std::uint64_t> sequences;  // of private channels
    };
    // A subscribe or unsubscribe, taken apart.
    struct Wish {
        Channel channel = Channel::Ticker;
        std::vector<std::string> symbols;  // one empty name where a channel has no symbols
        std::size_t detail = 0;
        std::string token;  // of a private channel
        bool snapshot = true;
        bool past_trades = false;    // executions: snap_trades
        ExecutionDetail executions;  // ratecounter, order_status
        std::int64_t rate_most = 0;
        bool subscribe = true;
    };

    // subscribe.cpp
    Answer<const ApiKey*> session(const Socket& socket, std::string_view token) const;
    Answer<Wish> asked_wish(SocketNo socket, const boost::json::object& request);
    void answer_wish(SocketNo socket, const Wish& wish, const boost::json::object& request);
    void add_topic(SocketNo socket, const Topic& topic, const Wish& wish);
    void send_snapshot(SocketNo socket, const Topic& topic, const Wish& wish);
    void send_private_snapshot(SocketNo socket, const Wish& wish);
    Heard answer_entry(SocketNo socket, std::string_view method,
                       const boost::json::object& request);
    Answer<OrderEntry> admitted(SocketNo socket, std::string_view method,
                                const boost::json::object& request);
    void send_struck(SocketNo socket, const Strike& strike, std::vector<std::string> texts,
                     const boost::json::object& request);
    void drop_topic(SocketNo socket, const Topic& topic);
    Heard answer_request(SocketNo socket, const boost::json::object& request);
    bool is_too_fast(Socket& socket);
    std::string accepted(const Wish& wish, std::string_view symbol,
                         const boost::json::object& request) const;
    std::string refusal(std::string_view text, std::string_view symbol,
                        const boost::json::object& request) const;
    // hub.cpp
    void send(SocketNo socket, std::string text);
    void put(Socket& socket, const SharedText& text);
    void cut_off(SocketNo socket, std::string_view reason);
    std::optional<Moment> idle_end(const Socket& socket) const;
    void end_if_idle(SocketNo number, const Socket& socket);
    void tell_one(SocketNo socket, std::string_view message, const SharedText& text);
    std::uint64_t connection_of(SocketNo socket) const;
    void send_to(const Topic& topic, const std::function<std::string()>& text);
    // To those of the account. `kind` is that of an execution, else empty. The element is made
    // only if somebody listens, once for each detail that is asked for; an empty one is not told.
    void send_private(Channel channel, AccountNo account, std::string_view kind,
                      const std::function<std::string(const ExecutionDetail&)>& element);
    void put_off(Socket& socket, Span delay, SharedText text);
    void tell_trades(const std::vector<PublicTrade>& trades);
    void tell_books(const std::set<PairNo>& pairs);

    Exchange& exchange_;
    const Tokens& tokens_;
    FaultPlan& requests_;
    MessagePlan& faults_;
    std::uint64_t seed_;
    SocketLimits limits_;
    SocketNo opened_ = 0;
    std::map<SocketNo, Socket> sockets_;
    std::map<Topic, std::set<SocketNo>> listeners_;
    std::map<Topic, BookView> views_;  // of books that somebody listens to
    std::map<PairNo, std::vector<LevelChange>> best_;
    std::vector<MessageStruck> struck_;
    std::vector<SocketClosed> closed_;
    Moment next_beat_{};  // before it no heartbeat, late message or end of an idle one is due
};

}  // namespace vault::kraken_emulator
