#include "tests/simulation/lockstep.hpp"

#include "daemon/ledger/canonical.hpp"
#include "tests/simulation/stage.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace vault::simulation {
namespace {

namespace cmd = ports::cmd;

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

// Jobs and alerts tell their times by the wall clock, which faults make later.
std::string without_wall_clock(const ports::StateRow& row) {
    if (row.kind != "job" && row.kind != "alert") return row.body;
    boost::json::value body = boost::json::parse(row.body);
    for (const char* time : {"started_at", "ended_at", "first_at", "last_at", "seen_at"})
        body.as_object().erase(time);
    return boost::json::serialize(body);
}

class Life {
  public:
    explicit Life(const Plan& plan)
        : plan_(plan), stage_(plan, [this](const ports::Batch& batch) { keep(batch); }) {
        stage_.clients.on_script_answer = [this](const Call&, const Result<ports::Reply>& result) {
            last_answer_ = result ? result.value().data_json : std::string{};
        };
    }

    void live() {
        stage_.begin();
        stage_.script(setup_commands(plan_));
        CommandSource source{plan_, split_seed(plan_.seed, 8)};
        for (std::uint32_t segment = 0; segment < kSegments; ++segment) {
            if (segment > 0) change_market(segment, source);
            for (std::size_t round = 1; round <= kRounds; ++round) {
                run_to(kMarketStart + std::chrono::days{segment} +
                       std::chrono::hours{24} * round / kRounds);
                act(source);
            }
        }
        stage_.chaos.heal();
        stage_.finish();
    }

    const Remains& remains() const { return remains_; }

    void tell(RunReport& out) const { stage_.tell(out, kSegments); }

  private:
    void keep(const ports::Batch& batch) {
        for (const ports::EntryRow& row : batch.entries)
            remains_.journals[row.vault].push_back(line_of(row));
        for (const ports::StateRow& row : batch.states)
            if (row.kind != "daemon" && row.kind != "user")
                remains_.states[{row.kind, row.id}] = without_wall_clock(row);
    }

    void act(CommandSource& source) {
        std::vector<Draft> drafts;
        for (std::size_t i = 0; i < kCommandsPerRound; ++i)
            drafts.push_back(source.mutation());
        stage_.script(std::move(drafts));
    }

    // Every account stops its market and goes on to the next one, which may have another pair.
    void change_market(std::uint32_t segment, CommandSource& source) {
        std::vector<Draft> stops, starts;
        for (const AccountId account : accounts_of(plan_)) {
            stops.push_back({cmd::ReplayStop{account}});
            starts.push_back({replay_start(plan_, account, segment)});
        }
        stage_.script(std::move(stops));
        act(source);
        stage_.script(std::move(starts));
    }

    void run_to(UtcTime until) {
        std::vector<Draft> drafts;
        for (const AccountId account : accounts_of(plan_))
            drafts.push_back({cmd::ReplayRun{account, until}});
        stage_.script(std::move(drafts));
        for (const AccountId account : accounts_of(plan_))
            while (stage_.sound() && !arrived(account))
                wait();
    }

    // As a client learns it: the answer is released when what it tells is durable.
    bool arrived(AccountId account) {
        stage_.script({{cmd::ReplayStatus{account}}});
        return last_answer_ != "running";
    }

    void wait() {
        const SteadyTime until = stage_.clock.peek() + std::chrono::milliseconds{100};
        while (stage_.clock.peek() < until)
            if (!stage_.queue.run_one()) return stage_.oracle.complain("nothing happens any more");
    }

    const Plan& plan_;
    Remains remains_;
    std::string last_answer_;
    Stage stage_;
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
