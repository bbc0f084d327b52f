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
                 "give one of the three, such as v1");
}

// Which vaults and which span the caller means, and what the engine shows of them.
boost::asio::awaitable<Result<PnlInput>> report_input(Services& services, const Call& call) {
    const Result<void> chosen = one_choice(call.params);
    if (!chosen) co_return chosen.error();
    auto checking = filters_exist(services, call);
    const Result<void> there = co_await std::move(checking);
    if (!there) co_return there.error();
    auto pending = ask(services, call, cmd::ListVaults{}, &render_vault_marks);
    const Result<Answer> now = co_await std::move(pending);
    if (!now) co_return now.error();
    co_return pnl_input(call.params, now.value().data_json);
}

Handled pnl(Services& services, const Call& call) {
    auto asking = report_input(services, call);
    const Result<PnlInput> input = co_await std::move(asking);
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

UserId user_of(const report::VaultFlows& row) {
    return row.user;
}
UserId user_of(const report::FeeRow& row) {
    return row.user;
}
UserId user_of(const report::SweepSumRow& row) {
    return row.user;
}

// A report that reads in steps; `rows` are those that name their user.
template <class Report, auto rows>
Handled of_span(Services& services, const Call& call) {
    auto asking = report_input(services, call);
    const Result<PnlInput> input = co_await std::move(asking);
    if (!input) co_return input.error();
    Report report(input.value().filter);
    auto reading = read_pages(services, call, report);
    const Result<void> read = co_await std::move(reading);
    if (!read) co_return read.error();
    std::function<Result<json::object>(ReadSide&)> render =
        [&](ReadSide& side) -> Result<json::object> {
        NameReader known(*side.reader);
        for (const auto& row : (report.*rows)()) {
            VAULT_TRYV(known.learn(user_of(row)));
        }
        json::object whole{{"from", to_json(input.value().filter.from)},
                           {"to", to_json(input.value().filter.to)}};
        VAULT_TRY(const json::object figures, report_to_json(report, known.names()));
        for (const auto& part : figures)
            whole.insert(part);
        return whole;
    };
    auto rendering = read_on<json::object>(services.worker, render);
    const Result<json::object> whole = co_await std::move(rendering);
    if (!whole) co_return whole.error();
    co_return answer_with(whole.value());
}

constexpr std::array kRoutes{
    Route{"report.pnl", &pnl},
    Route{"report.vault", &of_span<report::VaultReport, &report::VaultReport::vaults>},
    Route{"report.fees", &of_span<report::FeeReport, &report::FeeReport::rows>},
    Route{"report.sweeps", &of_span<report::SweepReport, &report::SweepReport::rows>},
};

}  // namespace

std::span<const Route> report_routes() {
    return kRoutes;
}

}  // namespace vault::control
