#include "cli/command/credentials.hpp"

#include "common/protocol/registry.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace vault::command {
namespace {

std::string text_in(const json::object& data, std::string_view key) {
    const auto* value = data.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

bool is_open(std::string_view method) {
    const protocol::Method* const row = protocol::find_method(method);
    // whoami is there to tell why nobody is signed in.
    return row != nullptr && row->right == protocol::Right::Open && row->name != "whoami";
}

// Methods that sign in themselves: whoever calls them may have a session that has ended.
bool begins_anew(std::string_view method) {
    return method == "login" || method == "register";
}

bool is_revoked(const json::object& data, const std::string& id) {
    const auto* list = data.if_contains("revoked");
    return list != nullptr && list->is_array() &&
           std::ranges::find(list->get_array(), json::value(id)) != list->get_array().end();
}

}  // namespace

bool is_failure(const protocol::Reply& reply, Errc errc) {
    return reply.failure && reply.failure->code == protocol::error_row(errc).code;
}

Credentials::Credentials(const Sources& sources)
    : sources_(sources), file_(client::session_folder(sources.runtime_dir), sources.socket) {}

Result<void> Credentials::load() {
    if (std::exchange(loaded_, true)) return success();
    if (!sources_.token_file.empty()) {
        auto token = client::read_token_file(sources_.token_file, sources_.credentials);
        loaded_ = token.has_value();
        VAULT_TRY(robot_, std::move(token));
        return success();
    }
    auto session = file_.read();
    loaded_ = session.has_value();
    VAULT_TRY(session_, std::move(session));
    return success();
}

Result<const Secret*> Credentials::token_for(std::string_view method) {
    const auto loaded = load();
    if (!loaded && (!is_open(method) || !sources_.token_file.empty())) return loaded.error();
    if (begins_anew(method)) return nullptr;
    if (is_robot()) return &robot_;
    return session_ ? &session_->token : nullptr;
}

bool Credentials::reread() {
    if (is_robot() || !session_) return false;
    auto fresh = file_.read();
    if (!fresh || !fresh.value() || fresh.value()->token.equals(session_->token)) return false;
    session_ = std::move(fresh).value();
    return true;
}

Result<void> Credentials::settle(std::string_view method, bool dry_run, protocol::Reply& reply) {
    if (is_failure(reply, Errc::AuthRequired) && !begins_anew(method)) forget();
    auto* data = reply.failure ? nullptr : reply.data.if_object();
    if (data == nullptr || dry_run) return success();
    if (method == "login" || method == "mfa.verify") return keep(*data);
    const bool revoked = method == "session.revoke" && session_ && is_revoked(*data, session_->id);
    // Whoever asks who they are is told, not refused, that the session has ended.
    const bool unknown = method == "whoami" && (text_in(*data, "kind") == "nobody" ||
                                                text_in(*data, "kind") == "last_resort");
    if (revoked || unknown || method == "logout") forget();
    return success();
}

Result<void> Credentials::keep(json::object& data) {
    auto* token = data.if_contains("token");
    if (token == nullptr || !token->is_string()) return success();
    client::StoredSession session{text_in(data, "user"), text_in(data, "session"),
                                  client::joined(token->get_string(), {})};
    std::ranges::fill(token->get_string(), '\0');
    data.stable_erase("token");
    if (is_robot()) return file_.write(session);
    VAULT_TRYV(file_.write(session));
    if (session_ && session_->id != session.id) std::swap(session_, replaced_);
    session_.emplace(std::move(session));
    return success();
}

std::optional<client::StoredSession> Credentials::replaced() {
    return std::exchange(replaced_, std::nullopt);
}

void Credentials::forget() {
    if (is_robot() || !session_) return;
    file_.remove(session_->token);
    session_.reset();
}

}  // namespace vault::command
