#include "cli/render/key_pages.hpp"

#include "cli/render/fact_lines.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vault::render {
namespace {

constexpr std::array<std::string_view, 5> kOneKey{"key.add", "key.validate", "key.rotate",
                                                  "key.retire", "key.remove"};

// "-" is how an empty text is shown elsewhere.
std::string unless_empty(const json::object& data, std::string_view name) {
    const std::string text = fact_of(data, name);
    return text == "-" ? std::string() : text;
}

bool has_right(const json::object& check, std::string_view name) {
    const auto* rights = check.if_contains("rights");
    return rights != nullptr && rights->is_array() &&
           std::ranges::any_of(rights->get_array(), [&](const json::value& right) {
               return right.is_string() && std::string_view(right.get_string()) == name;
           });
}

std::string rights_in_words(const json::object& check) {
    const auto* accepted = check.if_contains("signature_accepted");
    if (accepted != nullptr && accepted->is_bool() && !accepted->get_bool())
        return "none: the exchange refuses the signature";
    const auto say = [&](std::string_view name, std::string_view words) {
        return fmt::format("{} {}", has_right(check, name) ? "can" : "cannot", words);
    };
    return fmt::format("{}, {}, {}", say("query_funds", "query funds"), say("trade", "trade"),
                       say("withdraw", "withdraw"));
}

std::string address_in_words(const json::object& check) {
    const std::string restricted = fact_of(check, "ip_restricted");
    if (restricted == "yes") return "only from ours";
    if (restricted == "no") return "from anywhere; bind the key to this host's at the exchange";
    return restricted == "unknown" ? "the exchange does not tell" : restricted;
}

void add_check(FactLines& lines, const json::object& check) {
    lines.add("rights", rights_in_words(check));
    lines.add("address", address_in_words(check));
    lines.add("expires at", fact_of(check, "expires_at"));
    lines.add("remark", unless_empty(check, "message"));
    lines.add("validated at", fact_of(check, "at"));
}

void add_health(FactLines& lines, const json::object& health) {
    const std::string in_row = fact_of(health, "auth_errors_in_row");
    lines.add("calls", fmt::format("{}, {} failed; {} of the last 32", fact_of(health, "calls"),
                                   fact_of(health, "errors"), fact_of(health, "recent_errors")));
    if (in_row != "0") lines.add("refused", in_row + " in a row");
    const std::string last_success = fact_of(health, "last_success");
    if (!last_success.empty()) lines.add("latency", fact_of(health, "latency_ms") + " ms");
    lines.add("last success", last_success);
    lines.add("last error", unless_empty(health, "last_error"));
    const std::string left = fact_of(health, "rate_left_pct");
    if (!left.empty()) lines.add("calls left", left + " %");
}

}  // namespace

bool tells_key(std::string_view method) {
    return std::ranges::find(kOneKey, method) != kOneKey.end();
}

std::string key_page(const json::object& data) {
    FactLines lines;
    lines.add("id", fact_of(data, "id"));
    lines.add("key", fact_of(data, "key"));
    lines.add("account", fmt::format("{} ({}) of {}", fact_of(data, "account"),
                                     fact_of(data, "exchange"), fact_of(data, "user")));
    lines.add("label", unless_empty(data, "label"));
    lines.add("state",
              fmt::format("{} since {}", fact_of(data, "state"), fact_of(data, "state_since")));
    lines.add("because", unless_empty(data, "why"));
    if (const auto* check = part_of(data, "check")) add_check(lines, *check);
    lines.add("validated next", fact_of(data, "next_check_at"));
    if (const auto* health = part_of(data, "health")) add_health(lines, *health);
    const std::string allowed = fact_of(data, "allow_withdrawal");
    if (!allowed.empty()) lines.add("withdrawal", "allowed by " + allowed);
    lines.add("replaced by", fact_of(data, "replaced_by"));
    lines.add("added",
              fmt::format("{} by {}", fact_of(data, "created_at"), fact_of(data, "created_by")));
    return lines.text();
}

std::string key_policy_page(const json::object& data) {
    FactLines lines;
    lines.add("vault", fact_of(data, "vault"));
    lines.add("policy", fact_of(data, "policy"));
    lines.add("pinned", fact_of(data, "pinned"));
    const std::string picked = fact_of(data, "picked");
    lines.add("picks now", picked.empty() ? "none" : picked);
    lines.add("because", unless_empty(data, "why_none"));
    return lines.text();
}

}  // namespace vault::render
