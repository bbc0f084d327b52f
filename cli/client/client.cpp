#include "cli/client/client.hpp"

#include "cli/client/connect.hpp"
#include "cli/client/wait.hpp"
#include "common/base/check.hpp"
#include "common/base/clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace vault::client {
namespace {

using protocol::Effect;
using protocol::Failure;
using protocol::Reply;

using Until = std::optional<std::chrono::nanoseconds>;

// Private to send and receive: Expired means the time limit, Interrupted Ctrl-C; call() rewords.
Error timed_out() {
    return Error{Errc::Expired, "no answer in time"};
}
Error interrupted() {
    return Error{Errc::Interrupted, "interrupted"};
}
Error closed(std::string_view why) {
    return Error{Errc::DaemonDown, fmt::format("the daemon closed the connection{}", why)};
}

Error unheard(const Error& error) {
    if (error.code() != Errc::Expired) return error;
    return Error{Errc::Busy, "the daemon accepted the connection but does not answer", "socket",
                 "try again; if it stays so, restart vaultd"};
}

Until deadline(std::optional<Duration> limit) {
    if (!limit) return std::nullopt;
    return SystemClock{}.steady() + std::chrono::nanoseconds(*limit);
}

Failure interrupted_failure(bool mutates) {
    if (!mutates) return Failure::from(interrupted(), Effect::None);
    return Failure::from(Error{Errc::Interrupted,
                               "interrupted after the call was sent",
                               {},
                               "repeat it with the same --idem-key to learn the outcome"},
                         Effect::Unknown);
}

Failure not_greeted(const Error& error) {
    return error.code() == Errc::Usage ? interrupted_failure(false)
                                       : Failure::from(error, Effect::None);
}

// What it means that no reply came, once the request is on its way.
Failure lost(const Error& error, bool mutates) {
    if (error.code() == Errc::Interrupted) return interrupted_failure(mutates);
    if (error.code() == Errc::Internal) return Failure::from(error, Effect::Unknown);
    if (mutates)
        return Failure::from(
            Error{Errc::OutcomeUnknown, fmt::format("sent, but {}", error.message())},
            Effect::Unknown);
    if (error.code() == Errc::Expired)
        return Failure::from(Error{Errc::Expired,
                                   "no answer in time",
                                   {},
                                   "allow more with --timeout, or look at: vaultctl status"},
                             Effect::None);
    return Failure::from(error, Effect::None);
}

}  // namespace

Result<Client> Client::connect(const Options& options) {
    const SystemClock clock;
    const auto begun = clock.steady();
    const auto left = [&] {
        const auto spent = std::chrono::ceil<Duration>(clock.steady() - begun);
        return std::max(Duration{1}, options.connect_limit - spent);
    };
    VAULT_TRY(Client client, open(options));
    VAULT_TRYV(client.greet(left()));
    return client;
}

Result<Client> Client::open(const Options& options) {
    VAULT_TRY(const int fd, open_socket(options.socket, options.connect_limit));
    return Client(fd, options);
}

