// Live prices: the turn loop keeps the newest of a pair until its turn, and accounts of one
// exchange share one market, whose windows outlive what happens to a single account.
#include "common/base/log.hpp"
#include "common/base/random.hpp"
#include "daemon/engine/top_builder.hpp"
#include "daemon/engine/turn_loop.hpp"
#include "daemon/store/memory/memory_store.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <random>

namespace vault::engine {
namespace {

namespace cmd = ports::cmd;
const Pair kEth = Pair::parse("ETH/USDT").value();

std::string no_reply(const ports::View&) {
    return "{}";
}

class NoFeeds final : public ports::FeedFactory {
  public:
    Result<ports::OpenedFeed> open(const ports::FeedSource&) override {
        return Error{Errc::NotFound, "there is no feed"};
    }
};

// Runs what was posted, or its alarm, when asked to; there is no time.
class StillScheduler final : public Scheduler {
  public:
    void post(std::function<void()> work) override { work_.push_back(std::move(work)); }
    void wake_at(SteadyTime, std::function<void()> work) override { alarm_ = std::move(work); }
    void cancel_alarm() override { alarm_ = nullptr; }
    void ring() {
        if (auto alarm = std::exchange(alarm_, nullptr)) alarm();
        run();
    }
    void run() {
        while (!work_.empty()) {
            const auto work = std::move(work_.front());
            work_.pop_front();
            work();
        }
    }

  private:
    std::deque<std::function<void()>> work_;
    std::function<void()> alarm_;
};

// A store whose health the test decides.
class DoubtedStore final : public ports::Store {
  public:
    explicit DoubtedStore(store::MemoryStore& inner) : inner_(inner) {}
    Result<ports::Snapshot> load(ShardId shard) override { return inner_.load(shard); }
    Result<std::vector<ports::PriceRow>> read_prices(AccountId account, const Pair& pair,
                                                     UtcTime since) override {
        return inner_.read_prices(account, pair, since);
    }
    void commit(ports::Batch batch, Done done) override {
        inner_.commit(std::move(batch), std::move(done));
    }
    void read_reply(const std::string& user, const std::string& key, ReplyRead done) override {
        inner_.read_reply(user, key, std::move(done));
    }
    ports::StoreHealth health() const override {
        ports::StoreHealth health = inner_.health();
        health.full_check_failed = books_wrong;
        return health;
    }
    void close() override { inner_.close(); }

    bool books_wrong = false;

