// Completion scripts against the catalogue, and the names that the daemon is asked for. The scripts
// themselves run in tests/integration/completions.py.
#include "cli/command/completion.hpp"

#include "cli/command/completion_tables.hpp"
#include "common/base/clock.hpp"
#include "tests/unit/cli/fake_terminal.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace vault::command {
namespace {

using protocol::encode_reply;
using protocol::ParamType;
using protocol::Place;
using protocol::Request;
using test::call;
using test::FakeServer;

std::string installed(const std::string& name) {
    std::stringstream text;
    text << std::ifstream(std::string(VAULT_COMPLETIONS) + "/" + name).rdbuf();
    return text.str();
}

TEST(Completion, InstalledFilesAreTheGeneratedScripts) {
    EXPECT_EQ(installed("vaultctl.bash"), completion_script(Shell::Bash))
        << "run: vaultctl completion bash > cli/completions/vaultctl.bash";
    EXPECT_EQ(installed("_vaultctl"), completion_script(Shell::Zsh))
        << "run: vaultctl completion zsh > cli/completions/_vaultctl";
    EXPECT_EQ(installed("vaultctl.fish"), completion_script(Shell::Fish))
        << "run: vaultctl completion fish > cli/completions/vaultctl.fish";
    EXPECT_EQ(call(nullptr, "completion bash").out, completion_script(Shell::Bash));
    const auto unknown = call(nullptr, "completion ksh");
    EXPECT_EQ(unknown.code, 64);
    EXPECT_NE(unknown.err.find("bash, zsh, fish"), std::string::npos) << unknown.err;
}

TEST(Completion, EveryPlaceOfEveryCommandHasOneKind) {
    std::set<std::string> keys;
    for (const Kind& kind : completion_kinds())
        for (const std::string& key : kind.keys)
            EXPECT_TRUE(keys.insert(key).second) << key;
    std::size_t expected = 0;
    for (const GlobalFlag& flag : global_flags())
        expected += flag.value.empty() ? 0 : 1;
    for (const Method& command : catalogue()) {
        if (command.name == "help") continue;
        if (has_page(command)) {
            ++expected;
            EXPECT_TRUE(keys.contains(command_name(command) + " --output")) << command.name;
        }
        std::size_t number = 0;
        for (const auto params : {command.params, local_flags(command)})
            for (const Param& param : params) {
                if (param.place == Place::Hidden) continue;
                if (param.place == Place::Flag && param.type == ParamType::Bool) continue;
                ++expected;
                const bool rest = param.repeated || param.type == ParamType::Map;
                std::string key = command_name(command);
                if (param.place == Place::Flag) {
                    key += " --" + flag_name(param);
                } else {
                    key += rest ? ":rest" : ":" + std::to_string(++number);
                }
                EXPECT_TRUE(keys.contains(key)) << key;
                if (param.letter == '\0') continue;
                ++expected;
                key = command_name(command) + " -" + param.letter;
                EXPECT_TRUE(keys.contains(key)) << key;
            }
    }
    EXPECT_EQ(keys.size(), expected);
}

TEST(Completion, FixedValuesAreThoseThatTheParserTakes) {
    for (const GlobalFlag& flag : global_flags()) {
        std::istringstream words{std::string(flag.allowed)};
        for (std::string word; std::getline(words, word, '|');) {
            const std::vector<std::string> line{"vault", "list", "--" + std::string(flag.name),
                                                word};
            EXPECT_TRUE(parse_arguments(line, "/")) << flag.name << ' ' << word;
        }
    }
}

std::string rows(const Request& request) {
    json::array items;
    for (const char* const id : {"v1", "v2", "not one", "$(reboot)", "a'b"})
        items.push_back(json::object{{"id", id}, {"name", std::string("n") + id}});
    items.push_back(json::object{{"id", 7}});
    return encode_reply(request.id, std::move(items));
}

TEST(CompleteIds, GivesPlainNamesOnly) {
    const FakeServer server(rows);
    EXPECT_EQ(call(&server, "__complete vaults").out, "v1\nv2\n");
    EXPECT_EQ(call(&server, "__complete accounts").out, "v1\nv2\n");
    EXPECT_EQ(call(&server, "__complete users").out, "nv1\nnv2\n");
    EXPECT_EQ(call(nullptr, "__complete vaults --socket " + server.path()).out, "v1\nv2\n");
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 4U);
    EXPECT_EQ(requests[2].method, "user.list");
}

TEST(CompleteIds, IsSilentWhateverGoesWrong) {
    const auto nothing = [](const test::Ran& ran) {
        EXPECT_EQ(ran.code, 0);
        EXPECT_EQ(ran.out + ran.err, "");
    };
    nothing(call(nullptr, "__complete vaults"));
    nothing(call(nullptr, "__complete"));
    nothing(call(nullptr, "__complete orders"));
    const FakeServer refusing([](const Request& request) {
        return protocol::encode_failure(request.id, Error{Errc::PermissionDenied, "no"},
                                        protocol::Effect::None);
    });
    nothing(call(&refusing, "__complete vaults"));
    const FakeServer noise([](const Request&) { return "garbage\n"; });
    nothing(call(&noise, "__complete vaults"));
    const FakeServer other([](const Request& request) { return encode_reply(request.id, "text"); });
    nothing(call(&other, "__complete vaults"));
    const FakeServer closing([](const Request&) { return test::kClose; });
    nothing(call(&closing, "__complete vaults"));
}

// Four times the budget, because this machine may be busy.
TEST(CompleteIds, KeepsItsBudgetWithASilentDaemon) {
    const auto silent = [](const Request&) { return test::kSilent; };
    const FakeServer deaf(silent, test::kSilent);  // does not even greet
    const FakeServer mute(silent);
    const SystemClock clock;
    for (const FakeServer* server : {&deaf, &mute}) {
        const auto begun = clock.steady();
        const auto ran = call(server, "__complete vaults");
        const auto spent = clock.steady() - begun;
        EXPECT_EQ(ran.out + ran.err, "");
        EXPECT_GE(spent, kCompletionBudget / 2) << "it did not wait at all";
        EXPECT_LT(spent, 4 * kCompletionBudget);
    }
}

}  // namespace
}  // namespace vault::command
