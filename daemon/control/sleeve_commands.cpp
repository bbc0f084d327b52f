#include "daemon/control/row_list.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

Result<ports::Command> show_sleeve(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    return cmd::ShowSleeve{vault, sleeve_of(params)};
}

Result<ports::Command> set_sleeve(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    cmd::SetSleeve command{vault, sleeve_of(params), params.map("settings"),
                           params.flag("apply_to_open")};
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

Result<ports::Command> set_strategy(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    cmd::SetStrategy command{vault, sleeve_of(params), params.text("strategy"),
                             params.text("preset")};
    if (params.is_word("strategy", "cycle")) {
        for (const char* name : {"command", "folder", "deadline", "memory_mib"})
            if (params.has(name))
                return Error(Errc::InvalidParams,
                             fmt::format("{} belongs to the strategy script", name), name,
                             "leave it out, or choose script");
        return command;
    }
    if (params.has("preset"))
        return Error(Errc::InvalidParams, "only the strategy cycle has presets", "preset",
                     "leave the preset out");
    command.command = params.text("command");
    command.folder = params.text("folder");
    command.deadline = params.duration("deadline");
    if (const auto memory = params.integer("memory_mib"))
        command.memory_mib = static_cast<std::uint64_t>(*memory);
    return command;
}

// Rules alone is what every sleeve does; there is no model yet that could advise one.
Result<ports::Command> set_mode(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    if (!params.is_word("mode", "rules"))
        return Error(Errc::InvalidParams, "this version has no models, so the mode stays rules",
                     "mode", "use rules");
    return cmd::SetSleeve{vault, sleeve_of(params), {}};
}

Handled list_sleeves(Services& services, const Call& call) {
    const Result<cmd::VaultChoice> choice = vault_choice(call.params);
    if (!choice) return refuse(choice.error());
    return execute(services, call, cmd::ListVaults{choice.value()}, &render_sleeves);
}

// What set the sleeve, newest last.
Result<std::vector<ports::AuditRow>> setting_rows(ports::StoreReader& reader,
                                                  ports::AuditFilter filter) {
    const std::uint32_t limit = filter.limit;
    std::vector<ports::AuditRow> rows;
    for (const char* method : {"sleeve.set", "sleeve.strategy", "preset.apply", "risk.set"}) {
        filter.action = method;
        VAULT_TRY(const auto found, reader.audits(filter));
        rows.insert(rows.end(), found.begin(), found.end());
    }
    std::ranges::sort(rows, {}, &ports::AuditRow::seq);
    if (rows.size() > limit) rows.erase(rows.begin(), rows.end() - std::ptrdiff_t{limit});
    return rows;
}

// One object for each key that it set otherwise.
void add_setting_changes(const ports::AuditRow& row, json::array& list) {
    const auto params = protocol::parse_json(row.params_json, row.params_json.size());
    VAULT_CHECK(params && params.value().is_object(), "the parameters of a call are no object");
    const json::value* const why = params.value().get_object().if_contains("why");
    for (const ports::SettingChange& change : ports::parse_setting_changes(row.message))
        list.push_back({{"at", to_json(row.at)},
                        {"by", row.actor},
                        {"action", row.action},
                        {"key", change.key},
                        {"from", change.from},
                        {"to", change.to},
                        {"why", why != nullptr && why->is_string() ? *why : json::value("")},
                        {"audit_seq", row.seq}});
}

Handled history(Services& services, const Call& call) {
    const Result<VaultId> vault = vault_of(call.params);
    if (!vault) co_return vault.error();
    auto asking = filters_exist(services, call);
    const Result<void> there = co_await std::move(asking);
    if (!there) co_return there.error();
    ports::AuditFilter filter;
    filter.visible = call.context.visible;
    filter.object = fmt::format("{}.{}", to_text(vault.value()), to_text(sleeve_of(call.params)));
    filter.outcome = "applied";
    filter.from = call.params.time("since");
    filter.to = call.params.time("until");
    if (const auto limit = call.params.integer("limit"))
        filter.limit = static_cast<std::uint32_t>(*limit);
    std::function<Result<json::array>(ReadSide&)> read =
        [&](ReadSide& side) -> Result<json::array> {
        VAULT_TRY(const auto rows, setting_rows(*side.reader, filter));
        json::array list;
        for (const ports::AuditRow& row : rows)
            add_setting_changes(row, list);
        return list;
    };
    auto answering = answer_read<json::array>(services, call, read);
    co_return co_await std::move(answering);
}

constexpr std::array kRoutes{
    Route{"sleeve.list", &list_sleeves},
    Route{"sleeve.show", &submit<show_sleeve>},
    Route{"sleeve.history", &history},
    Route{"sleeve.set", &submit<set_sleeve>},
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
