// events --follow against a daemon that goes away, repeats itself, forgets, or is another one.
#include "common/protocol/codec.hpp"
#include "tests/unit/cli/fake_terminal.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

namespace vault::command {
namespace {

namespace json = boost::json;
using protocol::Effect;
using protocol::encode_failure;
using protocol::encode_reply;
using protocol::Request;
using test::call;
using test::FakeServer;
using test::kClose;
using test::kThenClose;
using test::Ran;

std::string opened(const Request& request, std::uint64_t first, std::uint64_t last) {
    const auto* from = request.params.if_contains("from_seq");
    const json::value begin = from == nullptr ? json::value(last + 1) : *from;
    return encode_reply(
        request.id, {{"sub", 1}, {"first_seq", first}, {"last_seq", last}, {"from_seq", begin}});
}

std::string event(int seq, int sub = 1) {
    return fmt::format(
        R"({{"jsonrpc":"2.0","method":"sub.event","params":{{"sub":{0},"topic":"events",)"
        R"("seq":{1},"at":"2024-01-01T00:00:00.000Z","data":{{"seq":{1},)"
        R"("at":"2024-01-01T00:00:00.000Z","severity":"info","type":"fill","object":"v1.flash.3",)"
        R"("message":"event {1}"}}}}}})"
        "\n",
        sub, seq);
}

std::string gap(int from, int to) {
    return fmt::format(R"({{"jsonrpc":"2.0","method":"sub.gap","params":{{"sub":1,)"
                       R"("topic":"events","from":{},"to":{},"reason":"retention"}}}})"
                       "\n",
                       from, to);
}

std::string alive(int seq) {
    return fmt::format(R"({{"jsonrpc":"2.0","method":"sub.alive","params":{{"sub":1,"seq":{}}}}})"
                       "\n",
                       seq);
}

// What the daemon does at each sub.open; at the end it refuses, so that the command ends too.
class Script {
  public:
    using Step = std::function<std::string(const Request&)>;
    explicit Script(std::deque<Step> steps)
        : steps_(std::move(steps)), server_([this](const Request& request) {
              if (request.method != "sub.open") return encode_reply(request.id, {{"credit", 1}});
              if (steps_.empty())
                  return encode_failure(request.id, Error{Errc::PermissionDenied, "the end"},
                                        Effect::None);
              const Step step = std::move(steps_.front());
              steps_.pop_front();
              return step(request);
          }) {}
    Ran run(const std::string& words = "") {
        return call(&server_, "events --follow -o jsonl " + words);
    }
    // from_seq of each sub.open; -1 where there was none.
    std::vector<std::int64_t> asked() const {
        std::vector<std::int64_t> from;
        for (const Request& request : server_.requests()) {
            if (request.method != "sub.open") continue;
            const auto* seq = request.params.if_contains("from_seq");
            from.push_back(seq == nullptr ? -1 : seq->get_int64());
        }
        return from;
    }
    std::size_t granted() const {
        return static_cast<std::size_t>(
            std::ranges::count(server_.requests(), "sub.credit", &Request::method));
    }

