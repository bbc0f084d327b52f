// Every case of the shared vectors from the engine itself, digit for digit: shard, ledger, strategy
// and simulated venue under a clock that stands still.
#include "common/base/log.hpp"
#include "daemon/candles/import.hpp"
#include "daemon/engine/shard.hpp"
#include "daemon/exchange/paper/candle_feed.hpp"
#include "daemon/ledger/invariants.hpp"
#include "tests/support/shared_data.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace vault::engine {
namespace {

namespace json = boost::json;
namespace cmd = ports::cmd;

std::string text_of(const json::value& value) {
    return std::string{value.as_string()};
}

std::string no_reply(const ports::View&) {
    return "{}";
}

class OneFile final : public ports::FeedFactory {
  public:
    explicit OneFile(std::shared_ptr<const candles::CandleSeries> series)
        : series_(std::move(series)) {}
    Result<ports::OpenedFeed> open(const ports::FeedSource& source) override {
        const auto path =
            source.close_path ? exchange::CandlePath::Close : exchange::CandlePath::Ohlc4;
        VAULT_TRY(exchange::CandleFeed feed,
                  exchange::CandleFeed::create(series_, path, source.from, source.to));
        ports::OpenedFeed out;
        out.source = source;
        out.source.pair = feed.pair();
        out.ticks = *feed.size();
        out.first = *feed.peek_time();
        out.last = out.first;
        out.feed = std::make_unique<exchange::CandleFeed>(std::move(feed));
        return out;
    }

  private:
    std::shared_ptr<const candles::CandleSeries> series_;
};

struct Ran {
    std::vector<ports::FillRow> fills;
    std::uint64_t entries = 0;
};

class ShardVectors : public ::testing::Test {
  protected:
    void run_case(const json::object& one, OneFile& feeds) {
        const json::object& parameters = one.at("parameters").as_object();
        EngineOptions options;
        std::map<std::string, std::string> settings;
        PairRules rules{Pair::parse("ETH/USDT").value(), {}, {}, {}, {}};
        Decimal cash;
        SleeveKind kind = SleeveKind::Flash;
        bool close_path = false;
        const std::map<std::string, Decimal*> amounts{{"lot", &rules.lot},
                                                      {"tick", &rules.tick},
                                                      {"min_cost", &rules.min_cost},
                                                      {"min_qty", &rules.min_quantity},
                                                      {"cash", &cash},
                                                      {"slippage", &options.paper.slippage}};
        settings["preset"] = "flash";
        for (const auto& [key, value] : parameters) {
            const std::string name{key};
            const auto amount = amounts.find(name);
            if (amount != amounts.end()) {
                *amount->second = Decimal::parse(text_of(value)).value();
            } else if (name == "sleeve") {
                kind = parse_sleeve_kind(text_of(value)).value();
            } else if (name == "path") {
                close_path = text_of(value) == "close";
            } else {
                settings[name] = text_of(value);
            }
        }
        options.paper.fee_rate = Decimal::parse(settings.at("fee_rate")).value();
        options.catalogue.emplace(rules.pair, rules);
        Shard shard{ShardId{1}, options, feeds, clock_, log_};
        ASSERT_TRUE(shard.load({}).has_value());
        const UtcTime from = parse_utc(text_of(one.at("from"))).value();
        const UtcTime to = parse_utc(text_of(one.at("to"))).value();
        apply(shard, cmd::CreateUser{"ann", Role::Member});
        apply(shard, cmd::AddAccount{"ann", "paper", ""});
        apply(shard, cmd::ReplayStart{AccountId{1}, "file", std::nullopt, std::nullopt, close_path,
                                      1, std::nullopt, from, to});
        apply(shard, cmd::CreateVault{AccountId{1}, rules.pair.quote, cash});
        apply(shard, cmd::SetPairs{VaultId{1}, {rules.pair}, {}, false});
        apply(shard, cmd::SetTradeable{VaultId{1}, cash});
        cmd::Allocate allocate{VaultId{1}, {}, {}};
        (kind == SleeveKind::Quiet ? allocate.quiet : allocate.flash) = cash;
        apply(shard, allocate);
        apply(shard, cmd::SetSleeve{VaultId{1}, kind, settings});
        apply(shard, cmd::ReplayRun{AccountId{1}, std::nullopt});
        Ran ran;
        do {
            shard.run_replays(SteadyTime{1});
            ports::Batch batch = shard.close_batch();
            ran.entries += batch.entries.size();
            ran.fills.insert(ran.fills.end(), batch.fills.begin(), batch.fills.end());
        } while (shard.world().accounts[0].replay.state == ReplayState::Running);
        expect(one, shard, kind, ran);
    }

