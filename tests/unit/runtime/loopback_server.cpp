#include "tests/unit/runtime/loopback_server.hpp"

#include "common/base/check.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace vault::runtime {
namespace {

sockaddr* raw(sockaddr_in& address) {
    return reinterpret_cast<sockaddr*>(&address);
}

sockaddr_in loopback() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int listen_on_loopback(int queue, std::string& port) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback();
    socklen_t size = sizeof address;
    VAULT_CHECK(::bind(listener, raw(address), size) == 0, "no port");
    VAULT_CHECK(::listen(listener, queue) == 0, "cannot listen");
    ::getsockname(listener, raw(address), &size);
    port = std::to_string(ntohs(address.sin_port));
    return listener;
}

std::size_t content_length(std::string_view head) {
    constexpr std::string_view name = "Content-Length: ";
    const std::size_t at = head.find(name);
    std::size_t length = 0;
    if (at != std::string_view::npos)
        std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
    return length;
}

}  // namespace

std::size_t Peer::receive(char* into, std::size_t most) {
    std::size_t got = 0;
    if (tls_ != nullptr) return ::SSL_read_ex(tls_, into, most, &got) == 1 ? got : 0;
    const auto plain = ::recv(socket_, into, most, 0);
    return plain > 0 ? static_cast<std::size_t>(plain) : 0;
}

std::string Peer::read_until(std::string_view end) {
    char chunk[4096];
    std::size_t at = 0;
    while ((at = ahead_.find(end)) == std::string::npos) {
        const std::size_t got = receive(chunk, sizeof chunk);
        if (got == 0) return {};
        ahead_.append(chunk, got);
    }
    return read(at + end.size());
}

std::string Peer::read(std::size_t bytes) {
    char chunk[65'536];
    while (ahead_.size() < bytes) {
        const std::size_t got = receive(chunk, sizeof chunk);
        if (got == 0) break;
        ahead_.append(chunk, got);
    }
    std::string out = ahead_.substr(0, bytes);
    ahead_.erase(0, out.size());
    return out;
}

std::string Peer::read_request() {
    std::string head = read_until("\r\n\r\n");
    return head + read(content_length(head));
}

bool Peer::write(std::string_view bytes) {
    while (!bytes.empty()) {
        std::size_t sent = 0;
        if (tls_ != nullptr) {
            if (::SSL_write_ex(tls_, bytes.data(), bytes.size(), &sent) != 1) return false;
        } else {
            const auto plain = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (plain <= 0) return false;
            sent = static_cast<std::size_t>(plain);
        }
        bytes.remove_prefix(sent);
    }
    return true;
}

void Peer::wait_for_end() {
    char chunk[4096];
    while (receive(chunk, sizeof chunk) > 0) {
    }
}

void Peer::say_goodbye() {
    ::SSL_shutdown(tls_);
}

void Peer::hold(bool on) {
    const int cork = on ? 1 : 0;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_CORK, &cork, sizeof cork);
}

void Peer::reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

LoopbackServer::LoopbackServer(Script script, TestAuthority::Server tls)
    : script_(std::move(script)), tls_(std::move(tls)) {
    listener_ = listen_on_loopback(16, port_);
    thread_ = std::thread{[this] { serve(); }};
}

LoopbackServer::~LoopbackServer() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
        ::shutdown(listener_, SHUT_RDWR);
        if (open_ >= 0) ::shutdown(open_, SHUT_RDWR);
    }
    thread_.join();
    ::close(listener_);
}

void LoopbackServer::serve() {
    // OpenSSL writes without MSG_NOSIGNAL.
    sigset_t broken_pipe;
    ::sigemptyset(&broken_pipe);
    ::sigaddset(&broken_pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
    while (true) {
        const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        {
            const std::lock_guard lock{mutex_};
            if (stopping_ || socket < 0) {
                if (socket >= 0) ::close(socket);
                return;
            }
            open_ = socket;
        }
        ++connections_;
        serve_one(socket);
        const std::lock_guard lock{mutex_};
        open_ = -1;
        ::close(socket);
    }
}

void LoopbackServer::serve_one(int socket) {
    if (!tls_) {
        Peer peer{socket, nullptr};
        script_(peer);
        return;
    }
    SSL* const tls = ::SSL_new(tls_.get());
    ::SSL_set_fd(tls, socket);
    if (::SSL_accept(tls) == 1) {
        Peer peer{socket, tls};
        script_(peer);
    }
    ::SSL_free(tls);
}

FullListener::FullListener() {
    listener_ = listen_on_loopback(0, port_);
    sockaddr_in address = loopback();
    int number = 0;
    std::from_chars(port_.data(), port_.data() + port_.size(), number);
    address.sin_port = htons(static_cast<std::uint16_t>(number));
    for (int& socket : waiting_) {
        socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        ::connect(socket, raw(address), sizeof address);
    }
}

FullListener::~FullListener() {
    for (const int socket : waiting_)
        ::close(socket);
    ::close(listener_);
}

}  // namespace vault::runtime
