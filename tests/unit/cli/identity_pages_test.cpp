// What people read of their sign-in, from documents as the daemon writes them.
#include "cli/render/render.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace vault::render {
namespace {

std::string shown(std::string_view method, std::string_view text) {
    const json::value data = json::parse(text);
    return to_text({method, &data, true, {}}, {Format::Table, false});
}

TEST(IdentityPages, WhoamiTellsWhatThereIs) {
    EXPECT_EQ(
        shown("whoami",
              R"({"name":"alice","kind":"person","uid":1000,"login_name":"ann","role":"member",)"
              R"("status":"active","permissions":["trade","allocate"],"second_factor":true,)"
              R"("must":["change_password"],"session":{"id":"s3","created_at":"2026-01-05T07:00:)"
              R"(00.000Z","expires_at":"2026-01-05T19:00:00.000Z","idle_until":)"
              R"("2026-01-05T07:30:00.000Z","stepped_up_until":null},"token":null})"),
        "name           alice\n"
        "signed in      yes\n"
        "first          change your password: vaultctl passwd\n"
        "role           member\n"
        "status         active\n"
        "permissions    trade, allocate\n"
        "second factor  yes\n"
        "system user    ann (uid 1000)\n"
        "session        s3\n"
        "idle until     2026-01-05T07:30:00.000Z\n"
        "ends at        2026-01-05T19:00:00.000Z\n");
    EXPECT_EQ(shown("whoami",
                    R"({"name":"alice","kind":"robot","uid":0,"login_name":null,"role":"member",)"
                    R"("status":"active","permissions":[],"second_factor":false,"must":[],)"
                    R"("session":null,"token":{"id":"t2","label":"nightly","methods":["report.*"],)"
                    R"("expires_at":"2026-04-05T07:00:00.000Z"}})"),
              "name           alice\n"
              "signed in      as a robot, with a token\n"
              "role           member\n"
              "status         active\n"
              "permissions    none\n"
              "second factor  no\n"
              "system user    uid 0\n"
              "token          t2 nightly\n"
              "may call       report.*\n"
              "ends at        2026-04-05T07:00:00.000Z\n");
    EXPECT_EQ(
        shown("whoami", R"({"name":null,"kind":"nobody","uid":7,"login_name":"eve","role":null,)"
                        R"("permissions":[],"second_factor":false,"must":[],"session":null,)"
                        R"("token":null})"),
        "signed in    no: vaultctl login NAME\n"
        "system user  eve (uid 7)\n");
}

TEST(IdentityPages, RecoveryCodesArePlain) {
    const std::string page =
        shown("mfa.confirm",
              R"({"user":"alice","second_factor":true,"recovery_codes":["ab-cd","ef-gh"]})");
    EXPECT_TRUE(page.ends_with("\n\n  ab-cd\n  ef-gh\n")) << page;
    EXPECT_NE(page.find("not shown again"), std::string::npos);
}

// What has to be left out goes in this order, until a terminal holds the rest.
TEST(IdentityPages, ListsFitATerminal) {
    const std::string sessions = shown(
        "session.list",
        R"([{"id":"s12","uid":1000,"origin":"tty /dev/pts/12","created_at":)"
        R"("2026-01-05T07:00:00.123Z","last_used_at":"2026-01-05T07:00:00.123Z","idle_until":)"
        R"("2026-01-05T07:30:00.123Z","expires_at":"2026-01-05T19:00:00.123Z","stepped_up_at":)"
        R"(null,"current":true}])");
    EXPECT_EQ(sessions.substr(0, sessions.find('\n')),
              "SESSION  CURRENT  ORIGIN           LAST_USED");
    const std::string users =
        shown("user.list", R"([{"id":"u1","name":"alice","role":"member","status":"pending",)"
                           R"("permissions":["trade","allocate","keys","reports","live"],)"
                           R"("wallets":["USDT"],"created_at":"2026-01-05T07:00:00.000Z"}])");
    EXPECT_EQ(users.substr(0, users.find('\n')),
              "ID  NAME   ROLE    STATUS   WALLETS  PERMISSIONS");
}

}  // namespace
}  // namespace vault::render
