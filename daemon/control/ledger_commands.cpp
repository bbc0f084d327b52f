#include "common/protocol/codec.hpp"
#include "daemon/control/arguments.hpp"
#include "daemon/control/json_fields.hpp"
#include "daemon/control/render_reports.hpp"

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

constexpr std::uint32_t kExportLines = 1000;
constexpr std::size_t kExportBytes = 3U << 20;  // well under the largest reply, after escaping
constexpr std::uint32_t kListEntries = 100;

Result<ports::Command> correct(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    return cmd::CorrectEntry{vault, static_cast<std::uint64_t>(*params.integer("reverses")),
                             params.text("reason")};
}

// Says whether the vault exists, and settles what was booked before.
boost::asio::awaitable<Result<VaultId>> settled_vault(Services& services, const Call& call) {
    const Result<VaultId> vault = vault_of(call.params);
    if (!vault) co_return vault;
    auto pending = ask(services, call, cmd::ShowVault{vault.value()}, &render_nothing);
    const Result<Answer> there = co_await std::move(pending);
    if (!there) co_return there.error();
    co_return vault;
}

Answer answer_with(const json::value& data) {
    Answer answer;
    answer.data_json = protocol::to_compact(data);
    return answer;
}

Handled list_entries(Services& services, const Call& call) {
    auto settling = settled_vault(services, call);
    const Result<VaultId> vault = co_await std::move(settling);
    if (!vault) co_return vault.error();
    const auto limit =
        static_cast<std::uint32_t>(call.params.integer("limit").value_or(kListEntries));
    report::NewestEntries entries(vault.value(), call.params.time("since"),
                                  call.params.time("until"), limit);
    std::function<Result<bool>(ReadSide&)> step = [&](ReadSide& side) {
        return entries.step(*side.reader);
    };
    for (bool more = true; more;) {
        const Result<void> wanted = still_wanted(services, call);
        if (!wanted) co_return wanted.error();
        auto stepping = read_on<bool>(services.worker, step);
        const Result<bool> stepped = co_await std::move(stepping);
        if (!stepped) co_return stepped.error();
        more = stepped.value();
    }
    co_return answer_with(rows_to_json(std::move(entries).take()));
}

Handled export_entries(Services& services, const Call& call) {
    auto settling = settled_vault(services, call);
    const Result<VaultId> vault = co_await std::move(settling);
    if (!vault) co_return vault.error();
    const auto from = static_cast<std::uint64_t>(call.params.integer("from_seq").value_or(1));
    const auto limit =
        static_cast<std::uint32_t>(call.params.integer("limit").value_or(kExportLines));
    std::function<Result<report::ExportPage>(ReadSide&)> read = [&](ReadSide& side) {
        return report::export_page(*side.reader, vault.value(), from, limit, kExportBytes);
    };
    auto reading = read_on<report::ExportPage>(services.worker, read);
    const Result<report::ExportPage> page = co_await std::move(reading);
    if (!page) co_return page.error();
    co_return answer_with(report_to_json(page.value()));
}

Handled verify(Services& services, const Call& call) {
    const auto vault = maybe_vault(call.params);
    if (!vault) co_return vault.error();
    if (vault.value().has_value() == call.params.flag("all"))
        co_return Error(Errc::InvalidParams, "name one vault, or say all", "vault",
                        "vaultctl ledger verify v1, or vaultctl ledger verify --all");
    auto settling = settle(services, call);
    const Result<void> settled = co_await std::move(settling);
    if (!settled) co_return settled.error();
    report::LedgerVerifier verifier(vault.value());
    std::function<Result<bool>(ReadSide&)> step = [&](ReadSide& side) {
        return verifier.step(*side.reader);
    };
    for (bool more = true; more;) {
        const Result<void> wanted = still_wanted(services, call);
        if (!wanted) co_return wanted.error();
        auto stepping = read_on<bool>(services.worker, step);
        const Result<bool> stepped = co_await std::move(stepping);
        if (!stepped) co_return stepped.error();
        more = stepped.value();
    }
    co_return answer_with(report_to_json(verifier.result()));
}

constexpr std::array kRoutes{
    Route{"ledger.list", &list_entries},
    Route{"ledger.verify", &verify},
    Route{"ledger.export", &export_entries},
    Route{"ledger.correct", &submit<correct>},
};

}  // namespace

std::span<const Route> ledger_routes() {
    return kRoutes;
}

}  // namespace vault::control
