#include "daemon/engine/idle_watch.hpp"

#include "daemon/engine/view_builder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {
namespace {

constexpr SteadyTime kLookMost = std::chrono::seconds{30};
constexpr SteadyTime kLookLeast = std::chrono::milliseconds{100};

bool is_expected_to_decide(const World& world, const Vault& vault, const Sleeve& sleeve) {
    if (sleeve.held != HoldKind::None || !vault.attention.empty() || vault.pairs.empty())
        return false;
    const Account& account = world.account_of(vault);
    const bool prices = std::ranges::any_of(vault.pairs, [&](const Pair& pair) {
        const PairRules* const rules = world.rules_of(account, pair);
        return rules != nullptr && makes_prices(rules->status);
    });
    if (!prices) return false;
    const bool live = !world.market_of(account).exchange.empty();
    if (!live && account.replay.state != ReplayState::Running) return false;
    const bool has_money = vault.books.free_cash(sleeve.kind).is_positive() ||
                           !vault.books.flat(sleeve.kind) || has_live_order(sleeve);
    return has_money && vault.books.tradeable().is_positive();
}

std::string why_idle(const World& world, const Vault& vault, const Sleeve& sleeve) {
    const Account& account = world.account_of(vault);
    const Market& market = world.market_of(account);
    std::string pairs;
    for (const Pair& pair : vault.pairs)
        pairs += (pairs.empty() ? "" : ", ") + pair.text();
    const std::string source =
        market.exchange.empty()
            ? fmt::format("the replay of {} runs, but stands still", to_text(account.row.id))
            : fmt::format("{} sends none", market.exchange);
    const std::string_view script = sleeve.script ? "no answer of its script, or " : "";
    return fmt::format("{}no fresh price of {}: {}", script, pairs, source);
}

}  // namespace

void IdleWatch::look(const World& world, Recorder& recorder, Duration idle_after, SteadyTime steady,
                     UtcTime now) {
    if (idle_after == Duration{0}) return watched_.clear();
    if (steady < next_ && idle_after == idle_after_) return;
    idle_after_ = idle_after;
    next_ = steady + std::clamp<SteadyTime>(idle_after / 10, kLookLeast, kLookMost);
    for (const Vault& vault : world.vaults)
        for (const Sleeve& sleeve : vault.sleeves)
            look_at(world, recorder, vault, sleeve, idle_after, steady, now);
}

void IdleWatch::look_at(const World& world, Recorder& recorder, const Vault& vault,
                        const Sleeve& sleeve, Duration idle_after, SteadyTime steady, UtcTime now) {
    const auto [place, is_new] = watched_.try_emplace({vault.row.id, sleeve.kind});
    Watched& seen = place->second;
    const std::string name = is_new ? sleeve_name(vault, sleeve.kind) : std::string{};
    if (is_new) {
        seen.looks = sleeve.looks;
        seen.since = steady;
        seen.told = world.alerts.is_open(kSleeveIdle, kSleeveIdleOver, name, vault.row.user);
    }
    const bool expected = is_expected_to_decide(world, vault, sleeve);
    const auto tell = [&](std::string_view kind, std::string message) {
        recorder.event(owner_of(vault, "engine"), now, "warning", std::string{kind},
                       sleeve_name(vault, sleeve.kind), std::move(message));
    };
    if (!expected || sleeve.looks != seen.looks) {
        seen.looks = sleeve.looks;
        seen.since = steady;
        if (std::exchange(seen.told, false))
            tell(kSleeveIdleOver, expected ? "prices come again, and it decides"
                                           : "nothing is expected of it any more");
        return;
    }
    if (seen.told || steady - seen.since < idle_after) return;
    seen.told = true;
    tell(kSleeveIdle, fmt::format("it is alive but idle, without a decision for {}; {}",
                                  format_duration(idle_after), why_idle(world, vault, sleeve)));
}

}  // namespace vault::engine
