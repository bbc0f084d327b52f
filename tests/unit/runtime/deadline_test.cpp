#include "daemon/runtime/deadline.hpp"

#include "daemon/runtime/task_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>

namespace vault::runtime {
namespace {

namespace asio = boost::asio;

asio::awaitable<Result<std::string>> answer_after(Duration wait, bool& ran_on) {
    asio::steady_timer timer{co_await asio::this_coro::executor, wait};
    co_await timer.async_wait(asio::use_awaitable);
    ran_on = true;
    co_return std::string{"answer"};
}

asio::awaitable<Result<std::string>> refuse() {
    co_return Error{Errc::NotFound, "no such thing"};
}

asio::awaitable<Result<std::string>> throw_out() {
    throw std::runtime_error{"library fault"};
    co_return std::string{};
}

template <class T>
T run(asio::awaitable<T> work) {
    asio::io_context io;
    std::optional<T> out;
    std::exception_ptr failure;
    const auto done = [&](std::exception_ptr thrown, T value) {
        failure = thrown;
        out.emplace(std::move(value));
    };
    asio::co_spawn(io, std::move(work), done);
    io.run();
    if (failure) std::rethrow_exception(failure);
    return *out;
}

// co_spawn wants a default value for its result, which a Result has not.
asio::awaitable<std::shared_ptr<Result<std::string>>> boxed(
    asio::awaitable<Result<std::string>> work) {
    co_return std::make_shared<Result<std::string>>(co_await std::move(work));
}

TEST(Deadline, WorkInTimeGivesItsResult) {
    bool ran = false;
    const auto result =
        run(boxed(with_deadline(answer_after(Duration{1}, ran), Duration{60'000}, "x")));
    EXPECT_EQ(result->value(), "answer");
    EXPECT_TRUE(ran);
    EXPECT_EQ(run(boxed(with_deadline(refuse(), Duration{60'000}, "x")))->error().code(),
              Errc::NotFound);
}

TEST(Deadline, LateWorkIsCancelledAndAnsweredExpired) {
    bool ran = false;
    const auto result =
        run(boxed(with_deadline(answer_after(Duration{3'600'000}, ran), Duration{5}, "connect")));
    ASSERT_FALSE(result->has_value());
    EXPECT_EQ(result->error().code(), Errc::Expired);
    EXPECT_EQ(result->error().message(), "connect took longer than 5ms");
    EXPECT_FALSE(ran);
}

TEST(Deadline, AnExceptionGoesToTheCaller) {
    EXPECT_THROW(run(boxed(with_deadline(throw_out(), Duration{60'000}, "x"))), std::runtime_error);
}

asio::awaitable<void> call_and_note(bool& ran, bool& returned) {
    const auto result =
        co_await with_deadline(answer_after(Duration{3'600'000}, ran), Duration{3'600'000}, "x");
    returned = true;
    static_cast<void>(result);
}

TEST(Deadline, ACancelledCallerIsNotTakenForALateAnswer) {
    asio::io_context io;
    TaskGroup group{io.get_executor()};
    bool ran = false;
    bool returned = false;
    group.spawn(call_and_note(ran, returned));
    io.poll();
    group.stop();
    io.restart();
    io.run();
    EXPECT_FALSE(ran);
    EXPECT_FALSE(returned);
    EXPECT_EQ(group.size(), 0U);
}

}  // namespace
}  // namespace vault::runtime
