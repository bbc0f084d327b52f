// Signing in over the socket, with the real identity service: what comes back, what is stored, and
// what neither the trail nor a stored reply may hold.
#include "daemon/identity/service.hpp"
#include "tests/unit/control/harness.hpp"
#include "tests/unit/identity/doubles.hpp"

namespace vault::test {
namespace {

constexpr std::string_view kPassword = "purple kettle 9 mountain";

class SignInServer : public ServerTest {
  protected:
    SignInServer() {
        for (const UserId user : {UserId{1}, UserId{2}})
            people.identity.credentials.push_back(
                {.user = user,
                 .password_hash = hasher.hash(Secret{std::string{kPassword}}).value()});
        service.load(people);
        signs_in = &service;
        // An engine that keeps what is proposed, and tells it before it answers.
        commands.script = [this](const ports::CallContext& context, const ports::Command& command,
                                 ports::Render render) -> Result<ports::Reply> {
            const auto* change = std::get_if<ports::cmd::ChangeIdentity>(&command);
            if (change == nullptr) return FakeCommands::plain(command, render);
            if (change->refusal) return *change->refusal;
            ports::DirectoryPage page;
            page.identity = change->rows;
            page.secrets = change->secrets;
            if (!context.dry_run) {
                secrets.adopt(page.secrets);
                service.adopt(page);
            }
            return ports::Reply{render(ports::DrawnView{change->reply_json})};
        };
        start();
        client = std::make_unique<RawClient>(path());
        client->hello();
    }
    ~SignInServer() override {
        client.reset();
        stop();
    }

    json::object call(const std::string& method, const std::string& params = "{}",
                      const std::string& token = {}) {
        const std::string key = R"("idem_key":"k)" + std::to_string(++keys_) + '"';
        const std::string meta =
            "{" + key + (token.empty() ? "" : R"(,"token":")" + token + '"') + "}";
        return client->call(method, params, meta);
    }
    static std::string credentials(std::string_view name) {
        return R"({"name":")" + std::string(name) + R"(","password":")" + std::string(kPassword) +
               R"("})";
    }
    std::string token_of(std::string_view name) {
        const json::object reply = call("login", credentials(name));
        EXPECT_TRUE(reply.contains("result")) << protocol::to_compact(reply);
        return std::string(reply.at("result").at("data").at("token").as_string());
    }
    ports::cmd::ChangeIdentity last_change() {
        for (const SeenCall& one : commands.seen())
            if (const auto* change = std::get_if<ports::cmd::ChangeIdentity>(&one.value)) {
                last_context = one.context;
                last = *change;
            }
        return last;
    }

    identity::SeededEntropy entropy{5};
    identity::CountingHasher hasher;
    identity::Service service{identity::ServiceOptions{.own_uid = 990},
                              identity::PasswordRules{},
                              hasher,
                              secrets,
                              entropy,
                              clock};
    std::unique_ptr<RawClient> client;
    ports::cmd::ChangeIdentity last{.user = {}, .object = {}};
    ports::CallContext last_context;

  private:
    int keys_ = 0;
};

TEST_F(SignInServer, NobodyMayUntilHeSignsIn) {
    EXPECT_EQ(error_code(call("vault.list")), "AUTH_REQUIRED");
    EXPECT_EQ(error_code(call("vault.pause", R"({"vault":"v1"})")), "AUTH_REQUIRED");
    const json::object me = call("whoami");
    EXPECT_EQ(me.at("result").at("data").at("name"), json::value(nullptr));
    const std::string token = token_of("ann");
    EXPECT_TRUE(call("vault.list", "{}", token).contains("result"));
    EXPECT_EQ(call("whoami", "{}", token).at("result").at("data").at("name"), json::value("ann"));
    // A connection is nobody's: each call shows who calls.
    EXPECT_EQ(error_code(call("vault.list")), "AUTH_REQUIRED");
    EXPECT_EQ(error_code(call("vault.list", "{}", token + "0")), "AUTH_REQUIRED");
    EXPECT_TRUE(call("logout", "{}", token).contains("result"));
    EXPECT_EQ(error_code(call("vault.list", "{}", token)), "AUTH_REQUIRED");
}

