#include "daemon/exchange/kraken/line.hpp"

#include "common/base/excerpt.hpp"
#include "daemon/exchange/kraken/sign.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace vault::exchange::kraken {
namespace {

namespace asio = boost::asio;

// Each refusal for too many calls doubles the wait until a call succeeds.
constexpr Duration kFirstBackOff = std::chrono::seconds{5};
constexpr Duration kLongestBackOff = std::chrono::minutes{1};
constexpr Duration kLongestThrottle = std::chrono::minutes{5};  // that Kraken may ask for
constexpr Duration kLockout = std::chrono::minutes{5};
constexpr std::size_t kShown = 80;  // bytes of what a page calls itself
constexpr unsigned kOk = 200, kTooManyRequests = 429;

constexpr std::string_view kAgain = "it is asked again after a while";

Error failure(Errc code, std::string message) {
    return Error{code, std::move(message), "exchange", std::string{kAgain}};
}

Duration until(SteadyTime end, SteadyTime now) {
    return std::chrono::ceil<Duration>(end - now);
}

CallFailure queue_is_long(Duration limit) {
    return {failure(Errc::Expired,
                    fmt::format("the calls of this key before this one took longer than {}",
                                format_duration(limit))),
            Outcome::RetryLater};
}

CallFailure not_asked(Remedy why, Duration wait) {
    const std::string_view reason = why == Remedy::LockedOut ? "it locked this key out"
                                    : why == Remedy::BackOff ? "it wants fewer calls of this key"
                                                             : "the calls of this key are used up";
    return {failure(Errc::RateLimited, fmt::format("Kraken is not asked for another {}: {}",
                                                   format_duration(wait), reason)),
            Outcome::RetryLater, why == Remedy::None ? Remedy::BackOff : why};
}

// What is signed is the body to the byte, so both are made here.
runtime::HttpRequest private_request(const Call& call, std::uint64_t nonce) {
    const std::string number = fmt::to_string(nonce);
    Fields fields{{"nonce", number}};
    fields.insert(fields.end(), call.fields.begin(), call.fields.end());
    runtime::HttpRequest out{.method = "POST", .target = "/0/private/" + call.method};
    out.body = form_encoded(fields);
    out.headers = {
        {"Content-Type", "application/x-www-form-urlencoded"},
        {"API-Key", std::string{call.signer->key.reveal()}},
        {"API-Sign", api_sign(call.signer->decoded, out.target, number, out.body)},
    };
    return out;
}

runtime::HttpRequest public_request(const Call& call) {
    runtime::HttpRequest out{.method = "GET", .target = "/0/public/" + call.method};
    if (!call.fields.empty()) out.target += "?" + form_encoded(call.fields);
    return out;
}

// What the connection told. Errors of another kind are no fault of the caller's and no word of
// Kraken's.
CallFailure not_heard(CallKind kind, const runtime::HttpFailure& told) {
    const Errc code = told.error.code();
    const bool network = code == Errc::Io || code == Errc::Expired;
    const Meaning meaning{told.sent ? Outcome::Unresolved : Outcome::RetryLater,
                          network ? code : Errc::NotReady,
                          told.sent ? Remedy::LookUp : Remedy::None};
    return {failure(meaning.code, told.error.message()), meaning.of(kind), meaning.remedy};
}

// Kraken answers as it is, and says so; what claims more cannot be read.
bool is_encoded(const runtime::HttpAnswer& answer) {
    const std::string* const encoding = answer.header("content-encoding");
    return encoding != nullptr && !encoding->empty() && *encoding != "identity";
}

}  // namespace

Line::Line(runtime::HttpPlace place, const Clock& clock, Nonces& nonces)
    : clock_(clock),
      nonces_(nonces),
      connection_(std::move(place)),
      next_back_off_(kFirstBackOff) {}

bool Line::is_blank() const {
    const SteadyTime now = clock_.steady();
    return turns_.idle() && counter_.is_empty(now) && now >= closed_until_;
}

asio::awaitable<CallResult> Line::ask(const Call& call, Duration limit) {
    const SteadyTime end = clock_.steady() + limit;
    const Method method = call.traits();
    Turns::Turn turn{turns_};
    auto coming = turn.come(limit);
    const bool has_come = co_await std::move(coming);
    if (!has_come) co_return queue_is_long(limit);
    for (bool nonce_was_new = false, was_unheard = false;;) {
        auto admitting = admit(method.cost, end);
        std::optional<CallFailure> closed = co_await std::move(admitting);
        if (closed) co_return std::move(*closed);
        auto asking = attempt(call, end);
        Attempt got = co_await std::move(asking);
        if (got.result || clock_.steady() >= end) co_return std::move(got.result);
        const bool stale_nonce = got.result.error().remedy() == Remedy::FreshNonce;
        const bool harmless = method.kind == CallKind::Read && got.unheard;
        if (stale_nonce ? nonce_was_new : !harmless || was_unheard) co_return std::move(got.result);
        (stale_nonce ? nonce_was_new : was_unheard) = true;
    }
}

