// Presets. The daemon knows those of every user; a caller makes and removes his own.
#include "daemon/control/arguments.hpp"
#include "daemon/control/row_list.hpp"

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

// `user`, or the caller.
std::string owner_of(const Call& call) {
    return call.params.has("user") ? call.params.text("user") : call.caller.name;
}

Result<ports::Command> list(const protocol::Params& params) {
    cmd::ListPresets command;
    if (params.has("user")) command.owner = params.text("user");
    return command;
}

Result<ports::Command> show(const Call& call) {
    return cmd::ShowPreset{owner_of(call), call.params.text("preset")};
}

// `vault` and `sleeve` go together; `named` is what may stand in their place, `what` in words.
Result<void> one_of_both(const protocol::Params& params, std::string_view named,
                         std::string_view what) {
    const bool sleeve = params.has("sleeve");
    if (params.has("vault") != sleeve)
        return Error(Errc::InvalidParams, "a sleeve is named by --vault and --sleeve together",
                     sleeve ? "vault" : "sleeve", "for example: --vault v1 --sleeve flash");
    if (params.has(named) != sleeve) return success();
    return Error(Errc::InvalidParams,
                 fmt::format("{} {}: one of a preset and a sleeve is needed", what,
                             sleeve ? "names both" : "names neither"),
                 std::string(named), "give a preset, or --vault and --sleeve");
}

Result<ports::Command> create(const Call& call) {
    const protocol::Params& params = call.params;
    VAULT_TRYV(one_of_both(params, "from", "what it begins as"));
    VAULT_TRY(const auto vault, maybe_vault(params));
    return cmd::CreatePreset{call.caller.name,
                             params.text("preset"),
                             params.text("from"),
                             vault,
                             maybe_sleeve(params).value_or(SleeveKind::Quiet),
                             params.map("settings"),
                             params.text("note")};
}

Result<ports::Command> remove(const Call& call) {
    return cmd::RemovePreset{call.caller.name, call.params.text("preset")};
}

Result<ports::Command> apply(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    return cmd::SetSleeve{vault,
                          sleeve_of(params),
                          {{"preset", params.text("preset")}},
                          params.flag("apply_to_open")};
}

// What the second has, by key; caps and sweep plan, which no preset has, are not compared.
json::array differing(const json::object& one, const json::object& other) {
    std::map<std::string_view, std::string_view> values;
    for (const json::value& setting : other.at("settings").as_array())
        values.emplace(setting.at("key").as_string(), setting.at("value").as_string());
    json::array rows;
    for (const json::value& setting : one.at("settings").as_array()) {
        const auto found = values.find(setting.at("key").as_string());
        if (found == values.end() || found->second == setting.at("value").as_string()) continue;
        rows.push_back({{"key", setting.at("key")},
                        {"value", setting.at("value")},
                        {"other", json::string(found->second)}});
    }
    return rows;
}

Handled diff(Services& services, const Call& call) {
    const protocol::Params& params = call.params;
    const Result<void> fits = one_of_both(params, "other", "what to compare with");
    if (!fits) co_return fits.error();
    auto asking = shown(services, call, cmd::ShowPreset{owner_of(call), params.text("preset")});
    const Result<json::value> one = co_await std::move(asking);
    if (!one) co_return one.error();
    const auto vault = maybe_vault(params);
    if (!vault) co_return vault.error();
    ports::Command second = cmd::ShowPreset{owner_of(call), params.text("other")};
    if (vault.value()) second = cmd::ShowSleeve{*vault.value(), sleeve_of(params)};
    auto comparing = shown(services, call, std::move(second));
    const Result<json::value> other = co_await std::move(comparing);
    if (!other)
        co_return params.has("other") ? Error{other.error()}.with_field("other") : other.error();
    co_return answer_with(differing(one.value().as_object(), other.value().as_object()));
}

constexpr std::array kRoutes{
    Route{"preset.list", &submit<list>},
    Route{"preset.show", &submit<show>},
    Route{"preset.diff", &diff},
    Route{"preset.create", &submit<create>},
    Route{"preset.remove", &submit<remove>},
    Route{"preset.apply", &submit<apply>},
};

}  // namespace

std::span<const Route> preset_routes() {
    return kRoutes;
}

}  // namespace vault::control
