// Core Vaults: opening, tradeable, allocations, the reserve cap, auto-raise and pairs.
#include "daemon/engine/commander.hpp"
#include "daemon/engine/pair_watch.hpp"
#include "daemon/engine/sleeve_settings.hpp"
#include "daemon/engine/view_builder.hpp"
#include "daemon/ledger/invariants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vault::engine {
namespace {

ledger::PerSleeve<bool> live_orders(const Vault& vault) {
    return {has_live_order(vault.sleeve(SleeveKind::Quiet)),
            has_live_order(vault.sleeve(SleeveKind::Flash))};
}

}  // namespace

// Rule 13: the free balance; coins that other vaults' sleeves bought are theirs.
Decimal Commander::own_balance(const Account& account, const Asset& asset) const {
    Decimal free = account.venue.balance(asset).free;
    for (const VaultId id : account.vaults)
        for (const SleeveKind kind : kSleeveKinds) {
            const ledger::Position* position =
                std::as_const(*world_.find_vault(id)).books.position(kind, asset);
            if (position != nullptr) free -= position->quantity;
        }
    return max(kZero, free);
}

Result<ports::View> Commander::on(const ports::cmd::CreateVault& c) {
    VAULT_TRY(Account* const account, this->account(c.account));
    const User& user = world_.users[account->row.user.value - 1];
    const auto& wallets = user.row.wallets;
    if (std::find(wallets.begin(), wallets.end(), c.asset) == wallets.end())
        return Error{
            Errc::WalletNotSelected,
            fmt::format("{} has not selected the wallet {}", user.row.name, c.asset.text()),
            "asset",
            fmt::format("vaultctl user wallets {} --add {}", user.row.name, c.asset.text())};
    for (const VaultId id : account->vaults)
        if (world_.find_vault(id)->row.asset == c.asset)
            return Error{Errc::Exists,
                         fmt::format("{} is the vault of {} on {}", to_text(id), c.asset.text(),
                                     to_text(c.account)),
                         "asset", "an account has one vault per asset"};
    const auto owned = std::ranges::count(world_.vaults, user.row.id,
                                          [](const Vault& vault) { return vault.row.user; });
    VAULT_TRYV(may_have_more(static_cast<std::size_t>(owned), options_.vaults_per_user,
                             "vaults of one user"));
    if (c.balance && c.balance->is_negative())
        return Error{Errc::InvalidParams, "the balance is negative", "balance",
                     "give an amount of 0 or more"};
    const UtcTime at = world_.market_of(*account).now;
    if (c.balance && c.balance->is_positive()) {
        VAULT_TRYV(account->venue.deposit(c.asset, *c.balance, at));
        recorder_.touch(*account);
    }
    const VaultId id{static_cast<std::uint32_t>(world_.vaults.size() + 1)};
    // Before its first price an account has no time of its own; then the wall clock's is told, as
    // it is for accounts and users. The journal does not have it, so replays stay the same.
    const UtcTime created = at == UtcTime{} ? clock_.now() : at;
    world_.vaults.emplace_back(ports::VaultRow{id, c.account, account->row.user, c.asset,
                                               Mode::Paper, created, context_.actor},
                               ledger::VaultBooks{id, c.asset});
    Vault& vault = world_.vaults.back();
    for (Sleeve& sleeve : vault.sleeves) {
        VAULT_TRY(const Preset first, preset_for(vault, std::string{to_text(sleeve.kind)}));
        VAULT_TRYV(apply_preset(sleeve, first));
        sleeve.day.day = floor_day(at);
        recorder_.touch(vault, sleeve);
    }
    ledger::Transaction tx = transaction(vault);
    VAULT_TRYV(tx.open(own_balance(*account, c.asset)));
    account->vaults.push_back(id);
    recorder_.rows().vaults.push_back(vault.row);
    adopt(vault, std::move(tx));
    vault.updated_at = at;
    rebind_.push_back(c.account);
    return view_of(world_, vault);
}

