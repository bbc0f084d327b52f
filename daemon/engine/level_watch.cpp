#include "daemon/engine/level_watch.hpp"

#include "daemon/engine/sleeve_trader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {
namespace {

// Follows the drawdown; the cap that has just been reached, empty if none.
std::string_view reached(LevelRisk& level, const LevelFigures& now, UtcTime at) {
    if (level.caps.max_drawdown && level.capped_by != "max_drawdown") {
        if (!level.drawdown) level.drawdown = risk::begin_drawdown(now.stake, at);
        risk::follow(*level.drawdown, now.stake, at);
    }
    if (!level.capped_by.empty()) return {};
    if (risk::daily_loss_reached(level.caps, level.day, now.realised, now.unrealised))
        return "max_daily_loss";
    const bool fallen =
        level.caps.max_drawdown &&
        risk::drawdown_reached(*level.drawdown, now.stake, *level.caps.max_drawdown);
    return fallen ? "max_drawdown" : "";
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
                                pair == Pair{vault.row.asset, world_.risk_asset};
            if (vault.watched && priced) at.watched.push_back(id);
        }
}

void LevelWatch::on_price(const Market& market, PairMarket& at, const Pair& pair, UtcTime now) {
    if (world_.watched_vaults == 0) return;
    if (at.watched_at != world_.watch_version) list_watched(market, at, pair);
    std::vector<UserId> users;
    for (const VaultId id : at.watched) {
        Vault& vault = *world_.find_vault(id);
        measure(world_, recorder_, vault);
        if (vault.risk.follows_losses()) judge({.vault = id}, now);
        if (users.empty() || users.back() != vault.row.user) users.push_back(vault.row.user);
    }
    std::ranges::sort(users);
    users.erase(std::unique(users.begin(), users.end()), users.end());
    for (const UserId id : users)
        if (world_.find_user(id)->risk.follows_losses()) judge({.user = id}, now);
    if (!users.empty() && world_.daemon_risk.follows_losses()) judge({}, now);
}

void LevelWatch::judge(const CapLevel& level, UtcTime now) {
    LevelRisk& risk = risk_of(level);
    const LevelFigures of = figures_of(world_, level);
    if (of.unresolved > 0) return;
    if (risk.day.day == UtcTime{}) mark_day(level, now);
    const auto before = risk.drawdown;
    const std::string_view cap = reached(risk, of, now);
    if (risk.drawdown != before) touch(level);
    if (!cap.empty()) trip(level, cap, of, now);
}

void LevelWatch::trip(const CapLevel& level, std::string_view cap, const LevelFigures& figures,
                      UtcTime now) {
    LevelRisk& risk = risk_of(level);
    risk.capped_by = cap;
    touch(level);
    const std::string asset = asset_of(world_, level);
    const std::string arithmetic =
        cap == "max_daily_loss"
            ? risk::daily_loss_text(risk.caps, risk.day, figures.realised, figures.unrealised,
                                    asset)
            : risk::drawdown_text(risk.caps, *risk.drawdown, figures.stake, asset);
    tell(
        level, now, "alert", "cap_tripped",
        fmt::format("{} of the {}: {}; it blocks {} until {}{}", cap, risk::to_text(kind_of(level)),
                    arithmetic, risk::blocked_words(risk::on_trip(risk.caps, cap)),
                    risk.caps.caps_reset_daily ? "the next UTC day, or until " : "",
                    "vaultctl " + resume_command(world_, level)),
        "engine");
    hold_sleeves(level, cap);
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
    if (of.unresolved == 0) risk.day = {floor_day(now), of.realised, of.unrealised, 0};
    touch(level);
}

void LevelWatch::end_cap(const CapLevel& level, UtcTime now, const std::string& actor) {
    LevelRisk& risk = risk_of(level);
    if (risk.capped_by.empty()) return;
    const std::string cap = std::exchange(risk.capped_by, "");
    if (cap == "max_daily_loss" && risk.follows_losses()) mark_day(level, now);
    if (cap == "max_drawdown") risk.drawdown.reset();  // begins with the next price
    touch(level);
    tell(level, now, "info", "cap_ended",
         fmt::format("{} of the {} holds no longer and measures from {} on", cap,
                     risk::to_text(kind_of(level)), format_utc(now)),
         actor);
    hold_sleeves(level, {});
}

void LevelWatch::roll(const CapLevel& level, UtcTime now) {
    LevelRisk& risk = risk_of(level);
    if (floor_day(now) <= risk.day.day) return;
    if (risk.follows_losses()) mark_day(level, now);
    if (risk.caps.caps_reset_daily) end_cap(level, now, "engine");
}

void LevelWatch::on_day_over(const Market& market, UtcTime now) {
    for (const AccountId id : market.accounts) {
        const Account& account = *world_.find_account(id);
        for (const VaultId vault : account.vaults)
            roll({.vault = vault}, now);
        roll({.user = account.row.user}, now);
    }
    roll({}, now);
}

void LevelWatch::settle() {
    for (const VaultId id : recorder_.touched_vaults())
        measure(world_, recorder_, *world_.find_vault(id));
}

void LevelWatch::set_caps(const CapLevel& level, const risk::Caps& caps, UtcTime now) {
    LevelRisk& risk = risk_of(level);
    const bool followed = risk.follows_losses();
    risk.caps = caps;
    if (!level.vault) rebuild_sums(world_, recorder_);
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
    if (!world_.summed_in.empty() && world_.summed_in != world_.risk_asset) forget_measures();
    world_.summed_in = world_.risk_asset;
    rebuild_sums(world_, recorder_);
    engine::list_watched(world_);
    if (world_.daemon_risk.caps != daemon) set_caps({}, daemon, now);
}

}  // namespace vault::engine
