#pragma once
// Subscriptions: what one session follows. It opens and closes feeds within the limits, hands them
// credit, and starts each after the reply that names it, so that no event comes before. Owned by
// the session, which closes and joins it before it goes; control thread. Errors are the caller's:
// a wrong parameter, a limit.
#include "daemon/control/feed.hpp"
#include "daemon/control/limits.hpp"
#include "daemon/runtime/task_group.hpp"

#include <map>
#include <memory>
#include <set>

namespace vault::control {

class Subscriptions {
  public:
    Subscriptions(FeedSetting setting, Tally& per_user);
    ~Subscriptions();
    Subscriptions(const Subscriptions&) = delete;
    Subscriptions& operator=(const Subscriptions&) = delete;

    struct Opened {
        std::uint32_t sub = 0;
        std::uint64_t first_seq = 0, last_seq = 0;  // what the topic has
        std::uint64_t from_seq = 0;                 // what it begins with
    };
    // Follows the event log from `from` on, or from what comes next. Errors: Busy (limits),
    // InvalidParams (`from` has not happened yet).
    boost::asio::awaitable<Result<Opened>> open_events(std::uint32_t credit,
                                                       std::optional<std::uint64_t> from,
                                                       ports::RowFilter filter, Follower follower);
    // Gets the document of a method each interval. Errors: Busy, and the method's own.
    boost::asio::awaitable<Result<Opened>> open_state(std::string topic, std::uint32_t credit,
                                                      StateFeed::Source source,
                                                      ports::Principal caller);
    // Null: no such subscription, or it was closed.
    Feed* find(std::int64_t sub);

    void start_new();  // after the reply to open_…
    void wake();       // the session's queue has room
    void close_all();  // and no more is opened
    void stop();       // cancels what they wait for; after close_all()
    boost::asio::awaitable<void> join();

  private:
    struct Place {
        std::unique_ptr<Feed> feed;
        UserId user{};  // who follows
        bool started = false;
    };
    Result<std::uint32_t> take_place(UserId user);
    boost::asio::awaitable<void> run(std::uint32_t sub);
    boost::asio::awaitable<Result<std::uint64_t>> oldest() const;

    FeedSetting setting_;
    Tally& per_user_;
    std::uint32_t last_sub_ = 0;
    std::multiset<UserId> taken_;  // places, also of those that are being opened
    bool closed_ = false;
    std::map<std::uint32_t, Place> places_;
    runtime::TaskGroup tasks_;
};

}  // namespace vault::control
