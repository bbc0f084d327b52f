// Live prices: the turn loop keeps the newest of a pair until its turn, and accounts of one
// exchange share one market, whose windows outlive what happens to a single account.
#include "common/base/log.hpp"
#include "daemon/engine/top_builder.hpp"
#include "daemon/engine/turn_loop.hpp"
#include "daemon/store/memory/memory_store.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

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

// A store as it will be when an exchange is connected: two accounts on it, a vault each.
class LiveStore final : public ports::Store {
  public:
    explicit LiveStore(store::MemoryStore& inner) : inner_(inner) {}
    Result<ports::Snapshot> load(ShardId shard) override {
        VAULT_TRY(ports::Snapshot snapshot, inner_.load(shard));
        for (ports::AccountRow& account : snapshot.accounts)
            account.exchange = "kraken";
        return snapshot;
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
        options_.catalogue.emplace(
            kEth, PairRules{kEth, Decimal::from_raw(Decimal::kOne / 100),
                            Decimal::from_raw(Decimal::kOne / 10'000), Decimal::from_int(5),
                            Decimal::from_raw(Decimal::kOne / 10'000)});
        auto shard = make_shard();
        ASSERT_TRUE(shard->load(memory_.load(ShardId{1}).value()).has_value());
        for (std::uint32_t n = 1; n <= 2; ++n) {
            const std::string user = "user" + std::to_string(n);
            apply(*shard, cmd::CreateUser{user, Role::Member});
            apply(*shard, cmd::AddAccount{user, "paper", ""});
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
    std::unique_ptr<Shard> make_shard() {
        return std::make_unique<Shard>(ShardId{1}, options_, feeds_, clock_, logger_);
    }
    static void apply(Shard& shard, const ports::Command& command) {
        const auto done = shard.apply({}, command, no_reply);
        ASSERT_TRUE(done.has_value()) << done.error().message();
    }
    void price(int seconds, int units, bool gap = false) {
        const UtcTime time = kStart + std::chrono::seconds{seconds};
        loop_.price({"kraken", kEth, Tick{time, Price{Decimal::from_int(units)}, 0, gap}});
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
    LiveStore store_{memory_};
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
