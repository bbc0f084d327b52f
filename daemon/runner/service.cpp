#include "daemon/runner/service.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace vault::runner {
namespace {

constexpr std::size_t kOutgoingMost = 4U << 20U;
constexpr Duration kLongestTurn{1000};

Error broken(const char* what) {
    return Error{Errc::Io,
                 fmt::format("{} the daemon: {}", what, std::strerror(errno)),
                 {},
                 "vaultd starts a new connection"};
}

void never_wait(int fd) {
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

}  // namespace

Service::Service(int from_daemon, int to_daemon, const Clock& clock, Logger& logger)
    : from_(from_daemon), to_(to_daemon), logger_(logger), supervisor_(*this, clock, logger) {
    never_wait(from_);
    never_wait(to_);
}

Result<void> Service::run(const volatile std::sig_atomic_t& stop) {
    outgoing_ += seam_hello_line();
    while (stop == 0) {
        VAULT_TRYV(write());
        const bool listening = waiting() < kOutgoingMost;
        std::array<pollfd, 2> ends{pollfd{listening ? from_ : -1, POLLIN, 0},
                                   pollfd{waiting() > 0 ? to_ : -1, POLLOUT, 0}};
        supervisor_.turn(kLongestTurn, ends);
        if (ends[0].revents == 0) continue;
        VAULT_TRY(const bool more, read());
        if (!more) break;
    }
    return success();
}

Result<bool> Service::read() {
    std::array<char, 65536> part{};
    const auto got = ::read(from_, part.data(), part.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (got == 0 || (got < 0 && errno == ECONNRESET)) return false;  // it may have been killed
    if (got < 0) return broken("reading from");
    incoming_.add({part.data(), static_cast<std::size_t>(got)});
    while (const auto line = incoming_.next()) {
        VAULT_TRYV(take(*line));
    }
    if (incoming_.too_long())
        return Error{Errc::InvalidParams,
                     fmt::format("a line of the daemon is longer than {} bytes", kSeamLineMost),
                     "line", "vaultd and vaultd-runner must be of the same release"};
    return true;
}

Result<void> Service::take(std::string_view line) {
    VAULT_TRY(Ask ask, parse_ask(line));
    if (const auto* start = std::get_if<AskStart>(&ask)) {
        if (const auto done = supervisor_.start(start->spec); !done) {
            logger_.log(LogLevel::Warning, "script_refused", done.error().message());
            outgoing_ += seam_refused_line(start->spec.name, done.error());
        }
    } else if (auto* tick = std::get_if<AskTick>(&ask)) {
        supervisor_.forward(tick->script, tick->seq, std::move(tick->line));
    } else if (const auto* stopped = std::get_if<AskStop>(&ask)) {
        supervisor_.stop(stopped->script);
    } else {
        for (const ports::ScriptStatus& status : supervisor_.status())
            changed(status);
    }
    return success();
}

Result<void> Service::write() {
    while (waiting() > 0) {
        const auto written = ::write(to_, outgoing_.data() + sent_, waiting());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0 && errno == EAGAIN) return success();
        if (written < 0) return broken("writing to");
        sent_ += static_cast<std::size_t>(written);
    }
    outgoing_.clear();
    sent_ = 0;
    return success();
}

void Service::decided(const std::string& script, const ports::ScriptDecision& decision) {
    outgoing_ += seam_decision_line(script, decision);
}
void Service::failed(const std::string& script, std::uint64_t seq,
                     const ports::ScriptComplaint& why) {
    outgoing_ += seam_failed_line(script, seq, why);
}
void Service::changed(const ports::ScriptStatus& status) {
    outgoing_ += seam_script_line(status);
}

}  // namespace vault::runner
