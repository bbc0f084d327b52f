#include "common/protocol/codec.hpp"
#include "daemon/control/arguments.hpp"
#include "daemon/control/json_fields.hpp"
#include "daemon/control/render_reports.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

Result<ports::Command> create_vault(const protocol::Params& params) {
    VAULT_TRY(const AccountId account, account_of(params));
    return cmd::CreateVault{account, *params.asset("asset"), params.decimal("balance")};
}

Result<ports::Command> show_vault(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    return cmd::ShowVault{vault};
}

Result<ports::Command> set_tradeable(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    return cmd::SetTradeable{vault, *params.decimal("amount")};
}

// One of both amounts must be there; the registry has made sure that each is positive.
Result<void> need_amount(const protocol::Params& params) {
    if (params.has("quiet") || params.has("flash")) return success();
    return Error(Errc::InvalidParams, "no amount: give quiet, flash or both", "quiet",
                 "for example --quiet 100 --flash 50");
}

Result<ports::Command> allocate(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    VAULT_TRYV(need_amount(params));
    return cmd::Allocate{vault, params.decimal("quiet").value_or(kZero),
                         params.decimal("flash").value_or(kZero)};
}

Result<ports::Command> unallocate(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    VAULT_TRYV(need_amount(params));
    return cmd::Unallocate{vault, params.decimal("quiet").value_or(kZero),
                           params.decimal("flash").value_or(kZero)};
}

Result<ports::Command> release(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    return cmd::Release{vault, *params.decimal("amount")};
}

Result<ports::Command> set_reserve(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    return cmd::SetReserve{vault, params.decimal("pct")};  // "off" is no decimal
}

Result<ports::Command> set_auto_raise(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    cmd::SetAutoRaise command;
    command.vault = vault;
    command.cap = params.decimal("cap");
    const auto percent = params.decimal("percent");
    const bool by_percent = params.is_word("mode", "percent");
    if (by_percent != percent.has_value())
        return Error(Errc::InvalidParams,
                     by_percent ? "mode percent needs the percentage"
                                : "a percentage goes with mode percent only",
                     "percent", "for example: vaultctl vault auto-raise v1 percent 50");
    if (command.cap && params.is_word("mode", "off"))
        return Error(Errc::InvalidParams, "a cap goes with mode full or percent", "cap",
                     "leave --cap out, or choose full");
    command.percent = percent.value_or(kZero);
    command.mode = by_percent                       ? cmd::AutoRaiseMode::Percent
                   : params.is_word("mode", "full") ? cmd::AutoRaiseMode::Full
                                                    : cmd::AutoRaiseMode::Off;
    return command;
}

Result<ports::Command> set_pairs(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    return cmd::SetPairs{vault, params.pairs("add"), params.pairs("remove"),
                         params.flag("available")};
}

Result<ports::Command> refresh(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    return cmd::RefreshVault{vault};
}

Result<ports::Command> pause(const protocol::Params& params) {
    VAULT_TRY(const cmd::Target target, vault_target(params));
    return cmd::Pause{target, params.text("why")};
}

Result<ports::Command> resume(const protocol::Params& params) {
    VAULT_TRY(const cmd::Target target, vault_target(params));
    return cmd::Resume{target, params.text("why")};
}

Result<ports::Command> liquidate(const protocol::Params& params) {
    VAULT_TRY(const cmd::Target target, vault_target(params));
    if (!params.flag("confirm"))
        return Error(Errc::ConfirmationNeeded, "liquidate sells every position of the vault",
                     "confirm", "confirm with --yes");
    return cmd::Liquidate{target, params.text("why")};
}

Result<ports::Command> set_mode(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    VAULT_TRY(const Mode mode, parse_mode(params.text("mode")));
    return cmd::SetMode{vault, mode};
}

Result<ports::Command> list_vaults(const protocol::Params& params) {
    VAULT_TRY(const cmd::VaultChoice choice, vault_choice(params));
    return cmd::ListVaults{choice};
}

// The vault shows what it has now; what it still waits for is easily overlooked.
Handled release_money(Services& services, const Call& call) {
    const Result<ports::Command> command = release(call.params);
    if (!command) co_return command.error();
    auto executing = execute(services, call, command.value(), &render_view);
    Result<Answer> answer = co_await std::move(executing);
    if (!answer) co_return answer;
    const std::string& data = answer.value().data_json;
    const auto parsed = protocol::parse_json(data, data.size());
    VAULT_CHECK(parsed && parsed.value().is_object(), "a vault is no object");
    const json::object& vault = parsed.value().get_object();
    for (const SleeveKind kind : kSleeveKinds) {
        const auto* sleeve = vault.if_contains(to_text(kind));
        if (sleeve == nullptr) continue;
        const std::string_view asked = sleeve->at("unallocate_requested").as_string();
        if (asked == "0") continue;
        answer.value().warnings.push_back(
            fmt::format("{} {} of the {} sleeve come back when its open position is sold", asked,
                        std::string_view(vault.at("asset").as_string()), to_text(kind)));
    }
    co_return answer;
}

// Asking for the vault first says whether it exists, and settles what was booked before.
Handled vault_history(Services& services, const Call& call) {
    const Result<VaultId> vault = vault_of(call.params);
    if (!vault) co_return vault.error();
    auto pending = ask(services, call, cmd::ShowVault{vault.value()}, &render_nothing);
    const Result<Answer> there = co_await std::move(pending);
    if (!there) co_return there.error();
    const auto from = call.params.time("from");
    const auto to = call.params.time("to");
    using Series = std::vector<report::HistorySeries>;
    std::function<Result<Series>(ReadSide&)> read = [&](ReadSide& side) {
        return report::history(*side.reader, vault.value(), from, to);
    };
    auto reading = read_on<Series>(services.worker, read);
    const Result<Series> series = co_await std::move(reading);
    if (!series) co_return series.error();
    Answer answer;
    answer.data_json = protocol::to_compact(report_to_json(series.value()));
    co_return answer;
}

constexpr std::array kRoutes{
    Route{"vault.create", &submit<create_vault>},
    Route{"vault.list", &submit<list_vaults>},
    Route{"vault.show", &submit<show_vault>},
    Route{"vault.history", &vault_history},
    Route{"vault.set_tradeable", &submit<set_tradeable>},
    Route{"vault.allocate", &submit<allocate>},
    Route{"vault.unallocate", &submit<unallocate>},
    Route{"vault.release", &release_money},
    Route{"vault.reserve", &submit<set_reserve>},
    Route{"vault.auto_raise", &submit<set_auto_raise>},
    Route{"vault.pairs", &submit<set_pairs>},
    Route{"vault.refresh", &submit<refresh>},
    Route{"vault.pause", &submit<pause>},
    Route{"vault.resume", &submit<resume>},
    Route{"vault.liquidate", &submit<liquidate>},
    Route{"vault.mode", &submit<set_mode>},
};

}  // namespace

std::span<const Route> vault_routes() {
    return kRoutes;
}

}  // namespace vault::control
