// The feed of the event log: from the hub's ring, and from the store what is older than that.
#include "common/protocol/codec.hpp"
#include "daemon/control/directory.hpp"
#include "daemon/control/feed.hpp"
#include "daemon/control/row_list.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::control {

namespace asio = boost::asio;

namespace {

constexpr std::uint32_t kPage = 500;
constexpr std::size_t kBurst = 16 * 1024;  // bytes of lines that are handed over at once
constexpr std::uint64_t kLook = 2'000;     // events that a filter passes by before others run
constexpr Duration kReadAgain{100};        // after a read that failed

}  // namespace

EventFeed::EventFeed(const FeedSetting& setting, std::uint32_t sub, std::uint32_t credit,
                     std::uint64_t from, ports::RowFilter filter, Follower follower)
    : Feed(setting, sub, "events", credit, std::move(follower)),
      next_(from),
      filter_(std::move(filter)) {
    setting_.hub.add(*this);
}

EventFeed::~EventFeed() {
    setting_.hub.remove(*this);
}

// What belongs to nobody is the daemon's own, and everybody's business.
bool EventFeed::matches(const ports::EventRow& row) const {
    const UserId owner = row.owner.user;
    if (owner != UserId{} && !setting_.services.directory.sees(filter_.visible, owner))
        return false;
    if (filter_.user && row.owner.user != *filter_.user) return false;
    if (filter_.account && row.owner.account != *filter_.account) return false;
    if (filter_.vault && !ports::is_about(row.object, *filter_.vault, filter_.sleeve)) return false;
    return ports::severity_rank(row.severity) >= ports::severity_rank(filter_.severity);
}

asio::awaitable<Feed::Rest> EventFeed::step() {
    EventHub& hub = setting_.hub;
    if (const auto pass = judged()) filter_.visible = pass->visible;
    if (next_ > hub.last() || !may_send()) co_return std::nullopt;
    if (next_ >= hub.first()) {
        send_from_ring();
        co_return Duration{0};
    }
    if (!hub.begin_read(*this)) co_return std::nullopt;
    const ReadTurn turn(hub);
    auto reading = send_from_store();
    co_return co_await std::move(reading);
}

void EventFeed::send_from_ring() {
    EventHub& hub = setting_.hub;
    std::string lines;
    for (std::uint64_t looked = 0; looked < kLook && next_ <= hub.last(); ++looked, ++next_) {
        if (lines.size() > kBurst || credit() == 0) break;
        const ports::EventRow& row = hub.event(next_);
        if (matches(row)) add_event(lines, next_, row.at, hub.text(next_));
    }
    send(std::move(lines));
}

// Whatever is older than `last` was durable before the read, so what the page lacks is gone.
asio::awaitable<Feed::Rest> EventFeed::send_from_store() {
    const std::uint64_t last = setting_.hub.last();
    std::function<Result<ports::EventPage>(ReadSide&)> read =
        [from = next_](ReadSide& side) -> Result<ports::EventPage> {
        VAULT_TRY(auto rows, side.reader->events_from(from, kPage));
        NameReader known(*side.reader);
        for (const ports::EventRow& row : rows) {
            VAULT_TRYV(known.learn(row.owner.user));
        }
        return ports::EventPage{std::move(rows), known.names()};
    };
    auto reading = read_on<ports::EventPage>(setting_.services.worker, read);
    const Result<ports::EventPage> page = co_await std::move(reading);
    if (closed()) co_return std::nullopt;
    if (!page) co_return kReadAgain;
    send_page(page.value(), last, page.value().rows.size() < kPage);
    co_return Duration{0};
}

void EventFeed::send_page(const ports::EventPage& page, std::uint64_t last, bool whole) {
    std::string lines;
    for (const ports::EventRow& row : page.rows) {
        if (row.seq > last || credit() == 0) break;
        if (lines.size() > kBurst) {
            send(std::exchange(lines, {}));
            if (!may_send()) return;
        }
        if (row.seq > next_) add_gap(lines, row.seq - 1);
        next_ = row.seq + 1;
        if (!matches(row)) continue;
        add_event(lines, row.seq, row.at, protocol::to_compact(row_to_json(row, page.users)));
    }
    const bool all_sent =
        page.rows.empty() || next_ > page.rows.back().seq || page.rows.back().seq > last;
    const std::uint64_t gone = std::min(last, setting_.hub.first() - 1);  // the ring has the rest
    if (whole && all_sent && credit() > 0 && next_ <= gone) add_gap(lines, gone);
    send(std::move(lines));
}

void EventFeed::add_gap(std::string& lines, std::uint64_t to) {
    lines += fmt::format(R"({{"jsonrpc":"2.0","method":"sub.gap","params":{{"sub":{},)"
                         R"("topic":"events","from":{},"to":{},"reason":"retention"}}}})"
                         "\n",
                         sub_, next_, to);
    next_ = to + 1;
}

}  // namespace vault::control
