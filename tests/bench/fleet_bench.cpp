// Many vaults in one daemon: each of its own paper account, both sleeves allocated, all trading one
// pair; and as many users. In the engine each vault is its own user's. In vaultd all are the
// admin's, who is signed in: what is another's only he can make, and the passwords of 10,000 would
// be hashed for an hour.
//
// Memory and start are those of the real vaultd: filled through its socket, stopped, started again,
// over the same for an empty one: on the first day, when every call's reply is still kept for
// repeats, and after it. Processor time at one price a second is that of the engine and
// the store in this process, because vaultd has no live feed yet: all accounts follow one market,
// as accounts of a live exchange will, every tick goes in by Shard::push_price, the port for live
// feeds, and each second's batch is committed; the clock is virtual, so an hour takes seconds. The
// same hour again with every risk cap set at every level, none of them reached.
// Arguments: [vaults] [--json].
#include "daemon/engine/market_runner.hpp"
#include "daemon/exchange/paper/synthetic_feed.hpp"
#include "tests/bench/daemon_process.hpp"
#include "tests/bench/engine_host.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/figures.hpp"

#include <sqlite3.h>

#include <cstdlib>
#include <malloc.h>
#include <thread>

namespace vault::bench {
namespace {

constexpr auto kSettle = std::chrono::milliseconds{700};
constexpr int kStarts = 3;
constexpr const char* kExchange = "bench";

json::array words(std::string_view word) {
    json::array list;
    list.emplace_back(word);
    return list;
}

// One kind of command after the other: a daemon that is busy may make a call wait, and a vault's
// next step needs the one before.
void create(DaemonProcess& daemon, std::size_t vaults) {
    Caller caller{daemon.socket(), daemon.sign_in()};
    const auto each = [&](std::string_view method, auto&& params) {
        for (std::size_t i = 1; i <= vaults; ++i)
            caller.post(method, params(std::to_string(i)));
        caller.drain();
    };
    each("user.create", [](const std::string& n) {
        return json::object{{"name", "user" + n}, {"role", "member"}};
    });
    each("account.add", [](const std::string& n) {
        return json::object{{"label", "paper" + n}, {"exchange", "paper"}};
    });
    each("vault.create", [](const std::string& n) {
        return json::object{{"account", "a" + n}, {"asset", "USDT"}, {"balance", "5000"}};
    });
    each("vault.pairs", [](const std::string& n) {
        return json::object{{"vault", "v" + n}, {"add", words("ETH/USDT")}};
    });
    each("vault.set_tradeable", [](const std::string& n) {
        return json::object{{"vault", "v" + n}, {"amount", "4000"}};
    });
    each("vault.allocate", [](const std::string& n) {
        return json::object{{"vault", "v" + n}, {"quiet", "1000"}, {"flash", "1000"}};
    });
}

struct Started {
    double seconds = 0;
    double mib = 0;
};

Started start_again(DaemonProcess& daemon) {
    Started out;
    out.seconds = daemon.start();
    std::this_thread::sleep_for(kSettle);
    out.mib = daemon.resident_mib();
    return out;
}

Started median_start(DaemonProcess& daemon) {
    std::vector<double> seconds, mib;
    for (int i = 0; i < kStarts; ++i) {
        const Started one = start_again(daemon);
        seconds.push_back(one.seconds);
        mib.push_back(one.mib);
        if (i + 1 < kStarts) daemon.stop();
    }
    return {median(seconds), median(mib)};
}

// What retention does when the calls are a day old: their replies are no longer kept.
void forget_replies(const std::filesystem::path& state) {
    sqlite3* db = nullptr;
    const std::string path = (state / "vault.db").string();
    const bool done = sqlite3_open(path.c_str(), &db) == SQLITE_OK &&
                      sqlite3_exec(db, "DELETE FROM reply", nullptr, nullptr, nullptr) == SQLITE_OK;
    sqlite3_close(db);
    VAULT_CHECK(done, "replies can be deleted");
}

// Percent of a core over five seconds in which nothing happens, once the full check that follows a
// start is over.
double idle_share(const DaemonProcess& daemon) {
    for (double last = -1; last != daemon.cpu_seconds();) {
        last = daemon.cpu_seconds();
        std::this_thread::sleep_for(std::chrono::milliseconds{200});
    }
    const double before = daemon.cpu_seconds();
    const SteadyTime start = now();
    std::this_thread::sleep_for(std::chrono::seconds{5});
    return 100 * (daemon.cpu_seconds() - before) / seconds_since(start);
}

struct Fleet {
    Started empty, young, full;
    double creation = 0;  // seconds
    double idle = 0;      // % of a core
};

Fleet run_fleet(std::size_t vaults) {
    const WorkFolder work;
    DaemonProcess daemon{work.path()};
    daemon.start();
    daemon.stop();
    Fleet out;
    out.empty = median_start(daemon);
    daemon.sign_in();
    const SteadyTime begun = now();
    create(daemon, vaults);
    out.creation = seconds_since(begun);
    daemon.stop();
    out.young = start_again(daemon);
    daemon.stop();
    forget_replies(work.path());
    out.full = median_start(daemon);
    out.idle = idle_share(daemon);
    daemon.stop();
    return out;
}

void real_daemon(Figures& figures, std::size_t vaults) {
    const Fleet fleet = run_fleet(vaults);
    const double count = static_cast<double>(vaults);
    const double limit = count * 64 / 10'000;
    const auto over_empty = [&](std::string name, double mib) {
        return Figure{.name = std::move(name),
                      .value = mib - fleet.empty.mib,
                      .unit = "MiB",
                      .baseline = fleet.empty.mib,
                      .ratio = mib / fleet.empty.mib,
                      .runs = kStarts};
    };
    Figure memory = over_empty(fmt::format("fleet_memory_{}_vaults", vaults), fleet.full.mib);
    memory.goal = fmt::format("<= {:.0f} MiB over the empty daemon", limit);
    memory.met = *memory.value <= limit;
    figures.add(memory);
    Figure young =
        over_empty(fmt::format("fleet_memory_{}_vaults_first_day", vaults), fleet.young.mib);
    young.runs = 1;
    figures.add(young);
    figures.add({.name = fmt::format("fleet_start_{}_vaults", vaults),
                 .value = fleet.full.seconds,
                 .unit = "s",
                 .baseline = fleet.empty.seconds,
                 .ratio = fleet.full.seconds / fleet.empty.seconds,
                 .runs = kStarts});
    figures.add({.name = "fleet_commands",
                 .value = 6 * count / fleet.creation,
                 .unit = "commands/s",
                 .runs = static_cast<std::uint64_t>(6 * vaults)});
    figures.add({.name = fmt::format("fleet_idle_cpu_{}_vaults", vaults),
                 .value = fleet.idle,
                 .unit = "% of a core",
                 .runs = 1});
}

// All accounts follow the first one's market from here on, as those of a live exchange will.
void share_market(EngineHost& host) {
    engine::World& world = host.shard().world();
    world.markets.clear();
    engine::Recorder nothing;
    engine::MarketRunner runner{world, nothing, host.options().price_snapshot_every};
    for (engine::Account& account : world.accounts) {
        account.row.exchange = kExchange;
        world.join_market(account);
        VAULT_CHECK(runner.rebind(account).has_value(), "a market can be rebound");
    }
}

exchange::SyntheticFeed one_price_a_second() {
    exchange::SyntheticSettings settings;
    settings.pair = Pair::parse("ETH/USDT").value();
    settings.step = std::chrono::seconds{1};
    settings.seed = 6;  // its sixth hour, the one that is measured, has spikes, buys and sells
    settings.volatility_ppm = 180;  // of a step: twice as restless as the default, 350 in 15 s
    settings.gap = Duration{0};
    settings.days = 2;
    auto feed = exchange::SyntheticFeed::create(settings);
    VAULT_CHECK(feed.has_value(), "the feed's settings are in range");
    return std::move(feed).value();
}

class SecondBySecond {
  public:
    explicit SecondBySecond(EngineHost& host) : host_(host) {}

