#pragma once
// What operators read of the daemon itself: metrics in the Prometheus text format, the checks of
// doctor, and the configuration. Private to this room. Pure; any thread.
#include "cli/render/render.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>

namespace vault::render {

// The text exposition format (version 0.0.4) of the data of `metrics`.
std::string prometheus_text(const json::value& data);
// The same as rows {name, labels, value}, for CSV.
json::array metric_rows(const json::value& data);
// What config show has to say beside the keys, then a table for each section of the file: its keys
// without the section's name fit a terminal.
std::string config_page(const json::object& data, const Look& look);
// A line per check, its command below it, and how many there are.
std::string doctor_page(const json::object& data, const Look& look);
// Each cap of risk.explain with its arithmetic below it, the widest level first.
std::string caps_page(const json::array& caps, const Look& look);
// The exit codes, and under each the errors that end with it and what to do.
std::string errors_page(const json::object& data);

}  // namespace vault::render