  private:
    std::deque<Step> steps_;
    FakeServer server_;
};

std::vector<int> seqs(const std::string& out) {
    std::vector<int> found;
    std::size_t at = 0;
    while (at < out.size()) {
        const auto end = out.find('\n', at);
        const auto line = protocol::parse_json(out.substr(at, end - at));
        // The last line is the document of the refusal that ends the test.
        if (!line || !line.value().as_object().contains("schema"))
            found.push_back(line ? static_cast<int>(line.value().at("seq").as_int64()) : -1);
        at = end + 1;
    }
    return found;
}

std::size_t times(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

using Seqs = std::vector<int>;
using Asked = std::vector<std::int64_t>;

TEST(FollowEvents, GoesOnWhereItWasAndSaysThatNothingIsMissing) {
    Script script({
        [](const Request& r) { return opened(r, 1, 2) + event(3) + event(4) + kThenClose; },
        [](const Request&) { return kClose; },
        [](const Request& r) {
            return encode_failure(r.id, Error{Errc::Busy, "full"}, Effect::None);
        },
        // The daemon repeats what was seen: it is not printed again.
        [](const Request& r) { return opened(r, 1, 6) + event(4) + event(5) + kThenClose; },
    });
    const Ran ran = script.run();
    EXPECT_EQ(seqs(ran.out), (Seqs{3, 4, 5})) << ran.out;
    EXPECT_EQ(script.asked(), (Asked{-1, 5, 5, 5, 6}));
    EXPECT_EQ(times(ran.err, "vaultctl: connection lost, reconnecting\n"), 2U) << ran.err;
    EXPECT_EQ(times(ran.err, "vaultctl: resumed, 0 missed\n"), 1U) << ran.err;
    EXPECT_EQ(ran.code, 77);
}

TEST(FollowEvents, ASignOfLifeCountsAsSeen) {
    Script script({
        [](const Request& r) { return opened(r, 1, 2) + alive(90) + kThenClose; },
    });
    script.run("--vault v1");
    EXPECT_EQ(script.asked(), (Asked{-1, 91}));
}

TEST(FollowEvents, SaysWhatWasMissedOnce) {
    Script script({
        [](const Request& r) { return opened(r, 1, 2) + event(3) + kThenClose; },
        [](const Request& r) {
            return opened(r, 6, 20) + gap(4, 5) + event(6) + gap(7, 9) + event(10) + kThenClose;
        },
        [](const Request& r) { return opened(r, 12, 20) + gap(11, 13) + event(14) + kThenClose; },
    });
    const Ran ran = script.run("--from-seq 3");
    EXPECT_EQ(seqs(ran.out), (Seqs{3, 6, 10, 14}));
    EXPECT_EQ(script.asked(), (Asked{3, 4, 11, 15}));
    EXPECT_EQ(times(ran.err, "vaultctl: resumed, 2 missed (seq 4..5)\n"), 1U) << ran.err;
    EXPECT_EQ(times(ran.err, "vaultctl: 3 events are no longer kept (seq 7..9)\n"), 1U);
    EXPECT_EQ(times(ran.err, "vaultctl: resumed, 1 missed (seq 11)\n"), 1U) << ran.err;
    EXPECT_EQ(times(ran.err, "vaultctl: 2 events are no longer kept (seq 12..13)\n"), 1U);
    EXPECT_EQ(times(ran.err, "no longer kept"), 2U) << ran.err;
}

TEST(FollowEvents, AnotherLogIsToldAndFollowedAnew) {
    Script script({
        [](const Request& r) { return opened(r, 1, 800) + event(801) + kThenClose; },
        [](const Request& r) {
            return encode_failure(r.id,
                                  Error{Errc::InvalidParams,
                                        "from_seq is 802, but the newest event is 5", "from_seq"},
                                  Effect::None);
        },
        [](const Request& r) { return opened(r, 1, 5) + event(6) + kThenClose; },
        [](const Request& r) { return opened(r, 1, 6) + event(7) + kThenClose; },
    });
    const Ran ran = script.run();
    EXPECT_EQ(seqs(ran.out), (Seqs{801, 6, 7}));
    EXPECT_EQ(script.asked(), (Asked{-1, 802, -1, 7, 8}));
    EXPECT_EQ(times(ran.err, "event log is another one"), 1U) << ran.err;
    EXPECT_EQ(times(ran.err, "resumed"), 1U) << ran.err;
}

TEST(FollowEvents, GrantsCreditAsItReads) {
    Script script({
        [](const Request& r) {
            std::string text = opened(r, 1, 6'000);
            for (int seq = 1; seq <= 6'000; ++seq)
                text += event(seq);
            return text + event(3, 2) + kThenClose;  // of nobody's subscription
        },
    });
    const Ran ran = script.run("--from-seq 1");
    EXPECT_EQ(seqs(ran.out).size(), 6'000U);
    EXPECT_EQ(seqs(ran.out).back(), 6'000);
    EXPECT_LE(script.granted(), 3U);
}

TEST(FollowEvents, TimeoutBoundsTheWaitForTheDaemon) {
    auto server = std::make_unique<Script>(std::deque<Script::Step>{
        [](const Request& r) { return opened(r, 1, 2) + event(3) + kThenClose; },
        [](const Request&) { return kClose; }, [](const Request&) { return kClose; },
        [](const Request&) { return kClose; }, [](const Request&) { return kClose; },
        [](const Request&) { return kClose; }, [](const Request&) { return kClose; },
        [](const Request&) { return kClose; }, [](const Request&) { return kClose; }});
    const Ran ran = server->run("--timeout 300ms");
    EXPECT_EQ(ran.code, 69) << ran.err;
    EXPECT_NE(ran.err.find("did not come back within"), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find("--from-seq 4"), std::string::npos) << ran.err;
}

TEST(FollowEvents, LinesForPeopleFitATerminal) {
    const auto row = [](std::string severity, std::string object, std::string message) {
        return json::object{{"seq", 12},
                            {"at", "2024-01-01T00:00:00.000Z"},
                            {"severity", std::move(severity)},
                            {"type", "cap_tripped"},
                            {"object", std::move(object)},
                            {"message", std::move(message)},
                            {"data", json::object{{"x", "1"}}}};
    };
    std::string words;
    for (int i = 0; i < 30; ++i)
        words += "word ";
    const json::array rows{row("alert", "v1.flash", words), row("info", "", "ok\x1b[2J")};
    const FakeServer server([&](const Request& request) { return encode_reply(request.id, rows); });
    const Ran ran = call(&server, "events");
    EXPECT_EQ(ran.code, 0);
    EXPECT_TRUE(ran.out.starts_with("    12  2024-01-01T00:00:00Z  alert: v1.flash cap_tripped: "))
        << ran.out;
    EXPECT_NE(ran.out.find("    12  2024-01-01T00:00:00Z  vaultd cap_tripped: ok"),
              std::string::npos)
        << ran.out;
    EXPECT_EQ(ran.out.find('\x1b'), std::string::npos);
    std::size_t at = 0;
    while (at < ran.out.size()) {
        const auto end = ran.out.find('\n', at);
        EXPECT_LE(end - at, 80U);
        at = end + 1;
    }
    EXPECT_EQ(call(&server, "events -q").out, "12\n12\n");
}

TEST(FollowEvents, RefusesWhatHasNoMeaning) {
    const FakeServer server([](const Request&) { return kClose; });
    for (const char* words :
         {"--follow --json", "--follow -o csv", "--follow --limit 5", "--follow --since 2024-01-01",
          "--follow --until 2024-01-01", "--from-seq 7"}) {
        const Ran ran = call(&server, std::string("events ") + words);
        EXPECT_EQ(ran.code, 64) << words << ran.err;
        EXPECT_NE(ran.err.find("--"), std::string::npos) << ran.err;
    }
    EXPECT_TRUE(server.requests().empty());
}

}  // namespace
}  // namespace vault::command