// Waits until Kraken takes a call of that cost; tells at once if that is not before `end`.
asio::awaitable<std::optional<CallFailure>> Line::admit(std::uint32_t cost, SteadyTime end) {
    while (true) {
        const SteadyTime now = clock_.steady();
        const Duration closed = std::max(until(closed_until_, now), Duration{0});
        const Duration full = counter_.wait_for(cost, now);
        const Duration wait = std::max(closed, full);
        if (wait == Duration{0}) co_return std::nullopt;
        if (now + wait >= end)
            co_return not_asked(closed > full ? closed_for_ : Remedy::None, wait);
        asio::steady_timer timer{co_await asio::this_coro::executor, wait};
        auto waiting = timer.async_wait(asio::use_awaitable);
        co_await std::move(waiting);
    }
}

asio::awaitable<Line::Attempt> Line::attempt(const Call& call, SteadyTime end) {
    const SteadyTime asked = clock_.steady();
    const Method method = call.traits();
    const bool kept = std::exchange(may_be_kept_, false);
    counter_.add(method.cost, asked);
    runtime::HttpRequest request =
        call.signer == nullptr ? public_request(call) : private_request(call, nonces_.next());
    auto sending = connection_.send(std::move(request), std::max(until(end, asked), Duration{1}));
    const runtime::HttpResult got = co_await std::move(sending);
    if (!got) {
        const runtime::HttpFailure& told = got.error();
        const bool unheard = told.error.code() == Errc::Io && (!told.sent || kept);
        co_return Attempt{not_heard(method.kind, told), unheard};
    }
    may_be_kept_ = true;
    CallResult result = judge(method.kind, got.value());
    if (result) {
        const auto took =
            std::chrono::duration_cast<std::chrono::microseconds>(clock_.steady() - asked);
        result.value().latency_us = static_cast<std::uint64_t>(took.count());
    }
    co_return Attempt{std::move(result)};
}

CallResult Line::judge(CallKind kind, const runtime::HttpAnswer& answer) {
    if (answer.status != kOk) return turned_away(kind, answer);
    const Meaning unread{};
    if (is_encoded(answer))
        return CallFailure{failure(Errc::NotReady, "Kraken's answer is encoded, unasked"),
                           unread.of(kind), unread.remedy};
    Result<Envelope> read = read_envelope(answer.body);
    if (!read) return CallFailure{read.error(), unread.of(kind), unread.remedy};
    Envelope& envelope = read.value();
    if (!envelope.errors.empty()) return heed(kind, refusal_of(envelope.errors));
    next_back_off_ = kFirstBackOff;
    return Answer{std::move(*envelope.result), std::move(envelope.warnings)};
}

// Another status than 200 is never of Kraken itself, but of what stands before it: whether the call
// got through is not known.
CallFailure Line::turned_away(CallKind kind, const runtime::HttpAnswer& answer) {
    const Meaning unread{};
    const bool too_many = answer.status == kTooManyRequests;
    if (too_many) back_off(Duration{0});
    return {failure(too_many ? Errc::RateLimited : Errc::NotReady,
                    fmt::format("Kraken was not reached behind its front: {} {}", answer.status,
                                excerpt(answer.reason, kShown))),
            unread.of(kind), unread.remedy};
}

CallFailure Line::heed(CallKind kind, const Refusal& refusal) {
    const Meaning& meaning = refusal.meaning;
    if (meaning.remedy == Remedy::BackOff)
        back_off(refusal.until ? *refusal.until - clock_.now() : Duration{0});
    if (meaning.remedy == Remedy::LockedOut) close_for(kLockout, Remedy::LockedOut);
    const std::string_view why = meaning.remedy == Remedy::FreshNonce
                                     ? " (another program uses this key, or a clock was set back)"
                                     : "";
    return {failure(meaning.code, fmt::format("Kraken says: {}{}", refusal.words, why)),
            meaning.of(kind), meaning.remedy, refusal.words};
}

void Line::close_for(Duration span, Remedy why) {
    closed_until_ = clock_.steady() + span;
    closed_for_ = why;
}

void Line::back_off(Duration least) {
    close_for(std::max(next_back_off_, std::min(least, kLongestThrottle)), Remedy::BackOff);
    next_back_off_ = std::min(next_back_off_ * 2, kLongestBackOff);
    counter_.fill(clock_.steady());
}

}  // namespace vault::exchange::kraken
