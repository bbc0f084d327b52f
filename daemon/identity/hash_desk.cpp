#include "daemon/identity/hash_desk.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>
#include <utility>

namespace vault::identity {

namespace asio = boost::asio;

namespace {

asio::awaitable<void> on_thread(const std::function<void()>& job) {
    job();
    co_return;
}

class Counted {
  public:
    explicit Counted(std::size_t& count) : count_(count) { ++count_; }
    ~Counted() { --count_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

  private:
    std::size_t& count_;
};

}  // namespace

HashDesk::HashDesk(PasswordHasher& hasher, std::size_t at_once, std::size_t most_waiting)
    : hasher_(hasher),
      most_waiting_(most_waiting),
      threads_(std::make_unique<asio::thread_pool>(at_once)) {}

HashDesk::~HashDesk() {
    threads_->stop();
    threads_->join();
}

asio::awaitable<Result<void>> HashDesk::run(const std::function<void()>& job) {
    if (waiting_ >= most_waiting_)
        co_return Error{Errc::Busy, "too many sign-ins wait", {}, "try again in a few seconds"};
    const Counted counted{waiting_};
    co_await asio::co_spawn(threads_->get_executor(), on_thread(job), asio::use_awaitable);
    co_return success();
}

asio::awaitable<Result<bool>> HashDesk::matches(const std::string& stored, const Secret& password) {
    std::optional<Result<bool>> out;
    const std::function<void()> job = [&] { out.emplace(hasher_.matches(stored, password)); };
    const Result<void> ran = co_await run(job);
    if (!ran) co_return ran.error();
    co_return std::move(*out);
}

asio::awaitable<Result<std::string>> HashDesk::hash(const Secret& password) {
    std::optional<Result<std::string>> out;
    const std::function<void()> job = [&] { out.emplace(hasher_.hash(password)); };
    const Result<void> ran = co_await run(job);
    if (!ran) co_return ran.error();
    co_return std::move(*out);
}

}  // namespace vault::identity
