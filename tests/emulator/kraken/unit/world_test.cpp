// The whole emulator without sockets: determinism, the control endpoint, time.
#include "tests/emulator/kraken/world/world.hpp"

#include "common/base/random.hpp"
#include "common/protocol/codec.hpp"
#include "tests/emulator/kraken/rest/signature.hpp"
#include "tests/emulator/kraken/world/control.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <limits>
#include <sstream>

namespace vault::kraken_emulator {
namespace {

using vault::literals::operator""_dec;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
namespace json = boost::json;

constexpr Moment kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 4}};

class Stage {
  public:
    explicit Stage(std::uint64_t seed, std::int64_t scale = 0, Span history = 1h)
        : world({Instruments::usual()},
                {.exchange = {.seed = seed}, .start = kStart, .scale = scale, .history = history},
                truth_, SteadyTime{}) {
        control("account", R"({"account":"main","tier":"pro"})");
        control("transfer", R"({"account":"main","asset":"ZUSD","amount":"100000"})");
        const json::value key = control("key", R"({"name":"main","account":"main"})");
        key_ = std::string{key.at("key").as_string()};
        secret_ = std::string{key.at("secret").as_string()};
    }

    json::value control(std::string_view method, std::string_view body) {
        Request request;
        request.method = "POST";
        request.path = std::string{"/"}.append(method);
        request.body = body;
        const Reply reply = handle_control(world, request, wall);
        status = reply.status;
        return protocol::parse_json(reply.body).value();
    }
    std::string post(std::string_view method, const std::string& form) {
        Request request;
        request.method = "POST";
        request.path = std::string{"/0/private/"}.append(method);
        const std::string nonce = std::to_string(++nonce_);
        request.body = "nonce=" + nonce + "&" + form;
        request.api_key = key_;
        request.api_sign = api_sign(secret_, request.path, nonce, request.body);
        return world.handle(request, wall).body;
    }
    std::string truth() const { return truth_.str(); }

  private:
    std::ostringstream truth_;
    std::string key_, secret_;
    std::uint64_t nonce_ = 0;

  public:
    World world;
    SteadyTime wall{};
    unsigned status = 0;
};

// Orders, cancels and time, drawn from the seed; the machine's clock runs at random beside it.
std::string lived(std::uint64_t seed, std::uint64_t wall_seed) {
    Stage stage{seed};
    Random random{seed}, wall{wall_seed};
    for (int i = 0; i < 150; ++i) {
        stage.wall += SteadyTime{static_cast<std::int64_t>(wall.below(50'000'000))};
        switch (random.below(4)) {
            case 0:
                stage.control("time",
                              R"({"advance":")" + std::to_string(random.below(20)) + "s\"}");
                break;
            case 1: stage.post("CancelAll", ""); break;
            default:
                stage.post("AddOrder", "pair=XBTUSD&ordertype=limit&type=buy&volume=0.01&price=" +
                                           std::to_string(68'300 + random.below(80)));
        }
    }
    return stage.truth();
}

TEST(World, TheSameSeedAndScriptWriteTheSameTruth) {
    bool filled = false;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        const std::string truth = lived(seed, 1);
        EXPECT_EQ(truth, lived(seed, 2)) << "seed " << seed;
        EXPECT_NE(truth, lived(seed + 100, 1)) << "seed " << seed;
        filled |= truth.find(R"("execution":"filled")") != std::string::npos;
    }
    EXPECT_TRUE(filled) << "these lives are too quiet to prove anything";
}

TEST(World, EveryLineOfTheTruthIsNumberedAndJson) {
    std::istringstream lines{lived(5, 1)};
    std::int64_t wanted = 0;
    for (std::string line; std::getline(lines, line);) {
        const auto document = protocol::parse_json(line);
        ASSERT_TRUE(document.has_value()) << line;
        EXPECT_EQ(document.value().at("n").as_int64(), ++wanted);
    }
    EXPECT_GT(wanted, 300);
}

TEST(World, TheTruthTellsWhoAskedWhatAndWhatBecameOfIt) {
    Stage stage{1};
    stage.post("AddOrder", "pair=NOPE&ordertype=limit&type=buy&volume=0.01&price=1");
    EXPECT_NE(stage.truth().find(
                  R"("kind":"request","key":"main","method":"POST","path":"/0/private/AddOrder",)"
                  R"("body":"nonce=1&pair=NOPE&ordertype=limit&type=buy&volume=0.01&price=1",)"
                  R"("status":200,"refusal":"EQuery:Unknown asset pair")"),
              std::string::npos)
        << stage.truth();
}

