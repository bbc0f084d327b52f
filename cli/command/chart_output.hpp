#pragma once
// How a chart leaves: as a drawing that fits its terminal, a picture, a page, or its figures as
// data. Every chart command makes a Drawing of what the daemon answered; what its options mean for
// the output is said here once. One thread; errors: Usage and InvalidParams of the options.
#include "cli/command/session.hpp"
#include "common/chart/cells.hpp"
#include "common/protocol/validate.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace vault::command {

struct Drawing {
    std::string_view method;           // "chart.pnl", of the schema
    std::string title;                 // of the page
    std::vector<chart::Plot> plots;    // panels below each other
    json::object about;                // what -o json says beside the rows
    json::array rows;                  // the figures, a time first
    std::vector<std::string> columns;  // of the rows, also where there is none
    std::string nothing;               // what is said where there is no point to draw
    std::string remedy;                // and what to do; empty if that is said already
};

// What the daemon never sees of a chart's options.
Result<void> check_chart_options(const Invocation& asked);

int print_chart(Session& session, const Drawing& drawing, const protocol::Params& params);

// The text of a field of the daemon's answer; empty if it has none.
std::string text_at(const json::value& data, std::string_view key);

}  // namespace vault::command
