#include "cli/command/arguments.hpp"

#include "common/protocol/codec.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace vault::command {
namespace {

std::vector<std::string> split(const std::string& line) {
    std::istringstream words(line);
    std::vector<std::string> out;
    for (std::string word; words >> word;)
        out.push_back(word);
    return out;
}

Result<Invocation> parse(const std::string& line) {
    return parse_arguments(split(line), "/here");
}

struct Good {
    const char* line;
    const char* method;
    const char* params;
};

TEST(Arguments, EveryFormOfTheContract) {
    const Good table[] = {
        {"status", "status", "{}"},
        {"vault show v1", "vault.show", R"({"vault":"v1"})"},
        {"vaults list", "vault.list", "{}"},
        {"vault create --account a1 --asset USDT --balance 10", "vault.create",
         R"({"account":"a1","asset":"USDT","balance":"10"})"},
        {"--account a1 vault --asset=USDT create", "vault.create",
         R"({"account":"a1","asset":"USDT"})"},
        {"vault set-tradeable v1 -5", "vault.set_tradeable", R"({"vault":"v1","amount":"-5"})"},
        {"vault set-tradeable v1 -.5", "vault.set_tradeable", R"({"vault":"v1","amount":"-.5"})"},
        {"vault set-tradeable -- v1 -x", "vault.set_tradeable", R"({"vault":"v1","amount":"-x"})"},
        {"vault allocate v1 --quiet 3 --flash -1e999", "vault.allocate",
         R"({"vault":"v1","quiet":"3","flash":"-1e999"})"},
        {"vault allocate v1 -q --flash 2", "vault.allocate", R"({"vault":"v1","flash":"2"})"},
        {"vault auto-raise v1 percent 50 --cap 8", "vault.auto_raise",
         R"({"vault":"v1","mode":"percent","percent":"50","cap":"8"})"},
        {"vault auto-raise v1 off", "vault.auto_raise", R"({"vault":"v1","mode":"off"})"},
        {"vault reserve v1 off", "vault.reserve", R"({"vault":"v1","pct":"off"})"},
        {"vault pairs v1 --add A/B --add C/B --available", "vault.pairs",
         R"({"vault":"v1","add":["A/B","C/B"],"available":true})"},
        {"sleeve set v1 flash a=1 b=x=y c=", "sleeve.set",
         R"({"vault":"v1","sleeve":"flash","settings":{"a":"1","b":"x=y","c":""}})"},
        {"position resolve v1 flash --as sold --price 5", "position.resolve",
         R"({"vault":"v1","sleeve":"flash","as":"sold","price":"5"})"},
        {"replay start x/y.csv --account a1 --seed 7", "replay.start",
         R"({"file":"/here/x/y.csv","account":"a1","seed":7})"},
        {"replay start /x.csv --account a1", "replay.start", R"({"file":"/x.csv","account":"a1"})"},
        {"replay start synthetic --account a1", "replay.start",
         R"({"file":"synthetic","account":"a1"})"},
        {"replay run --account a1 --until 2021-06-01 --wait", "replay.run",
         R"({"account":"a1","until":"2021-06-01"})"},
        {"ledger verify --all", "ledger.verify", R"({"all":true})"},
        {"ledger verify v1", "ledger.verify", R"({"vault":"v1"})"},
        {"report pnl v1 --from 2021-01-01", "report.pnl", R"({"vault":"v1","from":"2021-01-01"})"},
        {"account trade a1 ETH/USDT sell 0.5", "account.trade",
         R"({"account":"a1","pair":"ETH/USDT","side":"sell","quantity":"0.5"})"},
        {"decision why v1 quiet", "decision.why", R"({"vault":"v1","sleeve":"quiet"})"},
        {"halt --why stop", "halt", R"({"why":"stop"})"},
    };
    for (const Good& good : table) {
        const auto parsed = parse(good.line);
        ASSERT_TRUE(parsed.has_value()) << good.line << ": " << parsed.error().message();
        ASSERT_NE(parsed.value().command, nullptr);
        EXPECT_EQ(parsed.value().command->name, good.method) << good.line;
        EXPECT_EQ(protocol::to_compact(parsed.value().params), good.params) << good.line;
    }
}

struct Bad {
    const char* line;
    const char* says;
};

void expect_usage_errors(std::span<const Bad> table) {
    for (const Bad& bad : table) {
        const auto parsed = parse(bad.line);
        ASSERT_FALSE(parsed.has_value()) << bad.line;
        EXPECT_EQ(parsed.error().code(), Errc::Usage) << bad.line;
        EXPECT_NE((parsed.error().message() + " " + parsed.error().hint()).find(bad.says),
                  std::string::npos)
            << bad.line << ": " << parsed.error().message() << " / " << parsed.error().hint();
    }
}

TEST(Arguments, NearMissesNameTheNearestWord) {
    const Bad table[] = {
        {"statsu", "did you mean 'status'"},
        {"vualt list", "did you mean 'vault'"},
        {"vault alocate v1", "did you mean 'vault allocate'"},
        {"vault set_tradeable v1 5", "did you mean 'vault set-tradeable'"},
        {"vault allocate v1 --quite 3", "did you mean '--quiet'"},
        {"vault allocate v1 --flas 3", "did you mean '--flash'"},
        {"vault allocate v1 --fla 3", "unknown flag --fla"},
        {"vault allocate v1 --fla 3", "did you mean '--flash'"},
        {"status --jso", "did you mean '--json'"},
        {"--forc", "unknown flag --forc"},
        {"--forc", "did you mean '--for'"},
        {"--forc status", "unknown flag --forc"},
        {"--forc=1 status", "unknown flag --forc"},
        {"--soket x status", "did you mean '--socket'"},
        {"--accuont a1 vault create", "did you mean '--account'"},
        {"--time 5s status", "did you mean '--timeout'"},
        {"--versoin", "unknown flag --versoin"},
        {"status --verbose", "unknown flag --verbose"},
        {"status --js", "did you mean '--json'"},
        {"status --outptu json", "did you mean '--output'"},
        {"order list --vautl v1", "did you mean '--vault'"},
        {"order list --snce 2021-01-01", "did you mean '--since'"},
        {"ledger export v1 --otu f", "did you mean '--out'"},
        {"report pnl --form 2021-01-01", "did you mean '--from'"},
        {"report pln", "did you mean 'report pnl'"},
        {"ledger veirfy", "did you mean 'ledger verify'"},
        {"ledger verif", "did you mean 'ledger verify'"},
        {"vault liq v1", "did you mean 'vault liquidate'"},
        {"vault setttradeable v1 5", "did you mean 'vault set-tradeable'"},
        {"positoin list", "did you mean 'position'"},
        {"pos list", "did you mean 'position'"},
        {"acount list", "did you mean 'account'"},
        {"acc list", "did you mean 'account'"},
        {"hatl", "did you mean 'halt'"},
        {"resmue", "did you mean 'resume'"},
        {"helth", "did you mean 'health'"},
        {"xyzzy", "see: vaultctl help"},
        {"vault xyzzy", "its verbs"},
        {"status --xyzzy", "usage: vaultctl status"},
    };
    expect_usage_errors(table);
}

TEST(Arguments, BrokenLinesAreUsageErrorsWithAHint) {
    const Bad table[] = {
        {"", "vaultctl help"},
        {"vault", "its verbs"},
        {"vault show", "needs VAULT"},
        {"vault show v1 v2", "one word too many"},
        {"vault allocate v1 --quiet", "needs a value"},
        {"vault allocate v1 --quiet --flash 3", "needs a value"},
        {"vault allocate v1 --flash 3 --flash 4", "given twice"},
        {"vault create --account a1", "needs --asset"},
        {"vault pairs v1 --available=yes", "takes no value"},
        {"status --json=1", "takes no value"},
        {"status -o", "needs a value"},
        {"status -o yaml", "formats"},
        {"status -x", "unknown flag -x"},
        {"status -qy", "apart"},
        {"status --timeout soon", "--timeout"},
        {"status --color maybe", "auto"},
        {"sleeve set v1 flash x", "KEY=VALUE"},
        {"sleeve set v1 flash =1", "KEY=VALUE"},
        {"sleeve set v1 flash a=1 a=1", "twice"},
        {"sleeve set v1 flash", "needs KEY=VALUE"},
    };
    expect_usage_errors(table);
    EXPECT_EQ(parse("ledger export v1 --from-seq x").error().code(), Errc::InvalidParams);
    EXPECT_EQ(parse("ledger export v1 --from-seq 99999999999999999999").error().code(),
              Errc::InvalidParams);
}

TEST(Arguments, GlobalFlagsAnywhere) {
    const auto parsed = parse(
        "--json --socket s vault -y show --timeout 5s v1 --idem-key k --dry-run --wait -q "
        "--color never --no-pager");
    ASSERT_TRUE(parsed.has_value()) << parsed.error().message();
    const Globals& globals = parsed.value().globals;
    EXPECT_EQ(globals.format, render::Format::Json);
    EXPECT_EQ(globals.socket, "/here/s");
    EXPECT_EQ(globals.idem_key, "k");
    EXPECT_EQ(globals.timeout, Duration{5000});
    EXPECT_TRUE(globals.yes && globals.dry_run && globals.wait && globals.quiet);
    EXPECT_EQ(globals.color, Color::Never);
    EXPECT_EQ(parse("status -ocsv").value().globals.format, render::Format::Csv);
    EXPECT_EQ(parse("ledger export v1 --out f").value().local.at("out"), json::value("/here/f"));
}

TEST(Arguments, PagesAreOfReportsAndChartsAlone) {
    using render::Format;
    for (const char* line :
         {"vault list -o html", "status -o html", "ledger export v1 -o html",
          "report pnl --out x.svg", "chart pnl v1 --out x.svg -o csv", "chart pnl v1 --out x.png",
          "chart pnl v1 --out x", "chart pnl v1 --out x.svg -q", "chart pnl v1 --out x.html -q",
          "report pnl --out x.pdf", "report pnl --out="}) {
        const auto parsed = parse(line);
        ASSERT_FALSE(parsed) << line;
        EXPECT_EQ(parsed.error().code(), Errc::Usage) << line;
        EXPECT_FALSE(parsed.error().hint().empty()) << line;
    }
    const std::pair<const char*, Format> table[] = {
        {"report pnl -o html", Format::Html},
        {"report pnl --out x.html", Format::Html},
        {"report fees --out x.csv", Format::Csv},
        {"report fees --out x.jsonl", Format::Jsonl},
        {"report fees --out x.csv -o html", Format::Html},
        {"report fees --out x.html --json", Format::Json},
        {"report fees --out x", Format::Table},
        {"report fees --out x.txt", Format::Table},
        {"report fees --out X.HTML", Format::Html},
        {"report fees --out /dev/fd/3", Format::Table},
        {"chart pnl v1 --out -", Format::Table},
        {"chart pnl v1 --out x.png -o csv", Format::Csv},
        {"chart pnl v1 --out x.svg.csv", Format::Csv},
        {"chart pnl v1 --out x.html", Format::Html},
        {"chart pnl v1 --out x.svg", Format::Table},
        {"ledger export v1 --out x.html", Format::Table},
    };
    for (const auto& [line, format] : table) {
        const auto parsed = parse(line);
        ASSERT_TRUE(parsed) << line << ": " << parsed.error().message();
        EXPECT_EQ(parsed.value().globals.format, format) << line;
    }
}

TEST(Arguments, JsonIsHonouredEvenWhenTheRestIsBroken) {
    EXPECT_TRUE(wants_json(split("--json nix")));
    EXPECT_TRUE(wants_json(split("nix -o json")));
    EXPECT_TRUE(wants_json(split("nix -ojsonl")));
    EXPECT_TRUE(wants_json(split("nix --output=json --what")));
    EXPECT_FALSE(wants_json(split("nix -- --json")));
    EXPECT_FALSE(wants_json(split("nix -o csv")));
}

TEST(Catalogue, EveryExampleIsAValidCommand) {
    for (const Method& command : catalogue())
        for (const auto example : command.examples) {
            std::string line(example.substr(std::string_view("vaultctl ").size()));
            line = line.substr(0, line.find(" &&"));
            // A quoted text counts as one word.
            for (std::size_t at = 0; (at = line.find('\'')) != std::string::npos;) {
                const auto end = line.find('\'', at + 1);
                std::string inner = line.substr(at + 1, end - at - 1);
                std::erase(inner, ' ');
                line = line.substr(0, at) + inner + line.substr(end + 1);
            }
            const auto parsed = parse(line);
            ASSERT_TRUE(parsed.has_value()) << example << ": " << parsed.error().message();
            EXPECT_EQ(parsed.value().command->name, command.name) << example;
        }
}

}  // namespace
}  // namespace vault::command
