#pragma once
// The columns of the rows of sign-in and of secrets: row_fields.hpp's list goes on. Pure; any
// thread.
#include "daemon/store/row_fields.hpp"

namespace vault::store {

// A field that need not be UTF-8: stored as a blob. `S` is std::string, const or not.
template <class S>
struct Bytes {
    S& value;
};
template <class S>
Bytes(S&) -> Bytes<S>;

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

// What both stores say when SecretChanges::only_if does not hold.
inline Error field_is_below(const ports::NoFieldBelow& condition) {
    return Error{Errc::StoreFailed,
                 to_text(condition.user) + " has a secret that a data key below version " +
                     std::to_string(condition.version.value) + " sealed",
                 "store", "drop the change of keys and propose it again"};
}

}  // namespace vault::store