Client::Client(Client&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      options_(std::move(other.options_)),
      lines_(std::move(other.lines_)),
      notices_(std::move(other.notices_)),
      daemon_(std::move(other.daemon_)),
      token_(other.token_),
      hello_sent_(other.hello_sent_),
      greeted_(other.greeted_),
      next_id_(other.next_id_) {}

Client::~Client() {
    if (fd_ >= 0) ::close(fd_);
}

std::string Client::opening() {
    if (std::exchange(hello_sent_, true)) return {};
    protocol::Hello hello;
    hello.client = options_.name;
    protocol::Request request;
    request.id = "hello";
    request.method = "hello";
    request.params = protocol::hello_params(hello);
    return protocol::encode_request(request);
}

// The few bytes of hello fit into any socket's buffer, so only the answer takes time.
Result<void> Client::greet(Duration limit) {
    if (greeted_) return success();
    if (const auto sent = send(opening(), limit); !sent) return unheard(sent.error());
    return hear_greeting(limit);
}

Result<void> Client::hear_greeting(Duration limit) {
    const auto line = receive(limit);
    if (!line) return unheard(line.error());
    VAULT_TRY(const auto reply, protocol::decode_reply(line.value()));
    if (reply.failure) {
        const auto* row = protocol::find_error(reply.failure->code);
        return Error{row == nullptr ? Errc::Internal : row->errc, reply.failure->message,
                     reply.failure->field, reply.failure->hint};
    }
    if (reply.data.is_object()) daemon_ = reply.data.get_object();
    greeted_ = true;
    return success();
}

Result<void> Client::send(std::string_view line, std::optional<Duration> limit) {
    const InterruptGuard guard;
    const Until until = deadline(limit);
    while (!line.empty()) {
        const auto sent = ::send(fd_, line.data(), line.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            line.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno != EAGAIN) return closed("");
        switch (guard.wait(fd_, POLLOUT, until)) {
            case Wake::Ready: break;
            case Wake::TimedOut: return timed_out();
            case Wake::Interrupted: return interrupted();
        }
    }
    return success();
}

Result<std::string> Client::receive(std::optional<Duration> limit) {
    const InterruptGuard guard;
    const Until until = deadline(limit);
    std::array<char, 65536> bytes;
    for (;;) {
        if (auto line = lines_.next()) return std::move(*line);
        if (lines_.fault() != protocol::LineSplitter::Fault::None)
            return Error{Errc::Internal, "the daemon's reply is longer than 8 MiB"};
        const auto got = ::recv(fd_, bytes.data(), bytes.size(), 0);
        if (got > 0) {
            lines_.feed({bytes.data(), static_cast<std::size_t>(got)});
            continue;
        }
        if (got == 0) return closed(lines_.pending() > 0 ? " in the middle of a reply" : "");
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return closed(fmt::format(": {}", std::strerror(errno)));
        switch (guard.wait(fd_, POLLIN, until)) {
            case Wake::Ready: break;
            case Wake::TimedOut: return timed_out();
            case Wake::Interrupted: return interrupted();
        }
    }
}

Reply Client::call(protocol::Request request, bool mutates) {
    request.id = next_id_++;
    if (token_ != nullptr) request.meta.token = token_->reveal();
    // A little less than we wait, so that "expired, nothing was done" still reaches us.
    if (const auto limit = options_.call_limit)
        request.meta.deadline =
            std::max(Duration{1}, *limit - std::min(*limit / 10, Duration{500}));
    Reply failed;
    // From before the first byte leaves to the answer, so that no Ctrl-C goes unreported.
    const InterruptGuard guard;
    const std::string line = protocol::encode_request(request);
    if (line.size() > protocol::kMaxRequestBytes) {
        failed.failure = Failure::from(
            Error{Errc::FrameTooLarge, "the request is longer than 1 MiB"}, Effect::None);
        return failed;
    }
    // What changes something is not sent before it is known that the daemon takes it.
    if (const auto hello = mutates ? greet(options_.connect_limit) : success(); !hello) {
        failed.failure = not_greeted(hello.error());
        return failed;
    }
    if (const auto sent = send(opening() + line, options_.call_limit); !sent) {
        failed.failure = why_not_taken().value_or(lost(sent.error(), mutates));
        return failed;
    }
    if (const auto hello = greeted_ ? success() : hear_greeting(options_.connect_limit); !hello) {
        failed.failure = not_greeted(hello.error());
        return failed;
    }
    for (;;) {
        const auto answer = receive(options_.call_limit);
        if (!answer) {
            failed.failure = lost(answer.error(), mutates);
            return failed;
        }
        if (keep_notice(answer.value())) continue;
        auto reply = protocol::decode_reply(answer.value());
        if (!reply) {
            failed.failure = Failure::from(reply.error(), mutates ? Effect::Unknown : Effect::None);
            return failed;
        }
        // A late reply to an earlier call is not ours. A null id is a fault of the request line
        // itself.
        if (reply.value().id == request.id || reply.value().id.is_null())
            return std::move(reply).value();
    }
}

bool Client::keep_notice(std::string_view line) {
    auto notice = protocol::decode_notification(line);
    if (!notice || !notice.value()) return false;
    notices_.push_back(std::move(*notice.value()));
    return true;
}

Result<protocol::Notification> Client::notification(std::optional<Duration> limit) {
    const Until until = deadline(limit);
    const SystemClock clock;
    for (;;) {
        if (!notices_.empty()) {
            protocol::Notification next = std::move(notices_.front());
            notices_.pop_front();
            return next;
        }
        std::optional<Duration> left;
        if (until)
            left = std::max(Duration{0}, std::chrono::ceil<Duration>(*until - clock.steady()));
        VAULT_TRY(const std::string line, receive(left));
        VAULT_TRY(auto notice, protocol::decode_notification(line));
        if (notice) return std::move(*notice);
        // A reply that nobody waits for: of a call that was given up, or why the connection ends.
    }
}

std::optional<unsigned> Client::peer_uid() const {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(fd_, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
    return peer.uid;
}

// A daemon that closed before it read the request has said why, and that nothing was done.
std::optional<Failure> Client::why_not_taken() {
    for (;;) {
        const auto line = receive(Duration{100});
        if (!line) return std::nullopt;
        if (keep_notice(line.value())) continue;
        auto reply = protocol::decode_reply(line.value());
        if (!reply || !reply.value().id.is_null()) return std::nullopt;
        return reply.value().failure;
    }
}

bool rest(Duration pause) {
    const InterruptGuard guard;
    return guard.wait(-1, 0, deadline(pause)) != Wake::Interrupted;
}

std::string new_idem_key() {
    std::array<unsigned char, 16> bytes{};
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const auto got = ::getrandom(bytes.data() + filled, bytes.size() - filled, 0);
        if (got > 0) filled += static_cast<std::size_t>(got);
        VAULT_CHECK(got > 0 || errno == EINTR, "the kernel gives no random numbers");
    }
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
    // The mark tells the daemon that nobody chose this key: it then stays out of the journal.
    std::string key = "auto-";
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) key += '-';
        key += fmt::format("{:02x}", static_cast<unsigned>(bytes[i]));
    }
    return key;
}

}  // namespace vault::client
