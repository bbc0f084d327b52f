#include "daemon/control/row_list.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

struct PnlInput {
    report::PnlFilter filter;
    std::vector<report::SleeveMark> marks;
};

// What the engine shows now tells whose vaults there are and what open positions are worth.
Result<PnlInput> pnl_input(const protocol::Params& params, std::string_view marks_json) {
    VAULT_TRY(const auto only, maybe_vault(params));
    PnlInput input;
    input.filter.from = params.time("from");
    input.filter.to = params.time("to");
    if (only) input.filter.vaults = {*only};
    const std::string user = params.text("user");
    if (!user.empty()) input.filter.vaults.emplace();
    for (const VaultMark& mark : read_vault_marks(marks_json)) {
        if (!user.empty() && mark.user == user) input.filter.vaults->push_back(mark.vault);
        input.marks.insert(input.marks.end(), mark.sleeves.begin(), mark.sleeves.end());
    }
    if (!user.empty() && input.filter.vaults->empty())
        return Error(Errc::NotFound, fmt::format("'{}' has no vault", user), "user",
                     "vaultctl vault list shows whose vaults there are");
    return input;
}

Result<void> one_choice(const protocol::Params& params) {
    const int choices =
        int{params.has("vault")} + int{params.has("user")} + int{params.flag("all")};
    if (choices <= 1) return success();
    return Error(Errc::InvalidParams, "name a vault, a user or all, not several of them", "vault",
                 "for example: vaultctl report pnl v1");
}

Handled pnl(Services& services, const Call& call) {
    const Result<void> chosen = one_choice(call.params);
    if (!chosen) co_return chosen.error();
    auto checking = filters_exist(services, call);
    const Result<void> there = co_await std::move(checking);
    if (!there) co_return there.error();
    auto pending = ask(services, call, cmd::ListVaults{}, &render_vault_marks);
    const Result<Answer> now = co_await std::move(pending);
    if (!now) co_return now.error();
    const Result<PnlInput> input = pnl_input(call.params, now.value().data_json);
    if (!input) co_return input.error();
    std::function<Result<json::value>(ReadSide&)> read =
        [&](ReadSide& side) -> Result<json::value> {
        VAULT_TRY(const auto figures,
                  report::pnl(*side.reader, input.value().filter, input.value().marks));
        NameReader known(*side.reader);
        for (const report::PnlRow& row : figures.rows) {
            VAULT_TRYV(known.learn(row.user));
        }
        return report_to_json(figures, known.names());
    };
    auto reading = read_on<json::value>(services.worker, read);
    const Result<json::value> figures = co_await std::move(reading);
    if (!figures) co_return figures.error();
    co_return answer_with(figures.value());
}

constexpr std::array kRoutes{Route{"report.pnl", &pnl}};

}  // namespace

std::span<const Route> report_routes() {
    return kRoutes;
}

}  // namespace vault::control
