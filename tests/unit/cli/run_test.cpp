#include "cli/command/run.hpp"

#include "cli/client/client.hpp"
#include "cli/command/help.hpp"
#include "cli/command/session.hpp"
#include "cli/render/fold.hpp"
#include "common/protocol/codec.hpp"
#include "tests/unit/cli/fake_server.hpp"
#include "tests/unit/cli/fake_terminal.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <unistd.h>

namespace vault::command {
namespace {

namespace json = boost::json;
using protocol::Effect;
using protocol::encode_failure;
using protocol::encode_reply;
using protocol::Request;
using test::call;
using test::FakeServer;
using test::FakeTerminal;
using test::Ran;

std::string done(const Request& request) {
    return encode_reply(request.id, {{"state", "ok"}});
}

TEST(Run, EveryErrorCodeGivesItsExitCodeDocumentAndLine) {
    for (const auto& row : protocol::kErrorTable) {
        SCOPED_TRACE(std::string(row.code));
        const FakeServer server([&](const Request& request) {
            return encode_failure(request.id, Error{row.errc, "because"}, Effect::None);
        });
        const Ran ran = call(&server, "vault show v1 --json");
        EXPECT_EQ(ran.code, row.exit_code);
        const auto document = protocol::parse_json(ran.out.substr(0, ran.out.size() - 1));
        ASSERT_TRUE(document.has_value()) << ran.out;
        EXPECT_EQ(document.value().at("ok"), json::value(false));
        EXPECT_EQ(document.value().at("error").at("code"), json::value(row.code));
        EXPECT_EQ(document.value().at("error").at("hint"), json::value(row.hint));
        EXPECT_EQ(std::ranges::count(ran.err, '\n'), 1) << ran.err;
    }
}

TEST(Run, ABusyDaemonIsAskedAgain) {
    int asked = 0;
    const FakeServer server([&](const Request& request) {
        const Error full{Errc::Busy, "too many connections"};
        return ++asked < 3 ? encode_failure(request.id, full, Effect::None)
                           : encode_reply(request.id, json::object{{"state", "halted"}});
    });
    EXPECT_EQ(call(&server, "halt --json").code, 0);
    EXPECT_EQ(asked, 3);
    asked = -1'000'000;
    EXPECT_EQ(call(&server, "halt --timeout 200ms").code, 75);  // not for ever
}

TEST(Run, UnknownCodesAreInternal) {
    const FakeServer server([](const Request& request) {
        return R"({"jsonrpc":"2.0","id":)" + protocol::to_compact(request.id) +
               R"(,"error":{"code":1,"message":"m","data":{"code":"BRAND_NEW"}}})" + "\n";
    });
    EXPECT_EQ(call(&server, "status").code, 70);
}

TEST(Run, UsageAndConnectionErrorsAreDocumentsToo) {
    const Ran usage = call(nullptr, "vault alocate --json");
    EXPECT_EQ(usage.code, 64);
    EXPECT_NE(usage.out.find(R"("code":"USAGE")"), std::string::npos);
    const Ran down = call(nullptr, "status --json");
    EXPECT_EQ(down.code, 69);
    EXPECT_NE(down.out.find(R"("code":"DAEMON_DOWN")"), std::string::npos);
    const Ran quiet = call(nullptr, "status");
    EXPECT_TRUE(quiet.out.empty());
    EXPECT_NE(quiet.err.find("no socket at"), std::string::npos);
}

TEST(Run, ConnectionErrorsTellWhichItIs) {
    const std::string path = "/tmp/vault-stale-" + std::to_string(::getpid());
    std::ofstream(path).put('x');
    const Ran refused = call(nullptr, "--socket " + path + " status");
    EXPECT_EQ(refused.code, 69);
    EXPECT_NE(refused.err.find("nobody listens"), std::string::npos) << refused.err;
    std::remove(path.c_str());
    EXPECT_EQ(call(nullptr, "--socket /" + std::string(200, 'x') + " status").code, 64);
    const FakeServer closing([](const Request&) { return test::kClose; });
    const Ran closed = call(&closing, "status");
    EXPECT_EQ(closed.code, 69);
    EXPECT_NE(closed.err.find("closed the connection"), std::string::npos);
    const FakeServer other(
        done, encode_failure("hello", Error{Errc::VersionMismatch, "1 and 2"}, Effect::None));
    EXPECT_EQ(call(&other, "status").code, 76);
    const FakeServer noise(done, "garbage\n");
    EXPECT_EQ(call(&noise, "status").code, 70);
}

TEST(Run, LostMutationIsUnknownAndPrintsItsKey) {
    const std::regex uuid(
        "auto-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    for (const std::string& fate : {test::kClose, test::kSilent}) {
        const FakeServer server([&](const Request&) { return fate; });
        const Ran ran = call(&server, "halt --timeout 100ms --json");
        EXPECT_EQ(ran.code, 124);
        const auto document = protocol::parse_json(ran.out.substr(0, ran.out.size() - 1)).value();
        const std::string key(document.at("error").at("idem_key").get_string());
        EXPECT_TRUE(std::regex_match(key, uuid)) << key;
        EXPECT_EQ(document.at("error").at("effect"), json::value("unknown"));
        EXPECT_NE(ran.err.find(key), std::string::npos);
        EXPECT_EQ(server.requests().at(0).meta.idem_key, key);
    }
    const FakeServer silent([](const Request&) { return test::kSilent; });
    EXPECT_EQ(call(&silent, "status --timeout 100ms").code, 75);
    EXPECT_EQ(call(&silent, "halt --dry-run --timeout 100ms").code, 75);
}

TEST(Run, MetaOfACall) {
    const FakeServer server(done);
    EXPECT_EQ(call(&server, "halt --idem-key k-1 --timeout 2s").code, 0);
    EXPECT_EQ(call(&server, "status").code, 0);
    EXPECT_EQ(call(&server, "status --timeout 0").code, 0);
    const auto requests = server.requests();
    EXPECT_EQ(requests.at(0).meta.idem_key, "k-1");
    EXPECT_EQ(requests.at(0).meta.deadline, Duration{1800});
    EXPECT_EQ(requests.at(1).meta.idem_key, "");
    EXPECT_EQ(requests.at(1).meta.deadline, Duration{29'500});
    EXPECT_EQ(requests.at(2).meta.deadline, std::nullopt);
    std::set<std::string> keys;
    for (int i = 0; i < 1000; ++i)
        EXPECT_TRUE(keys.insert(client::new_idem_key()).second);
}

// Said on stderr whatever the format, and only where something would have been changed.
TEST(Run, ADryRunSaysThatNothingWasChanged) {
    const FakeServer server(done);
    constexpr std::string_view kSaid = "vaultctl: dry run: nothing was changed\n";
    for (const char* line :
         {"halt --dry-run", "halt --dry-run --json", "halt --dry-run -q", "halt --dry-run -o csv",
          "vault liquidate v1 --dry-run", "api call vault.reserve vault=v1 pct=5 --dry-run"})
        EXPECT_EQ(call(&server, line).err, kSaid) << line;
    EXPECT_EQ(call(&server, "halt").err, "");
    EXPECT_EQ(call(&server, "status --dry-run").err, "");
}

TEST(Run, NegativeAmountsReachTheDaemon) {
    const FakeServer server([](const Request& request) {
        return encode_failure(request.id, Error{Errc::InvalidParams, "negative", "amount"},
                              Effect::None);
    });
    EXPECT_EQ(call(&server, "vault set-tradeable v1 -5").code, 65);
    EXPECT_EQ(server.requests().at(0).params.at("amount"), json::value("-5"));
}

TEST(Run, PredicatesExitWithThree) {
    const auto answer = [](const char* text) {
        return [text](const Request& request) {
            return encode_reply(request.id, protocol::parse_json(text).value());
        };
    };
    const FakeServer sick(answer(R"({"ok":false,"checks":[]})"));
    const Ran ran = call(&sick, "health --json");
    EXPECT_EQ(ran.code, 3);
    EXPECT_NE(ran.out.find(R"("ok":false,"data")"), std::string::npos);
    EXPECT_EQ(call(&sick, "status").code, 0);
    const FakeServer mixed(answer(R"([{"vault":"v1","ok":true},{"vault":"v2","ok":false}])"));
    EXPECT_EQ(call(&mixed, "ledger verify --all").code, 3);
    const FakeServer wrong(answer(R"({"ok":false,"result":"rejected","changes":[]})"));
    EXPECT_EQ(call(&wrong, "config reload").code, 78);
    EXPECT_EQ(call(&wrong, "config check --json").code, 78);
    EXPECT_EQ(call(&wrong, "config show").code, 0);
    const FakeServer fine(answer(R"([{"vault":"v1","ok":true}])"));
    EXPECT_EQ(call(&fine, "ledger verify --all").code, 0);
}

TEST(Run, LiquidateWantsAConfirmation) {
    const FakeServer server(done);
    const Ran refused = call(&server, "vault liquidate v1");
    EXPECT_EQ(refused.code, 64);
    FakeTerminal wrong, right;
    wrong.answer = "v2";
    right.answer = "v1";
    EXPECT_EQ(call(&server, "vault liquidate v1", wrong).code, 64);
    EXPECT_TRUE(server.requests().empty());
    EXPECT_EQ(call(&server, "vault liquidate v1", right).code, 0);
    EXPECT_EQ(call(&server, "vault liquidate v1 --yes").code, 0);
    EXPECT_EQ(server.requests().at(1).params.at("confirm"), json::value(true));
}

TEST(Run, BrokenOutputIsExit74) {
    const FakeServer server(done);
    FakeTerminal broken;
    broken.broken = true;
    EXPECT_EQ(call(&server, "status", broken).code, 74);
    EXPECT_EQ(call(nullptr, "help", broken).code, 74);
    EXPECT_EQ(call(nullptr, "version", broken).code, 74);
    EXPECT_EQ(call(&server, "version", broken).code, 74);
}

TEST(Run, WarningsGoToStderrOrIntoTheDocument) {
    const FakeServer server([](const Request& request) {
        return encode_reply(request.id, {{"state", "ok"}}, {"old"});
    });
    EXPECT_EQ(call(&server, "status").err, "vaultctl: warning: old\n");
    const Ran ran = call(&server, "status --json");
    EXPECT_TRUE(ran.err.empty());
    EXPECT_NE(ran.out.find(R"("warnings":["old"])"), std::string::npos);
    EXPECT_EQ(call(&server, "status -q").out, "ok\n");
}

std::string ledger_page(const Request& request) {
    const auto from = request.params.at("from_seq").get_int64();
    json::array lines;
    for (auto seq = from; seq < from + 2 && seq <= 5; ++seq)
        lines.emplace_back("{\"seq\":" + std::to_string(seq) + ", \"x\":\"as it is\"}");
    json::value next = from + 2;
    if (from + 2 > 5) next = nullptr;
    return encode_reply(request.id, {{"lines", lines}, {"next_seq", next}});
}

std::string ledger_lines() {
    std::string text;
    for (int seq = 1; seq <= 5; ++seq)
        text += "{\"seq\":" + std::to_string(seq) + ", \"x\":\"as it is\"}\n";
    return text;
}

TEST(Run, ExportPrintsExactlyTheLines) {
    const FakeServer server(ledger_page);
    const Ran ran = call(&server, "ledger export v1");
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(ran.out, ledger_lines());
    const FakeServer stuck([](const Request& request) {
        return encode_reply(request.id, {{"lines", json::array()}, {"next_seq", 1}});
    });
    EXPECT_EQ(call(&stuck, "ledger export v1").code, 70);
}

TEST(Run, ExportToAFileIsAllOrNothing) {
    const std::string path = "/tmp/vault-export-" + std::to_string(::getpid());
    const FakeServer server(ledger_page);
    EXPECT_EQ(call(&server, "ledger export v1 --out " + path).code, 0);
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    EXPECT_EQ(text.str(), ledger_lines());
    const FakeServer failing([](const Request& request) {
        if (request.params.at("from_seq").get_int64() == 1) return ledger_page(request);
        return encode_failure(request.id, Error{Errc::NotFound, "gone"}, Effect::None);
    });
    EXPECT_EQ(call(&failing, "ledger export v1 --out " + path + "2").code, 4);
    EXPECT_FALSE(std::ifstream(path + "2").good());
    EXPECT_EQ(call(&server, "ledger export v1 --out /nonexistent/x").code, 74);
    std::remove(path.c_str());
}

TEST(Run, ReplayRunWaitFollowsUntilItStands) {
    int asked = 0;
    const FakeServer server([&](const Request& request) {
        if (request.method == "replay.run")
            return encode_reply(request.id,
                                {{"account", "a1"}, {"state", "running"}, {"job", "j7"}});
        if (request.method == "job.show") {
            EXPECT_EQ(request.params.at("job"), json::value("j7"));
            return encode_reply(request.id,
                                {{"id", "j7"}, {"state", ++asked < 4 ? "running" : "done"}});
        }
        const json::value row{
            {"account", "a1"}, {"state", "ready"}, {"virtual_time", "2021-06-01T00:00:00.000Z"}};
        return encode_reply(request.id, json::array{row});
    });
    const Ran ran = call(&server, "replay run --account a1 --until 2021-06-01 --wait -q");
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(asked, 4);
    EXPECT_EQ(ran.out, "2021-06-01T00:00:00.000Z\n");
    EXPECT_NE(ran.err.find("j7 running"), std::string::npos);
    asked = 100;
    EXPECT_EQ(call(&server, "replay run --account a1").out.find("ready"), std::string::npos);
}

TEST(Run, ProgressIsGoneBeforeTheResultIsPrinted) {
    for (const bool ends_well : {true, false}) {
        int asked = 0;
        const FakeServer server([&](const Request& request) {
            const bool moving = request.method == "replay.run" || ++asked < 3;
            if (!moving && !ends_well)
                return encode_failure(request.id, Error{Errc::Internal, "broke"}, Effect::None);
            return encode_reply(request.id, {{"account", "a1"},
                                             {"id", "j7"},
                                             {"state", moving ? "running" : "done"},
                                             {"job", "j7"}});
        });
        FakeTerminal terminal;
        terminal.live = true;
        terminal.variables["VAULTCTL_SOCKET"] = server.path();
        const std::vector<std::string> words{"replay", "run", "--account", "a1", "--wait"};
        EXPECT_EQ(run(words, terminal), ends_well ? 0 : 70);
        const std::string& screen = terminal.screen;
        const auto drawn = screen.find("j7 running");
        const auto result = screen.find(ends_well ? "account  a1" : "vaultctl: INTERNAL");
        ASSERT_LT(drawn, result) << screen;
        ASSERT_NE(result, std::string::npos) << screen;
        EXPECT_EQ(screen.substr(result - 4, 4), "\r\x1b[K") << screen;
    }
}

json::array history() {
    json::array series;
    for (const char* sleeve : {"quiet", "flash"}) {
        json::array points;
        for (int i = 1; i <= 9; ++i)
            points.emplace_back(
                json::object{{"day", "2021-04-0" + std::to_string(i) + "T00:00:00.000Z"},
                             {"balance", sleeve[0] == 'q' ? "5" : "7.5"},
                             {"vault_total", std::to_string(100 + i)},
                             {"vault_tradeable", "50"}});
        series.emplace_back(json::object{
            {"vault", "v1"}, {"sleeve", sleeve}, {"mode", "paper"}, {"points", points}});
    }
    return series;
}

TEST(Run, HistoryIsOneRowPerDayAndSleeve) {
    const FakeServer server(
        [](const Request& request) { return encode_reply(request.id, history()); });
    const Ran table = call(&server, "vault history v1");
    EXPECT_EQ(std::ranges::count(table.out, '\n'), 19) << table.out;
    EXPECT_NE(table.out.find("2021-04-09  flash"), std::string::npos) << table.out;
    const Ran csv = call(&server, "vault history v1 -o csv");
    EXPECT_EQ(csv.out.substr(0, csv.out.find('\r')),
              "vault,sleeve,mode,day,balance,equity,realised,unrealised,fees,swept,principal,"
              "vault_total,vault_tradeable");
    EXPECT_NE(call(&server, "vault history v1 --json").out.find("\"points\":["), std::string::npos);
}

TEST(Run, VersionWorksWithoutADaemon) {
    const Ran alone = call(nullptr, "version --json");
    EXPECT_EQ(alone.code, 0);
    EXPECT_NE(alone.out.find(R"("daemon":null)"), std::string::npos);
    EXPECT_EQ(call(nullptr, "--version").out, call(nullptr, "version").out);
    const FakeServer server([](const Request& request) {
        return encode_reply(request.id, {{"version", "9"}});
    });
    EXPECT_NE(call(&server, "version --json").out.find(R"("daemon":{"version":"9"})"),
              std::string::npos);
}

TEST(Run, DoctorWorksWithoutADaemonAndWithABadOne) {
    const Ran alone = call(nullptr, "doctor --json");
    EXPECT_EQ(alone.code, 3);
    EXPECT_NE(alone.out.find(R"("ok":false,"data")"), std::string::npos) << alone.out;
    EXPECT_NE(alone.out.find(R"({"name":"socket","status":"failed")"), std::string::npos);
    EXPECT_EQ(alone.err, "");
    EXPECT_NE(call(nullptr, "doctor").out.find("fix: "), std::string::npos);
    EXPECT_EQ(call(nullptr, "doctor -q").out, "failed\n");

    const auto answer = [](const char* text) {
        return [text](const Request& request) {
            return encode_reply(request.id, protocol::parse_json(text).value());
        };
    };
    const FakeServer old(answer(R"({"version":"0.0.9","pid":1,"checks":[]})"));
    const Ran outdated = call(&old, "doctor");
    EXPECT_EQ(outdated.code, 3);
    EXPECT_NE(outdated.out.find("but vaultd 0.0.9 runs"), std::string::npos) << outdated.out;
    const std::string same = fmt::format(
        R"({{"version":"{}","checks":[{{"name":"config","status":"warning","message":"waits",)"
        R"("fix":"systemctl restart vaultd"}}]}})",
        program_version());
    const FakeServer sound(answer(same.c_str()));
    const Ran fine = call(&sound, "doctor --json");
    EXPECT_EQ(fine.code, 0) << fine.out;
    EXPECT_NE(fine.out.find(R"("state":"warning","ok":true)"), std::string::npos) << fine.out;
}

TEST(Run, ApiCallPassesTextAndJson) {
    const FakeServer server(done);
    EXPECT_EQ(call(&server, R"(api call vault.pairs vault=v1 add:=["A/B"])").code, 0);
    EXPECT_EQ(server.requests().at(0).method, "vault.pairs");
    EXPECT_EQ(protocol::to_compact(server.requests().at(0).params),
              R"({"vault":"v1","add":["A/B"]})");
    EXPECT_FALSE(server.requests().at(0).meta.idem_key.empty());
    EXPECT_EQ(call(&server, "api call status").code, 0);
    EXPECT_TRUE(server.requests().at(1).meta.idem_key.empty());
    EXPECT_EQ(call(&server, "api call x.y z").code, 64);
    EXPECT_EQ(call(&server, "api call x.y a:={").code, 64);
    EXPECT_EQ(call(&server, "api call x.y a=1 a=2").code, 64);
}

TEST(Run, InterruptIsExit130) {
    const FakeServer server([](const Request&) {
        ::kill(::getpid(), SIGINT);
        return test::kSilent;
    });
    // The server's thread must not take the signal; the guard of the call does.
    const Ran ran = call(&server, "halt --timeout 5s");
    EXPECT_EQ(ran.code, 130);
    EXPECT_NE(ran.err.find("--idem-key"), std::string::npos) << ran.err;
}

// Every run of blanks and line ends as one blank.
std::string unfolded(const std::string& text) {
    std::istringstream words(text);
    std::string out;
    for (std::string word; words >> word;)
        out += word + ' ';
    return out;
}

void expect_narrow(const std::string& what, const std::string& page) {
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);)
        EXPECT_LE(line.size(), 80U) << what << ": " << line;
}

TEST(Help, NoLineIsWiderThanATerminal) {
    expect_narrow("help", call(nullptr, "help").out);
    expect_narrow("--help", call(nullptr, "--help").out);
    for (const auto noun : nouns())
        expect_narrow(std::string(noun), call(nullptr, "help " + std::string(noun)).out);
    for (const Method& command : catalogue()) {
        const std::string name = command_name(command);
        expect_narrow(name, call(nullptr, "help " + name).out);
        expect_narrow(name, call(nullptr, name + " --help").out);
    }
}

TEST(Help, FoldedTextKeepsItsWordsAndItsFlagsTogether) {
    EXPECT_EQ(render::folded("one two three", "  ", 4, 9), "  one two\n    three\n");
    EXPECT_EQ(render::folded("", "x", 4, 9), "x\n");
    EXPECT_EQ(render::folded("unbreakable word", "", 0, 5), "unbreakable\nword\n");
    EXPECT_EQ(render::folded_command("do V [--from FROM] [--to TO]", "", 2, {}, 20),
              "do V [--from FROM]\n  [--to TO]\n");
    EXPECT_EQ(render::folded_command("do --why 'a b c d' --x", "  ", 4, " \\", 20),
              "  do \\\n    --why 'a b c d' \\\n    --x\n");
}

TEST(Help, IsOfflineAndComplete) {
    const Ran all = call(nullptr, "help");
    EXPECT_EQ(all.code, 0);
    for (const Method& command : catalogue()) {
        EXPECT_NE(all.out.find(command_name(command)), std::string::npos) << command.name;
        const Ran page = call(nullptr, command_name(command) + " --help");
        EXPECT_EQ(page.code, 0);
        EXPECT_NE(unfolded(page.out).find(unfolded(synopsis(command))), std::string::npos)
            << command.name;
        EXPECT_LT(page.out.find("Examples"), page.out.find("Usage")) << command.name;
    }
    EXPECT_EQ(call(nullptr, "help vault allocate").out, call(nullptr, "vault allocate -h").out);
    EXPECT_EQ(call(nullptr, "help nix").code, 64);
}

TEST(Manual, FileIsTheGeneratedPage) {
    std::stringstream text;
    text << std::ifstream(VAULT_MANUAL).rdbuf();
    EXPECT_EQ(text.str(), manual_page()) << "run: vaultctl --generate-man > man/vaultctl.1";
    for (const protocol::ExitRow& row : protocol::kExitTable)
        EXPECT_NE(text.str().find(".It " + std::to_string(row.code) + "\n"), std::string::npos);
}

}  // namespace
}  // namespace vault::command
