#include "tests/simulation/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::simulation {
namespace {

constexpr std::array<const char*, 3> kQuotes{"USDT", "USD", "EUR"};
constexpr std::array<const char*, 3> kBases{"ETH", "BTC", "SOL"};

Decimal ppm(std::uint64_t millionths) {
    return Decimal::from_raw(static_cast<Decimal::Raw>(millionths) * (Decimal::kOne / 1'000'000));
}

std::map<Pair, PairRules> catalogue() {
    std::map<Pair, PairRules> rules;
    for (const char* const base : kBases)
        for (const char* const quote : kQuotes) {
            const Pair pair = pair_of(fmt::format("{}/{}", base, quote));
            rules.emplace(pair, PairRules{pair, ppm(10'000), ppm(100), ppm(5'000'000), ppm(100)});
        }
    return rules;
}

void plan_people(Plan& plan, std::uint32_t vaults, Random& random) {
    const std::uint64_t per_account = 1 + random.below(kQuotes.size());
    while (plan.vaults.size() < vaults) {
        if (plan.users.empty() || random.below(3) > 0)
            plan.users.push_back(fmt::format("user{}", plan.users.size() + 1));
        plan.account_owner.push_back(plan.users[random.below(plan.users.size())]);
        const AccountId account{static_cast<std::uint32_t>(plan.account_owner.size())};
        for (std::uint64_t i = 0; i < per_account && plan.vaults.size() < vaults; ++i) {
            PlannedVault vault{account, asset_of(kQuotes[i]), {}, {}};
            const std::uint64_t pairs = 1 + random.below(2);
            for (std::uint64_t k = 0; k < pairs; ++k)
                vault.pairs.push_back(pair_of(fmt::format("{}/{}", kBases[k], kQuotes[i])));
            vault.balance = ppm(1'000'000 * (200 + random.below(20'000)) + random.below(1'000'000));
            plan.vaults.push_back(vault);
        }
    }
}

void plan_venue(Plan& plan, Random& random) {
    exchange::SimSettings& paper = plan.engine.paper;
    paper.fee_rate = ppm(500 * (1 + random.below(8)));
    paper.slippage = ppm(random.below(1'000));
    paper.fee_in = random.below(4) == 0 ? exchange::FeeIn::Base : exchange::FeeIn::Quote;
    paper.partial_fill_per_million = random.below(2) == 0 ? 0 : 300'000;
    paper.reject_per_million = random.below(2) == 0 ? 0 : 50'000;
    paper.latency_ticks = static_cast<std::uint32_t>(random.below(4));
    paper.seed = random.next();
    plan.engine.batch_rows_max = 1 + random.below(random.below(2) == 0 ? 60 : 3'000);
    plan.engine.price_snapshot_every = std::chrono::hours{1};
}

}  // namespace

Pair pair_of(std::string_view text) {
    return Pair::parse(text).value();
}
Asset asset_of(std::string_view text) {
    return Asset::parse(text).value();
}

std::string_view to_text(Fault fault) {
    switch (fault) {
        case Fault::Fail: return "fail";
        case Fault::Unknown: return "unknown";
        case Fault::Slow: return "slow";
        case Fault::Outage: return "outage";
        case Fault::Crash: return "crash";
        case Fault::Restart: return "restart";
        case Fault::Fence: return "fence";
        case Fault::Disk: return "disk";
    }
    return "";
}

Result<std::set<Fault>> parse_faults(std::string_view text) {
    if (text == "none") return std::set<Fault>{};
    if (text == "all") return std::set<Fault>{kAllFaults.begin(), kAllFaults.end()};
    std::set<Fault> faults;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(','));
        const auto known = std::find_if(kAllFaults.begin(), kAllFaults.end(),
                                        [&](Fault fault) { return to_text(fault) == word; });
        if (known == kAllFaults.end())
            return Error{Errc::InvalidParams, fmt::format("'{}' is no fault", word), "faults",
                         "use all, none or a list of fail unknown slow outage crash restart fence "
                         "disk"};
        faults.insert(*known);
        text.remove_prefix(std::min(text.size(), word.size() + 1));
    }
    return faults;
}

Plan make_plan(const PlanRequest& request) {
    Plan plan;
    plan.seed = request.seed;
    plan.days = request.days;
    Random random{split_seed(request.seed, 1)};
    plan_people(plan, request.vaults, random);
    plan.engine.catalogue = catalogue();
    plan_venue(plan, random);
    plan.step = std::chrono::seconds{std::array{15, 30, 60, 60, 120}[random.below(5)]};
    plan.volatility_ppm = static_cast<std::uint32_t>(300 + random.below(1'500));
    plan.read_cost = SteadyTime{std::array{20'000, 100'000, 500'000}[random.below(3)]};
    Random swarm{split_seed(request.seed, 2)};
    const bool every = request.faults.size() == 1 || swarm.below(4) == 0;
    for (const Fault fault : request.faults)
        if (every || swarm.below(2) == 0) plan.faults.insert(fault);
    const auto rate = [&](Fault fault) {
        const std::uint64_t most = swarm.below(3) == 0 ? 150'000 : 15'000;
        const auto drawn = static_cast<std::uint32_t>(swarm.below(most));
        return plan.has(fault) ? drawn : 0;
    };
    plan.store = {rate(Fault::Fail), rate(Fault::Unknown), rate(Fault::Unknown)};
    plan.corrections = swarm.below(3) == 0;
    return plan;
}

Result<ports::OpenedFeed> SimulatedFeeds::open(const ports::FeedSource& source) {
    exchange::SyntheticSettings settings;
    settings.pair = source.pair;
    settings.seed = source.seed;
    settings.start = floor_day(source.from.value_or(kMarketStart));
    settings.step = source.interval;
    settings.volatility_ppm = plan_.volatility_ppm;
    settings.days = plan_.days + 2;
    const auto rules = plan_.engine.catalogue.find(source.pair);
    if (rules != plan_.engine.catalogue.end()) settings.tick = rules->second.tick;
    VAULT_TRY(exchange::SyntheticFeed made, exchange::SyntheticFeed::create(settings));
    std::shared_ptr<const Recording>& recording = recordings_[made.identity()];
    if (recording == nullptr) recording = record(std::move(made));
    if (!source.fingerprint.empty() && source.fingerprint != recording->identity)
        return Error{Errc::StoreInvalid, "the market is another one"};
    auto feed = std::make_unique<RecordedFeed>(recording);
    ports::OpenedFeed opened;
    opened.source = source;
    opened.source.fingerprint = recording->identity;
    opened.ticks = recording->ticks.size();
    opened.first = recording->ticks.front().time;
    opened.last = recording->ticks.back().time;
    opened.feed = std::move(feed);
    return opened;
}

}  // namespace vault::simulation