Result<std::vector<const Vault*>> Commander::chosen(const ports::cmd::VaultChoice& choice) {
    if (!choice.user.empty()) {
        VAULT_TRYV(this->user(choice.user));
    }
    if (choice.account) {
        VAULT_TRYV(this->account(*choice.account));
    }
    if (choice.vault) {
        VAULT_TRYV(this->vault(*choice.vault));
    }
    const User* const user = world_.user_called(choice.user);
    std::vector<const Vault*> found;
    for (const Vault& vault : world_.vaults)
        if ((!choice.vault || vault.row.id == *choice.vault) &&
            (!choice.account || vault.row.account == *choice.account) &&
            (choice.user.empty() || vault.row.user == user->row.id) && sees(vault.row.user))
            found.push_back(&vault);
    return found;
}

Result<ports::View> Commander::on(const ports::cmd::ListVaults& c) {
    VAULT_TRY(const auto vaults, chosen(c.of));
    std::vector<ports::VaultView> views;
    for (const Vault* vault : vaults)
        views.push_back(view_of(world_, *vault));
    return views;
}

Result<ports::View> Commander::on(const ports::cmd::ListMarks& c) {
    VAULT_TRY(const auto vaults, chosen(c.of));
    std::vector<ports::VaultMarkView> views;
    for (const Vault* vault : vaults)
        views.push_back(mark_of(world_, *vault));
    return views;
}

Result<ports::View> Commander::on(const ports::cmd::ShowVault& c) {
    VAULT_TRY(const Vault* const vault, this->vault(c.vault));
    return view_of(world_, *vault);
}

Result<ports::View> Commander::on(const ports::cmd::SetTradeable& c) {
    VAULT_TRY(Vault* const vault, this->vault(c.vault));
    ledger::Transaction tx = transaction(*vault);
    VAULT_TRYV(tx.set_tradeable(c.amount, vault->policy.reserve_pct));
    if (!tx.entries().empty()) {
        adopt(*vault, std::move(tx));
        allocation_row(*vault, "set_tradeable", "", c.amount);
    }
    return view_of(world_, *vault);
}

Result<ports::View> Commander::on(const ports::cmd::Allocate& c) {
    VAULT_TRY(Vault* const vault, this->vault(c.vault));
    ledger::Transaction tx = transaction(*vault);
    VAULT_TRY(const ledger::AllocateFigures figures,
              tx.allocate({c.quiet, c.flash}, live_orders(*vault)));
    adopt(*vault, std::move(tx));
    for (const SleeveKind kind : kSleeveKinds) {
        const std::string sleeve{to_text(kind)};
        if (figures.request_cancelled.of(kind).is_positive())
            allocation_row(*vault, "request_cancelled", sleeve, figures.request_cancelled.of(kind));
        if (figures.to_cash.of(kind).is_positive())
            allocation_row(*vault, "allocate", sleeve, figures.to_cash.of(kind));
        if (figures.to_pending.of(kind).is_positive())
            allocation_row(*vault, "allocate_pending", sleeve, figures.to_pending.of(kind));
    }
    return view_of(world_, *vault);
}

Result<ports::View> Commander::on(const ports::cmd::Unallocate& c) {
    VAULT_TRY(Vault* const vault, this->vault(c.vault));
    ledger::Transaction tx = transaction(*vault);
    VAULT_TRY(const ledger::UnallocateFigures figures,
              tx.unallocate({c.quiet, c.flash}, live_orders(*vault)));
    adopt(*vault, std::move(tx));
    unallocation_rows(*vault, figures);
    return view_of(world_, *vault);
}

Result<ports::View> Commander::on(const ports::cmd::Release& c) {
    VAULT_TRY(Vault* const vault, this->vault(c.vault));
    ledger::Transaction tx = transaction(*vault);
    VAULT_TRY(const ledger::UnallocateFigures figures, tx.release(c.amount, live_orders(*vault)));
    adopt(*vault, std::move(tx));
    unallocation_rows(*vault, figures);
    return view_of(world_, *vault);
}

