#include "cli/render/render.hpp"

#include "cli/render/columns.hpp"
#include "cli/render/table.hpp"
#include "common/protocol/codec.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vault::render {
namespace {

std::string render(std::string_view method, std::string_view text, Format format) {
    const auto data = protocol::parse_json(text);
    EXPECT_TRUE(data.has_value()) << text;
    return to_text({method, &data.value(), true, {}}, {format, false});
}

constexpr std::string_view kVaults =
    R"([{"id":"v1","user":"alice","account":"a1","asset":"USDT","mode":"paper","state":"running",)"
    R"("total":"10123.123456789","tradeable":"5000","equity":"10130.5","extra":{"x":"1"}},)"
    R"({"id":"v12","user":"bob","account":"a2","asset":"EUR","mode":"paper","state":"paused",)"
    R"("total":"7","tradeable":"0","equity":"7","note":"a,\"b\""}])";

TEST(Render, VaultListTable) {
    EXPECT_EQ(render("vault.list", kVaults, Format::Table),
              "VAULT  USER   ASSET  MODE   STATE             TOTAL  TRADEABLE   EQUITY\n"
              "v1     alice  USDT   paper  running  10123.12345678       5000  10130.5\n"
              "v12    bob    EUR    paper  paused       7                   0      7\n");
}

// Of a method without a record the rows say what there is.
TEST(Render, CsvIsCompleteAndQuoted) {
    EXPECT_EQ(render("no.such", kVaults, Format::Csv),
              "id,user,account,asset,mode,state,total,tradeable,equity,extra.x,note\r\n"
              "v1,alice,a1,USDT,paper,running,10123.123456789,5000,10130.5,1,\r\n"
              "v12,bob,a2,EUR,paper,paused,7,0,7,,\"a,\"\"b\"\"\"\r\n");
}

TEST(Render, JsonPassesEverythingThrough) {
    const std::string text = R"([{"id":"v1","new_field":{"a":[1,null]}}])";
    EXPECT_EQ(
        render("vault.list", text, Format::Json),
        R"({"schema":"vault.vault.list/1","ok":true,"data":)" + text + R"(,"warnings":[]})" + "\n");
    EXPECT_EQ(render("vault.list", text, Format::Jsonl),
              "{\"id\":\"v1\",\"new_field\":{\"a\":[1,null]}}\n");
}

TEST(Render, EmptyListsAreWrittenAsSuch) {
    EXPECT_EQ(render("vault.list", "[]", Format::Json),
              R"({"schema":"vault.vault.list/1","ok":true,"data":[],"warnings":[]})"
              "\n");
    // The titles say what there is none of.
    EXPECT_EQ(render("vault.list", "[]", Format::Table),
              "VAULT  USER  ASSET  MODE  STATE  TOTAL  TRADEABLE  EQUITY\n");
    EXPECT_EQ(render("no.such", "[]", Format::Table), "");
    EXPECT_EQ(render("market.prices", "[]", Format::Csv),
              "pair,exchange,price,at,price_frozen\r\n");
    EXPECT_EQ(render("no.such", "[]", Format::Csv), "");
    EXPECT_EQ(render("vault.list", "[]", Format::Plain), "");
    EXPECT_EQ(render("vault.list", "[]", Format::Jsonl), "");
}

TEST(Render, ANarrowTableKeepsSmallFigures) {
    const std::string text = render(
        "trade.list",
        R"([{"at":"2024-03-19T16:46:45.000Z","order":"v1.flash.8","side":"buy",)"
        R"("price":"2095.6","quantity":"0.00574321","cost":"12.0358","realised":"-0.0048143"},)"
        R"({"at":"2024-03-19T16:46:45.000Z","order":"v1.flash.9","side":"sell",)"
        R"("price":"2095.6","quantity":"123.4567","cost":"258722.123456","realised":"-3.999"}])",
        Format::Table);
    EXPECT_NE(text.find(" 0.00574321  "), std::string::npos) << text;
    EXPECT_NE(text.find(" 123.4567  "), std::string::npos) << text;
    EXPECT_NE(text.find(" -0.004814\n"), std::string::npos) << text;  // cut, not to 0
    EXPECT_NE(text.find(" 258722.12  "), std::string::npos) << text;
    EXPECT_LE(text.find('\n'), 80U) << text;
}