TEST_F(SignInServer, NeitherTheTrailNorTheStoredReplyHasASecret) {
    const json::object reply = call("login", credentials("bob"));
    const auto token = std::string(reply.at("result").at("data").at("token").as_string());
    const auto change = last_change();
    EXPECT_TRUE(change.once);
    EXPECT_EQ(change.reply_json.find(token), std::string::npos);
    EXPECT_EQ(change.reply_json.find("token"), std::string::npos);
    EXPECT_EQ(last_context.params_json, R"({"name":"bob"})");
    EXPECT_EQ(last_context.actor, "uid:" + std::to_string(::getuid()));
    EXPECT_EQ(change.rows.sessions.at(0).token_hash, sha256(token));
    const json::object& data = reply.at("result").at("data").as_object();
    EXPECT_EQ(data.at("role"), json::value("member"));
    EXPECT_TRUE(data.at("must").as_array().empty());
}

TEST_F(SignInServer, WrongAndUnknownGetTheSameAnswer) {
    const auto wrong = call("login", R"({"name":"bob","password":"wrong kettle 9 mountain"})");
    const auto unknown = call("login", R"({"name":"zoe","password":"wrong kettle 9 mountain"})");
    EXPECT_EQ(error_code(wrong), "PERM_DENIED");
    EXPECT_EQ(wrong.at("error"), unknown.at("error"));
    EXPECT_EQ(last_change().rows.row_count(), 1U);  // the try
}

TEST_F(SignInServer, MembersSeeTheirOwn) {
    const std::string bob = token_of("bob");
    EXPECT_EQ(error_code(call("vault.show", R"({"vault":"v1"})", bob)), "NOT_FOUND");
    EXPECT_EQ(error_code(call("user.create", R"({"name":"eve","role":"admin"})", bob)),
              "PERM_DENIED");
    const json::object sessions = call("session.list", "{}", bob);
    EXPECT_EQ(sessions.at("result").at("data").as_array().size(), 1U);
    call("vault.list", "{}", bob);
    const auto context = commands.seen().back().context;
    EXPECT_EQ(context.actor, "bob");
    EXPECT_EQ(context.user, UserId{2});
    EXPECT_EQ(context.visible,
              (ports::Visible{.everyones = false, .members = false, .own = UserId{2}}));
}

TEST_F(SignInServer, AFactorIsEnrolledConfirmedAndAsked) {
    const std::string bob = token_of("bob");
    const std::string password = R"({"password":")" + std::string(kPassword) + R"("})";
    const json::object enrolled = call("mfa.enroll", password, bob);
    ASSERT_TRUE(enrolled.contains("result")) << protocol::to_compact(enrolled);
    const json::value& made = enrolled.at("result").at("data");
    EXPECT_TRUE(made.at("uri").as_string().starts_with("otpauth://totp/"));
    const auto change = last_change();
    EXPECT_EQ(change.reply_json.find("otpauth"), std::string::npos);
    EXPECT_EQ(change.reply_json.find(std::string(made.at("secret").as_string())),
              std::string::npos);
    EXPECT_EQ(error_code(call("mfa.confirm", R"({"code":"abcdef"})", bob)), "PERM_DENIED");
    const json::object status = call("mfa.status", "{}", bob);
    EXPECT_EQ(status.at("result").at("data").at("confirmed"), json::value(false));
}

TEST_F(SignInServer, ATokenThatIsRefusedLeavesNoRow) {
    const std::string bob = token_of("bob");
    EXPECT_EQ(error_code(call("token.create", R"({"label":"c","methods":["nothing.*"]})", bob)),
              "INVALID_PARAMS");
    EXPECT_TRUE(last_change().rows.empty());
    EXPECT_TRUE(last_change().refusal.has_value());
    const json::object made = call("token.create", R"({"label":"c","methods":["vault.*"]})", bob);
    ASSERT_TRUE(made.contains("result")) << protocol::to_compact(made);
    const auto robot = std::string(made.at("result").at("data").at("token").as_string());
    EXPECT_EQ(last_change().reply_json.find(robot), std::string::npos);
    EXPECT_TRUE(call("vault.list", "{}", robot).contains("result"));
    EXPECT_EQ(commands.seen().back().context.actor, "bob:t2");
    EXPECT_EQ(error_code(call("session.list", "{}", robot)), "PERM_DENIED");
}

TEST_F(SignInServer, ADryRunSignsNobodyIn) {
    const std::string meta = R"({"idem_key":"d","dry_run":true})";
    const json::object reply = client->call("login", credentials("bob"), meta);
    ASSERT_TRUE(reply.contains("result")) << protocol::to_compact(reply);
    EXPECT_FALSE(reply.at("result").at("data").as_object().contains("token"));
    EXPECT_TRUE(service.sessions(UserId{2}).empty());
}

}  // namespace
}  // namespace vault::test
