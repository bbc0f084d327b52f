#include "tests/bench/echo_server.hpp"

#include "tests/bench/measure.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <csignal>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace vault::bench {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;

namespace {

asio::awaitable<void> echo(Protocol::socket socket, const std::string& reply) {
    std::array<char, 16 * 1024> buffer;
    for (;;) {
        const std::size_t size =
            co_await socket.async_read_some(asio::buffer(buffer), asio::use_awaitable);
        if (buffer[size - 1] != '\n') continue;
        co_await asio::async_write(socket, asio::buffer(reply), asio::use_awaitable);
    }
}

// One connection, until it ends.
void serve(Protocol::acceptor& acceptor, asio::io_context& io, const std::string& reply) {
    asio::co_spawn(io, echo(acceptor.accept(), reply), [](std::exception_ptr) {});
    io.run();
}

}  // namespace

EchoServer::EchoServer(const std::string& path, std::size_t reply_bytes) {
    asio::io_context io;
    Protocol::acceptor acceptor(io, Protocol::endpoint(path));
    io.notify_fork(asio::execution_context::fork_prepare);
    pid_ = ::fork();
    VAULT_CHECK(pid_ >= 0, "a child can be forked");
    io.notify_fork(pid_ > 0 ? asio::execution_context::fork_parent
                            : asio::execution_context::fork_child);
    if (pid_ > 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::string reply(reply_bytes, 'x');
    reply.back() = '\n';
    serve(acceptor, io, reply);
    ::_exit(0);
}

EchoServer::~EchoServer() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

}  // namespace vault::bench
