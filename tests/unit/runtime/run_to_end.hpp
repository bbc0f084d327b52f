#pragma once
// run: drives one piece of work on an io_context until nothing is left to do there, and gives what
// it returned. The context stays usable, so what was opened in one run goes on in the next.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace vault::runtime {

template <class T>
boost::asio::awaitable<void> keep_in(std::optional<T>& out, boost::asio::awaitable<T> work) {
    out.emplace(co_await std::move(work));
}

template <class T>
T run(boost::asio::io_context& io, boost::asio::awaitable<T> work) {
    std::optional<T> out;
    std::exception_ptr failure;
    const auto done = [&failure](std::exception_ptr thrown) { failure = thrown; };
    boost::asio::co_spawn(io, keep_in(out, std::move(work)), done);
    io.restart();
    io.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(*out);
}

}  // namespace vault::runtime
