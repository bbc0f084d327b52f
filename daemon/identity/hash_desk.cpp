#include "daemon/identity/hash_desk.hpp"

#include <optional>
#include <utility>

namespace vault::identity {

namespace asio = boost::asio;

HashDesk::HashDesk(PasswordHasher& hasher, std::size_t at_once, std::size_t most_waiting)
    : hasher_(hasher),
      threads_(at_once, most_waiting,
               Error{Errc::Busy, "too many sign-ins wait", {}, "try again in a few seconds"}) {}

asio::awaitable<Result<bool>> HashDesk::matches(const std::string& stored, const Secret& password) {
    std::optional<Result<bool>> out;
    const std::function<void()> job = [&] { out.emplace(hasher_.matches(stored, password)); };
    auto running = threads_.run(job);
    const Result<void> ran = co_await std::move(running);
    if (!ran) co_return ran.error();
    co_return std::move(*out);
}

asio::awaitable<Result<std::string>> HashDesk::hash(const Secret& password) {
    std::optional<Result<std::string>> out;
    const std::function<void()> job = [&] { out.emplace(hasher_.hash(password)); };
    auto running = threads_.run(job);
    const Result<void> ran = co_await std::move(running);
    if (!ran) co_return ran.error();
    co_return std::move(*out);
}

}  // namespace vault::identity