TEST(Render, TableFitsEightyColumnsByCuttingDecimals) {
    std::string row = R"({"vault":"v1","sleeve":"quiet","mode":"paper","asset":"USDT")";
    for (const char* key : {"realised", "unrealised", "fees", "swept", "net"})
        row += std::string(",\"") + key + "\":\"-1234.123456789012345678\"";
    const std::string table = render("report.pnl", "[" + row + "}]", Format::Table);
    EXPECT_LE(table.find('\n'), 80U) << table;
    EXPECT_NE(table.find("-1234.12"), std::string::npos);
    const std::string wide = render("report.pnl", "[" + row + "}]", Format::Wide);
    EXPECT_NE(wide.find("-1234.123456789012345678"), std::string::npos);
}

constexpr std::string_view kVault =
    R"({"id":"v1","user":"alice","account":"a1","asset":"USDT","mode":"paper","state":"running",)"
    R"("total":"20.12213","tradeable":"15.1096","reserve":"5.01253","unallocated":"0.1096",)"
    R"("equity":"20.12213","quiet":{"state":"watching","balance":"10","cash":"10","positions":[]},)"
    R"("flash":{"state":"holding","balance":"5","cash":"0.0051","idle_reason":null,"positions":)"
    R"([{"pair":"ETH/USDT","quantity":"0.0025","average_price":"1990","cost":"4.975"}]},)"
    R"("pairs":["ETH/USDT"],"auto_raise":{"mode":"off"},"updated_at":"2021-04-02T09:39:45.000Z"})";

TEST(Render, VaultPage) {
    EXPECT_EQ(render("vault.show", kVault, Format::Table),
              "v1  USDT  paper  running  user alice  account a1\n"
              "\n"
              "  total                 20.12213\n"
              "  tradeable             15.1096\n"
              "  reserve                5.01253\n"
              "  unallocated            0.1096\n"
              "  equity                20.12213\n"
              "\n"
              "SLEEVE      QUIET    FLASH\n"
              "state    watching  holding\n"
              "balance        10   5\n"
              "cash           10   0.0051\n"
              "\n"
              "SLEEVE  PAIR      QUANTITY  AVERAGE   COST\n"
              "flash   ETH/USDT    0.0025     1990  4.975\n"
              "\n"
              "  pairs       ETH/USDT\n"
              "  auto raise\n"
              "    mode  off\n"
              "  updated at  2021-04-02T09:39:45.000Z\n");
}

TEST(Render, ObjectPageShowsUnknownFieldsAndLists) {
    EXPECT_EQ(render("account.show",
                     R"({"id":"a1","label":"","fresh_field":true,"limits":{"calls":5},)"
                     R"("wallets":[{"asset":"USDT","free":"5","total":"6.5"}]})",
                     Format::Table),
              "id           a1\n"
              "label        -\n"
              "fresh field  yes\n"
              "limits\n"
              "  calls  5\n"
              "\n"
              "wallets\n"
              "ASSET  FREE  TOTAL\n"
              "USDT      5    6.5\n");
}

TEST(Render, PlainAndQuiet) {
    EXPECT_EQ(render("status", R"({"state":"running","shard":{"n":1}})", Format::Plain),
              "state\trunning\nshard.n\t1\n");
    const auto vaults = protocol::parse_json(kVaults).value();
    EXPECT_EQ(primary_value(vaults, "id"), "v1\nv12\n");
    EXPECT_EQ(primary_value(protocol::parse_json(kVault).value(), "state"), "running\n");
    EXPECT_EQ(primary_value(json::object{{"a", 1}}, "id"), "");
    const auto pairs = protocol::parse_json(
        R"({"vault":"v1","pairs":[{"pair":"ETH/USDT","lot":"1"},{"pair":"BTC/USDT","lot":"1"}]})");
    EXPECT_EQ(primary_value(pairs.value(), "pairs.pair"), "ETH/USDT\nBTC/USDT\n");
    EXPECT_EQ(primary_value(json::object{{"pairs", json::array()}}, "pairs.pair"), "");
    EXPECT_EQ(primary_value(json::object{{"wallets", {"USD", "EUR"}}}, "wallets"), "USD\nEUR\n");
    EXPECT_EQ(primary_value(json::object{{"wallets", json::array()}}, "wallets"), "");
    const auto sleeves = protocol::parse_json(
        R"([{"vault":"v1","sleeve":"quiet"},{"vault":"v1","sleeve":"flash"}])");
    EXPECT_EQ(primary_value(sleeves.value(), "vault sleeve"), "v1 quiet\nv1 flash\n");
}

