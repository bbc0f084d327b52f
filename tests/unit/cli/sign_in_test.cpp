// Signing in against a daemon of a few lines: which token a call shows, what becomes of the file,
// when somebody is asked for a code, and that no secret is ever printed or taken from the line.
#include "cli/command/catalogue.hpp"
#include "cli/command/secret_input.hpp"
#include "common/protocol/codec.hpp"
#include "tests/unit/cli/fake_terminal.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace vault::command {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using protocol::Effect;
using protocol::encode_reply;
using protocol::Request;
using test::call;
using test::FakeServer;
using test::FakeTerminal;
using test::Ran;

const std::string kPassword = "tulips and clogs";

std::string refuse(const Request& request, Errc errc, const char* message = "no") {
    return protocol::encode_failure(request.id, Error{errc, message}, Effect::None);
}

// Knows one user, whose sessions are numbered.
struct FakeDaemon {
    std::string operator()(const Request& request) {
        if (before) std::exchange(before, nullptr)();
        if (request.method == "version") return encode_reply(request.id, {{"version", "0.1.0"}});
        if (request.method == "login") return login(request);
        if (request.method == "register") return encode_reply(request.id, {{"status", "pending"}});
        if (request.method == "whoami")
            return encode_reply(request.id, {{"kind", is_known(request) ? "person" : "nobody"}});
        if (!is_known(request)) return refuse(request, Errc::AuthRequired, "nobody is signed in");
        if (request.method == "logout") {
            const std::string id = valid;
            valid.clear();
            return encode_reply(request.id, {{"user", user}, {"session", id}});
        }
        if (request.method == "mfa.verify") return verify(request);
        if (steps_up && !request.meta.dry_run) return refuse(request, Errc::MfaRequired, "a code");
        return encode_reply(request.id, {{"id", "a1"}, {"ok", true}});
    }

    std::string login(const Request& request) {
        if (request.params.at("password") != json::value(kPassword))
            return refuse(request, Errc::PermissionDenied, "the name or the password is wrong");
        if (has_factor && !request.params.contains("code"))
            return refuse(request, Errc::MfaRequired, "a code");
        if (has_factor && request.params.at("code") != "123456") return wrong_code(request);
        user = std::string(request.params.at("name").get_string());
        valid = "s" + std::to_string(++made);
        return encode_reply(request.id, {{"user", user},
                                         {"session", valid},
                                         {"token", "vault_session_5ec2e7-" + valid},
                                         {"must", json::array{"change_password"}}});
    }

    static std::string wrong_code(const Request& request) {
        return protocol::encode_failure(
            request.id, Error{Errc::PermissionDenied, "the code is wrong", "code"}, Effect::None);
    }

    std::string verify(const Request& request) {
        if (request.params.at("code") != "123456") return wrong_code(request);
        steps_up = false;
        const std::string id = valid;
        valid = id + "b";  // the same session, under another token
        return encode_reply(request.id, {{"user", user},
                                         {"session", id},
                                         {"token", "vault_session_5ec2e7-" + valid},
                                         {"stepped_up_until", "2026-01-05T08:00:00.000Z"}});
    }

    bool is_known(const Request& request) const {
        return !valid.empty() && request.meta.token == "vault_session_5ec2e7-" + valid;
    }

    std::function<void()> before;  // the next request is answered
    std::string user, valid;
    int made = 0;
    bool has_factor = false;
    bool steps_up = false;
};

class SignInTest : public testing::Test {
  protected:
    SignInTest() : server([this](const Request& request) { return daemon(request); }) {}

    void SetUp() override {
        folder = testing::TempDir() + "vaultctl-sign-in-XXXXXX";
        ASSERT_NE(::mkdtemp(folder.data()), nullptr);
        put("pw", kPassword + "\n");
    }
    void TearDown() override { fs::remove_all(folder); }

