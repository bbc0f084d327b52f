#include "tests/simulation/lockstep.hpp"

#include "daemon/ledger/canonical.hpp"
#include "tests/simulation/chaos.hpp"
#include "tests/simulation/clients.hpp"

#include <fmt/format.h>

namespace vault::simulation {
namespace {

namespace cmd = ports::cmd;

constexpr UtcTime kWallStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
constexpr std::uint64_t kEventsMax = 1'000'000;
constexpr std::uint32_t kSegments = 2;  // markets, a day each
constexpr std::size_t kRounds = 8;      // per market
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
        store_.on_refused = [this](const std::string& why) {
            oracle_.complain("the store refused a batch: " + why);
        };
        clients_.on_script_answer = [this](const Call&, const Result<ports::Reply>& result) {
            last_answer_ = result ? result.value().data_json : std::string{};
        };
    }

    void live() {
        process_.start();
        chaos_.begin();
        script(setup_commands(plan_));
        CommandSource source{plan_, split_seed(plan_.seed, 8)};
        for (std::uint32_t segment = 0; segment < kSegments; ++segment) {
            if (segment > 0) change_market(segment, source);
            for (std::size_t round = 1; round <= kRounds; ++round) {
                run_to(kMarketStart + std::chrono::days{segment} +
                       std::chrono::hours{24} * round / kRounds);
                act(source);
            }
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
        out.days += kSegments;
        out.vault_days += kSegments * plan_.vaults.size();
    }

  private:
    void script(std::vector<Draft> drafts) {
        bool done = false;
        clients_.script(std::move(drafts), [&] { done = true; });
        while (!done && oracle_.complaints().empty())
            if (queue_.events() >= kEventsMax || !queue_.run_one())
                oracle_.complain("a script never ended");
    }

    void act(CommandSource& source) {
        std::vector<Draft> drafts;
        for (std::size_t i = 0; i < kCommandsPerRound; ++i)
            drafts.push_back(source.mutation());
        script(std::move(drafts));
    }

    // Every account stops its market and goes on to the next one, which may have another pair.
    void change_market(std::uint32_t segment, CommandSource& source) {
        std::vector<Draft> stops, starts;
        for (std::size_t i = 0; i < plan_.account_owner.size(); ++i) {
            const AccountId account{static_cast<std::uint32_t>(i + 1)};
            stops.push_back({cmd::ReplayStop{account}});
            starts.push_back({replay_start(plan_, account, segment)});
        }
        script(std::move(stops));
        act(source);
        script(std::move(starts));
    }

    void run_to(UtcTime until) {
        std::vector<Draft> drafts;
        for (std::size_t i = 0; i < plan_.account_owner.size(); ++i)
            drafts.push_back({cmd::ReplayRun{AccountId{static_cast<std::uint32_t>(i + 1)}, until}});
        script(std::move(drafts));
        for (std::size_t i = 0; i < plan_.account_owner.size(); ++i)
            while (oracle_.complaints().empty() &&
                   !arrived(AccountId{static_cast<std::uint32_t>(i + 1)}))
                wait();
    }

    // As a client learns it: the answer is released when what it tells is durable.
    bool arrived(AccountId account) {
        script({{cmd::ReplayStatus{account}}});
        return last_answer_ != "running";
    }

    void wait() {
        const SteadyTime until = clock_.peek() + std::chrono::milliseconds{100};
        while (clock_.peek() < until)
            if (!queue_.run_one()) return oracle_.complain("nothing happens any more");
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
    std::string last_answer_;
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
                "the state of {} {} differs:\n      calm  {}\n      rough {}", key.first,
                key.second, body, found == rough.states.end() ? "nothing" : found->second));
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
