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
    const auto reply = session.call(method, std::move(params), known == nullptr || known->mutates);
    if (reply.failure) return session.fail(*reply.failure);
    if (known != nullptr && known->mutates && session.invocation().globals.dry_run)
        session.tell_dry_run();
    return session.succeed(method, known == nullptr ? "id" : known->primary, reply);
}

}  // namespace vault::command
