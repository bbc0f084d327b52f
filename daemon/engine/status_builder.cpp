#include "daemon/engine/status_builder.hpp"

#include "daemon/engine/cap_inputs.hpp"
#include "daemon/engine/pair_watch.hpp"
#include "daemon/engine/sleeve_trader.hpp"
#include "daemon/engine/view_builder.hpp"

#include <fmt/format.h>

#include <set>

namespace vault::engine {
namespace {

void count_sleeve(ports::StatusView& view, const World& world, const Vault& vault,
                  const Sleeve& sleeve) {
    for (const PairSlot& slot : sleeve.slots)
        if (waits_for_a_person(sleeve, slot)) ++view.attention;
    if (!vault.books.flat(sleeve.kind)) ++view.open_positions;
    if (effective_hold(world, vault, sleeve) != HoldKind::None) ++view.paused_sleeves;
    for (const Order& order : sleeve.orders) {
        if (order.live()) ++view.live_orders;
        if (order.state == OrderState::Unresolved) ++view.unresolved_orders;
    }
}

void warn_of_attention(ports::StatusView& view, const Vault& vault) {
    const auto warn = [&](const std::string& who, const std::string& why) {
        if (!why.empty()) view.warnings.push_back(fmt::format("{} needs attention: {}", who, why));
    };
    warn(to_text(vault.row.id), vault.attention);
    for (const Sleeve& sleeve : vault.sleeves)
        for (const PairSlot& slot : sleeve.slots)
            if (waits_for_a_person(sleeve, slot))
                warn(sleeve_name(vault, sleeve.kind),
                     slot.attention.empty() ? stuck_reason(vault, sleeve, slot) : slot.attention);
}

// Of the pairs that the vault trades, each pair of an account once.
void warn_of_pairs(ports::StatusView& view, const World& world, const Vault& vault,
                   std::set<std::pair<AccountId, Pair>>& told) {
    const Account& account = world.account_of(vault);
    for (const Pair& pair : vault.pairs) {
        const std::string why = pair_trouble(world, account, pair);
        if (!why.empty() && told.emplace(account.row.id, pair).second)
            view.warnings.push_back(fmt::format("{}: {}", to_text(account.row.id), why));
    }
}

void warn_of_cap(ports::StatusView& view, const World& world, const CapLevel& level) {
    const LevelRisk& risk = risk_of(world, level);
    if (risk.capped_by.empty()) return;
    view.warnings.push_back(fmt::format(
        "{} was reached by {}: it blocks {} until {}", risk.capped_by,
        level.user ? "the user " + name_of(world, level) : std::string{"the whole daemon"},
        risk::blocked_words(risk::on_trip(risk.caps, risk.capped_by)),
        risk::end_words(kind_of(level), risk.caps, "vaultctl " + resume_command(world, level))));
}

}  // namespace

void count_vault(ports::StatusView& view, const World& world, const Vault& vault) {
    ++view.vaults;
    view.sleeves += 2;
    view.entries += vault.books.head().seq;
    if (!vault.attention.empty()) ++view.attention;
    for (const Sleeve& sleeve : vault.sleeves)
        count_sleeve(view, world, vault, sleeve);
}

ports::StatusView status_but_vaults(const World& world, const ports::Visible& visible) {
    ports::StatusView view;
    view.state = world.daemon_hold.kind == HoldKind::None
                     ? "running"
                     : std::string{to_text(world.daemon_hold.kind)};
    for (const Account& account : world.accounts) {
        if (!sees(world, visible, account.row.user)) continue;
        ++view.accounts;
        if (account.replay.state == ReplayState::Running) ++view.running_replays;
    }
    if (world.daemon_hold.kind != HoldKind::None)
        view.pauses.push_back(hold_view("daemon", "", world.daemon_hold));
    for (const User& user : world.users) {
        if (!sees(world, visible, user.row.id)) continue;
        ++view.users;
        if (user.hold.kind != HoldKind::None)
            view.pauses.push_back(hold_view("user", user.row.name, user.hold));
    }
    for (const Account& account : world.accounts) {
        if (account.hold.kind == HoldKind::None || !sees(world, visible, account.row.user))
            continue;
        const std::string name = to_text(account.row.id);
        view.pauses.push_back(hold_view("account", name, account.hold));
        ++view.attention;
        view.warnings.push_back(
            fmt::format("{} is halted: {}{}", name, account.hold.why,
                        account.row.history.empty() ? "" : " (" + account.row.history + ")"));
    }
    return view;
}

ports::StatusView status_of(const World& world, const ports::Visible& visible) {
    ports::StatusView view = status_but_vaults(world, visible);
    for (const Vault& vault : world.vaults)
        if (sees(world, visible, vault.row.user)) count_vault(view, world, vault);
    if (view.attention > 0)
        for (const Vault& vault : world.vaults)
            if (sees(world, visible, vault.row.user)) warn_of_attention(view, vault);
    std::set<std::pair<AccountId, Pair>> told;
    for (const Vault& vault : world.vaults)
        if (sees(world, visible, vault.row.user)) warn_of_pairs(view, world, vault, told);
    if (!world.no_buys.empty()) view.warnings.push_back("buys are stopped: " + world.no_buys);
    warn_of_cap(view, world, {});
    for (const User& user : world.users)
        if (sees(world, visible, user.row.id)) warn_of_cap(view, world, {.user = user.row.id});
    return view;
}

}  // namespace vault::engine