void Commander::unallocation_rows(const Vault& vault, const ledger::UnallocateFigures& figures) {
    for (const SleeveKind kind : kSleeveKinds) {
        const std::string sleeve{to_text(kind)};
        if (figures.returned.of(kind).is_positive())
            allocation_row(vault, "unallocate", sleeve, figures.returned.of(kind));
        if (figures.requested.of(kind).is_positive())
            allocation_row(vault, "request", sleeve, figures.requested.of(kind));
    }
}

Result<ports::View> Commander::on(const ports::cmd::SetReserve& c) {
    VAULT_TRY(Vault* const vault, this->vault(c.vault));
    if (c.pct && (c.pct->is_negative() || *c.pct >= Decimal::from_int(100)))
        return Error{Errc::InvalidParams, "the reserve is a percentage, 0 <= pct < 100", "pct",
                     "usual values are 5 to 20; off removes the cap"};
    vault->policy.reserve_pct = c.pct;
    recorder_.touch(*vault);
    allocation_row(*vault, "reserve_pct", "", c.pct.value_or(kZero));
    return view_of(world_, *vault);
}

Result<ports::View> Commander::on(const ports::cmd::SetAutoRaise& c) {
    VAULT_TRY(Vault* const vault, this->vault(c.vault));
    const bool percent = c.mode == ports::cmd::AutoRaiseMode::Percent;
    if (percent && (!c.percent.is_positive() || c.percent > Decimal::from_int(100)))
        return Error{Errc::InvalidParams, "percent must be above 0 and at most 100", "percent",
                     "for example: vaultctl vault auto-raise V percent 50"};
    if (c.cap && *c.cap > ledger::kBalanceMax)
        return Error{Errc::InvalidParams, "the cap is above 10^17", "cap",
                     "leave it out for no ceiling"};
    if (c.cap && c.cap->is_negative())
        return Error{Errc::InvalidParams, "the cap is negative", "cap"};
    ledger::AutoRaise& policy = vault->policy;
    policy.kind = c.mode == ports::cmd::AutoRaiseMode::Off    ? ledger::AutoRaise::Kind::Off
                  : c.mode == ports::cmd::AutoRaiseMode::Full ? ledger::AutoRaise::Kind::Full
                                                              : ledger::AutoRaise::Kind::Percent;
    policy.percent = percent ? c.percent : kZero;
    policy.ceiling = c.cap;
    recorder_.touch(*vault);
    allocation_row(*vault, "auto_raise", "", policy.percent);
    return view_of(world_, *vault);
}

// Nothing is known of a live exchange before it was reached for the first time.
Error Commander::not_listed(const Account& account, const Pair& pair) const {
    if (world_.catalogue_of(account).pairs.empty())
        return Error{Errc::NotReady,
                     fmt::format("{} has not told yet which pairs it lists", account.row.exchange),
                     "add", "try again in a moment; the log says whether it can be reached"};
    return Error{Errc::NotFound,
                 fmt::format("{} is not a pair of {}", pair.text(), account.row.exchange), "add",
                 "list them with: vaultctl vault pairs V --available"};
}