    // The hours before, into the windows alone, as at a live start.
    void warm_up(std::uint64_t seconds) {
        auto& windows = host_.shard().world().markets.front().pairs.at(feed_.pair()).windows;
        for (std::uint64_t i = 0; i < seconds; ++i)
            windows.add(*feed_.next());
    }
    // Pushes the prices of so many seconds; the processor seconds that it took.
    double run(std::uint64_t seconds) {
        const double before = cpu_seconds();
        for (std::uint64_t i = 0; i < seconds; ++i) {
            const auto tick = feed_.next();
            VAULT_CHECK(tick.has_value(), "the feed is long enough");
            host_.shard().push_price(kExchange, feed_.pair(), *tick);
            host_.commit();
        }
        host_.settle();
        return cpu_seconds() - before;
    }
    std::uint64_t orders() const {
        std::uint64_t sum = 0;
        for (const engine::Vault& vault : host_.shard().world().vaults)
            for (const engine::Sleeve& sleeve : vault.sleeves)
                sum += sleeve.last_order;
        return sum;
    }

  private:
    EngineHost& host_;
    exchange::SyntheticFeed feed_ = one_price_a_second();
};

constexpr std::uint64_t kWarmUp = 5 * 3'600;
constexpr std::uint64_t kSeconds = 3'600;

// All that look at every price and all that a buy asks, too wide to be reached.
void set_caps(EngineHost& host) {
    using Level = ports::cmd::Target::Level;
    const std::map<std::string, std::string> losses{
        {"max_daily_loss", "100000"}, {"max_drawdown", "0.9"}, {"max_trades_per_day", "1000"}};
    std::map<std::string, std::string> coins = losses;
    coins["max_exposure_per_base"] = "100000000";
    std::map<std::string, std::string> all = coins;
    all["max_position"] = "100000";
    all["max_position_pct"] = "100";
    all["quote_band"] = "0.5";
    for (std::uint32_t i = 1; i <= host.vaults(); ++i) {
        const VaultId vault{i};
        for (const SleeveKind sleeve : kSleeveKinds)
            host.apply(ports::cmd::SetCaps{{Level::Sleeve, vault, sleeve, {}}, all, true});
        host.apply(ports::cmd::SetCaps{{Level::Vault, vault, {}, {}}, losses, true});
        host.apply(
            ports::cmd::SetCaps{{Level::User, {}, {}, fmt::format("user{}", i)}, coins, true});
    }
    engine::EngineOptions options = host.options();
    for (const auto& [key, text] : coins)
        VAULT_CHECK(risk::set_cap(options.daemon_caps, key, text).has_value(), "a cap is one");
    host.shard().configure(options);
}

// Processor nanoseconds that one price costs a vault.
double price_of_a_price(std::size_t vaults, bool capped) {
    const WorkFolder work;
    EngineHost host{work.path()};
    while (host.vaults() < vaults)
        host.add_vault();
    if (capped) set_caps(host);
    host.settle();
    share_market(host);
    SecondBySecond market{host};
    market.warm_up(kWarmUp);
    market.run(60);
    return market.run(kSeconds) * 1e9 / static_cast<double>(kSeconds * vaults);
}

void caps(Figures& figures, std::size_t vaults) {
    constexpr int kRounds = 3;
    std::vector<double> with, without;
    for (int i = 0; i < kRounds; ++i) {
        without.push_back(price_of_a_price(vaults, false));
        with.push_back(price_of_a_price(vaults, true));
    }
    figures.add({.name = fmt::format("fleet_caps_{}_vaults_1_price", vaults),
                 .value = median(with),
                 .unit = "ns a vault",
                 .baseline = median(without),
                 .ratio = median(with) / median(without),
                 .runs = kRounds});
}

void engine_alone(Figures& figures, std::size_t vaults) {
    const WorkFolder work;
    EngineHost host{work.path()};
    host.add_vault();
    host.settle();
    const std::size_t before = ::mallinfo2().uordblks;
    while (host.vaults() < vaults)
        host.add_vault();
    host.settle();
    const double bytes = static_cast<double>(::mallinfo2().uordblks - before);
    share_market(host);
    SecondBySecond market{host};
    market.warm_up(kWarmUp);
    market.run(60);
    const std::uint64_t orders = market.orders();
    const double share = 100 * market.run(kSeconds) / static_cast<double>(kSeconds);
    std::fprintf(stderr, "%zu vaults: %zu orders in %zu s\n", vaults,
                 static_cast<std::size_t>(market.orders() - orders),
                 static_cast<std::size_t>(kSeconds));
    figures.add({.name = "fleet_state_per_vault",
                 .value = bytes / static_cast<double>(vaults - 1),
                 .unit = "bytes",
                 .runs = 1});
    figures.add({.name = fmt::format("fleet_cpu_{}_vaults_1_price_a_second", vaults),
                 .value = share,
                 .unit = "% of a core",
                 .goal = "<= 2 %",
                 .met = share <= 2,
                 .runs = kSeconds});
}

}  // namespace
}  // namespace vault::bench

int main(int argc, char** argv) {
    vault::bench::Figures figures{argc, argv};
    const bool given = argc > 1 && std::string_view{argv[1]} != "--json";
    const std::size_t vaults = given ? std::strtoull(argv[1], nullptr, 10) : 10'000;
    vault::bench::engine_alone(figures, std::max<std::size_t>(vaults, 2));
    vault::bench::caps(figures, std::clamp<std::size_t>(vaults, 2, 1'000));
    vault::bench::real_daemon(figures, std::max<std::size_t>(vaults, 2));
    return figures.exit_code();
}
