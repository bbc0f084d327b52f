#include "daemon/control/render_views.hpp"

#include "common/protocol/codec.hpp"
#include "daemon/control/json_fields.hpp"
#include "daemon/control/level_marks.hpp"
#include "daemon/control/marks.hpp"
#include "daemon/control/render_alerts.hpp"
#include "daemon/control/render_keys.hpp"
#include "daemon/control/render_top.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::control {

namespace {

json::value to_json(const ports::ApiKeyView& view) {
    return key_to_json(view);
}

json::value to_json(const ports::UserView& view) {
    return json::object{{"id", control::to_json(view.id)},
                        {"name", view.name},
                        {"role", control::to_json(view.role)},
                        {"status", std::string(vault::to_text(view.status))},
                        {"permissions", permission_words(view.permissions)},
                        {"wallets", to_json_list(view.wallets)},
                        {"created_at", control::to_json(view.created_at)}};
}

json::value to_json(const ports::DrawnView& view) {
    auto drawn = protocol::parse_json(view.data_json, view.data_json.size());
    VAULT_CHECK(drawn.has_value(), "an answer of ours is no JSON");
    return std::move(drawn.value());
}

json::value to_json(const ports::WalletView& view) {
    return json::object{{"asset", control::to_json(view.asset)},
                        {"free", control::to_json(view.free)},
                        {"held", control::to_json(view.held)},
                        {"total", control::to_json(view.total)},
                        {"unattributed", control::to_json(view.unattributed)},
                        {"ignored", control::to_json(view.ignored)}};
}

json::object texts_to_json(const std::vector<ports::SettingView>& settings) {
    json::object texts;
    for (const ports::SettingView& setting : settings)
        texts[setting.key] = setting.value;
    return texts;
}

// Named before the template that calls them: they are not found by their arguments' namespace.
json::value to_json(const ports::PositionView& view);
json::value to_json(const ports::PauseView& view);
json::value to_json(const ports::SettingView& view);
json::value to_json(const ports::PresetView& view);
json::value to_json(const ports::AccountView& view);
json::value to_json(const ports::SleeveView& view);
json::value to_json(const ports::VaultView& view);
json::value to_json(const ports::PairView& view);
json::value to_json(const ports::ReplayView& view);
json::value to_json(const ports::JobView& view);
json::value to_json(const ports::CapView& view);

template <class T>
json::value views_to_json(const std::vector<T>& views) {
    json::array list;
    list.reserve(views.size());
    for (const T& view : views)
        list.push_back(to_json(view));
    return list;
}

json::value to_json(const ports::AccountView& view) {
    return json::object{{"id", control::to_json(view.id)},
                        {"user", view.user},
                        {"exchange", view.exchange},
                        {"label", view.label},
                        {"wallets", views_to_json(view.wallets)},
                        {"vaults", to_json_list(view.vaults)},
                        {"now", control::to_json(view.now)},
                        {"created_at", control::to_json(view.created_at)},
                        {"history_unread_since", control::to_json(view.history_unread_since)},
                        {"history", view.history}};
}

json::value to_json(const ports::PositionView& view) {
    return json::object{{"vault", control::to_json(view.vault)},
                        {"sleeve", control::to_json(view.sleeve)},
                        {"pair", control::to_json(view.pair)},
                        {"state", view.state},
                        {"quantity", control::to_json(view.quantity)},
                        {"held", control::to_json(view.held)},
                        {"cost", control::to_json(view.cost)},
                        {"average_price", control::to_json(view.average_price)},
                        {"price", control::to_json(view.price)},
                        {"price_at", control::to_json(view.price_at)},
                        {"price_stale", view.price_stale},
                        {"price_frozen", view.price_frozen},
                        {"value", control::to_json(view.value)},
                        {"unrealised", control::to_json(view.unrealised)},
                        {"opened_at", control::to_json(view.opened_at)},
                        {"kept_exits", texts_to_json(view.kept_exits)}};
}

json::value to_json(const ports::PauseView& view) {
    json::object out{{"level", view.level},     {"target", view.target},
                     {"state", view.state},     {"by", view.by},
                     {"why", view.why},         {"since", control::to_json(view.since)},
                     {"changed", view.changed}, {"durable", view.durable},
                     {"dry_run", view.dry_run}, {"sleeves", to_json_list(view.sleeves)}};
    if (view.job) out["job"] = control::to_json(view.job);
    return out;
}

json::value to_json(const ports::SettingView& view) {
    return json::object{{"key", view.key}, {"value", view.value}, {"default", view.is_default}};
}

json::value to_json(const ports::PresetView& view) {
    return json::object{{"name", view.name},
                        {"user", view.user.empty() ? json::value(nullptr) : json::value(view.user)},
                        {"base", view.base},
                        {"note", view.note},
                        {"created_at", control::to_json(view.created_at)},
                        {"created_by", view.created_by},
                        {"settings", views_to_json(view.settings)}};
}

json::object sleeve_amounts(const ports::SleeveView& view) {
    return json::object{{"vault", control::to_json(view.vault)},
                        {"sleeve", control::to_json(view.sleeve)},
                        {"state", view.state},
                        {"idle_reason", view.idle_reason},
                        {"cash", control::to_json(view.cash)},
                        {"locked", control::to_json(view.locked)},
                        {"pending", control::to_json(view.pending)},
                        {"unallocate_requested", control::to_json(view.unallocate_requested)},
                        {"positions_cost", control::to_json(view.positions_cost)},
                        {"balance", control::to_json(view.balance)},
                        {"principal", control::to_json(view.principal)},
                        {"realised", control::to_json(view.realised)},
                        {"unrealised", control::to_json(view.unrealised)},
                        {"equity", control::to_json(view.equity)},
                        {"fees", control::to_json(view.fees)},
                        {"fee_float", control::to_json(view.fee_float)},
                        {"swept", control::to_json(view.swept)}};
}

json::value to_json(const ports::SleeveView& view) {
    json::object object = sleeve_amounts(view);
    object["positions"] = views_to_json(view.positions);
    object["orders"] = to_json_list(view.orders);
    object["cycles"] = view.cycles;
    object["strategy"] = view.strategy;
    object["mode"] = view.mode;
    object["preset"] = view.preset;
    if (view.script)
        object["script"] = json::object{{"command", view.script->command},
                                        {"folder", view.script->folder},
                                        {"deadline", format_duration(view.script->deadline)},
                                        {"memory_mib", view.script->memory_mib},
                                        {"phase", view.script->phase},
                                        {"fault", view.script->fault}};
    object["settings"] = views_to_json(view.settings);
    object["last_fill_at"] = control::to_json(view.last_fill_at);
    object["pauses"] = views_to_json(view.pauses);
    return object;
}

json::value to_json(const ports::AutoRaiseView& view) {
    return json::object{{"mode", view.mode},
                        {"percent", control::to_json(view.percent)},
                        {"cap", control::to_json(view.cap)}};
}

json::value to_json(const ports::VaultView& view) {
    return json::object{{"id", control::to_json(view.id)},
                        {"user", view.user},
                        {"account", control::to_json(view.account)},
                        {"asset", control::to_json(view.asset)},
                        {"mode", control::to_json(view.mode)},
                        {"state", view.state},
                        {"attention", view.attention},
                        {"total", control::to_json(view.total)},
                        {"tradeable", control::to_json(view.tradeable)},
                        {"reserve", control::to_json(view.reserve)},
                        {"unallocated", control::to_json(view.unallocated)},
                        {"equity", control::to_json(view.equity)},
                        {"shortfall", control::to_json(view.shortfall)},
                        {"reserve_pct", control::to_json(view.reserve_pct)},
                        {"reserve_cap", control::to_json(view.reserve_cap)},
                        {"quiet", to_json(view.quiet)},
                        {"flash", to_json(view.flash)},
                        {"pairs", to_json_list(view.pairs)},
                        {"auto_raise", to_json(view.auto_raise)},
                        {"pauses", views_to_json(view.pauses)},
                        {"created_at", control::to_json(view.created_at)},
                        {"updated_at", control::to_json(view.updated_at)}};
}

json::value to_json(const ports::PairView& view) {
    return json::object{{"pair", control::to_json(view.rules.pair)},
                        {"tick", control::to_json(view.rules.tick)},
                        {"lot", control::to_json(view.rules.lot)},
                        {"min_cost", control::to_json(view.rules.min_cost)},
                        {"min_quantity", control::to_json(view.rules.min_quantity)},
                        {"status", vault::to_text(view.rules.status)},
                        {"status_since", control::to_json(view.status_since)},
                        {"renamed_to", control::to_json(view.rules.renamed_to)},
                        {"trouble", view.trouble},
                        {"selected", view.selected},
                        {"price", control::to_json(view.price)},
                        {"price_at", control::to_json(view.price_at)},
                        {"price_frozen", view.price_frozen}};
}

json::value to_json(const ports::PairsView& view) {
    return json::object{{"vault", control::to_json(view.vault)},
                        {"pairs", views_to_json(view.pairs)}};
}

json::value to_json(const ports::ReplayView& view) {
    return json::object{{"account", control::to_json(view.account)},
                        {"state", view.state},
                        {"source", view.source},
                        {"pair", control::to_json(view.pair)},
                        {"interval", control::to_json(view.interval)},
                        {"seed", view.seed},
                        {"position", view.position},
                        {"ticks", view.ticks},
                        {"now", control::to_json(view.now)},
                        {"virtual_time", control::to_json(view.now)},
                        {"until", control::to_json(view.until)},
                        {"first", control::to_json(view.first)},
                        {"last", control::to_json(view.last)},
                        {"speed", control::to_json(view.speed)},
                        {"job", control::to_json(view.job)}};
}

json::value to_json(const ports::PairMarketView& view) {
    return json::object{{"account", control::to_json(view.account)},
                        {"recorded_under", control::to_json(view.recorded_under)},
                        {"pair", control::to_json(view.pair)},
                        {"price", control::to_json(view.price)},
                        {"price_at", control::to_json(view.price_at)}};
}

json::value to_json(const ports::JobView& view) {
    return json::object{{"id", control::to_json(view.id)},
                        {"method", view.method},
                        {"object", view.object},
                        {"state", view.state},
                        {"by", view.by},
                        {"detail", view.detail},
                        {"started_at", control::to_json(view.started_at)},
                        {"ended_at", control::to_json(view.ended_at)}};
}

json::value to_json(const ports::EntryView& view) {
    return json::object{{"vault", control::to_json(view.vault)},
                        {"seq", view.seq},
                        {"kind", view.kind},
                        {"cause", view.cause}};
}

json::value to_json(const ports::CapView& view) {
    return json::object{{"level", view.level},
                        {"of", view.of},
                        {"cap", view.cap},
                        {"limit", view.limit},
                        {"standing", view.standing},
                        {"headroom", view.headroom},
                        {"asset", view.asset},
                        {"blocks", view.blocks},
                        {"arithmetic", view.arithmetic},
                        {"tripped_at", control::to_json(view.tripped_at)},
                        {"tripped", view.tripped},
                        {"ends", view.ends},
                        {"remedy", view.remedy}};
}

json::value to_json(const ports::StatusView& view) {
    return json::object{{"state", view.state},
                        {"users", view.users},
                        {"accounts", view.accounts},
                        {"vaults", view.vaults},
                        {"sleeves", view.sleeves},
                        {"open_positions", view.open_positions},
                        {"live_orders", view.live_orders},
                        {"unresolved_orders", view.unresolved_orders},
                        {"paused_sleeves", view.paused_sleeves},
                        {"attention", view.attention},
                        {"running_replays", view.running_replays},
                        {"entries", view.entries},
                        {"pauses", views_to_json(view.pauses)},
                        {"warnings", to_json_list(view.warnings)}};
}

json::value to_json(const ports::KeyPolicyView& view) {
    return policy_to_json(view);
}

json::value to_json(const ports::AlertsView& view) {
    return alerts_to_json(view);
}

json::value to_json(const ports::TopView& view) {
    return top_to_json(view);
}

struct ToJson {
    json::value operator()(const std::vector<ports::VaultMarkView>& views) const {
        return marks_to_json(views);
    }
    json::value operator()(const ports::LevelMarkView& view) const { return level_to_json(view); }
    template <class T>
    json::value operator()(const T& view) const {
        return to_json(view);
    }
    template <class T>
    json::value operator()(const std::vector<T>& views) const {
        return views_to_json(views);
    }
};

const std::vector<ports::VaultView>& vaults_of(const ports::View& view) {
    const auto* vaults = std::get_if<std::vector<ports::VaultView>>(&view);
    VAULT_CHECK(vaults != nullptr, "this renderer is for a list of vaults");
    return *vaults;
}

}  // namespace

json::value position_to_json(const ports::PositionView& view) {
    return to_json(view);
}

json::value pause_to_json(const ports::PauseView& view) {
    return to_json(view);
}

std::string render_view(const ports::View& view) {
    return protocol::to_compact(std::visit(ToJson{}, view));
}

std::string render_sleeves(const ports::View& view) {
    json::array list;
    for (const ports::VaultView& vault : vaults_of(view)) {
        for (const ports::SleeveView* sleeve : {&vault.quiet, &vault.flash}) {
            json::value one = ToJson{}(*sleeve);
            one.get_object()["user"] = vault.user;
            one.get_object()["account"] = control::to_json(vault.account);
            one.get_object()["asset"] = control::to_json(vault.asset);
            list.push_back(std::move(one));
        }
    }
    return protocol::to_compact(list);
}

std::string render_nothing(const ports::View&) {
    return "null";
}

}  // namespace vault::control
