// CSV has the columns of the record and no others: held against every document that the golden test
// keeps of a real daemon.
#include "cli/render/record_columns.hpp"

#include "cli/command/catalogue.hpp"
#include "cli/render/render.hpp"
#include "common/protocol/codec.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace vault::render {
namespace {

struct Kept {
    std::string file, method;
    json::value data;
};

// Of the commands that answer with a document; ledger export answers with lines.
std::vector<Kept> kept_documents() {
    std::vector<Kept> all;
    for (const auto& entry : std::filesystem::directory_iterator(VAULT_DOCUMENTS)) {
        std::stringstream text;
        text << std::ifstream(entry.path()).rdbuf();
        const json::value runs = json::parse(text.str());
        for (const json::value& run : runs.as_array()) {
            const auto* document = run.at("document").if_object();
            if (document == nullptr || !document->contains("data")) continue;
            const std::string schema(document->at("schema").as_string());
            all.push_back({entry.path().filename(), schema.substr(6, schema.size() - 8),
                           document->at("data")});
        }
    }
    return all;
}

std::string header_of(const std::string& csv) {
    return csv.substr(0, csv.find("\r\n"));
}

std::string csv(std::string_view method, const json::value& data) {
    return to_text({method, &data, true, {}}, {Format::Csv, false});
}

std::string joined(const std::vector<std::string>& columns) {
    std::string line;
    for (const std::string& column : columns)
        line += (line.empty() ? "" : ",") + column;
    return line;
}

// A chart's columns are its series.
bool is_chart(std::string_view method) {
    return method.starts_with("chart.");
}

TEST(RecordColumns, EveryDocumentHasThoseOfItsMethodAndNoOthers) {
    const auto kept = kept_documents();
    ASSERT_GT(kept.size(), 100U) << VAULT_DOCUMENTS;
    for (const Kept& one : kept) {
        if (is_chart(one.method) || one.method == "top") continue;
        const auto columns = record_columns(one.method);
        EXPECT_FALSE(columns.empty()) << one.method << " of " << one.file << " has no record";
        EXPECT_EQ(header_of(csv(one.method, one.data)), joined(columns)) << one.file;
    }
}

TEST(RecordColumns, EveryCommandThatPrintsADocumentHasSome) {
    const std::set<std::string_view> without{
        "hello",    "help",       "completion", "api.call", "ledger.export",
        "sub.open", "sub.credit", "sub.close",  "top",      "job.wait",
    };
    for (const protocol::Method& method : command::catalogue()) {
        if (without.contains(method.name) || is_chart(method.name)) continue;
        EXPECT_FALSE(record_columns(method.name).empty()) << method.name;
    }
    for (const char* section : {"vaults", "sleeves", "positions", "orders", "alerts"})
        EXPECT_FALSE(record_columns(std::string("top.") + section).empty()) << section;
}

TEST(RecordColumns, TheSectionsOfTopAreThoseOfItsDocument) {
    int rows = 0;
    for (const Kept& one : kept_documents()) {
        if (one.method != "top") continue;
        for (const std::string section : {"vaults", "sleeves", "positions", "orders", "alerts"})
            if (const auto* list = one.data.as_object().if_contains(section)) {
                EXPECT_EQ(header_of(csv("top." + section, *list)),
                          joined(record_columns("top." + section)));
                rows += static_cast<int>(list->as_array().size());
            }
    }
    EXPECT_GT(rows, 0);
}

TEST(RecordColumns, NullsAndRowsChangeNothing) {
    const auto header = [](const char* text) {
        return header_of(csv("vault.list", json::parse(text)));
    };
    const std::string none = header("[]");
    EXPECT_TRUE(none.starts_with("id,user,account,asset,")) << none;
    EXPECT_EQ(header(R"([{"id":"v1","quiet":null,"auto_raise":{}}])"), none);
    EXPECT_EQ(header(R"([{"auto_raise":{"cap":null,"mode":"off"},"id":"v1"},{"id":"v2"}])"), none);
    // A field of a later daemon stands behind what is known.
    EXPECT_EQ(header(R"([{"new":{"a":1},"id":"v1"}])"), none + ",new.a");
}

TEST(RecordColumns, ListsAndMapsAreJsonInOneCell) {
    const json::value rows = json::parse(
        R"([{"id":"d1","reason":"a, \"b\"\nc","figures":{"p":"1","q":"2"},"order":null},)"
        R"({"id":"d2","figures":{"z":"9"}}])");
    const std::string text = csv("decision.list", rows);
    EXPECT_NE(text.find(R"("{""p"":""1"",""q"":""2""}")"), std::string::npos) << text;
    EXPECT_NE(text.find("\"a, \"\"b\"\"\nc\""), std::string::npos) << text;
    EXPECT_NE(csv("user.list", json::parse(R"([{"id":"u1","wallets":["USD","EUR"]}])"))
                  .find(R"("[""USD"",""EUR""]")"),
              std::string::npos);
}

}  // namespace
}  // namespace vault::render
