#include "cli/command/chart_output.hpp"

#include "cli/render/record_columns.hpp"
#include "common/chart/page.hpp"
#include "common/chart/svg.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::command {
namespace {

using protocol::Params;
using render::Format;

// What most terminals have, where there is none to ask.
constexpr Terminal::Size kUsualSize{80, 24};

Error usage(std::string message, std::string hint) {
    return Error{Errc::Usage, std::move(message), {}, std::move(hint)};
}

chart::Style style_of(const Params& params, const Terminal& terminal) {
    if (params.flag("ascii") || params.is_word("style", "ascii")) return chart::Style::Ascii;
    if (params.is_word("style", "block")) return chart::Style::Block;
    if (params.is_word("style", "braille")) return chart::Style::Braille;
    return speaks_utf8(terminal) ? chart::Style::Braille : chart::Style::Ascii;
}

// The whole drawing. On a terminal it is never wider than that, and leaves a line for the prompt.
chart::CellOptions options_of(Session& session, const Params& params) {
    // A file is not drawn for the terminal that its command happens to run in.
    const bool to_file = !session.out_path().empty();
    const auto terminal = to_file ? std::nullopt : session.terminal().size();
    const Terminal::Size size = terminal.value_or(kUsualSize);
    chart::CellOptions options;
    options.width = static_cast<int>(params.integer("width").value_or(size.columns));
    if (terminal) options.width = std::min(options.width, size.columns);
    options.height = static_cast<int>(params.integer("height").value_or(size.rows - 1));
    options.style = style_of(params, session.terminal());
    options.colored = session.decorated();
    return options;
}

bool has_points(const Drawing& drawing) {
    return std::ranges::any_of(drawing.plots, [](const chart::Plot& plot) {
        return std::ranges::any_of(plot.series,
                                   [](const auto& series) { return !series.points.empty(); });
    });
}

// Without the part that says nothing: the midnight of a day, else zero milliseconds.
std::string short_time(std::string_view key, std::string text) {
    if (key == "day") return text.substr(0, 10);
    constexpr std::string_view kNoMillis = ".000Z";
    if (text.ends_with(kNoMillis)) text.replace(text.size() - kNoMillis.size(), 4, "");
    return text;
}

chart::Table figures_of(const json::array& rows) {
    chart::Table table;
    for (const json::value& row : rows) {
        auto& cells = table.rows.emplace_back();
        for (const auto& field : row.as_object()) {
            if (table.rows.size() == 1)
                table.columns.push_back({std::string(field.key()), !cells.empty()});
            cells.emplace_back(field.value().is_string() ? field.value().get_string() : "-");
            if (cells.size() == 1) cells[0] = short_time(field.key(), cells[0]);
        }
    }
    return table;
}

std::string picture(const Drawing& drawing) {
    return chart::draw_svg(drawing.plots, {});
}

// ", 2024-01-01 to 2024-01-24".
std::string period_of(const Drawing& drawing) {
    if (drawing.rows.empty()) return {};
    const auto time_of = [](const json::value& row) {
        const auto& first = *row.as_object().begin();
        return short_time(first.key(), std::string(first.value().as_string()));
    };
    const std::string from = time_of(drawing.rows.front()), to = time_of(drawing.rows.back());
    return from == to ? ", " + from : fmt::format(", {} to {}", from, to);
}

// The picture and the figures it is made of.
std::string chart_page(const Drawing& drawing) {
    chart::Page page(drawing.title + period_of(drawing));
    page.add_note(Session::made_now());
    page.add_figure(picture(drawing));
    page.add_table("Figures", figures_of(drawing.rows));
    return page.text();
}

std::string draw(const Drawing& drawing, chart::CellOptions options) {
    const auto panels = static_cast<int>(drawing.plots.size());
    options.height = (options.height - (panels - 1)) / panels;  // a blank line between two
    std::string page;
    for (const chart::Plot& plot : drawing.plots) {
        if (!page.empty()) page += '\n';
        page += chart::draw_panel(plot, options);
    }
    return page;
}

// The figures as data: one document, or one row each for formats that are lists.
json::value data_of(const Drawing& drawing, Format format) {
    if (format != Format::Json) return drawing.rows;
    json::object data = drawing.about;
    json::array names;
    for (const chart::Plot& plot : drawing.plots)
        for (const chart::Series& series : plot.series)
            names.emplace_back(series.name);
    data["series"] = std::move(names);
    data["rows"] = drawing.rows;
    return data;
}

// On a terminal that is all there is to say. A file that was asked for and is not there is a
// failure: what reads it next must not take an older one for it.
int tell_nothing(Session& session, const Drawing& drawing) {
    const std::string path = session.out_path();
    if (!path.empty())
        return session.fail(Error{Errc::NotFound,
                                  fmt::format("{}; {} is not written", drawing.nothing, path),
                                  {},
                                  drawing.remedy});
    const std::string remedy = drawing.remedy.empty() ? "" : fmt::format(" ({})", drawing.remedy);
    session.terminal().note(fmt::format("vaultctl: {}{}\n", drawing.nothing, remedy));
    return protocol::exits::kDone;
}

// --quiet: the newest figure of every series, one a line.
std::string newest_figures(const Drawing& drawing) {
    std::string out;
    for (const chart::Plot& plot : drawing.plots)
        for (const chart::Series& series : plot.series)
            if (!series.points.empty()) out += series.points.back().value.text() + '\n';
    return out;
}

}  // namespace

Result<void> check_chart_options(const Invocation& asked) {
    VAULT_TRYV(protocol::validate_params(*asked.command, asked.params));
    const Params params(asked.params);
    if (params.has("since") && params.has("from"))
        return usage("--since and --from do not go together", "give one of the two");
    if (params.flag("ascii") && params.has("style") && !params.is_word("style", "ascii"))
        return usage("--ascii and --style do not go together", "give one of the two");
    return success();
}

int print_chart(Session& session, const Drawing& drawing, const Params& params) {
    const Globals& globals = session.invocation().globals;
    const bool is_drawing = globals.format == Format::Table || globals.format == Format::Wide ||
                            globals.format == Format::Html;
    if (!has_points(drawing) && (is_drawing || globals.quiet))
        return tell_nothing(session, drawing);
    if (globals.quiet) return session.print(newest_figures(drawing));
    if (globals.format == Format::Html) return session.put(chart_page(drawing));
    if (ending_of(params.text("out")) == ".svg") return session.put(picture(drawing));
    if (is_drawing) return session.put(draw(drawing, options_of(session, params)));
    if (globals.format == Format::Csv)
        return session.put(render::csv_of(drawing.columns, drawing.rows));
    protocol::Reply reply;
    reply.data = data_of(drawing, globals.format);
    return session.succeed(drawing.method, {}, reply);
}

std::string text_at(const json::value& data, std::string_view key) {
    const auto* object = data.if_object();
    const auto* value = object == nullptr ? nullptr : object->if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

}  // namespace vault::command
