#include "cli/render/alerts.hpp"

#include "cli/render/columns.hpp"
#include "cli/render/fold.hpp"
#include "cli/render/table.hpp"

#include <fmt/format.h>

namespace vault::render {
namespace {

constexpr std::size_t kIndent = 6;

// Empty for null and for an empty text or list.
std::string field(const json::object& alert, std::string_view name) {
    const auto* value = alert.if_contains(name);
    const std::string text =
        value == nullptr ? std::string() : printable(cell_text(*value, kAllPlaces));
    return text == "-" ? std::string() : text;
}

std::string without_thousandths(std::string at) {
    const std::size_t dot = at.rfind('.');
    return dot == std::string::npos ? at : at.substr(0, dot) + "Z";
}

}  // namespace

std::string alert_lines(const json::object& alert, bool bold) {
    std::string head = fmt::format("{:<5} {}: ", field(alert, "id"), field(alert, "severity"));
    const std::string subject = field(alert, "subject");
    std::string what =
        fmt::format("{} {}", subject.empty() ? "vaultd" : subject, field(alert, "kind"));
    if (const std::string count = field(alert, "count"); count != "1")
        what += fmt::format(", {} times", count);
    what += ", " + without_thousandths(field(alert, "last_at"));
    std::string first = folded(what, head, kIndent);
    if (bold && field(alert, "severity") == "critical")
        first = "\x1b[1m" + first.substr(0, first.size() - 1) + "\x1b[0m\n";
    const std::string blanks(kIndent, ' ');
    std::string out = first + folded(field(alert, "message"), blanks, kIndent);
    out += folded(field(alert, "next"), blanks + "do: ", kIndent + 4);
    if (const std::string told = field(alert, "deliveries"); !told.empty())
        out += folded(told, blanks + "told: ", kIndent + 6);
    if (const std::string seen = field(alert, "seen_by"); !seen.empty())
        out += folded(fmt::format("seen by {}", seen), blanks, kIndent);
    return out;
}

}  // namespace vault::render
