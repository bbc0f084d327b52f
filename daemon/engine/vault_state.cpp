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

HoldKind effective_hold(const WiderHolds& wider, const Vault& vault, const Sleeve& sleeve) {
    const Hold& own =
        VAULT_ENGINE_PLANTED(HoldOfOtherSleeve)
            ? vault.sleeve(sleeve.kind == SleeveKind::Quiet ? SleeveKind::Flash : SleeveKind::Quiet)
                  .hold
            : sleeve.hold;
    return effective({&wider.daemon, &wider.user, &vault.hold, &own});
}

}  // namespace vault::engine
