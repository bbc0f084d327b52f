#include "daemon/runner/script_lines.hpp"

#include "common/base/random.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace vault::runner {
namespace {

using ports::Action;
using ports::ScriptComplaint;
using ports::ScriptDecision;
using ports::ScriptFault;
using vault::literals::operator""_dec;
namespace json = boost::json;

std::string decision(std::string_view members) {
    return R"({"type":"decision",)" + std::string{members} + "}";
}

ScriptComplaint complaint_of(const std::string& line) {
    const auto spoken = parse_decision(line);
    const auto* complaint = std::get_if<ScriptComplaint>(&spoken);
    return complaint != nullptr ? *complaint
                                : ScriptComplaint{ScriptFault::GaveUp, "none: " + line};
}

TEST(ScriptLines, ADecisionIsReadWhole) {
    const auto spoken = parse_decision(
        decision(R"("seq":7,"action":"buy","reason":"dip_2","fraction":"0.5","state":"a b",)"
                 R"("figures":{"low":"1900","note":"near \"it\""})"));
    ASSERT_TRUE(std::holds_alternative<ScriptDecision>(spoken));
    const auto& read = std::get<ScriptDecision>(spoken);
    EXPECT_EQ(read.seq, 7U);
    EXPECT_EQ(read.action, Action::Buy);
    EXPECT_EQ(read.reason, "dip_2");
    EXPECT_EQ(read.fraction, "0.5"_dec);
    EXPECT_EQ(read.state, "a b");
    EXPECT_EQ(read.figures, (ports::ScriptTexts{{"low", "1900"}, {"note", "near \"it\""}}));
}

TEST(ScriptLines, WhatIsLeftOutStaysAsItWas) {
    const auto spoken = parse_decision(decision(R"("seq":1,"action":"sell","reason":"x")"));
    ASSERT_TRUE(std::holds_alternative<ScriptDecision>(spoken));
    const auto& read = std::get<ScriptDecision>(spoken);
    EXPECT_FALSE(read.fraction);
    EXPECT_FALSE(read.state);
    EXPECT_TRUE(read.figures.empty());
}

struct Wrong {
    const char* members;
    ScriptFault fault;
    const char* detail;  // in the complaint's
};

TEST(ScriptLines, EachWrongDecisionHasItsName) {
    const std::string long_reason =
        R"("seq":1,"action":"hold","reason":")" + std::string(33, 'a') + '"';
    const std::string long_state = R"("seq":1,"action":"hold","reason":"a","state":")" +
                                   std::string(kStateMost + 1, 'a') + '"';
    std::string many = R"("seq":1,"action":"hold","reason":"a","figures":{"f0":"1")";
    for (int i = 1; i <= 16; ++i)
        many += ",\"f" + std::to_string(i) + "\":\"1\"";
    many += '}';
    const Wrong table[] = {
        {R"("seq":1,"action":"hold","action":"buy","reason":"a")", ScriptFault::BadJson, "twice"},
        {R"("seq":1,"action":["hold"],"reason":"a")", ScriptFault::BadJson, "list"},
        {R"("seq":1.5,"action":"hold","reason":"a")", ScriptFault::BadJson, "not whole"},
        {R"("seq":-1,"action":"hold","reason":"a")", ScriptFault::BadJson, "negative"},
        {R"("seq":1,"action":"hold","reason":"a","figures":{"a":{"b":"c"}})", ScriptFault::BadJson,
         "too deep"},
        {R"("seq":1,"action":"hold")", ScriptFault::BadField, "reason: is missing"},
        {R"("seq":1,"reason":"a")", ScriptFault::BadField, "action: is missing"},
        {R"("action":"hold","reason":"a")", ScriptFault::BadField, "seq: is missing"},
        {R"("seq":"1","action":"hold","reason":"a")", ScriptFault::BadField, "seq"},
        {R"("seq":1,"action":1,"reason":"a")", ScriptFault::BadField, "action: a string"},
        {R"("seq":1,"action":"short","reason":"a")", ScriptFault::UnknownAction, "'short'"},
        {R"("seq":1,"action":"Buy","reason":"a")", ScriptFault::UnknownAction, "'Buy'"},
        {R"("seq":1,"action":"hold","reason":"")", ScriptFault::BadField, "reason"},
        {R"("seq":1,"action":"hold","reason":"a b")", ScriptFault::BadField, "reason"},
        {long_reason.c_str(), ScriptFault::BadField, "reason"},
        {R"("seq":1,"action":"buy","reason":"a","fraction":"0")", ScriptFault::BadField,
         "fraction"},
        {R"("seq":1,"action":"buy","reason":"a","fraction":"1.000000000000000001")",
         ScriptFault::BadField, "fraction"},
        {R"("seq":1,"action":"buy","reason":"a","fraction":"-0.5")", ScriptFault::BadField,
         "fraction"},
        {R"("seq":1,"action":"buy","reason":"a","fraction":"1e-3")", ScriptFault::BadField,
         "fraction"},
        {R"("seq":1,"action":"buy","reason":"a","fraction":1)", ScriptFault::BadField, "a string"},
        {R"("seq":1,"action":"hold","reason":"a","fraction":"1")", ScriptFault::BadField,
         "does not belong to hold"},
        {R"("seq":1,"action":"buy","reason":"a","fractoin":"1")", ScriptFault::BadField,
         "fractoin: there is no such field"},
        {R"("seq":1,"action":"hold","reason":"a","state":"a\nb")", ScriptFault::BadField, "state"},
        {long_state.c_str(), ScriptFault::BadField, "state"},
        {R"("seq":1,"action":"hold","reason":"a","figures":"x")", ScriptFault::BadField, "figures"},
        {R"("seq":1,"action":"hold","reason":"a","figures":{"a b":"1"})", ScriptFault::BadField,
         "figures.a b"},
        {many.c_str(), ScriptFault::BadField, "at most 16"},
    };
    for (const Wrong& row : table) {
        const ScriptComplaint complaint = complaint_of(decision(row.members));
        EXPECT_EQ(complaint.fault, row.fault) << row.members << ": " << complaint.detail;
        EXPECT_NE(complaint.detail.find(row.detail), std::string::npos)
            << row.members << ": " << complaint.detail;
    }
}

