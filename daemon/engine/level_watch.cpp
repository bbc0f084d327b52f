#include "daemon/engine/level_watch.hpp"

#include "daemon/engine/sleeve_trader.hpp"
#include "daemon/risk/loss_caps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vault::engine {
namespace {

std::string_view reached(LevelRisk& level, const LevelFigures& now, UtcTime at) {
    return risk::reached(level.caps, level.capped_by, level.day, level.drawdown,
                         {now.realised, now.unrealised, now.stake}, at);
}

}  // namespace

LevelRisk& LevelWatch::risk_of(const CapLevel& level) {
    return const_cast<LevelRisk&>(engine::risk_of(world_, level));
}

void LevelWatch::touch(const CapLevel& level) {
    if (level.vault)
        recorder_.touch(*world_.find_vault(*level.vault));
    else if (level.user)
        recorder_.touch(*world_.find_user(*level.user));
    else
        recorder_.touch_daemon(world_);
}

void LevelWatch::tell(const CapLevel& level, UtcTime at, std::string severity, std::string type,
                      std::string message, const std::string& actor) {
    ports::Owner owner{{}, {}, Mode::Paper, actor};
    if (level.vault) owner = owner_of(*world_.find_vault(*level.vault), actor);
    if (level.user) owner.user = *level.user;
    recorder_.event(owner, at, std::move(severity), std::move(type), name_of(world_, level),
                    std::move(message));
}

// Its own coins and books, and what turns its asset into the one that the sums are in.
void LevelWatch::list_watched(const Market& market, PairMarket& at, const Pair& pair) {
    at.watched_at = world_.watch_version;
    at.watched.clear();
    for (const AccountId account : market.accounts)
        for (const VaultId id : world_.find_account(account)->vaults) {
            const Vault& vault = *world_.find_vault(id);
            const bool priced = std::ranges::find(vault.pairs, pair) != vault.pairs.end() ||
                                pair == Pair{vault.row.asset, world_.risk_asset} ||
                                pair == Pair{world_.risk_asset, vault.row.asset};
            if (vault.watched && priced) at.watched.push_back(id);
        }
}

void LevelWatch::on_price(const Market& market, PairMarket& at, const Pair& pair, UtcTime now) {
    if (world_.watched_vaults == 0) return;
    if (at.watched_at != world_.watch_version) list_watched(market, at, pair);
    const AccountId by = recorded_under(market);
    std::vector<UserId> users;
    for (const VaultId id : at.watched) {
        Vault& vault = *world_.find_vault(id);
        measure(world_, recorder_, vault);
        if (vault.risk.follows_losses()) judge({.vault = id}, vault.row.account, now);
        if (users.empty() || users.back() != vault.row.user) users.push_back(vault.row.user);
    }
    std::ranges::sort(users);
    users.erase(std::unique(users.begin(), users.end()), users.end());
    for (const UserId id : users)
        if (world_.find_user(id)->risk.follows_losses()) judge({.user = id}, by, now);
    if (!users.empty() && world_.daemon_risk.follows_losses()) judge({}, by, now);
}

void LevelWatch::judge(const CapLevel& level, AccountId by, UtcTime now) {
    LevelRisk& risk = risk_of(level);
    const LevelFigures of = figures_of(world_, level);
    if (of.unresolved > 0) return;
    if (risk.day.day == UtcTime{}) mark_day(level, now);
    const auto before = risk.drawdown;
    const std::string_view cap = reached(risk, of, now);
    if (risk.drawdown != before) touch(level);
    if (cap.empty()) return;
    risk.tripped_in = by;
    trip(level, cap, of, now);
}

void LevelWatch::trip(const CapLevel& level, std::string_view cap, const LevelFigures& figures,
                      UtcTime now) {
    LevelRisk& risk = risk_of(level);
    risk.capped_by = cap;
    risk.trip_day_over = false;
    touch(level);
    const std::string asset = asset_of(world_, level);
    risk.trip = {now, cap == "max_daily_loss"
                          ? risk::daily_loss_text(risk.caps, risk.day, figures.realised,
                                                  figures.unrealised, asset)
                          : risk::drawdown_text(risk.caps, *risk.drawdown, figures.stake, asset)};
    tell_trip(level);
    hold_sleeves(level, cap);
}

