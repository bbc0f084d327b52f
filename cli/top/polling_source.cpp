#include "cli/top/polling_source.hpp"

#include "cli/client/connect.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace vault::top {
namespace {

constexpr SteadyTime kRetry = std::chrono::milliseconds{500};
constexpr SteadyTime kPatience = std::chrono::seconds{30};  // a busy store may take its time
constexpr SteadyTime kHello = std::chrono::seconds{5};
constexpr Duration kConnect{50};  // a full backlog is tried again later

std::string words_of(const protocol::Failure& failure) {
    return failure.hint.empty() ? failure.message
                                : fmt::format("{} ({})", failure.message, failure.hint);
}

}  // namespace

PollingSource::PollingSource(Options options, const Clock& clock)
    : options_(std::move(options)), clock_(clock), arrived_at_(clock.steady()) {}

PollingSource::~PollingSource() {
    if (fd_ >= 0) ::close(fd_);
}

void PollingSource::want(json::object params) {
    if (params == params_) return;
    params_ = std::move(params);
    at_once_ = true;
}

void PollingSource::hold(bool held) {
    at_once_ = at_once_ || (held_ && !held);
    held_ = held;
}

SnapshotSource::Watch PollingSource::watch() const {
    switch (state_) {
        case State::Down: return {-1, 0, next_};
        case State::Idle:
            if (held_) return {fd_, POLLIN, std::nullopt};
            return {fd_, POLLIN, at_once_ ? clock_.steady() : next_};
        case State::Greeting:
        case State::Waiting: break;
    }
    const int events = POLLIN | (out_.empty() ? 0 : POLLOUT);
    return {fd_, static_cast<short>(events), give_up_};
}

bool PollingSource::due() const {
    return !held_ && (at_once_ || clock_.steady() >= next_);
}

void PollingSource::turn() {
    if (state_ == State::Down) {
        if (clock_.steady() >= next_) connect();
        return;
    }
    if (!out_.empty()) write();
    read();
    const bool waiting = state_ == State::Greeting || state_ == State::Waiting;
    if (waiting && clock_.steady() >= give_up_) drop("the daemon does not answer");
    if (state_ == State::Idle && due()) ask();
}

void PollingSource::connect() {
    auto opened = client::open_socket(options_.socket, kConnect);
    if (!opened) {
        const Error& error = opened.error();
        return drop(error.hint().empty() ? error.message()
                                         : fmt::format("{} ({})", error.message(), error.hint()));
    }
    fd_ = opened.value();
    lines_ = protocol::LineSplitter{protocol::kMaxReplyBytes};
    protocol::Hello hello;
    hello.client = options_.name;
    protocol::Request request;
    request.method = "hello";
    request.params = protocol::hello_params(hello);
    state_ = State::Greeting;
    give_up_ = clock_.steady() + kHello;
    send(request);
}

void PollingSource::ask() {
    protocol::Request request;
    request.method = "top";
    request.params = asked_ = params_;
    at_once_ = false;
    next_ = clock_.steady() + options_.interval;
    state_ = State::Waiting;
    give_up_ = clock_.steady() + kPatience;
    send(request);
}

void PollingSource::send(const protocol::Request& request) {
    protocol::Request numbered = request;
    numbered.id = next_id_++;
    out_ += protocol::encode_request(numbered);
    write();
}

void PollingSource::write() {
    while (!out_.empty()) {
        const auto sent = ::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno == EAGAIN) return;
        if (sent < 0) return;  // read() learns why, and what the daemon said before it went
        out_.erase(0, static_cast<std::size_t>(sent));
    }
}

void PollingSource::read() {
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

void PollingSource::take_line(const std::string& line) {
    auto reply = protocol::decode_reply(line);
    if (!reply) return drop(reply.error().message());
    const bool greeting = state_ == State::Greeting;
    // A null id is about the connection itself; an older one is a call that was given up.
    const json::value& id = reply.value().id;
    if (!id.is_null() && (!id.is_int64() || id.get_int64() != next_id_ - 1)) return;
    if (reply.value().failure && (greeting || id.is_null()))
        return drop(words_of(*reply.value().failure));
    if (greeting) {
        state_ = State::Idle;
        at_once_ = true;
        why_.clear();
        return;
    }
    take_reply(std::move(reply).value());
}

void PollingSource::take_reply(protocol::Reply reply) {
    state_ = State::Idle;
    arrived_at_ = clock_.steady();
    why_.clear();
    if (reply.failure) {
        why_ = words_of(*reply.failure);
    } else if (reply.data.is_object()) {
        arrived_ = Snapshot{std::move(reply.data.get_object()), asked_};
    }
}

void PollingSource::drop(std::string why) {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    out_.clear();
    state_ = State::Down;
    next_ = clock_.steady() + kRetry;
    why_ = std::move(why);
}

Link PollingSource::link() const {
    const auto silent = std::chrono::duration_cast<Duration>(clock_.steady() - arrived_at_);
    const bool lost = state_ == State::Down && !why_.empty();
    const bool greeting_again = state_ == State::Greeting && !why_.empty();
    return {lost || greeting_again ? Link::State::Lost : Link::State::Live, why_, silent};
}

}  // namespace vault::top
