#pragma once
// Recorder: what turns leave behind, gathered until the batch is closed: rows, and which objects'
// memory must be written again. A command records into one of its own, which is appended when it
// succeeds and dropped when it is refused or a dry run. Owned by the Shard; its thread.
#include "daemon/engine/world.hpp"
#include "daemon/ledger/transaction.hpp"
#include "daemon/ports/store.hpp"

#include <set>
#include <tuple>
#include <utility>

namespace vault::engine {

class Recorder {
  public:
    ports::Batch& rows() { return rows_; }
    bool empty() const;
    std::size_t row_count() const { return rows_.row_count(); }

    // Adopts the transaction: its books become the vault's, its entries are recorded.
    void adopt(Vault& vault, ledger::Transaction&& transaction);

    void touch(Vault& vault);
    void touch(Vault& vault, Sleeve& sleeve);
    void touch(Account& account);
    void touch(User& user);
    void touch_job(std::size_t slot);    // of World::jobs
    void touch_alert(std::size_t slot);  // of World::alerts
    void touch_daemon(World& world);

    // Vaults whose memory or books the batch changes, new ones at the end.
    const std::vector<VaultId>& touched_vaults() const { return vaults_; }

    // The order's row as it is now; the last call of a batch wins.
    void order(const Vault& vault, const Order& order, UtcTime at);
    // What no other row tells.
    void event(const ports::Owner& owner, UtcTime at, std::string severity, std::string type,
               std::string object, std::string message);

    // A tick for a script, and a script to be started anew; both leave after the turn.
    void ask(ScriptAsk ask) { asks_.push_back(std::move(ask)); }
    void restart_script(std::string name) { restarts_.insert(std::move(name)); }
    std::vector<ScriptAsk> take_asks() { return std::exchange(asks_, {}); }
    std::set<std::string> take_restarts() { return std::exchange(restarts_, {}); }

    void append(Recorder&& other);
    // The rows with the memory of everything touched; the recorder is empty afterwards.
    ports::Batch close(World& world);

  private:
    using BalanceKey = std::tuple<VaultId, ledger::LedgerAccount, Asset>;

    ports::Batch rows_;
    std::map<OrderId, ports::OrderRow> orders_;
    std::set<BalanceKey> balances_;
    std::vector<VaultId> vaults_;
    std::vector<std::pair<VaultId, SleeveKind>> sleeves_;
    std::vector<AccountId> accounts_;
    std::vector<UserId> users_;
    std::set<std::size_t> jobs_;
    std::set<std::size_t> alerts_;
    bool daemon_ = false;
    std::vector<ScriptAsk> asks_;
    std::set<std::string> restarts_;
};

// The entry that a row stores. Errors: StoreInvalid.
Result<ledger::Entry> entry_of(const ports::EntryRow& row);
// Of an entry that nobody ordered: the engine's own.
ledger::EntryContext engine_context(const Vault& vault, std::string cause, UtcTime at);

}  // namespace vault::engine
