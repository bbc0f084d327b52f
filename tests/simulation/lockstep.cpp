#include "tests/simulation/lockstep.hpp"

#include "daemon/ledger/canonical.hpp"
#include "tests/simulation/chaos.hpp"
#include "tests/simulation/clients.hpp"

#include <fmt/format.h>

namespace vault::simulation {
namespace {

namespace cmd = ports::cmd;

constexpr UtcTime kWallStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
constexpr std::uint64_t kEventsMax = 5'000'000;
constexpr std::size_t kRoundsPerDay = 10;
constexpr std::size_t kCommandsPerRound = 12;

// What a life leaves behind.
struct Remains {
    std::map<VaultId, std::vector<std::string>> journals;
    std::map<std::pair<std::string, std::string>, std::string> states;
};

std::string line_of(const ports::EntryRow& row) {
    const std::string at = format_utc(row.at);
    const ledger::EntryColumns columns{row.vault,    row.seq,         row.tx,
                                       row.kind,     row.cause,       to_text(row.owner.mode),
                                       at,           row.owner.actor, row.postings_json,
                                       row.prev_hash};
    std::string line;
    ledger::append_export_line(line, columns, row.hash);
    return line;
}

class Life {
  public:
    explicit Life(const Plan& plan)
        : plan_(plan),
          clock_(kWallStart, plan.read_cost),
          queue_(clock_, split_seed(plan.seed, 6)),
          oracle_(plan),
          store_(queue_, split_seed(plan.seed, 7),
                 [this](const ports::Batch& batch) {
                     oracle_.on_batch(batch);
                     for (const ports::EntryRow& row : batch.entries)
                         remains_.journals[row.vault].push_back(line_of(row));
                     for (const ports::StateRow& row : batch.states)
                         if (row.kind != "daemon" && row.kind != "user")
                             remains_.states[{row.kind, row.id}] = row.body;
                 }),
          process_(queue_, store_, plan),
          clients_(queue_, process_, oracle_, plan),
          chaos_(queue_, store_, process_, oracle_, plan) {
        process_.on_death = [this] { clients_.on_death(); };
    }

    void live() {
        process_.start();
        chaos_.begin();
        script(setup_commands(plan_));
        CommandSource source{plan_, split_seed(plan_.seed, 8)};
        const std::size_t rounds = kRoundsPerDay * plan_.days;
        for (std::size_t round = 1; round <= rounds; ++round) {
            run_to(kMarketStart + std::chrono::days{plan_.days} * static_cast<int>(round) /
                                      static_cast<int>(rounds));
            std::vector<Draft> drafts;
            for (std::size_t i = 0; i < kCommandsPerRound; ++i)
                drafts.push_back(source.mutation());
            script(std::move(drafts));
        }
        chaos_.heal();
        script({{cmd::Barrier{}}});
        if (oracle_.complaints().empty() && process_.world() != nullptr)
            oracle_.finish(*process_.world(), store_.memory());
    }

    const Remains& remains() const { return remains_; }

    void tell(RunReport& out) const {
        for (const std::string& complaint : oracle_.complaints())
            out.complaints.push_back(complaint);
        out.trace ^= oracle_.trace();
        out.commands += oracle_.calls().count();
        out.acknowledged += oracle_.calls().acknowledged();
        out.orders += oracle_.orders();
        out.fills += oracle_.fills();
        out.entries += oracle_.entries();
        out.crashes += process_.crashes;
        out.restarts += process_.restarts;
        out.fenced += process_.fenced;
        out.reloads += process_.reloads();
        out.store_faults += store_.faults_done();
        out.turns += process_.turns();
        out.events += queue_.events();
        out.days += plan_.days;
        out.vault_days += plan_.days * plan_.vaults.size();
    }

  private:
    void script(std::vector<Draft> drafts) {
        bool done = false;
        clients_.script(std::move(drafts), [&] { done = true; });
        while (!done && oracle_.complaints().empty())
            if (queue_.events() >= kEventsMax || !queue_.run_one())
                oracle_.complain("a script never ended");
    }

    void run_to(UtcTime until) {
        std::vector<Draft> drafts;
        for (std::size_t i = 0; i < plan_.account_owner.size(); ++i)
            drafts.push_back({cmd::ReplayRun{AccountId{static_cast<std::uint32_t>(i + 1)}, until}});
        script(std::move(drafts));
        while (oracle_.complaints().empty() && !stands_still())
            if (queue_.events() >= kEventsMax || !queue_.run_one())
                oracle_.complain("a market never arrived");
    }

    // Every market has arrived, in memory; what a crash forgets of it is replayed to the same place.
    bool stands_still() const {
        const engine::World* const world = process_.world();
        if (world == nullptr) return false;
        return std::all_of(world->accounts.begin(), world->accounts.end(),
                           [](const engine::Account& account) {
                               return account.replay.state != engine::ReplayState::Running;
                           });
    }

    const Plan& plan_;
    VirtualClock clock_;
    EventQueue queue_;
    Oracle oracle_;
    Remains remains_;
    FaultyStore store_;
    Process process_;
    Clients clients_;
    Chaos chaos_;
};

std::string first_difference(const std::vector<std::string>& calm,
                             const std::vector<std::string>& rough) {
    for (std::size_t i = 0; i < std::max(calm.size(), rough.size()); ++i) {
        const std::string a = i < calm.size() ? calm[i] : "nothing";
        const std::string b = i < rough.size() ? rough[i] : "nothing";
        if (a != b) return fmt::format("entry {}:\n      calm  {}\n      rough {}", i + 1, a, b);
    }
    return {};
}

void compare(const Remains& calm, const Remains& rough, std::vector<std::string>& complaints) {
    for (const auto& [vault, lines] : calm.journals) {
        const auto found = rough.journals.find(vault);
        const std::vector<std::string> none;
        const std::string difference =
            first_difference(lines, found == rough.journals.end() ? none : found->second);
        if (!difference.empty())
            complaints.push_back(to_text(vault) + ": the journals differ, " + difference);
    }
    for (const auto& [key, body] : calm.states) {
        const auto found = rough.states.find(key);
        if (found == rough.states.end() || found->second != body)
            complaints.push_back(fmt::format(
                "the state of {} {} differs:\n      calm  {}\n      rough {}", key.first, key.second,
                body, found == rough.states.end() ? "nothing" : found->second));
    }
}

}  // namespace

RunReport run_lockstep(const Plan& plan) {
    Plan calm_plan = plan;
    calm_plan.faults.clear();
    calm_plan.store = {};
    Plan rough_plan = plan;
    rough_plan.faults.erase(Fault::Disk);
    Life calm{calm_plan};
    calm.live();
    Life rough{rough_plan};
    rough.live();
    RunReport out;
    out.seed = plan.seed;
    calm.tell(out);
    rough.tell(out);
    if (out.complaints.empty()) compare(calm.remains(), rough.remains(), out.complaints);
    return out;
}

}  // namespace vault::simulation
