#include "tests/simulation/run.hpp"

#include "tests/simulation/chaos.hpp"
#include "tests/simulation/clients.hpp"

#include <fmt/format.h>

namespace vault::simulation {
namespace {

namespace cmd = ports::cmd;

constexpr UtcTime kWallStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
constexpr std::uint64_t kEventsMax = 1'000'000;

class ChaosRun {
  public:
    explicit ChaosRun(const Plan& plan)
        : plan_(plan),
          clock_(kWallStart, plan.read_cost),
          queue_(clock_, split_seed(plan.seed, 6)),
          oracle_(plan),
          store_(queue_, split_seed(plan.seed, 7),
                 [this](const ports::Batch& batch) { on_batch(batch); }),
          process_(queue_, store_, plan),
          clients_(queue_, process_, oracle_, plan),
          chaos_(queue_, store_, process_, oracle_, plan) {
        process_.on_death = [this] { clients_.on_death(); };
        store_.on_refused = [this](const std::string& why) {
            oracle_.complain("the store refused a batch: " + why);
        };
        clients_.on_script_answer = [this](const Call& call, const Result<ports::Reply>& result) {
            if (!result && setting_up_)
                oracle_.complain(fmt::format("set-up call {} was refused: {}", call.number,
                                             result.error().message()));
        };
    }

    RunReport run() {
        process_.start();
        chaos_.begin();
        setting_up_ = true;
        bool ready = false;
        clients_.script(setup_commands(plan_), [&] { ready = true; });
        until([&] { return ready; }, "the set-up");
        setting_up_ = false;
        clients_.begin();
        until([&] { return clients_.markets_done(); }, "the markets");
        heal();
        return report();
    }

  private:
    void on_batch(const ports::Batch& batch) {
        oracle_.on_batch(batch);
        if (const engine::World* const world = process_.world()) oracle_.check_world(*world);
    }

    template <class Done>
    void until(Done done, const char* what) {
        while (!done() && oracle_.complaints().empty()) {
            if (queue_.events() < kEventsMax && queue_.run_one()) continue;
            return oracle_.complain(std::string{what} + " never ended");
        }
    }

    // Faults off, everything decided that waits for a person, holds lifted: then all must go on.
    void heal() {
        chaos_.heal();
        clients_.stop();
        until([&] { return clients_.under_way() == 0 && process_.world() != nullptr; },
              "the calls under way");
        if (!oracle_.complaints().empty()) return;
        script(release_all());
        const std::uint64_t buys = oracle_.buys();
        script(run_on());
        until([&] { return !running(); }, "the last day");
        script({{cmd::Barrier{}}});
        if (oracle_.complaints().empty()) oracle_.finish(*process_.world(), store_.memory());
        check_lively(buys);
    }

    void script(std::vector<Draft> drafts) {
        bool done = false;
        clients_.script(std::move(drafts), [&] { done = true; });
        until([&] { return done; }, "a script");
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
        for (std::size_t i = 0; i < plan_.account_owner.size(); ++i)
            out.push_back({cmd::ReplayRun{AccountId{static_cast<std::uint32_t>(i + 1)},
                                          kMarketStart + std::chrono::days{plan_.days + 1}}});
        return out;
    }

    bool running() const {
        const engine::World* const world = process_.world();
        if (world == nullptr) return true;
        for (const engine::Account& account : world->accounts)
            if (account.replay.state == engine::ReplayState::Running) return true;
        return false;
    }

    // A day without faults and holds: every sleeve whose pair has prices is checked to the end.
    void check_lively(std::uint64_t buys_before) {
        if (!oracle_.complaints().empty()) return;
        const engine::World& world = *process_.world();
        std::size_t able = 0;
        for (const engine::Vault& vault : world.vaults) {
            const engine::Account& account = world.account_of(vault);
            const UtcTime now = world.market_of(account).now;
            for (const engine::Sleeve& sleeve : vault.sleeves)
                for (const engine::PairSlot& slot : sleeve.slots) {
                    if (slot.pair != account.replay.source.pair) continue;
                    const UtcTime last =
                        std::max(slot.state.last_buy_check, slot.state.last_sell_check);
                    if (now - last > std::chrono::hours{2})
                        oracle_.complain(to_text(vault.row.id) + " is not checked any more");
                    if (slot.view.free_cash > Decimal::from_int(50) && !slot.view.paused) ++able;
                }
        }
        if (able >= 6 && oracle_.buys() == buys_before)
            oracle_.complain("nothing is bought any more after everything has healed");
    }

    RunReport report() {
        RunReport out;
        out.seed = plan_.seed;
        out.complaints = oracle_.complaints();
        out.trace = oracle_.trace();
        out.commands = oracle_.calls().count();
        out.acknowledged = oracle_.calls().acknowledged();
        out.orders = oracle_.orders();
        out.fills = oracle_.fills();
        out.entries = oracle_.entries();
        out.crashes = process_.crashes;
        out.restarts = process_.restarts;
        out.fenced = process_.fenced;
        out.reloads = process_.reloads();
        out.store_faults = store_.faults_done();
        out.turns = process_.turns();
        out.events = queue_.events();
        out.days = plan_.days + 1;
        out.vault_days = out.days * plan_.vaults.size();
        return out;
    }

    const Plan& plan_;
    VirtualClock clock_;
    EventQueue queue_;
    Oracle oracle_;
    FaultyStore store_;
    Process process_;
    Clients clients_;
    Chaos chaos_;
    bool setting_up_ = false;
};

}  // namespace

RunReport run_chaos(const Plan& plan) {
    return ChaosRun{plan}.run();
}

}  // namespace vault::simulation