  private:
    store::MemoryStore& inner_;
};

// Runs nothing; the test answers.
class NotedHost final : public ports::ScriptHost {
  public:
    Result<void> start(const ports::ScriptSpec& spec) override {
        started.push_back(spec.name);
        return success();
    }
    void tick(const std::string&, const ports::ScriptTick& tick) override { ticks.push_back(tick); }
    void stop(const std::string& script) override { stopped.push_back(script); }
    std::vector<ports::ScriptStatus> status() const override { return {}; }
    std::vector<std::string> started, stopped;
    std::vector<ports::ScriptTick> ticks;
};

class LiveMarket : public testing::Test {
  protected:
    void SetUp() override {
        options_.exchanges = {"kraken"};
        options_.risk_asset = kEth.quote;
        auto shard = make_shard();
        ASSERT_TRUE(shard->load(memory_.load(ShardId{1}).value()).has_value());
        shard->push_rules("kraken", {{kEth, eth_rules()}});
        for (std::uint32_t n = 1; n <= 2; ++n) {
            const std::string user = "user" + std::to_string(n);
            apply(*shard, cmd::CreateUser{user, Role::Member});
            apply(*shard, cmd::AddAccount{user, "kraken", ""});
            apply(*shard, cmd::CreateVault{AccountId{n}, kEth.quote, Decimal::from_int(1'000)});
            apply(*shard, cmd::SetPairs{VaultId{n}, {kEth}, {}, false});
        }
        memory_.commit(shard->close_batch(), {});
        ASSERT_TRUE(memory_.step());
        loop_.run_scripts_by(host_);
        ASSERT_TRUE(loop_.start().has_value());
        scheduler_.run();
    }
    // The script of v1.flash, as if it were running.
    std::string script() {
        cmd::SetStrategy choice{VaultId{1}, SleeveKind::Flash, "script", {}};
        choice.command = "./mine.py";
        ask("strategy", {}, choice);
        scheduler_.run();
        if (host_.started.size() != 1) return "";
        ports::ScriptStatus status;
        status.name = host_.started[0];
        status.phase = ports::ScriptPhase::Ready;
        loop_.script_listener().changed(status);
        scheduler_.run();
        return status.name;
    }
    static PairRules eth_rules() {
        return {kEth, Decimal::from_raw(Decimal::kOne / 100),
                Decimal::from_raw(Decimal::kOne / 10'000), Decimal::from_int(5),
                Decimal::from_raw(Decimal::kOne / 10'000)};
    }
    std::unique_ptr<Shard> make_shard() {
        return std::make_unique<Shard>(ShardId{1}, options_, feeds_, clock_, logger_);
    }
    static void apply(Shard& shard, const ports::Command& command) {
        const auto done = shard.apply({}, command, no_reply);
        ASSERT_TRUE(done.has_value()) << done.error().message();
    }
    void price(int seconds, int units, bool gap = false) {
        pass_until(kStart + std::chrono::seconds{seconds});
        loop_.price({"kraken", kEth, Tick{clock_.now(), Price{Decimal::from_int(units)}, 0, gap}});
    }
    // A store that lags behind would hold prices up.
    void commit_all() {
        while (memory_.step())
            scheduler_.run();
    }
    void pass_until(UtcTime time) {
        commit_all();
        if (time > clock_.now()) clock_.advance(time - clock_.now());
    }
    // Which of the calls were answered so far, by their names.
    void ask(const std::string& name, ports::CallContext context, const ports::Command& command) {
        loop_.call(std::move(context), command, no_reply, [this, name](const auto& reply) {
            ASSERT_TRUE(reply.has_value()) << reply.error().message();
            answered_.push_back(name + (reply.value().durable ? "" : " (not durable)"));
        });
    }
    const PairSlot& slot(std::uint32_t vault, SleeveKind kind) const {
        return loop_.shard()->world().vaults[vault - 1].sleeve(kind).slots.front();
    }

    static constexpr UtcTime kStart{std::chrono::hours{24 * 365 * 54}};
    ManualClock clock_{kStart};
    NullLogger logger_;
    NotedHost host_;
    NoFeeds feeds_;
    EngineOptions options_;
    store::MemoryStore memory_{clock_};
    DoubtedStore store_{memory_};
    StillScheduler scheduler_;
    std::vector<std::string> answered_;
    TurnLoop loop_{scheduler_, store_, [this] { return make_shard(); }, ShardId{1}, {},
                   clock_,     logger_};
};

TEST_F(LiveMarket, PricesGoOnWhileAScriptDecides) {
    const std::string name = script();
    ASSERT_FALSE(name.empty());
    price(0, 2000);
    scheduler_.run();
    ASSERT_EQ(host_.ticks.size(), 1U);
    EXPECT_EQ(host_.ticks[0].market.price.value, Decimal::from_int(2000));
    for (const int later : {1, 2}) {
        price(10 * later, 2000 + later);
        scheduler_.run();
    }
    EXPECT_EQ(host_.ticks.size(), 1U);  // one is in flight
    ports::ScriptDecision waits{host_.ticks[0].seq, ports::Action::Hold, "waits", {}, "seen", {}};
    loop_.script_listener().decided(name, waits);
    scheduler_.run();
    ASSERT_EQ(host_.ticks.size(), 2U);  // the newest at once
    EXPECT_EQ(host_.ticks[1].market.price.value, Decimal::from_int(2002));
    EXPECT_EQ(host_.ticks[1].state, "seen");
    loop_.script_listener().failed(name, host_.ticks[1].seq, {ports::ScriptFault::Late, "slow"});
    scheduler_.run();
    EXPECT_EQ(host_.ticks.size(), 2U);
    price(400, 2010, true);
    scheduler_.run();
    ASSERT_EQ(host_.ticks.size(), 3U);
    EXPECT_TRUE(host_.ticks[2].gap);
    EXPECT_TRUE(host_.ticks[2].judge_exits);
    EXPECT_GT(host_.ticks[2].seq, host_.ticks[1].seq);
    ask("rules", {}, cmd::SetStrategy{VaultId{1}, SleeveKind::Flash, "cycle", {}});
    scheduler_.run();
    EXPECT_EQ(host_.stopped, std::vector<std::string>{name});
}

TEST_F(LiveMarket, TheNewestPriceOfAPairIsTheOneThatATurnSees) {
    price(0, 100);
    price(1, 101, true);
    price(2, 102);
    scheduler_.run();
    const market::PriceWindow& window = *slot(1, SleeveKind::Flash).window;
    EXPECT_EQ(window.samples(), 1U);
    EXPECT_EQ(window.figures().price, Price{Decimal::from_int(102)});
    const Market& market = loop_.shard()->world().markets.front();
    EXPECT_TRUE(market.pairs.at(kEth).last->gap) << "a gap must outlive the price that told it";
    price(15, 103);  // the next multiple of sell_check
    scheduler_.run();
    EXPECT_EQ(window.samples(), 2U);
}

TEST_F(LiveMarket, AccountsOfAnExchangeShareItsWindows) {
    ASSERT_EQ(loop_.shard()->world().markets.size(), 1U);
    EXPECT_EQ(slot(1, SleeveKind::Flash).window, slot(2, SleeveKind::Flash).window);
    EXPECT_EQ(slot(1, SleeveKind::Quiet).window, slot(1, SleeveKind::Flash).window);
}

// Rows that both accounts saw are kept once; who asks for them is told where.
TEST_F(LiveMarket, EveryAccountFindsTheRecordedPricesOfItsMarket) {
    const auto text = [](const ports::View& view) {
        const auto& market = std::get<ports::PairMarketView>(view);
        return to_text(market.account) + " " + to_text(market.recorded_under) + " " +
               market.price->value.text() + " " + format_utc(*market.price_at);
    };
    std::vector<std::string> answers;
    const auto ask_market = [&](std::uint32_t account, std::string_view pair) {
        loop_.call({}, cmd::ShowMarket{AccountId{account}, Pair::parse(pair).value()}, text,
                   [&](const Result<ports::Reply>& reply) {
                       answers.push_back(reply ? reply.value().data_json
                                               : std::string(reply.error().message()));
                   });
    };
    price(0, 100);
    scheduler_.run();
    ask_market(1, "ETH/USDT");
    ask_market(2, "ETH/USDT");
    ask_market(9, "ETH/USDT");
    ask_market(1, "ETH/EUR");
    scheduler_.run();
    price(1, 101);
    scheduler_.run();
    ask_market(2, "ETH/USDT");
    scheduler_.run();
    while (memory_.step())
        scheduler_.run();
    std::ranges::sort(answers);
    EXPECT_EQ(answers,
              (std::vector<std::string>{
                  "ETH/EUR is not a pair of this exchange", "a1 a1 100 " + format_utc(kStart),
                  "a2 a1 100 " + format_utc(kStart),
                  "a2 a1 101 " + format_utc(kStart + Duration{1'000}), "there is no account a9"}));
    EXPECT_EQ(memory_.prices(AccountId{1}, {}).value().size(), 1U);
    EXPECT_TRUE(memory_.prices(AccountId{2}, {}).value().empty());
}

TEST_F(LiveMarket, WhatHappensToOneAccountLeavesTheOthersTheirPast) {
    for (int second = 0; second < 50; ++second) {
        price(second, 100 + second);
        scheduler_.run();
    }
    const market::PriceWindow* const shared = slot(2, SleeveKind::Flash).window;
    ASSERT_EQ(shared->samples(), 4U) << "a live sample is taken each sell_check";
    bool answered = false;
    ports::CallContext context;
    context.actor = "test";
    context.idem_key = "k";
    loop_.call(context, cmd::SetSleeve{VaultId{1}, SleeveKind::Flash, {{"history", "9h"}}},
               no_reply, [&](const Result<ports::Reply>& reply) { answered = reply.has_value(); });
    scheduler_.run();
    while (memory_.step())
        scheduler_.run();
    EXPECT_TRUE(answered);
    EXPECT_EQ(slot(2, SleeveKind::Flash).window, shared);
    EXPECT_EQ(shared->samples(), 4U);
    EXPECT_NE(slot(1, SleeveKind::Flash).window, shared);
    EXPECT_TRUE(slot(1, SleeveKind::Flash).window->empty());
}

TEST_F(LiveMarket, APriceOfAnExchangeThatNobodyIsOnIsIgnored) {
    loop_.price({"binance", kEth, Tick{kStart, Price{Decimal::from_int(1)}, 0, false}});
    scheduler_.run();
    EXPECT_TRUE(slot(1, SleeveKind::Flash).window->empty());
}

// design/control.md: status gets through when everything else is saturated. A store that hangs, or
// a full disk, is when it is needed most.
TEST_F(LiveMarket, StatusWaitsForTheStoreAMomentOnly) {
    ports::CallContext reserved;
    reserved.reserved = true;
    ask("change", {}, cmd::SetTradeable{VaultId{1}, Decimal::from_int(10)});
    ask("list", {}, cmd::ListVaults{});
    ask("status", reserved, cmd::ShowStatus{});
    scheduler_.run();
    EXPECT_TRUE(answered_.empty());
    clock_.advance(std::chrono::milliseconds{50});
    scheduler_.ring();
    EXPECT_EQ(answered_, std::vector<std::string>{"status (not durable)"});
    ASSERT_TRUE(memory_.step());
    scheduler_.run();
    EXPECT_EQ(answered_, (std::vector<std::string>{"status (not durable)", "change", "list"}));
}

// A pair that somebody trades and that has no price of the last minute is on the page of `top`.
TEST_F(LiveMarket, TopWarnsOfAPriceThatIsStale) {
    const auto stale = [&](int seconds) {
        const UtcTime now = kStart + std::chrono::seconds{seconds};
        std::vector<std::string> found;
        for (const ports::TopAlert& alert : top_of(loop_.shard()->world(), {}, {}, now).alerts)
            if (alert.kind == "stale_price")
                found.push_back(std::string(alert.severity) + " " + alert.object + " " +
                                alert.message);
        return found;
    };
    const std::vector<std::string> none;
    EXPECT_EQ(stale(0),
              std::vector<std::string>{"warning ETH/USDT kraken: ETH/USDT has no price yet"});
    price(10, 100);
    scheduler_.run();
    EXPECT_EQ(stale(10), none);
    EXPECT_EQ(stale(70), none) << "a minute is not too old";
    const std::string last = format_utc(kStart + std::chrono::seconds{10});
    EXPECT_EQ(stale(71), std::vector<std::string>{
                             "warning ETH/USDT kraken: the last price of ETH/USDT is of " + last});
    price(72, 101);
    scheduler_.run();
    EXPECT_EQ(stale(72), none);
}

// What the exchange lists is its own affair: paper has other pairs, and other rules of the same
// one.
TEST_F(LiveMarket, AnExchangeTellsWhatItLists) {
    const auto told = [&](PairRules rules) {
        loop_.rules("kraken", {std::move(rules)});
        scheduler_.run();
    };
    const auto rules = [&]() -> const PairRules& { return slot(1, SleeveKind::Flash).view.rules; };
    PairRules changed = eth_rules();
    changed.min_cost = Decimal::from_int(20);
    changed.status = PairStatus::CancelOnly;
    told(changed);
    EXPECT_EQ(rules(), changed);
    const Pair sol = Pair::parse("SOL/USDT").value();
    PairRules fresh = eth_rules();
    fresh.pair = sol;
    loop_.rules("kraken", {changed, fresh});
    scheduler_.run();
    const World& world = loop_.shard()->world();
    EXPECT_EQ(world.catalogues.at("kraken").pairs.size(), 2U);
    EXPECT_TRUE(world.catalogues.at("paper").pairs.empty());
    EXPECT_EQ(world.catalogues.at("kraken").standings.at(kEth).since, clock_.now());
    price(0, 100);
    scheduler_.run();
    while (memory_.step())
        scheduler_.run();
    clock_.advance(std::chrono::seconds{1});
    scheduler_.ring();
    while (memory_.step())
        scheduler_.run();
    // Known at a start, before the exchange is connected.
    auto again = make_shard();
    ASSERT_TRUE(again->load(memory_.load(ShardId{1}).value()).has_value());
    EXPECT_EQ(again->world().catalogues.at("kraken").pairs, world.catalogues.at("kraken").pairs);
    EXPECT_EQ(again->world().catalogues.at("kraken").standings.at(kEth).since, kStart);
    EXPECT_EQ(again->world().vaults[0].sleeve(SleeveKind::Flash).slots.front().view.rules, changed);
}

// The price of a pair that nobody trades may be the rate of somebody's asset.
TEST_F(LiveMarket, ThePriceOfEveryListedPairIsKept) {
    const Pair usd = Pair::parse("USDT/USD").value(), other = Pair::parse("SOL/USD").value();
    PairRules rules = eth_rules();
    rules.pair = usd;
    loop_.rules("kraken", {rules});
    const World& world = loop_.shard()->world();
    EXPECT_EQ(world.risk_rate(world.accounts.front(), usd.quote), std::nullopt);
    const Price price{Decimal::parse("0.8").value()};
    for (const Pair& pair : {usd, other})
        loop_.price({"kraken", pair, Tick{kStart, price, 0, false}});
    scheduler_.run();
    EXPECT_EQ(world.markets.front().pairs.at(usd).last->price, price);
    EXPECT_FALSE(world.markets.front().pairs.contains(other)) << "which nobody lists";
    EXPECT_EQ(world.risk_rate(world.accounts.front(), usd.quote), Decimal::parse("1.25").value())
        << "a dollar in USDT";
    EXPECT_EQ(world.risk_rate(world.accounts.front(), usd.base), kOne);
}

const market::PriceWindow& window_of(const Shard& shard, std::uint32_t vault, SleeveKind kind) {
    return *shard.world().vaults[vault - 1].sleeve(kind).slots.front().window;
}

// Seconds pass, and a price comes that moves a little; rarely none comes for long, or a wrong one.
struct RandomPrices {
    Random random;
    Decimal last = Decimal::from_int(2000);

    Duration wait(bool with_gaps) {
        const auto seconds = 1 + random.below(20);
        const bool gap = with_gaps && random.below(500) == 0;
        return std::chrono::seconds{seconds + (gap ? 400 : 0)};
    }
    Tick next(UtcTime now) {
        last += Decimal::from_int(static_cast<std::int64_t>(random.below(11)) - 5);
        return {now, Price{random.below(300) == 0 ? last + last + last : last}, 0, false};
    }
};

// A restart goes on with the recorded prices as if there had been none: windows of several lengths
// and steps, over hours, gaps and prices that were not believed.
TEST_F(LiveMarket, ARestartFoldsTheRecordedPrices) {
    const char* const given = std::getenv("VAULT_SEED");
    const std::uint64_t seed =
        given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    SCOPED_TRACE("VAULT_SEED=" + std::to_string(seed));
    RandomPrices prices{Random{seed}};
    const auto loaded = [&] {
        auto shard = make_shard();
        EXPECT_TRUE(shard->load(memory_.load(ShardId{1}).value()).has_value());
        EXPECT_TRUE(shard
                        ->recall_prices([&](AccountId account, const Pair& pair, UtcTime since) {
                            return memory_.read_prices(account, pair, since);
                        })
                        .has_value());
        return shard;
    };
    const auto show = [](Shard& shard, const Tick& tick) {
        shard.keep_time();
        shard.push_price("kraken", kEth, tick);
    };
    const auto first = loaded();
    apply(*first, cmd::SetSleeve{VaultId{1}, SleeveKind::Quiet, {{"sell_check", "7s"}}});
    apply(*first, cmd::SetSleeve{VaultId{2}, SleeveKind::Flash, {{"history", "10h"}}});
    while (clock_.now() < kStart + std::chrono::hours{6}) {
        clock_.advance(prices.wait(clock_.now() < kStart + std::chrono::hours{4}));
        show(*first, prices.next(clock_.now()));
        if (prices.random.below(50) != 0) continue;
        memory_.commit(first->close_batch(), {});
        memory_.step();
    }
    memory_.commit(first->close_batch(), {});
    ASSERT_TRUE(memory_.step());
    const auto second = loaded();
    for (int tick = 0; tick < 100; ++tick) {
        clock_.advance(prices.wait(false));
        const Tick next = prices.next(clock_.now());
        show(*first, next);
        show(*second, next);
        for (const std::uint32_t vault : {1U, 2U})
            for (const SleeveKind kind : kSleeveKinds) {
                const market::PriceWindow& before = window_of(*first, vault, kind);
                const market::PriceWindow& after = window_of(*second, vault, kind);
                ASSERT_EQ(before.figures(), after.figures()) << vault << " at tick " << tick;
                EXPECT_EQ(before.samples(), after.samples());
            }
    }
    EXPECT_TRUE(window_of(*second, 1, SleeveKind::Flash).figures().warm);
}

TEST_F(LiveMarket, AGapThatNobodyToldOfIsOne) {
    price(100, 2000);
    scheduler_.run();
    price(120, 2000);
    scheduler_.run();
    EXPECT_EQ(slot(1, SleeveKind::Flash).window->samples(), 2U);
    price(521, 2010);  // 401 s later
    scheduler_.run();
    EXPECT_EQ(slot(1, SleeveKind::Flash).window->samples(), 1U);
}

// A clock that jumps stops no price, forward or back.
TEST_F(LiveMarket, PricesGoOnWhenTheClockJumps) {
    int units = 2000;
    const auto go_on = [&](int seconds) {
        for (int second = 0; second < seconds; ++second) {
            commit_all();
            clock_.advance(std::chrono::seconds{1});
            loop_.price({"kraken", kEth, Tick{clock_.now(), Price{Decimal::from_int(++units)}}});
            scheduler_.run();
            const Tick& last = *loop_.shard()->world().markets.front().pairs.at(kEth).last;
            ASSERT_EQ(last.price.value, Decimal::from_int(units)) << second;
        }
    };
    go_on(100);
    const UtcTime before = clock_.now();
    for (const int jump : {1200, -1200, -3600, 3600}) {
        clock_.set(clock_.now() + std::chrono::seconds{jump});
        go_on(30);
    }
    const World& world = loop_.shard()->world();
    EXPECT_LT(world.markets.front().now, before + std::chrono::minutes{3});
    clock_.set(clock_.now() + std::chrono::hours{2});
    go_on(70);
    EXPECT_EQ(world.markets.front().now, clock_.now()) << "believed after a minute";
}

// A pair that the exchange tells of no more has no price, whatever the last one was.
TEST_F(LiveMarket, WhatIsNotToldOfAnyMoreIsHalted) {
    price(1, 2000);
    scheduler_.run();
    loop_.rules("kraken", {});
    scheduler_.run();
    EXPECT_EQ(slot(1, SleeveKind::Flash).view.rules.status, PairStatus::Halted);
    loop_.rules("kraken", {eth_rules()});
    scheduler_.run();
    EXPECT_EQ(slot(1, SleeveKind::Flash).view.rules.status, PairStatus::Trading);
}

// It has its own prices: nothing is replayed on it.
TEST_F(LiveMarket, AnAccountThatFollowsAnExchangeReplaysNothing) {
    std::optional<Error> refusal;
    cmd::ReplayStart replay;
    replay.account = AccountId{1};
    replay.source = "synthetic";
    loop_.call({}, replay, no_reply, [&](const Result<ports::Reply>& reply) {
        if (!reply) refusal = reply.error();
    });
    scheduler_.run();
    while (memory_.step())
        scheduler_.run();
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(refusal->code(), Errc::WrongState);
    EXPECT_EQ(refusal->message(), "a1 follows the prices of kraken");
}

TEST_F(LiveMarket, BooksThatTheFullCheckFoundWrongAreNotBoughtOn) {
    price(0, 100);
    scheduler_.run();
    EXPECT_FALSE(slot(1, SleeveKind::Flash).view.paused);
    store_.books_wrong = true;
    scheduler_.ring();
    EXPECT_TRUE(slot(1, SleeveKind::Flash).view.paused);
    EXPECT_TRUE(slot(2, SleeveKind::Quiet).view.paused);
    EXPECT_NE(loop_.shard()->world().no_buys.find("full check"), std::string::npos);
}

}  // namespace
}  // namespace vault::engine
