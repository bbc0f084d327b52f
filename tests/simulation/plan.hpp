#pragma once
// Plan: what one simulated run is made of, all of it drawn from one seed: users, accounts, vaults,
// the venue's habits, the markets, and which faults strike how often. Values; tests only.
#include "daemon/engine/commander.hpp"
#include "tests/simulation/faulty_store.hpp"
#include "tests/simulation/recorded_feed.hpp"

#include <set>
#include <string>

namespace vault::simulation {

enum class Fault : std::uint8_t {
    Fail,     // a commit fails
    Unknown,  // a commit's answer is lost; it was applied or not
    Slow,     // commits take up to seconds
    Outage,   // nothing can be committed or read for a while
    Crash,    // the process dies; what was queued may be lost
    Restart,  // an orderly shutdown and start
    Fence,    // another process takes the store over
    Disk,     // the disk is almost full: exits only
};
inline constexpr std::array kAllFaults{Fault::Fail,  Fault::Unknown, Fault::Slow,  Fault::Outage,
                                       Fault::Crash, Fault::Restart, Fault::Fence, Fault::Disk};
std::string_view to_text(Fault fault);
// "all", "none" or a list, "fail,crash". Errors: InvalidParams.
Result<std::set<Fault>> parse_faults(std::string_view text);

struct PlannedVault {
    AccountId account;
    Asset asset;
    std::vector<Pair> pairs;
    Decimal balance;
};

struct Plan {
    std::uint64_t seed = 0;
    std::set<Fault> faults;
    std::vector<std::string> users;
    std::vector<std::string> account_owner;  // by account, dense from a1
    std::vector<PlannedVault> vaults;        // dense from v1
    std::uint32_t days = 1;
    Duration step{60'000};  // of the synthetic market
    std::uint32_t volatility_ppm = 350;
    engine::EngineOptions engine;
    SteadyTime read_cost{};
    StoreFaults store;
    bool corrections = false;  // the wallets of such a run explain less, so only some have them

    bool has(Fault fault) const { return faults.contains(fault); }
};

struct PlanRequest {
    std::uint64_t seed = 1;
    std::uint32_t days = 1;
    std::uint32_t vaults = 20;
    std::set<Fault> faults;  // each run enables a random subset of them
};
Plan make_plan(const PlanRequest& request);

inline constexpr UtcTime kMarketStart{std::chrono::sys_days{std::chrono::year{2024} / 1 / 1}};
Pair pair_of(std::string_view text);
Asset asset_of(std::string_view text);

// The synthetic market as the engine opens it; a stored position fits the same market only.
class SimulatedFeeds final : public ports::FeedFactory {
  public:
    explicit SimulatedFeeds(const Plan& plan) : plan_(plan) {}
    Result<ports::OpenedFeed> open(const ports::FeedSource& source) override;

  private:
    const Plan& plan_;
    std::map<std::string, std::shared_ptr<const Recording>> recordings_;  // by identity
};

}  // namespace vault::simulation
