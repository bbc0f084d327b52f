#pragma once
// Feed: one subscription of a session at work, a coroutine that sends what its topic has as far as
// the client's credit and the session's queue allow, and a sign of life when it has nothing. It
// keeps a position, never a backlog. Owned by Subscriptions; control thread; run() does not fail.
//
//   {"jsonrpc":"2.0","method":"sub.event","params":{"sub":1,"topic":"events","seq":7,"at":"…",
//     "data":{…}}}
//   {"jsonrpc":"2.0","method":"sub.gap","params":{"sub":1,"topic":"events","from":3,"to":6,
//     "reason":"retention"}}
//   {"jsonrpc":"2.0","method":"sub.alive","params":{"sub":1,"seq":7}}
#include "daemon/control/call.hpp"
#include "daemon/control/event_hub.hpp"
#include "daemon/control/gate.hpp"
#include "daemon/control/options.hpp"

#include <boost/asio/steady_timer.hpp>

namespace vault::control {

// The session's queue as a feed sees it.
struct Outlet {
    std::function<void(std::string lines)> send;
    std::function<bool()> has_room;  // if not, the feed is woken when there is
    std::function<void()> hang_up;   // who follows may not any more
};

// On whose behalf a feed goes on: the call that opened it is judged again before each step.
struct Follower {
    const protocol::Method& method;
    boost::json::object params;
    ports::Principal caller;
};

// What every feed works with; outlives it.
struct FeedSetting {
    Services& services;
    const Options& options;
    EventHub& hub;
    Gate& gate;
    Outlet outlet;
    boost::asio::any_io_executor executor;
};

class Feed : public EventHub::Listener {
  public:
    Feed(const FeedSetting& setting, std::uint32_t sub, std::string topic, std::uint32_t credit,
         Follower follower);
    virtual ~Feed() = default;
    Feed(const Feed&) = delete;
    Feed& operator=(const Feed&) = delete;

    boost::asio::awaitable<void> run();  // until close()
    void wake() final { changed_.cancel(); }
    void close();
    bool closed() const { return closed_; }

    static constexpr std::uint32_t kMostCredit = 10'000;
    std::uint32_t credit() const { return credit_; }
    void add_credit(std::uint32_t more);
    // Everything up to it was sent, left out by the filter, or told as a gap.
    virtual std::uint64_t seq() const = 0;

  protected:
    // Sends what can be sent now. How long to rest: zero to go on at once, none until woken.
    using Rest = std::optional<Duration>;
    virtual boost::asio::awaitable<Rest> step() = 0;

    bool may_send() const { return !closed_ && credit_ > 0 && setting_.outlet.has_room(); }
    // Adds the line of one event to `lines`, and takes its credit.
    void add_event(std::string& lines, std::uint64_t seq, UtcTime at, std::string_view data);
    void send(std::string lines);
    // What who follows may see now; none: nothing any more.
    std::optional<Pass> judged();

    const FeedSetting& setting_;
    const std::uint32_t sub_;
    const std::string topic_;

  private:
    boost::asio::awaitable<void> rest(Rest longest);

    Follower follower_;
    boost::asio::steady_timer changed_;
    SteadyTime spoke_;
    std::uint32_t credit_;
    bool closed_ = false;
};

// The event log from `from` on, narrowed by user, vault, sleeve and severity of the filter.
class EventFeed final : public Feed {
  public:
    EventFeed(const FeedSetting& setting, std::uint32_t sub, std::uint32_t credit,
              std::uint64_t from, ports::RowFilter filter, Follower follower);
    ~EventFeed() override;
    std::uint64_t seq() const override { return next_ - 1; }

  private:
    boost::asio::awaitable<Rest> step() override;
    void send_from_ring();
    boost::asio::awaitable<Rest> send_from_store();
    void send_page(const ports::EventPage& page, std::uint64_t last, bool whole);
    void add_gap(std::string& lines, std::uint64_t to);
    bool matches(const ports::EventRow& row) const;

    std::uint64_t next_;
    ports::RowFilter filter_;
};

// The document of a method, anew each interval. seq counts the intervals; a document that could not
// be sent then is left out, since the next one says more.
class StateFeed final : public Feed {
  public:
    struct Source {
        const protocol::Method& method;
        Handler handler;
        boost::json::object params;
        Duration interval;
    };
    StateFeed(const FeedSetting& setting, std::uint32_t sub, std::string topic,
              std::uint32_t credit, Source source, ports::Principal caller);
    // The document as it is now. For the first one before run(), so that a wrong parameter is the
    // caller's error.
    Handled document();
    void first(Answer answer) { first_ = std::move(answer); }
    std::uint64_t seq() const override { return seq_; }

  private:
    boost::asio::awaitable<Rest> step() override;
    void send_document(const Answer& answer);

    Source source_;
    std::optional<Answer> first_;
    SteadyTime due_{};
    std::uint64_t seq_ = 0;
};

}  // namespace vault::control
