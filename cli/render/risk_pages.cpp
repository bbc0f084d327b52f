#include "cli/render/risk_pages.hpp"

#include "cli/render/columns.hpp"
#include "cli/render/fold.hpp"
#include "cli/render/table.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace vault::render {

namespace {

constexpr std::size_t kIndent = 4;

std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value == nullptr || value->is_null() ? "" : printable(cell_text(*value, kAllPlaces));
}

std::string line(const std::string& what, const std::string& text) {
    return text.empty() ? "" : folded(text, "    " + what, kIndent);
}

json::array list_of(const json::object& object, std::string_view name) {
    const auto* list = object.if_contains(name);
    return list != nullptr && list->is_array() ? list->get_array() : json::array();
}

std::string bold_line(const std::string& text, const Look& look) {
    return fmt::format("{}{}{}\n", look.bold ? "\x1b[1m" : "", text, look.bold ? "\x1b[0m" : "");
}

std::string trip_lines(const json::object& trip) {
    std::string out = fmt::format("  {}  {} {}\n", text_of(trip, "at"), text_of(trip, "cap"),
                                  text_of(trip, "limit"));
    out += line("", text_of(trip, "arithmetic"));
    if (text_of(trip, "earliest") != text_of(trip, "at"))
        out += line("may have been since: ", text_of(trip, "earliest"));
    if (text_of(trip, "oldest_price") != text_of(trip, "at"))
        out += line("mixed with a price of: ", text_of(trip, "oldest_price"));
    out += line("blocks: ", text_of(trip, "blocks"));
    const std::string until = text_of(trip, "until");
    out += line("until: ",
                until.empty() ? "nothing ended it; it ends with " + text_of(trip, "ends") : until);
    return out + line("buys blocked: ", text_of(trip, "buys_blocked"));
}

std::string event_lines(const json::object& event) {
    return fmt::format("  {}  {}\n", text_of(event, "at"), text_of(event, "type")) +
           line("", text_of(event, "message"));
}

}  // namespace

std::string risk_test_page(const json::object& data, const Look& look) {
    const std::string of = text_of(data, "of");
    std::string out = bold_line(fmt::format("{}{}{} since {}", text_of(data, "level"),
                                            of.empty() ? "" : " ", of, text_of(data, "since")),
                                look);
    const json::array rows = list_of(data, "rows");
    if (rows.empty()) out += "  no cap would have tripped\n";
    for (const auto& trip : rows)
        if (trip.is_object()) out += trip_lines(trip.get_object());
    out += fmt::format("  {} of {} buys would have been blocked\n", text_of(data, "buys_blocked"),
                       text_of(data, "buys"));
    out += '\n' + bold_line("in truth", look);
    const json::array events = list_of(data, "events");
    if (events.empty()) out += "  no cap tripped, as far as the event log goes back\n";
    for (const auto& event : events)
        if (event.is_object()) out += event_lines(event.get_object());
    return out;
}

}  // namespace vault::render
