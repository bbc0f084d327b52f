// How replies reach a client that does not take them as fast as they are made.
#include "tests/unit/control/harness.hpp"

#include <set>

namespace vault::test {
namespace {

using RepliesTest = ServerTest;

// The socket takes some of the replies at once, some in part and some only later.
TEST_F(RepliesTest, RepliesLongerThanTheSocketTakesArriveWhole) {
    options.burst = 1'000'000;
    options.requests_per_second = 1'000'000;
    commands.script = [](const ports::CallContext&, const ports::Command&,
                         ports::Render) -> Result<ports::Reply> {
        return ports::Reply{'"' + std::string(300'001, 'x') + '"'};
    };
    start();
    RawClient client(path());
    client.hello();
    constexpr int kCalls = 12;
    std::string lines;
    for (int i = 0; i < kCalls; ++i)
        lines += RawClient::request("user.list", "{}", "{}", std::to_string(i)) + "nonsense\n";
    ASSERT_TRUE(client.send(lines));
    while (commands.seen().size() < kCalls)
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    std::set<std::int64_t> answered;
    int refused = 0;
    for (int i = 0; i < 2 * kCalls; ++i) {
        const json::object reply = client.reply();
        ASSERT_EQ(reply.contains("result"), !reply.contains("error"));
        if (reply.contains("error")) {
            ++refused;
            continue;
        }
        EXPECT_EQ(reply.at("result").at("data").as_string().size(), 300'001u);
        answered.insert(reply.at("id").as_int64());
    }
    EXPECT_EQ(answered.size(), std::size_t{kCalls});
    EXPECT_EQ(refused, kCalls);
}

}  // namespace
}  // namespace vault::test
