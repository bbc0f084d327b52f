#include "cli/render/identity_pages.hpp"

#include "cli/render/columns.hpp"
#include "cli/render/fact_lines.hpp"
#include "cli/render/fold.hpp"
#include "cli/render/table.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace vault::render {
namespace {

// What it comes to that the daemon knows nobody, or not by a session.
std::string standing_of(const json::object& data) {
    const std::string kind = fact_of(data, "kind");
    if (kind == "nobody") return "no: vaultctl login NAME";
    if (kind == "last_resort")
        return "no: vaultctl login NAME; the first admin is created without, as you are now";
    if (kind == "robot") return "as a robot, with a token";
    return kind == "person" ? "yes" : kind;
}

std::string duty_in_words(const json::object& data) {
    std::string out;
    const auto* must = data.if_contains("must");
    if (must == nullptr || !must->is_array()) return out;
    for (const auto& duty : must->get_array()) {
        if (!out.empty()) out += "; ";
        if (duty == "change_password") {
            out += "change your password: vaultctl passwd";
        } else if (duty == "enroll_factor") {
            out += "enrol a second factor: vaultctl mfa enroll";
        } else {
            out += printable(cell_text(duty, kAllPlaces));
        }
    }
    return out;
}

std::string system_user(const json::object& data) {
    const std::string name = fact_of(data, "login_name"), uid = fact_of(data, "uid");
    return name.empty() ? fmt::format("uid {}", uid) : fmt::format("{} (uid {})", name, uid);
}

void add_session(FactLines& lines, const json::object& session) {
    lines.add("session", fact_of(session, "id"));
    lines.add("idle until", fact_of(session, "idle_until"));
    lines.add("ends at", fact_of(session, "expires_at"));
    lines.add("code shown until", fact_of(session, "stepped_up_until"));
}

void add_token(FactLines& lines, const json::object& token) {
    lines.add("token", fmt::format("{} {}", fact_of(token, "id"), fact_of(token, "label")));
    lines.add("may call", fact_of(token, "methods"));
    lines.add("ends at", fact_of(token, "expires_at"));
}

}  // namespace

std::string whoami_page(const json::object& data) {
    FactLines lines;
    lines.add("name", fact_of(data, "name"));
    lines.add("signed in", standing_of(data));
    lines.add("first", duty_in_words(data));
    lines.add("role", fact_of(data, "role"));
    lines.add("status", fact_of(data, "status"));
    const bool known = !fact_of(data, "name").empty();
    const std::string permissions = fact_of(data, "permissions");
    if (known) lines.add("permissions", permissions.empty() ? "none" : permissions);
    if (known) lines.add("second factor", fact_of(data, "second_factor"));
    if (data.contains("uid")) lines.add("system user", system_user(data));
    if (const auto* session = part_of(data, "session")) add_session(lines, *session);
    if (const auto* token = part_of(data, "token")) add_token(lines, *token);
    return lines.text();
}

std::string recovery_page(const json::object& data) {
    std::string out = folded(
        "Your second factor is on. Each of these recovery codes stands in for it once, if the app "
        "is lost. Keep them where the app is not; they are not shown again.",
        "", 0);
    out += '\n';
    const auto* codes = data.if_contains("recovery_codes");
    if (codes == nullptr || !codes->is_array()) return out;
    for (const auto& code : codes->get_array())
        out += fmt::format("  {}\n", printable(cell_text(code, kAllPlaces)));
    return out;
}

}  // namespace vault::render
