#include "daemon/control/feed.hpp"

#include "common/protocol/codec.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace vault::control {

namespace asio = boost::asio;

Feed::Feed(const FeedSetting& setting, std::uint32_t sub, std::string topic, std::uint32_t credit,
           Follower follower)
    : setting_(setting),
      sub_(sub),
      topic_(std::move(topic)),
      follower_(std::move(follower)),
      changed_(setting.executor),
      spoke_(setting.services.clock.steady()),
      credit_(credit) {}

asio::awaitable<void> Feed::run() {
    while (!closed_) {
        if (!judged()) {
            setting_.outlet.hang_up();
            co_return close();
        }
        auto stepping = step();
        const Rest longest = co_await std::move(stepping);
        if (closed_ || (longest && *longest <= Duration{0})) continue;
        auto resting = rest(longest);
        co_await std::move(resting);
    }
}

std::optional<Pass> Feed::judged() {
    return setting_.gate.still(follower_.method, follower_.params, follower_.caller);
}

// A sign of life is only worth its place in the queue if the client reads.
asio::awaitable<void> Feed::rest(Rest longest) {
    const auto now = setting_.services.clock.steady();
    const Duration every = setting_.options.alive_every;
    if (now - spoke_ >= every && setting_.outlet.has_room())
        send(
            fmt::format(R"({{"jsonrpc":"2.0","method":"sub.alive","params":{{"sub":{},"seq":{}}}}})"
                        "\n",
                        sub_, seq()));
    const auto silent = std::chrono::ceil<Duration>(now - spoke_);
    Duration wait = silent < every ? every - silent : every;
    if (longest) wait = std::min(wait, *longest);
    changed_.expires_after(std::max(wait, Duration{1}));
    co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
}

void Feed::close() {
    closed_ = true;
    wake();
}

void Feed::add_credit(std::uint32_t more) {
    credit_ = std::min(kMostCredit, credit_ + std::min(more, kMostCredit));
    wake();
}

void Feed::add_event(std::string& lines, std::uint64_t seq, UtcTime at, std::string_view data) {
    --credit_;
    lines += fmt::format(R"({{"jsonrpc":"2.0","method":"sub.event","params":{{"sub":{},)"
                         R"("topic":"{}","seq":{},"at":"{}","data":{}}}}})"
                         "\n",
                         sub_, topic_, seq, format_utc(at), data);
}

void Feed::send(std::string lines) {
    if (lines.empty() || closed_) return;
    spoke_ = setting_.services.clock.steady();
    setting_.outlet.send(std::move(lines));
}

StateFeed::StateFeed(const FeedSetting& setting, std::uint32_t sub, std::string topic,
                     std::uint32_t credit, Source source, ports::Principal caller)
    : Feed(setting, sub, std::move(topic), credit,
           {source.method, source.params, std::move(caller)}),
      source_(std::move(source)) {}

Handled StateFeed::document() {
    std::optional<Pass> pass = judged();
    if (!pass)
        co_return Error(Errc::PermissionDenied,
                        fmt::format("{} may not be followed", source_.method.name), "topic",
                        "vaultctl whoami tells what you may do");
    Call call{source_.method, protocol::Params(source_.params), {}, {}, {}, nullptr};
    take_pass(call, std::move(*pass));
    call.context.deadline =
        setting_.services.clock.steady() + SteadyTime{setting_.options.document_within};
    auto asking = source_.handler(setting_.services, call);
    co_return co_await std::move(asking);
}

// Time is counted from when a document was due, so that slow ones do not make the next ones late.
asio::awaitable<Feed::Rest> StateFeed::step() {
    const auto now = setting_.services.clock.steady();
    if (now < due_) co_return std::chrono::ceil<Duration>(due_ - now);
    due_ += source_.interval;
    if (due_ <= now) due_ = now + source_.interval;
    ++seq_;
    if (!may_send()) {
        first_.reset();
        co_return source_.interval;
    }
    if (first_) {
        send_document(*std::exchange(first_, std::nullopt));
        co_return Duration{0};
    }
    // What fails now (the engine is busy, a vault has gone) may work the next time: seq shows it.
    auto asking = document();
    const Result<Answer> answer = co_await std::move(asking);
    if (answer && may_send()) send_document(answer.value());
    co_return Duration{0};
}

void StateFeed::send_document(const Answer& answer) {
    std::string line;
    add_event(line, seq_, setting_.services.clock.now(), answer.data_json);
    send(std::move(line));
}

}  // namespace vault::control