    void apply(Shard& shard, const ports::Command& command) {
        ports::CallContext context;
        context.actor = "test";
        const auto done = shard.apply(context, command, no_reply);
        ASSERT_TRUE(done.has_value()) << done.error().message();
    }

    void expect(const json::object& one, Shard& shard, SleeveKind kind, const Ran& ran) {
        const json::array& fills = one.at("fills").as_array();
        ASSERT_EQ(ran.fills.size(), fills.size());
        for (std::size_t i = 0; i < fills.size(); ++i) {
            const json::object& want = fills[i].as_object();
            const ports::FillRow& got = ran.fills[i];
            ASSERT_EQ(format_utc(got.fill.time), text_of(want.at("time"))) << i;
            ASSERT_EQ(to_text(got.fill.side), text_of(want.at("side"))) << i;
            ASSERT_EQ(got.fill.price.value.text(), text_of(want.at("price"))) << i;
            ASSERT_EQ(got.fill.quantity.value.text(), text_of(want.at("quantity"))) << i;
            ASSERT_EQ(got.fill.cost.text(), text_of(want.at("cost"))) << i;
            ASSERT_EQ(got.fill.fee.text(), text_of(want.at("fee"))) << i;
            ASSERT_EQ(got.reason, text_of(want.at("reason"))) << i;
        }
        const json::object& summary = one.at("summary").as_object();
        const ledger::VaultBooks& books = std::as_const(shard.world()).vaults[0].books;
        const ledger::SleeveBooks& sleeve = books.sleeve(kind);
        EXPECT_EQ(sleeve.cash.text(), text_of(summary.at("final_cash")));
        EXPECT_EQ(sleeve.swept.text(), text_of(summary.at("swept")));
        EXPECT_EQ(sleeve.realised.text(), text_of(summary.at("realised")));
        EXPECT_EQ(sleeve.fees.text(), text_of(summary.at("fees")));
        EXPECT_EQ(books.positions_cost(kind).text(), text_of(summary.at("position_cost")));
        EXPECT_TRUE(ledger::check_identities(books).has_value());
        EXPECT_EQ(books.head().seq, ran.entries);
    }

    ManualClock clock_{UtcTime{}};
    NullLogger log_;
};

TEST_F(ShardVectors, EveryCaseDigitForDigit) {
    const auto vectors = vault::testing::shared_file("vectors/cycle.json");
    const auto csv = vault::testing::shared_file("data/dev/binance_ETHUSDT_1m.csv.gz");
    if (!std::filesystem::exists(vectors) || !std::filesystem::exists(csv))
        GTEST_SKIP() << "no shared vectors: set VAULT_SHARED";
    const vault::testing::TemporaryDirectory root;
    const Pair pair = Pair::parse("ETH/USDT").value();
    const auto imported = candles::import_csv(csv, pair, std::chrono::minutes{1}, root.path());
    ASSERT_TRUE(imported.has_value()) << imported.error().message();
    auto series = candles::CandleSeries::open(imported.value().directory);
    ASSERT_TRUE(series.has_value());
    OneFile feeds{std::make_shared<const candles::CandleSeries>(std::move(series).value())};
    std::ifstream in{vectors};
    std::stringstream text;
    text << in.rdbuf();
    const json::value document = json::parse(text.str());
    for (const json::value& one : document.at("cases").as_array()) {
        SCOPED_TRACE(text_of(one.at("case")));
        run_case(one.as_object(), feeds);
    }
}

}  // namespace
}  // namespace vault::engine
