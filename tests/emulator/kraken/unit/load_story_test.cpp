// What the load bench counts with: a message that is missing, doubled or wrong does not get past
// it.
#include "tests/emulator/kraken/bench/flat_message.hpp"
#include "tests/emulator/kraken/bench/story.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace vault::emulator_load {
namespace {

TEST(FlatMessage, KeepsDigitsPathsAndRows) {
    const auto message = FlatMessage::parse(
        R"({"channel":"x","data":[{"qty":0.00100000,"fees":[{"asset":"USD","qty":1.50}]},)"
        R"({"qty":12345678901234567890.10}],"result":{"id":"a\"b","ok":true},"sequence":7})");
    ASSERT_TRUE(message);
    ASSERT_EQ(message->rows.size(), 2U);
    EXPECT_EQ(message->rows[0].text("qty"), "0.00100000");
    EXPECT_EQ(message->rows[0].text("fees.qty"), "1.50");
    EXPECT_EQ(message->rows[1].text("qty"), "12345678901234567890.10");
    EXPECT_EQ(message->text("result.id"), "a\"b");
    EXPECT_EQ(message->text("result.ok"), "true");
    EXPECT_EQ(message->text("sequence"), "7");
    EXPECT_FALSE(FlatMessage::parse(R"({"a":)"));
}

Story story(const std::vector<std::string>& steps, Decimal filled) {
    Story out;
    for (const std::string& step : steps)
        out.add("alice O1", step);
    out.add_fill("alice BTC/USD", filled);
    return out;
}

TEST(Story, FindsWhatIsMissingDoubledOrWrong) {
    const Story truth = story({"pending_new", "new", "filled 1"}, kOne);
    const Difference same = truth.compare(truth);
    EXPECT_EQ(same.steps, 3U);
    EXPECT_EQ(same.missing + same.extra + same.wrong, 0U);
    EXPECT_EQ(truth.compare(story({"pending_new", "new"}, kOne)).missing, 1U);
    EXPECT_EQ(truth.compare(Story{}).missing, 3U);
    EXPECT_EQ(truth.compare(story({"pending_new", "new", "filled 1", "filled 1"}, kOne)).extra, 1U);
    EXPECT_EQ(truth.compare(story({"pending_new", "new", "filled 2"}, kOne)).wrong, 1U);
    EXPECT_EQ(truth.compare(story({"new", "pending_new", "filled 1"}, kOne)).wrong, 2U);
    EXPECT_EQ(truth.compare(story({"pending_new", "new", "filled 1"}, kZero)).wrong, 1U);
    Story more = truth;
    more.add("alice O2", "new");
    EXPECT_EQ(truth.compare(more).extra, 1U);
    EXPECT_NE(truth.compare(more).first.find("alice O2"), std::string::npos);
}

TEST(Story, TheTruthLogAndTheSocketsSpellAlike) {
    const auto file = std::filesystem::path{testing::TempDir()} / "load_story_truth.jsonl";
    std::ofstream{file}
        << R"({"n":1,"kind":"order","execution":"trade","order":"O1","account":"trader-1",)"
           R"("pair":"XXBTZUSD","quantity":"0.5",)"
           R"("fill":{"id":"T1","price":"50000","quantity":"0.1"}})"
        << '\n'
        << R"({"n":2,"kind":"order","execution":"new","order":"O2","account":"main"})" << '\n'
        << R"({"n":3,"kind":"balance","account":"trader-1","id":"L1","type":"trade",)"
           R"("amount":"-5000","fee":"12.5","balance":"1"})"
        << '\n';
    const Story truth = read_truth(file, "trader-", {{"XXBTZUSD", "BTC/USD"}});
    std::filesystem::remove(file);
    Story told;
    const auto message = FlatMessage::parse(
        R"({"data":[{"order_id":"O1","exec_type":"trade","symbol":"BTC/USD","exec_id":"T1",)"
        R"("last_qty":0.10000000,"last_price":50000.0},{"ledger_id":"L1","amount":-5000.0000,)"
        R"("fee":12.5000,"balance":1.0000}]})");
    add_execution(told, "trader-1", message->rows[0]);
    add_balance(told, "trader-1", message->rows[1]);
    const Difference difference = truth.compare(told);
    EXPECT_EQ(difference.steps, 2U) << "only what is of the traders";
    EXPECT_EQ(difference.missing + difference.extra + difference.wrong, 0U) << difference.first;
}

}  // namespace
}  // namespace vault::emulator_load
