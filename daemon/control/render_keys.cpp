#include "daemon/control/render_keys.hpp"

namespace vault::control {
namespace {

json::array rights_of(const ports::KeyRights& rights) {
    json::array words;
    if (rights.query_funds) words.emplace_back("query_funds");
    if (rights.trade) words.emplace_back("trade");
    if (rights.withdraw) words.emplace_back("withdraw");
    return words;
}

json::value check_to_json(const std::optional<ports::KeyCheck>& check) {
    if (!check) return nullptr;
    json::object object{{"at", to_json(check->at)},
                        {"signature_accepted", check->signature_accepted},
                        {"rights", rights_of(check->rights)},
                        {"ip_restricted", to_text(check->ip)}};
    object["expires_at"] = to_json(check->expires_at);
    object["message"] = check->message;
    return object;
}

json::object health_to_json(const ports::KeyHealth& health) {
    json::object object{{"calls", health.calls},
                        {"errors", health.errors},
                        {"recent_errors", health.recent_errors()},
                        {"auth_errors_in_row", health.auth_errors_in_row},
                        {"latency_ms", health.latency_us / 1000}};
    object["last_success"] = to_json(health.last_success);
    object["last_error"] = health.last_error;
    object["rate_left_pct"] =
        health.rate_left_pct ? json::value(*health.rate_left_pct) : json::value(nullptr);
    return object;
}

json::value id_or_null(const std::optional<ApiKeyId>& id) {
    return id ? json::value(to_text(*id)) : json::value(nullptr);
}

}  // namespace

json::value key_to_json(const ports::ApiKeyView& view) {
    const ports::ApiKeyRow& row = view.row;
    json::object object{{"id", to_text(row.id)},       {"account", to_json(row.account)},
                        {"user", view.user},           {"exchange", view.exchange},
                        {"label", row.label},          {"key", row.key.shown},
                        {"state", to_text(row.state)}, {"state_since", to_json(row.state_since)},
                        {"why", row.state_reason}};
    object["check"] = check_to_json(row.check);
    object["next_check_at"] = to_json(row.next_check_at);
    object["health"] = health_to_json(row.health);
    object["replaced_by"] = id_or_null(row.replaced_by);
    object["allow_withdrawal"] =
        row.allow_withdrawal ? json::value(row.allow_withdrawal->by) : json::value(nullptr);
    object["created_at"] = to_json(row.created_at);
    object["created_by"] = row.created_by;
    return object;
}

json::value policy_to_json(const ports::KeyPolicyView& view) {
    return json::object{{"vault", to_json(view.vault)},
                        {"policy", to_text(view.policy)},
                        {"pinned", id_or_null(view.pinned)},
                        {"picked", id_or_null(view.picked)},
                        {"why_none", view.why_none}};
}

}  // namespace vault::control
