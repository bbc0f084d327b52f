#include "daemon/identity/hash_desk.hpp"

#include "daemon/runtime/task_group.hpp"
#include "tests/unit/identity/doubles.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace vault::identity {
namespace {

namespace asio = boost::asio;

// Holds every hash until it is let go, and remembers how many there were at once.
class SlowHasher final : public PasswordHasher {
  public:
    Result<std::string> hash(const Secret&) override {
        work();
        return std::string{"hash"};
    }
    Result<bool> matches(const std::string&, const Secret& password) override {
        work();
        return password.reveal() == "right";
    }
    void let_go() {
        const std::lock_guard lock{mutex_};
        open_ = true;
        changed_.notify_all();
    }
    void wait_for(int running) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return running_ == running; });
    }
    int most() const { return most_; }
    std::thread::id last_thread() const { return last_thread_; }

  private:
    void work() {
        std::unique_lock lock{mutex_};
        most_ = std::max(most_, ++running_);
        last_thread_ = std::this_thread::get_id();
        changed_.notify_all();
        changed_.wait(lock, [&] { return open_; });
        --running_;
        changed_.notify_all();
    }
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
    int running_ = 0;
    int most_ = 0;
    std::thread::id last_thread_;
};

struct Outcomes {
    int right = 0;
    int wrong = 0;
    int busy = 0;
};

asio::awaitable<void> check(HashDesk& desk, std::string password, Outcomes& outcomes) {
    const std::string stored = "stored";
    const Secret secret{std::move(password)};
    const auto matched = co_await desk.matches(stored, secret);
    if (!matched)
        outcomes.busy += matched.error().code() == Errc::Busy ? 1 : 0;
    else
        ++(matched.value() ? outcomes.right : outcomes.wrong);
}

TEST(HashDesk, TwoAtOnceAndAFewWaitingAndTheRestIsRefused) {
    asio::io_context io;
    runtime::TaskGroup group{io.get_executor()};
    SlowHasher hasher;
    HashDesk desk{hasher, 2, 6};
    Outcomes outcomes;
    for (int i = 0; i < 10; ++i)
        group.spawn(check(desk, i % 2 == 0 ? "right" : "wrong", outcomes));
    while (outcomes.busy < 4)
        io.run_one();
    hasher.wait_for(2);
    EXPECT_EQ(desk.waiting(), 6U);
    hasher.let_go();
    io.run();
    EXPECT_EQ(hasher.most(), 2);
    EXPECT_EQ(outcomes.busy, 4);
    EXPECT_EQ(outcomes.right, 3);
    EXPECT_EQ(outcomes.wrong, 3);
    EXPECT_EQ(desk.waiting(), 0U);
    EXPECT_NE(hasher.last_thread(), std::this_thread::get_id());
}

asio::awaitable<void> make(HashDesk& desk, std::string& out) {
    const Secret secret{std::string{"a password of mine"}};
    const auto hash = co_await desk.hash(secret);
    out = hash.value();
}

TEST(HashDesk, RealHashesGoThroughIt) {
    asio::io_context io;
    runtime::TaskGroup group{io.get_executor()};
    SystemEntropy entropy;
    Argon2Hasher hasher{{1024, 1}, entropy};
    HashDesk desk{hasher};
    std::string one, two;
    group.spawn(make(desk, one));
    group.spawn(make(desk, two));
    io.run();
    EXPECT_TRUE(hasher.matches(one, Secret{std::string{"a password of mine"}}).value());
    EXPECT_NE(one, two);
}

}  // namespace
}  // namespace vault::identity
