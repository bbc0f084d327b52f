#include "common/protocol/registry.hpp"

#include "common/protocol/describe.hpp"
#include "common/protocol/errors.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace vault::protocol {
namespace {

namespace json = boost::json;

TEST(ErrorTable, CodesAndNumbersAreUniqueAndExitCodesKnown) {
    const std::set<int> known{1, 3, 4, 5, 6, 64, 65, 69, 70, 74, 75, 76, 77, 78, 124, 130};
    std::set<std::string_view> codes;
    std::set<int> numbers;
    for (const ErrorRow& row : kErrorTable) {
        EXPECT_TRUE(codes.insert(row.code).second) << row.code;
        EXPECT_TRUE(numbers.insert(row.rpc).second) << row.code;
        EXPECT_TRUE(known.contains(row.exit_code)) << row.code;
        EXPECT_FALSE(row.hint.empty()) << row.code;
        EXPECT_EQ(find_error(row.code), &row);
        EXPECT_EQ(&error_row(row.errc), &row);
        // Only what did nothing may be repeated blindly.
        if (row.retryable) {
            EXPECT_TRUE(row.exit_code == 75 || row.exit_code == 69) << row.code;
        }
        const bool rule = row.errc >= Errc::TradeableBelowAllocated;
        const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
        EXPECT_EQ(std::ranges::any_of(row.code, is_lower), rule) << row.code;
    }
    EXPECT_EQ(find_error("NO_SUCH_CODE"), nullptr);
}

TEST(Registry, NamesCommandsAndParametersAreUniqueAndWellFormed) {
    const auto is_name = [](std::string_view text) {
        return !text.empty() && std::ranges::all_of(text, [](char c) {
            return (c >= 'a' && c <= 'z') || c == '_' || c == '.';
        });
    };
    std::set<std::string_view> names;
    std::set<std::string> commands;
    for (const Method& method : methods()) {
        SCOPED_TRACE(std::string(method.name));
        EXPECT_TRUE(names.insert(method.name).second);
        EXPECT_TRUE(is_name(method.name));
        EXPECT_FALSE(method.summary.empty());
        EXPECT_FALSE(method.summary.ends_with('.'));
        EXPECT_EQ(find_method(method.name), &method);
        if (!method.verb.empty()) {
            EXPECT_TRUE(
                commands.insert(std::string(method.noun) + " " + std::string(method.verb)).second);
            EXPECT_EQ(find_command(method.noun, method.verb), &method);
            std::string expected(method.noun.empty() ? "" : std::string(method.noun) + ".");
            expected += method.verb;
            std::ranges::replace(expected, '-', '_');
            EXPECT_EQ(expected, method.name);
            EXPECT_FALSE(method.examples.empty());
        }
        for (const auto example : method.examples)
            EXPECT_TRUE(example.starts_with("vaultctl ")) << example;
        std::set<std::string_view> params;
        for (const Param& param : method.params) {
            EXPECT_TRUE(params.insert(param.name).second) << param.name;
            EXPECT_TRUE(is_name(param.name)) << param.name;
            EXPECT_FALSE(param.doc.empty()) << param.name;
            EXPECT_EQ(param.type == ParamType::Enum && param.allowed.empty(), false) << param.name;
        }
    }
}

// A secret is asked for or read from a file, so it is one text that has no place on the line.
TEST(Registry, SecretsAreFlagsOfText) {
    std::set<std::string_view> secrets;
    for (const Method& method : methods())
        for (const Param& param : method.params) {
            if (!param.secret) continue;
            secrets.insert(param.name);
            EXPECT_EQ(param.type, ParamType::Text) << method.name;
            EXPECT_EQ(param.place, Place::Flag) << method.name;
            EXPECT_FALSE(param.repeated || param.blank || param.path || param.content)
                << method.name;
            EXPECT_EQ(find_param(method, std::string(param.name) + "_file"), nullptr)
                << method.name;
            for (const auto example : method.examples)
                EXPECT_EQ(example.find("--" + std::string(param.name) + " "), std::string::npos)
                    << example;
        }
    for (const char* name : {"code", "new_password", "password"})
        EXPECT_TRUE(secrets.contains(name)) << name;
}

TEST(Registry, PositionalsAreInAnOrderThatCanBeParsed) {
    for (const Method& method : methods()) {
        bool optional_seen = false, rest_seen = false;
        for (const Param& param : method.params) {
            if (param.place != Place::Positional) continue;
            EXPECT_FALSE(rest_seen) << method.name;
            EXPECT_FALSE(param.required && optional_seen) << method.name;
            optional_seen = optional_seen || !param.required;
            rest_seen = param.repeated || param.type == ParamType::Map;
        }
    }
}

TEST(Registry, PolicyFollowsTheSpecification) {
    for (const Method& method : methods()) {
        SCOPED_TRACE(std::string(method.name));
        if (!method.mutates) {
            EXPECT_EQ(method.risk, Risk::Neutral);
        }
        if (method.mutates) {
            EXPECT_NE(method.right, Right::Read);
        }
        // What the rights policy needs to be sound.
        EXPECT_TRUE(method.mutates || (!method.moderated && !method.sweeping));
        // Both: of everybody, or of the user that it names.
        EXPECT_FALSE(method.moderated && method.sweeping && find_param(method, "user") == nullptr);
        EXPECT_FALSE(method.own_if_unnamed && (method.sweeping || !method.mutates));
        EXPECT_EQ(method.bootstrap, method.name == "user.create");
        if (method.right == Right::Open) {
            EXPECT_FALSE(method.mutates && method.name != "login" && method.name != "register");
        }
        // What gets through a flood must be cheap or lower the risk.
        if (method.reserved) {
            EXPECT_NE(method.risk, Risk::Raises);
        }
    }
    for (const char* name : {"hello", "status", "halt", "vault.pause", "sleeve.pause"})
        EXPECT_TRUE(find_method(name)->reserved) << name;
    EXPECT_EQ(find_method("resume")->risk, Risk::Raises);
    EXPECT_EQ(find_method("vault.allocate")->risk, Risk::Raises);
    EXPECT_EQ(find_method("vault.unallocate")->risk, Risk::Lowers);
    EXPECT_EQ(find_method("nix"), nullptr);
    EXPECT_EQ(find_command("vault", ""), nullptr);
}

TEST(Registry, DescribeTellsWhatIsSecret) {
    const auto login = describe_method(*find_method("login"));
    EXPECT_EQ(login.at("params").at(0).at("secret"), json::value(false));
    EXPECT_EQ(login.at("params").at(1).at("secret"), json::value(true));
    const auto& schema = login.at("params_schema").at("properties").at("password");
    EXPECT_EQ(schema.at("writeOnly"), json::value(true));
    EXPECT_EQ(schema.at("maxLength"), json::value(1024));
}

TEST(Registry, DescribeShowsEveryMethodAndError) {
    const auto api = describe_api();
    EXPECT_EQ(api.at("methods").get_array().size(), methods().size());
    EXPECT_EQ(api.at("errors").get_array().size(), kErrorTable.size());
    EXPECT_EQ(api.at("exits").get_array().size(), kExitTable.size());
    const auto row = describe_method(*find_method("vault.auto_raise"));
    EXPECT_EQ(row.at("command"), json::value("vault auto-raise"));
    EXPECT_EQ(row.at("schema"), json::value("vault.vault.auto_raise/1"));
    EXPECT_EQ(row.at("params").at(1).at("place"), json::value("word"));
    for (const auto& error : api.at("errors").get_array())
        EXPECT_FALSE(error.at("hint").get_string().empty()) << error.at("code");
    EXPECT_EQ(row.at("params").at(1).at("allowed"),
              json::value(json::array{"off", "full", "percent"}));
}

}  // namespace
}  // namespace vault::protocol