TEST(ScriptLines, WhatIsNoObjectIsBadJson) {
    for (const char* line : {"", "hello", "7", "null", "[]", "\"x\"", "{", "{}}", "{} {}",
                             "{\"a\":\"\xff\"}", "{\"a\":NaN}", "{'a':1}", "{\"a\":1,}"})
        EXPECT_EQ(complaint_of(line).fault, ScriptFault::BadJson) << line;
    EXPECT_EQ(complaint_of("{}").fault, ScriptFault::BadField);
    EXPECT_EQ(complaint_of(R"({"type":"tick","seq":1,"action":"hold","reason":"a"})").fault,
              ScriptFault::BadField);
}

TEST(ScriptLines, ADecisionIsWrittenAsItIsRead) {
    ScriptDecision all{3, Action::Sell, "gain", "0.25"_dec, "\"\\ tab", {{"net", "0.02"}}};
    for (const ScriptDecision& wanted :
         {all, ScriptDecision{1, Action::Hold, "none", {}, {}, {}}}) {
        std::string line = decision_line(wanted);
        ASSERT_EQ(line.back(), '\n');
        line.pop_back();
        const auto spoken = parse_decision(line);
        ASSERT_TRUE(std::holds_alternative<ScriptDecision>(spoken)) << line;
        EXPECT_EQ(std::get<ScriptDecision>(spoken), wanted);
    }
}