constexpr std::string_view kSleeves =
    R"([{"vault":"v1","sleeve":"quiet","state":"idle","pauses":[],"positions":[]},)"
    R"({"vault":"v1","sleeve":"flash","state":"halted","positions":[{"pair":"ETH/USDT",)"
    R"("quantity":"0.5","average_price":"1990"}],"pauses":[{"level":"daemon","target":"",)"
    R"("state":"halted","by":"uid:0","why":"storm"},{"level":"vault","target":"v1",)"
    R"("state":"paused","by":"alice","why":""}]}])";

TEST(Render, PausesAndPositionsInACellAreWords) {
    const std::string text = render("sleeve.list", kSleeves, Format::Wide);
    EXPECT_NE(text.find("halted by uid:0: storm; paused by alice"), std::string::npos) << text;
    EXPECT_NE(text.find("0.5 ETH/USDT at 1990"), std::string::npos) << text;
    EXPECT_EQ(text.find('{'), std::string::npos) << text;
    EXPECT_EQ(render("sleeve.list", kSleeves, Format::Wide).find("PAUSES"),
              render("sleeve.list", kSleeves, Format::Wide).rfind("PAUSES"));
    EXPECT_EQ(cell_text(protocol::parse_json(R"([{"account":"quiet.cash","asset":"USDT",)"
                                             R"("amount":"-5"},{"account":"x","asset":"USDT",)"
                                             R"("amount":"5"}])")
                            .value(),
                        kAllPlaces),
              "quiet.cash -5 USDT; x 5 USDT");
    // An amount with more to it than its asset is shown whole.
    EXPECT_EQ(cell_text(json::object{{"asset", "USDT"}, {"amount", "5"}, {"more", 1}}, kAllPlaces),
              R"({"asset":"USDT","amount":"5","more":1})");
    // A row without any says so, in a table as anywhere.
    const std::string none =
        render("sleeve.list", R"([{"vault":"v1","sleeve":"quiet","pauses":[]}])", Format::Wide);
    EXPECT_EQ(none, "VAULT  SLEEVE  PAUSES\nv1     quiet   -\n");
}

TEST(Render, AVaultsRowShowsItsSleevesToProgramsOnly) {
    const std::string text =
        R"([{"id":"v1","asset":"USDT","quiet":{"idle_reason":"","positions":[],"cash":"5"},)"
        R"("auto_raise":{"mode":"off"}}])";
    EXPECT_EQ(render("vault.list", text, Format::Wide),
              "VAULT  ASSET  AUTO_RAISE.MODE\nv1     USDT   off\n");
    EXPECT_NE(render("vault.list", text, Format::Csv).find("quiet.cash"), std::string::npos);
}

TEST(Render, TimesOfATableCarryNoIdleDigits) {
    const std::string text = R"([{"day":"2024-01-28T00:00:00.000Z","sleeve":"quiet"},)"
                             R"({"day":"2024-01-29T00:00:00.000Z","sleeve":"flash"}])";
    EXPECT_EQ(render("vault.list", text, Format::Table),
              "DAY         SLEEVE\n2024-01-28  quiet\n2024-01-29  flash\n");
    const std::string at = R"([{"at":"2024-01-28T00:00:00.000Z","kind":"a"},)"
                           R"({"at":"2024-01-29T00:00:01.000Z","kind":"b"},{"at":null}])";
    EXPECT_EQ(render("ledger.list", at, Format::Table),
              "AT                    KIND\n2024-01-28T00:00:00Z  a\n2024-01-29T00:00:01Z  b\n"
              "-                     -\n");
    // One instant with milliseconds, and the whole column keeps them.
    const std::string fine = R"([{"at":"2024-01-28T00:00:00.000Z","kind":"a"},)"
                             R"({"at":"2024-01-29T00:00:01.001Z","kind":"b"}])";
    EXPECT_NE(render("ledger.list", fine, Format::Table).find("00.000Z"), std::string::npos);
    EXPECT_NE(render("ledger.list", at, Format::Wide).find("00.000Z"), std::string::npos);
    EXPECT_NE(render("ledger.list", at, Format::Csv).find("00.000Z"), std::string::npos);
}

