#include "tests/simulation/run.hpp"

#include "daemon/engine/view_builder.hpp"
#include "tests/simulation/stage.hpp"

#include <fmt/format.h>

namespace vault::simulation {
namespace {

namespace cmd = ports::cmd;

class ChaosRun {
  public:
    explicit ChaosRun(const Plan& plan)
        : plan_(plan), stage_(plan, [this](const ports::Batch&) {
              if (const engine::World* const world = stage_.process.world())
                  stage_.oracle.check_world(*world);
          }) {}

    RunReport run() {
        stage_.begin();
        set_up();
        stage_.clients.begin();
        stage_.until([this] { return stage_.clients.markets_done(); }, "the markets");
        heal();
        RunReport out;
        out.seed = plan_.seed;
        stage_.tell(out, plan_.days + 1);
        return out;
    }

  private:
    void set_up() {
        stage_.clients.on_script_answer = [this](const Call& call,
                                                 const Result<ports::Reply>& result) {
            if (!result)
                stage_.oracle.complain(fmt::format("set-up call {} was refused: {}", call.number,
                                                   result.error().message()));
        };
        stage_.script(setup_commands(plan_));
        stage_.clients.on_script_answer = nullptr;
    }

    // Faults off, everything decided that waits for a person, holds lifted: then all must go on.
    void heal() {
        Clients& clients = stage_.clients;
        stage_.chaos.heal();
        clients.stop();
        stage_.until([&] { return clients.under_way() == 0 && stage_.process.world() != nullptr; },
                     "the calls under way");
        if (!stage_.sound()) return;
        stage_.script(release_all());
        const std::uint64_t buys = stage_.oracle.buys();
        const std::vector<Looked> looked = looked_in(*stage_.process.world());
        stage_.script(run_on());
        stage_.until([this] { return !running(); }, "the last day");
        stage_.finish();
        check_lively(buys, looked);
    }

    // How often each sleeve has decided, and its market's time, in the order of vaults.
    struct Looked {
        std::uint32_t often = 0;
        UtcTime now;
    };
    static std::vector<Looked> looked_in(const engine::World& world) {
        std::vector<Looked> out;
        for (const engine::Vault& vault : world.vaults)
            for (const engine::Sleeve& sleeve : vault.sleeves)
                out.push_back({sleeve.looks, world.market_of(world.account_of(vault)).now});
        return out;
    }

    std::vector<Draft> release_all() const {
        std::vector<Draft> out;
        const auto add = [&out](ports::Command command) { out.push_back({std::move(command)}); };
        for (std::size_t i = 0; i < plan_.vaults.size(); ++i) {
            const VaultId id{static_cast<std::uint32_t>(i + 1)};
            for (const SleeveKind sleeve : kSleeveKinds)
                for (int twice = 0; twice < 2; ++twice)
                    add(cmd::ResolvePosition{id, sleeve, std::nullopt,
                                             twice == 0 ? cmd::ResolvePosition::As::Kept
                                                        : cmd::ResolvePosition::As::Withdrawn,
                                             std::nullopt});
        }
        add(cmd::Resume{{cmd::Target::Level::Daemon, {}, {}, {}}, "healed"});
        for (const std::string& user : plan_.users)
            add(cmd::Resume{{cmd::Target::Level::User, {}, {}, user}, "healed"});
        for (std::size_t i = 0; i < plan_.vaults.size(); ++i) {
            const VaultId id{static_cast<std::uint32_t>(i + 1)};
            add(cmd::Resume{{cmd::Target::Level::Vault, id, {}, {}}, "healed"});
            for (const SleeveKind sleeve : kSleeveKinds) {
                add(cmd::Resume{{cmd::Target::Level::Sleeve, id, sleeve, {}}, "healed"});
                add(cmd::SetSleeve{id, sleeve, {{"preset", "flash"}}});
            }
        }
        return out;
    }

    std::vector<Draft> run_on() const {
        std::vector<Draft> out;
        for (const AccountId account : accounts_of(plan_))
            out.push_back(
                {cmd::ReplayRun{account, kMarketStart + std::chrono::days{plan_.days + 1}}});
        return out;
    }

    bool running() const {
        const engine::World* const world = stage_.process.world();
        if (world == nullptr) return true;
        for (const engine::Account& account : world->accounts)
            if (account.replay.state == engine::ReplayState::Running) return true;
        return false;
    }

    // A day without faults and holds: every sleeve whose pair has prices is checked to the end.
    void check_lively(std::uint64_t buys_before, const std::vector<Looked>& looked_before) {
        if (!stage_.sound()) return;
        const engine::World& world = *stage_.process.world();
        auto before = looked_before.begin();
        std::size_t able = 0;
        for (const engine::Vault& vault : world.vaults) {
            const engine::Account& account = world.account_of(vault);
            const UtcTime now = world.market_of(account).now;
            for (const engine::Sleeve& sleeve : vault.sleeves) {
                const bool decides = sleeve.looks > before->often || now == before->now;
                ++before;
                for (const engine::PairSlot& slot : sleeve.slots) {
                    if (slot.pair != account.replay.source.pair) continue;
                    // A script has no timers.
                    const UtcTime last = sleeve.script ? decides ? now : UtcTime{}
                                                       : std::max(slot.state.last_buy_check,
                                                                  slot.state.last_sell_check);
                    if (now - last > std::chrono::hours{2})
                        stage_.oracle.complain(
                            fmt::format("{} is not checked any more: {}",
                                        engine::sleeve_name(vault, sleeve.kind),
                                        engine::view_of(world, vault, sleeve).idle_reason));
                    if (slot.view.free_cash > Decimal::from_int(50) && !slot.view.paused) ++able;
                }
            }
        }
        if (able >= 6 && stage_.oracle.buys() == buys_before)
            stage_.oracle.complain("nothing is bought any more after everything has healed");
    }

    const Plan& plan_;
    Stage stage_;
};

}  // namespace

RunReport run_chaos(const Plan& plan) {
    return ChaosRun{plan}.run();
}

}  // namespace vault::simulation
