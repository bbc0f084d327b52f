// A daemon that finds the calls too many: who asks once is told when to ask again, who asks again
// and again asks less often and goes on.
#include "common/base/clock.hpp"
#include "common/protocol/codec.hpp"
#include "tests/unit/cli/fake_terminal.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <unistd.h>

namespace vault::command {
namespace {

namespace json = boost::json;
using protocol::encode_reply;
using protocol::Request;
using test::call;
using test::FakeServer;
using test::Ran;

std::string too_many(const Request& request, int ms) {
    return R"({"jsonrpc":"2.0","id":)" + protocol::to_compact(request.id) +
           R"(,"error":{"code":1007,"message":"more than 1 calls per second","data":{"code":)"
           R"("RATE_LIMITED","effect":"none","retryable":true,"hint":"send fewer",)"
           R"("retry_after_ms":)" +
           std::to_string(ms) + "}}}\n";
}

// Every second call comes too soon, the first too.
struct Busy {
    std::string operator()(const Request& request) {
        return ++asked % 2 == 1 ? too_many(request, 40) : answer(request);
    }
    std::function<std::string(const Request&)> answer;
    int asked = 0;
};

std::string running(const Request& request) {
    return encode_reply(request.id, json::object{{"id", "j1"}, {"state", "running"}});
}

TEST(RateLimited, WhoAsksOnceIsToldWhenToAskAgain) {
    const FakeServer server([](const Request& request) { return too_many(request, 1993); });
    const Ran ran = call(&server, "vault show v1 --json");
    EXPECT_EQ(ran.code, 75);
    EXPECT_NE(ran.err.find("(send fewer; try again in 1s993ms)"), std::string::npos) << ran.err;
    EXPECT_NE(ran.out.find(R"("retry_after_ms":1993)"), std::string::npos) << ran.out;
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST(RateLimited, WaitingGoesOn) {
    Busy busy{running};
    const FakeServer server(std::ref(busy));
    const SystemClock clock;
    const auto begun = clock.steady();
    EXPECT_EQ(call(&server, "wait v1 --for running -q").out, "running\n");
    EXPECT_GE(clock.steady() - begun, Duration{40}) << "it did not wait as long as it was told";
    EXPECT_EQ(busy.asked, 2);
    Busy ended{[](const Request& request) {
        return encode_reply(request.id, json::object{{"id", "j1"}, {"state", "done"}});
    }};
    const FakeServer jobs(std::ref(ended));
    EXPECT_EQ(call(&jobs, "job wait j1").code, 0);
}

// The time that was given is the end of it, and the reason is told.
TEST(RateLimited, WaitingEndsWithItsTime) {
    const FakeServer server([](const Request& request) { return too_many(request, 30); });
    EXPECT_EQ(call(&server, "wait v1 --for paused --timeout 100ms").code, 75);
    EXPECT_LE(server.requests().size(), 4U);
}

TEST(RateLimited, ABatchAndAnExportGoOn) {
    Busy busy{running};
    const FakeServer server(std::ref(busy));
    const std::string path = testing::TempDir() + "rate" + std::to_string(::getpid()) + ".txt";
    std::ofstream(path) << "vault show v1\nvault show v2\nvault show v3\n";
    EXPECT_EQ(call(&server, "batch -q -f " + path).out, "running\nrunning\nrunning\n");
    std::remove(path.c_str());
    Busy page{[](const Request& request) {
        return encode_reply(request.id, {{"lines", {"x"}}, {"next_seq", nullptr}});
    }};
    const FakeServer ledger(std::ref(page));
    EXPECT_EQ(call(&ledger, "ledger export v1").out, "x\n");
}

// A drawing needs several answers.
TEST(RateLimited, AChartGoesOn) {
    Busy busy{[](const Request& request) {
        if (request.method == "vault.show")
            return encode_reply(request.id, {{"id", "v1"}, {"account", "a1"}, {"asset", "USDT"}});
        return encode_reply(request.id, json::array());
    }};
    const FakeServer server(std::ref(busy));
    EXPECT_EQ(call(&server, "chart pnl v1 -o csv").out, "day,realised,unrealised\r\n");
    EXPECT_EQ(busy.asked, 4);
}

TEST(RateLimited, FollowingBeginsLater) {
    int asked = 0;
    const FakeServer server([&](const Request& request) {
        if (++asked < 3) return too_many(request, 10);
        return protocol::encode_failure(request.id, Error{Errc::PermissionDenied, "the end"},
                                        protocol::Effect::None);
    });
    EXPECT_EQ(call(&server, "events --follow").code, 77);
    EXPECT_EQ(asked, 3);
}

TEST(RateLimited, TopBeginsLater) {
    Busy busy{[](const Request& request) {
        return encode_reply(request.id, json::object{{"state", "running"}});
    }};
    const FakeServer server(std::ref(busy));
    EXPECT_EQ(call(&server, "top --once").code, 0);
}

}  // namespace
}  // namespace vault::command