TEST(ScriptLines, TheHandshakeWantsAHelloOfThisProtocol) {
    const auto fault_of = [](std::string_view line) {
        const auto spoken = parse_hello(line);
        const auto* complaint = std::get_if<ScriptComplaint>(&spoken);
        return complaint == nullptr ? std::string{"-"} : std::string{to_text(complaint->fault)};
    };
    EXPECT_EQ(fault_of(R"({"type":"hello","protocol":1})"), "-");
    EXPECT_EQ(fault_of(R"({"type":"hello","protocol":1,"name":"mine","more":null})"), "-");
    EXPECT_EQ(fault_of(R"({"type":"hello","protocol":2})"), "wrong_version");
    EXPECT_EQ(fault_of(R"({"type":"hello","protocol":"1"})"), "wrong_version");
    EXPECT_EQ(fault_of(R"({"type":"hello"})"), "wrong_version");
    EXPECT_EQ(fault_of(R"({"type":"decision","protocol":1})"), "no_handshake");
    EXPECT_EQ(fault_of("loading model..."), "no_handshake");
}

TEST(ScriptLines, ATickCarriesEveryFigure) {
    ports::ScriptTick tick;
    tick.seq = 9;
    tick.sleeve = "v1.flash";
    tick.market.now = UtcTime{Duration{1'617'321'600'000}};
    tick.market.price = Price{"1968.05"_dec};
    tick.market.low = Price{"1900"_dec};
    tick.market.closes_sum = "7800.5"_dec;
    tick.market.closes_count = 4;
    tick.market.slippage = "0.001"_dec;
    tick.figures.free_cash = "1000"_dec;
    tick.figures.last_close = UtcTime{Duration{5}};
    tick.figures.rules = {Pair::parse("ETH/USDT").value(), "0.01"_dec, "0.0001"_dec, "10"_dec,
                          "0.0002"_dec};
    tick.bought = true;
    tick.state = "low \"1\"";
    tick.params = {{"spike", "1.0125"}};
    const std::string line = tick_line(tick);
    ASSERT_EQ(line.find('\n'), line.size() - 1);
    const json::object read = json::parse(line).get_object();
    EXPECT_EQ(read.at("type"), "tick");
    EXPECT_EQ(read.at("seq"), 9);
    EXPECT_EQ(read.at("pair"), "ETH/USDT");
    EXPECT_EQ(read.at("time"), 1'617'321'600'000);
    EXPECT_EQ(read.at("price"), "1968.05");
    EXPECT_TRUE(read.at("p1").is_null());
    EXPECT_EQ(read.at("slippage"), "0.001");
    EXPECT_EQ(read.at("last_close"), 5);
    EXPECT_EQ(read.at("bought"), true);
    EXPECT_EQ(read.at("closed"), false);
    EXPECT_EQ(read.at("state"), "low \"1\"");
    EXPECT_EQ(read.at("rules").at("min_quantity"), "0.0002");
    EXPECT_EQ(read.at("params").at("spike"), "1.0125");
    EXPECT_EQ(read.size(), 30U);
}

// Whatever bytes come, they are a decision or a complaint, and a decision says what its line says.
TEST(ScriptLines, AnyLineIsADecisionOrAComplaint) {
    const std::uint64_t seed = 20261129;
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random{seed};
    const std::string good =
        decision(R"("seq":12,"action":"buy","reason":"dip","fraction":"0.5","state":"s")");
    int taken = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string line = good;
        for (std::uint64_t i = random.below(4); i > 0; --i)
            line[random.below(line.size())] = static_cast<char>(random.below(256));
        const auto spoken = parse_decision(line);
        const auto* read = std::get_if<ScriptDecision>(&spoken);
        if (read == nullptr) {
            EXPECT_FALSE(std::get<ScriptComplaint>(spoken).detail.empty());
            continue;
        }
        ++taken;
        ASSERT_TRUE(!read->fraction || (read->fraction->is_positive() && *read->fraction <= kOne));
        ASSERT_NE(line.find(read->reason), std::string::npos);
    }
    EXPECT_GT(taken, 1000);
}

}  // namespace
}  // namespace vault::runner