TEST(World, AtScaleZeroTimeStandsUntilItIsToldToMove) {
    Stage stage{1};
    stage.wall += 1h;
    EXPECT_EQ(stage.control("time", "{}").at("now").as_string(), "2026-03-04T00:00:00.000000000Z");
    EXPECT_EQ(stage.control("time", R"({"advance":"1m30s"})").at("now").as_string(),
              "2026-03-04T00:01:30.000000000Z");
}

TEST(World, TimeRunsAtItsScale) {
    Stage stage{1, 60'000};
    stage.wall += 1500ms;
    EXPECT_EQ(stage.control("time", "{}").at("now").as_string(), "2026-03-04T00:01:30.000000000Z");
    stage.control("time", R"({"scale":"0.5"})");
    stage.wall += 10s;
    EXPECT_EQ(stage.control("time", "{}").at("now").as_string(), "2026-03-04T00:01:35.000000000Z");
    stage.control("time", R"({"scale":0})");
    stage.wall += 10s;
    EXPECT_EQ(stage.control("time", "{}").at("now").as_string(), "2026-03-04T00:01:35.000000000Z");
}

TEST(World, APriceThatIsSetIsWhereTheMarketGoesOn) {
    Stage stage{1};
    stage.control("trade", R"({"pair":"XBTUSD","price":"60000","quantity":"1"})");
    EXPECT_EQ(stage.world.exchange().last_price(0), "60000"_dec);
    stage.control("time", R"({"advance":"30s"})");
    EXPECT_NE(stage.world.exchange().last_price(0), "60000"_dec);
    EXPECT_LT((stage.world.exchange().last_price(0) - "60000"_dec).abs(), "600"_dec);
}

TEST(World, HistoryFillsChartsFromTheStart) {
    Stage stage{1, 0, 13h};
    EXPECT_GE(stage.world.exchange().tape(0).candles(0).size(), 720U);
    const auto last = stage.world.exchange().tape(0).last();
    EXPECT_LE(last->time, kStart);
}

TEST(World, WrongControlInputIsNamed) {
    Stage stage{1};
    const auto says = [&](std::string_view method, std::string_view body) {
        const json::value reply = stage.control(method, body);
        EXPECT_EQ(stage.status, 400U) << json::serialize(reply);
        const json::object* error =
            reply.as_object().contains("error") ? &reply.at("error").as_object() : nullptr;
        if (error == nullptr || error->at("hint").as_string().empty())
            return std::string{"no hint"};
        return std::string{error->at("code").as_string()} + " " +
               std::string{error->at("field").as_string()};
    };
    EXPECT_EQ(says("nothing", "{}"), "NOT_FOUND path");
    EXPECT_EQ(says("trade", R"({"pair":"XBTUSD"})"), "INVALID_PARAMS price");
    EXPECT_EQ(says("trade", R"({"pair":"XBTUSD","price":"60000.05"})"), "INVALID_PARAMS price");
    EXPECT_EQ(says("trade", R"({"pair":"XBTUSD","price":"900000000000","quantity":"100"})"),
              "INVALID_PARAMS quantity");
    EXPECT_EQ(says("status", R"({"status":"gone"})"), "INVALID_PARAMS status");
    EXPECT_EQ(says("time", R"({"scale":"1001"})"), "INVALID_PARAMS scale");
    EXPECT_EQ(says("time", R"({"skew":"--1s"})"), "INVALID_PARAMS skew");
    EXPECT_EQ(says("limits", R"({"messages":1000001})"), "INVALID_PARAMS messages");
    EXPECT_EQ(says("limits", R"({"connects":-1})"), "INVALID_PARAMS connects");
    for (const std::string_view answered : {"usual", "late", "doubled"})
        EXPECT_EQ(says("faults", std::string{R"({"faults":[{"landing":"never","answered":")"}
                                     .append(answered)
                                     .append("\"}]}")),
                  "INVALID_PARAMS answered");
    EXPECT_EQ(says("time", R"({"advence":"5s"})"), "INVALID_PARAMS advence");
    EXPECT_EQ(says("time", R"({"advance":"86400001ms"})"), "INVALID_PARAMS advance");
    EXPECT_EQ(says("time", R"({"advance":"36500d"})"), "INVALID_PARAMS advance");
    EXPECT_EQ(says("faults", R"({"faults":[{"at":"AddOrdr"}]})"), "INVALID_PARAMS at");
    EXPECT_EQ(says("faults", R"({"faults":[{"bogus":1}]})"), "INVALID_PARAMS bogus");
    EXPECT_EQ(says("faults", R"({"faults":[{"answred":"timeout"}]})"), "INVALID_PARAMS answred");
    EXPECT_EQ(says("message_faults", R"({"faults":[{"at":"foo","mishap":"lost"}]})"),
              "INVALID_PARAMS at");
    EXPECT_EQ(says("message_faults", R"({"faults":[{"at":"executions/fild","mishap":"lost"}]})"),
              "INVALID_PARAMS at");
    EXPECT_EQ(says("state", R"({"of":"main"})"), "INVALID_PARAMS of");
    EXPECT_EQ(says("account", R"({"account":"main"})"), "EXISTS account");
    EXPECT_EQ(says("key", R"({"name":"a","account":"main","permissions":["fly"]})"),
              "INVALID_PARAMS permissions");
    EXPECT_EQ(says("trade", "[]"), "INVALID_PARAMS body");
}

TEST(World, NamesThatThereAreAreTaken) {
    Stage stage{1};
    for (const char* at : {"*", "Time", "Balance", "AddOrder", "add_order"})
        stage.control("faults", std::string{R"({"faults":[{"at":")"}.append(at).append("\"}]}"));
    EXPECT_EQ(stage.status, 200U);
    for (const char* at : {"*", "book", "executions", "executions/filled", "balances"}) {
        stage.control(
            "message_faults",
            std::string{R"({"faults":[{"mishap":"lost","at":")"}.append(at).append("\"}]}"));
        EXPECT_EQ(stage.status, 200U) << at;
    }
}