Result<ports::View> Commander::on(const ports::cmd::SetPairs& c) {
    VAULT_TRY(Vault* const vault, this->vault(c.vault));
    std::vector<Pair> pairs = vault->pairs;
    for (const Pair& pair : c.add) {
        if (pair.quote != vault->row.asset)
            return Error{Errc::QuoteMismatch,
                         fmt::format("{} is quoted in {}, {} holds {}", pair.text(),
                                     pair.quote.text(), to_text(c.vault), vault->row.asset.text()),
                         "add",
                         fmt::format("a vault trades pairs of its own asset: …/{}",
                                     vault->row.asset.text())};
        const PairRules* const rules = world_.rules_of(world_.account_of(*vault), pair);
        if (rules == nullptr) return not_listed(world_.account_of(*vault), pair);
        if (rules->status == PairStatus::Delisted)
            return Error{Errc::WrongState, status_text(*rules), "add",
                         "list them with: vaultctl vault pairs V --available"};
        if (std::find(pairs.begin(), pairs.end(), pair) == pairs.end()) pairs.push_back(pair);
    }
    for (const Pair& pair : c.remove) {
        if (std::erase(pairs, pair) == 0)
            return Error{Errc::NotFound,
                         fmt::format("{} is not a pair of {}", pair.text(), to_text(c.vault)),
                         "remove",
                         fmt::format("vaultctl vault pairs {} shows its pairs", to_text(c.vault))};
        for (const Sleeve& sleeve : vault->sleeves)
            if (std::as_const(vault->books).position(sleeve.kind, pair.base) != nullptr ||
                has_live_order(sleeve, pair))
                return Error{Errc::NotFlat,
                             fmt::format("the {} sleeve has a position or an order in {}",
                                         to_text(sleeve.kind), pair.text()),
                             "remove", "wait for it to close, or liquidate first"};
    }
    if (pairs != vault->pairs) {
        vault->pairs = std::move(pairs);
        for (Sleeve& sleeve : vault->sleeves) {
            std::vector<PairSlot> slots;
            for (const Pair& pair : vault->pairs) {
                PairSlot* const old = find_slot(sleeve, pair);
                slots.push_back(old != nullptr ? std::move(*old) : PairSlot{});
                slots.back().pair = pair;
            }
            sleeve.slots = std::move(slots);
            recorder_.touch(*vault, sleeve);
        }
        recorder_.touch(*vault);
        rebind_.push_back(vault->row.account);
    }
    ports::PairsView view{c.vault, {}};
    for (const auto& [pair, rules] : world_.catalogue_of(world_.account_of(*vault)).pairs) {
        if (pair.quote != vault->row.asset) continue;
        const bool selected =
            std::find(vault->pairs.begin(), vault->pairs.end(), pair) != vault->pairs.end();
        if (!selected && !c.available) continue;
        view.pairs.push_back(view_of(world_, *vault, rules));
    }
    return view;
}

// Paper wallets change only through our own commands, which book at once: a refresh checks that the
// exchange has what the books say.
Result<ports::View> Commander::on(const ports::cmd::RefreshVault& c) {
    VAULT_TRY(Vault* const vault, this->vault(c.vault));
    const Decimal missing = lacking_cash(world_, *vault);
    if (missing.is_positive()) {
        SleeveTrader trader{world_, recorder_};
        trader.quarantine(*vault, now(*vault),
                          Error{Errc::InvariantBroken,
                                fmt::format("the exchange lacks {} {} of what the books hold",
                                            missing.text(), vault->row.asset.text())});
    }
    return view_of(world_, *vault);
}

Result<ports::View> Commander::on(const ports::cmd::SetMode& c) {
    VAULT_TRY(Vault* const vault, this->vault(c.vault));
    if (c.mode != vault->row.mode)
        return Error{Errc::ModeNotPaper,
                     fmt::format("{} is on a paper account and stays {}", to_text(c.vault),
                                 to_text(vault->row.mode)),
                     "mode", "validate and live need a vault on a real exchange account"};
    return view_of(world_, *vault);
}

Result<ports::View> Commander::on(const ports::cmd::ListSleeves&) {
    std::vector<ports::SleeveView> views;
    for (const Vault& vault : world_.vaults)
        for (const Sleeve& sleeve : vault.sleeves)
            if (sees(vault.row.user)) views.push_back(view_of(world_, vault, sleeve));
    return views;
}

