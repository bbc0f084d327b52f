#include "cli/command/chart_series.hpp"
#include "cli/command/session.hpp"
#include "common/chart/page.hpp"
#include "common/chart/svg.hpp"
#include "common/protocol/validate.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace vault::command {
namespace {

using protocol::Params;
using render::Format;

// What most terminals have, where there is none to ask.
constexpr Terminal::Size kUsualSize{80, 24};

Error usage(std::string message, std::string hint) {
    return Error{Errc::Usage, std::move(message), {}, std::move(hint)};
}

Result<void> check_together(const Params& params) {
    if (params.has("since") && params.has("from"))
        return usage("--since and --from do not go together", "give one of the two");
    if (params.flag("ascii") && params.has("style") && !params.is_word("style", "ascii"))
        return usage("--ascii and --style do not go together", "give one of the two");
    return success();
}

chart::Style style_of(const Params& params, const Terminal& terminal) {
    if (params.flag("ascii") || params.is_word("style", "ascii")) return chart::Style::Ascii;
    if (params.is_word("style", "block")) return chart::Style::Block;
    if (params.is_word("style", "braille")) return chart::Style::Braille;
    return speaks_utf8(terminal) ? chart::Style::Braille : chart::Style::Ascii;
}

// The whole drawing. On a terminal it is never wider than that, and leaves a line for the prompt.
chart::CellOptions options_of(Session& session, const Params& params) {
    const auto terminal = session.terminal().size();
    const Terminal::Size size = terminal.value_or(kUsualSize);
    chart::CellOptions options;
    options.width = static_cast<int>(params.integer("width").value_or(size.columns));
    if (terminal) options.width = std::min(options.width, size.columns);
    options.height = static_cast<int>(params.integer("height").value_or(size.rows - 1));
    options.style = style_of(params, session.terminal());
    options.colored = session.decorated();
    return options;
}

struct Drawn {
    const ChartKind* kind;
    std::string vault, asset, account, sleeve;
    std::vector<chart::Series> series;

