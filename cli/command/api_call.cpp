#include "cli/command/secret_input.hpp"
#include "cli/command/session.hpp"
#include "common/protocol/codec.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace vault::command {
namespace {

Error refused(std::string_view message, std::string_view hint, std::string_view field = {}) {
    return Error{Errc::Usage, std::string(message), std::string(field), std::string(hint)};
}

// By its name where the method is one that only the daemon knows.
bool is_secret(const Method* method, std::string_view name) {
    if (method == nullptr) {
        std::string flag(name);
        std::ranges::replace(flag, '_', '-');
        return is_secret_flag(flag);
    }
    const protocol::Param* const param = protocol::find_param(*method, name);
    return param != nullptr && param->secret;
}

// NAME@FILE: a secret, which has no other way into a call.
Result<void> add_secret(std::string_view name, std::string_view path, const Terminal& terminal,
                        json::object& params) {
    std::string file(path);
    if (file != "-" && !file.starts_with('/')) file = terminal.directory() + '/' + file;
    VAULT_TRY(const Secret secret, secret_of_file(name, file));
    params[name] = secret.reveal();
    return success();
}

// NAME=TEXT, NAME:=JSON or NAME@FILE into `params`. No message has the text.
Result<void> add_argument(std::string_view text, const Method* method, const Terminal& terminal,
                          json::object& params) {
    const auto end = std::min(text.find_first_of(":=@"), text.size());
    const std::string_view name = text.substr(0, end);
    std::string_view rest = text.substr(end);
    const bool from_file = rest.starts_with('@');
    const bool is_json = rest.starts_with(":=");
    if (name.empty() || !(from_file || is_json || rest.starts_with('=')))
        return refused(fmt::format("'{}' is neither NAME=TEXT nor NAME:=JSON", name),
                       "for example: vaultctl api call vault.show vault=v1");
    rest.remove_prefix(is_json ? 2 : 1);
    if (params.contains(name))
        return refused(fmt::format("'{}' is given twice", name), "name every argument once");
    if (is_secret(method, name) != from_file)
        return from_file ? refused(fmt::format("{} is no secret", name),
                                   fmt::format("give it as {0}=TEXT or {0}:=JSON", name), name)
                         : refused(fmt::format("{}: a secret never goes on the command line, where "
                                               "every user of this machine can see it",
                                               name),
                                   fmt::format("name a file that it is in: {}@FILE", name), name);
    if (from_file) return add_secret(name, rest, terminal, params);
    if (!is_json) {
        params[name] = rest;
        return success();
    }
    auto value = protocol::parse_json(rest);
    if (!value)
        return refused(value.error().message(),
                       "NAME:=JSON takes JSON; NAME=TEXT takes the text as it is", name);
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
    const Method* known = protocol::find_method(method);
    json::object params;
    if (const auto* arguments = given.if_contains("arguments"))
        for (const auto& argument : arguments->get_array()) {
            const auto added = add_argument(std::string_view(argument.get_string()), known,
                                            session.terminal(), params);
            if (!added) return session.fail(added.error());
        }
    // A method that only the daemon knows may change something, so its loss is never called
    // harmless.
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
