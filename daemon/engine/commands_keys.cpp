// API keys: added, validated, rotated, retired, and by which rule a vault picks one.
#include "common/base/excerpt.hpp"
#include "daemon/engine/commander.hpp"
#include "daemon/engine/key_choice.hpp"
#include "daemon/engine/key_machine.hpp"
#include "daemon/engine/key_rotation.hpp"
#include "daemon/engine/view_builder.hpp"
#include "daemon/ports/absent.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {
namespace {

using ports::ApiKeyRow;

constexpr std::size_t kLabelMax = 120;

ports::SecretChanges drop_secrets(const ApiKeyRow& row) {
    ports::SecretChanges changes;
    for (const std::string_view name : {ports::kApiKeyField, ports::kApiSecretField})
        changes.drop_fields.push_back({row.user, row.account, row.id, std::string{name}});
    return changes;
}

}  // namespace

Result<ApiKeyRow*> Commander::api_key(ApiKeyId id) {
    ApiKeyRow* const found = world_.find_api_key(id);
    if (found != nullptr && sees(found->user)) return found;
    return ports::no_key(id);
}

void Commander::put_key(ApiKeyRow row) {
    recorder_.rows().api_keys.push_back(row);
    *world_.find_api_key(row.id) = std::move(row);
}

void Commander::tell_key(const ApiKeyRow& row, std::string message) {
    recorder_.event({row.user, row.account, Mode::Paper, context_.actor}, clock_.now(), "alert",
                    "api_key", to_text(row.id), std::move(message));
}

void Commander::tell_alerts(const KeyStep& step) {
    for (const KeyEffect& effect : step.effects)
        if (const auto* alert = std::get_if<Alert>(&effect)) tell_key(step.row, alert->text);
}

// A Validate effect needs nobody to remember it: the row says when.
void Commander::advance_key(ApiKeyId id, const KeyEvent& event) {
    KeyStep step = next_key(*world_.find_api_key(id), event, clock_.now());
    tell_alerts(step);
    put_key(std::move(step.row));
}

std::vector<ports::KeyPolicyRow> Commander::policies_of(AccountId account) const {
    std::vector<ports::KeyPolicyRow> rows;
    for (const VaultId vault : world_.accounts[account.value - 1].vaults)
        if (const auto at = world_.key_policies.find(vault); at != world_.key_policies.end())
            rows.push_back(at->second);
    return rows;
}

void Commander::put_policy(const ports::KeyPolicyRow& row) {
    recorder_.rows().key_policies.push_back(row);
    world_.key_policies[row.vault] = row;
}

// Takes every rotation of the account as far as it goes. A simulated venue takes orders without a
// key, so nothing is ever under way with one.
void Commander::go_on_rotating(AccountId account) {
    constexpr std::uint64_t kInFlight = 0;
    for (std::size_t i = 0; i < world_.api_keys.size(); ++i) {
        if (world_.api_keys[i].account != account) continue;
        while (world_.api_keys[i].replaced_by) {  // given up, it is none any more
            const auto policies = policies_of(account);
            RotationStep step = next_rotation_step(world_.api_keys, policies, world_.api_keys[i].id,
                                                   kInFlight, clock_.now());
            if (step.is_waiting()) break;
            for (ApiKeyRow& row : step.keys)
                put_key(std::move(row));
            for (const ports::KeyPolicyRow& row : step.policies)
                put_policy(row);
        }
    }
}

// An account that was removed leaves the real one to be added again.
std::vector<ApiKeyRow> Commander::keys_of_accounts() const {
    std::vector<ApiKeyRow> keys;
    for (const ApiKeyRow& row : world_.api_keys)
        if (!world_.accounts[row.account.value - 1].removed) keys.push_back(row);
    return keys;
}

void Commander::take_findings(ApiKeyId id, const ports::KeyFindings& findings) {
    const AccountMatch match =
        match_account(keys_of_accounts(), *world_.find_api_key(id), findings);
    advance_key(id, key_event::Validated{findings, match});
    go_on_rotating(world_.find_api_key(id)->account);
}

// Of an account that is removed: a key that is still in use keeps it, the secrets of others go
// along.
Result<ports::SecretChanges> Commander::give_up_keys(AccountId account) const {
    ports::SecretChanges changes;
    for (const ApiKeyRow& row : world_.api_keys) {
        if (row.account != account) continue;
        if (row.state != ports::KeyState::Retired)
            return Error{Errc::WrongState,
                         fmt::format("{} has the API key {}", to_text(account), to_text(row.id)),
                         "account", "remove it first: vaultctl key remove " + to_text(row.id)};
        for (ports::FieldId& field : drop_secrets(row).drop_fields)
            changes.drop_fields.push_back(std::move(field));
    }
    return changes;
}

Result<void> Commander::may_add_key(const ports::cmd::AddKey& c) {
    if (c.id.value != world_.api_keys.size() + 1)
        return Error{Errc::Busy, "another key was added meanwhile", {}, "try again"};
    if (c.label.size() > kLabelMax)
        return Error{Errc::InvalidParams, "the label is too long", "label", "use 120 bytes"};
    const UserId owner = world_.find_account(c.account)->row.user;
    std::size_t in_use = 0;
    for (const ApiKeyRow& row : world_.api_keys) {
        if (row.state == ports::KeyState::Retired) continue;
        // Nobody has shown that it is his before the exchange has accepted its signature.
        const bool claimed = row.check.has_value() || row.user == owner;
        if (claimed && row.key.digest == c.key.digest)
            return Error{Errc::Exists, "this API key is in use already", "api_key",
                         sees(row.user) ? fmt::format("it is {}", to_text(row.id))
                                        : "make a key of your own at the exchange"};
        if (row.account == c.account) ++in_use;
    }
    return may_have_more(in_use, options_.keys_per_account, "API keys of one account");
}