// Where no price walks a skip is cheap, up to the end of what a moment can say.
TEST(World, AStandingMarketIsSkippedByTheYear) {
    std::ostringstream truth;
    World world{Instruments::usual(),
                {.start = kStart, .scale = 0, .synthetic = false, .history = 1h},
                truth,
                SteadyTime{}};
    const auto advance = [&](std::string_view span) {
        Request request;
        request.path = "/time";
        request.body = std::string{R"({"advance":")"}.append(span).append("\"}");
        return handle_control(world, request, SteadyTime{}).status;
    };
    EXPECT_EQ(advance("365d"), 200U);
    EXPECT_EQ(world.exchange().now(), kStart + 24h * 365);
    EXPECT_EQ(advance("36500d"), 200U);
    EXPECT_EQ(advance("36500d"), 200U);
    const Moment before = world.exchange().now();
    EXPECT_EQ(advance("36500d"), 400U) << "past 2262";
    EXPECT_EQ(world.exchange().now(), before);
}

// Whatever unit its client counts in.
TEST(World, AForeignNonceIsAnHourAhead) {
    using Case = std::pair<std::uint64_t, std::uint64_t>;
    constexpr std::uint64_t kMillis = 3'600'000;
    for (const auto& [last, ahead] : {Case{17, kMillis}, Case{1'772'582'400'000, kMillis},
                                      Case{1'772'582'400'000'000, kMillis * 1'000},
                                      Case{1'772'582'400'000'000'000, kMillis * 1'000'000},
                                      Case{std::numeric_limits<std::uint64_t>::max() - 5, 5}}) {
        Stage stage{1};
        stage.world.keys().find_name("main")->nonce = last;
        stage.control("foreign_nonce", R"({"name":"main"})");
        EXPECT_EQ(stage.world.keys().find_name("main")->nonce - last, ahead);
    }
    Stage fresh{1};
    fresh.control("foreign_nonce", R"({"name":"main"})");
    EXPECT_EQ(fresh.world.keys().find_name("main")->nonce,
              static_cast<std::uint64_t>((kStart + 1h).time_since_epoch().count()))
        << "nobody knows its unit, so it is beyond all of them";
    EXPECT_EQ(fresh.post("Balance", ""), R"({"error":["EAPI:Invalid nonce"]})");
}

TEST(World, ARevokedKeyStopsWorkingAtOnce) {
    Stage stage{1};
    EXPECT_NE(stage.post("Balance", "").find("ZUSD"), std::string::npos);
    stage.control("revoke", R"({"name":"main"})");
    EXPECT_EQ(stage.post("Balance", ""), R"({"error":["EAPI:Invalid key"]})");
}

TEST(World, WhatTheOwnerDoesByHandShowsInTheAccount) {
    Stage stage{1};
    const json::value made = stage.control(
        "order", R"({"account":"main","pair":"XBTUSD","type":"buy","ordertype":"market",)"
                 R"("volume":"0.01"})");
    EXPECT_NE(stage.post("ClosedOrders", "").find(std::string{made.at("txid").as_string()}),
              std::string::npos);
    stage.control("transfer", R"({"account":"main","asset":"ETH.F","amount":"1.5","type":"earn"})");
    EXPECT_NE(stage.post("Balance", "").find(R"("ETH.F":"1.5000000000")"), std::string::npos);
}

