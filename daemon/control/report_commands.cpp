#include "daemon/control/marks.hpp"
#include "daemon/control/row_list.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

Result<void> one_choice(const protocol::Params& params) {
    const int choices =
        int{params.has("vault")} + int{params.has("user")} + int{params.flag("all")};
    if (choices <= 1) return success();
    return Error(Errc::InvalidParams, "name a vault, a user or all, not several of them", "vault",
                 "give one of the three, such as v1");
}

// Which vaults and which span the caller means. The vaults are as the engine has them at one
// instant; its answer comes when all that is in it can be read from the store.
boost::asio::awaitable<Result<report::ReportScope>> report_scope(Services& services,
                                                                 const Call& call) {
    const Result<void> chosen = one_choice(call.params);
    if (!chosen) co_return chosen.error();
    const Result<cmd::VaultChoice> choice = vault_choice(call.params);
    if (!choice) co_return choice.error();
    auto pending = ask(services, call, cmd::ListMarks{choice.value()}, &render_view);
    const Result<Answer> now = co_await std::move(pending);
    if (!now) co_return now.error();
    // On the worker, as all that grows with the number of vaults.
    std::function<Result<report::ReportScope>(ReadSide&)> read = [&](ReadSide&) {
        return Result<report::ReportScope>(report::ReportScope{
            call.params.time("from"), call.params.time("to"), read_marks(now.value().data_json)});
    };
    auto reading = read_on<report::ReportScope>(services.worker, read);
    Result<report::ReportScope> scope = co_await std::move(reading);
    if (scope && call.params.has("user") && scope.value().vaults.empty())
        co_return Error(Errc::NotFound, fmt::format("'{}' has no vault", call.params.text("user")),
                        "user", "vaultctl vault list shows whose vaults there are");
    co_return scope;
}

UserNames names_of(const std::vector<report::VaultMark>& marks) {
    UserNames names;
    for (const report::VaultMark& mark : marks)
        names.emplace(mark.user, mark.user_name);
    return names;
}

// What a report has to say besides its figures.
template <class Report>
std::vector<std::string> notes_of(const Report& report) {
    if constexpr (requires { report.notes(); }) return report.notes();
    return {};
}

// A report that ends now shows what open positions are worth, which may be by an old price.
template <class Report>
void note_frozen(const report::ReportScope& scope, std::vector<std::string>& notes) {
    constexpr bool values =
        std::is_same_v<Report, report::PnlReport> || std::is_same_v<Report, report::VaultReport>;
    if (!values || scope.to) return;
    for (const report::VaultMark& mark : scope.vaults)
        for (const std::string& frozen : mark.frozen)
            notes.push_back(fmt::format("{}: {}", to_text(mark.vault), frozen));
}

// Every report: it walks its vaults in slices on the worker (VaultQueue), others in between.
template <class Report>
Handled of_span(Services& services, const Call& call) {
    auto asking = report_scope(services, call);
    const Result<report::ReportScope> scope = co_await std::move(asking);
    if (!scope) co_return scope.error();
    Report report(scope.value());
    auto reading = read_pages(services, call, report);
    const Result<void> read = co_await std::move(reading);
    if (!read) co_return read.error();
    std::function<Result<json::object>(ReadSide&)> render = [&](ReadSide&) -> Result<json::object> {
        json::object whole{{"from", to_json(scope.value().from)},
                           {"to", to_json(scope.value().to)}};
        VAULT_TRY(const json::object figures,
                  report_to_json(report, names_of(scope.value().vaults)));
        for (const auto& part : figures)
            whole.insert(part);
        return whole;
    };
    auto rendering = read_on<json::object>(services.worker, render);
    const Result<json::object> whole = co_await std::move(rendering);
    if (!whole) co_return whole.error();
    Answer answer = answer_with(whole.value());
    answer.warnings = notes_of(report);
    note_frozen<Report>(scope.value(), answer.warnings);
    co_return answer;
}

constexpr std::array kRoutes{
    Route{"report.pnl", &of_span<report::PnlReport>},
    Route{"report.vault", &of_span<report::VaultReport>},
    Route{"report.fees", &of_span<report::FeeReport>},
    Route{"report.sweeps", &of_span<report::SweepReport>},
};

}  // namespace

std::span<const Route> report_routes() {
    return kRoutes;
}

}  // namespace vault::control
