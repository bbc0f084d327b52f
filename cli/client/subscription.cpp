#include "cli/client/subscription.hpp"

#include "common/base/clock.hpp"

#include <algorithm>

namespace vault::client {
namespace {

using protocol::Failure;

constexpr std::int64_t kCredit = 5'000;
constexpr std::int64_t kGrant = kCredit / 2;
constexpr Duration kGrantAgain{100};  // the daemon was too busy for it
constexpr Duration kSilence{35'000};  // three signs of life missed

std::uint64_t number_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (value == nullptr) return 0;
    if (value->is_uint64()) return value->get_uint64();
    return value->is_int64() && value->get_int64() > 0
               ? static_cast<std::uint64_t>(value->get_int64())
               : 0;
}

std::string text_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

Subscription::Next ended(Subscription::Kind kind, std::string why = {}) {
    Subscription::Next next;
    next.kind = kind;
    next.text = std::move(why);
    return next;
}

}  // namespace

std::optional<Failure> Subscription::open() {
    protocol::Request request;
    request.method = "sub.open";
    request.params = params_;
    request.params["credit"] = kCredit;
    const protocol::Reply reply = client_.call(std::move(request), false);
    if (reply.failure) return reply.failure;
    const auto* data = reply.data.if_object();
    sub_ = data == nullptr ? 0 : static_cast<std::int64_t>(number_at(*data, "sub"));
    if (sub_ == 0)
        return Failure::from(Error{Errc::Internal, "the daemon's answer to sub.open names no sub"},
                             protocol::Effect::None);
    opened_ = {number_at(*data, "first_seq"), number_at(*data, "last_seq"),
               number_at(*data, "from_seq")};
    next_seq_ = opened_.from_seq;
    return std::nullopt;
}

// Busy or rate limited is no end: it is asked for again while there still is credit.
std::optional<Subscription::Next> Subscription::grant() {
    const SystemClock clock;
    if (closed_ || taken_ < kGrant || clock.steady() < grant_at_) return std::nullopt;
    protocol::Request request;
    request.method = "sub.credit";
    request.params = {{"sub", sub_}, {"n", taken_}};
    const protocol::Reply reply = client_.call(std::move(request), false);
    if (!reply.failure) {
        taken_ = 0;
        return std::nullopt;
    }
    if (reply.failure->code == protocol::error_row(Errc::Interrupted).code)
        return ended(Kind::Interrupted);
    closed_ = reply.failure->code == protocol::error_row(Errc::DaemonDown).code;
    if (!reply.failure->retryable) return ended(Kind::Lost, reply.failure->message);
    grant_at_ = clock.steady() + std::chrono::nanoseconds(kGrantAgain);
    return std::nullopt;
}

Subscription::Next Subscription::next(std::optional<Duration> limit) {
    const SystemClock clock;
    const auto begun = clock.steady();
    auto heard = begun;
    for (;;) {
        if (auto ended = grant()) return std::move(*ended);
        const auto now = clock.steady();
        const auto spent = std::chrono::floor<Duration>(now - begun);
        if (limit && spent >= *limit) return ended(Kind::TimedOut);
        const auto silent = std::chrono::floor<Duration>(now - heard);
        if (silent >= kSilence) return ended(Kind::Lost, "the daemon says nothing any more");
        Duration wait = kSilence - silent;
        if (limit) wait = std::min(wait, *limit - spent);
        if (taken_ >= kGrant) wait = std::min(wait, kGrantAgain);
        const auto notice = client_.notification(wait);
        if (notice) {
            heard = clock.steady();
            if (auto mine = read(notice.value())) return std::move(*mine);
            continue;
        }
        if (notice.error().code() == Errc::Interrupted) return ended(Kind::Interrupted);
        if (notice.error().code() != Errc::Expired)
            return ended(Kind::Lost, notice.error().message());
    }
}

std::optional<Subscription::Next> Subscription::read(const protocol::Notification& notice) {
    const json::object& params = notice.params;
    if (static_cast<std::int64_t>(number_at(params, "sub")) != sub_) return std::nullopt;
    Next next;
    next.seq = number_at(params, "seq");
    if (notice.method == "sub.alive") {
        next_seq_ = std::max(next_seq_, next.seq + 1);
        return std::nullopt;
    }
    if (notice.method == "sub.gap") {
        next.kind = Kind::Gap;
        next.from = number_at(params, "from");
        next.seq = number_at(params, "to");
        next.text = text_at(params, "reason");
    } else if (notice.method == "sub.event") {
        next.kind = Kind::Event;
        next.at = text_at(params, "at");
        if (const auto* data = params.if_contains("data")) next.data = *data;
        ++taken_;
        if (next.seq < next_seq_) return std::nullopt;  // seen already
    } else {
        return std::nullopt;  // of a later release
    }
    next_seq_ = std::max(next_seq_, next.seq + 1);
    return next;
}

}  // namespace vault::client