Result<ports::View> Commander::on(const ports::cmd::ShowSleeve& c) {
    VAULT_TRY(const Vault* const vault, this->vault(c.vault));
    return view_of(world_, *vault, vault->sleeve(c.sleeve));
}

Result<void> Commander::set_settings(Vault& vault, SleeveKind kind,
                                     const std::map<std::string, std::string>& settings,
                                     bool apply_to_open) {
    Sleeve next = vault.sleeve(kind);
    const auto chosen = settings.find("preset");
    if (chosen != settings.end()) {
        VAULT_TRY(const Preset wanted, preset_for(vault, chosen->second));
        VAULT_TRYV(apply_preset(next, wanted));
    }
    for (const auto& [key, text] : settings) {
        if (key == "preset") continue;
        VAULT_TRYV(apply_setting(next, key, text));
    }
    return put_in_force(vault, std::move(next), apply_to_open);
}

Result<ports::View> Commander::on(const ports::cmd::SetSleeve& c) {
    VAULT_TRY(Vault* const vault, this->vault(c.vault));
    VAULT_TRYV(set_settings(*vault, c.sleeve, c.settings, c.apply_to_open));
    return view_of(world_, *vault, vault->sleeve(c.sleeve));
}

Result<void> Commander::put_in_force(Vault& vault, Sleeve next, bool apply_to_open) {
    const Decimal tier = world_.account_of(vault).venue.settings().fee_rate;
    VAULT_TRYV(strategy::validate(next.params, strategy::effective_fee(next.params, tier)));
    if (!next.caps.max_drawdown) next.drawdown.reset();
    Sleeve& sleeve = vault.sleeve(next.kind);
    if (apply_to_open)
        for (PairSlot& slot : next.slots)
            slot.kept_params.reset();
    else
        keep_exits(next, sleeve);
    const std::optional<std::string> changes = changes_between(sleeve, next);
    told_ = changes.value_or("nothing changed");
    if (changes)
        recorder_.event(owner_of(vault, context_.actor), now(vault), "info", "settings_changed",
                        sleeve_name(vault, sleeve.kind), *changes);
    sleeve = std::move(next);
    recorder_.touch(vault, sleeve);
    rebind_.push_back(vault.row.account);
    SleeveTrader{world_, recorder_}.refresh(vault, sleeve);
    return success();
}

Result<ports::View> Commander::on(const ports::cmd::SetStrategy& c) {
    VAULT_TRY(Vault* const vault, this->vault(c.vault));
    Sleeve next = vault->sleeve(c.sleeve);
    if (c.strategy == "script") {
        VAULT_TRYV(choose_script(*vault, next, c));
    } else if (c.strategy == "cycle") {
        next.script.reset();
    } else {
        return Error{Errc::InvalidParams,
                     fmt::format("'{}' is not a strategy that this version knows", c.strategy),
                     "strategy", "use cycle or script"};
    }
    if (!c.preset.empty()) {
        VAULT_TRY(const Preset wanted, preset_for(*vault, c.preset));
        VAULT_TRYV(apply_preset(next, wanted));
    }
    VAULT_TRYV(put_in_force(*vault, std::move(next), false));
    return view_of(world_, *vault, vault->sleeve(c.sleeve));
}

