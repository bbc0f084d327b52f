// Each rule catches a planted fault, and leaves its honest neighbour alone.
#include "tests/tidy/arrows.hpp"
#include "tests/tidy/rules.hpp"

#include <gtest/gtest.h>

namespace vault::tidy {
namespace {

std::string rules_broken(const std::string& path, const std::string& text) {
    std::string out;
    for (const Fault& fault : check_all({read_source(path, text)}))
        out += (out.empty() ? "" : " ") + fault.rule + ":" + std::to_string(fault.line);
    return out;
}

std::string in_source(const std::string& text) {
    return rules_broken("daemon/store/a.cpp", text);
}

std::string including(const std::string& path, const std::string& target) {
    return rules_broken(path, "#include " + target + "\n");
}

TEST(TidyRooms, AreKnownByPath) {
    EXPECT_EQ(room_of("common/base/time.hpp"), "base");
    EXPECT_EQ(room_of("daemon/main.cpp"), "app");
    EXPECT_EQ(room_of("daemon/app/app.cpp"), "app");
    EXPECT_EQ(room_of("daemon/exchange/sim/venue.hpp"), "exchange/sim");
    EXPECT_EQ(room_of("daemon/exchange/paper/feed.hpp"), "exchange/paper");
    EXPECT_EQ(room_of("daemon/exchange/kraken/rest.hpp"), "exchange");
    EXPECT_EQ(room_of("daemon/store/sqlite/writer.cpp"), "store");
    EXPECT_EQ(room_of("cli/render/table.cpp"), "cli/render");
    EXPECT_EQ(room_of("cli/main.cpp"), "cli");
    EXPECT_EQ(room_of("tests/unit/base/x.cpp"), "tests");
    EXPECT_EQ(room_of("gtest/gtest.h"), "");
}

TEST(TidyArrows, OnlyThoseOfTheTable) {
    EXPECT_EQ(including("daemon/ledger/a.cpp", "\"common/domain/decimal.hpp\""), "");
    EXPECT_EQ(including("daemon/ledger/a.cpp", "\"daemon/ledger/b.hpp\""), "");
    EXPECT_EQ(including("daemon/ledger/a.cpp", "\"daemon/store/store.hpp\""), "arrow:1");
    EXPECT_EQ(including("common/base/a.cpp", "\"common/domain/decimal.hpp\""), "arrow:1");
    EXPECT_EQ(including("daemon/exchange/sim/a.cpp", "\"daemon/ports/store.hpp\""), "arrow:1");
    EXPECT_EQ(including("daemon/exchange/paper/a.cpp", "\"daemon/exchange/sim/venue.hpp\""), "");
    EXPECT_EQ(including("daemon/exchange/kraken/a.cpp", "\"daemon/exchange/sim/v.hpp\""),
              "arrow:1");
    EXPECT_EQ(including("daemon/engine/a.cpp", "\"daemon/exchange/sim/venue.hpp\""), "");
    EXPECT_EQ(including("daemon/engine/a.cpp", "\"daemon/exchange/paper/feed.hpp\""), "arrow:1");
    EXPECT_EQ(including("cli/client/a.cpp", "\"cli/render/table.hpp\""), "arrow:1");
    EXPECT_EQ(including("cli/command/a.cpp", "\"cli/render/table.hpp\""), "");
    EXPECT_EQ(including("cli/command/a.cpp", "\"daemon/ports/store.hpp\""), "arrow:1");
    EXPECT_EQ(including("daemon/app/a.cpp", "\"daemon/control/server.hpp\""), "");
    EXPECT_EQ(including("daemon/app/a.cpp", "\"cli/client/client.hpp\""), "arrow:1");
    EXPECT_EQ(including("daemon/app/a.cpp", "\"tests/support/fake.hpp\""), "arrow:1");
    EXPECT_EQ(including("tests/unit/a.cpp", "\"daemon/control/server.hpp\""), "");
    EXPECT_EQ(including("daemon/newroom/a.cpp", "\"common/base/time.hpp\""), "arrow:1");
    EXPECT_EQ(including("daemon/ledger/a.cpp", "\"entry.hpp\""), "include:1");
    EXPECT_EQ(including("daemon/ledger/a.cpp", "<common/base/time.hpp>"), "include:1");
}

TEST(TidyArrows, CirclesBetweenRooms) {
    const auto file = [](const char* path, const char* target) {
        return read_source(path, std::string{"#include \""} + target + "\"\n");
    };
    std::vector<Fault> faults;
    check_circles(
        {file("daemon/a/x.cpp", "daemon/b/x.hpp"), file("daemon/b/x.cpp", "daemon/c/x.hpp"),
         file("daemon/c/x.cpp", "daemon/d/x.hpp")},
        faults);
    EXPECT_TRUE(faults.empty());
    check_circles(
        {file("daemon/a/x.cpp", "daemon/b/x.hpp"), file("daemon/b/x.cpp", "daemon/c/x.hpp"),
         file("daemon/c/x.cpp", "daemon/a/x.hpp")},
        faults);
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_NE(faults[0].message.find("a, b, c"), std::string::npos);
}

TEST(TidyThirdParty, StaysInItsRoomAndOutOfHeaders) {
    const std::string top = "#pragma once\n// A.\n";
    EXPECT_EQ(including("daemon/store/sqlite/a.cpp", "<sqlite3.h>"), "");
    EXPECT_EQ(including("daemon/engine/a.cpp", "<sqlite3.h>"), "third-party:1");
    EXPECT_EQ(rules_broken("daemon/store/a.hpp", top + "#include <sqlite3.h>\n"), "third-party:3");
    EXPECT_EQ(including("daemon/config/a.cpp", "<yaml-cpp/yaml.h>"), "");
    EXPECT_EQ(including("daemon/control/a.cpp", "<yaml-cpp/yaml.h>"), "third-party:1");
    EXPECT_EQ(including("common/base/hash.cpp", "<openssl/evp.h>"), "");
    EXPECT_EQ(including("daemon/store/a.cpp", "<openssl/evp.h>"), "third-party:1");
    EXPECT_EQ(including("daemon/runtime/wire.cpp", "<openssl/ssl.h>"), "");
    EXPECT_EQ(including("daemon/notify/a.cpp", "<openssl/ssl.h>"), "third-party:1");
    EXPECT_EQ(including("daemon/runtime/http.cpp", "<boost/beast/http/read.hpp>"), "");
    EXPECT_EQ(including("daemon/exchange/a.cpp", "<boost/beast/http/read.hpp>"), "third-party:1");
    EXPECT_EQ(including("daemon/exchange/a.cpp", "<boost/asio/ssl.hpp>"), "third-party:1");
    EXPECT_EQ(including("daemon/exchange/a.cpp", "<boost/asio/ip/tcp.hpp>"), "");
    EXPECT_EQ(including("daemon/ledger/a.cpp", "<boost/asio/awaitable.hpp>"), "third-party:1");
    EXPECT_EQ(including("daemon/engine/a.cpp", "<boost/asio/awaitable.hpp>"), "");
    EXPECT_EQ(
        rules_broken("daemon/ports/strategy.hpp", top + "#include <boost/asio/awaitable.hpp>\n"),
        "third-party:3");
}

std::string lines(std::size_t count, const std::string& line = "int x;") {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += line + "\n";
    return text;
}

TEST(TidySizes, FilesFunctionsAndColumns) {
    EXPECT_EQ(in_source(lines(600)), "");
    EXPECT_EQ(in_source(lines(601)), "size:600");
    const std::string top = "#pragma once\n// A.\n";
    EXPECT_EQ(rules_broken("daemon/store/a.hpp", top + lines(248)), "");
    EXPECT_EQ(rules_broken("daemon/store/a.hpp", top + lines(249)), "size:250");
    EXPECT_EQ(in_source("//" + std::string(98, 'x') + "\n"), "");
    EXPECT_EQ(in_source("//" + std::string(99, 'x') + "\n"), "columns:1");
    EXPECT_EQ(in_source("// " + std::string(48, 'x') + "äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüä\n"),
              "");
}

TEST(TidySizes, Functions) {
    const auto function = [](const std::string& head, std::size_t inside) {
        return "namespace a {\n" + head + " {\n" + lines(inside) + "}\n}\n";
    };
    EXPECT_EQ(in_source(function("void f(int x)", 68)), "");
    EXPECT_EQ(in_source(function("void f(int x)", 69)), "function:2");
    EXPECT_EQ(in_source(function("A::A() : b_{1}, c_(2)", 69)), "function:2");
    EXPECT_EQ(in_source(function("auto f() const noexcept -> int", 69)), "function:2");
    EXPECT_EQ(in_source(function("struct A f(int)", 69)), "function:2");
    EXPECT_EQ(in_source(function("TEST(A, B)", 69)), "function:2");
    EXPECT_EQ(in_source(function("const auto f = [](int x)", 69)), "function:2");
    EXPECT_EQ(in_source(function("class A : public B", 200)), "");
    EXPECT_EQ(in_source(function("template <class T> struct A", 200)), "");
    EXPECT_EQ(in_source(function("namespace b", 200)), "");
    EXPECT_EQ(in_source(function("const int table[] =", 200)), "");
    EXPECT_EQ(in_source(function("void f()", 40) + function("void g()", 40)), "");
    const std::string loop = "for (int i = 0; i < 9; ++i) {\n" + lines(60) + "}\n";
    EXPECT_EQ(in_source("void f() {\n" + loop + "}\n"), "");
    EXPECT_EQ(in_source("void f() {\n" + loop + lines(8) + "}\n"), "function:1");
    const std::string odd = "#define OPEN {\nconst char* s = \"}}}{\"; // {{{\nchar c = '{';\n";
    EXPECT_EQ(in_source("void f() {\n" + odd + lines(65) + "}\n"), "");
    EXPECT_EQ(in_source("void f() {\n" + odd + lines(66) + "}\n"), "function:1");
}

TEST(TidyWords, BannedOnes) {
    const std::string code = "void f() { double x = 1; }\n";
    EXPECT_EQ(rules_broken("daemon/ledger/a.cpp", code), "double:1");
    EXPECT_EQ(rules_broken("daemon/risk/a.cpp", "float x;\n"), "double:1");
    EXPECT_EQ(rules_broken("daemon/engine/a.cpp", "auto x = y.to_double();\n"), "double:1");
    EXPECT_EQ(rules_broken("daemon/exchange/sim/a.cpp", code), "double:1");
    EXPECT_EQ(rules_broken("daemon/strategy/a.cpp", code), "");
    EXPECT_EQ(rules_broken("daemon/ledger/a.cpp", "// double entry\nint double_entry;\n"), "");
    for (const char* call : {"std::chrono::system_clock::now()", "steady_clock :: now()",
                             "time(NULL)", "time(nullptr)", "clock_gettime(0, &t)",
                             "gettimeofday(&t, nullptr)", "gmtime_r(&t, &out)", "localtime(&t)"})
        EXPECT_EQ(in_source(std::string{"auto x = "} + call + ";\n"), "clock:1") << call;
    EXPECT_EQ(rules_broken("common/base/clock.cpp", "auto x = system_clock::now();\n"), "");
    EXPECT_EQ(in_source("asio::steady_timer timer; open_time(x); auto t = clock.now();\n"), "");
    EXPECT_EQ(in_source("std::random_device d;\n"), "random:1");
    EXPECT_EQ(in_source("co_spawn(ex, f(), asio::detached);\n"), "detached:1");
    EXPECT_EQ(in_source("std::thread{f}.detach();\n"), "detached:1");
    EXPECT_EQ(rules_broken("daemon/runtime/task_group.cpp", "asio::detached;\n"), "");
    EXPECT_EQ(in_source("\nusing namespace std;\n"), "using:2");
    EXPECT_EQ(in_source("using std::string;\n"), "");
    EXPECT_EQ(in_source("switch (x) {\n    default: return;\n}\n"), "default:2");
    EXPECT_EQ(in_source("A() = default;\n"), "");
    EXPECT_EQ(in_source("if (fork() == 0) execvp(a, b);\n"), "exec:1 exec:1");
    EXPECT_EQ(rules_broken("daemon/runner/a.cpp", "fork();\n"), "");
    EXPECT_EQ(in_source("execute(x); fork_point(y);\n"), "");
    for (const char* call : {"crypto_aead_xchacha20poly1305_ietf_encrypt(a)", "crypto_auth(a)",
                             "crypto_secretbox_easy(a)", "crypto_box_seal(a)", "crypto_sign(a)"}) {
        EXPECT_EQ(in_source(std::string{call} + ";\n"), "secret-key:1") << call;
        EXPECT_EQ(rules_broken("daemon/identity/a.cpp", std::string{call} + ";\n"), "secret-key:1");
        EXPECT_EQ(rules_broken("daemon/secrets/a.cpp", std::string{call} + ";\n"), "");
    }
    EXPECT_EQ(rules_broken("daemon/identity/a.cpp", "crypto_pwhash_str(a); sodium_memcmp(b);\n"),
              "");
}

TEST(TidyWords, OpenEndsAreFoundInComments) {
    EXPECT_EQ(in_source(std::string{"int x;  // TO"} + "DO later\n"), "later:1");
    EXPECT_EQ(in_source(std::string{"/* a\n FIX"} + "ME */\n"), "later:2");
    EXPECT_EQ(in_source("auto s = \"using namespace std; TODO // not a comment\";\n"), "");
    EXPECT_EQ(in_source("auto s = R\"x(double \" // default: )\" )x\"; using namespace a;\n"),
              "using:1");
}

TEST(TidyShape, NamesAndHeaders) {
    EXPECT_EQ(rules_broken("daemon/store/string_utils.cpp", ""), "name:1");
    EXPECT_EQ(rules_broken("daemon/store/Helpers.cpp", ""), "name:1");
    EXPECT_EQ(rules_broken("daemon/store/a.hpp", "#pragma once\n// A row.\n"), "");
    EXPECT_EQ(rules_broken("daemon/store/a.hpp", "// A row.\n#pragma once\n"), "header:1 header:2");
    EXPECT_EQ(rules_broken("daemon/store/a.hpp", "#pragma once\n#include <map>\n"), "header:2");
    const Source header = read_source("daemon/store/a.hpp", "#pragma once\n// A.\n");
    const std::string own = "#include \"daemon/store/a.hpp\"\n";
    EXPECT_TRUE(
        check_all({header, read_source("daemon/store/a.cpp", own + "#include <map>\n")}).empty());
    EXPECT_EQ(
        check_all({header, read_source("daemon/store/a.cpp", "#include <map>\n" + own)}).size(),
        1U);
}

TEST(TidyMachine, PathsOfOneMachine) {
    EXPECT_EQ(rules_broken("README.md", std::string{"a\nsee /wo"} + "rk/shared\n"), "machine:2");
    EXPECT_EQ(in_source(std::string{"auto p = \"/ro"} + "ot/x\";\n"), "machine:1");
    EXPECT_EQ(rules_broken("README.md", "the work / root of it: build/testing\n"), "");
}

}  // namespace
}  // namespace vault::tidy
