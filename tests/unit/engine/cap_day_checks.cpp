// The watcher of what the loss caps measure: whose midnight begins whose day anew, that a cost
// which somebody states is no loss and no profit, and when a latch ends by itself.
#include "daemon/engine/cap_inputs.hpp"
#include "tests/unit/engine/engine_checks.hpp"

#include <fmt/format.h>

namespace vault::engine::test {
namespace {

constexpr Decimal kRounding = Decimal::from_raw(Decimal::kOne / 1'000'000'000);

bool differs(Decimal a, Decimal b) {
    return (a - b).abs() > kRounding;
}

// A user's or the daemon's.
struct Wide {
    std::string name;
    const WideRisk& risk;
    WideMark VaultShare::*mark;
    std::vector<const Vault*> vaults{};
};

std::vector<Wide> wide_levels(const World& world) {
    std::vector<Wide> out{{"daemon", world.daemon_risk, &VaultShare::of_daemon}};
    for (const User& user : world.users)
        out.push_back({user.row.name, user.risk, &VaultShare::of_user});
    for (Wide& level : out)
        for (const Vault& vault : world.vaults)
            if (level.name == "daemon" ||
                world.users[vault.row.user.value - 1].row.name == level.name)
                level.vaults.push_back(&vault);
    return out;
}

// The marks of its vaults are what the level measures from.
std::string marks_drift(const Wide& level) {
    Decimal realised = level.risk.day.realised_before;
    Decimal unrealised;
    for (const Vault* const vault : level.vaults) {
        const WideMark& mark = vault->share.*level.mark;
        realised += mark.realised;
        unrealised += mark.unrealised.value_or(kZero);
    }
    if (differs(realised, level.risk.sums.booked.realised))
        return "what its vaults booked since their midnights is not what it measures";
    return differs(unrealised, level.risk.day.unrealised_before)
               ? "what was open at its vaults' midnights is not what it measures from"
               : "";
}

struct CapDays {
    std::map<std::string, WideMark> marks;  // by level and vault, of levels that measure a day
    std::map<std::string, Decimal> lost;    // by level
    std::map<std::string, std::string> capped;

    std::string operator()(const EngineStep& step) {
        std::string bad;
        std::map<std::string, WideMark> marks_now;
        std::map<std::string, std::string> capped_now;
        for (const Wide& level : wide_levels(step.world())) {
            capped_now[level.name] = level.risk.capped_by;
            if (bad.empty()) bad = early_end(step, level);
            if (!level.risk.measures_day()) continue;
            if (bad.empty()) bad = marks_drift(level);
            for (const Vault* const vault : level.vaults) {
                const std::string name = level.name + " " + to_text(vault->row.id);
                marks_now[name] = vault->share.*level.mark;
                if (bad.empty()) bad = others_midnight(step, *vault, name, marks_now[name]);
            }
            if (!bad.empty()) bad += " (of " + level.name + ")";
        }
        std::map<std::string, Decimal> lost_now = losses(step.world());
        if (bad.empty() && step.what == "adopt" && !step.refused) bad = stated_loss(lost_now);
        marks = std::move(marks_now);
        lost = std::move(lost_now);
        capped = std::move(capped_now);
        return bad;
    }

    // A price of another account neither begins a vault's day anew nor books anything in it; its
    // own midnight does.
    std::string others_midnight(const EngineStep& step, const Vault& vault, const std::string& name,
                                const WideMark& now) const {
        const auto before = marks.find(name);
        if (before == marks.end() || step.kind != StepKind::Tick) return {};
        if (vault.row.account != step.account)
            return now == before->second ? ""
                                         : "a price of another account moved the day of " + name;
        const auto of_vault = [&](const auto& row) { return row.vault == vault.row.id; };
        const bool closed = std::ranges::any_of(step.rows().day_closes, of_vault);
        const bool booked = std::ranges::any_of(step.rows().entries, of_vault);
        return closed && !booked && !now.realised.is_zero()
                   ? "its midnight did not begin the day of " + name + " anew"
                   : "";
    }

    std::string early_end(const EngineStep& step, const Wide& level) const {
        const auto before = capped.find(level.name);
        if (before == capped.end() || before->second.empty() || !level.risk.capped_by.empty())
            return {};
        if (step.kind != StepKind::Tick) return {};
        if (!level.risk.caps.caps_reset_daily || step.rows().day_closes.empty())
            return "a latch ended with no day";
        return {};
    }

    std::string stated_loss(const std::map<std::string, Decimal>& now) const {
        for (const auto& [name, loss] : now) {
            const auto before = lost.find(name);
            if (before != lost.end() && differs(before->second, loss))
                return fmt::format("adopting coins made the loss of {} {} of {}", name, loss.text(),
                                   before->second.text());
        }
        return {};
    }

    static std::map<std::string, Decimal> losses(const World& world) {
        std::map<std::string, Decimal> out;
        const auto of_level = [&](const std::string& name, const CapLevel& level) {
            const LevelRisk& risk = risk_of(world, level);
            const LevelFigures now = figures_of(world, level);
            if (risk.follows_losses() && risk.day.day != UtcTime{} && now.unresolved == 0)
                out[name] = risk::loss_today(risk.day, now.realised, now.unrealised);
        };
        of_level("daemon", {});
        for (const User& user : world.users)
            of_level(user.row.name, {.user = user.row.id});
        for (const Vault& vault : world.vaults) {
            of_level(to_text(vault.row.id), {.vault = vault.row.id});
            for (const Sleeve& sleeve : vault.sleeves)
                out[sleeve_name(vault, sleeve.kind)] =
                    risk::loss_today(sleeve.day, vault.books.sleeve(sleeve.kind).realised,
                                     unrealised_of(world, vault, sleeve));
        }
        return out;
    }
};

}  // namespace

Watcher cap_day_watcher() {
    return CapDays{};
}

}  // namespace vault::engine::test
