#include "daemon/app/unread_histories.hpp"

#include "common/base/check.hpp"
#include "daemon/control/render_views.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vault::app {

namespace asio = boost::asio;
namespace cmd = ports::cmd;

namespace {

constexpr std::size_t kAtOnce = 4;
constexpr Duration kReadWithin = std::chrono::minutes{15};  // thousands of rows, as slow as allowed
constexpr Duration kLook = std::chrono::seconds{1};
constexpr Duration kFirstWait = std::chrono::minutes{1};
constexpr Duration kLongestWait = std::chrono::minutes{10};

// With another key it would be no better.
bool is_of_the_exchange(const Error& error) {
    return error.code() == Errc::Io || error.code() == Errc::Expired;
}

// What a person does about it.
std::string next_step(const Error& error, const std::string& account) {
    const std::string skip = fmt::format(
        "vaultctl account skip-history {} once you have looked there yourself", account);
    constexpr std::array kOfTheKey{Errc::KeyRefused, Errc::PermissionDenied, Errc::InvalidParams,
                                   Errc::NotFound, Errc::StoreInvalid};
    if (std::ranges::find(kOfTheKey, error.code()) != kOfTheKey.end())
        return fmt::format("vaultctl key add --account {}, or {}", account, skip);
    return error.code() == Errc::AmountTooLarge ? skip : "it is tried again";
}

// A place among those that are read, given back however the reading ends.
class Place {
  public:
    explicit Place(std::size_t& taken) : taken_(taken) { ++taken_; }
    ~Place() { --taken_; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

  private:
    std::size_t& taken_;
};

}  // namespace

UnreadHistories::UnreadHistories(asio::any_io_executor executor, Parts parts)
    : executor_(executor), parts_(parts), tasks_(executor) {}

void UnreadHistories::follow(const std::vector<ports::AccountRow>& accounts,
                             const std::vector<ports::ApiKeyRow>& keys) {
    for (const ports::ApiKeyRow& row : keys) {
        keys_.insert_or_assign(row.id, row);
        ++key_changes_[row.account];
    }
    for (const ports::AccountRow& row : accounts)
        accounts_.insert_or_assign(row.id, row);
    for (const auto& [id, row] : accounts_)
        if (is_unread(id) && tended_.insert(id).second) tasks_.spawn(tend(id));
}

bool UnreadHistories::is_unread(AccountId id) const {
    return accounts_.at(id).history_unread_since.has_value() && !keys_of(id).empty();
}

// That it has or has had.
std::vector<ports::ApiKeyRow> UnreadHistories::keys_of(AccountId id) const {
    std::vector<ports::ApiKeyRow> keys;
    for (const auto& [key, row] : keys_)
        if (row.account == id) keys.push_back(row);
    return keys;
}

asio::awaitable<void> UnreadHistories::tend(AccountId id) {
    Duration wait = kFirstWait;
    while (is_unread(id)) {
        if (reading_ >= kAtOnce) {
            auto pausing = pause(kLook);
            co_await std::move(pausing);
            continue;
        }
        const std::uint64_t changes = key_changes_[id];
        std::optional<Place> place{reading_};
        auto reading = read(accounts_.at(id));
        Told told = co_await std::move(reading);
        place.reset();
        auto telling = tell(id, std::move(told));
        const bool there = co_await std::move(telling);
        if (!there) break;
        auto waiting = wait_for_change(id, changes, wait);
        co_await std::move(waiting);
        wait = changes == key_changes_[id] ? std::min(wait * 2, kLongestWait) : kFirstWait;
    }
    tended_.erase(id);
}

// With the first of its keys that can. One that is not validated may be of another account there.
asio::awaitable<UnreadHistories::Told> UnreadHistories::read(ports::AccountRow account) {
    Told last{Error{Errc::KeyRefused,
                    fmt::format("{} has no API key that is valid", to_text(account.id))},
              {}};
    const std::vector<ports::ApiKeyRow> keys = keys_of(account.id);
    for (const ports::ApiKeyRow& key : keys) {
        if (!ports::is_usable(key.state)) continue;
        auto reading = read_with(account, key.id);
        Read found = co_await std::move(reading);
        last = Told{std::move(found), key.id};
        if (last.read || is_of_the_exchange(last.read.error())) break;
    }
    co_return last;
}

asio::awaitable<UnreadHistories::Read> UnreadHistories::read_with(const ports::AccountRow& account,
                                                                  ApiKeyId key) {
    const auto field = [&](std::string_view name) {
        return parts_.secrets.open({account.user, account.id, key, std::string{name}});
    };
    const Result<Secret> text = field(ports::kApiKeyField);
    const Result<Secret> secret = field(ports::kApiSecretField);
    if (!text || !secret) co_return (text ? secret : text).error();
    auto reading = parts_.reader.read(account.exchange, text.value(), secret.value(),
                                      *account.history_unread_since, kReadWithin);
    co_return co_await std::move(reading);
}

// False: there is no such account any more. An engine that is busy is told again.
asio::awaitable<bool> UnreadHistories::tell(AccountId id, Told told) {
    Read& read = told.read;
    cmd::SettleHistory settled{.account = id, .with = told.with};
    if (read) {
        settled.found = std::move(read.value());
    } else {
        settled.failure = fmt::format("not read yet: {}; {}", read.error().message(),
                                      next_step(read.error(), to_text(id)));
        if (settled.failure == accounts_.at(id).history) co_return true;
    }
    for (;;) {
        ports::CallContext context;
        context.actor = "restore";
        context.method = "account.history";
        auto telling =
            parts_.commands.execute(std::move(context), settled, &control::render_nothing);
        const Result<ports::Reply> answer = co_await std::move(telling);
        if (answer) co_return true;
        const Errc code = answer.error().code();
        if (code == Errc::NotFound) co_return false;
        if (code != Errc::Busy && code != Errc::StoreFailed) co_return true;
        auto pausing = pause(kLook);
        co_await std::move(pausing);
    }
}

// As long as no key of the account changes.
asio::awaitable<void> UnreadHistories::wait_for_change(AccountId id, std::uint64_t changes,
                                                       Duration most) {
    for (Duration waited{0}; waited < most && is_unread(id) && changes == key_changes_[id];
         waited += kLook) {
        auto pausing = pause(kLook);
        co_await std::move(pausing);
    }
}

asio::awaitable<void> UnreadHistories::pause(Duration span) {
    asio::steady_timer timer{executor_, span};
    co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace vault::app
