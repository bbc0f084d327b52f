#include "common/protocol/describe.hpp"

#include "common/protocol/errors.hpp"
#include "common/protocol/messages.hpp"
#include "common/protocol/param_schema.hpp"

#include <boost/json/array.hpp>

#include <string>

namespace vault::protocol {
namespace {

json::array words_of(std::string_view allowed) {
    json::array words;
    while (!allowed.empty()) {
        const auto bar = allowed.find('|');
        words.emplace_back(allowed.substr(0, bar));
        if (bar == std::string_view::npos) break;
        allowed.remove_prefix(bar + 1);
    }
    return words;
}

json::object describe_param(const Param& param) {
    json::object row;
    row["name"] = param.name;
    row["type"] = to_text(param.type);
    row["place"] = to_text(param.place);
    if (param.letter != '\0') row["letter"] = std::string(1, param.letter);
    row["required"] = param.required;
    row["repeated"] = param.repeated;
    row["secret"] = param.secret;
    row["doc"] = param.doc;
    if (!param.allowed.empty()) row["allowed"] = words_of(param.allowed);
    if (param.low != INT64_MIN) row["low"] = param.low;
    if (param.high != INT64_MAX) row["high"] = param.high;
    return row;
}

}  // namespace

json::object describe_method(const Method& method) {
    json::object row;
    row["name"] = method.name;
    row["summary"] = method.summary;
    std::string command(method.noun);
    if (!command.empty()) command += ' ';
    command += method.verb;
    row["command"] = command;
    row["schema"] = "vault." + std::string(method.name) + "/1";
    row["object"] = to_text(method.object);
    row["right"] = to_text(method.right);
    row["risk"] = to_text(method.risk);
    row["mutates"] = method.mutates;
    row["reserved"] = method.reserved;
    row["long_job"] = method.long_job;
    row["moderated"] = method.moderated;
    row["sweeping"] = method.sweeping;
    row["own_if_unnamed"] = method.own_if_unnamed;
    row["bootstrap"] = method.bootstrap;
    json::array params;
    for (const Param& param : method.params)
        params.emplace_back(describe_param(param));
    row["params"] = std::move(params);
    row["params_schema"] = params_schema(method);
    return row;
}

json::array describe_errors() {
    json::array errors;
    for (const ErrorRow& error : kErrorTable) {
        json::object row;
        row["code"] = error.code;
        row["rpc"] = error.rpc;
        row["exit_code"] = error.exit_code;
        row["retryable"] = error.retryable;
        row["hint"] = error.hint;
        errors.emplace_back(std::move(row));
    }
    return errors;
}

json::array describe_exits() {
    json::array exits;
    for (const ExitRow& exit : kExitTable)
        exits.emplace_back(json::object{{"exit_code", exit.code}, {"meaning", exit.meaning}});
    return exits;
}

json::object describe_api() {
    json::array rows;
    for (const Method& method : methods())
        rows.emplace_back(describe_method(method));
    json::object api;
    api["protocol"] = json::object{{"min", kProtocolLow}, {"max", kProtocolHigh}};
    api["methods"] = std::move(rows);
    api["errors"] = describe_errors();
    api["exits"] = describe_exits();
    return api;
}

}  // namespace vault::protocol