// Chosen again it is started anew, and what it left behind stays; another begins with nothing.
Result<void> Commander::choose_script(Vault& vault, Sleeve& next,
                                      const ports::cmd::SetStrategy& c) {
    constexpr std::size_t kScriptsPerUser = 16;
    ScriptSetting setting{.command = c.command, .folder = c.folder};
    setting.deadline = c.deadline.value_or(setting.deadline);
    setting.memory_mib = c.memory_mib.value_or(setting.memory_mib);
    VAULT_TRYV(check(setting));
    if (world_.user_of(vault).row.name.starts_with('.'))  // ".." would be everybody's folder
        return Error{Errc::WrongState,
                     "a user whose name begins with a dot has no folder of scripts", "vault",
                     "scripts need a user with another name"};
    const std::string name = script_name(vault.row.user, setting);
    std::set<std::string> others;
    for (const Vault& each : world_.vaults)
        for (const Sleeve& sleeve : each.sleeves)
            if (each.row.user == vault.row.user && sleeve.script && sleeve.script->name != name)
                others.insert(sleeve.script->name);
    if (others.size() >= kScriptsPerUser)
        return Error{Errc::WrongState,
                     fmt::format("{} different scripts of this user run already, which is the most",
                                 others.size()),
                     "command",
                     "let one script serve several sleeves: they share it if command, folder, "
                     "deadline and memory are the same"};
    if (next.script && next.script->setting == setting) {
        recorder_.restart_script(name);
        return success();
    }
    next.script.make();
    next.script->setting = std::move(setting);
    next.script->name = name;
    if (world_.health_of(*next.script).gave_up()) recorder_.restart_script(name);
    return success();
}

// Coins can only come back to a pair that is traded: nobody could sell them otherwise.
Result<void> Commander::has_slots(Vault& vault, const ledger::VaultBooks& books) {
    for (Sleeve& sleeve : vault.sleeves) {
        for (const ledger::Position& position : books.sleeve(sleeve.kind).positions) {
            const Pair pair{position.base, vault.row.asset};
            if (!position.coins().is_positive() || find_slot(sleeve, pair) != nullptr) continue;
            return Error{Errc::WrongState,
                         fmt::format("its coins would come back, but {} does not trade {} any more",
                                     to_text(vault.row.id), pair.text()),
                         "reverses",
                         fmt::format("add the pair first: vaultctl vault pairs {} --add {}",
                                     to_text(vault.row.id), pair.text())};
        }
    }
    return success();
}

Result<ports::View> Commander::on(const ports::cmd::CorrectEntry& c) {
    VAULT_TRY(Vault* const vault, this->vault(c.vault));
    if (!c.entry)
        return Error{Errc::NotFound,
                     fmt::format("{} has no entry {}", to_text(c.vault), c.reverses), "reverses",
                     "list them with: vaultctl ledger list V"};
    if (vault->reversed.contains(c.reverses))
        return Error{Errc::WrongState, fmt::format("entry {} was reversed before", c.reverses),
                     "reverses", "an entry is reversed once"};
    if (has_live_order(vault->sleeves[0]) || has_live_order(vault->sleeves[1]))
        return Error{Errc::NotFlat, "an order is live in this vault", "vault",
                     "pause the vault and wait for its orders to end"};
    VAULT_TRY(const ledger::Entry wrong, entry_of(*c.entry));
    ledger::Transaction tx = transaction(*vault);
    tx.set_cause(fmt::format("correction:{}:{}", to_text(c.vault), c.reverses));
    VAULT_TRYV(tx.correct(wrong));
    VAULT_TRYV(has_slots(*vault, tx.books()));
    VAULT_TRYV(SleeveTrader(world_, recorder_).book_correction(*vault, std::move(tx), now(*vault)));
    vault->reversed.insert(c.reverses);
    recorder_.event(owner_of(*vault, context_.actor), now(*vault), "warning", "entry_corrected",
                    to_text(c.vault),
                    fmt::format("entry {} was reversed: {}", c.reverses, c.reason));
    const ports::EntryRow booked = recorder_.rows().entries.back();
    // Coins that came back into the books may be gone from the exchange, or another sleeve's.
    std::set<Asset> bases;
    for (const SleeveKind kind : kSleeveKinds)
        for (const ledger::Position& position : std::as_const(vault->books).sleeve(kind).positions)
            bases.insert(position.base);
    for (const Asset& base : bases)
        SleeveTrader{world_, recorder_}.tell_lacking(world_.account_of(*vault), base, now(*vault),
                                                     context_.actor);
    return ports::EntryView{c.vault, booked.seq, booked.kind, booked.cause};
}

}  // namespace vault::engine