    std::string put(const std::string& name, const std::string& text, mode_t mode = 0600) {
        const std::string path = folder + "/" + name;
        std::ofstream(path, std::ios::trunc) << text;
        EXPECT_EQ(::chmod(path.c_str(), mode), 0);
        return path;
    }
    FakeTerminal terminal(const std::vector<std::string>& typed = {}) const {
        FakeTerminal made;
        made.folder = folder;
        made.variables["XDG_RUNTIME_DIR"] = folder;
        made.keyboard = !typed.empty();
        made.typed = typed;
        return made;
    }
    // And that no secret is in what it prints.
    Ran ran(const std::string& line, const std::vector<std::string>& typed = {}) {
        Ran result = call(&server, line, terminal(typed));
        for (const char* secret : {"tulips", "5ec2e7", "123456", "hunter2"}) {
            EXPECT_EQ(result.out.find(secret), std::string::npos) << line << ": " << result.out;
            EXPECT_EQ(result.err.find(secret), std::string::npos) << line << ": " << result.err;
        }
        return result;
    }
    Ran sign_in() { return ran("login alice --password-file pw"); }
    std::size_t sessions() const {
        std::size_t count = 0;
        for (const auto& entry : fs::directory_iterator(folder))
            if (entry.is_directory())
                for ([[maybe_unused]] const auto& kept : fs::directory_iterator(entry))
                    ++count;
        return count;
    }
    std::vector<std::string> methods() const {
        std::vector<std::string> names;
        for (const Request& request : server.requests())
            names.push_back(request.method);
        return names;
    }

    std::string folder;
    FakeDaemon daemon;
    FakeServer server;
};

TEST_F(SignInTest, TheSessionIsShownUntilItIsEnded) {
    EXPECT_EQ(ran("vault show v1").code, 77);
    EXPECT_EQ(server.requests().back().meta.token, "");
    const Ran in = sign_in();
    EXPECT_EQ(in.code, 0) << in.err;
    EXPECT_NE(in.err.find("vaultctl passwd"), std::string::npos) << in.err;
    EXPECT_EQ(sessions(), 1U);
    EXPECT_EQ(server.requests().back().params.at("origin"), "no terminal");
    EXPECT_EQ(ran("vault show v1").code, 0);
    EXPECT_EQ(server.requests().back().meta.token, "vault_session_5ec2e7-s1");
    EXPECT_EQ(ran("logout").code, 0);
    EXPECT_EQ(sessions(), 0U);
    EXPECT_EQ(ran("vault show v1").code, 77);
}

TEST_F(SignInTest, NoFormatPrintsTheToken) {
    for (const char* format : {"table", "wide", "json", "jsonl", "csv", "plain"})
        EXPECT_EQ(ran(std::string("login alice --password-file pw -o ") + format).code, 0);
    EXPECT_EQ(ran("login alice --password-file pw -q").out, "alice\n");
    EXPECT_EQ(ran("api call login name=alice password@pw --json").code, 0);
    put("lines", "login alice --password-file pw\nvault show v1\n");
    const Ran batch = ran("batch -f lines --json");
    EXPECT_EQ(batch.code, 0) << batch.out << batch.err;
    EXPECT_EQ(server.requests().back().meta.token,
              "vault_session_5ec2e7-s" + std::to_string(daemon.made));
}

TEST_F(SignInTest, AnotherSignInReplacesTheSessionAndEndsIt) {
    sign_in();
    EXPECT_EQ(ran("login bob --password-file pw").code, 0);
    EXPECT_EQ(sessions(), 1U);
    const auto last = server.requests().back();
    EXPECT_EQ(last.method, "logout");
    EXPECT_EQ(last.meta.token, "vault_session_5ec2e7-s1");
    // A login shows no session: it may have ended.
    EXPECT_EQ(server.requests().at(1).meta.token, "");
    EXPECT_EQ(ran("vault show v1").code, 0);
    EXPECT_EQ(server.requests().back().meta.token, "vault_session_5ec2e7-s2");
}

TEST_F(SignInTest, AFailedSignInLeavesTheSessionThatIsThere) {
    sign_in();
    put("wrong", "hunter2");
    const Ran wrong = ran("login alice --password-file wrong --json");
    EXPECT_EQ(wrong.code, 77);
    EXPECT_EQ(ran("vault show v1").code, 0);
}

TEST_F(SignInTest, TheFileOfAnEndedSessionIsRemoved) {
    sign_in();
    daemon.valid = "gone";
    const Ran ended = ran("vault show v1 --json");
    EXPECT_EQ(ended.code, 77);
    EXPECT_NE(ended.out.find("AUTH_REQUIRED"), std::string::npos);
    EXPECT_EQ(sessions(), 0U);
    sign_in();
    EXPECT_EQ(ran("whoami").code, 0);
    EXPECT_EQ(sessions(), 1U);
    daemon.valid = "gone";
    EXPECT_EQ(ran("whoami").code, 0);
    EXPECT_EQ(sessions(), 0U);
}

