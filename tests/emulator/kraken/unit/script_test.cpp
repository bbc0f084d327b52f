#include "tests/emulator/kraken/world/script.hpp"

#include <gtest/gtest.h>

namespace vault::kraken_emulator {
namespace {

using std::chrono_literals::operator""s;

constexpr Moment kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 4}};

Result<Script> parsed(std::string_view steps) {
    return Script::parse(std::string{R"({"steps":[)"}.append(steps).append("]}"), "story.json",
                         kStart);
}

TEST(Script, StepsOfATimeComeInItsOrderAndThenInTheFiles) {
    Script script = parsed(R"({"at":"5s","method":"revoke","with":{"name":"a"}},)"
                           R"({"at":"1s","method":"status"},{"at":"5s","method":"trade"})")
                        .value();
    EXPECT_FALSE(script.listens());
    EXPECT_EQ(script.next(), kStart + 1s);
    EXPECT_EQ(script.take().number, 2U);
    EXPECT_EQ(script.next(), kStart + 5s);
    const Script::Step first = script.take();
    EXPECT_EQ(first.method, "revoke");
    EXPECT_EQ(first.with.at("name").as_string(), "a");
    EXPECT_EQ(script.take().method, "trade");
    EXPECT_FALSE(script.next());
}

TEST(Script, AStepWaitsForItsEventAndThenAWhile) {
    Script script =
        parsed(R"({"after":"order/filled","count":2,"wait":"3s","method":"status"})").value();
    EXPECT_TRUE(script.listens());
    script.saw("order/filled", kStart);
    script.saw("order/new", kStart + 1s);
    script.saw("order/filled2", kStart + 1s);
    EXPECT_FALSE(script.next());
    script.saw("order/filled", kStart + 2s);
    EXPECT_EQ(script.next(), kStart + 5s);
    EXPECT_FALSE(script.listens());
    script.take();
    script.saw("order/filled", kStart + 6s);
    EXPECT_FALSE(script.next()) << "once is enough";
}

TEST(Script, AKindMeansAllOfIt) {
    Script script = parsed(R"({"after":"request","count":2,"method":"status"})").value();
    script.saw("request/Balance", kStart);
    script.saw("request/add_order", kStart + 1s);
    EXPECT_EQ(script.next(), kStart + 1s);
}

TEST(Script, WhatIsWrongIsNamedWithFileAndStep) {
    const auto says = [](std::string_view steps) {
        const auto script = parsed(steps);
        return script ? std::string{"nothing"} : script.error().message();
    };
    const std::string good = R"({"at":"1s","method":"status"},)";
    EXPECT_EQ(says(good + "7"), "story.json: step 2: it is no object");
    EXPECT_EQ(says(R"({"at":"1s","method":"fly"})"),
              "story.json: step 1: there is no method 'fly'");
    EXPECT_EQ(says(R"({"at":"1s","method":"status","with":[]})"),
              "story.json: step 1: 'with' is no object");
    EXPECT_EQ(says(R"({"at":"1s","method":"status","count":2})"),
              "story.json: step 1: 'count' and 'wait' belong to 'after'");
    EXPECT_EQ(says(good + R"({"at":"soon","method":"status"})").substr(0, 20),
              "story.json: step 2: ");
    EXPECT_NE(says(R"({"after":"order","wait":"-1s","method":"status"})"), "nothing");
    for (const std::string name :
         {"nonsense/event", "order/fild", "request/AddOrdr", "status/gone", "trade/XBTUSD",
          "landing/Nope", "mishap/foo", "balance/", "orders"})
        EXPECT_EQ(says(R"({"after":")" + name + R"(","method":"status"})"),
                  "story.json: step 1: there is no event '" + name + "'");
    for (const std::string name :
         {"request/ping", "request/add_order", "landing/AddOrder", "mishap/executions/filled",
          "mishap/book", "listing/XXBTZUSD", "balance/earn", "order/iceberg_refill", "trade"})
        EXPECT_EQ(says(R"({"after":")" + name + R"(","method":"status"})"), "nothing");
}

TEST(Script, AnErrorEndsIt) {
    Script script = parsed(R"({"at":"1s","method":"status"},{"at":"2s","method":"status"},)"
                           R"({"after":"order","method":"status"})")
                        .value();
    const Script::Step step = script.take();
    const Error error = script.ended_by(step, Error{Errc::InvalidParams, "status is none"});
    EXPECT_EQ(error.message(), "story.json: step 1: status is none");
    EXPECT_FALSE(script.next());
    EXPECT_FALSE(script.listens());
}

}  // namespace
}  // namespace vault::kraken_emulator
