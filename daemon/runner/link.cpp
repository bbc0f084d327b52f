#include "daemon/runner/link.hpp"

#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace vault::runner {
namespace asio = boost::asio;
namespace {

constexpr std::chrono::milliseconds kFirstPause{250};
constexpr std::chrono::milliseconds kLongestPause{30'000};
constexpr std::chrono::seconds kGreeting{30};  // a runner that systemd has to start first
// A try that failed so often in a row is told as one that may never come.
constexpr std::uint32_t kTriesTold = 5;

}  // namespace

Link::Link(asio::any_io_executor executor, RunnerPlace place, Logger& logger)
    : place_(std::move(place)), logger_(logger), socket_(executor), timer_(executor) {
    if (place_.descriptor < 0 && place_.socket.empty())
        gone_ = place_.missing.empty() ? fmt::format("there is no {}", name()) : place_.missing;
}

Link::~Link() {
    if (place_.descriptor >= 0) close_runner_end(std::exchange(place_.descriptor, -1));
}

void Link::open() {
    if (state_ != State::Closed || !gone_.empty()) return;
    connect();
}

void Link::connect() {
    boost::system::error_code fault;
    if (place_.descriptor >= 0) {
        socket_.assign(asio::local::stream_protocol{}, std::exchange(place_.descriptor, -1), fault);
    } else {
        socket_.open(asio::local::stream_protocol{}, fault);
        // A Unix socket takes a connection at once or not at all.
        if (!fault) socket_.non_blocking(true, fault);
        if (!fault) socket_.connect({place_.socket}, fault);
    }
    if (fault) return lose(fmt::format("{} cannot be reached: {}", name(), fault.message()));
    begin();
}

void Link::begin() {
    state_ = State::Greeting;
    ++connection_;
    incoming_.clear();
    timer_.expires_after(kGreeting);
    timer_.async_wait([this, mine = connection_](const boost::system::error_code& status) {
        if (status || mine != connection_ || state_ != State::Greeting) return;
        lose(fmt::format("{} does not say hello", name()));
    });
    read();
}

void Link::read() {
    const auto done = [this, mine = connection_](const boost::system::error_code& status,
                                                 std::size_t size) {
        if (status == asio::error::operation_aborted || mine != connection_) return;
        if (status) return lose(fmt::format("{} has ended ({})", name(), status.message()));
        on_read(size);
    };
    socket_.async_read_some(asio::buffer(part_), done);
}

void Link::on_read(std::size_t size) {
    const std::uint64_t mine = connection_;
    incoming_.add({part_.data(), size});
    while (const auto line = incoming_.next()) {
        take(*line);
        if (mine != connection_ || state_ == State::Closed || state_ == State::Pausing) return;
    }
    if (incoming_.too_long())
        return lose(fmt::format("{} sent a line of more than {} bytes", name(), kSeamLineMost));
    read();
}

void Link::take(std::string_view line) {
    const auto told = parse_told(line);
    if (!told) return lose(told.error().message());
    if (state_ == State::Up) {
        for (User* const user : users_)
            user->told(told.value());
        return;
    }
    const auto* const hello = std::get_if<ToldHello>(&told.value());
    if (hello == nullptr || hello->protocol != kSeamProtocol)
        return lose(fmt::format("{} is of another release", name()));
    state_ = State::Up;
    failures_ = 0;
    timer_.cancel();
    logger_.log(LogLevel::Info, "runner", fmt::format("{} is there", name()));
    for (User* const user : users_)
        user->runner_up();
}

void Link::send(std::string_view line) {
    if (state_ != State::Up) return;
    outgoing_ += line;
    if (writing_.empty()) write();
}

void Link::write() {
    writing_ = std::exchange(outgoing_, {});
    const auto done = [this, mine = connection_](const boost::system::error_code& status,
                                                 std::size_t) {
        if (status == asio::error::operation_aborted || mine != connection_) return;
        if (status) return lose(fmt::format("{} has ended ({})", name(), status.message()));
        writing_.clear();
        if (!outgoing_.empty()) write();
    };
    asio::async_write(socket_, asio::buffer(writing_), done);
}

void Link::lose(const std::string& why) {
    ++connection_;
    ++failures_;
    boost::system::error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
    outgoing_.clear();
    writing_.clear();
    const bool again = !place_.socket.empty();
    if (!again) gone_ = why + "; restart vaultd to have it back";
    state_ = again ? State::Pausing : State::Closed;
    const bool hopeful = again && failures_ < kTriesTold;
    logger_.log(hopeful ? LogLevel::Warning : LogLevel::Alert, "runner", again ? why : gone_);
    if (again) try_again();
    for (User* const user : users_)
        user->runner_down(again ? why : gone_, hopeful);
}

void Link::try_again() {
    const auto doubled = kFirstPause * (1U << std::min(failures_ - 1, 7U));
    timer_.expires_after(std::min<std::chrono::milliseconds>(doubled, kLongestPause));
    timer_.async_wait([this, mine = connection_](const boost::system::error_code& status) {
        if (status || mine != connection_ || state_ != State::Pausing) return;
        connect();
    });
}

}  // namespace vault::runner
