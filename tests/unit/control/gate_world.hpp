#pragma once
// GateWorld: a gate with a directory of four users, an engine that notes what it is asked, and a
// caller that a test chooses. Vaults, accounts, keys and users of number N belong together: 1 is
// the caller's, 2 a member's, 3 another admin's, 4 the caller's that is live; 9 is not there. Tests
// only; one thread.
#include "common/protocol/registry.hpp"
#include "daemon/control/directory.hpp"
#include "daemon/control/gate.hpp"
#include "daemon/control/metrics.hpp"
#include "daemon/control/options.hpp"
#include "daemon/exchange/paper/key_validator.hpp"
#include "tests/support/no_backups.hpp"
#include "tests/support/open_access.hpp"
#include "tests/support/test_signer.hpp"
#include "tests/unit/control/fakes.hpp"

namespace vault::test {

inline constexpr UserId kCaller{1};
inline constexpr UserId kMember{2};
inline constexpr UserId kAdmin{3};

class GateWorld {
  public:
    GateWorld() {
        people.users = {user(kCaller, "carol", Role::Member), user(kMember, "mia", Role::Member),
                        user(kAdmin, "adam", Role::Admin)};
        for (std::uint32_t i = 1; i <= 4; ++i) {
            const UserId owner = i == 4 ? kCaller : UserId{i};
            ports::AccountRow account;
            account.id = AccountId{i};
            account.user = owner;
            people.accounts.push_back(account);
            ports::VaultRow vault;
            vault.id = VaultId{i};
            vault.account = account.id;
            vault.user = owner;
            if (i == 4) vault.mode = Mode::Live;
            people.vaults.push_back(vault);
            ports::ApiKeyRow key;
            key.id = ApiKeyId{i};
            key.account = account.id;
            key.user = owner;
            people.api_keys.push_back(key);
        }
        directory.load(people);
        commands.script = [](const ports::CallContext&, const ports::Command& command,
                             ports::Render render) -> Result<ports::Reply> {
            if (const auto* asked = std::get_if<ports::cmd::ShowJob>(&command)) {
                if (asked->job.value > 4) return Error{Errc::NotFound, "no such job"};
                ports::JobView job;
                job.id = asked->job;
                job.object = "v" + std::to_string(asked->job.value);
                return ports::Reply{render(job)};
            }
            return ports::Reply{"{}"};
        };
    }

    static ports::UserRow user(UserId id, std::string name, Role role) {
        ports::UserRow row;
        row.id = id;
        row.name = std::move(name);
        row.role = role;
        return row;
    }
    // The caller is a person of this role from here on, in the directory too.
    void be(Role role) {
        people.users[0].role = role;
        directory.load(people);
        access.caller = OpenAccess::admin(kCaller, "carol");
        access.caller.role = role;
    }
    void be_nobody(ports::Principal::Kind kind) {
        access.caller = {};
        access.caller.kind = kind;
        access.caller.uid = 1000;
    }
    void be_robot(Role role, bool in_scope) {
        be(role);
        access.caller.kind = ports::Principal::Kind::Robot;
        access.caller.session.reset();
        access.caller.token =
            ports::RobotTokenRow{.id = TokenId{3}, .user = kCaller, .calls_per_minute = 10};
        access.caller.in_scope = in_scope;
    }

    Result<control::Pass> admit(const protocol::Method& method, const json::object& params,
                                ports::PeerUid uid = 1000) {
        std::optional<Result<control::Pass>> out;
        const auto into = [](control::Gate& g, control::Gate::Ask ask,
                             std::optional<Result<control::Pass>>& o) -> asio::awaitable<void> {
            o.emplace(co_await g.admit(ask));
        };
        asio::co_spawn(io, into(gate, {method, params, "token", uid}, out), asio::detached);
        io.restart();
        io.run();
        VAULT_CHECK(out.has_value(), "the gate answers");
        return std::move(*out);
    }
    // What went into the audit trail since the last look.
    std::vector<SeenCall> notes() {
        std::vector<SeenCall> fresh;
        const std::vector<SeenCall> all = commands.seen();
        for (; looked < all.size(); ++looked)
            if (std::holds_alternative<ports::cmd::Note>(all[looked].value))
                fresh.push_back(all[looked]);
        return fresh;
    }

    asio::io_context io{1};
    ManualClock clock{parse_utc("2026-01-01").value()};
    FakeCommands commands;
    FakeConfiguration configuration;
    TestSigner signer;
    OpenAccess access;
    PlainBox secrets;
    exchange::PaperKeyValidator validator;
    NoBackups backups;
    ports::WholeDirectory people;
    control::Directory directory;
    control::Metrics metrics;
    control::Options options;
    control::ReadWorker worker{{std::make_unique<FakeReader>(), nullptr}, 4};
    runtime::WorkerPool hard_work{1, 4, Error{Errc::Busy, "busy"}};
    control::Services services{commands,
                               worker,
                               clock,
                               configuration,
                               signer,
                               access,
                               secrets,
                               validator,
                               backups,
                               hard_work,
                               directory,
                               metrics,
                               options,
                               [] { return ports::StoreHealth{}; },
                               {"0.1.0", "i1", 42}};
    control::Gate gate{services};
    std::size_t looked = 0;
};

}  // namespace vault::test