// Another terminal signs in while this one's call is under way.
TEST_F(SignInTest, ASessionThatCameMeanwhileIsTaken) {
    sign_in();
    daemon.before = [&] {
        for (const auto& entry : fs::directory_iterator(folder + "/vaultctl")) {
            std::stringstream bytes;
            bytes << std::ifstream(entry.path()).rdbuf();
            std::string text = bytes.str();
            text.replace(text.find("-s1"), 3, "-s2");
            std::ofstream(entry.path()) << text;
        }
        daemon.valid = "s2";
    };
    EXPECT_EQ(ran("vault show v1").code, 0);
    EXPECT_EQ(methods(), (std::vector<std::string>{"login", "vault.show", "vault.show"}));
    EXPECT_EQ(sessions(), 1U);
}

TEST_F(SignInTest, LogoutIsDoneAlsoIfItHasEndedAlready) {
    sign_in();
    daemon.valid = "gone";
    const Ran ended = ran("logout --json");
    EXPECT_EQ(ended.code, 0) << ended.out;
    EXPECT_NE(ended.out.find(R"("data":{"user":"alice","session":"s1"})"), std::string::npos)
        << ended.out;
    EXPECT_NE(ended.out.find("ended already"), std::string::npos) << ended.out;
    EXPECT_EQ(sessions(), 0U);
    const Ran nobody = ran("logout");
    EXPECT_EQ(nobody.code, 0);
    EXPECT_NE(nobody.err.find("nobody was signed in"), std::string::npos) << nobody.err;
}

TEST_F(SignInTest, ADryRunEndsNothing) {
    sign_in();
    EXPECT_EQ(ran("logout --dry-run").code, 0);
    EXPECT_EQ(sessions(), 1U);
}

TEST_F(SignInTest, AFileThatOthersCanReadStopsEveryCallButSigningIn) {
    sign_in();
    for (const auto& entry : fs::directory_iterator(folder + "/vaultctl"))
        fs::permissions(entry.path(), fs::perms(0644));
    for (const char* line : {"vault show v1", "whoami", "logout", "mfa status"}) {
        const Ran refused = ran(line);
        EXPECT_EQ(refused.code, 77) << line;
        EXPECT_NE(refused.err.find("others can read it"), std::string::npos) << refused.err;
    }
    EXPECT_EQ(ran("version").code, 0);
    EXPECT_EQ(sign_in().code, 0);
    EXPECT_EQ(ran("vault show v1").code, 0);
}

TEST_F(SignInTest, WhereNoSessionCanBeKeptNobodyIsAsked) {
    fs::create_directory(folder + "/vaultctl");
    fs::permissions(folder + "/vaultctl", fs::perms(0755));
    const Ran refused = ran("login alice", {kPassword});
    EXPECT_EQ(refused.code, 77);
    EXPECT_EQ(refused.err.find("Password"), std::string::npos) << refused.err;
    EXPECT_TRUE(server.requests().empty());
}

TEST_F(SignInTest, APersonIsAskedForPasswordAndCode) {
    const Ran in = ran("login alice", {kPassword});
    EXPECT_EQ(in.code, 0) << in.err;
    EXPECT_NE(in.err.find("Password: "), std::string::npos);
    EXPECT_EQ(server.requests().back().params.at("origin"), "tty /dev/pts/7");
    daemon.has_factor = true;
    const Ran with_code = ran("login alice", {kPassword, "123456"});
    EXPECT_EQ(with_code.code, 0) << with_code.err;
    EXPECT_NE(with_code.err.find("Code: "), std::string::npos);
    EXPECT_EQ(ran("login alice", {kPassword, "000000", "123456"}).code, 0);
    EXPECT_EQ(ran("login alice", {kPassword, "000000", "000000", "000000", "123456"}).code, 77);
    EXPECT_EQ(ran("login alice", {kPassword}).code, 130);  // Ctrl-C at the second question
    put("code", "123456\n");
    EXPECT_EQ(ran("login alice --password-file pw --code-file code").code, 0);
    const Ran nobody = ran("login alice --password-file pw");
    EXPECT_EQ(nobody.code, 77);
    EXPECT_NE(nobody.err.find("--code-file FILE"), std::string::npos) << nobody.err;
}