// What all users have together is told to who may see all of them; that it holds buys, to all.
void LevelWatch::tell_trip(const CapLevel& level) {
    const LevelRisk& risk = risk_of(level);
    const std::string_view kind = risk::to_text(kind_of(level));
    const std::string what = fmt::format(
        "it blocks {} until {}", risk::blocked_words(risk::on_trip(risk.caps, risk.capped_by)),
        risk::end_words(kind_of(level), risk.caps, "vaultctl " + resume_command(world_, level)));
    const bool of_all = kind_of(level) == risk::Level::Daemon;
    tell(level, risk.trip.at, "alert", "cap_tripped",
         of_all ? fmt::format("{} of the {}: it was reached; {}", risk.capped_by, kind, what)
                : fmt::format("{} of the {}: {}; {}", risk.capped_by, kind, risk.trip.arithmetic,
                              what),
         "engine");
    if (!of_all) return;
    recorder_.event({ports::kForWhoSeesAll, {}, Mode::Paper, "engine"}, risk.trip.at, "info",
                    "cap_arithmetic", name_of(world_, level),
                    fmt::format("{} of the {}: {}", risk.capped_by, kind, risk.trip.arithmetic));
}

void LevelWatch::hold_sleeves(const CapLevel& level, std::string_view why) {
    if (level.vault) return hold_sleeves(*world_.find_vault(*level.vault), why);
    for (Vault& vault : world_.vaults)
        if (!level.user || vault.row.user == *level.user) hold_sleeves(vault, why);
}

// As a hold by hand: buys that are on their way end, and of what blocks more the sales too.
void LevelWatch::hold_sleeves(Vault& vault, std::string_view why) {
    SleeveTrader trader{world_, recorder_};
    const UtcTime now = world_.market_of(world_.account_of(vault)).now;
    for (Sleeve& sleeve : vault.sleeves) {
        const HoldKind before = sleeve.held;
        trader.refresh(vault, sleeve);
        const bool all = sleeve.held > HoldKind::Paused && sleeve.held != before;
        if (!why.empty())
            trader.cancel_orders(vault, sleeve, all ? std::nullopt : std::optional{Side::Buy}, now,
                                 why);
        const bool sells_all = sleeve.held == HoldKind::Liquidating;
        for (PairSlot& slot : sleeve.slots) {
            const bool over = all || (!sells_all && slot.standing_sell == ports::Reason::Liquidate);
            if (!over || slot.standing_sell == ports::Reason::None) continue;
            slot.standing_sell = ports::Reason::None;
            recorder_.touch(vault, sleeve);
        }
        trader.refresh(vault, sleeve);
    }
}

// Marks that are taken while a price is missing would be a guess: they are taken once it has come.
void LevelWatch::mark_day(const CapLevel& level, UtcTime now) {
    LevelRisk& risk = risk_of(level);
    const LevelFigures of = figures_of(world_, level);
    risk.day = {};
    if (of.unresolved == 0) {
        risk.day = {floor_day(now), of.realised, of.unrealised, 0};
        if (!level.vault) begin_days(world_, recorder_, level.user);
    }
    touch(level);
}

void LevelWatch::end_cap(const CapLevel& level, UtcTime now, const std::string& actor) {
    const LevelRisk& risk = risk_of(level);
    if (risk.capped_by.empty()) return;
    if (risk.capped_by == "max_daily_loss" && risk.follows_losses()) mark_day(level, now);
    release(level, now, actor);
}

void LevelWatch::release(const CapLevel& level, UtcTime now, const std::string& actor) {
    LevelRisk& risk = risk_of(level);
    const std::string cap = std::exchange(risk.capped_by, "");
    risk.trip = {};
    if (cap == "max_drawdown") risk.drawdown.reset();  // begins with the next price
    touch(level);
    tell(level, now, "info", "cap_ended",
         fmt::format("{} of the {} holds no longer", cap, risk::to_text(kind_of(level))), actor);
    hold_sleeves(level, {});
}

void LevelWatch::end_with_day(const CapLevel& level, const Market& market, UtcTime now) {
    LevelRisk& risk = risk_of(level);
    if (risk.capped_by.empty()) return;
    if (std::ranges::binary_search(market.accounts, risk.tripped_in)) {
        risk.trip_day_over = true;
        touch(level);
    }
    const LevelFigures of = figures_of(world_, level);
    const bool below = of.unresolved == 0 &&
                       !risk::daily_loss_reached(risk.caps, risk.day, of.realised, of.unrealised);
    if (risk.caps.caps_reset_daily && risk.trip_day_over && below) release(level, now, "engine");
}

