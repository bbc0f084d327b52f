#include "daemon/control/subscriptions.hpp"

#include "common/base/check.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace vault::control {

namespace asio = boost::asio;

namespace {

// For a turn to read the store.
constexpr Duration kAskAgain{10};
constexpr int kTries = 500;

// A place that is given back unless its feed was made.
class Hold {
  public:
    Hold(std::multiset<UserId>& taken, Tally& per_user, UserId user)
        : taken_(taken), per_user_(per_user), user_(user) {}
    ~Hold() {
        if (kept_) return;
        taken_.erase(taken_.find(user_));
        per_user_.give_back(user_.value);
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    void keep() { kept_ = true; }

  private:
    std::multiset<UserId>& taken_;
    Tally& per_user_;
    UserId user_;
    bool kept_ = false;
};

}  // namespace

Subscriptions::Subscriptions(FeedSetting setting, Tally& per_user)
    : setting_(std::move(setting)), per_user_(per_user), tasks_(setting_.executor) {}

Subscriptions::~Subscriptions() {
    for (const UserId user : taken_)
        per_user_.give_back(user.value);
}

Result<std::uint32_t> Subscriptions::take_place(UserId user) {
    if (closed_) return Error(Errc::Busy, "the connection is closing");
    if (taken_.size() >= setting_.options.max_subscriptions)
        return Error(Errc::Busy, fmt::format("this connection has {} subscriptions", taken_.size()),
                     "", "close one with sub.close, or open another connection");
    if (!per_user_.take(user.value))
        return Error(Errc::Busy,
                     fmt::format("this user has {} subscriptions",
                                 setting_.options.max_subscriptions_per_user),
                     "", "close some with sub.close");
    taken_.insert(user);
    return ++last_sub_;
}

asio::awaitable<Result<std::uint64_t>> Subscriptions::oldest() const {
    using Rows = std::vector<ports::EventRow>;
    asio::steady_timer pause(setting_.executor);
    for (int tries = 0; !setting_.hub.begin_read(); ++tries) {
        if (tries == kTries || closed_)
            co_return Error(Errc::Busy, "too many reads of the store are waiting");
        pause.expires_after(kAskAgain);
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    const ReadTurn turn(setting_.hub);
    std::function<Result<Rows>(ReadSide&)> read = [](ReadSide& side) {
        return side.reader->events_from(0, 1);
    };
    auto reading = read_on<Rows>(setting_.services.worker, read);
    const Result<Rows> rows = co_await std::move(reading);
    if (!rows) co_return rows.error();
    const std::uint64_t none = setting_.hub.last() + 1;
    co_return rows.value().empty() ? none : std::min(none, rows.value().front().seq);
}

asio::awaitable<Result<Subscriptions::Opened>> Subscriptions::open_events(
    std::uint32_t credit, std::optional<std::uint64_t> from, ports::RowFilter filter,
    Follower follower) {
    const Result<std::uint32_t> sub = take_place(follower.caller.user);
    if (!sub) co_return sub.error();
    Hold hold(taken_, per_user_, follower.caller.user);
    auto reading = oldest();
    const Result<std::uint64_t> first = co_await std::move(reading);
    if (!first) co_return first.error();
    if (closed_) co_return Error(Errc::Busy, "the connection is closing");
    const std::uint64_t last = setting_.hub.last();
    if (from && *from > last + 1)
        co_return Error(Errc::InvalidParams,
                        fmt::format("from_seq is {}, but the newest event is {}", *from, last),
                        "from_seq",
                        "the log is not the one you followed before; leave from_seq out");
    const std::uint64_t begin = std::max<std::uint64_t>(from.value_or(last + 1), 1);
    places_[sub.value()].user = follower.caller.user;
    places_[sub.value()].feed = std::make_unique<EventFeed>(setting_, sub.value(), credit, begin,
                                                            std::move(filter), std::move(follower));
    hold.keep();
    co_return Opened{sub.value(), first.value(), last, begin};
}

asio::awaitable<Result<Subscriptions::Opened>> Subscriptions::open_state(std::string topic,
                                                                         std::uint32_t credit,
                                                                         StateFeed::Source source,
                                                                         ports::Principal caller) {
    const UserId user = caller.user;
    const Result<std::uint32_t> sub = take_place(user);
    if (!sub) co_return sub.error();
    Hold hold(taken_, per_user_, user);
    auto feed = std::make_unique<StateFeed>(setting_, sub.value(), std::move(topic), credit,
                                            std::move(source), std::move(caller));
    auto asking = feed->document();
    Result<Answer> answer = co_await std::move(asking);
    if (!answer) co_return answer.error();
    if (closed_) co_return Error(Errc::Busy, "the connection is closing");
    feed->first(std::move(answer.value()));
    places_[sub.value()].user = user;
    places_[sub.value()].feed = std::move(feed);
    hold.keep();
    co_return Opened{sub.value(), 1, 0, 1};
}

Feed* Subscriptions::find(std::int64_t sub) {
    if (sub < 1 || sub > last_sub_) return nullptr;
    const auto place = places_.find(static_cast<std::uint32_t>(sub));
    if (place == places_.end() || place->second.feed->closed()) return nullptr;
    return place->second.feed.get();
}

void Subscriptions::start_new() {
    if (closed_) return;
    for (auto& [sub, place] : places_)
        if (!std::exchange(place.started, true)) tasks_.spawn(run(sub));
}

asio::awaitable<void> Subscriptions::run(std::uint32_t sub) {
    auto running = places_.at(sub).feed->run();
    co_await std::move(running);
    const UserId user = places_.at(sub).user;
    places_.erase(sub);
    const auto place = taken_.find(user);
    VAULT_CHECK(place != taken_.end(), "a subscription without a place");
    taken_.erase(place);
    per_user_.give_back(user.value);
}

void Subscriptions::wake() {
    for (auto& [sub, place] : places_)
        place.feed->wake();
}

void Subscriptions::close_all() {
    closed_ = true;
    for (auto& [sub, place] : places_)
        place.feed->close();
}

void Subscriptions::stop() {
    tasks_.stop();
}

asio::awaitable<void> Subscriptions::join() {
    auto joined = tasks_.join();
    co_await std::move(joined);
}

}  // namespace vault::control
