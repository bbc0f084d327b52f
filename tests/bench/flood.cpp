#include "tests/bench/flood.hpp"

#include "tests/bench/daemon_process.hpp"
#include "tests/bench/line_client.hpp"
#include "tests/bench/measure.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace vault::bench {
namespace {

constexpr std::size_t kWaitingMax = 256U << 10;  // bytes that the daemon did not take yet
constexpr auto kStep = std::chrono::milliseconds{1};

}  // namespace

struct Flood::Link {
    int fd = -1;
    std::string out = {};
    std::string tail = {};  // of a reply whose end has not come
};

Flood::Flood(const std::string& socket, FloodShape shape)
    : shape_(std::move(shape)), line_(request_line(shape_.method, shape_.token)) {
    for (std::size_t i = 0; i < shape_.connections; ++i) {
        const int fd = connect_to(socket);
        VAULT_CHECK(fd >= 0, "the flood gets in");
        std::array<char, 4096> greeting{};
        VAULT_CHECK(::send(fd, kHello.data(), kHello.size(), MSG_NOSIGNAL) > 0 &&
                        ::recv(fd, greeting.data(), greeting.size(), 0) > 0,
                    "the flood is greeted");
        ::fcntl(fd, F_SETFL, O_NONBLOCK);
        links_.push_back({fd});
    }
    thread_ = std::thread{[this] { run(); }};
}

Flood::~Flood() {
    stop();
    for (const Link& link : links_)
        if (link.fd >= 0) ::close(link.fd);
}

FloodCount Flood::stop() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
    return count_;
}

void Flood::run() {
    const SteadyTime begun = now();
    std::uint64_t poured = 0;
    while (!over_) {
        const auto due = static_cast<std::uint64_t>(seconds_since(begun) * shape_.per_second);
        for (; poured < due; ++poured)
            pour(links_[poured % links_.size()]);
        for (Link& link : links_) {
            if (link.fd >= 0) write_some(link);
            if (link.fd >= 0) read_some(link);
        }
        std::this_thread::sleep_for(kStep);
    }
    count_.seconds = seconds_since(begun);
}

void Flood::pour(Link& link) {
    if (link.fd >= 0 && link.out.size() < kWaitingMax) link.out += line_;
}

void Flood::write_some(Link& link) {
    if (link.out.empty()) return;
    const ssize_t sent = ::send(link.fd, link.out.data(), link.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return;
    if (sent <= 0) return ended(link);
    link.out.erase(0, static_cast<std::size_t>(sent));
    count_.offered += static_cast<double>(sent) / static_cast<double>(line_.size());
}

void Flood::read_some(Link& link) {
    std::array<char, 65'536> buffer;
    const ssize_t got = ::recv(link.fd, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return ended(link);
    link.tail.append(buffer.data(), static_cast<std::size_t>(got));
    std::size_t start = 0;
    for (std::size_t end; (end = link.tail.find('\n', start)) != std::string::npos;
         start = end + 1) {
        ++count_.answered;
        if (is_refusal(std::string_view(link.tail).substr(start, end - start))) ++count_.refused;
    }
    link.tail.erase(0, start);
}

void Flood::ended(Link& link) {
    ::close(link.fd);
    link.fd = -1;
    ++count_.closed;
}

}  // namespace vault::bench
