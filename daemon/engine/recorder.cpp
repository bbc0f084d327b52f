#include "daemon/engine/recorder.hpp"

#include "daemon/engine/state_codec.hpp"
#include "daemon/ledger/canonical.hpp"

#include <iterator>

namespace vault::engine {
namespace {

ports::EntryRow to_row(const ledger::Entry& entry, const Vault& vault) {
    return {.vault = entry.vault,
            .seq = entry.seq,
            .tx = entry.tx,
            .kind = std::string{ledger::to_text(entry.kind)},
            .cause = entry.cause,
            .at = entry.at,
            .owner = {vault.row.user, vault.row.account, entry.mode, entry.actor},
            .postings_json = ledger::postings_json(entry.postings),
            .prev_hash = entry.prev_hash,
            .hash = entry.hash};
}

template <class T>
void move_into(std::vector<T>& target, std::vector<T>& source) {
    target.insert(target.end(), std::make_move_iterator(source.begin()),
                  std::make_move_iterator(source.end()));
}

}  // namespace

Result<ledger::Entry> entry_of(const ports::EntryRow& row) {
    ledger::Entry entry{.vault = row.vault,
                        .seq = row.seq,
                        .tx = row.tx,
                        .kind = {},
                        .cause = row.cause,
                        .mode = row.owner.mode,
                        .at = row.at,
                        .actor = row.owner.actor,
                        .postings = {},
                        .prev_hash = row.prev_hash,
                        .hash = row.hash};
    VAULT_TRY(entry.kind, ledger::parse_entry_kind(row.kind));
    VAULT_TRY(entry.postings, ledger::parse_postings(row.postings_json));
    return entry;
}

ledger::EntryContext engine_context(const Vault& vault, std::string cause, UtcTime at) {
    return {std::move(cause), vault.row.mode, at, "engine"};
}

bool Recorder::empty() const {
    return rows_.row_count() == 0 && orders_.empty() && vaults_.empty() && sleeves_.empty() &&
           accounts_.empty() && users_.empty() && jobs_.empty() && alerts_.empty() && !daemon_;
}

void Recorder::adopt(Vault& vault, ledger::Transaction&& transaction) {
    vault.books = transaction.books();
    for (const ledger::Entry& entry : transaction.entries()) {
        for (const ledger::Posting& posting : entry.postings)
            balances_.emplace(vault.row.id, posting.account, posting.asset);
        vault.updated_at = entry.at;
        rows_.entries.push_back(to_row(entry, vault));
    }
    touch(vault);
}

void Recorder::touch(Vault& vault) {
    if (!std::exchange(vault.dirty, true)) vaults_.push_back(vault.row.id);
}

void Recorder::touch(Vault& vault, Sleeve& sleeve) {
    if (!std::exchange(sleeve.dirty, true)) sleeves_.emplace_back(vault.row.id, sleeve.kind);
}

void Recorder::touch(Account& account) {
    if (!std::exchange(account.dirty, true)) accounts_.push_back(account.row.id);
}

void Recorder::touch(User& user) {
    if (!std::exchange(user.dirty, true)) users_.push_back(user.row.id);
}

void Recorder::touch_job(std::size_t slot) {
    jobs_.insert(slot);
}

void Recorder::touch_alert(std::size_t slot) {
    alerts_.insert(slot);
}

void Recorder::touch_daemon(World& world) {
    world.daemon_dirty = true;
    daemon_ = true;
}

void Recorder::order(const Vault& vault, const Order& order, UtcTime at) {
    const OrderRequest& asked = order.request;
    const auto budget = mul(asked.spend_fraction, asked.spend_base, Rounding::Up);
    ports::OrderRow row{.id = asked.id,
                        .owner = owner_of(vault, "engine"),
                        .pair = asked.pair,
                        .side = asked.side,
                        .state = order.state,
                        .reason = order.reason,
                        .end_reason = order.end_reason,
                        .requested = asked.side == Side::Sell ? asked.quantity.value
                                     : budget                 ? budget.value()
                                                              : asked.spend_base,
                        .filled_quantity = order.filled,
                        .filled_cost = order.cost,
                        .fee = order.fees,
                        .decided_at = asked.decided_at,
                        .ended_at = std::nullopt};
    if (!order.live()) row.ended_at = at;
    orders_.insert_or_assign(asked.id, std::move(row));
}

void Recorder::event(const ports::Owner& owner, UtcTime at, std::string severity, std::string type,
                     std::string object, std::string message) {
    rows_.events.push_back({0, owner, at, std::move(severity), std::move(type), std::move(object),
                            std::move(message), "{}"});
}

void Recorder::append(Recorder&& other) {
    move_into(rows_.users, other.rows_.users);
    move_into(rows_.accounts, other.rows_.accounts);
    move_into(rows_.vaults, other.rows_.vaults);
    move_into(rows_.entries, other.rows_.entries);
    move_into(rows_.fills, other.rows_.fills);
    move_into(rows_.decisions, other.rows_.decisions);
    move_into(rows_.prices, other.rows_.prices);
    move_into(rows_.allocations, other.rows_.allocations);
    move_into(rows_.sweeps, other.rows_.sweeps);
    move_into(rows_.pauses, other.rows_.pauses);
    move_into(rows_.cycles, other.rows_.cycles);
    move_into(rows_.day_closes, other.rows_.day_closes);
    move_into(rows_.events, other.rows_.events);
    move_into(rows_.audits, other.rows_.audits);
    move_into(rows_.replies, other.rows_.replies);
    move_into(rows_.api_keys, other.rows_.api_keys);
    move_into(rows_.key_policies, other.rows_.key_policies);
    ports::append(rows_.identity, std::move(other.rows_.identity));
    ports::append(rows_.secrets, std::move(other.rows_.secrets));
    for (auto& [id, row] : other.orders_)
        orders_.insert_or_assign(id, std::move(row));
    balances_.merge(other.balances_);
    move_into(vaults_, other.vaults_);
    move_into(sleeves_, other.sleeves_);
    move_into(accounts_, other.accounts_);
    move_into(users_, other.users_);
    jobs_.merge(other.jobs_);
    alerts_.merge(other.alerts_);
    daemon_ = daemon_ || other.daemon_;
    move_into(asks_, other.asks_);
    restarts_.merge(other.restarts_);
}

ports::Batch Recorder::close(World& world) {
    for (auto& [id, row] : orders_)
        rows_.orders.push_back(std::move(row));
    for (const auto& [id, account, asset] : balances_)
        rows_.balances.push_back({id, std::string{ledger::to_text(account)}, asset,
                                  world.find_vault(id)->books.balance(account, asset)});
    for (const VaultId id : vaults_) {
        Vault& vault = *world.find_vault(id);
        vault.dirty = false;
        rows_.states.push_back({"vault", to_text(id), save_vault(vault)});
    }
    for (const auto& [id, kind] : sleeves_) {
        Sleeve& sleeve = world.find_vault(id)->sleeve(kind);
        sleeve.dirty = false;
        rows_.states.push_back(
            {"sleeve", to_text(id) + "." + std::string{to_text(kind)}, save_sleeve(sleeve)});
    }
    for (const AccountId id : accounts_) {
        Account& account = *world.find_account(id);
        account.dirty = false;
        rows_.states.push_back({"account", to_text(id), save_account(world, account)});
    }
    for (const UserId id : users_) {
        User& user = *world.find_user(id);
        user.dirty = false;
        rows_.states.push_back({"user", to_text(id), save_user(user)});
    }
    for (const std::size_t slot : jobs_)
        rows_.states.push_back({"job", std::to_string(slot), save_job(world.jobs.slots()[slot])});
    for (const std::size_t slot : alerts_)
        rows_.states.push_back({std::string{kAlertState}, std::to_string(slot),
                                save_alert(world.alerts.slots()[slot])});
    if (daemon_) rows_.states.push_back({"daemon", "1", save_daemon(world)});
    world.daemon_dirty = false;
    ports::Batch batch = std::move(rows_);
    Recorder next;  // what leaves after the turn is no part of the batch
    next.asks_ = std::move(asks_);
    next.restarts_ = std::move(restarts_);
    *this = std::move(next);
    return batch;
}

}  // namespace vault::engine
