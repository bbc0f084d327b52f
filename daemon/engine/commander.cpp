#include "daemon/engine/commander.hpp"

#include "daemon/engine/status_builder.hpp"
#include "daemon/engine/top_builder.hpp"
#include "daemon/engine/view_builder.hpp"
#include "daemon/ports/absent.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {
namespace {

// The client marks the keys that it made up itself.
constexpr std::string_view kMadeUpKey = "auto-";

template <class... T>
struct Overloaded : T... {
    using T::operator()...;
};
template <class... T>
Overloaded(T...) -> Overloaded<T...>;

}  // namespace

bool mutates(const ports::Command& command) {
    namespace cmd = ports::cmd;
    const Overloaded reads{
        [](const cmd::ListUsers&) { return true; },
        [](const cmd::ListKeys&) { return true; },
        [](const cmd::ListAccounts&) { return true; },
        [](const cmd::ListVaults&) { return true; },
        [](const cmd::ListMarks&) { return true; },
        [](const cmd::ShowVault&) { return true; },
        [](const cmd::ListSleeves&) { return true; },
        [](const cmd::ShowSleeve&) { return true; },
        [](const cmd::ListPositions&) { return true; },
        [](const cmd::ListPresets&) { return true; },
        [](const cmd::ShowPreset&) { return true; },
        [](const cmd::ReplayStatus&) { return true; },
        [](const cmd::ShowMarket&) { return true; },
        [](const cmd::ListJobs&) { return true; },
        [](const cmd::ShowJob&) { return true; },
        [](const cmd::ShowCaps&) { return true; },
        [](const cmd::MarkLevel&) { return true; },
        [](const cmd::ShowStatus&) { return true; },
        [](const cmd::ShowTop&) { return true; },
        [](const cmd::ListAlerts&) { return true; },
        [](const cmd::Barrier&) { return true; },
        [](const cmd::SetWallets& c) { return c.add.empty() && c.remove.empty(); },
        [](const cmd::SetPairs& c) { return c.add.empty() && c.remove.empty(); },
        [](const auto&) { return false; }};
    return !std::visit(reads, command);
}

Result<ports::View> Commander::apply(const ports::Command& command) {
    return std::visit([this](const auto& c) { return on(c); }, command);
}

bool Commander::sees(UserId owner) const {
    return engine::sees(world_, context_.visible, owner);
}

Result<Vault*> Commander::vault(VaultId id) {
    Vault* found = world_.find_vault(id);
    if (found != nullptr && sees(found->row.user)) return found;
    return ports::no_vault(id);
}

Result<Account*> Commander::account(AccountId id) {
    Account* found = world_.find_account(id);
    if (found != nullptr && !found->removed && sees(found->row.user)) return found;
    return ports::no_account(id);
}

Result<User*> Commander::user(const std::string& name) {
    User* const found = world_.user_called(name);
    if (found != nullptr && sees(found->row.id)) return found;
    return ports::no_user(name);
}

// A replayed account lives in its market's time, 1970 before the first tick.
UtcTime Commander::now(const Vault& vault) const {
    return world_.market_of(world_.account_of(vault)).now;
}

// A key that the client made up is no part of the journal: under replay two runs must export the
// same bytes. The vault's own counter makes every cause unique for ever.
ledger::Transaction Commander::transaction(Vault& vault) {
    ++vault.commands;
    recorder_.touch(vault);
    const bool made_up = context_.idem_key.empty() || context_.idem_key.starts_with(kMadeUpKey);
    const std::string source = made_up ? to_text(vault.row.id) : context_.idem_key;
    return ledger::Transaction{vault.books,
                               {fmt::format("cmd:{}:{}", source, vault.commands), vault.row.mode,
                                now(vault), context_.actor}};
}

void Commander::adopt(Vault& vault, ledger::Transaction&& tx) {
    recorder_.adopt(vault, std::move(tx));
    SleeveTrader trader{world_, recorder_};
    for (Sleeve& sleeve : vault.sleeves)
        trader.refresh(vault, sleeve);
}

void Commander::allocation_row(const Vault& vault, std::string kind, std::string sleeve,
                               Decimal amount) {
    recorder_.rows().allocations.push_back({vault.row.id, owner_of(vault, context_.actor),
                                            now(vault), std::move(kind), std::move(sleeve), amount,
                                            vault.books.tradeable(), vault.books.unallocated(),
                                            std::as_const(vault.books).balance(SleeveKind::Quiet),
                                            std::as_const(vault.books).balance(SleeveKind::Flash)});
}

void Commander::tell_funding(const Vault& vault, std::string_view event, std::string message) {
    const ledger::VaultBooks& books = vault.books;
    recorder_.event(owner_of(vault, context_.actor), now(vault), "info", std::string{event},
                    to_text(vault.row.id),
                    fmt::format("{}: total {}, tradeable {}, remaining {}, quiet {}, flash {} {}",
                                std::move(message), books.total().text(), books.tradeable().text(),
                                books.unallocated().text(), books.balance(SleeveKind::Quiet).text(),
                                books.balance(SleeveKind::Flash).text(), vault.row.asset.text()));
}

Result<ports::View> Commander::on(const ports::cmd::ShowStatus&) {
    return status_of(world_, context_.visible);
}
Result<ports::View> Commander::on(const ports::cmd::ShowTop& c) {
    ports::cmd::ShowTop ask = c;
    if (c.user) {
        VAULT_TRY(const User* const asked, user(*c.user));
        ask.user = asked->row.name;
    }
    if (c.account) {
        VAULT_TRYV(account(*c.account));
    }
    if (c.vault) {
        VAULT_TRYV(vault(*c.vault));
    }
    return top_of(world_, ask, context_.visible, clock_.now());
}
Result<ports::View> Commander::on(const ports::cmd::Note&) {
    return ports::PauseView{};
}
Result<ports::View> Commander::on(const ports::cmd::Barrier&) {
    return ports::PauseView{};
}

}  // namespace vault::engine
