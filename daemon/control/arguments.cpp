#include "daemon/control/arguments.hpp"

namespace vault::control {

namespace {

constexpr std::uint32_t kDefaultRows = 100;

// The registry has checked the word already.
template <class T>
T checked(Result<T> parsed) {
    VAULT_CHECK(parsed.has_value(), "the registry let a bad word through");
    return parsed.value();
}

}  // namespace

Result<VaultId> vault_of(const protocol::Params& params) {
    Result<VaultId> vault = parse_vault_id(params.text("vault"));
    if (!vault)
        return Error(Errc::InvalidParams, "a vault is named by its id, such as v1", "vault",
                     "vaultctl vault list shows the ids");
    return vault;
}

Result<AccountId> account_of(const protocol::Params& params) {
    Result<AccountId> account = parse_account_id(params.text("account"));
    if (!account)
        return Error(Errc::InvalidParams, "an account is named by its id, such as a1", "account",
                     "vaultctl account list shows the ids");
    return account;
}

SleeveKind sleeve_of(const protocol::Params& params) {
    return checked(parse_sleeve_kind(params.text("sleeve")));
}

std::optional<SleeveKind> maybe_sleeve(const protocol::Params& params) {
    if (!params.has("sleeve")) return std::nullopt;
    return sleeve_of(params);
}

Result<std::optional<VaultId>> maybe_vault(const protocol::Params& params) {
    if (!params.has("vault")) return std::optional<VaultId>{};
    VAULT_TRY(const VaultId vault, vault_of(params));
    return std::optional(vault);
}

Result<std::optional<AccountId>> maybe_account(const protocol::Params& params) {
    if (!params.has("account")) return std::optional<AccountId>{};
    VAULT_TRY(const AccountId account, account_of(params));
    return std::optional(account);
}

ports::cmd::Target whole_daemon() {
    return {};
}

Result<ports::cmd::Target> vault_target(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    ports::cmd::Target target;
    target.level = ports::cmd::Target::Level::Vault;
    target.vault = vault;
    return target;
}

Result<ports::cmd::Target> sleeve_target(const protocol::Params& params) {
    VAULT_TRY(ports::cmd::Target target, vault_target(params));
    target.level = ports::cmd::Target::Level::Sleeve;
    target.sleeve = sleeve_of(params);
    return target;
}

Result<ports::RowFilter> row_filter(const protocol::Params& params) {
    ports::RowFilter filter;
    VAULT_TRY(filter.vault, maybe_vault(params));
    filter.sleeve = maybe_sleeve(params);
    filter.pair = params.pair("pair");
    filter.from = params.time("since");
    filter.to = params.time("until");
    filter.limit = static_cast<std::uint32_t>(params.integer("limit").value_or(kDefaultRows));
    return filter;
}

Handled refuse(Error error) {
    co_return error;
}

}  // namespace vault::control
