#include "daemon/runner/seam_lines.hpp"

#include "daemon/runner/line_buffer.hpp"

#include <gtest/gtest.h>

namespace vault::runner {
namespace {

TEST(SeamLines, AStartTakesWhatIsGivenAndLeavesTheRest) {
    const auto ask = parse_ask(
        R"({"type":"start","script":"s1","command":["python3","x.py"],"folder":"/srv/x",)"
        R"("weak":true,"limits":{"decision":250,"memory_bytes":1048576},"backoff":{"first":10}})");
    ASSERT_TRUE(ask.has_value());
    const ports::ScriptSpec& spec = std::get<AskStart>(ask.value()).spec;
    ports::ScriptSpec wanted;
    wanted.name = "s1";
    wanted.command = {"python3", "x.py"};
    wanted.folder = "/srv/x";
    wanted.weak = true;
    wanted.limits.decision = Duration{250};
    wanted.limits.memory_bytes = 1048576;
    wanted.backoff.first = Duration{10};
    EXPECT_EQ(spec, wanted);
}

TEST(SeamLines, ATickIsPassedOnAsItCame) {
    const auto ask =
        parse_ask(R"({"type":"tick","script":"s1","tick":{"type":"tick","seq":3,"price":"1.50"}})");
    ASSERT_TRUE(ask.has_value());
    const auto& tick = std::get<AskTick>(ask.value());
    EXPECT_EQ(tick.script, "s1");
    EXPECT_EQ(tick.seq, 3U);
    EXPECT_EQ(tick.line, "{\"type\":\"tick\",\"seq\":3,\"price\":\"1.50\"}\n");
}

TEST(SeamLines, ALineThatIsNoRequestIsSaid) {
    for (const char* line :
         {"", "{}", "[]", R"({"type":"begin"})", R"({"type":"stop"})", R"({"type":"tick"})",
          R"({"type":"tick","script":"s1","tick":{}})",
          R"({"type":"start","script":"s1","folder":"/x"})",
          R"({"type":"start","script":"s1","folder":"/x","command":[1]})",
          R"({"type":"start","script":"s1","folder":"/x","command":["a"],"limits":{"start":0}})",
          R"({"type":"start","script":"s1","folder":"/x","command":["a"],"limits":{"cpu":"1"}})"}) {
        const auto ask = parse_ask(line);
        ASSERT_FALSE(ask.has_value()) << line;
        EXPECT_EQ(ask.error().code(), Errc::InvalidParams);
        EXPECT_FALSE(ask.error().hint().empty());
    }
}

TEST(SeamLines, WhatIsToldNamesScriptAndFault) {
    EXPECT_EQ(seam_failed_line("s1", 4, {ports::ScriptFault::Late, "no decision"}),
              "{\"type\":\"failed\",\"script\":\"s1\",\"seq\":4,\"fault\":\"late\","
              "\"detail\":\"no decision\"}\n");
    EXPECT_EQ(seam_decision_line("s1", {4, ports::Action::Hold, "none", {}, {}, {}}),
              "{\"type\":\"decision\",\"script\":\"s1\",\"decision\":{\"type\":\"decision\","
              "\"seq\":4,\"action\":\"hold\",\"reason\":\"none\"}}\n");
}

TEST(LineBuffer, GivesWholeLinesAndKeepsNoneThatIsTooLong) {
    LineBuffer buffer{8};
    buffer.add("one\ntw");
    EXPECT_EQ(buffer.next(), "one");
    EXPECT_EQ(buffer.next(), std::nullopt);
    EXPECT_FALSE(buffer.too_long());
    buffer.add("o\n12345678\n123456789");
    EXPECT_EQ(buffer.next(), "two");
    EXPECT_EQ(buffer.next(), "12345678");
    EXPECT_EQ(buffer.next(), std::nullopt);
    EXPECT_TRUE(buffer.too_long());
    EXPECT_EQ(buffer.rest(), "123456789");
    buffer.add("\nnext\n");  // what is too long stays so, complete or not
    EXPECT_EQ(buffer.next(), std::nullopt);
    EXPECT_TRUE(buffer.too_long());
    buffer.clear();
    EXPECT_FALSE(buffer.too_long());
}

}  // namespace
}  // namespace vault::runner
