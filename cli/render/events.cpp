#include "cli/render/events.hpp"

#include "cli/render/columns.hpp"
#include "cli/render/fold.hpp"
#include "cli/render/table.hpp"

#include <fmt/format.h>

namespace vault::render {
namespace {

constexpr std::size_t kIndent = 8;

std::string field(const json::object& event, std::string_view name) {
    const auto* value = event.if_contains(name);
    return value == nullptr || value->is_null() ? std::string()
                                                : printable(cell_text(*value, kAllPlaces));
}

// Whole seconds are written without milliseconds, as in tables.
std::string time_of(const json::object& event) {
    std::string at = field(event, "at");
    if (at.ends_with(".000Z")) at.replace(at.size() - 5, 5, "Z");
    return at;
}

}  // namespace

std::string event_lines(const json::object& event, bool bold) {
    const std::string object = field(event, "object");
    const std::string severity = field(event, "severity");
    std::string what = object == "-" || object.empty() ? std::string("vaultd") : object;
    what += ' ' + field(event, "type");
    if (const std::string message = field(event, "message"); !message.empty() && message != "-")
        what += ": " + message;
    if (severity == "alert" || severity == "warning") what.insert(0, severity + ": ");
    const std::string head = fmt::format("{:>6}  {}  ", field(event, "seq"), time_of(event));
    const std::string lines = folded(what, head, kIndent);
    const bool loud = bold && severity == "alert";
    return loud ? "\x1b[1m" + lines.substr(0, lines.size() - 1) + "\x1b[0m\n" : lines;
}

}  // namespace vault::render
