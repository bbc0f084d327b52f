#include "cli/command/session.hpp"
#include "common/protocol/codec.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace vault::command {
namespace {

// NAME=TEXT or NAME:=JSON into `params`.
Result<void> add_argument(std::string_view text, json::object& params) {
    const auto equals = text.find('=');
    const bool is_json = equals != std::string_view::npos && equals > 0 && text[equals - 1] == ':';
    const auto end = is_json ? equals - 1 : equals;
    if (equals == std::string_view::npos || end == 0)
        return Error{Errc::Usage,
                     fmt::format("'{}' is neither NAME=TEXT nor NAME:=JSON", text),
                     {},
                     "for example: vaultctl api call vault.show vault=v1"};
    const std::string_view name = text.substr(0, end);
    if (params.contains(name))
        return Error{
            Errc::Usage, fmt::format("'{}' is given twice", name), {}, "name every argument once"};
    if (!is_json) {
        params[name] = text.substr(equals + 1);
        return success();
    }
    auto value = protocol::parse_json(text.substr(equals + 1));
    if (!value)
        return Error{Errc::Usage, value.error().message(), std::string(name),
                     "NAME:=JSON takes JSON; NAME=TEXT takes the text as it is"};
    params[name] = std::move(value).value();
    return success();
}

bool is_text(protocol::ParamType type) {
    using enum protocol::ParamType;
    return type != Integer && type != Bool && type != Map && type != Json;
}

// A text where the method wants JSON: the words that give it.
void point_to_json(protocol::Failure& failure, const Method& method, const json::object& given) {
    const protocol::Param* const param = protocol::find_param(method, failure.field);
    const json::value* const value = given.if_contains(failure.field);
    if (failure.code != "INVALID_PARAMS" || param == nullptr || value == nullptr) return;
    if (!value->is_string() || (is_text(param->type) && !param->repeated)) return;
    failure.hint = fmt::format("{0}:=JSON gives JSON, for example {0}:={1}; {0}=TEXT gives a text",
                               param->name,
                               param->repeated                               ? R"(["a"])"
                               : param->type == protocol::ParamType::Bool    ? "true"
                               : param->type == protocol::ParamType::Integer ? "2"
                                                                             : "{}");
}

}  // namespace

int api_call(Session& session) {
    const json::object& given = session.invocation().params;
    const std::string method(given.at("method").get_string());
    json::object params;
    if (const auto* arguments = given.if_contains("arguments"))
        for (const auto& argument : arguments->get_array()) {
            const auto added = add_argument(std::string_view(argument.get_string()), params);
            if (!added) return session.fail(added.error());
        }
    // A method that only the daemon knows may change something, so its loss is never called
    // harmless.
    const Method* known = protocol::find_method(method);
    if (known != nullptr && session.invocation().globals.yes &&
        protocol::find_param(*known, "confirm") != nullptr)
        params["confirm"] = true;
    auto reply = session.call(method, params, known == nullptr || known->mutates);
    if (reply.failure && known != nullptr) point_to_json(*reply.failure, *known, params);
    if (reply.failure) return session.fail(*reply.failure);
    if (known != nullptr && known->mutates && session.invocation().globals.dry_run)
        session.tell_dry_run();
    return session.succeed(method, known == nullptr ? "id" : known->primary, reply);
}

}  // namespace vault::command
