#include "cli/render/identity_pages.hpp"

#include "cli/render/columns.hpp"
#include "cli/render/fold.hpp"
#include "cli/render/table.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace vault::render {
namespace {

// "" for null and for what is not there; items apart by commas.
std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (value == nullptr || value->is_null()) return {};
    const auto* list = value->if_array();
    if (list == nullptr) return printable(cell_text(*value, kAllPlaces));
    std::string out;
    for (const auto& item : *list) {
        if (!out.empty()) out += ", ";
        out += printable(cell_text(item, kAllPlaces));
    }
    return out;
}

const json::object* part_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value == nullptr ? nullptr : value->if_object();
}

class Lines {
  public:
    void add(std::string_view name, std::string text) {
        if (!text.empty()) lines_.emplace_back(name, std::move(text));
    }
    std::string text() const {
        std::size_t width = 0;
        for (const auto& [name, text] : lines_)
            width = std::max(width, name.size());
        std::string out;
        for (const auto& [name, text] : lines_)
            out += folded(text, fmt::format("{:<{}}  ", name, width), width + 2);
        return out;
    }

  private:
    std::vector<std::pair<std::string_view, std::string>> lines_;
};

// What it comes to that the daemon knows nobody, or not by a session.
std::string standing_of(const json::object& data) {
    const std::string kind = text_of(data, "kind");
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
    const std::string name = text_of(data, "login_name"), uid = text_of(data, "uid");
    return name.empty() ? fmt::format("uid {}", uid) : fmt::format("{} (uid {})", name, uid);
}

void add_session(Lines& lines, const json::object& session) {
    lines.add("session", text_of(session, "id"));
    lines.add("idle until", text_of(session, "idle_until"));
    lines.add("ends at", text_of(session, "expires_at"));
    lines.add("code shown until", text_of(session, "stepped_up_until"));
}

void add_token(Lines& lines, const json::object& token) {
    lines.add("token", fmt::format("{} {}", text_of(token, "id"), text_of(token, "label")));
    lines.add("may call", text_of(token, "methods"));
    lines.add("ends at", text_of(token, "expires_at"));
}

}  // namespace

std::string whoami_page(const json::object& data) {
    Lines lines;
    lines.add("name", text_of(data, "name"));
    lines.add("signed in", standing_of(data));
    lines.add("first", duty_in_words(data));
    lines.add("role", text_of(data, "role"));
    lines.add("status", text_of(data, "status"));
    const bool known = !text_of(data, "name").empty();
    const std::string permissions = text_of(data, "permissions");
    if (known) lines.add("permissions", permissions.empty() ? "none" : permissions);
    if (known) lines.add("second factor", text_of(data, "second_factor"));
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