TEST(Render, ATooWideTableGivesUpDecimalsThenColumns) {
    std::string row =
        R"([{"vault":"v1","sleeve":"quiet","mode":"paper","asset":"USDT","cycles":173)";
    for (const char* key : {"realised", "unrealised", "fees", "swept", "net"})
        row += std::string(",\"") + key + "\":\"-1234.123456789\"";
    const std::string table = render("report.pnl.rows", row + "}]", Format::Table);
    EXPECT_LE(table.find('\n'), 80U) << table;
    EXPECT_EQ(table.find("MODE"), std::string::npos) << table;
    EXPECT_NE(table.find("CYCLES"), std::string::npos) << table;
    EXPECT_NE(render("report.pnl.rows", row + "}]", Format::Wide).find("MODE"), std::string::npos);
}

TEST(Render, ASleeveThatDoesNotTradeSaysWhy) {
    const std::string page = render(
        "vault.show",
        R"({"id":"v1","tradeable":"5","attention":"entry 7 is off","quiet":{"state":"idle",)"
        R"("idle_reason":"no pair is selected"},"flash":{"state":"watching","idle_reason":""}})",
        Format::Table);
    EXPECT_NE(page.find("\n  needs attention: entry 7 is off\n"), std::string::npos) << page;
    EXPECT_NE(page.find("\n  quiet idle: no pair is selected\n"), std::string::npos) << page;
    EXPECT_EQ(page.find("flash watching:"), std::string::npos) << page;
}

TEST(Render, ControlCharactersNeverReachTheTerminal) {
    for (const auto format : {Format::Table, Format::Wide, Format::Plain}) {
        const std::string text = render(
            "user.list", R"([{"id":"u1","name":"\u001b[2Jx"},{"id":"u2","name":"y"}])", format);
        EXPECT_EQ(text.find('\x1b'), std::string::npos);
        const std::string page =
            render("status", R"({"state":"\u001b]0;x","a\u001b":"b"})", format);
        EXPECT_EQ(page.find('\x1b'), std::string::npos);
    }
}

TEST(Render, BoldChangesNothingElse) {
    const auto data = protocol::parse_json(kVaults).value();
    std::string bold = to_text({"vault.list", &data, true, {}}, {Format::Table, true});
    EXPECT_NE(bold.find("\x1b[1m"), std::string::npos);
    for (const std::string mark : {"\x1b[1m", "\x1b[0m"})
        for (auto at = bold.find(mark); at != std::string::npos; at = bold.find(mark))
            bold.erase(at, mark.size());
    EXPECT_EQ(bold, render("vault.list", kVaults, Format::Table));
}

TEST(Render, MetricsAreThePrometheusText) {
    const std::string_view page =
        R"({"metrics":[{"name":"vault_a_total","type":"counter","help":"back\\slash","samples":[)"
        R"({"name":"vault_a_total","labels":{"method":"x\"y","code":"OK"},"value":"3"}]},)"
        R"({"name":"vault_b","type":"gauge","help":"b","samples":[)"
        R"({"name":"vault_b","labels":{},"value":"0.25"}]}]})";
    const std::string expected =
        "# HELP vault_a_total back\\\\slash\n"
        "# TYPE vault_a_total counter\n"
        "vault_a_total{method=\"x\\\"y\",code=\"OK\"} 3\n"
        "# HELP vault_b b\n"
        "# TYPE vault_b gauge\n"
        "vault_b 0.25\n";
    for (const Format format : {Format::Table, Format::Wide, Format::Plain})
        EXPECT_EQ(render("metrics", page, format), expected);
    EXPECT_EQ(render("metrics", page, Format::Csv).substr(0, 19), "name,labels,value\r\n");
    EXPECT_NE(render("metrics", page, Format::Json).find(R"("schema":"vault.metrics/1")"),
              std::string::npos);
}