TEST_F(SignInTest, ACallThatNeedsTheCodeIsMadeAgainWithTheSameKey) {
    sign_in();
    daemon.steps_up = true;
    const Ran done = ran("account add --exchange paper", {"123456"});
    EXPECT_EQ(done.code, 0) << done.err;
    EXPECT_EQ(methods(),
              (std::vector<std::string>{"login", "account.add", "mfa.verify", "account.add"}));
    const auto requests = server.requests();
    const auto& first = requests.at(requests.size() - 3);
    const auto& again = requests.back();
    EXPECT_EQ(first.meta.idem_key, again.meta.idem_key);
    EXPECT_NE(requests.at(requests.size() - 2).meta.idem_key, again.meta.idem_key);
    EXPECT_EQ(first.params, again.params);
    EXPECT_EQ(again.meta.token, "vault_session_5ec2e7-s1b");
    // The new token is kept.
    EXPECT_EQ(ran("vault show v1").code, 0);
    EXPECT_EQ(server.requests().back().meta.token, "vault_session_5ec2e7-s1b");
    EXPECT_EQ(sessions(), 1U);
}

TEST_F(SignInTest, WithoutATerminalOrWithAWrongCodeTheCallFails) {
    sign_in();
    daemon.steps_up = true;
    const Ran alone = ran("account add --exchange paper --json");
    EXPECT_EQ(alone.code, 77);
    EXPECT_NE(alone.out.find("MFA_REQUIRED"), std::string::npos);
    const Ran wrong = ran("account add --exchange paper", {"000000", "000000", "000000"});
    EXPECT_EQ(wrong.code, 77);
    EXPECT_NE(wrong.err.find("the code is wrong"), std::string::npos) << wrong.err;
    EXPECT_NE(wrong.err.find("vaultctl: a code\n"), std::string::npos) << "why it is asked for";
    EXPECT_EQ(methods().back(), "mfa.verify");
    EXPECT_EQ(ran("account add --exchange paper", {"000000", "123456"}).code, 0);
    daemon.steps_up = true;
    put("code", "123456");
    EXPECT_EQ(ran("mfa verify --code-file code").code, 0);
    EXPECT_EQ(ran("account add --exchange paper").code, 0);
}

TEST_F(SignInTest, ARobotsTokenGoesBeforeTheSession) {
    sign_in();
    put("robot", "vault_robot_5ec2e7\n");
    EXPECT_EQ(ran("vault show v1 --token-file robot").code, 77);
    EXPECT_EQ(server.requests().back().meta.token, "vault_robot_5ec2e7");
    EXPECT_EQ(sessions(), 1U) << "the session has not ended";
    FakeTerminal named = terminal({"123456"});
    named.variables["VAULTCTL_TOKEN_FILE"] = "robot";
    EXPECT_EQ(call(&server, "vault show v1", named).code, 77);
    EXPECT_EQ(server.requests().back().meta.token, "vault_robot_5ec2e7");
    put("robot", "vault_robot_5ec2e7\n", 0644);
    for (const char* line : {"vault show v1", "version", "whoami"}) {
        const Ran refused = ran(std::string(line) + " --token-file robot");
        EXPECT_NE(refused.err.find("others can read it"), std::string::npos) << refused.err;
    }
    EXPECT_EQ(ran("vault show v1 --token-file none").code, 4);
}

TEST_F(SignInTest, ARobotIsNeverAskedForACode) {
    put("robot", "vault_robot_5ec2e7\n");
    const FakeServer strict(
        [](const Request& request) { return refuse(request, Errc::MfaRequired); });
    EXPECT_EQ(call(&strict, "halt --token-file robot", terminal({"123456"})).code, 77);
    EXPECT_EQ(strict.requests().size(), 1U);
}

TEST_F(SignInTest, NobodyTypesForNothing) {
    const Ran down = call(nullptr, "login alice", terminal({kPassword}));
    EXPECT_EQ(down.code, 69);
    EXPECT_EQ(down.err.find("Password"), std::string::npos);
    const Ran out = ran("passwd", {kPassword, "a", "a"});
    EXPECT_EQ(out.code, 77);
    EXPECT_EQ(out.err.find("Password"), std::string::npos);
    // Root may create the first admin without a session.
    EXPECT_NE(ran("user create root --role admin", {kPassword, kPassword}).err.find("Password"),
              0U);
}

