#include "tests/bench/engine_scripts.hpp"

#include "daemon/engine/script_desk.hpp"
#include "daemon/runner/supervisor.hpp"
#include "tests/bench/engine_host.hpp"
#include "tests/support/shared_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace vault::bench {
namespace {

namespace cmd = ports::cmd;

constexpr const char* kUser = "user";
constexpr SteadyTime kSlice = std::chrono::milliseconds{20};
constexpr SteadyTime kBatch = std::chrono::milliseconds{50};

// Between the desk and the supervisor, with a watch.
class Timed final : public ports::ScriptHost, public ports::ScriptListener {
  public:
    Timed(engine::ScriptDesk& desk, const Clock& clock, EngineScripts& report)
        : desk_(desk), clock_(clock), report_(report) {}
    void run_by(ports::ScriptHost& host) { host_ = &host; }

    Result<void> start(const ports::ScriptSpec& spec) override { return host_->start(spec); }
    void tick(const std::string& script, const ports::ScriptTick& tick) override {
        asked_[tick.seq] = clock_.steady();
        host_->tick(script, tick);
    }
    void stop(const std::string& script) override { host_->stop(script); }
    std::vector<ports::ScriptStatus> status() const override { return host_->status(); }
    void decided(const std::string& script, const ports::ScriptDecision& decision) override {
        const auto at = asked_.extract(decision.seq);
        const std::chrono::duration<double, std::micro> took = clock_.steady() - at.mapped();
        report_.latencies_us.push_back(took.count());
        ++report_.decisions;
        desk_.decided(script, decision);
    }
    void failed(const std::string& script, std::uint64_t seq,
                const ports::ScriptComplaint& why) override {
        asked_.erase(seq);
        ++report_.failures;
        desk_.failed(script, seq, why);
    }
    void changed(const ports::ScriptStatus& status) override { desk_.changed(status); }

  private:
    engine::ScriptDesk& desk_;
    const Clock& clock_;
    EngineScripts& report_;
    ports::ScriptHost* host_ = nullptr;
    std::unordered_map<std::uint64_t, SteadyTime> asked_;
};

void make_sleeves(EngineHost& host, std::uint32_t vaults, std::uint32_t minutes) {
    const Pair pair = Pair::parse("ETH/USDT").value();
    const Decimal thousand = Decimal::from_int(1'000);
    host.apply(cmd::CreateUser{kUser, Role::Member});
    for (std::uint32_t n = 1; n <= vaults; ++n) {
        host.apply(cmd::AddAccount{kUser, "paper", fmt::format("a{}", n)});
        host.apply(cmd::CreateVault{AccountId{n}, pair.quote, Decimal::from_int(5'000)});
        host.apply(cmd::SetPairs{VaultId{n}, {pair}, {}, false});
        host.apply(cmd::SetTradeable{VaultId{n}, Decimal::from_int(4'000)});
        host.apply(cmd::Allocate{VaultId{n}, thousand, thousand});
        for (const SleeveKind kind : kSleeveKinds) {
            cmd::SetStrategy choice{VaultId{n}, kind, "script", {}};
            choice.command = "python3 cycle.py";
            choice.deadline = std::chrono::seconds{10};
            host.apply(choice);
        }
        cmd::ReplayStart start;
        start.account = AccountId{n};
        start.source = "synthetic";
        start.seed = n;
        host.apply(start);
        const UtcTime first = *host.shard().world().accounts[n - 1].replay.first;
        host.apply(cmd::ReplayRun{AccountId{n}, first + std::chrono::minutes{minutes}});
    }
    host.settle();
}

bool all_done(const engine::World& world) {
    return std::none_of(world.accounts.begin(), world.accounts.end(), [](const auto& account) {
        return account.replay.state == engine::ReplayState::Running;
    });
}

}  // namespace

EngineScripts run_engine_scripts(const std::filesystem::path& scripts, std::uint32_t vaults,
                                 std::uint32_t minutes) {
    EngineScripts report;
    const testing::TemporaryDirectory state;
    EngineHost host{state.path(), {}, scripts.string()};
    make_sleeves(host, vaults, minutes);
    const SystemClock clock;
    NullLogger logger;
    engine::ScriptDesk desk{[] {}};
    Timed timed{desk, clock, report};
    runner::Supervisor supervisor{timed, clock, logger};
    timed.run_by(supervisor);
    desk.use(timed);
    engine::Shard& shard = host.shard();
    const SteadyTime begun = clock.steady();
    SteadyTime committed = begun;
    while (!all_done(shard.world())) {
        desk.tell_news(shard);
        const bool more = shard.run_replays(clock.steady() + kSlice);
        desk.serve(shard);
        if (shard.batch_full() || clock.steady() - committed > kBatch) {
            host.commit();
            committed = clock.steady();
        }
        supervisor.turn(Duration{more ? 0 : 5});
    }
    host.settle();
    report.seconds = std::chrono::duration<double>(clock.steady() - begun).count();
    return report;
}

}  // namespace vault::bench
