#include "tests/emulator/kraken/bench/lines.hpp"

#include "tests/emulator/kraken/bench/emulator_process.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace vault::emulator_load {
namespace {

std::size_t big_endian(std::string_view bytes) {
    std::size_t out = 0;
    for (const char byte : bytes)
        out = out << 8 | static_cast<unsigned char>(byte);
    return out;
}

// How long a wait is before the other side counts as dead.
constexpr int kPatience = 60'000;  // ms

}  // namespace

Line::Line(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        give_up(fmt::format("port {} does not answer", port));
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::fcntl(fd_, F_SETFL, O_NONBLOCK);
}

Line::~Line() {
    ::close(fd_);
}

void Line::put(std::string_view bytes) {
    out_ += bytes;
    flush();
}

void Line::flush() {
    if (out_.empty()) return;
    const ssize_t sent = ::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0) give_up("the emulator closed a connection");
    out_.erase(0, static_cast<std::size_t>(sent));
}

void Line::read_some() {
    std::array<char, 65'536> buffer;
    for (;;) {
        const ssize_t size = ::recv(fd_, buffer.data(), buffer.size(), 0);
        if (size < 0 && errno == EAGAIN) return;
        if (size <= 0) give_up("the emulator closed a connection");
        in_.append(buffer.data(), static_cast<std::size_t>(size));
        if (static_cast<std::size_t>(size) < buffer.size()) return;
    }
}

void Line::wait() {
    flush();
    pollfd ready{fd_, static_cast<short>(out_.empty() ? POLLIN : POLLIN | POLLOUT), 0};
    if (::poll(&ready, 1, kPatience) <= 0) give_up("the emulator does not answer");
    flush();
    if ((ready.revents & ~POLLOUT) != 0) read_some();
}

void Line::forget_read() {
    in_.erase(0, at_);
    at_ = 0;
}

WebSocket::WebSocket(std::uint16_t port, std::string_view path) : Line(port) {
    put(
        fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    "Sec-WebSocket-Version: 13\r\n\r\n",
                    path));
    std::size_t end = std::string::npos;
    while ((end = in_.find("\r\n\r\n")) == std::string::npos)
        wait();
    if (!in_.starts_with("HTTP/1.1 101 ")) give_up("the emulator offers no socket");
    at_ = end + 4;
}

// The mask is zero, which leaves the bytes as they are.
void WebSocket::send(std::string_view text) {
    std::string frame{'\x81'};
    if (text.size() < 126) {
        frame += static_cast<char>(0x80 | text.size());
    } else {
        frame += '\xFE';
        frame += static_cast<char>(text.size() >> 8);
        frame += static_cast<char>(text.size() & 0xFF);
    }
    frame.append(4, '\0').append(text);
    put(frame);
}

// The frame that begins at `all`: of no size, if it is not whole yet.
WebSocket::Frame WebSocket::frame_at(std::string_view all) {
    if (all.size() < 2) return {};
    const auto marker = static_cast<std::size_t>(all[1] & 0x7F);
    const std::size_t head = marker < 126 ? 2 : marker == 126 ? 4 : 10;
    if (all.size() < head) return {};
    const std::size_t size = marker < 126 ? marker : big_endian(all.substr(2, head - 2));
    if (all.size() < head + size) return {};
    return {head + size, (all[0] & 0x80) != 0, all[0] & 0x0F, all.substr(head, size)};
}

// Text alone is expected, in one frame or in several.
std::optional<std::string_view> WebSocket::next() {
    if (taken_) message_.clear();
    taken_ = false;
    for (;;) {
        const Frame frame = frame_at(std::string_view{in_}.substr(at_));
        if (frame.size == 0) {
            forget_read();
            return std::nullopt;
        }
        constexpr int kMore = 0, kText = 1;
        if (frame.kind != kMore && frame.kind != kText) give_up("the emulator ended a socket");
        at_ += frame.size;
        message_ += frame.body;
        if (!frame.last) continue;
        taken_ = true;
        return message_;
    }
}

std::string_view WebSocket::await() {
    for (;;) {
        if (const auto text = next()) return *text;
        wait();
    }
}

void HttpLine::post(std::string_view path, std::string_view headers, std::string_view body) {
    put(fmt::format("POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}Content-Length: {}\r\n\r\n{}", path,
                    headers, body.size(), body));
}

std::optional<std::string_view> HttpLine::next() {
    constexpr std::string_view kLength = "Content-Length: ";
    forget_read();
    const std::string_view all = in_;
    const std::size_t end = all.find("\r\n\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    if (!all.starts_with("HTTP/1.1 200 ")) give_up(all);
    const std::size_t length = all.substr(0, end).find(kLength);
    std::size_t size = 0;
    if (length == std::string_view::npos) give_up("a reply without its length");
    std::from_chars(all.data() + length + kLength.size(), all.data() + end, size);
    if (all.size() < end + 4 + size) return std::nullopt;
    at_ = end + 4 + size;
    return all.substr(end + 4, size);
}

std::string_view HttpLine::ask(std::string_view path, std::string_view headers,
                               std::string_view body) {
    post(path, headers, body);
    for (;;) {
        if (const auto reply = next()) return *reply;
        wait();
    }
}

}  // namespace vault::emulator_load