TEST_F(SignInTest, APasswordThatIsChosenIsTypedTwice) {
    sign_in();
    const Ran changed = ran("passwd", {kPassword, "a longer one", "a longer one"});
    EXPECT_EQ(changed.code, 0) << changed.err;
    EXPECT_EQ(server.requests().back().params.at("password"), kPassword.c_str());
    EXPECT_EQ(server.requests().back().params.at("new_password"), "a longer one");
    const Ran again = ran("passwd", {kPassword, "one", "two", "three", "three"});
    EXPECT_EQ(again.code, 0);
    EXPECT_NE(again.err.find("differ"), std::string::npos);
    EXPECT_EQ(server.requests().back().params.at("new_password"), "three");
    EXPECT_EQ(ran("passwd", {kPassword, "1", "2", "1", "2", "1", "2"}).code, 65);
    EXPECT_EQ(ran("user set-password bob", {"one", "one"}).code, 0);
    EXPECT_EQ(ran("register carol", {"one", "one"}).code, 0);
}

TEST_F(SignInTest, AUserIsCreatedWithoutAPasswordWhereNobodyIsAsked) {
    sign_in();
    const Ran bare = ran("user create bob --role member");
    EXPECT_EQ(bare.code, 0);
    EXPECT_FALSE(server.requests().back().params.contains("password"));
    EXPECT_NE(bare.err.find("vaultctl user set-password bob"), std::string::npos) << bare.err;
    EXPECT_EQ(ran("user create bob --role member", {"one", "one"}).code, 0);
    EXPECT_EQ(server.requests().back().params.at("password"), "one");
    EXPECT_EQ(ran("user create bob --role member --password-file pw").code, 0);
    EXPECT_EQ(server.requests().back().params.at("password"), kPassword.c_str());
}

TEST_F(SignInTest, ASecretOnTheLineIsRefusedAndNotRepeated) {
    const std::size_t before = server.requests().size();
    put("lines", "login alice --password hunter2\n");
    put("more", "status\nuser create bob --role member --password=hunter2\n");
    for (const char* line :
         {"login alice --password hunter2", "login alice --password=hunter2",
          "--password hunter2 login alice", "login alice hunter2", "login alice -phunter2",
          "login alice -p hunter2", "login alice --code hunter2", "mfa verify hunter2",
          "mfa confirm --code hunter2", "passwd --new-password hunter2",
          "vault list --token hunter2", "--token=hunter2 status", "--password=hunter2",
          "batch -f lines", "batch -f more", "api call login name=alice password=hunter2",
          "api call login name=alice password:=hunter2", "api call passwd new_password=hunter2",
          "api call not.known code=hunter2"}) {
        const Ran refused = ran(std::string(line) + " --json");
        EXPECT_EQ(refused.code, 64) << line << refused.err;
        EXPECT_NE(refused.err.find('('), std::string::npos) << "no hint: " << refused.err;
    }
    EXPECT_NE(ran("login alice --password hunter2").err.find("--password-file FILE"),
              std::string::npos);
    EXPECT_EQ(server.requests().size(), before);
}

TEST_F(SignInTest, WithoutATerminalAFileIsNeeded) {
    for (const char* line : {"login alice", "passwd", "register carol", "mfa verify",
                             "user set-password bob", "mfa enroll", "batch -f lines"}) {
        put("lines", "status\nlogin alice\n");
        const Ran refused = ran(line);
        EXPECT_EQ(refused.code, 64) << line;
        EXPECT_NE(refused.err.find("-file FILE"), std::string::npos) << refused.err;
    }
    EXPECT_TRUE(server.requests().empty());
}

TEST_F(SignInTest, ASecretIsWhatIsInItsFile) {
    sign_in();
    const auto sent = [&](const std::string& text) {
        put("new", text);
        EXPECT_EQ(ran("user set-password bob --password-file new").code, 0);
        return std::string(server.requests().back().params.at("password").get_string());
    };
    EXPECT_EQ(sent("one\n"), "one");
    EXPECT_EQ(sent("one\r\n"), "one");
    EXPECT_EQ(sent("one"), "one");
    EXPECT_EQ(sent(" one \n\n"), " one \n");  // the daemon's to refuse
    EXPECT_EQ(sent(std::string(1024, 'x') + "\n").size(), 1024U);
    for (const auto& [text, says] :
         {std::pair{std::string(1025, 'x'), "more than 1024"}, std::pair{std::string(), "empty"},
          std::pair{std::string("\n"), "empty"}}) {
        put("new", text);
        const Ran refused = ran("user set-password bob --password-file new");
        EXPECT_EQ(refused.code, 65);
        EXPECT_NE(refused.err.find(says), std::string::npos) << refused.err;
    }
    EXPECT_EQ(ran("user set-password bob --password-file none").code, 65);
    EXPECT_EQ(ran("passwd --password-file - --new-password-file -").code, 64);
    put("new", "one", 0644);
    EXPECT_NE(ran("user set-password bob --password-file new").err.find("chmod 600"),
              std::string::npos);
}

