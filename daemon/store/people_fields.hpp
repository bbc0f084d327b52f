#pragma once
// The columns of the rows of sign-in, of secrets and of API keys: row_fields.hpp's list goes on.
// Pure; any thread.
#include "daemon/store/row_fields.hpp"

namespace vault::store {

// A field that need not be UTF-8: stored as a blob. `S` is std::string, const or not.
template <class S>
struct Bytes {
    S& value;
};
template <class S>
Bytes(S&) -> Bytes<S>;

// The column that says whether an optional struct is there, 0 or 1: reading it makes the struct or
// drops it. `O` is std::optional, const or not.
template <class O>
struct Presence {
    O& value;
};
template <class O>
Presence(O&) -> Presence<O>;

// A column of a struct that is not there: NULL.
struct Absent {};

template <>
inline constexpr TableInfo kTable<ports::CredentialRow>{"credential", "", "user"};
template <>
inline constexpr TableInfo kTable<ports::SessionRow>{"session", "", "id"};
template <>
inline constexpr TableInfo kTable<ports::RobotTokenRow>{"robot_token", "", "id"};
template <>
inline constexpr TableInfo kTable<ports::TotpRow>{"totp", "", "user"};
template <>
inline constexpr TableInfo kTable<ports::RecoveryCodeRow>{"recovery_code", "", "user,code_hash"};
template <>
inline constexpr TableInfo kTable<ports::AttemptRow>{"attempt", "last_at", "account,uid"};
template <>
inline constexpr TableInfo kTable<ports::MasterRow>{"master_key", "", "version"};
template <>
inline constexpr TableInfo kTable<ports::DataKeyRow>{"data_key", "", "user,version"};
template <>
inline constexpr TableInfo kTable<ports::FieldRow>{"secret_field", "", "user,account,api_key,name"};
template <>
inline constexpr TableInfo kTable<ports::ApiKeyRow>{"api_key", "", "id"};
template <>
inline constexpr TableInfo kTable<ports::KeyPolicyRow>{"key_policy", "", "vault"};

template <RowOf<ports::CredentialRow> R, class F>
void fields(R& r, F&& f) {
    f("user", r.user), f("password_hash", r.password_hash), f("must_change", r.must_change);
    f("changed_at", r.changed_at);
}

template <RowOf<ports::SessionRow> R, class F>
void fields(R& r, F&& f) {
    f("id", r.id), f("token_hash", r.token_hash), f("user", r.user), f("uid", r.uid);
    f("created_at", r.created_at), f("last_used_at", r.last_used_at);
    f("stepped_up_at", r.stepped_up_at), f("origin", r.origin);
}

template <RowOf<ports::RobotTokenRow> R, class F>
void fields(R& r, F&& f) {
    f("id", r.id), f("token_hash", r.token_hash), f("user", r.user), f("uid", r.uid);
    f("label", r.label), f("patterns", r.patterns), f("calls_per_minute", r.calls_per_minute);
    f("created_at", r.created_at), f("expires_at", r.expires_at), f("revoked_at", r.revoked_at);
    f("last_used_at", r.last_used_at);
}

template <RowOf<ports::TotpRow> R, class F>
void fields(R& r, F&& f) {
    f("user", r.user), f("hash", r.hash), f("digits", r.digits), f("period", r.period);
    f("confirmed", r.confirmed), f("last_step", r.last_step), f("enrolled_at", r.enrolled_at);
}

template <RowOf<ports::RecoveryCodeRow> R, class F>
void fields(R& r, F&& f) {
    f("user", r.user), f("code_hash", r.code_hash), f("used_at", r.used_at);
}

template <RowOf<ports::AttemptRow> R, class F>
void fields(R& r, F&& f) {
    f("account", Bytes{r.account}), f("uid", r.uid), f("checks", r.checks);
    f("failures", r.failures), f("last_at", r.last_at), f("succeeded_at", r.succeeded_at);
}

template <RowOf<ports::Sealed> R, class F>
void fields(R& r, F&& f) {
    f("nonce", r.nonce), f("ciphertext", Bytes{r.ciphertext});
}

template <RowOf<ports::MasterRow> R, class F>
void fields(R& r, F&& f) {
    f("version", r.version), f("least", r.least), fields(r.canary, f);
}

template <RowOf<ports::DataKeyId> R, class F>
void fields(R& r, F&& f) {
    f("user", r.user), f("version", r.version);
}

template <RowOf<ports::DataKeyRow> R, class F>
void fields(R& r, F&& f) {
    fields(r.id, f), f("least", r.least), f("master", r.master), fields(r.key, f);
}

template <RowOf<ports::FieldId> R, class F>
void fields(R& r, F&& f) {
    f("user", r.user), f("account", r.account), f("api_key", r.api_key), f("name", r.name);
}

template <RowOf<ports::FieldRow> R, class F>
void fields(R& r, F&& f) {
    fields(r.id, f), f("version", r.version), fields(r.value, f);
}

template <RowOf<ports::KeyPublicPart> R, class F>
void fields(R& r, F&& f) {
    f("shown", r.shown), f("digest", r.digest);
}

template <RowOf<ports::KeyCheck> R, class F>
void fields(R& r, F&& f) {
    f("check_at", r.at), f("check_signature_accepted", r.signature_accepted);
    f("check_query_funds", r.rights.query_funds), f("check_trade", r.rights.trade);
    f("check_withdraw", r.rights.withdraw), f("check_ip", r.ip);
    f("check_expires_at", r.expires_at), f("check_message", r.message);
}

template <RowOf<ports::KeyHealth> R, class F>
void fields(R& r, F&& f) {
    f("calls", r.calls), f("errors", r.errors), f("recent", r.recent);
    f("auth_errors_in_row", r.auth_errors_in_row), f("latency_us", r.latency_us);
    f("last_success", r.last_success), f("last_error", r.last_error);
    f("rate_left_pct", r.rate_left_pct);
}

template <RowOf<ports::WithdrawalPermit> R, class F>
void fields(R& r, F&& f) {
    f("withdrawal_by", r.by), f("withdrawal_at", r.at);
}

// The column `there`, then those of the struct.
template <class O, class F>
void optional_fields(const char* there, O& value, F&& f) {
    f(there, Presence{value});
    if (value) return fields(*value, f);
    const typename std::remove_const_t<O>::value_type none{};
    fields(none, [&f](const char* name, const auto&) { f(name, Absent{}); });
}

template <RowOf<ports::ApiKeyRow> R, class F>
void fields(R& r, F&& f) {
    f("id", r.id), f("user", r.user), f("account", r.account), f("label", r.label);
    fields(r.key, f), f("state", r.state), f("state_since", r.state_since);
    f("state_reason", r.state_reason), f("created_at", r.created_at);
    f("created_by", r.created_by), optional_fields("checked", r.check, f);
    f("next_check_at", r.next_check_at), f("checks_without_answer", r.checks_without_answer);
    f("account_identity", r.account_identity), fields(r.health, f);
    f("replaced_by", r.replaced_by);
    optional_fields("withdrawal_allowed", r.allow_withdrawal, f);
}

template <RowOf<ports::KeyPolicyRow> R, class F>
void fields(R& r, F&& f) {
    f("vault", r.vault), f("policy", r.policy), f("pinned", r.pinned);
}

// What both stores say when SecretChanges::only_if does not hold.
inline Error key_is_below(ports::MasterVersion least) {
    return Error{
        Errc::StoreFailed,
        "a data key is sealed by a master key below version " + std::to_string(least.value),
        "store", "drop the change of keys and propose it again"};
}
inline Error field_is_below(const ports::NoFieldBelow& condition) {
    return Error{Errc::StoreFailed,
                 to_text(condition.user) + " has a secret that a data key below version " +
                     std::to_string(condition.version.value) + " sealed",
                 "store", "drop the change of keys and propose it again"};
}

}  // namespace vault::store
