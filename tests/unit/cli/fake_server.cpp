#include "tests/unit/cli/fake_server.hpp"

#include "common/base/check.hpp"
#include "common/protocol/framing.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace vault::test {
namespace {

bool readable(int fd) {
    pollfd watched{fd, POLLIN, 0};
    return ::poll(&watched, 1, 20) > 0;
}

}  // namespace

FakeServer::FakeServer(Handler handler, std::string hello)
    : handler_(std::move(handler)), hello_(std::move(hello)) {
    std::string pattern = "/tmp/vault-fake-XXXXXX";
    VAULT_CHECK(::mkdtemp(pattern.data()) != nullptr, "no temporary folder");
    folder_ = pattern;
    path_ = folder_ + "/s";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    VAULT_CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                    ::listen(listener_, 8) == 0,
                "the fake server cannot listen");
    thread_ = std::thread([this] { serve(); });
}

FakeServer::~FakeServer() {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
    ::unlink(path_.c_str());
    ::rmdir(folder_.c_str());
}

std::vector<protocol::Request> FakeServer::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

void FakeServer::serve() {
    // Signals of the process are for the thread that runs the command.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    while (!stopping_) {
        if (!readable(listener_)) continue;
        const int fd = ::accept(listener_, nullptr, nullptr);
        converse(fd);
        ::close(fd);
    }
}

void FakeServer::converse(int fd) {
    protocol::LineSplitter lines;
    std::array<char, 4096> bytes{};
    while (!stopping_) {
        if (!readable(fd)) continue;
        const auto got = ::recv(fd, bytes.data(), bytes.size(), 0);
        if (got <= 0) return;
        lines.feed({bytes.data(), static_cast<std::size_t>(got)});
        while (const auto line = lines.next()) {
            const auto decoded = protocol::decode_request(*line);
            VAULT_CHECK(decoded.request.has_value(), "the client sent a bad request");
            const protocol::Request& request = decoded.request.value();
            std::string answer;
            if (request.method == "hello") {
                answer =
                    hello_.empty() ? protocol::encode_reply(request.id, {{"protocol", 1}}) : hello_;
            } else {
                const std::lock_guard lock(mutex_);
                requests_.push_back(request);
                answer = handler_(request);
            }
            if (answer == kClose) return;
            if (answer == kSilent) continue;
            const bool last = answer.ends_with(kThenClose);
            if (last) answer.resize(answer.size() - kThenClose.size());
            (void)::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
            if (last) return;
        }
    }
}

}  // namespace vault::test