void LevelWatch::on_day_over(const Market& market, UtcTime now) {
    std::set<UserId> users;
    for (const AccountId id : market.accounts) {
        const Account& account = *world_.find_account(id);
        users.insert(account.row.user);
        for (const VaultId vault_id : account.vaults) {
            Vault& vault = *world_.find_vault(vault_id);
            measure(world_, recorder_, vault);
            begin_day(world_, recorder_, vault, now);
            if (vault.risk.follows_losses()) mark_day({.vault = vault_id}, now);
            end_with_day({.vault = vault_id}, market, now);
        }
    }
    for (const UserId user : users)
        end_with_day({.user = user}, market, now);
    end_with_day({}, market, now);
}

void LevelWatch::settle() {
    for (const VaultId id : recorder_.touched_vaults())
        settle(*world_.find_vault(id));
}

void LevelWatch::settle(Vault& vault) {
    measure(world_, recorder_, vault);
    for (Sleeve& sleeve : vault.sleeves)
        follow_money(vault, sleeve);
    const UtcTime now = world_.market_of(world_.account_of(vault)).now;
    for (const CapLevel& level :
         {CapLevel{.vault = vault.row.id}, CapLevel{.user = vault.row.user}, CapLevel{}})
        follow_money(level, now);
}

// At the price at which it came or went: a later fall is one of all that is there then.
void LevelWatch::follow_money(Vault& vault, Sleeve& sleeve) {
    if (!sleeve.drawdown || sleeve.capped_by == "max_drawdown") return;
    const risk::Stake stake = stake_of(vault, sleeve.kind, unrealised_of(world_, vault, sleeve));
    if (stake.principal == sleeve.drawdown->principal) return;
    risk::follow(*sleeve.drawdown, stake, world_.market_of(world_.account_of(vault)).now);
    recorder_.touch(vault, sleeve);
}

void LevelWatch::follow_money(const CapLevel& level, UtcTime now) {
    LevelRisk& risk = risk_of(level);
    if (!risk.drawdown || risk.capped_by == "max_drawdown") return;
    const LevelFigures of = figures_of(world_, level);
    if (of.unresolved > 0 || of.stake.principal == risk.drawdown->principal) return;
    risk::follow(*risk.drawdown, of.stake, now);
    touch(level);
}

void LevelWatch::set_caps(const CapLevel& level, const risk::Caps& caps, UtcTime now) {
    LevelRisk& risk = risk_of(level);
    const bool followed = risk.follows_losses();
    risk.caps = caps;
    if (!level.vault) begin_sums(world_, recorder_);
    if (!risk.follows_losses()) risk.day = {};
    if (risk.follows_losses() && !followed) mark_day(level, now);
    if (!caps.max_drawdown) risk.drawdown.reset();
    engine::list_watched(world_);
    touch(level);
    if (!level.vault) recorder_.touch_daemon(world_);  // it keeps in which asset the sums are
    hold_sleeves(level, risk.capped_by);
}

// Sums in another asset than before begin anew: what was measured means nothing in it.
void LevelWatch::forget_measures() {
    const auto forget = [](WideRisk& risk) {
        risk.sums.booked = {};
        risk.day = {};
        risk.drawdown.reset();
    };
    forget(world_.daemon_risk);
    recorder_.touch_daemon(world_);
    for (User& user : world_.users) {
        forget(user.risk);
        recorder_.touch(user);
    }
    for (Vault& vault : world_.vaults)
        vault.share = {};
}

void LevelWatch::load(const risk::Caps& daemon, UtcTime now) {
    const bool anew = !world_.summed_in.empty() && world_.summed_in != world_.risk_asset;
    if (anew) forget_measures();
    world_.summed_in = world_.risk_asset;
    if (anew)
        begin_sums(world_, recorder_);
    else
        rebuild_sums(world_, recorder_);
    engine::list_watched(world_);
    if (world_.daemon_risk.caps != daemon) set_caps({}, daemon, now);
}

}  // namespace vault::engine
