#include "daemon/control/limits.hpp"

#include "common/protocol/codec.hpp"
#include "common/protocol/registry.hpp"
#include "daemon/control/lines.hpp"
#include "tests/support/test_signer.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <list>

namespace vault::control {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

TEST(TokenBuckets, ABurstThenTheRate) {
    TokenBuckets buckets(50, 200);
    SteadyTime now{milliseconds{7'000}};
    TokenBuckets::Share one(buckets, 1, now);
    TokenBuckets::Share stranger(buckets, 2, now);
    for (int i = 0; i < 200; ++i)
        ASSERT_FALSE(one.take(now)) << i;
    const auto wait = one.take(now);
    ASSERT_TRUE(wait);
    EXPECT_EQ(*wait, Duration{20});
    EXPECT_TRUE(one.take(now + milliseconds{19}));
    EXPECT_FALSE(one.take(now + *wait));
    EXPECT_TRUE(one.take(now + *wait));
    EXPECT_FALSE(stranger.take(now));  // a bucket per uid
    now += milliseconds{60'000};
    int granted = 0;
    while (!one.take(now))
        ++granted;
    EXPECT_EQ(granted, 200);  // never more than the burst, however long it was quiet
}

TEST(TokenBuckets, ANewRateCountsWhatWasUsed) {
    TokenBuckets buckets(50, 200);
    const SteadyTime now{milliseconds{7'000}};
    TokenBuckets::Share one(buckets, 1, now);
    TokenBuckets::Share stranger(buckets, 2, now);
    for (int i = 0; i < 200; ++i)
        ASSERT_FALSE(one.take(now));
    buckets.configure(10, 20);
    EXPECT_TRUE(one.take(now)) << "the burst is spent";
    int granted = 0;
    while (!stranger.take(now))
        ++granted;
    EXPECT_EQ(granted, 20);
    buckets.configure(1'000, 1'000);
    EXPECT_FALSE(one.take(now + milliseconds{3'500}));
}

TEST(TokenBuckets, AConnectionHasItsShareWhateverTheOthersOfItsUserTake) {
    TokenBuckets buckets(50, 200);
    SteadyTime now{milliseconds{7'000}};
    const SteadyTime begin = now;
    std::list<TokenBuckets::Share> greedy;
    int all = 0;
    const auto grab = [&] {
        for (TokenBuckets::Share& one : greedy)
            while (!one.take(now))
                ++all;
    };
    for (int i = 0; i < 6; ++i) {  // each takes all it gets before the next comes
        greedy.emplace_back(buckets, 1, now);
        grab();
    }
    for (; now < begin + milliseconds{3'000}; now += milliseconds{1})
        grab();
    TokenBuckets::Share modest(buckets, 1, now);
    for (int tick = 0; now < begin + milliseconds{60'000}; ++tick, now += milliseconds{1}) {
        grab();
        if (tick % 150 != 0) continue;  // less than a seventh of the fifty a second
        ASSERT_FALSE(modest.take(now)) << "after " << tick << " ms";
        ++all;
    }
    EXPECT_GE(all, 60 * 50) << "nothing of the rate is wasted";
    EXPECT_LE(all, 60 * 50 + 2 * 200) << "all together keep to the rate";
}

TEST(TokenBuckets, WhoComesAgainAndAgainGetsNoMoreThanTheRate) {
    TokenBuckets buckets(50, 200);
    SteadyTime now{milliseconds{7'000}};
    TokenBuckets::Share other(buckets, 1, now);
    int taken = 0;
    for (; now < SteadyTime{milliseconds{67'000}}; now += milliseconds{1}) {
        TokenBuckets::Share one(buckets, 1, now);
        while (!one.take(now))
            ++taken;
    }
    EXPECT_LE(taken, 60 * 50 + 2 * 200);
    ASSERT_FALSE(other.take(now)) << "what it has earned it gets";
}

TEST(ReservedReads, ASecondsWorthThenTheRate) {
    Options options;
    options.reserved_reads_per_second = 200;
    options.requests_per_second = 50;
    ReservedReads reads;
    SteadyTime now{milliseconds{7'000}};
    for (int i = 0; i < 200; ++i)
        ASSERT_FALSE(reads.take(now, options)) << i;
    const auto wait = reads.take(now, options);
    ASSERT_TRUE(wait);
    EXPECT_EQ(*wait, Duration{5});
    EXPECT_FALSE(reads.take(now + *wait, options));
    options.requests_per_second = 1'000;  // of its user: then it is as fast as other calls
    EXPECT_EQ(ReservedReads::rate(options), 1'000U);
    now += milliseconds{60'000};
    int granted = 0;
    while (!reads.take(now, options))
        ++granted;
    EXPECT_EQ(granted, 1'000);
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

TEST(Lines, AReplyIsOneLineOfJson) {
    Answer answer;
    answer.data_json = R"({"a":"1.50"})";
    answer.warnings = {"mind \"this\""};
    EXPECT_EQ(reply_line("x\n", answer, protocol::Effect::Applied, false),
              R"({"jsonrpc":"2.0","id":"x\n","result":{"data":{"a":"1.50"},)"
              R"("warnings":["mind \"this\""],"effect":"applied","repeated":false,)"
              R"("dry_run":false}})"
              "\n");
    answer.warnings = {"one", "two"};
    answer.repeated = true;
    EXPECT_EQ(reply_line(-3, answer, protocol::Effect::None, true),
              R"({"jsonrpc":"2.0","id":-3,"result":{"data":{"a":"1.50"},"warnings":["one","two"],)"
              R"("effect":"none","repeated":true,"dry_run":true}})"
              "\n");
}

TEST(Lines, TheHashKnowsValuesAndMethodsButNoOrder) {
    const test::TestSigner signer;
    const auto hash = [&](std::string_view method, std::string_view params) {
        return request_hash(signer, method, protocol::parse_json(params).value().as_object());
    };
    const Digest one = hash("a.b", R"({"x":"1","y":{"p":"2","q":["b","a"]}})");
    EXPECT_EQ(one, hash("a.b", R"({"y":{"q":["b","a"],"p":"2"},"x":"1"})"));
    EXPECT_NE(one, hash("a.c", R"({"x":"1","y":{"p":"2","q":["b","a"]}})"));
    EXPECT_NE(one, hash("a.b", R"({"x":"1","y":{"p":"2","q":["a","b"]}})"));
    EXPECT_NE(one, hash("a.b", R"({"x":"1.0","y":{"p":"2","q":["b","a"]}})"));
    // Who reads it cannot try what was asked: that takes the daemon's key.
    const json::object asked = protocol::parse_json(R"({"x":"1"})").value().as_object();
    EXPECT_NE(request_hash(test::TestSigner{"another key"}, "a.b", asked),
              request_hash(signer, "a.b", asked));
}

TEST(Lines, TheTrailHasNoSecrets) {
    const protocol::Method* const login = protocol::find_method("login");
    ASSERT_NE(login, nullptr);
    const auto params = protocol::parse_json(
        R"({"name":"alice","password":"canary-1","code":"canary-2","origin":"cron"})");
    EXPECT_EQ(params_for_trail(*login, params.value().as_object()),
              R"({"name":"alice","origin":"cron"})");
}

}  // namespace
}  // namespace vault::control