TEST(Render, DoctorSaysWhatMendsWhat) {
    const std::string_view data =
        R"({"state":"failed","checks":[{"name":"socket","status":"ok","message":"/s","fix":null},)"
        R"({"name":"config","status":"warning","message":"waits",)"
        R"("fix":"systemctl restart vaultd"},)"
        R"({"name":"disk","status":"failed","message":"full","fix":"df -h /"}]})";
    EXPECT_EQ(render("doctor", data, Format::Table),
              "ok       socket  /s\n"
              "warning  config  waits\n"
              "                 fix: systemctl restart vaultd\n"
              "failed   disk    full\n"
              "                 fix: df -h /\n"
              "\n1 failed, 1 warning, 1 ok\n");
}

TEST(Render, ConfigurationIsATablePerSection) {
    const std::string_view data =
        R"({"file":"/c.yaml","last_reload":null,"keys":[)"
        R"({"key":"store.path","value":"/db","origin":"default"},)"
        R"({"key":"log.level","value":"info","origin":"file:2"},)"
        R"({"key":"store.retention.prices","value":"9d","pending":"8d","origin":"file:1"}]})";
    EXPECT_EQ(render("config.show", data, Format::Table),
              "file         /c.yaml\n"
              "last reload  -\n"
              "\n"
              "STORE             VALUE  AFTER_RESTART  ORIGIN\n"
              "path              /db    -              default\n"
              "retention.prices  9d     8d             file:1\n"
              "\n"
              "LOG    VALUE  ORIGIN\n"
              "level  info   file:2\n");
}

TEST(Render, FailureDocumentAndLine) {
    const auto failure = protocol::Failure::from(Error{Errc::NotFound, "no vault v9\nx", "vault"},
                                                 protocol::Effect::None);
    EXPECT_EQ(failure_document(failure, ""),
              R"({"schema":"vault.error/1","ok":false,"error":{"code":"NOT_FOUND",)"
              R"("message":"no vault v9\nx","effect":"none",)"
              R"("hint":"the list verb of the same noun shows what exists","retryable":false,)"
              R"("field":"vault"}})"
              "\n");
    EXPECT_EQ(failure_line(failure, ""),
              "vaultctl: NOT_FOUND: no vault v9?x (the list verb of the same noun shows what "
              "exists)\n");
}

// What turns text around or hides it is no better than what moves the cursor.
TEST(Render, NamesCannotPlayTricks) {
    for (const char* trick : {R"(\u009b2J)", R"(\u202egnp.exe)", R"(a\u200bb)", R"(a\nb)"}) {
        const std::string row = R"([{"id":"u1","name":")" + std::string(trick) + R"("}])";
        const std::string table = render("user.list", row, Format::Table);
        EXPECT_NE(table.find('?'), std::string::npos) << table;
        EXPECT_EQ(std::ranges::count(table, '\n'), 2) << table;
        const std::string plain = render("user.list", row, Format::Plain);
        EXPECT_NE(plain.find('\\'), std::string::npos) << plain;
        EXPECT_EQ(std::ranges::count(plain, '\n'), 2) << plain;
    }
}

TEST(Table, WidthsCountCells) {
    EXPECT_EQ(width_of("größe"), 5);
    EXPECT_EQ(width_of("東京"), 4);
    EXPECT_EQ(width_of("e\u0301"), 1);
    EXPECT_EQ(to_table({{"a", "b"}, {false, true}, {{"東京", "1"}, {"xy", "22"}}}, false),
              "A      B\n東京   1\nxy    22\n");
    EXPECT_EQ(to_table({{"a", "b"}, {false, true}, {{"ü", "1"}, {"xy", "22"}}}, false),
              "A    B\nü    1\nxy  22\n");
}

}  // namespace
}  // namespace vault::render