TEST_F(SignInTest, TheTokenOfARobotGoesIntoItsFile) {
    const FakeServer maker([](const Request& request) {
        return encode_reply(request.id, {{"id", "t2"}, {"token", "vault_robot_5ec2e7"}});
    });
    const Ran made =
        call(&maker, "token create nightly --methods report.* --out robot", terminal());
    EXPECT_EQ(made.code, 0) << made.err;
    EXPECT_EQ(made.out.find("5ec2e7"), std::string::npos) << made.out;
    std::stringstream text;
    text << std::ifstream(folder + "/robot").rdbuf();
    EXPECT_EQ(text.str(), "vault_robot_5ec2e7\n");
    struct stat status {};
    ASSERT_EQ(::stat((folder + "/robot").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
    EXPECT_EQ(call(&maker, "token create nightly --methods report.* -q", terminal()).out,
              "vault_robot_5ec2e7\n");
    EXPECT_EQ(maker.requests().at(0).params.at("methods"), json::value(json::array{"report.*"}));
    const std::size_t before = maker.requests().size();
    EXPECT_EQ(
        call(&maker, "token create nightly --methods report.* --out none/robot", terminal()).code,
        74);
    EXPECT_EQ(maker.requests().size(), before) << "a token was made that nobody can keep";
    EXPECT_EQ(call(&server, "vault show v1 --token-file robot", terminal()).code, 77);
    EXPECT_EQ(server.requests().back().meta.token, "vault_robot_5ec2e7");
}

TEST_F(SignInTest, AnEnrolmentIsAPictureOnATerminalOnly) {
    const FakeServer enrolling([](const Request& request) {
        return encode_reply(request.id,
                            {{"uri", "otpauth://totp/vault:alice?secret=JBSWY3DPEHPK3PXP"},
                             {"secret", "JBSWY3DPEHPK3PXP"}});
    });
    FakeTerminal here = terminal();
    here.variables["LANG"] = "C.UTF-8";
    const std::string line = "mfa enroll --password-file pw";
    const Ran piped = call(&enrolling, line, here);
    EXPECT_EQ(piped.out.find("▀"), std::string::npos) << piped.out;
    here.window = command::Terminal::Size{100, 50};
    const Ran shown = call(&enrolling, line, here);
    EXPECT_NE(shown.out.find("▀"), std::string::npos) << shown.out;
    EXPECT_TRUE(shown.out.ends_with(piped.out)) << shown.out;
    EXPECT_NE(piped.out.find("JBSWY3DPEHPK3PXP"), std::string::npos);
    EXPECT_EQ(call(&enrolling, line + " --json", here).out.find("▀"), std::string::npos);
    here.variables["LANG"] = "C";
    EXPECT_EQ(call(&enrolling, line, here).out, piped.out);
}

// What the parser makes of the registry's secrets.
TEST(SecretFlags, NameFilesAndNothingElse) {
    long flags = 0, secrets = 0;
    for (const Method& method : catalogue()) {
        const Method* const row = protocol::find_method(method.name);
        if (row != nullptr) secrets += std::ranges::count(row->params, true, &Param::secret);
        for (const Param& param : method.params) {
            EXPECT_FALSE(param.secret) << method.name;
            if (row == nullptr || !param.name.ends_with("_file")) continue;
            ++flags;
            EXPECT_TRUE(param.path && !param.required) << method.name;
            EXPECT_EQ(value_name(param), "FILE");
            EXPECT_TRUE(takes_secret(method));
        }
    }
    EXPECT_EQ(flags, secrets);
    EXPECT_GE(flags, 10);
    for (const char* name : {"password", "new-password", "code", "token"})
        EXPECT_TRUE(is_secret_flag(name)) << name;
    for (const char* name : {"name", "role", "password-file", "token-file", ""})
        EXPECT_FALSE(is_secret_flag(name)) << name;
}

}  // namespace
}  // namespace vault::command
