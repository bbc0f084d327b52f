#include "cli/top/subscribed_source.hpp"

#include "cli/client/connect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace vault::top {
namespace {

constexpr SteadyTime kRetry = std::chrono::milliseconds{500};
constexpr SteadyTime kPatience = std::chrono::seconds{30};  // a busy store may take its time
constexpr SteadyTime kSilence = std::chrono::seconds{35};   // three signs of life missed
constexpr SteadyTime kHello = std::chrono::seconds{5};
constexpr Duration kConnect{50};  // a full backlog is tried again later
constexpr std::int64_t kCredit = 20;
constexpr std::int64_t kGrant = kCredit / 2;

std::string words_of(const std::string& message, const std::string& hint) {
    return hint.empty() ? message : fmt::format("{} ({})", message, hint);
}

std::int64_t number_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value == nullptr || !value->is_int64() ? 0 : value->get_int64();
}

}  // namespace

SubscribedSource::SubscribedSource(Options options, const Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      heard_at_(clock.steady()),
      arrived_at_(clock.steady()) {}

SubscribedSource::~SubscribedSource() {
    if (fd_ >= 0) ::close(fd_);
}

// What a connection that has nothing to wait for should do now.
SubscribedSource::Call SubscribedSource::next_call() const {
    if (sub_ != 0 && (held_ || params_ != asked_)) return Call::Close;
    if (clock_.steady() < retry_at_) return Call::None;
    if (sub_ != 0) return taken_ >= kGrant ? Call::Credit : Call::None;
    return held_ ? Call::None : Call::Open;
}

SnapshotSource::Watch SubscribedSource::watch() const {
    if (fd_ < 0) return {-1, 0, retry_at_};
    const auto events = static_cast<short>(POLLIN | (out_.empty() ? 0 : POLLOUT));
    if (call_ != Call::None) return {fd_, events, give_up_};
    if (next_call() != Call::None) return {fd_, events, clock_.steady()};
    if (sub_ != 0) return {fd_, events, taken_ >= kGrant ? retry_at_ : heard_at_ + kSilence};
    return {fd_, events, held_ ? std::nullopt : std::optional(retry_at_)};
}

void SubscribedSource::turn() {
    if (fd_ < 0) {
        if (clock_.steady() >= retry_at_) connect();
        return;
    }
    if (!out_.empty()) write();
    read();
    if (fd_ < 0) return;
    const SteadyTime now = clock_.steady();
    const bool late =
        call_ != Call::None ? now >= give_up_ : sub_ != 0 && now >= heard_at_ + kSilence;
    if (late) return drop("the daemon does not answer");
    if (call_ != Call::None) return;
    if (const Call next = next_call(); next != Call::None) begin(next);
}

void SubscribedSource::connect() {
    auto opened = client::open_socket(options_.socket, kConnect);
    if (!opened) return drop(words_of(opened.error().message(), opened.error().hint()));
    fd_ = opened.value();
    lines_ = protocol::LineSplitter{protocol::kMaxReplyBytes};
    begin(Call::Hello);
}

void SubscribedSource::begin(Call call) {
    protocol::Request request;
    switch (call) {
        case Call::None: return;
        case Call::Hello: {
            protocol::Hello hello;
            hello.client = options_.name;
            request.method = "hello";
            request.params = protocol::hello_params(hello);
            break;
        }
        case Call::Open:
            asked_ = params_;
            request.method = "sub.open";
            request.params = {{"topic", "top"},
                              {"params", asked_},
                              {"credit", kCredit},
                              {"interval", format_duration(options_.interval)}};
            break;
        case Call::Close:
            request.method = "sub.close";
            request.params = {{"sub", std::exchange(sub_, 0)}};
            break;
        case Call::Credit:
            request.method = "sub.credit";
            request.params = {{"sub", sub_}, {"n", std::exchange(taken_, 0)}};
            break;
    }
    call_ = call;
    give_up_ = clock_.steady() + (call == Call::Hello ? kHello : kPatience);
    send(request);
}

void SubscribedSource::send(const protocol::Request& request) {
    protocol::Request numbered = request;
    numbered.id = next_id_++;
    if (options_.token != nullptr && call_ != Call::Hello)
        numbered.meta.token = options_.token->reveal();
    out_ += protocol::encode_request(numbered);
    write();
}

void SubscribedSource::write() {
    while (!out_.empty()) {
        const auto sent = ::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return;  // EAGAIN, or read() learns why and what the daemon said before
        out_.erase(0, static_cast<std::size_t>(sent));
    }
}

void SubscribedSource::read() {
    std::array<char, 65536> bytes;
    while (fd_ >= 0) {
        const auto got = ::recv(fd_, bytes.data(), bytes.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) return drop("the daemon closed the connection");
        lines_.feed({bytes.data(), static_cast<std::size_t>(got)});
        while (auto line = lines_.next()) {
            take_line(*line);
            if (fd_ < 0) return;
        }
        if (lines_.fault() != protocol::LineSplitter::Fault::None)
            return drop("the daemon's reply is too long; narrow it with --limit");
    }
}

void SubscribedSource::take_line(const std::string& line) {
    heard();
    auto notice = protocol::decode_notification(line);
    if (!notice) return drop(notice.error().message());
    if (notice.value()) return take_notice(std::move(*notice.value()));
    auto reply = protocol::decode_reply(line);
    if (!reply) return drop(reply.error().message());
    // A null id is about the connection itself; an older one is a call that was given up.
    const json::value& id = reply.value().id;
    if (id.is_null() && reply.value().failure)
        return drop(words_of(reply.value().failure->message, reply.value().failure->hint));
    if (!id.is_int64() || id.get_int64() != next_id_ - 1 || call_ == Call::None) return;
    take_reply(std::move(reply).value());
}

void SubscribedSource::take_notice(protocol::Notification notice) {
    if (sub_ == 0 || number_at(notice.params, "sub") != sub_) return;  // of one that was closed
    auto* document = notice.params.if_contains("data");
    if (notice.method != "sub.event" || document == nullptr || !document->is_object()) return;
    ++taken_;
    arrived_at_ = clock_.steady();
    why_.clear();
    arrived_ = Snapshot{std::move(document->get_object()), asked_};
}

// A refusal of sub.open is told and asked again: the vault it names may come into being. Credit
// that was not granted is granted with the next.
void SubscribedSource::take_reply(protocol::Reply reply) {
    const Call call = std::exchange(call_, Call::None);
    if (reply.failure) {
        why_ = words_of(reply.failure->message, reply.failure->hint);
        if (call == Call::Hello) return drop(why_);
        if (call == Call::Credit && !reply.failure->retryable) return drop(why_);
        if (call == Call::Credit) taken_ += kGrant;
        retry_at_ = clock_.steady() + std::chrono::duration_cast<SteadyTime>(options_.interval);
        return;
    }
    if (call == Call::Hello) why_.clear();
    if (call != Call::Open) return;
    sub_ = reply.data.is_object() ? number_at(reply.data.get_object(), "sub") : 0;
    taken_ = 0;
    if (sub_ == 0) drop("the daemon's answer to sub.open names no sub");
}

void SubscribedSource::drop(std::string why) {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    out_.clear();
    call_ = Call::None;
    sub_ = 0;
    retry_at_ = clock_.steady() + kRetry;
    why_ = std::move(why);
}

Link SubscribedSource::link() const {
    const auto silent = std::chrono::duration_cast<Duration>(clock_.steady() - arrived_at_);
    const bool lost = (fd_ < 0 || call_ == Call::Hello) && !why_.empty();
    return {lost ? Link::State::Lost : Link::State::Live, why_, silent};
}

}  // namespace vault::top
