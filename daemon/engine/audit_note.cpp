#include "daemon/engine/audit_note.hpp"

#include <fmt/format.h>

namespace vault::engine {
namespace {

namespace cmd = ports::cmd;

struct Subject {
    std::string object;
    UserId owner;
};

class SubjectOf {
  public:
    explicit SubjectOf(const World& world) : world_(world) {}

    Subject operator()(const cmd::CancelJob& c) const {
        const Job* const job = world_.jobs.find(c.job);
        return {to_text(c.job), job == nullptr ? UserId{} : owner_of_object(job->object)};
    }
    Subject operator()(const cmd::SeeAlerts& c) const {
        return {c.alert ? to_text(*c.alert) : std::string{}, {}};
    }
    Subject operator()(const cmd::AddAccount& c) const { return user(c.user); }
    Subject operator()(const cmd::ListPresets&) const { return {}; }
    Subject operator()(const cmd::ChangeIdentity& c) const { return {c.object, c.user}; }
    Subject operator()(const cmd::Note& c) const { return {c.object, c.user}; }
    template <class C>
    Subject operator()(const C& c) const {
        if constexpr (requires { c.target.level; })
            return target(c.target);
        else if constexpr (requires { c.name; })
            return user(c.name);
        else if constexpr (requires { c.owner; })
            return user(c.owner);
        else if constexpr (requires { ApiKeyId{c.key}; })
            return {to_text(c.key), owner(c.key)};
        else if constexpr (requires { SleeveKind{c.sleeve}; })
            return {sleeve_name(c.vault, c.sleeve), owner(c.vault)};
        else if constexpr (requires { VaultId{c.vault}; })
            return {to_text(c.vault), owner(c.vault)};
        else if constexpr (requires { AccountId{c.account}; })
            return {to_text(c.account), owner(c.account)};
        else
            return {};
    }

    Subject view(const ports::UserView& v) const { return {to_text(v.id), v.id}; }
    Subject view(const ports::ApiKeyView& v) const { return {to_text(v.row.id), v.row.user}; }
    Subject view(const ports::AccountView& v) const { return {to_text(v.id), owner(v.id)}; }
    Subject view(const ports::VaultView& v) const { return {to_text(v.id), owner(v.id)}; }
    template <class V>
    Subject view(const V&) const {
        return {};
    }

  private:
    static std::string sleeve_name(VaultId vault, SleeveKind sleeve) {
        return fmt::format("{}.{}", to_text(vault), to_text(sleeve));
    }
    UserId owner(VaultId id) const {
        if (id.value < 1 || id.value > world_.vaults.size()) return {};
        return world_.vaults[id.value - 1].row.user;
    }
    UserId owner(AccountId id) const {
        if (id.value < 1 || id.value > world_.accounts.size()) return {};
        return world_.accounts[id.value - 1].row.user;
    }
    UserId owner(ApiKeyId id) const {
        if (id.value < 1 || id.value > world_.api_keys.size()) return {};
        return world_.api_keys[id.value - 1].user;
    }
    UserId owner_of_object(std::string_view object) const {
        if (const auto vault = parse_vault_id(object)) return owner(vault.value());
        if (const auto account = parse_account_id(object)) return owner(account.value());
        return {};
    }
    Subject user(std::string_view name) const {
        const User* const one = world_.user_called(name);
        if (one != nullptr) return {to_text(one->row.id), one->row.id};
        return {std::string(name), {}};
    }
    Subject target(const cmd::Target& target) const {
        switch (target.level) {
            case cmd::Target::Level::Sleeve:
                return {sleeve_name(target.vault, target.sleeve), owner(target.vault)};
            case cmd::Target::Level::Vault: return {to_text(target.vault), owner(target.vault)};
            case cmd::Target::Level::User: return user(target.user);
            case cmd::Target::Level::Daemon: return {};
        }
        return {};
    }

    const World& world_;
};

ports::AuditRow note(const ports::CallContext& context, Subject subject, UtcTime at) {
    ports::AuditRow row;
    row.at = at;
    row.actor = context.actor;
    row.user = subject.owner;
    row.action = context.method;
    row.object = std::move(subject.object);
    row.params_json = context.params_json;
    return row;
}

}  // namespace

ports::AuditRow applied_note(const World& world, const ports::CallContext& context,
                             const ports::Command& command, const ports::View& view, UtcTime at) {
    const SubjectOf subject_of{world};
    Subject subject = std::visit([&](const auto& v) { return subject_of.view(v); }, view);
    if (subject.object.empty()) subject = std::visit(subject_of, command);
    ports::AuditRow row = note(context, std::move(subject), at);
    row.outcome = "applied";
    if (const auto* told = std::get_if<cmd::Note>(&command); told != nullptr && !told->applied) {
        row.outcome = "refused";
        row.message = told->message;
    }
    return row;
}

ports::AuditRow refused_note(const World& world, const ports::CallContext& context,
                             const ports::Command& command, const Error& refusal, UtcTime at) {
    ports::AuditRow row = note(context, std::visit(SubjectOf{world}, command), at);
    row.outcome = "refused";
    row.message = refusal.message();
    return row;
}

}  // namespace vault::engine
