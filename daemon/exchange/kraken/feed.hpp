#pragma once
// KrakenFeed: live prices and rules of pairs from Kraken's public socket (WebSocket v2), on a
// thread of its own. Each second, on the second of Clock::now(), it tells a price for each pair
// that has one (quotes.hpp); rules when they are first known and at each change. Owned by the
// composition root.
//
// It never gives up and never ends the process. A socket is lost when it closes, says nothing for
// `silence_most`, has not answered both subscriptions with a snapshot within `answer_most`, refuses
// something that is no pair, or says what cannot be read as a whole (cut JSON, wrong types): what
// it would have changed nobody knows. Then no price is told until the next one has given quotes
// anew; the log says once that it is lost and once that it is back, with what was wrong, whatever
// is tried in between. A row that makes no sense costs its own pair alone (quotes.hpp). A pair that
// Kraken refuses or does not list is logged once, is in no rules, and is asked for again with the
// next socket. What nobody asked for is ignored. Of odd messages and rows the log has one a minute.
#include "common/base/log.hpp"
#include "common/base/url.hpp"
#include "daemon/exchange/kraken/quotes.hpp"
#include "daemon/exchange/kraken/reconnect_pace.hpp"
#include "daemon/ports/market_feed.hpp"
#include "daemon/runtime/task_group.hpp"

#include <boost/asio/io_context.hpp>

#include <mutex>
#include <set>
#include <thread>

namespace vault::runtime {
class WebSocket;
}

namespace vault::exchange::kraken {

struct FeedSettings {
    Url socket;                     // of parse_ws_url: "wss://ws.kraken.com/v2"
    std::string ca_file{};          // trusted roots; empty: those of the system
    Duration connect_most{10'000};  // name, TCP, TLS and handshake
    Duration write_most{5'000};
    Duration silence_most{10'000};  // heartbeats come each second
    Duration answer_most{10'000};
    Duration ping_every{30'000};
    Duration after_maintenance{5'000};  // the shortest wait to reconnect then: Kraken's own wish
    ReconnectTimes reconnect{};
    QuoteLimits quotes{};
};

class KrakenFeed final : public ports::MarketFeed {
  public:
    static constexpr const char* kExchange = "kraken";  // in LivePrice and on_rules()

    // `random` spreads the waits. Clock and log outlive it; both are used on its thread.
    KrakenFeed(FeedSettings settings, Random random, const Clock& clock, Logger& log);
    ~KrakenFeed() override;  // stops
    KrakenFeed(const KrakenFeed&) = delete;
    KrakenFeed& operator=(const KrakenFeed&) = delete;

    // With no pairs it does nothing.
    void start(std::vector<Pair> pairs, ports::PriceSink& prices, ports::RulesSink& rules) override;
    void stop() override;
    ports::FeedState state() const override;

  private:
    // Of the socket that is open.
    struct Session {
        SteadyTime opened{};
        SteadyTime pinged{};
        bool listed = false;  // the snapshot of instruments came
        bool quoted = false;  // a row of a ticker came
        std::set<Pair> refused;
    };

    boost::asio::awaitable<void> follow();
    boost::asio::awaitable<Error> live_through();
    boost::asio::awaitable<Result<void>> subscribe(runtime::WebSocket& socket);
    boost::asio::awaitable<Result<void>> listen(runtime::WebSocket& socket);
    boost::asio::awaitable<Result<void>> keep_awake(runtime::WebSocket& socket);
    boost::asio::awaitable<void> tell_prices();

    // What a message says; an error ends the socket.
    Result<void> take(std::string_view text);
    Result<void> on(const Heartbeat&);
    Result<void> on(const Tickers& told);
    Result<void> on(const Instruments& told);
    Result<void> on(const SystemStatus& told);
    Result<void> on(const SocketAnswer& told);
    Result<void> on(const OddMessage& told);
    Result<void> check_answered() const;
    bool is_answered() const;
    void tell_rules();
    void note_state(bool connected, std::string problem);
    void note_lost(const Error& why);
    void note_back();
    void note_odd(std::string_view what);
    void note_left_out(const Pair& pair, std::string_view why);

    FeedSettings settings_;
    const Clock& clock_;
    Logger& log_;
    ReconnectPace pace_;
    ports::PriceSink* prices_ = nullptr;
    ports::RulesSink* rules_ = nullptr;
    std::vector<Pair> pairs_;
    Symbols symbols_;
    Quotes quotes_;
    std::optional<Session> session_;  // none: no socket is open
    bool listed_ = false;             // a list of Kraken's pairs came
    std::optional<std::vector<PairRules>> told_rules_;
    std::string system_word_;
    std::set<Pair> left_out_;  // that the log has named
    struct Loss {
        SteadyTime since{};
        std::string last_problem;
    };
    std::optional<Loss> loss_;
    std::optional<SteadyTime> odd_logged_;
    std::size_t odd_unlogged_ = 0;
    bool began_ = false;        // the first socket has answered
    mutable std::mutex mutex_;  // of state_, which others read
    ports::FeedState state_{.exchange = kExchange};
    boost::asio::io_context io_{1};
    runtime::TaskGroup tasks_;
    std::thread thread_;
};

}  // namespace vault::exchange::kraken
