#include "tests/bench/line_client.hpp"

#include "tests/bench/daemon_process.hpp"
#include "tests/bench/measure.hpp"

#include <fmt/format.h>

#include <sys/socket.h>
#include <unistd.h>

namespace vault::bench {

std::string request_line(std::string_view method, std::string_view token,
                         std::string_view idem_key) {
    std::string meta;
    const auto add = [&](std::string_view name, std::string_view value) {
        if (!value.empty())
            meta += fmt::format(R"({}"{}":"{}")", meta.empty() ? R"(,"meta":{)" : ",", name, value);
    };
    add("idem_key", idem_key);
    add("token", token);
    if (!meta.empty()) meta += '}';
    return fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"{}","params":{{}}{}}})"
                       "\n",
                       method, meta);
}

bool is_refusal(std::string_view reply) {
    return reply.substr(0, 64).find(R"("error":)") != std::string_view::npos;
}

LineClient::LineClient(const std::string& socket) : fd_(connect_to(socket)) {
    VAULT_CHECK(fd_ >= 0, "somebody listens at the socket");
    buffer_.resize(1U << 20);
}

LineClient::~LineClient() {
    ::close(fd_);
}

std::string_view LineClient::exchange(std::string_view line) {
    VAULT_CHECK(
        ::send(fd_, line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size()),
        "the other side takes a line");
    std::size_t filled = 0;
    while (filled == 0 || buffer_[filled - 1] != '\n') {
        const ssize_t got = ::recv(fd_, buffer_.data() + filled, buffer_.size() - filled, 0);
        VAULT_CHECK(got > 0, "the other side answers");
        filled += static_cast<std::size_t>(got);
    }
    return {buffer_.data(), filled};
}

double LineClient::timed(std::string_view line) {
    const SteadyTime start = now();
    exchange(line);
    return seconds_since(start);
}

}  // namespace vault::bench