    bool empty() const {
        return std::ranges::all_of(series, [](const auto& one) { return one.points.empty(); });
    }
};

std::string title_of(const Drawn& drawn, std::string_view sleeve) {
    const std::string whose = sleeve.empty() ? "" : fmt::format(" {}", sleeve);
    return fmt::format("{}{} {}, {}", drawn.vault, whose, drawn.kind->title, drawn.asset);
}

// What draw() draws, as panels.
std::vector<chart::Plot> plots_of(const Drawn& drawn) {
    if (!drawn.kind->apart)
        return {{title_of(drawn, drawn.sleeve), drawn.series, drawn.kind->from_zero}};
    std::vector<chart::Plot> plots;
    for (const chart::Series& series : drawn.series)
        plots.push_back({title_of(drawn, series.name), {series}, drawn.kind->from_zero});
    return plots;
}

std::string picture(const Drawn& drawn) {
    return chart::draw_svg(plots_of(drawn), {});
}

// The picture and the figures it is made of.
std::string chart_page(const Drawn& drawn) {
    chart::Page page(title_of(drawn, drawn.sleeve));
    page.add_figure(picture(drawn));
    chart::Table table;
    table.columns.push_back({"day", false});
    for (const chart::Series& one : drawn.series)
        table.columns.push_back({one.name, true});
    for (const json::value& row : chart_rows(drawn.series)) {
        auto& cells = table.rows.emplace_back();
        for (const auto& field : row.as_object())
            cells.emplace_back(field.value().is_string() ? field.value().get_string() : "-");
        cells.front().resize(std::min<std::size_t>(cells.front().size(), 10));
    }
    page.add_table("Figures", table);
    return page.text();
}

std::string draw(const Drawn& drawn, chart::CellOptions options) {
    if (!drawn.kind->apart)
        return chart::draw_panel(
            {title_of(drawn, drawn.sleeve), drawn.series, drawn.kind->from_zero}, options);
    const auto panels = static_cast<int>(drawn.series.size());
    options.height = (options.height - (panels - 1)) / panels;  // a blank line between two
    std::string page;
    for (const chart::Series& series : drawn.series) {
        if (!page.empty()) page += '\n';
        page += chart::draw_panel({title_of(drawn, series.name), {series}, drawn.kind->from_zero},
                                  options);
    }
    return page;
}

std::string nothing_to_draw(const Drawn& drawn, const Params& params) {
    if (params.has("from") || params.has("to"))
        return fmt::format(
            "vaultctl: no day of {0} closed in that time: nothing to draw (vaultctl "
            "vault history {0} lists the days there are)\n",
            drawn.vault);
    return fmt::format(
        "vaultctl: no day of {} has closed yet: nothing to draw (days close at "
        "midnight UTC; a replay gets there by vaultctl replay run --account {})\n",
        drawn.vault, drawn.account);
}

// The series as data: one document, or one row a day for formats that are lists.
json::value data_of(const Drawn& drawn, Format format) {
    json::array rows = chart_rows(drawn.series);
    if (format != Format::Json) return rows;
    json::array names;
    for (const chart::Series& one : drawn.series)
        names.emplace_back(one.name);
    json::object data{{"vault", drawn.vault}, {"asset", drawn.asset}};
    data["sleeve"] = drawn.sleeve.empty() ? json::value(nullptr) : json::value(drawn.sleeve);
    data["series"] = std::move(names);
    data["rows"] = std::move(rows);
    return data;
}

// --quiet: the newest figure of every series, one a line.
std::string newest_figures(const Drawn& drawn) {
    std::string out;
    for (const chart::Series& one : drawn.series)
        if (!one.points.empty()) out += one.points.back().value.text() + '\n';
    return out;
}

std::string text_at(const json::value& data, std::string_view key) {
    const auto* object = data.if_object();
    const auto* value = object == nullptr ? nullptr : object->if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

int print_chart(Session& session, const Drawn& drawn, const Params& params) {
    const Globals& globals = session.invocation().globals;
    const bool is_drawing = globals.format == Format::Table || globals.format == Format::Wide ||
                            globals.format == Format::Html;
    if (drawn.empty() && (is_drawing || globals.quiet)) {
        session.terminal().note(nothing_to_draw(drawn, params));
        return protocol::exits::kDone;
    }
    if (globals.quiet) return session.print(newest_figures(drawn));
    if (globals.format == Format::Html) return session.put(chart_page(drawn));
    if (params.text("out").ends_with(".svg")) return session.put(picture(drawn));
    if (is_drawing) return session.put(draw(drawn, options_of(session, params)));
    protocol::Reply reply;
    reply.data = data_of(drawn, globals.format);
    return session.succeed(drawn.kind->method, {}, reply);
}

}  // namespace

int show_chart(Session& session, const ChartKind& kind) {
    const Invocation& asked = session.invocation();
    // The daemon never sees some of these, so all are judged here.
    if (const auto fine = protocol::validate_params(*asked.command, asked.params); !fine)
        return session.fail(fine.error());
    const Params params(asked.params);
    if (const auto fine = check_together(params); !fine) return session.fail(fine.error());

    json::object wanted{{"vault", params.text("vault")}};
    const auto vault = session.call("vault.show", wanted, false);
    if (vault.failure) return session.fail(*vault.failure);
    for (const std::string_view name : {"from", "to"})
        if (params.has(name)) wanted[name] = params.text(name);
    const auto history = session.call("vault.history", std::move(wanted), false);
    if (history.failure) return session.fail(*history.failure);

    auto series = chart_series(kind, params.text("sleeve"), history.data);
    if (!series) return session.fail(series.error());
    if (const auto since = params.duration("since")) keep_since(series.value(), *since);
    return print_chart(
        session,
        {&kind, params.text("vault"), text_at(vault.data, "asset"), text_at(vault.data, "account"),
         params.text("sleeve"), std::move(series.value())},
        params);
}

}  // namespace vault::command
