#pragma once
// Hub: all sockets of WebSocket v2. It knows what each subscribed to, answers what clients say and
// tells what the exchange did. It writes no bytes: each socket has a function that takes its
// messages, whole and in order; the same text is shared by all who get it. One thread.
#include "tests/emulator/kraken/rest/tokens.hpp"
#include "tests/emulator/kraken/socket/public_messages.hpp"

#include <boost/json/object.hpp>

#include <compare>
#include <functional>
#include <map>
#include <memory>
#include <set>

namespace vault::kraken_emulator {

using SocketNo = std::uint64_t;  // dense from 1
using SharedText = std::shared_ptr<const std::string>;

enum class Channel : std::uint8_t { Ticker, Trade, Ohlc, Book, Instrument, Executions, Balances };
std::string_view to_text(Channel channel);
std::optional<Channel> parse_channel(std::string_view text);

// Public sockets have the public channels, private ones the two that need a token.
enum class SocketSide : bool { Public, Private };

class Hub {
  public:
    using Send = std::function<void(const SharedText&)>;

    Hub(Exchange& exchange, const Tokens& tokens, std::uint64_t seed)
        : exchange_(exchange), tokens_(tokens), seed_(seed) {}

    // Greets it with the system's status.
    SocketNo open(SocketSide side, Send send);
    void close(SocketNo socket);
    void receive(SocketNo socket, std::string_view text);
    // What the exchange did, all of one instant; books are told as they are now.
    void tell(std::span<const Event> events);
    // A heartbeat to each that subscribed and heard nothing for a second.
    void beat();

  private:
    // Of one pair, or of all (0); `detail` is the depth, the index of the interval, or 1 for a
    // ticker that follows the best bid and offer.
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
    std::uint64_t connection_of(SocketNo socket) const;
    void send_to(const Topic& topic, const std::function<std::string()>& text);
    void send_private(Channel channel, AccountNo account, const std::string& element);
    void tell_trades(const std::vector<PublicTrade>& trades);
    void tell_books(const std::set<PairNo>& pairs);

    Exchange& exchange_;
    const Tokens& tokens_;
    std::uint64_t seed_;
    SocketNo opened_ = 0;
    std::map<SocketNo, Socket> sockets_;
    std::map<Topic, std::set<SocketNo>> listeners_;
    std::map<Topic, BookView> views_;  // of books that somebody listens to
    std::map<PairNo, std::vector<LevelChange>> best_;
};

}  // namespace vault::kraken_emulator
