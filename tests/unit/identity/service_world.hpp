#pragma once
// ServiceWorld: the identity service with a clock that is set, a box that keeps secrets as they
// are, and a store made of maps behind it: keep() does what the engine does with a proposal that
// became durable, and reload() what it does after a commit that failed. Tests only; one thread, but
// for the hasher.
#include "common/base/check.hpp"
#include "common/base/clock.hpp"
#include "daemon/identity/service.hpp"
#include "tests/support/open_access.hpp"
#include "tests/unit/identity/doubles.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <map>

namespace vault::identity {

// Counts, and lets a test do something while a hash is computed.
class HookedHasher final : public PasswordHasher {
  public:
    std::function<void()> while_hashing;  // once
    CountingHasher inner;

    Result<std::string> hash(const Secret& password) override {
        run();
        return inner.hash(password);
    }
    Result<bool> matches(const std::string& stored, const Secret& password) override {
        run();
        return inner.matches(stored, password);
    }

  private:
    void run() {
        const auto once = std::exchange(while_hashing, nullptr);
        if (once) once();
    }
};

class KeptRows {
  public:
    void put(const ports::UserRow& row) { users_[row.id] = row; }
    void apply(const ports::IdentityChanges& changes, const ports::SecretChanges& secrets);
    ports::WholeDirectory whole() const;

  private:
    std::map<UserId, ports::UserRow> users_;
    std::map<UserId, ports::CredentialRow> credentials_;
    std::map<SessionId, ports::SessionRow> sessions_;
    std::map<TokenId, ports::RobotTokenRow> tokens_;
    std::map<UserId, ports::TotpRow> totps_;
    std::map<std::pair<UserId, Digest>, ports::RecoveryCodeRow> codes_;
    std::map<std::pair<std::string, ports::PeerUid>, ports::AttemptRow> attempts_;
    ports::SecretRows secrets_;
    SessionId next_session_{1};
};

inline void KeptRows::apply(const ports::IdentityChanges& changes,
                            const ports::SecretChanges& secrets) {
    for (const SessionId id : changes.ended_sessions)
        sessions_.erase(id);
    for (const UserId user : changes.dropped_totps)
        totps_.erase(user);
    for (const UserId user : changes.dropped_recovery_codes)
        std::erase_if(codes_, [&](const auto& item) { return item.first.first == user; });
    for (const auto& row : changes.credentials)
        credentials_[row.user] = row;
    for (const auto& row : changes.sessions) {
        sessions_[row.id] = row;
        next_session_ = std::max(next_session_, SessionId{row.id.value + 1});
    }
    for (const auto& row : changes.tokens)
        tokens_[row.id] = row;
    for (const auto& row : changes.totps)
        totps_[row.user] = row;
    for (const auto& row : changes.recovery_codes)
        codes_[{row.user, row.code_hash}] = row;
    for (const auto& row : changes.attempts)
        attempts_[{row.account, row.uid}] = row;
    for (const ports::FieldId& id : secrets.drop_fields)
        std::erase_if(secrets_.fields, [&](const auto& row) { return row.id == id; });
    for (const auto& row : secrets.put_fields) {
        std::erase_if(secrets_.fields, [&](const auto& kept) { return kept.id == row.id; });
        secrets_.fields.push_back(row);
    }
    for (const auto& row : secrets.put_data_keys)
        secrets_.data_keys.push_back(row);
}

inline ports::WholeDirectory KeptRows::whole() const {
    ports::WholeDirectory whole;
    const auto list = [](const auto& rows, auto& into) {
        for (const auto& [key, row] : rows)
            into.push_back(row);
    };
    list(users_, whole.users);
    list(credentials_, whole.identity.credentials);
    list(sessions_, whole.identity.sessions);
    list(tokens_, whole.identity.tokens);
    list(totps_, whole.identity.totps);
    list(codes_, whole.identity.recovery_codes);
    list(attempts_, whole.identity.attempts);
    whole.identity.next_session = next_session_;
    whole.secrets = secrets_;
    return whole;
}

class ServiceWorld {
  public:
    static constexpr std::string_view kPassword = "purple kettle 9 mountain";
    static constexpr ports::PeerUid kUid = 1000;

    static Secret secret(std::string_view text) { return Secret{std::string{text}}; }

    // A user whom the store has, with kPassword.
    void add(UserId id, std::string name, Role role, UserStatus status = UserStatus::Active,
             bool must_change = false) {
        ports::UserRow row;
        row.id = id;
        row.name = std::move(name);
        row.role = role;
        row.status = status;
        put(row);
        keep({.user = id,
              .object = {},
              .rows = {
                  .credentials = {{.user = id,
                                   .password_hash = hasher.inner.hash(secret(kPassword)).value(),
                                   .must_change = must_change}}}});
    }
    void put(const ports::UserRow& row) {
        kept.put(row);
        ports::DirectoryPage page;
        page.users = {row};
        service.adopt(page);
    }

    // What the engine does with what became durable.
    void keep(const ports::cmd::ChangeIdentity& command) {
        kept.apply(command.rows, command.secrets);
        box.adopt(command.secrets);
        ports::DirectoryPage page;
        page.identity = command.rows;
        page.secrets = command.secrets;
        service.adopt(page);
    }
    // A commit failed: everything is as the store has it.
    void reload() {
        const ports::WholeDirectory whole = kept.whole();
        box.load(whole.secrets);
        service.load(whole);
    }

    template <class T>
    T run(boost::asio::awaitable<T> task) {
        std::optional<T> out;
        const auto into = [](boost::asio::awaitable<T> t,
                             std::optional<T>& o) -> boost::asio::awaitable<void> {
            o.emplace(co_await std::move(t));
        };
        boost::asio::co_spawn(io, into(std::move(task), out), boost::asio::detached);
        io.restart();
        io.run();
        VAULT_CHECK(out.has_value(), "the call ends");
        return std::move(*out);
    }

    ports::Proposal<ports::SessionRow> try_sign_in(const std::string& name,
                                                   std::string_view password = kPassword,
                                                   std::string_view code = "",
                                                   ports::PeerUid uid = kUid) {
        return run(service.sign_in({name, secret(password), secret(code), uid, "a test"}));
    }
    // Signs in and keeps it: the token.
    std::string sign_in(const std::string& name, std::string_view code = "",
                        ports::PeerUid uid = kUid) {
        auto proposal = try_sign_in(name, kPassword, code, uid);
        VAULT_CHECK(!proposal.command.refusal, "the right password opens");
        keep(proposal.command);
        return std::string{proposal.secret.reveal()};
    }
    ports::Principal who(std::string_view token, ports::PeerUid uid = kUid,
                         std::string_view method = "vault.list") {
        return service.who(token, uid, method);
    }

    boost::asio::io_context io{1};
    ManualClock clock{kStart};
    SeededEntropy entropy{77};
    HookedHasher hasher;
    test::PlainBox box;
    KeptRows kept;
    ServiceOptions options{.require_factor = false, .own_uid = 990};
    Service service{options, PasswordRules{}, hasher, box, entropy, clock};
};

}  // namespace vault::identity
