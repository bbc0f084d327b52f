#include "common/protocol/codec.hpp"
#include "daemon/control/arguments.hpp"
#include "daemon/control/json_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

Result<ports::Command> show_sleeve(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    return cmd::ShowSleeve{vault, sleeve_of(params)};
}

// Caps that are kept and shown, but that nothing looks at yet. Whoever enforces one takes it out
// here and in the detail of sleeve.set.
constexpr std::array<std::string_view, 5> kNotEnforced{"max_position_pct", "max_drawdown",
                                                       "max_trades_per_day",
                                                       "max_exposure_per_base", "quote_band"};

// A cap that a person relies on and that does nothing is worse than none, so it is said each time.
void warn_of_idle_caps(Answer& answer) {
    const auto sleeve = protocol::parse_json(answer.data_json, answer.data_json.size());
    VAULT_CHECK(sleeve && sleeve.value().is_object(), "a sleeve is no object");
    const json::value* settings = sleeve.value().get_object().if_contains("settings");
    if (settings == nullptr || !settings->is_array()) return;
    for (const json::value& setting : settings->get_array()) {
        const std::string_view key = setting.at("key").as_string();
        const std::string_view value = setting.at("value").as_string();
        if (value == "off" || std::ranges::find(kNotEnforced, key) == kNotEnforced.end()) continue;
        answer.warnings.push_back(fmt::format("{} is kept but not enforced by this version", key));
    }
}

// A command whose answer is a sleeve with its settings.
template <auto make_command>
Handled submit_with_caps(Services& services, const Call& call) {
    Result<ports::Command> command = make_command(call.params);
    if (!command) co_return command.error();
    auto pending = execute(services, call, std::move(command.value()), &render_view);
    Result<Answer> answer = co_await std::move(pending);
    if (answer) warn_of_idle_caps(answer.value());
    co_return answer;
}

Result<ports::Command> set_sleeve(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    cmd::SetSleeve command{vault, sleeve_of(params), params.map("settings")};
    if (command.settings.empty())
        return Error(Errc::InvalidParams, "no setting was given", "settings",
                     "for example: vaultctl sleeve set v1 flash max_position=500");
    return command;
}

Result<ports::Command> pause(const protocol::Params& params) {
    VAULT_TRY(const cmd::Target target, sleeve_target(params));
    return cmd::Pause{target, params.text("why")};
}

Result<ports::Command> resume(const protocol::Params& params) {
    VAULT_TRY(const cmd::Target target, sleeve_target(params));
    return cmd::Resume{target, params.text("why")};
}

// `cycle` is the one strategy with presets, so choosing it together with a preset is one setting.
Result<ports::Command> set_strategy(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    if (params.has("preset") && params.is_word("strategy", "cycle"))
        return cmd::SetSleeve{vault, sleeve_of(params), {{"preset", params.text("preset")}}};
    if (params.has("preset"))
        return Error(Errc::InvalidParams, "only the strategy cycle has presets", "preset",
                     "leave the preset out");
    return cmd::SetStrategy{vault, sleeve_of(params), params.text("strategy")};
}

// Rules alone is what every sleeve does; there is no model yet that could advise one.
Result<ports::Command> set_mode(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    if (!params.is_word("mode", "rules"))
        return Error(Errc::InvalidParams, "this version has no models, so the mode stays rules",
                     "mode", "use rules");
    return cmd::SetStrategy{vault, sleeve_of(params), "cycle"};
}

Handled list_sleeves(Services& services, const Call& call) {
    const Result<cmd::VaultChoice> choice = vault_choice(call.params);
    if (!choice) return refuse(choice.error());
    return execute(services, call, cmd::ListVaults{choice.value()}, &render_sleeves);
}

constexpr std::array kRoutes{
    Route{"sleeve.list", &list_sleeves},
    Route{"sleeve.show", &submit_with_caps<show_sleeve>},
    Route{"sleeve.set", &submit_with_caps<set_sleeve>},
    Route{"sleeve.pause", &submit<pause>},
    Route{"sleeve.resume", &submit<resume>},
    Route{"sleeve.strategy", &submit<set_strategy>},
    Route{"sleeve.mode", &submit<set_mode>},
};

}  // namespace

std::span<const Route> sleeve_routes() {
    return kRoutes;
}

}  // namespace vault::control
