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

TEST(SeamLines, AHookIsAskedForAndToldOfAsItWasMeant) {
    const AskRun asked{7, {"/bin/tell", "a b"}, "{\"x\":1}\n", Duration{250}};
    const auto ask = parse_ask(seam_run_line(asked));
    ASSERT_TRUE(ask.has_value());
    const auto& run = std::get<AskRun>(ask.value());
    EXPECT_EQ(run.id, asked.id);
    EXPECT_EQ(run.command, asked.command);
    EXPECT_EQ(run.input, asked.input);
    EXPECT_EQ(run.limit, asked.limit);
    const auto told = parse_told(seam_ran_line({7, HookEnd::Failed, "exit code 3: no \xff"}));
    ASSERT_TRUE(told.has_value());
    const auto& ran = std::get<ToldRan>(told.value());
    EXPECT_EQ(ran.id, 7U);
    EXPECT_EQ(ran.end, HookEnd::Failed);
    EXPECT_EQ(ran.problem, "exit code 3: no ?");
}

TEST(SeamLines, AHookNeedsAnAbsolutePathAndALimit) {
    for (const char* line :
         {R"({"type":"run","id":1,"command":["tell"],"input":"","limit":1})",
          R"({"type":"run","id":1,"command":[],"input":"","limit":1})",
          R"({"type":"run","id":1,"command":["/bin/tell"],"limit":1})",
          R"({"type":"run","id":1,"command":["/bin/tell"],"input":"","limit":0})",
          R"({"type":"run","command":["/bin/tell"],"input":"","limit":1})"})
        EXPECT_FALSE(parse_ask(line).has_value()) << line;
    EXPECT_FALSE(parse_told(R"({"type":"ran","id":1,"end":"over","problem":""})").has_value());
}

TEST(SeamLines, WhatIsToldNamesScriptAndFault) {
    EXPECT_EQ(seam_failed_line("s1", 4, {ports::ScriptFault::Late, "no decision"}),
              "{\"type\":\"failed\",\"script\":\"s1\",\"seq\":4,\"fault\":\"late\","
              "\"detail\":\"no decision\"}\n");
    EXPECT_EQ(seam_decision_line("s1", {4, ports::Action::Hold, "none", {}, {}, {}}),
              "{\"type\":\"decision\",\"script\":\"s1\",\"decision\":{\"type\":\"decision\","
              "\"seq\":4,\"action\":\"hold\",\"reason\":\"none\"}}\n");
}

TEST(SeamLines, WhatIsAskedAndToldIsReadAsItWasMeant) {
    ports::ScriptSpec spec;
    spec.name = "s1";
    spec.command = {"python3", "x y.py"};
    spec.folder = "/srv/x";
    spec.limits.decision = Duration{250};
    spec.limits.memory_bytes = 1048576;
    spec.backoff.failures = 7;
    const auto read = [](std::string line) {
        EXPECT_TRUE(line.ends_with('\n'));
        line.pop_back();
        return line;
    };
    const auto start = parse_ask(read(seam_start_line(spec)));
    ASSERT_TRUE(start.has_value());
    EXPECT_EQ(std::get<AskStart>(start.value()).spec, spec);
    const ports::ScriptDecision decision{4,   ports::Action::Buy, "dip", Decimal::from_int(1),
                                         "x", {{"low", "1900.5"}}};
    const auto decided = parse_told(read(seam_decision_line("s1", decision)));
    ASSERT_TRUE(decided.has_value());
    EXPECT_EQ(std::get<ToldDecision>(decided.value()).decision, decision);
    const auto failed =
        parse_told(read(seam_failed_line("s1", 4, {ports::ScriptFault::Late, "x"})));
    ASSERT_TRUE(failed.has_value());
    EXPECT_EQ(std::get<ToldFailed>(failed.value()).why.fault, ports::ScriptFault::Late);
    ports::ScriptStatus status;
    status.name = "s1";
    status.phase = ports::ScriptPhase::GaveUp;
    status.faults = 5;
    status.last_fault = ports::ScriptComplaint{ports::ScriptFault::TooLong, "a line"};
    status.missing = {"a user of its own"};
    const auto told = parse_told(read(seam_script_line(status)));
    ASSERT_TRUE(told.has_value());
    const ports::ScriptStatus& same = std::get<ToldScript>(told.value()).status;
    EXPECT_EQ(same.phase, status.phase);
    EXPECT_EQ(same.last_fault, status.last_fault);
    EXPECT_EQ(same.missing, status.missing);
    const auto refused =
        parse_told(read(seam_refused_line("s1", Error{Errc::Busy, "too many", "", "stop one"})));
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(std::get<ToldRefused>(refused.value()).why, "too many: stop one");
}

TEST(SeamLines, WhatNoRunnerOfThisReleaseTellsIsRefused) {
    for (const char* line :
         {"", "[]", R"({"type":"start"})", R"({"type":"hello"})",
          R"({"type":"hello","protocol":"1"})",
          R"({"type":"failed","script":"s1","seq":1,"fault":"tired","detail":""})",
          R"({"type":"failed","script":"s1","seq":-1,"fault":"late","detail":""})",
          R"({"type":"script","script":"s1","phase":"asleep"})",
          R"({"type":"decision","script":"s1","decision":{"type":"decision","seq":1}})",
          R"({"type":"decision","script":"s1","decision":{"type":"decision","seq":1,)"
          R"("action":"buy","reason":"greed","fraction":"1.5"}})"})
        EXPECT_FALSE(parse_told(line).has_value()) << line;
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
