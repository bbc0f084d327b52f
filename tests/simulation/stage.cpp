#include "tests/simulation/stage.hpp"

#include <fmt/format.h>

namespace vault::simulation {
namespace {

constexpr UtcTime kWallStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
constexpr std::uint64_t kEventsMax = 1'000'000;

}  // namespace

Stage::Stage(const Plan& the_plan, std::function<void(const ports::Batch&)> on_batch)
    : plan(the_plan),
      clock(kWallStart, plan.read_cost),
      queue(clock, split_seed(plan.seed, 6)),
      oracle(plan),
      store(queue, split_seed(plan.seed, 7),
            [this, also = std::move(on_batch)](const ports::Batch& batch) {
                oracle.on_batch(batch);
                also(batch);
            }),
      process(queue, store, plan),
      clients(queue, process, oracle, plan),
      chaos(queue, store, process, oracle, plan) {
    process.on_death = [this] { clients.on_death(); };
    process.on_birth = [this](std::uint64_t last) { oracle.on_subscribed(last); };
    process.on_events = [this](const ports::EventPage& events) { oracle.on_events(events.rows); };
    store.on_refused = [this](const std::string& why) {
        oracle.complain("the store refused a batch: " + why);
    };
}

void Stage::begin() {
    process.start();
    chaos.begin();
}

void Stage::until(const std::function<bool()>& done, const char* what) {
    while (!done() && sound()) {
        if (queue.events() < kEventsMax && queue.run_one()) continue;
        return oracle.complain(std::string{what} + " never ended");
    }
}

void Stage::script(std::vector<Draft> drafts) {
    bool done = false;
    clients.script(std::move(drafts), [&done] { done = true; });
    until([&done] { return done; }, "a script");
}

void Stage::finish() {
    script({{ports::cmd::Barrier{}}});
    if (!sound()) return;
    if (process.world() == nullptr) return oracle.complain("there is no world at the end");
    oracle.finish(*process.world(), store.memory());
}

void Stage::tell(RunReport& out, std::uint64_t days) const {
    const auto& complaints = oracle.complaints();
    out.complaints.insert(out.complaints.end(), complaints.begin(), complaints.end());
    out.trace ^= oracle.trace();
    out.commands += oracle.calls().count();
    out.acknowledged += oracle.calls().acknowledged();
    out.orders += oracle.orders();
    out.fills += oracle.fills();
    out.entries += oracle.entries();
    out.corrections += oracle.corrections();
    out.crashes += process.crashes;
    out.restarts += process.restarts;
    out.fenced += process.fenced;
    out.reloads += process.reloads();
    out.store_faults += store.faults_done();
    out.turns += process.turns();
    out.events += queue.events();
    out.days += days;
    out.vault_days += days * plan.vaults.size();
}

std::vector<AccountId> accounts_of(const Plan& plan) {
    std::vector<AccountId> out;
    for (std::uint32_t n = 1; n <= plan.account_owner.size(); ++n)
        out.emplace_back(n);
    return out;
}

}  // namespace vault::simulation
