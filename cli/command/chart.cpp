// The charts of a vault that are drawn from its day closes.
#include "cli/command/chart_output.hpp"
#include "cli/command/chart_series.hpp"

#include <fmt/format.h>

namespace vault::command {
namespace {

using protocol::Params;

// Whose figures they are.
struct Subject {
    std::string vault, asset, account, sleeve;
};

std::string title_of(const ChartKind& kind, const Subject& subject, std::string_view sleeve) {
    const std::string whose = sleeve.empty() ? "" : fmt::format(" {}", sleeve);
    return fmt::format("{}{} {}, {}", subject.vault, whose, kind.title, subject.asset);
}

std::vector<chart::Plot> plots_of(const ChartKind& kind, const Subject& subject,
                                  const std::vector<chart::Series>& all) {
    if (!kind.apart) return {{title_of(kind, subject, subject.sleeve), all, kind.from_zero}};
    std::vector<chart::Plot> plots;
    for (const chart::Series& series : all)
        plots.push_back({title_of(kind, subject, series.name), {series}, kind.from_zero});
    return plots;
}

// What is missing, and what to do about it.
std::pair<std::string, std::string> nothing_to_draw(const Subject& subject, const Params& params) {
    if (params.has("from") || params.has("to"))
        return {fmt::format("no day of {} closed in that time: nothing to draw", subject.vault),
                fmt::format("vaultctl vault history {} lists the days there are", subject.vault)};
    return {fmt::format("no day of {} has closed yet: nothing to draw", subject.vault),
            fmt::format("days close at midnight UTC; a replay gets there by vaultctl replay run "
                        "--account {}",
                        subject.account)};
}

std::vector<std::string> columns_of(const std::vector<chart::Series>& series) {
    std::vector<std::string> columns{"day"};
    for (const chart::Series& one : series)
        columns.push_back(one.name);
    return columns;
}

Drawing drawing_of(const ChartKind& kind, const Subject& subject,
                   const std::vector<chart::Series>& series, const Params& params) {
    json::object about{{"vault", subject.vault}, {"asset", subject.asset}};
    about["sleeve"] = subject.sleeve.empty() ? json::value(nullptr) : json::value(subject.sleeve);
    auto [nothing, remedy] = nothing_to_draw(subject, params);
    return {.method = kind.method,
            .title = title_of(kind, subject, subject.sleeve),
            .plots = plots_of(kind, subject, series),
            .about = std::move(about),
            .rows = chart_rows(series),
            .columns = columns_of(series),
            .nothing = std::move(nothing),
            .remedy = std::move(remedy)};
}

}  // namespace

int show_chart(Session& session, const ChartKind& kind) {
    const Invocation& asked = session.invocation();
    if (const auto fine = check_chart_options(asked); !fine) return session.fail(fine.error());
    const Params params(asked.params);
    json::object wanted{{"vault", params.text("vault")}};
    const auto vault = session.call_in_turn("vault.show", wanted, false);
    if (vault.failure) return session.fail(*vault.failure);
    for (const std::string_view name : {"from", "to"})
        if (params.has(name)) wanted[name] = params.text(name);
    const auto history = session.call_in_turn("vault.history", wanted, false);
    if (history.failure) return session.fail(*history.failure);

    auto series = chart_series(kind, params.text("sleeve"), history.data);
    if (!series) return session.fail(series.error());
    if (const auto since = params.duration("since")) keep_since(series.value(), *since);
    const Subject subject{params.text("vault"), text_at(vault.data, "asset"),
                          text_at(vault.data, "account"), params.text("sleeve")};
    return print_chart(session, drawing_of(kind, subject, series.value(), params), params);
}

}  // namespace vault::command
