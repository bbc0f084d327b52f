#include "daemon/engine/vault_state.hpp"

#include "daemon/engine/planted_bug.hpp"

#include <algorithm>
#include <array>

namespace vault::engine {

SharedParams::SharedParams(const strategy::CycleParams& params) {
    static const std::array kPresets{
        std::make_shared<const strategy::CycleParams>(strategy::flash_preset()),
        std::make_shared<const strategy::CycleParams>(strategy::quiet_preset())};
    for (const auto& preset : kPresets)
        if (*preset == params) shared_ = preset;
    if (!shared_) shared_ = std::make_shared<const strategy::CycleParams>(params);
}

PairSlot* find_slot(Sleeve& sleeve, const Pair& pair) {
    const auto found = std::find_if(sleeve.slots.begin(), sleeve.slots.end(),
                                    [&](const PairSlot& slot) { return slot.pair == pair; });
    return found == sleeve.slots.end() ? nullptr : &*found;
}

Order* find_order(Sleeve& sleeve, const OrderId& id) {
    const auto found = std::find_if(sleeve.orders.begin(), sleeve.orders.end(),
                                    [&](const Order& order) { return order.request.id == id; });
    return found == sleeve.orders.end() ? nullptr : &*found;
}

bool waits_for_a_person(const Sleeve& sleeve, const PairSlot& slot) {
    return !slot.attention.empty() || (is_stuck(slot) && sleeve.held == HoldKind::Liquidating);
}

bool waits_for_a_person(const Sleeve& sleeve) {
    return std::any_of(sleeve.slots.begin(), sleeve.slots.end(),
                       [&](const PairSlot& slot) { return waits_for_a_person(sleeve, slot); });
}

bool has_live_order(const Sleeve& sleeve) {
    return std::any_of(sleeve.orders.begin(), sleeve.orders.end(),
                       [](const Order& order) { return order.live(); });
}

bool has_live_order(const Sleeve& sleeve, const Pair& pair) {
    return std::any_of(sleeve.orders.begin(), sleeve.orders.end(), [&](const Order& order) {
        return order.live() && order.request.pair == pair;
    });
}

std::string sleeve_name(const Vault& vault, SleeveKind kind) {
    return to_text(vault.row.id) + "." + std::string{to_text(kind)};
}

ports::Owner owner_of(const Vault& vault, std::string actor) {
    return {vault.row.user, vault.row.account, vault.row.mode, std::move(actor)};
}

namespace {

bool is_idle(const Vault& vault, const Sleeve& sleeve) {
    return vault.books.flat(sleeve.kind) && !has_live_order(sleeve);
}

}  // namespace

std::optional<WiderLatch> latched_above(const WiderHolds& wider, const Vault& vault) {
    if (!wider.daemon_risk.capped_by.empty())
        return WiderLatch{risk::Level::Daemon, wider.daemon_risk.capped_by};
    if (!wider.user_risk.capped_by.empty())
        return WiderLatch{risk::Level::User, wider.user_risk.capped_by};
    if (!vault.risk.capped_by.empty()) return WiderLatch{risk::Level::Vault, vault.risk.capped_by};
    return std::nullopt;
}

// A liquidation is over for a sleeve once it has nothing left to sell: then all is blocked.
HoldKind hold_of_caps(const WiderHolds& wider, const Vault& vault, const Sleeve& sleeve) {
    HoldKind strongest = HoldKind::None;
    const auto look = [&](const std::string& capped_by, const risk::Caps& caps) {
        if (capped_by.empty()) return;
        switch (risk::on_trip(caps, capped_by)) {
            case risk::OnTrip::Entries: return;
            case risk::OnTrip::All: strongest = HoldKind::Halted; return;
            case risk::OnTrip::Liquidate:
                strongest = std::max(
                    strongest, is_idle(vault, sleeve) ? HoldKind::Halted : HoldKind::Liquidating);
                return;
        }
    };
    look(wider.daemon_risk.capped_by, wider.daemon_risk.caps);
    look(wider.user_risk.capped_by, wider.user_risk.caps);
    look(vault.risk.capped_by, vault.risk.caps);
    look(sleeve.capped_by, sleeve.caps);
    return strongest;
}

HoldKind asked_hold(const WiderHolds& wider, const Vault& vault, const Sleeve& sleeve) {
    const Hold& own =
        VAULT_ENGINE_PLANTED(HoldOfOtherSleeve)
            ? vault.sleeve(sleeve.kind == SleeveKind::Quiet ? SleeveKind::Flash : SleeveKind::Quiet)
                  .hold
            : sleeve.hold;
    return effective({&wider.daemon, &wider.user, &wider.account, &vault.hold, &own});
}

HoldKind effective_hold(const WiderHolds& wider, const Vault& vault, const Sleeve& sleeve) {
    return std::max(asked_hold(wider, vault, sleeve), hold_of_caps(wider, vault, sleeve));
}

}  // namespace vault::engine
