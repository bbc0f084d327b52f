// The protocol over a real socket: what a peer may send wrong, and every limit.
#include "common/base/random.hpp"
#include "daemon/control/lines.hpp"
#include "tests/unit/control/harness.hpp"

#include <sys/stat.h>

namespace vault::test {
namespace {

using vault::literals::operator""_dec;

const std::string kMeta = R"({"idem_key":"k1"})";

// The server notices a little later that a peer has gone.
bool seat_comes_free(const std::string& path) {
    for (int i = 0; i < 300; ++i) {
        RawClient again(path);
        again.send(RawClient::hello_line());
        const bool welcome = again.reply().contains("result");
        if (welcome && again.call("vault.list").contains("result")) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return false;
}

TEST_F(ServerTest, HelloThenCalls) {
    start();
    RawClient client(path());
    ASSERT_TRUE(client.send(RawClient::hello_line()));
    const json::object hello = client.reply();
    const json::object& data = hello.at("result").at("data").as_object();
    EXPECT_EQ(data.at("protocol").as_int64(), 1);
    EXPECT_EQ(data.at("server_version").as_string(), "0.1.0");
    EXPECT_EQ(data.at("auth").at("peer_uid").to_number<unsigned>(), ::getuid());
    const json::object status = client.call("status");
    const json::object& result = status.at("result").as_object();
    EXPECT_EQ(result.at("data").at("state").as_string(), "running");
    EXPECT_EQ(result.at("data").at("pid").as_int64(), 42);
    EXPECT_EQ(result.at("data").at("store").at("disk_used_pct").as_int64(), 12);
    EXPECT_EQ(result.at("effect").as_string(), "none");
    EXPECT_FALSE(result.at("repeated").as_bool());
    EXPECT_FALSE(result.at("dry_run").as_bool());
    EXPECT_EQ(error_code(client.call("hello", R"({"protocol":{"min":1,"max":1}})")),
              "INVALID_PARAMS");
}

TEST_F(ServerTest, SocketHasItsModeAndGoesWithTheServer) {
    start();
    struct stat info {};
    ASSERT_EQ(::stat(path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0660u);
    stop();
    EXPECT_NE(::stat(path().c_str(), &info), 0);
}

TEST_F(ServerTest, RefusesASecondDaemonAndTakesOverAStaleSocket) {
    start();
    asio::io_context other;
    const auto second = control::Server::create(other, options, parts());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), Errc::Exists);
    stop();
    const int stale = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(stale, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::close(stale);
    io.restart();
    start();
    RawClient client(path());
    client.hello();
}

TEST_F(ServerTest, RefusesAPathThatIsNoSocketOrTooLong) {
    asio::io_context other;
    const std::string file = path();
    std::fclose(std::fopen(file.c_str(), "w"));
    EXPECT_EQ(control::Server::create(other, options, parts()).error().code(), Errc::Exists);
    EXPECT_TRUE(std::filesystem::exists(file));
    std::filesystem::remove(file);
    options.socket_path = "/tmp/" + std::string(200, 'x');
    EXPECT_EQ(control::Server::create(other, options, parts()).error().field(), "socket");
    options.socket_path = file;
    options.group = "no-such-group";
    EXPECT_EQ(control::Server::create(other, options, parts()).error().field(), "group");
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(ServerTest, ConnectionWithoutHelloIsClosed) {
    options.hello_within = Duration{150};
    start();
    RawClient silent(path());
    EXPECT_EQ(error_code(silent.reply()), "EXPIRED_BEFORE_START");
    EXPECT_TRUE(silent.at_end());
    RawClient slow(path());
    const std::string hello = RawClient::hello_line();
    slow.send(hello.substr(0, 20));  // half a frame does not buy more time
    EXPECT_EQ(error_code(slow.reply()), "EXPIRED_BEFORE_START");
    slow.send(hello.substr(20) + RawClient::request("halt", "{}", kMeta));  // and it is over
    EXPECT_TRUE(slow.at_end());
    EXPECT_TRUE(commands.seen().empty());
    RawClient rude(path());
    rude.send(RawClient::request("status"));
    EXPECT_EQ(error_code(rude.reply()), "INVALID_PARAMS");
    EXPECT_TRUE(rude.at_end());
}

TEST_F(ServerTest, HelloMustAgree) {
    start();
    const auto refused = [&](const std::string& params) {
        RawClient client(path());
        const std::string code = error_code(client.call("hello", params));
        EXPECT_TRUE(client.at_end());
        return code;
    };
    EXPECT_EQ(refused(R"({"protocol":{"min":2,"max":9}})"), "PROTO_RANGE");
    EXPECT_EQ(refused(R"({"protocol":{"min":1}})"), "INVALID_PARAMS");
    EXPECT_EQ(refused(R"({})"), "INVALID_PARAMS");
    EXPECT_EQ(refused(R"({"protocol":{"min":1,"max":1},"caps":{"required":["rpc-no.such"]}})"),
              "PROTO_RANGE");
    RawClient client(path());
    const json::object fine = client.call(
        "hello", R"({"protocol":{"min":1,"max":3},"caps":{"required":["rpc-vault.show"]}})");
    EXPECT_TRUE(fine.contains("result"));
}

TEST_F(ServerTest, WhatComesWithARefusedHelloIsNotRun) {
    start();
    const std::string hello =
        RawClient::request("hello", R"({"protocol":{"min":7,"max":9}})", "{}", "1");
    RawClient client(path());
    client.send(hello + RawClient::request("halt", "{}", kMeta, "2"));
    EXPECT_EQ(error_code(client.reply()), "PROTO_RANGE");
    EXPECT_TRUE(client.at_end());
    EXPECT_TRUE(commands.seen().empty());
}

TEST_F(ServerTest, HalfFramesAreJoined) {
    start();
    RawClient client(path());
    for (const char byte : RawClient::hello_line())
        ASSERT_TRUE(client.send(std::string_view(&byte, 1)));
    EXPECT_TRUE(client.reply().contains("result"));
    const std::string two = RawClient::request("status", "{}", "{}", "7") +
                            RawClient::request("version", "{}", "{}", "8");
    client.send(two.substr(0, two.size() / 2 + 3));
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    client.send(two.substr(two.size() / 2 + 3));
    std::set<std::int64_t> ids{client.reply().at("id").as_int64(),
                               client.reply().at("id").as_int64()};
    EXPECT_EQ(ids, (std::set<std::int64_t>{7, 8}));
}

TEST_F(ServerTest, AnEndInsideALineIsTold) {
    start();
    RawClient client(path());
    client.hello();
    client.send(R"({"jsonrpc":"2.0","id":1,"method":"halt")");
    client.end_writing();
    EXPECT_EQ(error_code(client.reply()), "INVALID_PARAMS");
    EXPECT_TRUE(client.at_end());
    EXPECT_TRUE(commands.seen().empty());
}

TEST_F(ServerTest, RepliesArriveAfterThePeerEndedItsHalf) {
    commands.hold = true;
    start();
    RawClient client(path());
    client.hello();
    client.send(RawClient::request("vault.list"));
    client.end_writing();
    std::this_thread::sleep_for(std::chrono::milliseconds{30});
    commands.hold = false;
    EXPECT_TRUE(client.reply().contains("result"));
    EXPECT_TRUE(client.at_end());
}

TEST_F(ServerTest, BadMessagesAreAnsweredAndTheConnectionGoesOn) {
    start();
    RawClient client(path());
    client.hello();
    const auto code = [&](const std::string& line) {
        client.send(line + "\n");
        return error_code(client.reply());
    };
    EXPECT_EQ(code("garbage"), "INVALID_PARAMS");
    EXPECT_EQ(code(std::string("\x00\xff\xfe\x01", 4)), "INVALID_PARAMS");
    EXPECT_EQ(code("[]"), "USAGE");
    EXPECT_EQ(code(R"({"jsonrpc":"2.0","id":1,"method":"status","method":"halt"})"),
              "INVALID_PARAMS");
    EXPECT_EQ(code(R"({"jsonrpc":"2.0","id":1,"method":"vault.show","params":["v1"]})"),
              "INVALID_PARAMS");
    EXPECT_EQ(code(R"({"jsonrpc":"2.0","id":1,"method":"status","extra":1})"), "INVALID_PARAMS");
    EXPECT_EQ(code(std::string(100, '[') + std::string(100, ']')), "INVALID_PARAMS");
    const json::object typo = client.call("vault.shwo", R"({"vault":"v1"})");
    EXPECT_EQ(error_code(typo), "NOT_FOUND");
    EXPECT_EQ(error_data(typo).at("hint").as_string(), "did you mean vault.show?");
    EXPECT_TRUE(client.call("status").contains("result"));
    EXPECT_EQ(commands.seen().size(), 1u);  // that status
}

TEST_F(ServerTest, ParametersAreCheckedBeforeTheEngineSeesThem) {
    start();
    RawClient client(path());
    client.hello();
    const auto field = [&](const std::string& method, const std::string& params) {
        const json::object reply = client.call(method, params, kMeta);
        EXPECT_EQ(error_code(reply), "INVALID_PARAMS") << method << params;
        EXPECT_EQ(error_data(reply).at("effect").as_string(), "none");
        return std::string(error_data(reply).at("field").as_string());
    };
    EXPECT_EQ(field("vault.show", R"({"vault":"v1","vualt":"v2"})"), "vualt");
    EXPECT_EQ(field("vault.show", "{}"), "vault");
    EXPECT_EQ(field("vault.show", R"({"vault":"eth"})"), "vault");
    EXPECT_EQ(field("vault.set_tradeable", R"({"vault":"v1","amount":5})"), "amount");
    EXPECT_EQ(field("vault.set_tradeable", R"({"vault":"v1","amount":"1e999"})"), "amount");
    EXPECT_EQ(field("vault.set_tradeable", R"({"vault":"v1","amount":"NaN"})"), "amount");
    EXPECT_EQ(field("vault.set_tradeable", R"({"vault":"v1","amount":"-1"})"), "amount");
    EXPECT_EQ(field("vault.allocate", R"({"vault":"v1"})"), "quiet");
    EXPECT_EQ(field("vault.allocate", R"({"vault":"v1","quiet":"0"})"), "quiet");
    EXPECT_EQ(field("vault.auto_raise", R"({"vault":"v1","mode":"percent"})"), "percent");
    EXPECT_EQ(field("vault.auto_raise", R"({"vault":"v1","mode":"full","percent":"5"})"),
              "percent");
    EXPECT_EQ(field("account.deposit", R"({"account":"v1","asset":"USDT","amount":"1"})"),
              "account");
    EXPECT_EQ(field("sleeve.set", R"({"vault":"v1","sleeve":"flash","settings":{}})"), "settings");
    EXPECT_EQ(field("sleeve.pause", R"({"vault":"v1","sleeve":"loud"})"), "sleeve");
    EXPECT_EQ(field("replay.start", R"({"file":"a.csv","account":"a1"})"), "file");
    EXPECT_EQ(field("replay.start", R"({"file":"/a.csv","account":"a1","days":3})"), "days");
    EXPECT_EQ(
        field("position.resolve", R"({"vault":"v1","sleeve":"quiet","as":"kept","price":"2"})"),
        "price");
    EXPECT_EQ(field("ledger.verify", "{}"), "vault");
    EXPECT_EQ(field("ledger.verify", R"({"vault":"v1","all":true})"), "vault");
    EXPECT_EQ(field("report.pnl", R"({"vault":"v1","all":true})"), "vault");
    EXPECT_EQ(error_code(client.call("vault.liquidate", R"({"vault":"v1"})", kMeta)),
              "confirmation_needed");
    for (const SeenCall& one : commands.seen())
        ADD_FAILURE() << one.context.method << " got to command " << one.command;
}

TEST_F(ServerTest, MutationsNeedAKeyAndCarryTheirContext) {
    start();
    RawClient client(path());
    client.hello();
    const std::string params = R"({"vault":"v3","quiet":"1.50","flash":"2"})";
    const json::object keyless = client.call("vault.allocate", params);
    EXPECT_EQ(error_data(keyless).at("field").as_string(), "idem_key");
    const json::object applied = client.call("vault.allocate", params, kMeta);
    EXPECT_EQ(applied.at("result").at("effect").as_string(), "applied");
    client.call("vault.allocate", R"({"flash":"2","quiet":"1.50","vault":"v3"})",
                R"({"idem_key":"k1","deadline_ms":60000})");
    const json::object dry =
        client.call("vault.allocate", params, R"({"idem_key":"k2","dry_run":true})");
    EXPECT_EQ(dry.at("result").at("effect").as_string(), "none");
    EXPECT_TRUE(dry.at("result").at("dry_run").as_bool());
    client.call("vault.pause", R"({"vault":"v3","why":"news"})", kMeta);
    const auto seen = commands.seen();
    ASSERT_EQ(seen.size(), 4u);
    EXPECT_EQ(seen[0].context.actor, "ann");
    EXPECT_EQ(seen[0].context.user, UserId{1});
    EXPECT_EQ(seen[0].context.idem_key, "k1");
    EXPECT_EQ(seen[0].context.request, seen[1].context.request);  // the order of names is no matter
    EXPECT_EQ(to_hex(seen[0].context.request),
              to_hex(signer.sign("vault.allocate\n"
                                 R"({"flash":"2","quiet":"1.50","vault":"v3"})")));
    EXPECT_FALSE(seen[0].context.deadline);
    EXPECT_TRUE(seen[1].context.deadline);
    EXPECT_FALSE(seen[0].context.reserved);
    EXPECT_TRUE(seen[2].context.dry_run);
    EXPECT_TRUE(seen[3].context.reserved);
    const auto& allocate = std::get<ports::cmd::Allocate>(seen[0].value);
    EXPECT_EQ(allocate.vault, VaultId{3});
    EXPECT_EQ(allocate.quiet, "1.5"_dec);
    EXPECT_EQ(std::get<ports::cmd::Pause>(seen[3].value).why, "news");
}

TEST_F(ServerTest, RefusalsAndRepeatsPassThrough) {
    commands.script = [](const ports::CallContext& context, const ports::Command&,
                         ports::Render) -> Result<ports::Reply> {
        if (context.idem_key == "used")
            return Error(Errc::IdemMismatch, "another request had this key", "idem_key");
        if (context.idem_key == "lost") return Error(Errc::OutcomeUnknown, "the store is silent");
        if (context.idem_key == "busy") return Error(Errc::Busy, "too far ahead");
        if (context.idem_key == "throw") throw std::runtime_error("boom");
        return ports::Reply{R"({"seq":9})", true, false};
    };
    start();
    RawClient client(path());
    client.hello();
    const auto pause = [&](const std::string& key) {
        return client.call("vault.pause", R"({"vault":"v1"})", R"({"idem_key":")" + key + R"("})");
    };
    EXPECT_EQ(error_code(pause("used")), "IDEM_MISMATCH");
    EXPECT_EQ(error_data(pause("lost")).at("effect").as_string(), "unknown");
    EXPECT_TRUE(error_data(pause("busy")).at("retryable").as_bool());
    const json::object ours = pause("throw");
    EXPECT_EQ(error_code(ours), "INTERNAL");
    EXPECT_EQ(error_data(ours).at("effect").as_string(), "unknown");
    const json::object repeated = pause("again");
    EXPECT_TRUE(repeated.at("result").at("repeated").as_bool());
    EXPECT_EQ(repeated.at("result").at("data").at("seq").as_int64(), 9);
    EXPECT_EQ(repeated.at("result").at("warnings").as_array().size(), 1u);
}

TEST_F(ServerTest, ExpiredCallsAreNeverStarted) {
    start();
    RawClient client(path());
    client.hello();
    const std::string meta = R"({"idem_key":"x","deadline_ms":50})";
    clock.step_ns = 60'000'000;  // as if 60 ms passed between taking the line and starting the call
    const json::object late = client.call("vault.pause", R"({"vault":"v1"})", meta);
    EXPECT_EQ(error_code(late), "EXPIRED_BEFORE_START");
    EXPECT_EQ(error_data(late).at("effect").as_string(), "none");
    EXPECT_TRUE(commands.seen().empty());
    clock.step_ns = 0;
    EXPECT_TRUE(client.call("vault.pause", R"({"vault":"v1"})", meta).contains("result"));
    EXPECT_TRUE(commands.seen().at(0).context.deadline);
}

TEST_F(ServerTest, LineOverTheLimit) {
    start();
    RawClient client(path());
    client.hello();
    const std::string huge(std::size_t{3} << 20, 'x');
    client.send(huge);
    EXPECT_EQ(error_code(client.reply()), "FRAME_TOO_LARGE");
    EXPECT_TRUE(client.at_end());
    RawClient just(path());
    just.hello();
    const std::string frame = RawClient::request("status");
    just.send(std::string((std::size_t{1} << 20) - frame.size() + 1, ' ') + frame);
    EXPECT_TRUE(just.reply().contains("result"));
}

TEST_F(ServerTest, HttpGetsOneErrorAndAClose) {
    start();
    RawClient client(path());
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const json::object reply = client.reply();
    EXPECT_EQ(error_code(reply), "INVALID_PARAMS");
    EXPECT_NE(reply.at("error").at("message").as_string().find("HTTP"), std::string::npos);
    EXPECT_TRUE(client.at_end());
}

TEST_F(ServerTest, AFloodDoesNotCloseTheReservedLane) {
    commands.hold = true;  // everything but status hangs
    start();
    RawClient flood(path());
    flood.hello();
    std::string lines;
    for (int i = 0; i < 10'000; ++i)
        lines += RawClient::request("vault.list", "{}", "{}", std::to_string(i));
    std::map<std::string, int> codes;
    std::thread reader([&] {
        for (int i = 0; i < 10'000; ++i) {
            const auto line = flood.line();
            if (!line) break;
            const auto parsed = protocol::parse_json(*line, line->size());
            const json::object& reply = parsed.value().as_object();
            const bool fine = reply.contains("result");
            ++codes[fine ? "fine" : error_code(reply)];
            if (!fine) {
                EXPECT_GT(error_data(reply).at("retry_after_ms").as_int64(), 0);
            }
            if (i == 9000) commands.hold = false;
        }
    });
    std::thread writer([&] { flood.send(lines); });
    RawClient other(path());
    other.hello();
    for (int i = 0; i < 150; ++i) {  // of the same uid, whose burst the flood has used up
        const json::object reply = other.call("status");
        ASSERT_TRUE(reply.contains("result")) << protocol::to_compact(reply);
    }
    const json::object same = other.call("vault.pause", R"({"vault":"v1"})", kMeta);
    EXPECT_TRUE(same.contains("result") || commands.hold);
    writer.join();
    commands.hold = false;
    reader.join();
    EXPECT_EQ(codes["fine"] + codes["BUSY"] + codes["RATE_LIMITED"], 10'000);
    EXPECT_GE(codes["fine"], 16);
    EXPECT_GT(codes["RATE_LIMITED"], 8000);
    EXPECT_LE(commands.most_running, 16 + 2);
}

TEST_F(ServerTest, ASlowReaderIsHeldBackThenClosed) {
    options.slow_after = Duration{300};
    options.write_queue_max = 64 * 1024;
    options.burst = 1'000'000;
    options.requests_per_second = 1'000'000;
    commands.script = [](const ports::CallContext&, const ports::Command&,
                         ports::Render) -> Result<ports::Reply> {
        return ports::Reply{'"' + std::string(100'000, 'x') + '"'};
    };
    start();
    RawClient client(path());
    client.hello();
    client.set_timeout(3);
    bool taken = true;  // the server stops reading, so that sending blocks, then it closes
    for (int i = 0; i < 200'000 && taken; ++i)
        taken = client.send(RawClient::request("user.list"));
    EXPECT_FALSE(taken);
    EXPECT_LT(commands.seen().size(), 500u);
    RawClient other(path());
    other.hello();  // nobody else notices
}

TEST_F(ServerTest, ConnectionLimitsLeaveReservedSeats) {
    options.max_connections = 3;
    options.reserved_connections = 2;
    options.reserved_for = Duration{1500};
    start();
    std::vector<std::unique_ptr<RawClient>> normal;
    for (int i = 0; i < 3; ++i) {
        normal.push_back(std::make_unique<RawClient>(path()));
        normal.back()->hello();
    }
    RawClient reserved(path());
    reserved.hello();
    EXPECT_TRUE(reserved.call("status").contains("result"));
    EXPECT_TRUE(reserved.call("halt", "{}", kMeta).contains("result"));
    EXPECT_EQ(error_code(reserved.call("vault.list")), "BUSY");
    RawClient second(path());
    second.hello();
    RawClient third(path());  // takes the seat that was given out first
    EXPECT_EQ(error_code(reserved.reply()), "BUSY");
    EXPECT_TRUE(reserved.at_end());
    third.hello();
    EXPECT_TRUE(third.call("status").contains("result"));
    EXPECT_EQ(error_code(second.reply()), "EXPIRED_BEFORE_START");  // such a seat is for a moment
    EXPECT_TRUE(second.at_end());
    normal.clear();
    EXPECT_TRUE(seat_comes_free(path())) << "seats were not given back";
}

TEST_F(ServerTest, PeersThatGoBeforeHelloLeaveNothingBehind) {
    options.max_connections = 2;
    options.reserved_connections = 1;
    start();
    for (int i = 0; i < 20; ++i) {
        RawClient gone(path());
        if (i % 2 == 0) gone.send(R"({"jsonrpc":"2.0","id")");
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    EXPECT_TRUE(seat_comes_free(path())) << "seats were not given back";
}

TEST_F(ServerTest, AFloodOfStatusIsHeldToARateAndHaltPassesBesideIt) {
    options.reserved_reads_per_second = 5;
    options.requests_per_second = 1;
    options.burst = 1;
    start();
    RawClient client(path());
    client.hello();
    int limited = 0;
    for (int i = 0; i < 50; ++i) {
        const json::object reply = client.call("status");
        if (reply.contains("result")) continue;
        ASSERT_EQ(error_code(reply), "RATE_LIMITED");
        ++limited;
    }
    EXPECT_GE(limited, 10);
    EXPECT_TRUE(client.call("halt", "{}", kMeta).contains("result"));
    RawClient other(path());  // the bound is one connection's
    other.hello();
    EXPECT_TRUE(other.call("status").contains("result"));
}

TEST_F(ServerTest, PerUidLimit) {
    options.max_per_uid = 2;
    options.reserved_connections = 0;
    start();
    RawClient one(path()), two(path());
    one.hello();
    two.hello();
    RawClient three(path());
    EXPECT_EQ(error_code(three.reply()), "BUSY");
}

TEST_F(ServerTest, StopAnswersWhatHasBegun) {
    commands.hold = true;
    start();
    RawClient client(path());
    client.hello();
    client.send(RawClient::request("vault.pause", R"({"vault":"v1"})", kMeta));
    while (commands.seen().empty())
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    std::thread release([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
        commands.hold = false;
    });
    stop();
    release.join();
    EXPECT_TRUE(client.reply().contains("result"));
    EXPECT_TRUE(client.at_end());
}

TEST_F(ServerTest, StopDoesNotWaitForEver) {
    commands.hold = true;
    options.stop_grace = Duration{100};
    start();
    RawClient client(path());
    client.hello();
    client.send(RawClient::request("vault.pause", R"({"vault":"v1"})", kMeta));
    while (commands.seen().empty())
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    stop();
    EXPECT_TRUE(client.at_end());
}

// Random sessions: valid calls, broken ones, cut lines, sudden ends. Whatever comes, the server
// stays up, every whole line gets exactly one line back, and the next peer is served.
TEST_F(ServerTest, RandomSessions) {
    options.requests_per_second = 1'000'000;
    options.burst = 1'000'000;
    start();
    const char* env = std::getenv("VAULT_SEED");
    const std::uint64_t seed = env != nullptr ? std::strtoull(env, nullptr, 10) : 20'261'124;
    std::printf("seed %llu (set VAULT_SEED to change it)\n", static_cast<unsigned long long>(seed));
    Random random(seed);
    const std::vector<std::string> parts{R"({"jsonrpc":"2.0","id":)",
                                         "1",
                                         R"("a")",
                                         "null",
                                         R"(,"method":")",
                                         "vault.show",
                                         "status",
                                         R"(","params":{"vault":")",
                                         "v1",
                                         "\"}}",
                                         "}",
                                         "[",
                                         "\"",
                                         "\\",
                                         R"(,"meta":{"idem_key":")",
                                         "1e9",
                                         "-0",
                                         "\xc3\x28",
                                         "\x01",
                                         "   "};
    for (int session = 0; session < 60; ++session) {
        SCOPED_TRACE("seed " + std::to_string(seed) + " session " + std::to_string(session));
        RawClient client(path());
        client.hello();
        const auto lines = 1 + random.below(12);
        std::size_t expected = 0;
        for (std::uint64_t i = 0; i < lines; ++i) {
            std::string line;
            if (random.below(3) == 0) {
                const auto& methods = protocol::methods();
                line = RawClient::request(
                    std::string(methods[random.below(methods.size())].name),
                    random.below(2) == 0 ? "{}" : R"({"vault":"v1","sleeve":"quiet","all":true})",
                    kMeta);
                line.pop_back();
            } else {
                for (auto n = 1 + random.below(10); n > 0; --n)
                    line += parts[random.below(parts.size())];
            }
            if (line.find_first_not_of('\r') == std::string::npos) continue;
            ASSERT_TRUE(client.send(line + "\n"));
            ++expected;
        }
        if (random.below(4) == 0) continue;  // gone without reading
        for (std::size_t i = 0; i < expected; ++i) {
            const json::object reply = client.reply();
            EXPECT_NE(reply.contains("result"), reply.contains("error"));
        }
        if (random.below(2) == 0) client.send("{\"half");
    }
    RawClient client(path());
    client.hello();
    EXPECT_TRUE(client.call("health").at("result").at("data").at("ok").as_bool());
}

}  // namespace
}  // namespace vault::test
