#pragma once
// UnreadHistories: after a restore, asks exchanges what happened meanwhile on the accounts that
// wait for it (AccountRow::history_unread_since), with the accounts' own API keys, and tells the
// engine, which lets an account go on once all of it is known. Each account is read by itself, a
// few at a time. One that cannot be read says why in its row, and is tried again after a minute at
// first and ten at most, or at once when a key of it changes. Owned by the App; the control thread.
#include "daemon/ports/commands.hpp"
#include "daemon/ports/directory.hpp"
#include "daemon/ports/history_reader.hpp"
#include "daemon/ports/secret_box.hpp"
#include "daemon/runtime/task_group.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <map>
#include <set>

namespace vault::app {

class UnreadHistories {
  public:
    struct Parts {
        ports::Commands& commands;
        const ports::SecretBox& secrets;
        ports::HistoryReader& reader;
    };
    // The parts outlive join().
    UnreadHistories(boost::asio::any_io_executor executor, Parts parts);

    // What there is, and from then on what changes.
    void follow(const std::vector<ports::AccountRow>& accounts,
                const std::vector<ports::ApiKeyRow>& keys);
    // Nothing is asked or told after it.
    void stop() { tasks_.stop(); }
    boost::asio::awaitable<void> join() { return tasks_.join(); }

  private:
    using Read = Result<ports::AccountHistory>;
    struct Told {
        Read read;
        std::optional<ApiKeyId> with;
    };

    // And there is, or was, a key with which it could have sent orders.
    bool is_unread(AccountId id) const;
    std::vector<ports::ApiKeyRow> keys_of(AccountId id) const;
    boost::asio::awaitable<void> tend(AccountId id);
    boost::asio::awaitable<Told> read(ports::AccountRow account);
    boost::asio::awaitable<Read> read_with(const ports::AccountRow& account, ApiKeyId key);
    boost::asio::awaitable<bool> tell(AccountId id, Told told);
    boost::asio::awaitable<void> wait_for_change(AccountId id, std::uint64_t changes,
                                                 Duration most);
    boost::asio::awaitable<void> pause(Duration span);

    boost::asio::any_io_executor executor_;
    Parts parts_;
    std::map<AccountId, ports::AccountRow> accounts_;
    std::map<ApiKeyId, ports::ApiKeyRow> keys_;
    std::map<AccountId, std::uint64_t> key_changes_;
    std::set<AccountId> tended_;
    std::size_t reading_ = 0;
    runtime::TaskGroup tasks_;
};

}  // namespace vault::app
