#include "daemon/runtime/worker_pool.hpp"

#include "daemon/runtime/task_group.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <future>
#include <vector>

namespace vault::runtime {
namespace {

namespace asio = boost::asio;

class WorkerPoolTest : public testing::Test {
  protected:
    asio::awaitable<void> ask(WorkerPool::Job job, int number) {
        auto running = pool_.run(job);
        const Result<void> ran = co_await std::move(running);
        if (ran) answered_.push_back(number);
        if (ran && number == 1) first_.set_value();
        if (!ran) refused_.push_back(ran.error().code());
    }

    asio::io_context io_;
    WorkerPool pool_{1, 4, Error{Errc::Busy, "full"}};
    TaskGroup tasks_{io_.get_executor()};
    std::promise<void> first_;
    std::vector<int> answered_;
    std::vector<Errc> refused_;
};

TEST_F(WorkerPoolTest, AnAnswerDoesNotWaitBehindTheJobsThatStillWait) {
    auto answered = first_.get_future();
    bool in_time = false;
    tasks_.spawn(ask([] {}, 1));
    // The thread is busy with this one until the first is answered.
    tasks_.spawn(ask(
        [&] { in_time = answered.wait_for(std::chrono::seconds{10}) == std::future_status::ready; },
        2));
    tasks_.spawn(ask([] {}, 3));
    io_.run();
    EXPECT_TRUE(in_time);
    EXPECT_EQ(answered_, (std::vector{1, 2, 3}));
}

TEST_F(WorkerPoolTest, WhatIsTooMuchIsRefusedAtOnce) {
    for (int i = 1; i <= 6; ++i)
        tasks_.spawn(ask([] {}, i));
    io_.run();
    EXPECT_EQ(answered_.size() + refused_.size(), 6U);
    for (const Errc code : refused_)
        EXPECT_EQ(code, Errc::Busy);
}

}  // namespace
}  // namespace vault::runtime