TEST(World, AScriptIsPlayedAtItsTimes) {
    Stage stage{1};
    stage.world.play(
        Script::parse(R"({"steps":[)"
                      R"({"at":"10s","method":"status","with":{"status":"post_only"}},)"
                      R"({"at":"20s","method":"time","with":{"advance":"1m"}},)"
                      R"({"at":"70s","method":"status","with":{"status":"online"}}]})",
                      "story.json", kStart)
            .value(),
        stage.wall);
    EXPECT_EQ(stage.world.exchange().status(), SystemStatus::Online);
    stage.control("time", R"({"advance":"15s"})");
    EXPECT_EQ(stage.world.exchange().status(), SystemStatus::PostOnly);
    stage.control("time", R"({"advance":"10s"})");
    EXPECT_EQ(stage.world.exchange().now(), kStart + 85s) << "the script skipped a minute";
    EXPECT_EQ(stage.world.exchange().status(), SystemStatus::Online);
    const std::string step = R"("time":"2026-03-04T00:00:10.000000000Z","kind":"control","step":1,)"
                             R"("method":"status","what":{"status":"post_only"})";
    EXPECT_NE(stage.truth().find(step), std::string::npos) << stage.truth();
    EXPECT_NE(stage.truth().find(R"("time":"2026-03-04T00:01:10.000000000Z","kind":"status")"),
              std::string::npos)
        << "a step that was due within the skip was played at its time";
    EXPECT_FALSE(stage.world.failure());
}

TEST(World, AScriptAnswersToRequestsBeforeTheNextOneComes) {
    Stage stage{1};
    stage.world.play(
        Script::parse(R"({"steps":[{"after":"request/Balance","count":2,"method":"revoke",)"
                      R"("with":{"name":"main"}}]})",
                      "story.json", kStart)
            .value(),
        stage.wall);
    EXPECT_NE(stage.post("Balance", "").find("ZUSD"), std::string::npos);
    EXPECT_NE(stage.post("Balance", "").find("ZUSD"), std::string::npos);
    EXPECT_EQ(stage.post("Balance", ""), R"({"error":["EAPI:Invalid key"]})");
}

TEST(World, AStepThatFailsEndsTheScript) {
    Stage stage{1};
    stage.world.play(Script::parse(R"({"steps":[{"at":"1s","method":"revoke",)"
                                   R"("with":{"name":"nobody"}}]})",
                                   "story.json", kStart)
                         .value(),
                     stage.wall);
    EXPECT_FALSE(stage.world.failure());
    stage.control("time", R"({"advance":"1s"})");
    ASSERT_TRUE(stage.world.failure());
    EXPECT_EQ(stage.world.failure()->message(), "story.json: step 1: name is no key's");
}

TEST(World, AClockThatIsWrongJudgesDeadlinesButNotRecords) {
    Stage stage{1};
    const std::string order = "pair=XBTUSD&ordertype=limit&type=buy&volume=0.01&price=40000";
    const std::string soon = order + "&deadline=2026-03-04T00:00:10Z";
    EXPECT_EQ(stage.control("time", R"({"skew":"30s"})").at("clock").as_string(),
              "2026-03-04T00:00:30.000000000Z");
    EXPECT_EQ(stage.post("AddOrder", soon), R"({"error":["EService:Deadline elapsed"]})");
    stage.control("time", R"({"skew":"-55s"})");
    EXPECT_EQ(stage.post("AddOrder", soon), R"({"error":["EGeneral:Invalid arguments:deadline"]})")
        << "more than a minute ahead";
    stage.control("time", R"({"skew":"30s"})");
    // One minute by that clock is half a minute in truth.
    EXPECT_NE(stage.post("AddOrder", order + "&expiretm=1772582460").find("txid"),
              std::string::npos);
    stage.control("time", R"({"advance":"29s"})");
    EXPECT_EQ(stage.truth().find(R"("execution":"expired")"), std::string::npos);
    stage.control("time", R"({"advance":"1s"})");
    EXPECT_NE(
        stage.truth().find(
            R"("time":"2026-03-04T00:00:30.000000000Z","kind":"order","execution":"expired")"),
        std::string::npos)
        << stage.truth();
}

TEST(World, SocketsThatAreClosedAreInTheTruth) {
    Stage stage{1};
    int closed = 0;
    const SocketNo socket = stage.world.open_socket(
        SocketSide::Public, [&](const SharedText& text) { closed += text ? 0 : 1; }, stage.wall);
    stage.control("limits", R"({"idle":"2m"})");
    stage.control("time", R"({"advance":"119s"})");
    EXPECT_EQ(closed, 0);
    stage.control("time", R"({"advance":"10s"})");
    stage.control("time", R"({"advance":"10s"})");
    EXPECT_EQ(closed, 1) << "once";
    EXPECT_NE(stage.truth().find(R"("kind":"closed","socket":1,"reason":"idle")"),
              std::string::npos);
    stage.world.close_socket(socket);
}

}  // namespace
}  // namespace vault::kraken_emulator
