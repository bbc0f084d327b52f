#include "daemon/control/limits.hpp"

#include "common/protocol/codec.hpp"
#include "daemon/control/lines.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace vault::control {
namespace {

using std::chrono::milliseconds;

TEST(TokenBuckets, ABurstThenTheRate) {
    TokenBuckets buckets(50, 200);
    SteadyTime now{milliseconds{7'000}};
    for (int i = 0; i < 200; ++i)
        ASSERT_FALSE(buckets.take(1, now)) << i;
    const auto wait = buckets.take(1, now);
    ASSERT_TRUE(wait);
    EXPECT_EQ(*wait, Duration{20});
    EXPECT_TRUE(buckets.take(1, now + milliseconds{19}));
    EXPECT_FALSE(buckets.take(1, now + *wait));
    EXPECT_TRUE(buckets.take(1, now + *wait));
    EXPECT_FALSE(buckets.take(2, now));  // a bucket per uid
    now += milliseconds{60'000};
    int granted = 0;
    while (!buckets.take(1, now))
        ++granted;
    EXPECT_EQ(granted, 200);  // never more than the burst, however long it was quiet
}

TEST(TokenBuckets, ANewRateCountsWhatWasUsed) {
    TokenBuckets buckets(50, 200);
    const SteadyTime now{milliseconds{7'000}};
    for (int i = 0; i < 200; ++i)
        ASSERT_FALSE(buckets.take(1, now));
    buckets.configure(10, 20);
    EXPECT_TRUE(buckets.take(1, now)) << "the burst is spent";
    int granted = 0;
    while (!buckets.take(2, now))
        ++granted;
    EXPECT_EQ(granted, 20);
    buckets.configure(1'000, 1'000);
    EXPECT_FALSE(buckets.take(1, now + milliseconds{3'500}));
}

TEST(Seats, NormalThenReservedThenNone) {
    Options options;
    options.max_connections = 3;
    options.max_per_uid = 2;
    options.reserved_connections = 1;
    Seats seats(options);
    EXPECT_EQ(seats.take(1), Seat::Normal);
    EXPECT_EQ(seats.take(1), Seat::Normal);
    EXPECT_EQ(seats.take(1), Seat::Reserved);
    EXPECT_EQ(seats.take(1), Seat::None);
    EXPECT_EQ(seats.take(2), Seat::Normal);
    EXPECT_EQ(seats.take(3), Seat::None);
    seats.give_back(1, Seat::Reserved);
    EXPECT_EQ(seats.take(3), Seat::Reserved);
    seats.give_back(1, Seat::Normal);
    EXPECT_EQ(seats.take(3), Seat::Normal);
}

TEST(Lines, RepliesAndFailures) {
    Answer answer;
    answer.data_json = R"({"a":"1.50"})";
    answer.warnings = {"mind \"this\""};
    EXPECT_EQ(reply_line("x\n", answer, protocol::Effect::Applied, false),
              R"({"jsonrpc":"2.0","id":"x\n","result":{"data":{"a":"1.50"},)"
              R"("warnings":["mind \"this\""],"effect":"applied","repeated":false,)"
              R"("dry_run":false}})"
              "\n");
    EXPECT_EQ(failure_line(7, Error(Errc::Busy, "full"), protocol::Effect::None, Duration{20}),
              R"({"jsonrpc":"2.0","id":7,"error":{"code":1006,"message":"full","data":)"
              R"({"code":"BUSY","effect":"none","retryable":true,)"
              R"("hint":"try again in a moment","retry_after_ms":20}}})"
              "\n");
}

TEST(Lines, TheHashKnowsValuesAndMethodsButNoOrder) {
    const auto hash = [](std::string_view method, std::string_view params) {
        return request_hash(method, protocol::parse_json(params).value().as_object());
    };
    const Digest one = hash("a.b", R"({"x":"1","y":{"p":"2","q":["b","a"]}})");
    EXPECT_EQ(one, hash("a.b", R"({"y":{"q":["b","a"],"p":"2"},"x":"1"})"));
    EXPECT_NE(one, hash("a.c", R"({"x":"1","y":{"p":"2","q":["b","a"]}})"));
    EXPECT_NE(one, hash("a.b", R"({"x":"1","y":{"p":"2","q":["a","b"]}})"));
    EXPECT_NE(one, hash("a.b", R"({"x":"1.0","y":{"p":"2","q":["b","a"]}})"));
}

}  // namespace
}  // namespace vault::control
