#pragma once
// Hub: all sockets of WebSocket v2. It knows what each subscribed to, answers what clients say and
// tells what the exchange did. It writes no bytes: each socket has a function that takes its
// messages, whole and in order; the same text is shared by all who get it. One thread.
#include "tests/emulator/kraken/faults/message_plan.hpp"
#include "tests/emulator/kraken/rest/tokens.hpp"
#include "tests/emulator/kraken/socket/public_messages.hpp"

#include <boost/json/object.hpp>

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

class Hub {
  public:
    // Null closes the socket.
    using Send = std::function<void(const SharedText&)>;

    // `faults` strike what is told on channels, not answers.
    Hub(Exchange& exchange, const Tokens& tokens, MessagePlan& faults, std::uint64_t seed)
        : exchange_(exchange), tokens_(tokens), faults_(faults), seed_(seed) {}

    // Greets it with the system's status.
    SocketNo open(SocketSide side, Send send);
    void close(SocketNo socket);
    void receive(SocketNo socket, std::string_view text);
    // What the exchange did, all of one instant; books are told as they are now.
    void tell(std::span<const Event> events);
    // Late messages that are due, and a heartbeat to each that subscribed and heard nothing for a
    // second.
    void beat();
    std::vector<MessageStruck> take_struck() { return std::exchange(struck_, {}); }

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
        Moment last_sent{};
        SharedText swapped;                          // waits for the next one
        std::multimap<Moment, SharedText> late;      // by when they are due
        std::optional<AccountNo> account;            // of its token
        std::map<Channel, std::uint64_t> sequences;  // of private channels
    };
    // A subscribe or unsubscribe, taken apart.
    struct Wish {
        Channel channel = Channel::Ticker;
        std::vector<std::string> symbols;  // one empty name where a channel has no symbols
        std::size_t detail = 0;
        bool snapshot = true;
        bool past_trades = false;  // executions: snap_trades
        bool subscribe = true;
    };

    // subscribe.cpp
    Answer<Wish> asked_wish(SocketNo socket, const boost::json::object& request);
    void answer_wish(SocketNo socket, const Wish& wish, const boost::json::object& request);
    void add_topic(SocketNo socket, const Topic& topic, const Wish& wish);
    void send_snapshot(SocketNo socket, const Topic& topic, const Wish& wish);
    void send_private_snapshot(SocketNo socket, const Wish& wish);
    void answer_entry(SocketNo socket, std::string_view method, const boost::json::object& request);
    std::string accepted(const Wish& wish, std::string_view symbol,
                         const boost::json::object& request) const;
    std::string refusal(std::string_view text, std::string_view symbol,
                        const boost::json::object& request) const;
    // hub.cpp
    void send(SocketNo socket, std::string text);
    void put(Socket& socket, const SharedText& text);
    void tell_one(SocketNo socket, std::string_view message, const SharedText& text);
    std::uint64_t connection_of(SocketNo socket) const;
    void send_to(const Topic& topic, const std::function<std::string()>& text);
    // `kind` is that of an execution, else empty. The element is made once, and only if somebody
    // listens.
    void send_private(Channel channel, AccountNo account, std::string_view kind,
                      const std::function<std::string()>& element);
    void tell_trades(const std::vector<PublicTrade>& trades);
    void tell_books(const std::set<PairNo>& pairs);

    Exchange& exchange_;
    const Tokens& tokens_;
    MessagePlan& faults_;
    std::uint64_t seed_;
    SocketNo opened_ = 0;
    std::map<SocketNo, Socket> sockets_;
    std::map<Topic, std::set<SocketNo>> listeners_;
    std::map<Topic, BookView> views_;  // of books that somebody listens to
    std::map<PairNo, std::vector<LevelChange>> best_;
    std::vector<MessageStruck> struck_;
    Moment next_beat_{};  // before it nobody is owed a heartbeat or a late message
};

}  // namespace vault::kraken_emulator