Result<ports::View> Commander::on(const ports::cmd::AddKey& c) {
    VAULT_TRY(Account* const account, this->account(c.account));
    VAULT_TRYV(may_add_key(c));
    const UtcTime now = clock_.now();
    ApiKeyRow row{.id = c.id,
                  .user = account->row.user,
                  .account = c.account,
                  .label = c.label,
                  .key = c.key,
                  .state_since = now,
                  .created_at = now,
                  .created_by = context_.actor,
                  .next_check_at = now};
    if (c.allow_withdrawal) row.allow_withdrawal = {context_.actor, now};
    // What the exchange refused is not kept: the caller mends it and adds the key again.
    if (c.findings) {
        const AccountMatch match = match_account(keys_of_accounts(), row, *c.findings);
        const KeyStep step = next_key(row, key_event::Validated{*c.findings, match}, now);
        if (!ports::is_usable(step.row.state))
            return Error{Errc::KeyRefused,
                         fmt::format("the API key is not kept: {}", step.row.state_reason),
                         "api_key", "mend the key at the exchange, then add it again"};
        tell_alerts(step);
        row = step.row;
    }
    world_.api_keys.push_back(row);
    recorder_.rows().api_keys.push_back(row);
    recorder_.rows().secrets = c.secrets;
    refresh_hold(*account);
    if (c.replaces) {
        VAULT_TRYV(api_key(*c.replaces));
        VAULT_TRY(ApiKeyRow old, begin_rotation(world_.api_keys, *c.replaces, c.id));
        put_key(std::move(old));
        go_on_rotating(c.account);
    }
    return view_of(world_, *world_.find_api_key(c.id));
}

Result<ports::View> Commander::on(const ports::cmd::CheckKey& c) {
    VAULT_TRY(const ApiKeyRow* const row, api_key(c.key));
    if (row->state == ports::KeyState::Retired)
        return Error{Errc::WrongState, fmt::format("{} is retired for good", to_text(c.key)), "key",
                     "add another: vaultctl key add"};
    advance_key(c.key, key_event::RevalidationDue{});
    return view_of(world_, *world_.find_api_key(c.key));
}

Result<ports::View> Commander::on(const ports::cmd::CheckedKey& c) {
    VAULT_TRYV(api_key(c.key));
    if (c.findings)
        take_findings(c.key, *c.findings);
    else
        advance_key(c.key, key_event::ValidationFailed{c.failure, c.message});
    return view_of(world_, *world_.find_api_key(c.key));
}

Result<ports::View> Commander::on(const ports::cmd::RetireKey& c) {
    VAULT_TRY(const ApiKeyRow* const row, api_key(c.key));
    const AccountId account = row->account;
    if (row->state != ports::KeyState::Retired) {
        advance_key(c.key, key_event::Retire{"by " + context_.actor});
        go_on_rotating(account);
    }
    return view_of(world_, *world_.find_api_key(c.key));
}

Result<ports::View> Commander::on(const ports::cmd::RemoveKey& c) {
    VAULT_TRY(const ports::View view, on(ports::cmd::RetireKey{c.key}));
    recorder_.rows().secrets = drop_secrets(*world_.find_api_key(c.key));
    return view;
}

ports::KeyPolicyView Commander::policy_view(const Vault& vault) const {
    const auto at = world_.key_policies.find(vault.row.id);
    const ports::KeyPolicyRow policy =
        at == world_.key_policies.end() ? ports::KeyPolicyRow{vault.row.id} : at->second;
    ports::KeyPolicyView view{policy.vault, policy.policy, policy.pinned, {}, {}};
    const auto picked = choose_key(world_.api_keys, vault.row.account, policy, 0);
    if (picked)
        view.picked = picked.value();
    else
        view.why_none = picked.error().message();
    return view;
}

Result<ports::View> Commander::on(const ports::cmd::SetKeyPolicy& c) {
    VAULT_TRY(const Vault* const vault, this->vault(c.vault));
    if (c.pinned) {
        VAULT_TRY(const ApiKeyRow* const row, api_key(*c.pinned));
        if (row->account != vault->row.account)
            return Error{Errc::InvalidParams,
                         fmt::format("{} is a key of {}, not of {}", to_text(row->id),
                                     to_text(row->account), to_text(vault->row.account)),
                         "key", "list them with: vaultctl key list --account A"};
    }
    put_policy({c.vault, c.policy, c.pinned});
    return policy_view(*vault);
}

Result<ports::View> Commander::on(const ports::cmd::ListKeys& c) {
    if (c.account) {
        VAULT_TRYV(this->account(*c.account));
    }
    std::vector<ports::ApiKeyView> views;
    for (const ApiKeyRow& row : world_.api_keys)
        if ((!c.account || row.account == *c.account) && sees(row.user))
            views.push_back(view_of(world_, row));
    return views;
}

}  // namespace vault::engine
