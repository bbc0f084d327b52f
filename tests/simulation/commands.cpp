#include "tests/simulation/commands.hpp"

#include "tests/simulation/plain_books.hpp"

#include <fmt/format.h>

namespace vault::simulation {
namespace {

namespace cmd = ports::cmd;

template <class... T>
struct Overloaded : T... {
    using T::operator()...;
};
template <class... T>
Overloaded(T...) -> Overloaded<T...>;

constexpr std::uint64_t kCorrectedMax = 80;  // most journals grow longer, some do not

Decimal half(Decimal amount) {
    return Decimal::from_raw(amount.raw() / 2);
}

cmd::SetStrategy by_script(VaultId vault, SleeveKind sleeve) {
    cmd::SetStrategy choice{vault, sleeve, "script", ""};
    choice.command = "./mine.py";  // one script for all sleeves of a user
    return choice;
}

std::string vault_text(const ports::VaultView& v) {
    return fmt::format(
        "{} {}", to_text(v.id),
        face_text(v.total, v.tradeable, v.reserve, v.unallocated, v.quiet.cash, v.flash.cash));
}

}  // namespace

std::string render(const ports::View& view) {
    const Overloaded text{
        [](const ports::VaultView& v) { return vault_text(v); },
        [](const ports::UserView& v) { return v.name; },
        [](const ports::AccountView& v) { return to_text(v.id) + " " + v.label; },
        [](const ports::SleeveView& v) {
            return fmt::format("{} {} {}", v.state, v.cash.text(), v.cycles);
        },
        [](const ports::PauseView& v) {
            return fmt::format("{} {} {} {}", v.level, v.target, v.state, v.changed);
        },
        [](const ports::ReplayView& v) {
            return fmt::format("{} {} {}", to_text(v.account), v.state, v.position);
        },
        [](const std::vector<ports::ReplayView>& views) {
            return views.empty() ? std::string{"none"} : views.front().state;
        },
        [](const ports::EntryView& v) { return v.cause; },
        [](const ports::StatusView& v) { return fmt::format("{} {}", v.vaults, v.entries); },
        [](const auto& views) { return std::to_string(sizeof(views)); }};
    return std::visit(text, view);
}

cmd::ReplayStart replay_start(const Plan& plan, AccountId account, std::uint32_t segment) {
    std::vector<Pair> pairs;
    for (const PlannedVault& vault : plan.vaults)
        if (vault.account == account)
            pairs.insert(pairs.end(), vault.pairs.begin(), vault.pairs.end());
    Random random{split_seed(plan.seed, 1'000 + account.value * 16ULL + segment)};
    cmd::ReplayStart start;
    start.account = account;
    start.source = "synthetic";
    start.pair = pairs[segment % pairs.size()];
    start.interval = plan.step;
    start.seed = random.next();
    start.from = kMarketStart + std::chrono::days{segment};
    const std::uint64_t pace = random.below(3);
    if (pace > 0) start.speed = Decimal::from_int(pace == 1 ? 3'600 : 40'000);
    return start;
}

std::vector<Draft> setup_commands(const Plan& plan) {
    std::vector<Draft> out;
    const auto add = [&out](ports::Command command) { out.push_back({std::move(command)}); };
    for (const std::string& user : plan.users)
        add(cmd::CreateUser{user, Role::Member});
    for (std::size_t i = 0; i < plan.account_owner.size(); ++i) {
        const AccountId id{static_cast<std::uint32_t>(i + 1)};
        add(cmd::AddAccount{plan.account_owner[i], "paper", to_text(id)});
        add(replay_start(plan, id, 0));
    }
    for (std::size_t i = 0; i < plan.vaults.size(); ++i) {
        const PlannedVault& vault = plan.vaults[i];
        const VaultId id{static_cast<std::uint32_t>(i + 1)};
        const Decimal tradeable = vault.balance - half(half(half(vault.balance)));
        add(cmd::CreateVault{vault.account, vault.asset, vault.balance});
        add(cmd::SetPairs{id, vault.pairs, {}, false});
        add(cmd::SetTradeable{id, tradeable});
        add(cmd::Allocate{id, half(half(tradeable)), half(tradeable)});
        if (i % 3 != 0) add(cmd::SetSleeve{id, SleeveKind::Quiet, {{"preset", "flash"}}});
        if (i % 4 == 1) add(by_script(id, SleeveKind::Flash));
    }
    return out;
}

VaultId CommandSource::vault() {
    const std::uint64_t wrong = random_.below(50) == 0 ? 5 : 0;
    return VaultId{static_cast<std::uint32_t>(1 + random_.below(plan_.vaults.size()) + wrong)};
}

AccountId CommandSource::account() {
    return AccountId{static_cast<std::uint32_t>(1 + random_.below(plan_.account_owner.size()))};
}

SleeveKind CommandSource::sleeve() {
    return random_.below(2) == 0 ? SleeveKind::Quiet : SleeveKind::Flash;
}

// Mostly sensible; now and then a digit at the last place, a negative, nothing, or far too much.
Decimal CommandSource::amount() {
    const auto cents = static_cast<Decimal::Raw>(1 + random_.below(100'000));
    switch (random_.below(20)) {
        case 0: return Decimal::from_raw(cents);
        case 1: return -Decimal::from_raw(cents * (Decimal::kOne / 100));
        case 2: return kZero;
        case 3: return Decimal::from_int(90'000'000'000'000'000);
        case 4: return Decimal::from_raw(cents * (Decimal::kOne / 100) + 1);
        case 5: return Decimal::from_raw(cents * Decimal::kOne);
    }
    return Decimal::from_raw(cents * (Decimal::kOne / 100));
}

Pair CommandSource::pair_for(VaultId id) {
    const bool known = id.value >= 1 && id.value <= plan_.vaults.size();
    if (!known || random_.below(20) == 0) return pair_of("SOL/USD");
    const std::vector<Pair>& pairs = plan_.vaults[id.value - 1].pairs;
    return pairs[random_.below(pairs.size())];
}

cmd::PaperTrade CommandSource::hand_trade(VaultId id) {
    const auto lots = static_cast<Decimal::Raw>(1 + random_.below(20'000));
    cmd::PaperTrade trade;
    trade.pair = pair_for(id);
    trade.account =
        id.value <= plan_.vaults.size() ? plan_.vaults[id.value - 1].account : account();
    trade.side = random_.below(2) == 0 ? Side::Buy : Side::Sell;
    trade.quantity = Quantity{Decimal::from_raw(lots * (Decimal::kOne / 10'000))};
    const auto price = static_cast<std::int64_t>(1 + random_.below(4'000));
    if (random_.below(3) > 0) trade.price = Price{Decimal::from_int(price)};
    return trade;
}

ports::Command CommandSource::money_command() {
    const VaultId id = vault();
    const Decimal some = amount();
    const Decimal other = random_.below(2) == 0 ? kZero : amount();
    switch (random_.below(6)) {
        case 0: return cmd::SetTradeable{id, some};
        case 1: return cmd::Allocate{id, some, other};
        case 2: return cmd::Unallocate{id, other, some};
        case 3: {
            const bool quote = random_.below(4) != 0;
            const AccountId to = account();
            const Asset asset = asset_of(!quote ? "ETH" : random_.below(2) == 0 ? "USDT" : "USD");
            return cmd::PaperFunding{to, asset, random_.below(3) == 0 ? -some : some};
        }
        case 4: return hand_trade(id);
    }
    return cmd::Allocate{id, other, some};
}

ports::Command CommandSource::setting_command() {
    const VaultId id = vault();
    static const std::array<std::map<std::string, std::string>, 9> settings{{
        {{"preset", "flash"}},
        {{"preset", "quiet"}},
        {{"spend", "0.5"}, {"cooldown", "10m"}},
        {{"max_daily_loss", "25"}},
        {{"max_daily_loss", "off"}},
        {{"max_position", "300"}, {"caps_reset_daily", "true"}},
        {{"history", "4h"}, {"trail_drop", "0.002"}},
        {{"stop_loss", "0.000001"}},
        {{"no_such_key", "1"}},
    }};
    switch (random_.below(6)) {
        case 0: {
            const std::uint64_t pct = random_.below(110);
            if (random_.below(4) == 0) return cmd::SetReserve{id, std::nullopt};
            return cmd::SetReserve{id, Decimal::from_int(static_cast<std::int64_t>(pct))};
        }
        case 1: {
            const auto mode = static_cast<cmd::AutoRaiseMode>(random_.below(3));
            const auto percent = Decimal::from_int(static_cast<std::int64_t>(random_.below(120)));
            if (random_.below(2) == 0) return cmd::SetAutoRaise{id, mode, percent, std::nullopt};
            return cmd::SetAutoRaise{id, mode, percent, amount()};
        }
        case 2: return cmd::SetPairs{id, {pair_for(id)}, {}, false};
        case 3: return cmd::SetPairs{id, {}, {pair_for(id)}, false};
        case 4: {
            const std::uint64_t which = random_.below(4);
            if (which == 1) return by_script(id, sleeve());
            return cmd::SetStrategy{id, sleeve(), which == 0 ? "magic" : "cycle", ""};
        }
    }
    return cmd::SetSleeve{id, sleeve(), settings[random_.below(settings.size())]};
}

cmd::Target CommandSource::target() {
    cmd::Target target;
    const std::uint64_t level = random_.below(12);
    target.level = level < 5    ? cmd::Target::Level::Sleeve
                   : level < 10 ? cmd::Target::Level::Vault
                   : level < 11 ? cmd::Target::Level::User
                                : cmd::Target::Level::Daemon;
    if (level < 10) target.vault = vault();
    target.sleeve = sleeve();
    if (level == 10) target.user = plan_.users[random_.below(plan_.users.size())];
    return target;
}

// As many resumes as holds, or everything would stand still.
ports::Command CommandSource::hold_command() {
    switch (random_.below(8)) {
        case 0:
        case 1: return cmd::Pause{target(), "simulated"};
        case 2: return cmd::Halt{target(), "simulated"};
        case 3: return cmd::Liquidate{target(), "simulated"};
    }
    return cmd::Resume{target(), "simulated"};
}

ports::Command CommandSource::odd_command() {
    const VaultId id = vault();
    switch (random_.below(plan_.corrections ? 9 : 7)) {
        case 0: return cmd::CreateUser{fmt::format("extra{}", ++names_), Role::Auditor};
        case 1: return cmd::CreateUser{"Bad Name", Role::Member};
        case 2: {
            const std::string& user = plan_.users[random_.below(plan_.users.size())];
            if (random_.below(2) == 0) return cmd::SetWallets{user, {asset_of("DAI")}, {}};
            return cmd::SetWallets{user, {}, {asset_of("DAI")}};
        }
        case 3: return cmd::RefreshVault{id};
        case 4: return cmd::WriteDown{id, sleeve(), std::nullopt};
        case 5: return cmd::SetMode{id, random_.below(2) == 0 ? Mode::Paper : Mode::Live};
        case 6:
        case 7: return cmd::CorrectEntry{id, 1 + random_.below(kCorrectedMax), "simulated", {}};
    }
    const auto as = static_cast<cmd::ResolvePosition::As>(random_.below(3));
    return cmd::ResolvePosition{
        id, sleeve(), std::nullopt, as,
        Price{Decimal::from_int(static_cast<std::int64_t>(1 + random_.below(100)))}};
}

Draft CommandSource::draw() {
    switch (random_.below(10)) {
        case 0:
        case 1: return {hold_command()};
        case 2:
        case 3: return {setting_command()};
        case 4: return {odd_command()};
    }
    return {money_command()};
}

Draft CommandSource::mutation() {
    Draft draft = draw();
    draft.reserved = std::holds_alternative<cmd::Pause>(draft.command) ||
                     std::holds_alternative<cmd::Halt>(draft.command);
    draft.dry_run = random_.below(8) == 0;
    return draft;
}

Draft CommandSource::query() {
    switch (random_.below(8)) {
        case 0: return {cmd::ListVaults{}};
        case 1: return {cmd::ShowStatus{}, true};
        case 2: return {cmd::ListPositions{}};
        case 3: return {cmd::Barrier{}};
        case 4: return {cmd::ShowSleeve{vault(), sleeve()}};
    }
    return {cmd::ShowVault{vault()}};
}

}  // namespace vault::simulation
